"""Fields that never change: what cannot be applied, what is made anew instead, and what the API
lets pass though it reads like a change.
"""

from __future__ import annotations

import pytest
import yaml
from review_pairs import found

from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.review.looks import briefly

FORCE = "kustomize.toolkit.fluxcd.io/force"


def obj(api: str, kind: str, body: str, metadata: str = "") -> str:
    more = f", {metadata}" if metadata else ""
    return f"---\napiVersion: {api}\nkind: {kind}\nmetadata: {{name: a{more}}}\n{body}\n"


def fixed(before: str, after: str, **how: bool) -> list[Danger]:
    return [danger for danger in found(before, after, **how) if danger.rule == "immutable-field"]


NEVER = [
    ("apps/v1", "Deployment", "spec: {selector: {matchLabels: {a: %s}}}", "spec.selector"),
    ("apps/v1", "DaemonSet", "spec: {selector: {matchLabels: {a: %s}}}", "spec.selector"),
    ("batch/v1", "Job", "spec: {template: {spec: {nodeName: %s}}}", "spec.template"),
    ("batch/v1", "Job", "spec: {selector: {matchLabels: {a: %s}}}", "spec.selector"),
    ("batch/v1", "Job", "spec: {completionMode: %s}", "spec.completionMode"),
    ("batch/v1", "Job", "spec: {podFailurePolicy: {a: %s}}", "spec.podFailurePolicy"),
    ("batch/v1", "Job", "spec: {successPolicy: {a: %s}}", "spec.successPolicy"),
    ("batch/v1", "Job", "spec: {backoffLimitPerIndex: %s}", "spec.backoffLimitPerIndex"),
    ("v1", "Service", "spec: {clusterIP: %s}", "spec.clusterIP"),
    ("v1", "Service", "spec: {clusterIPs: [%s]}", "spec.clusterIPs"),
    ("v1", "PersistentVolumeClaim", "spec: {accessModes: [%s]}", "spec.accessModes"),
    ("v1", "PersistentVolumeClaim", "spec: {storageClassName: %s}", "spec.storageClassName"),
    ("v1", "PersistentVolumeClaim", "spec: {volumeName: %s}", "spec.volumeName"),
    ("v1", "PersistentVolumeClaim", "spec: {volumeMode: %s}", "spec.volumeMode"),
    ("rbac.authorization.k8s.io/v1", "RoleBinding", "roleRef: {name: %s}", "roleRef"),
    ("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "roleRef: {name: %s}", "roleRef"),
    ("storage.k8s.io/v1", "StorageClass", "provisioner: %s", "provisioner"),
    ("storage.k8s.io/v1", "StorageClass", "parameters: {a: %s}", "parameters"),
    ("storage.k8s.io/v1", "StorageClass", "reclaimPolicy: %s", "reclaimPolicy"),
    ("scheduling.k8s.io/v1", "PriorityClass", "value: %s", "value"),
    ("apps/v1", "StatefulSet", "spec: {serviceName: %s}", "spec.serviceName"),
    ("apps/v1", "StatefulSet", "spec: {podManagementPolicy: %s}", "spec.podManagementPolicy"),
    ("apiextensions.k8s.io/v1", "CustomResourceDefinition", "spec: {scope: %s}", "spec.scope"),
    (
        "apiextensions.k8s.io/v1",
        "CustomResourceDefinition",
        "spec: {names: {plural: %s}}",
        "spec.names.plural",
    ),
]


@pytest.mark.parametrize(("api", "kind", "body", "field"), NEVER)
def test_a_field_that_never_changes_cannot_be_applied(
    api: str, kind: str, body: str, field: str
) -> None:
    (danger,) = fixed(obj(api, kind, body % "one"), obj(api, kind, body % "two"))
    assert danger.level is Gravity.STOP
    assert f"{kind}/apps/a cannot be applied: {field} never changes" in danger.says
    assert danger.look[0].endswith((": one -> two", ": one -> not there"))
    same = obj(api, kind, body % "one")
    assert fixed(same, same.replace("{name: a}", "{name: a, labels: {b: c}}")) == []
    other = obj("sea.example.com/v1", kind, body % "%s")
    assert fixed(other % "one", other % "two") == []


@pytest.mark.parametrize(("api", "kind", "body", "field"), NEVER)
def test_what_is_left_out_keeps_what_the_api_has_set(
    api: str, kind: str, body: str, field: str
) -> None:
    if kind == "StatefulSet":
        return  # there the whole of spec is compared
    bare = obj(api, kind, "spec: {other: 1}")
    assert fixed(obj(api, kind, body % "one"), bare) == []
    come = fixed(bare, obj(api, kind, body % "one"))
    assert bool(come) is field.endswith("selector"), "what was not said may have been set to that"


def test_a_job_without_completions_has_them_and_a_service_without_address_has_one() -> None:
    job = obj("batch/v1", "Job", "spec: {a: 1, %s}")
    assert len(fixed(job % "", job % "completions: 3")) == 1
    assert fixed(job % "", job % "completions: 1") == []
    service = obj("v1", "Service", "spec: {ports: [], %s}")
    assert len(fixed(service % "", service % "clusterIP: None")) == 1
    assert fixed(service % "", service % "clusterIP: 10.0.0.1") == []
    assert fixed(service % "clusterIP: None", service % "") == []


def test_of_a_statefulset_only_some_fields_change() -> None:
    whole = obj("apps/v1", "StatefulSet", "spec: {%s}")
    for field in ("replicas", "minReadySeconds", "revisionHistoryLimit"):
        assert fixed(whole % f"{field}: 1", whole % f"{field}: 2") == []
        assert fixed(whole % "", whole % f"{field}: 2") == []
    (danger,) = fixed(whole % "serviceName: a, x: 1", whole % "serviceName: b")
    assert "spec.serviceName, spec.x never changes" in danger.says
    (danger,) = fixed(whole % "", whole % "serviceName: b")
    assert "spec.serviceName" in danger.says
    bare = obj("apps/v1", "StatefulSet", "")
    assert len(fixed(bare, whole % "serviceName: b")) == len(fixed(whole % "x: 1", bare)) == 1


@pytest.mark.parametrize(
    ("kind", "part"), [("ConfigMap", "data"), ("ConfigMap", "binaryData"), ("Secret", "data")]
)
def test_what_is_immutable_keeps_its_content(kind: str, part: str) -> None:
    def holder(kind: str, value: str, immutable: str = "true") -> str:
        return obj("v1", kind, f"immutable: {immutable}\n{part}: {{a: {value}}}")

    (danger,) = fixed(holder(kind, "eA=="), holder(kind, "eQ=="))
    assert f"{part} never changes" in danger.says
    assert "eA==" not in repr(danger) or kind == "ConfigMap"
    (danger,) = fixed(holder(kind, "eA=="), holder(kind, "eA==", "false"))
    assert "immutable never changes" in danger.says
    assert fixed(holder(kind, "eA==", "false"), holder(kind, "eQ==", "true")) == []
    assert fixed(holder("Thing", "eA=="), holder("Thing", "eQ==")) == []


SERVICE = "spec: {clusterIP: %s}"


@pytest.mark.parametrize(
    ("metadata", "forced"),
    [
        (f"annotations: {{{FORCE}: enabled}}", True),
        (f"annotations: {{{FORCE}: Enabled}}", True),
        (f"labels: {{{FORCE}: enabled}}", True),
        (f"labels: {{a: b}}, annotations: {{{FORCE}: enabled}}", True),
        (f"labels: {{{FORCE}: enabled}}, annotations: {{{FORCE}: disabled}}", False),
        (f"annotations: {{{FORCE}: disabled}}", False),
        ("annotations: {other: enabled}", False),
        ("", False),
    ],
)
def test_an_object_may_say_that_it_is_made_anew(metadata: str, forced: bool) -> None:
    before = obj("v1", "Service", SERVICE % "10.0.0.1", metadata)
    (danger,) = fixed(before, before.replace("10.0.0.1", "10.0.0.2"))
    assert ("is deleted and made anew: spec.clusterIP" in danger.says) is forced
    assert ("cannot be applied" in danger.says) is not forced
    (danger,) = fixed(before, before.replace("10.0.0.1", "10.0.0.2"), force=True)
    assert "is deleted and made anew" in danger.says


def test_a_job_that_may_be_made_anew_is_told_of_as_a_migration_alone() -> None:
    body = "spec: {template: {spec: {nodeName: %s}}}"
    mark = f"annotations: {{{FORCE}: enabled}}"
    one, two = (obj("batch/v1", "Job", body % name, mark) for name in ("one", "two"))
    assert fixed(one, two) == []
    plain = (obj("batch/v1", "Job", body % name) for name in ("one", "two"))
    (danger,) = fixed(*plain)
    assert danger.says.endswith("never changes; once it is deleted, it runs again")


def test_a_generated_object_is_another_one_with_its_content() -> None:
    first, second = (
        obj("v1", "ConfigMap", f"immutable: true\ndata: {{a: {value}}}").replace(
            "{name: a}", f"{{name: a-{end}}}"
        )
        for value, end in (("x", "6ct58987ht"), ("y", "2btm7mkbhk"))
    )
    assert fixed(first, second) == []


def test_a_side_that_is_empty_or_not_there_is_said_to_be() -> None:
    assert briefly("a", "", None) == 'a: "" -> not there'
    assert briefly("a", [], {"b": 1}) == 'a: "" -> b 1'
    assert briefly("a", [{"b": 1, "c": 2}, "d"], "x  \n y") == "a: b 1, c 2; d -> x y"
    assert len(briefly("a", "x" * 99, 0)) == len("a: ") + 60 + len(" -> 0")


def test_six_differences_are_enough_to_see_it() -> None:
    for number in (5, 6, 7):
        sides = ({f"l{n}": value for n in range(number)} for value in ("one", "two"))
        pair = [
            obj("apps/v1", "Deployment", yaml.safe_dump({"spec": {"selector": {"matchLabels": s}}}))
            for s in sides
        ]
        (danger,) = fixed(*pair)
        assert len(danger.look) == min(number, 6)
