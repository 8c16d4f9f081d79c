"""The manifests that generated trees are made of: every kind kustomize has a rule for."""

from __future__ import annotations

from tests.kustomize.trees import ALWAYS

STATEFUL = """\
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: store, annotations: {note: 012, team: "yes"}}
spec:
  serviceName: web
  replicas: 2
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}, annotations: {sum: "1e3"}}
    spec:
      initContainers:
      - {name: init, image: "busybox:1.36@sha256:DIGEST"}
      containers:
      - name: db
        image: registry.io:5000/acme/db:1.0
        args: [--size, "5", -v, on]
        envFrom:
        - configMapRef: {name: settings}
        - secretRef: {name: login}
        ports:
        - {name: sql, containerPort: 5432}
        - {name: udp, containerPort: 5432, protocol: UDP}
        resources: {limits: {cpu: 0.5, memory: 1Gi}}
        volumeMounts:
        - {name: data, mountPath: /data}
        - {name: conf, mountPath: /conf, readOnly: yes}
      volumes:
      - name: conf
        projected:
          defaultMode: 0644
          sources: [{configMap: {name: settings}}, {secret: {name: login}}]
"""
LOGIN = """\
apiVersion: v1
kind: Secret
metadata: {name: login}
type: Opaque
stringData: {user: me}
data: {password: aHVzaA==}
"""
JOBS = """\
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly}
spec:
  schedule: "0 3 * * *"
  jobTemplate:
    spec:
      template:
        metadata: {labels: {job: nightly}}
        spec:
          restartPolicy: Never
          serviceAccountName: runner
          containers:
          - name: run
            image: ghcr.io/acme/web
            env: [{name: KEY, valueFrom: {secretKeyRef: {name: login, key: user}}}]
---
apiVersion: batch/v1
kind: Job
metadata: {name: once}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: run, image: "busybox:latest"}]}}}
"""
NETWORK = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, annotations: {example.com/class: public}}
spec:
  tls: [{hosts: [a.example.com], secretName: login}]
  rules:
  - host: a.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: closed}
spec:
  podSelector: {matchLabels: {app: web}}
  ingress: [{from: [{podSelector: {matchLabels: {app: db}}}]}]
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web}
spec: {minAvailable: 50%, selector: {matchLabels: {app: web}}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec:
  maxReplicas: 4
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
"""
CLUSTER = """\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: reader}
rules:
- {apiGroups: [""], resources: [configmaps], resourceNames: [settings], verbs: [get]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: reader}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}
subjects:
- {kind: ServiceAccount, name: runner, namespace: default}
- {kind: ServiceAccount, name: default, namespace: store}
- {kind: User, name: default}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: check}
webhooks:
- {name: a.example.com, clientConfig: {service: {name: web, namespace: default}}}
---
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {name: v1.example.com}
spec: {service: {name: web, namespace: default}, group: example.com, version: v1}
"""
CLAIMS = """\
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: PersistentVolumeClaim
  metadata: {name: files}
  spec: {accessModes: [ReadWriteOnce], volumeName: disk}
- apiVersion: v1
  kind: PersistentVolume
  metadata: {name: disk}
  spec: {claimRef: {name: files, namespace: default}}
"""
DEFINITION = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  names: {kind: Widget, plural: widgets}
  scope: Namespaced
  conversion:
    strategy: Webhook
    webhook: {clientConfig: {service: {name: web, namespace: default}}}
  versions: [{name: v1, served: true, storage: true}]
"""
FILES = {
    **ALWAYS,
    "db.yaml": STATEFUL.replace("DIGEST", "0" * 64),
    "login.yaml": LOGIN,
    "jobs.yaml": JOBS,
    "network.yaml": NETWORK,
    "cluster.yaml": CLUSTER,
    "claims.yaml": CLAIMS,
    "definition.yaml": DEFINITION,
}
EXTRA = {"a.env": "COLOUR=red\n# no\nSIZE=5\n", "b.txt": "some text\n", "c.bin": "\x01 é"}
IDENTITIES = [
    ("apps/v1", "Deployment", "web"),
    ("apps/v1", "StatefulSet", "db"),
    ("v1", "Service", "web"),
    ("v1", "ConfigMap", "settings"),
    ("v1", "Secret", "login"),
    ("example.com/v1", "Widget", "dial"),
    ("batch/v1", "CronJob", "nightly"),
    ("networking.k8s.io/v1", "Ingress", "web"),
    ("v1", "ServiceAccount", "runner"),
    ("rbac.authorization.k8s.io/v1", "ClusterRole", "reader"),
]
