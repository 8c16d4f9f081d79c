"""What protects a workload and goes, what chooses its Pods, what it runs as, and how close to its
node it gets: each beside its nearest miss.
"""

from __future__ import annotations

import pytest
from review_pairs import found, rules_of

from fluxtui.domain.danger import Danger, Gravity

POD = """---
apiVersion: apps/v1
kind: %s
metadata: {name: %s}
spec:
  template:
    metadata: {labels: {app: %s}}
    spec: {%scontainers: [{name: web, image: "web:%s"%s}]}
"""
BUDGET = """---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: %s}
spec: {%sselector: {matchLabels: {app: %s}}}
"""
SCALER = """---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: %s, namespace: %s}
spec: {maxReplicas: %s, scaleTargetRef: {name: web%s}}
"""
QUOTA = """---
apiVersion: v1
kind: %s
metadata: {name: %s, namespace: %s}
spec: {hard: {pods: %s}}
"""
SERVICE = """---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {%s}, ports: [{port: %s}]}
"""
ACCOUNT = "---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: web, namespace: %s%s}\n"


def pod(
    kind: str = "Deployment",
    name: str = "web",
    app: str = "web",
    version: int = 1,
    spec: str = "",
    more: str = "",
) -> str:
    return POD % (kind, name, app, spec, version, more)


def told(rule: str, before: str, after: str) -> list[Danger]:
    return [danger for danger in found(before, after) if danger.rule == rule]


def guards(before: str, after: str) -> list[str]:
    return [danger.says for danger in told("guard-removed", before, after)]


def test_a_guard_that_goes_says_what_may_happen_then() -> None:
    (says,) = guards(QUOTA % ("ResourceQuota", "q", "apps", 9), "")
    assert says.endswith("is deleted: nothing bounds the namespace any more")
    assert guards(QUOTA % ("ConfigMap", "q", "apps", 9), "") == []


def test_another_guard_does_for_it_only_if_it_is_the_same_and_stands_there() -> None:
    gone = QUOTA % ("ResourceQuota", "old", "apps", 9)
    assert guards(gone, QUOTA % ("ResourceQuota", "new", "apps", 9)) == []
    for other in (
        ("ResourceQuota", "new", "apps", 8),
        ("ResourceQuota", "new", "other", 9),
        ("LimitRange", "new", "apps", 9),
    ):
        assert len(guards(gone, QUOTA % other)) == 1


def test_another_budget_does_for_it_by_another_bound_unless_it_holds_nothing_back() -> None:
    gone = pod() + BUDGET % ("old", "minAvailable: 1, ", "web")
    assert guards(gone, pod() + BUDGET % ("new", "maxUnavailable: 1, ", "web")) == []
    assert len(guards(gone, pod() + BUDGET % ("new", 'maxUnavailable: "100%", ', "web"))) == 1
    assert len(guards(gone, pod() + BUDGET % ("new", "minAvailable: 1, ", "api"))) == 1


def test_a_budget_goes_with_the_last_workload_that_it_guards() -> None:
    budget = BUDGET % ("b", "minAvailable: 1, ", "web")
    two = pod() + pod("StatefulSet", "web-db")
    assert guards(two + budget, pod("StatefulSet", "web-db")) != []
    assert guards(two + budget, "") == []
    assert guards(budget, "") != [], "nobody knows whose Pods they are"


@pytest.mark.parametrize(("kind", "said"), [("Deployment", ""), ("StatefulSet", "StatefulSet")])
def test_an_autoscaler_goes_with_what_it_scales(kind: str, said: str) -> None:
    scaler = SCALER % ("s", "apps", 9, f", kind: {said}" if said else "")
    assert guards(pod(kind) + scaler, "") == []
    assert guards(pod(kind) + scaler, pod(kind, version=2)) != []
    assert guards(scaler, "") != []
    other = "StatefulSet" if kind == "Deployment" else "Deployment"
    assert guards(pod(other) + scaler, "") != [], "that one was not scaled by it"
    assert guards(pod(kind, "api") + scaler, "") != []


def test_autoscalers_do_for_each_other_when_they_scale_the_same() -> None:
    gone = SCALER % ("a", "apps", 9, "")
    assert guards(pod() + gone, pod() + SCALER % ("b", "apps", 5, "")) == []
    for other in (SCALER % ("b", "apps", 9, ", kind: StatefulSet"), SCALER % ("b", "x", 9, "")):
        assert len(guards(pod() + gone, pod() + other)) == 1


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("minAvailable: 1, ", "minAvailable: 0, ", "minAvailable 0, was minAvailable 1"),
        ("minAvailable: 1, ", 'minAvailable: "0%", ', "minAvailable 0%, was minAvailable 1"),
        ("", 'maxUnavailable: "100%", ', "maxUnavailable 100%, was no bound"),
        ("maxUnavailable: 1, ", 'maxUnavailable: "100%", ', "100%, was maxUnavailable 1"),
    ],
)
def test_a_budget_that_holds_nothing_back_is_none(before: str, after: str, says: str) -> None:
    (told_,) = guards(BUDGET % ("b", before, "web"), BUDGET % ("b", after, "web"))
    assert says in told_
    assert guards(BUDGET % ("b", after, "web"), BUDGET % ("b", before, "web")) == []


def test_a_budget_that_held_nothing_back_before_is_no_news() -> None:
    open_, other = (BUDGET % ("b", f"minAvailable: {least}, ", "web") for least in (0, '"0%"'))
    assert guards(open_, other) == []
    assert guards(BUDGET % ("b", "minAvailable: 1, ", "web"), BUDGET % ("b", "", "web")) == []


LIMITS = ", resources: {limits: {%s}}"


@pytest.mark.parametrize("probe", ["livenessProbe", "readinessProbe", "startupProbe"])
def test_a_container_that_loses_a_probe_is_named(probe: str) -> None:
    had = pod(more=f", {probe}: {{tcpSocket: {{port: 1}}}}")
    assert guards(had, pod()) == [f"Deployment/apps/web container web loses its {probe}"]
    assert guards(pod(), had) == []


def test_a_container_that_loses_limits_says_which_and_how_much() -> None:
    had = pod(more=LIMITS % "cpu: 1, memory: 1Gi")
    (says,) = guards(had, pod(more=LIMITS % "memory: 2Gi"))
    assert says.endswith("loses its cpu limit (1)")
    (says,) = guards(had, pod())
    assert says.endswith("loses its cpu limit (1) and memory limit (1Gi)")


def test_requests_that_go_are_missed_unless_limits_stand_for_them() -> None:
    asks = ", resources: {requests: {cpu: 1}}"
    assert guards(pod(more=asks), pod()) == ["Deployment/apps/web container web loses its requests"]
    assert guards(pod(more=asks), pod(more=asks.replace("1", "2"))) == []
    assert guards(pod(more=asks), pod(more=LIMITS % "cpu: 1")) == []
    assert guards(pod(), pod(version=2)) == []


def test_what_runs_before_the_others_needs_no_guard() -> None:
    first = "initContainers: [{name: init, image: a%s}], "
    assert guards(pod(spec=first % (LIMITS % "cpu: 1")), pod(spec=first % "")) == []


def selectors(before: str, after: str) -> list[str]:
    return [danger.says for danger in told("selector-change", before, after)]


def test_who_else_is_chosen_is_named_up_to_three() -> None:
    three = "".join(pod(name=name) for name in "abc")
    (says,) = selectors(SERVICE % ("app: old", 80), three + SERVICE % ("app: web", 80))
    assert says.endswith(": Deployment/apps/a, Deployment/apps/b, Deployment/apps/c")
    (says,) = selectors(
        SERVICE % ("app: old", 80), three + pod(name="d") + SERVICE % ("app: web", 80)
    )
    assert says.endswith("Deployment/apps/c and 1 more")


def test_a_service_that_changes_and_loses_its_pods_is_told_of_once() -> None:
    before = pod() + SERVICE % ("app: web", 80)
    after = pod(app="site") + SERVICE % ("app: other", 80)
    (says,) = selectors(before, after)
    assert says.endswith(": no Pods of this build have these labels")


def test_a_service_that_changes_otherwise_may_lose_its_pods_too() -> None:
    before = pod() + SERVICE % ("app: web", 80)
    (says,) = selectors(before, pod(app="site") + SERVICE % ("app: web", 81))
    assert says.endswith("chooses by app=web, which Deployment/apps/web no longer has")
    both = pod() + pod(name="api", app="api")
    after = pod(app="site") + pod(name="api", app="site") + SERVICE % ("app: api", 80)
    (says,) = selectors(both + SERVICE % ("app: web", 80), after)
    assert says.endswith(": no Pods of this build have these labels")


def test_a_service_that_loses_its_pods_by_their_labels_names_them() -> None:
    before = pod() + SERVICE % ("app: web", 80)
    (says,) = selectors(before, pod(app="site") + SERVICE % ("app: web", 80))
    assert says.endswith("chooses by app=web, which Deployment/apps/web no longer has")
    (says,) = selectors(before, SERVICE % ("app: web", 80))
    assert says == "Service/apps/web stays and chooses no Pods: Deployment/apps/web goes"
    budget = BUDGET % ("b", "minAvailable: 1, ", "web")
    (says,) = selectors(pod() + budget, pod(app="site") + budget)
    assert "PodDisruptionBudget/apps/b chooses by app=web" in says
    assert selectors(pod() + budget, budget) == []
    assert selectors(before, pod("DaemonSet") + SERVICE % ("app: web", 80)) == []


def accounts(before: str, after: str) -> list[str]:
    return [danger.says for danger in told("service-account", before, after)]


RUNS_AS = "serviceAccountName: web, "


def test_an_account_that_the_build_lacks_is_said_to_be_missing() -> None:
    (says,) = accounts(pod(), pod(spec=RUNS_AS))
    assert says.endswith("web instead of default, which this build does not have")
    (says,) = accounts(pod(), pod(spec=RUNS_AS) + ACCOUNT % ("apps", ""))
    assert says.endswith("runs as ServiceAccount web instead of default")
    (says,) = accounts(pod(spec=RUNS_AS), pod())
    assert says.endswith("default instead of web")
    (says,) = accounts(pod(), pod(spec=RUNS_AS) + ACCOUNT % ("other", ""))
    assert says.endswith("which this build does not have"), "an account of another namespace"


def test_the_older_field_of_an_account_counts_too() -> None:
    old = "serviceAccount: web, "
    assert accounts(pod(spec=old), pod(spec=RUNS_AS)) == []
    assert len(accounts(pod(spec=old), pod(spec="serviceAccount: api, "))) == 1


def test_an_account_that_goes_stops_who_runs_as_it() -> None:
    runs = pod(spec=RUNS_AS) + pod(name="other")
    (says,) = accounts(runs + ACCOUNT % ("apps", ""), runs)
    assert says == "ServiceAccount/apps/web is deleted, and Deployment/apps/web runs as it"
    assert accounts(runs + ACCOUNT % ("other", ""), runs) == []
    plain = runs.replace("serviceAccountName: web, ", "") + QUOTA % (
        "ResourceQuota",
        "q",
        "apps",
        9,
    )
    own = ACCOUNT.replace("name: web", "name: default") % ("apps", "")
    (says,) = accounts(plain + own, plain)
    assert says.endswith("Deployment/apps/web, Deployment/apps/other runs as it")
    assert accounts(runs, runs + ACCOUNT % ("apps", "")) == []
    labelled = ACCOUNT % ("apps", ", labels: {a: b}")
    assert accounts(runs + ACCOUNT % ("apps", ""), runs + labelled) == []


@pytest.mark.parametrize(
    "name",
    [
        "eks.amazonaws.com/role-arn",
        "iam.gke.io/gcp-service-account",
        "azure.workload.identity/client-id",
    ],
)
def test_an_account_is_somebody_in_its_cloud_by_an_annotation(name: str) -> None:
    def account(who: str, other: str = "a") -> str:
        return ACCOUNT % ("apps", f", annotations: {{note: {other}, {name}: {who}}}")

    (says,) = accounts(account("one"), account("two"))
    assert says == f"ServiceAccount/apps/web is two in its cloud instead of one ({name})"
    (says,) = accounts(ACCOUNT % ("apps", ""), account("two"))
    assert "is two in its cloud instead of nobody" in says
    assert accounts(account("one"), account("one", "b")) == []


def powers(before: str, after: str) -> list[str]:
    return [danger.says for danger in told("privileged", before, after)]


ROOT = ", securityContext: {runAsUser: %s}"


def test_a_container_that_becomes_root_had_said_another_user() -> None:
    (says,) = powers(pod(more=ROOT % 1000), pod(more=ROOT % 0))
    assert says.endswith("no longer says another user than root in web")
    assert powers(pod(more=ROOT % 1000), pod(more=ROOT % 2000)) == []
    assert powers(pod(more=ROOT % 0), pod(more=ROOT % 1000)) == []
    assert powers(pod(), pod(more=ROOT % 0)) == []
    assert powers(pod(more=ROOT % 1000), pod()) == []
    assert powers(pod(more=ROOT % 0), pod(version=2, more=ROOT % 0)) == []


@pytest.mark.parametrize(
    ("kept", "given_up", "words"),
    [
        ("runAsNonRoot: true", "runAsNonRoot: false", "runAsNonRoot in web"),
        (
            "allowPrivilegeEscalation: false",
            "allowPrivilegeEscalation: true",
            "allowPrivilegeEscalation: false in web",
        ),
    ],
)
def test_what_a_container_had_ruled_out_is_said_when_it_is_not_any_more(
    kept: str, given_up: str, words: str
) -> None:
    had = pod(more=f", securityContext: {{{kept}}}")
    for after in (pod(), pod(more=f", securityContext: {{{given_up}}}")):
        assert powers(had, after) == [f"Deployment/apps/web no longer says {words}"]
        assert powers(after, had) == []
    by_pod = pod(spec=f"securityContext: {{{kept}}}, ")
    assert powers(had, by_pod) == [], "what its Pod says counts for it"


@pytest.mark.parametrize(
    ("spec", "more", "words"),
    [
        ("hostPID: true, ", "", "hostPID"),
        ("hostIPC: true, ", "", "hostIPC"),
        ("volumes: [{name: v, hostPath: {path: /var}}], ", "", "hostPath /var"),
        ("", ", ports: [{containerPort: 80, hostPort: 80}]", "hostPort 80 in web"),
        ("", ", securityContext: {privileged: true}", "privileged in web"),
        (
            "",
            ", securityContext: {capabilities: {add: [CAP_NET_ADMIN, CAP_KILL]}}",
            "capability CAP_NET_ADMIN in web",
        ),
    ],
)
def test_each_way_to_the_node_is_told_when_it_is_new(spec: str, more: str, words: str) -> None:
    after = pod(spec=spec, more=more)
    assert powers(pod(), after) == [f"Deployment/apps/web gets {words}"]
    assert powers("", after) == [f"Deployment/apps/web gets {words}"]
    assert powers(after, pod(spec=spec, more=more, version=2)) == []
    assert powers(after, "") == [] == powers(after, pod())
    (danger,) = told("privileged", pod(), after)
    assert danger.level is Gravity.STOP


def test_a_pod_that_names_no_container_yet_has_its_node_all_the_same() -> None:
    bare = pod(spec="hostPID: true, ").replace(', containers: [{name: web, image: "web:1"}]', "")
    bare = bare.replace('containers: [{name: web, image: "web:1"}]', "")
    assert powers("", bare) == ["Deployment/apps/web gets hostPID"]


def test_volumes_and_ports_of_the_pod_itself_bring_it_no_closer() -> None:
    own = "volumes: [{name: v, emptyDir: {}}], hostNetwork: false, "
    ports = ", ports: [{containerPort: 80}], securityContext: {privileged: false}"
    assert powers(pod(), pod(spec=own, more=ports)) == []


def test_a_key_of_what_is_not_in_the_build_is_nobodys_to_know() -> None:
    env = ", env: [{name: A, valueFrom: {configMapKeyRef: {name: c, key: a}}}]"
    assert "key-missing" not in rules_of("", pod(more=env))
    config = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n%s: {%s: eA==}\n"
    for part in ("data", "binaryData"):
        assert "key-missing" not in rules_of("", pod(more=env) + config % (part, "a"))
        assert "key-missing" in rules_of("", pod(more=env) + config % (part, "b"))
