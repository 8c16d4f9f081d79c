"""Each danger: two builds that have it, and two that do not, though they look like it."""

from __future__ import annotations

import pytest
from review_manifests import (
    ADDS,
    ANNA,
    BEN,
    BINDING,
    BUDGET,
    CLAIM,
    CONFIG,
    CRD,
    DEPLOYMENT,
    INGRESS,
    JOB,
    KEPT,
    LOOSE,
    NOBODY,
    OPERATED,
    POD,
    PORT,
    READS,
    ROLE,
    SERVICE,
    SQL,
    STATEFUL,
    STREAM,
)
from review_pairs import delivered, rules_of

from fluxtui.domain.review.catalog import ALL
from fluxtui.domain.review.rules import RULES

HAVE_IT = [
    ("bound-lowered", STREAM % (107374182400, "72h"), STREAM % (1073741824, "72h")),
    ("bound-lowered", STREAM % (1, "72h"), STREAM % (1, "90m")),
    ("rbac-widened", "", BINDING % ("metrics", NOBODY)),
    ("image-name", OPERATED % "db:1", OPERATED % "db:latest"),
    ("migration", SQL % ADDS, SQL % ""),
    ("crd-narrowed", CRD % ("true", LOOSE), CRD % ("false", LOOSE)),
    ("crd-narrowed", CRD % ("true", LOOSE), CRD % ("true", LOOSE.replace("9", "8"))),
    ("crd-narrowed", CRD % ("true", LOOSE), CRD % ("true", LOOSE.replace("a, b", "a"))),
    ("crd-narrowed", CRD % ("true", LOOSE), CRD % ("true", LOOSE.replace("flag", "flags"))),
    (
        "crd-narrowed",
        CRD % ("true", LOOSE),
        CRD % ("true", LOOSE + "\n              required: [size]"),
    ),
    ("guard-removed", BUDGET, ""),
    (
        "guard-removed",
        POD % ("", "a:1", "livenessProbe: {tcpSocket: {port: 1}}"),
        POD % ("", "a:1", ""),
    ),
    (
        "guard-removed",
        POD % ("", "a:1", "resources: {limits: {memory: 1Gi}}"),
        POD % ("", "a:1", "resources: {limits: {cpu: 1}}"),
    ),
    ("rbac-widened", ROLE % ('""', "pods", "get"), ROLE % ('""', "pods", "get, delete")),
    ("rbac-widened", "", ROLE % ('""', "secrets", "get")),
    ("rbac-widened", "", ROLE % ('"*"', '"*"', '"*"')),
    ("rbac-widened", BINDING % ("view", ANNA), BINDING % ("view", f"{ANNA}, {BEN}")),
    ("rbac-widened", "", BINDING % ("cluster-admin", BEN)),
    ("privileged", POD % ("", "a:1", ""), POD % ("hostNetwork: true", "a:1", "")),
    (
        "privileged",
        POD % ("", "a:1", ""),
        POD % ("volumes: [{name: v, hostPath: {path: /}}]", "a:1", ""),
    ),
    ("privileged", "", POD % ("", "a:1", "securityContext: {privileged: true}")),
    (
        "privileged",
        POD % ("", "a:1", ""),
        POD % ("", "a:1", "securityContext: {capabilities: {add: [SYS_ADMIN]}}"),
    ),
    ("key-missing", "", READS % "b" + "---" + CONFIG % ("false", "1")),
    ("key-missing", READS % "a" + KEPT, READS % "a" + KEPT.replace("{a:", "{b:")),
    ("service-account", POD % ("", "a:1", ""), POD % ("serviceAccountName: web", "a:1", "")),
    ("exposure", INGRESS % ("a.example.com", "/"), INGRESS % ("b.example.com", "/")),
    ("exposure", INGRESS % ("a.example.com", "/"), INGRESS % ("a.example.com", "/v2")),
    ("exposure", INGRESS % ("a.example.com", "/"), ""),
    ("exposure", PORT % (80, ""), PORT % (8080, "")),
    ("image-name", POD % ("", "a:1", ""), POD % ("", "a:latest", "")),
    ("image-name", POD % ("", "a:1", ""), POD % ("", "a", "")),
    ("image-name", POD % ("", "a:1", ""), POD % ("", "registry.example.com/a:1", "")),
    ("prune-data", CLAIM % "1Gi", ""),
    ("prune-data", STATEFUL % ("db", "1", "1Gi"), ""),
    ("replicas-drop", DEPLOYMENT % (4, "web", "web"), DEPLOYMENT % (2, "web", "web")),
    ("replicas-drop", DEPLOYMENT % (1, "web", "web"), DEPLOYMENT % (0, "web", "web")),
    ("storage-shrink", CLAIM % "2Gi", CLAIM % "1500Mi"),
    ("storage-shrink", STATEFUL % ("db", "1", "2Gi"), STATEFUL % ("db", "1", "1Gi")),
    ("immutable-field", STATEFUL % ("db", "1", "1Gi"), STATEFUL % ("other", "1", "1Gi")),
    ("immutable-field", DEPLOYMENT % (1, "web", "web"), DEPLOYMENT % (1, "site", "site")),
    ("immutable-field", JOB % ("", "1"), JOB % ("", "2")),
    ("immutable-field", CONFIG % ("true", "1"), CONFIG % ("true", "2")),
    ("selector-change", SERVICE % "web", SERVICE % "site"),
    (
        "selector-change",
        SERVICE % "web" + "---" + DEPLOYMENT % (1, "web", "web"),
        SERVICE % "web" + "---" + DEPLOYMENT % (1, "web", "site"),
    ),
    ("migration", JOB % ("-1", "1"), JOB % ("-2", "1")),
    ("migration", SQL % "", SQL % ADDS),
    ("migration", "", SQL % ""),
]
HAVE_NOT = [
    ("key-missing", "", READS % "a" + KEPT),
    ("key-missing", "", READS % "b, optional: true" + KEPT),
    ("key-missing", READS % "b" + KEPT, READS % "b" + KEPT),
    ("bound-lowered", STREAM % (100, "72h"), STREAM % (60, "48h")),
    ("bound-lowered", STREAM % (100, "72h"), STREAM % (-1, "72h")),
    ("rbac-widened", "", BINDING % ("metrics", BEN)),
    ("image-name", OPERATED % "db:latest", OPERATED % "db:1"),
    ("crd-narrowed", CRD % ("true", LOOSE), CRD % ("true", LOOSE.replace("9", "10"))),
    ("crd-narrowed", CRD % ("true", LOOSE), CRD % ("true", LOOSE.replace("a, b", "a, b, c"))),
    ("crd-narrowed", CRD % ("true", "properties: {}"), CRD % ("true", LOOSE)),
    ("guard-removed", BUDGET, BUDGET.replace("1", "2")),
    (
        "guard-removed",
        POD % ("", "a:1", "livenessProbe: {tcpSocket: {port: 1}}"),
        POD % ("", "a:1", "livenessProbe: {tcpSocket: {port: 2}}"),
    ),
    ("rbac-widened", ROLE % ('""', "pods", "get, delete"), ROLE % ('""', "pods", "get")),
    ("rbac-widened", ROLE % ('"*"', '"*"', "get"), ROLE % ('"", apps', "pods", "get")),
    ("rbac-widened", "", ROLE % ('""', "pods", "get")),
    ("rbac-widened", BINDING % ("view", f"{ANNA}, {BEN}"), BINDING % ("view", ANNA)),
    ("privileged", POD % ("hostNetwork: true", "a:1", ""), POD % ("hostNetwork: true", "a:2", "")),
    ("privileged", POD % ("", "a:1", "securityContext: {privileged: true}"), POD % ("", "a:1", "")),
    (
        "service-account",
        POD % ("serviceAccountName: web", "a:1", ""),
        POD % ("serviceAccountName: web", "a:2", ""),
    ),
    ("service-account", POD % ("", "a:1", ""), POD % ("serviceAccountName: default", "a:1", "")),
    ("exposure", PORT % (80, ""), PORT % (80, ", {port: 81}")),
    ("exposure", INGRESS % ("a.example.com", "/"), INGRESS % ("a.example.com", "/") + "\n"),
    ("image-name", POD % ("", "a:1", ""), POD % ("", "a:2", "")),
    ("image-name", POD % ("", "a:latest", ""), POD % ("replicas: 2", "a:latest", "")),
    ("image-name", POD % ("", "a:1", ""), POD % ("", "docker.io/a:2", "")),
    (
        "image-name",
        POD % ("", "r.example.com:5000/a:1", ""),
        POD % ("", "r.example.com:5000/a@sha256:00", ""),
    ),
    ("prune-data", DEPLOYMENT % (1, "web", "web"), ""),
    ("prune-data", CLAIM % "1Gi", CLAIM % "1Gi"),
    ("replicas-drop", DEPLOYMENT % (4, "web", "web"), DEPLOYMENT % (3, "web", "web")),
    ("replicas-drop", DEPLOYMENT % (0, "web", "web"), DEPLOYMENT % (2, "web", "web")),
    ("storage-shrink", CLAIM % "1Gi", CLAIM % "1024Mi"),
    ("storage-shrink", CLAIM % "1G", CLAIM % "1Gi"),
    ("immutable-field", STATEFUL % ("db", "1", "1Gi"), STATEFUL % ("db", "2", "1Gi")),
    ("immutable-field", CLAIM % "1Gi", CLAIM % "2Gi"),
    ("immutable-field", CONFIG % ("false", "1"), CONFIG % ("false", "2")),
    (
        "selector-change",
        SERVICE % "web" + "---" + DEPLOYMENT % (1, "web", "web"),
        SERVICE % "web" + "---" + DEPLOYMENT % (3, "web", "web"),
    ),
    ("migration", SQL % "", SQL % ""),
    ("migration", CONFIG % ("false", "1"), CONFIG % ("false", "select a colour")),
]


@pytest.mark.parametrize(("rule", "before", "after"), HAVE_IT)
def test_it_is_found(rule: str, before: str, after: str) -> None:
    assert rule in rules_of(before, after)


@pytest.mark.parametrize(("rule", "before", "after"), HAVE_NOT)
def test_it_is_not_where_it_only_looks_like_it(rule: str, before: str, after: str) -> None:
    assert rule not in rules_of(before, after)


def test_a_rule_of_some_kinds_is_given_what_changed_of_those() -> None:
    def objects(text: str) -> str:
        kinds = ("ConfigMap", "Secret")
        return "".join(f"---\n{{apiVersion: v1, kind: {k}, metadata: {{name: a}}, {text}}}\n"
                       for k in kinds)  # fmt: skip

    both = delivered(objects("immutable: true"), objects("immutable: false"))
    assert [change.id.kind for change in both.changed("Secret")] == ["Secret"]
    assert {change.id.kind for change in both.changed()} == {"ConfigMap", "Secret"}


def test_every_rule_is_told_of_here_and_explains_itself() -> None:
    assert (
        {rule for rule, *_ in HAVE_IT} == {rule for rule, *_ in HAVE_NOT} == {r.id for r in RULES}
    )
    for rule in ALL:
        assert rule.id == rule.id.lower() and " " not in rule.id
        assert len(rule.why) > 80 and rule.title
