"""Each danger: two builds that have it, and two that do not, though they look like it."""

from __future__ import annotations

import pytest
from review_pairs import found, rules_of

from fluxtui.domain.danger import Gravity
from fluxtui.domain.review.catalog import ALL
from fluxtui.domain.review.pods import containers
from fluxtui.domain.review.rules import RULES

CLAIM = """
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: %s}}}
"""
DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: %s
  selector: {matchLabels: {app: %s}}
  template:
    metadata: {labels: {app: %s}}
    spec: {containers: [{name: web, image: "web:1"}]}
"""
SERVICE = """
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: %s}, ports: [{port: 80}]}
"""
STATEFUL = """
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  replicas: 3
  serviceName: %s
  selector: {matchLabels: {app: db}}
  template: {metadata: {labels: {app: db}}, spec: {containers: [{name: db, image: "db:%s"}]}}
  volumeClaimTemplates:
    - metadata: {name: data}
      spec: {resources: {requests: {storage: %s}}}
"""
JOB = """
apiVersion: batch/v1
kind: Job
metadata: {name: migrate%s}
spec: {template: {spec: {containers: [{name: m, image: "db:%s", command: [migrate, up]}]}}}
"""
SQL = """
apiVersion: v1
kind: ConfigMap
metadata: {name: sql}
data:
  001.sql: |
    CREATE TABLE audit (at DateTime)
  %s
"""
ADDS = "002.sql: |\n    ALTER TABLE audit ADD COLUMN who String"
DROPS = "002.sql: |\n    ALTER TABLE audit\n      DROP COLUMN who"
CONFIG = """
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
immutable: %s
data: {a: "%s"}
"""

CRD = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: boats.sea.example.com}
spec:
  versions:
    - name: v1
      served: %s
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              %s
"""
LOOSE = "properties: {size: {type: integer, maximum: 9}, flag: {type: string, enum: [a, b]}}"
BUDGET = """
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web}
spec: {minAvailable: 1, selector: {matchLabels: {app: web}}}
"""
POD = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      %s
      containers:
        - name: web
          image: %s
          %s
"""
ROLE = """
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: web}
rules: [{apiGroups: [%s], resources: [%s], verbs: [%s]}]
"""
READS = POD % (
    "",
    "a:1",
    "env: [{name: A, valueFrom: {configMapKeyRef: {name: settings, key: %s}}}]",
)
KEPT = "---" + CONFIG % ("false", "1")
BINDING = """
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: web}
roleRef: {kind: ClusterRole, name: %s, apiGroup: rbac.authorization.k8s.io}
subjects: [%s]
"""
ANNA = "{kind: User, name: anna}"
BEN = "{kind: ServiceAccount, name: ben, namespace: apps}"
INGRESS = """
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec: {rules: [{host: %s, http: {paths: [{path: %s, pathType: Prefix}]}}]}
"""
PORT = """
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: %s}%s]}
"""

STREAM = """
apiVersion: jetstream.nats.io/v1beta2
kind: Stream
metadata: {name: audit}
spec: {maxBytes: %s, maxAge: %s, replicas: 3}
"""
OPERATED = """
apiVersion: clickhouse.altinity.com/v1
kind: ClickHouseInstallation
metadata: {name: db}
spec: {templates: {podTemplates: [{spec: {containers: [{name: db, image: "%s"}]}}]}}
"""
NOBODY = "{kind: User, name: 'system:anonymous'}"

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


def test_every_rule_is_told_of_here_and_explains_itself() -> None:
    assert (
        {rule for rule, *_ in HAVE_IT} == {rule for rule, *_ in HAVE_NOT} == {r.id for r in RULES}
    )
    for rule in ALL:
        assert rule.id == rule.id.lower() and " " not in rule.id
        assert len(rule.why) > 80 and rule.title


def test_what_is_kept_is_in_no_danger_of_being_deleted() -> None:
    assert rules_of(CLAIM % "1Gi", "", prune=False) == set()


def test_the_worst_comes_first_and_names_the_object() -> None:
    before = DEPLOYMENT % (4, "web", "web") + "---" + CLAIM % "1Gi" + "---" + SQL % ADDS
    after = DEPLOYMENT % (2, "web", "web") + "---" + SQL % DROPS
    levels = [(danger.level, danger.rule) for danger in found(before, after)]
    assert levels == [
        (Gravity.LOSS, "prune-data"),
        (Gravity.LOSS, "migration"),
        (Gravity.CARE, "replicas-drop"),
    ]
    claim = found(before, after)[0]
    assert str(claim.object) == "PersistentVolumeClaim/apps/data"
    assert "PersistentVolumeClaim/apps/data" in claim.says


def test_the_statements_that_are_new_are_shown_and_no_others() -> None:
    (danger,) = found(SQL % "", SQL % DROPS)
    assert danger.level is Gravity.LOSS
    assert danger.look == ("ALTER TABLE audit", "  DROP COLUMN who")


def test_what_is_said_about_statements_is_none_and_the_worst_is_in_sight() -> None:
    said = (
        "002.sql: |\n    -- DROP TABLE audit is for later\n    /* TRUNCATE audit */\n    SELECT 1"
    )
    (danger,) = found(SQL % "", SQL % said)
    assert danger.level is Gravity.CARE and danger.look == ("SELECT 1",)
    many = "\n".join(f"    CREATE TABLE t{n} (at DateTime)" for n in range(30))
    (danger,) = found(SQL % "", SQL % f"002.sql: |\n{many}\n    DROP TABLE audit")
    assert danger.look[0] == "DROP TABLE audit" and danger.look[-1] == "... 19 more lines"


def test_a_job_that_may_be_made_anew_runs_again_and_fails_nothing() -> None:
    assert rules_of(JOB % ("", "1"), JOB % ("", "2"), force=True) == {"migration"}


def test_a_secret_value_is_in_no_danger() -> None:
    secret = (
        "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {a.sql: 'DROP TABLE %s'}"
    )
    said = found(secret % "canary", secret % "other") + found(secret % "canary", "")
    assert "canary" not in repr(said)


def test_a_role_that_is_new_allows_and_one_that_grows_allows_more() -> None:
    (danger,) = found("", ROLE % ('""', "secrets", "get"))
    assert danger.says.endswith(" allows") and danger.level is Gravity.STOP
    (danger,) = found(ROLE % ('""', "pods", "get"), ROLE % ('""', "pods", "get, delete"))
    assert danger.says.endswith(" allows more") and danger.level is Gravity.CARE


@pytest.mark.parametrize(("number", "rest"), [(8, ()), (10, ("... 2 more",))])
def test_of_many_grants_the_first_are_shown_and_the_rest_is_counted(
    number: int, rest: tuple[str, ...]
) -> None:
    kinds = ", ".join(f"things{n}" for n in range(number))
    (danger,) = found(ROLE % ('""', "pods", "get"), ROLE % ('""', kinds, "get"))
    assert len(danger.look) == 8 + len(rest) and danger.look[8:] == rest


@pytest.mark.parametrize(("number", "rest"), [(12, ()), (13, ("... 1 more lines",))])
def test_as_many_statements_as_find_room_are_shown_without_a_word(
    number: int, rest: tuple[str, ...]
) -> None:
    many = "\n".join(f"    CREATE TABLE t{n} (at DateTime)" for n in range(number))
    (danger,) = found(SQL % "", SQL % f"002.sql: |\n{many}")
    assert len(danger.look) == 12 + len(rest) and danger.look[12:] == rest


def test_what_a_selector_was_is_said_even_when_it_was_nothing() -> None:
    without = SERVICE.replace("selector: {app: %s}, ", "")
    (danger,) = found(without, SERVICE % "web")
    assert "chooses Pods by app=web instead of nothing" in danger.says
    (danger,) = found(SERVICE % "web", without)
    assert "chooses Pods by nothing instead of app=web" in danger.says


@pytest.mark.parametrize(
    ("kind", "known"),
    [("ConfigMap", 0), ("Service", 0), ("CustomResourceDefinition", 0), ("Sandbox", 1)],
)
def test_containers_are_looked_for_everywhere_only_in_kinds_of_others(
    kind: str, known: int
) -> None:
    deep = {"kind": kind, "spec": {"a": [{"containers": [{"name": "web", "image": "web:1"}]}]}}
    assert len(list(containers(deep))) == known
    pod = {"kind": "Pod", "spec": {"containers": [{"name": "web", "image": "web:1"}]}}
    assert [c.image for c in containers(pod)] == ["web:1"]
    beside = {**pod, "other": pod["spec"]}
    assert len(list(containers(beside))) == 1, "a Pod has them in one place"
