"""Manifests with gaps: tests of dangers make builds of them that have one, and that have none."""

from __future__ import annotations

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
