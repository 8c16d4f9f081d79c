"""Each danger: two builds that have it, and two that do not, though they look like it."""

from __future__ import annotations

import pytest
from review_pairs import found, rules_of

from fluxtui.domain.review.danger import Level
from fluxtui.domain.review.rules import BY_ID, RULES

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

HAVE_IT = [
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
    assert {rule for rule, *_ in HAVE_IT} == {rule for rule, *_ in HAVE_NOT} == set(BY_ID)
    for rule in RULES:
        assert rule.id == rule.id.lower() and " " not in rule.id
        assert len(rule.why) > 80 and rule.title


def test_what_is_kept_is_in_no_danger_of_being_deleted() -> None:
    assert rules_of(CLAIM % "1Gi", "", prune=False) == set()


def test_the_worst_comes_first_and_names_the_object() -> None:
    before = DEPLOYMENT % (4, "web", "web") + "---" + CLAIM % "1Gi" + "---" + SQL % ADDS
    after = DEPLOYMENT % (2, "web", "web") + "---" + SQL % DROPS
    levels = [(danger.level, danger.rule) for danger in found(before, after)]
    assert levels == [
        (Level.LOSS, "prune-data"),
        (Level.LOSS, "migration"),
        (Level.CARE, "replicas-drop"),
    ]
    claim = found(before, after)[0]
    assert str(claim.object) == "PersistentVolumeClaim/apps/data"
    assert "PersistentVolumeClaim/apps/data" in claim.says


def test_the_statements_that_are_new_are_shown_and_no_others() -> None:
    (danger,) = found(SQL % "", SQL % DROPS)
    assert danger.level is Level.LOSS
    assert danger.look == ("ALTER TABLE audit", "  DROP COLUMN who")


def test_a_job_that_may_be_made_anew_runs_again_and_fails_nothing() -> None:
    assert rules_of(JOB % ("", "1"), JOB % ("", "2"), force=True) == {"migration"}


def test_a_secret_value_is_in_no_danger() -> None:
    secret = (
        "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {a.sql: 'DROP TABLE %s'}"
    )
    said = found(secret % "canary", secret % "other") + found(secret % "canary", "")
    assert "canary" not in repr(said)
