"""Who may do more than before: by a role that grows, a label that adds it to another, a binding
that comes or names more; and what only looks like it.
"""

from __future__ import annotations

import pytest
from review_pairs import found

from fluxtui.domain.danger import Danger, Gravity

ROLE = """---
apiVersion: %s
kind: %s
metadata: {name: web%s}
rules: [%s]
"""
BINDING = """---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: web}
roleRef: {kind: Role, name: %s}
subjects: [%s]
"""
ACCOUNT = "---\napiVersion: v1\nkind: %s\nmetadata: {name: %s, namespace: %s}\n"
OWN = """---
apiVersion: iam.sea.example.com/v1
kind: %s
metadata: {name: web}
spec: {%s}
"""
RBAC = "rbac.authorization.k8s.io/v1"
READS_PODS = '{apiGroups: [""], resources: [pods], verbs: [get]}'
JOINS = ', labels: {"rbac.authorization.k8s.io/aggregate-to-%s": "%s"}'


def widened(before: str, after: str) -> list[Danger]:
    return [danger for danger in found(before, after) if danger.rule == "rbac-widened"]


def role(*rules: str, kind: str = "Role", more: str = "", api: str = RBAC) -> str:
    return ROLE % (api, kind, more, ", ".join(rules))


def rule(verb: str = "get", group: str = "", resource: str = "pods", names: str = "") -> str:
    only = f", resourceNames: [{names}]" if names else ""
    return f'{{apiGroups: ["{group}"], resources: ["{resource}"], verbs: ["{verb}"]{only}}}'


@pytest.mark.parametrize("verb", ["*", "escalate", "bind", "impersonate"])
def test_a_new_role_with_a_verb_that_leads_further_is_told(verb: str) -> None:
    (danger,) = widened("", role(rule(verb)))
    assert danger.level is Gravity.STOP and danger.look == (f"{verb} pods",)


def test_one_that_leads_further_among_others_is_enough_to_stop() -> None:
    (danger,) = widened("", role(rule("get"), rule("bind")))
    assert danger.level is Gravity.STOP and danger.look == ("bind pods", "get pods")


@pytest.mark.parametrize(
    ("group", "resource", "verb"),
    [
        ("*", "pods", "get"),
        ("", "*", "get"),
        ("", "secrets", "list"),
        ("", "nodes/proxy", "get"),
        ("", "pods/exec", "create"),
        ("", "pods/attach", "create"),
        ("", "serviceaccounts/token", "create"),
    ],
)
def test_a_new_role_over_what_leads_further_is_told(group: str, resource: str, verb: str) -> None:
    (danger,) = widened("", role(rule(verb, group, resource)))
    assert danger.level is Gravity.STOP


@pytest.mark.parametrize(
    "other",
    [
        rule("create"),
        rule("get", "", "serviceaccounts/token"),
        rule("create", "", "serviceaccounts"),
        rule("get", "", "secrets", "web-token"),
        rule("get", "apps", "deployments"),
    ],
)
def test_a_new_role_that_leads_no_further_is_no_news_and_one_that_grows_so_is(other: str) -> None:
    assert widened("", role(other)) == []
    (danger,) = widened(role(READS_PODS), role(READS_PODS, other))
    assert danger.level is Gravity.CARE and danger.says == "Role/apps/web allows more"


def test_what_is_allowed_is_written_as_verb_resource_group_and_name() -> None:
    grown = role(
        READS_PODS,
        rule("delete", "apps", "deployments"),
        rule("get", "", "configmaps", "settings"),
        '{nonResourceURLs: ["/metrics"], verbs: [get]}',
    )
    (danger,) = widened(role(READS_PODS), grown)
    assert set(danger.look) == {
        "delete deployments.apps", "get configmaps settings", "get /metrics.url",
    }  # fmt: skip


def test_a_role_says_nothing_new_where_a_wildcard_had_allowed_it() -> None:
    assert widened(role(rule("*")), role(rule("delete"))) == []
    assert widened(role(rule("get", "*")), role(rule("get", "apps"))) == []
    assert widened(role(rule("get", "", "*")), role(rule("get", "", "nodes"))) == []
    (danger,) = widened(role(rule("get", "*")), role(rule("delete", "apps")))
    assert danger.look == ("delete pods.apps",)


def test_one_object_is_less_than_all_and_not_another() -> None:
    one, other = (role(rule("get", "", "configmaps", name)) for name in ("a", "b"))
    both = role(rule("get", "", "configmaps", "a, b"))
    everything = role(rule("get", "", "configmaps"))
    assert widened(everything, one) == [] == widened(both, one)
    assert [d.look for d in widened(one, both)] == [("get configmaps b",)]
    assert [d.look for d in widened(one, other)] == [("get configmaps b",)]
    assert [d.look for d in widened(one, everything)] == [("get configmaps",)]


def test_a_role_that_goes_or_allows_less_allows_nobody_more() -> None:
    strong = role(rule("*", "*", "*"))
    assert widened(strong, "") == []
    assert widened(strong, role(rule("get", "", "secrets"))) == []
    assert widened(role(READS_PODS, more=JOINS % ("edit", "true"), kind="ClusterRole"), "") == []


def test_a_role_of_another_group_is_none_of_these() -> None:
    other = "authorization.openshift.example/v1"
    strong = rule("*", "*", "*")
    assert widened(role(READS_PODS, api=other), role(READS_PODS, strong, api=other)) == []
    assert widened("", role(strong, kind="Group")) == []


def test_a_role_is_added_to_another_by_a_label_that_says_true() -> None:
    def joined(to: str, value: str = "true") -> str:
        return role(READS_PODS, kind="ClusterRole", more=JOINS % (to, value))

    plain = role(READS_PODS, kind="ClusterRole")
    (danger,) = widened(plain, joined("edit"))
    assert danger.says == "ClusterRole/apps/web is added to what edit allows"
    assert danger.level is Gravity.CARE and danger.look == ("get pods",)
    assert len(widened(joined("view"), joined("edit", "True"))) == 1
    assert widened(plain, joined("edit", "false")) == []
    assert widened(joined("edit"), plain) == []
    assert widened(plain, role(READS_PODS, kind="ClusterRole", more=", labels: {to: 'true'}")) == []


def subject(kind: str, name: str, namespace: str = "") -> str:
    where = f", namespace: {namespace}" if namespace else ""
    return f"{{kind: {kind}, name: '{name}'{where}}}"


ANNA, BEN = subject("User", "anna"), subject("ServiceAccount", "ben", "apps")


def test_a_binding_that_names_more_says_to_whom() -> None:
    (danger,) = widened(BINDING % ("edit", ANNA), BINDING % ("edit", f"{ANNA}, {BEN}"))
    assert danger.level is Gravity.CARE
    assert danger.says == "RoleBinding/apps/web gives edit to ServiceAccount/apps/ben"
    assert widened(BINDING % ("edit", f"{ANNA}, {BEN}"), BINDING % ("edit", BEN)) == []
    assert widened(BINDING % ("edit", ANNA), "") == []


@pytest.mark.parametrize(
    "name", ["system:anonymous", "system:unauthenticated", "system:authenticated"]
)
def test_what_is_given_to_everybody_stops(name: str) -> None:
    for before in ("", BINDING % ("view", ANNA)):
        (danger,) = widened(before, BINDING % ("view", f"{ANNA}, {subject('Group', name)}"))
        assert danger.level is Gravity.STOP and name in danger.says
    (danger,) = widened(BINDING % ("view", ANNA), BINDING % ("view", subject("Group", "devs")))
    assert danger.level is Gravity.CARE


def test_cluster_admin_stops_even_for_who_comes_with_the_build() -> None:
    account = ACCOUNT % ("ServiceAccount", "ben", "apps")
    (danger,) = widened("", account + BINDING % ("cluster-admin", BEN))
    assert danger.level is Gravity.STOP
    assert widened("", account + BINDING % ("edit", BEN)) == []


@pytest.mark.parametrize("who", [ANNA, subject("Group", "devs")])
def test_a_new_binding_gives_more_to_people_who_are_there_already(who: str) -> None:
    (danger,) = widened("", BINDING % ("edit", who))
    assert danger.level is Gravity.CARE and "gives edit to " in danger.says
    assert danger.says.endswith(("User/anna", "Group/devs"))
    assert widened("", BINDING % ("edit", subject("Robot", "r2"))) == []


@pytest.mark.parametrize(
    ("kind", "name", "namespace", "known"),
    [
        ("ServiceAccount", "ben", "apps", True),
        ("ServiceAccount", "ben", "other", False),
        ("ServiceAccount", "anna", "apps", False),
        ("ConfigMap", "ben", "apps", False),
    ],
)
def test_a_new_binding_gives_more_to_the_account_that_was_in_the_build_before(
    kind: str, name: str, namespace: str, known: bool
) -> None:
    before = ACCOUNT % (kind, name, namespace)
    assert bool(widened(before, before + BINDING % ("edit", BEN))) is known


def test_lists_of_permissions_are_rights_in_roles_of_others() -> None:
    def own(spec: str, kind: str = "ProjectRole") -> str:
        return OWN % (kind, spec)

    (danger,) = widened(own("permissions: [read]"), own("permissions: [read, write, write]"))
    assert danger.level is Gravity.CARE and danger.look == ("write",)
    assert len(widened(own("includedPermissions: [a]"), own("includedPermissions: [b]"))) == 1
    assert widened(own("permissions: [a, b]"), own("permissions: [b]")) == []
    assert widened("", own("permissions: [a]")) == [], "a new one is no news"
    assert widened(own("stages: [a]"), own("stages: [a, b]")) == []
    assert widened(own("permissions: none"), own("permissions: some")) == []
    assert widened(own("permissions: [1]"), own("permissions: [1, 2]")) == []
    team = "Team"
    assert widened(own("permissions: [a]", team), own("permissions: [b]", team)) == []
    bare = (OWN % ("ProjectRole", "")).replace("spec: {}", "spec: %s")
    assert widened(bare % "odd", bare % "other") == []
