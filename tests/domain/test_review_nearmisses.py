"""Pairs of builds that a hasty look takes for something else: one field more or less decides.

Each is a change that teams make: names, defaults and amounts written otherwise, objects that move
together.
"""

from __future__ import annotations

import pytest
from review_pairs import found, rules_of

from fluxtui.domain.danger import Gravity

WEB = """---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  %s
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      serviceAccountName: web
      containers:
        - {name: web, image: "r.example.com/web:1", ports: [{name: http, containerPort: 80}]%s}
"""
PLAIN = WEB % ("", "")
ACCOUNT = "---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: web%s}\n"
SERVICE = """---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80%s}]%s}
"""
BUDGET = """---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: %s}
spec: {%s, selector: {matchLabels: {app: web}}}
"""
ONE_LEFT = BUDGET % ("web", "minAvailable: 1")
SCALER = """---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: %s}
spec: {minReplicas: 4, maxReplicas: %s, scaleTargetRef: {kind: Deployment, name: web}}
"""
POLICY = """---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: %s}
spec: {podSelector: %s, ingress: []}
"""
STATEFUL = """---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db%s
  selector: {matchLabels: {app: db}}
  template: {metadata: {labels: {app: db}}, spec: {containers: [{name: db, image: "db:1"}]}}
  volumeClaimTemplates: [{metadata: {name: data}%s, spec: {%sresources: {requests: {storage: %s}}}}]
"""
JOB = """---
apiVersion: batch/v1
kind: Job
metadata: {name: m}
spec: {%stemplate: {spec: {restartPolicy: Never, containers: [{name: m, image: "db:1"%s}]}}}
"""
CONFIG = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c%s}\ndata:\n  %s: |\n    %s\n"
READS = (
    WEB
    % (
        "",
        ", volumeMounts: [{name: c, mountPath: /a, subPath: a.txt}]",
    )
    + "      volumes: [{name: c, configMap: {name: c}}]\n"
)
SECRET = "---\napiVersion: v1\nkind: Secret\nmetadata: {name: %s}\nstringData: {a: %s}\n"
CRON = """---
apiVersion: batch/v1
kind: CronJob
metadata: {name: c}
spec: {suspend: %s, schedule: "* * * * *", jobTemplate: {spec: {template: {spec: {}}}}}
"""
ROLE = """---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: web}
rules: [{apiGroups: [""], resources: [%s], verbs: [get]%s}]
"""
BINDING = """---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: web}
roleRef: {kind: Role, name: edit}
subjects: [{kind: ServiceAccount, name: web, namespace: apps}]
"""
SAFE = ", securityContext: {allowPrivilegeEscalation: %s, capabilities: {add: [%s]}}"
TABLES = "CREATE TABLE a (x int);\n    ALTER TABLE a ADD COLUMN y int;"
JOINED = """---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: boats, namespace: "", labels: {%s: "true"}}
rules: [{apiGroups: [sea.example.com], resources: [boats], verbs: [get]}]
"""
EDITORS = "rbac.authorization.k8s.io/aggregate-to-edit"
HAVE_IT = [
    ("rbac-widened", "", JOINED % EDITORS),
    ("rbac-widened", JOINED % "team", JOINED % EDITORS),
    ("guard-removed", PLAIN + ONE_LEFT, PLAIN + BUDGET % ("web", "minAvailable: 0")),
    ("guard-removed", PLAIN + ONE_LEFT, PLAIN + BUDGET % ("web", "maxUnavailable: 100%")),
    ("guard-removed", PLAIN + SCALER % ("a", 9), PLAIN),
    (
        "guard-removed",
        WEB % ("", ", livenessProbe: {tcpSocket: {port: 80}}"),
        PLAIN.replace("{name: web, image", "{name: site, image"),
    ),
    ("selector-change", PLAIN + SERVICE % ("", ""), SERVICE % ("", "")),
    ("selector-change", POLICY % ("a", "{matchLabels: {app: web}}"), POLICY % ("a", "{}")),
    (
        "selector-change",
        POLICY % ("a", "{}"),
        POLICY % ("a", "{matchExpressions: [{key: app, operator: Exists}]}"),
    ),
    ("exposure", SERVICE % ("", ""), SERVICE % ("", ", type: LoadBalancer")),
    ("exposure", SERVICE % ("", ", type: LoadBalancer"), SERVICE % ("", "")),
    ("exposure", PLAIN + SERVICE % ("", ""), PLAIN + SERVICE % (", targetPort: web", "")),
    ("replicas-drop", WEB % ("replicas: 4", ""), PLAIN),
    ("replicas-drop", PLAIN, WEB % ("replicas: 0", "")),
    ("replicas-drop", SCALER % ("a", 9), SCALER % ("a", 4)),
    ("replicas-drop", CRON % "false", CRON % "true"),
    ("prune-data", SECRET % ("a", "x"), SECRET % ("b", "y")),
    ("immutable-field", STATEFUL % ("", "", "", "1Gi"), STATEFUL % ("", "", "", "2Gi")),
    ("immutable-field", SERVICE % ("", ""), SERVICE % ("", ", clusterIP: None")),
    ("immutable-field", JOB % ("", ""), JOB % ("", ", env: [{name: A, value: b}]")),
    ("rbac-widened", ACCOUNT % "", ACCOUNT % "" + BINDING),
    ("privileged", WEB % ("", SAFE % ("false", "KILL")), WEB % ("", SAFE % ("true", "KILL"))),
    ("service-account", PLAIN + ACCOUNT % "", PLAIN),
    (
        "service-account",
        ACCOUNT % "",
        ACCOUNT % ", annotations: {eks.amazonaws.com/role-arn: a}",
    ),
    ("image-name", PLAIN, PLAIN.replace("web:1", "web:main")),
    ("image-name", PLAIN, PLAIN.replace('name: web, image: "r.', 'name: site, image: "s.')),
    ("key-missing", READS + CONFIG % ("", "a.txt", "x"), READS + CONFIG % ("", "b.txt", "x")),
    (
        "migration",
        CONFIG % ("", "a.sql", TABLES),
        CONFIG % ("", "a.sql", TABLES + " DROP TABLE b;"),
    ),
    ("migration", "", CONFIG % ("", "run.sh", 'psql -c "drop table orders"')),
]
HAVE_NOT = [
    ("rbac-widened", JOINED % EDITORS, JOINED % "team"),
    ("guard-removed", PLAIN + ONE_LEFT, ""),
    ("guard-removed", PLAIN + ONE_LEFT, PLAIN + BUDGET % ("other", "minAvailable: 1")),
    ("guard-removed", PLAIN + ONE_LEFT, PLAIN + BUDGET % ("web", "maxUnavailable: 1")),
    ("guard-removed", PLAIN + SCALER % ("a", 9), ""),
    ("guard-removed", PLAIN + SCALER % ("a", 9), PLAIN + SCALER % ("b", 9)),
    ("guard-removed", POLICY % ("a", "{}"), POLICY % ("b", "{}")),
    ("guard-removed", PLAIN, PLAIN.replace("{name: web, image", "{name: site, image")),
    ("selector-change", PLAIN + SERVICE % ("", ""), PLAIN + SERVICE % (", name: http", "")),
    ("selector-change", PLAIN + ONE_LEFT, ONE_LEFT),
    ("exposure", PLAIN + SERVICE % ("", ""), PLAIN + SERVICE % (", targetPort: http", "")),
    (
        "exposure",
        SERVICE % ("", ""),
        SERVICE % (", protocol: TCP, targetPort: 80", ", type: ClusterIP"),
    ),
    ("replicas-drop", WEB % ("replicas: 1", ""), PLAIN),
    ("replicas-drop", WEB % ("replicas: 9", "") + SCALER % ("a", 9), PLAIN + SCALER % ("a", 9)),
    ("replicas-drop", CRON % "true", CRON % "false"),
    ("prune-data", SECRET % ("a-5g7bh2k4m8", "x"), SECRET % ("a-9fgt7tkmc4", "y")),
    (
        "immutable-field",
        STATEFUL % ("", "", "", "1Gi"),
        STATEFUL
        % (
            "\n  podManagementPolicy: OrderedReady",
            ", creationTimestamp: null",
            "volumeMode: Filesystem, ",
            "1024Mi",
        ),
    ),
    (
        "immutable-field",
        JOB % ("", ", resources: {limits: {cpu: 1000m}}"),
        JOB
        % (
            "completions: 1, ",
            ', resources: {limits: {cpu: "1"}}, imagePullPolicy: IfNotPresent',
        ),
    ),
    ("immutable-field", CONFIG % ("", "a", "x"), CONFIG % ("-5g7bh2k4m8", "a", "y")),
    ("migration", JOB % ("", ""), JOB % ("backoffLimit: 2, ", "")),
    ("rbac-widened", "", ACCOUNT % "" + BINDING),
    (
        "rbac-widened",
        ROLE % ("configmaps", ", resourceNames: [c-5g7bh2k4m8]"),
        ROLE % ("configmaps", ", resourceNames: [c-9fgt7tkmc4]"),
    ),
    ("privileged", WEB % ("", SAFE % ("false", "")), WEB % ("", SAFE % ("false", "CHOWN"))),
    ("service-account", PLAIN + ACCOUNT % "", ""),
    ("service-account", ACCOUNT % "", ACCOUNT % ", annotations: {note: a}"),
    ("image-name", PLAIN, PLAIN.replace("web:1", "web:1@sha256:00")),
    (
        "image-name",
        PLAIN.replace("r.example.com/", ""),
        PLAIN.replace("r.example", "index.docker.io", 1).replace(
            "index.docker.io.com", "index.docker.io"
        ),
    ),
    ("key-missing", READS + CONFIG % ("", "a.txt", "x"), READS + CONFIG % ("", "a.txt", "y")),
    (
        "migration",
        CONFIG % ("", "a.sql", TABLES),
        CONFIG
        % (
            "",
            "a.sql",
            "-- other words\n    CREATE TABLE a\n        (x int);\n    "
            + TABLES[24:]
            + "\n    /* DROP\n    TABLE a; */",
        ),
    ),
    ("migration", CONFIG % ("", "a.sql", TABLES), CONFIG % ("", "b.sql", TABLES)),
    ("migration", "", CONFIG % ("", "001.down.sql", "DROP TABLE a;")),
    (
        "migration",
        "",
        CONFIG % ("", "a.txt", "Create or update it; insert into the slot; drop index cards"),
    ),
]


@pytest.mark.parametrize(("rule", "before", "after"), HAVE_IT)
def test_it_is_found_though_it_hides(rule: str, before: str, after: str) -> None:
    assert rule in rules_of(before, after)


@pytest.mark.parametrize(("rule", "before", "after"), HAVE_NOT)
def test_it_is_not_where_it_only_looks_like_it(rule: str, before: str, after: str) -> None:
    assert rule not in rules_of(before, after)


def test_a_job_that_cannot_be_applied_is_told_of_once_and_when_it_would_run() -> None:
    other = JOB % ("", ", env: [{name: A, value: b}]")
    (danger,) = found(JOB % ("ttlSecondsAfterFinished: 600, ", ""), other)
    assert danger.rule == "immutable-field"
    assert danger.says.endswith("once it is deleted (it goes 600 s after its end), it runs again")
    (forced,) = found(JOB % ("", ""), other, force=True)
    assert forced.rule == "migration" and "is deleted and runs again" in forced.says


def test_many_files_of_sql_are_one_danger_that_shows_the_worst_of_each() -> None:
    many = "".join(f"  {n:03}.sql: 'DROP TABLE t{n};'\n" for n in range(6))
    (danger,) = found("", CONFIG % ("", "000.sql", "DROP TABLE a;") + many.replace("000", "006"))
    assert danger.level is Gravity.LOSS and danger.says.endswith("and 3 more")
    assert danger.look[:2] == ("000.sql: DROP TABLE a", "006.sql: DROP TABLE t0")


def test_of_a_statement_that_has_grown_the_new_lines_are_shown() -> None:
    long = (
        "CREATE TABLE a (\n" + "".join(f"      c{n} int,\n" for n in range(30)) + "%s      z int);"
    )
    (danger,) = found(
        CONFIG % ("", "a.sql", long % ""), CONFIG % ("", "a.sql", long % "      new int,\n")
    )
    assert [line.strip() for line in danger.look] == ["CREATE TABLE a (", "new int,"]


def test_pods_that_an_operator_makes_are_not_said_to_lack_labels() -> None:
    other = (SERVICE % ("", "")).replace("app: web", "app: site")
    (danger,) = found(SERVICE % ("", ""), other)
    assert danger.level is Gravity.CARE and "not of this build" in danger.says


def test_a_secret_that_has_got_another_name_says_where_its_values_are() -> None:
    (danger,) = found(SECRET % ("a", "x"), SECRET % ("b", "x"))
    assert danger.level is Gravity.CARE and "is in Secret/apps/b too" in danger.says


def test_what_opens_to_the_outside_is_not_said_to_be_unreachable() -> None:
    (danger,) = found(SERVICE % ("", ""), SERVICE % ("", ", type: LoadBalancer"))
    assert danger.level is Gravity.CARE and "reached from outside of the cluster" in danger.says
