"""The built-in kinds the simulator keeps, as addresses in an API. Data only."""

from __future__ import annotations

from fluxtui.cluster.port import ApiResource

DEPLOYMENT = ApiResource("apps", "v1", "Deployment", "deployments")
REPLICA_SET = ApiResource("apps", "v1", "ReplicaSet", "replicasets")
STATEFUL_SET = ApiResource("apps", "v1", "StatefulSet", "statefulsets")
JOB = ApiResource("batch", "v1", "Job", "jobs")
POD = ApiResource("", "v1", "Pod", "pods")
CLAIM = ApiResource("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims")
NODE = ApiResource("", "v1", "Node", "nodes", namespaced=False)
STORAGE_CLASS = ApiResource(
    "storage.k8s.io", "v1", "StorageClass", "storageclasses", namespaced=False
)
EVENT = ApiResource("", "v1", "Event", "events")
DISRUPTION_BUDGET = ApiResource("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets")
CRD = ApiResource(
    "apiextensions.k8s.io",
    "v1",
    "CustomResourceDefinition",
    "customresourcedefinitions",
    namespaced=False,
)

WATCHED = (DEPLOYMENT, REPLICA_SET, STATEFUL_SET, JOB, POD, CLAIM, DISRUPTION_BUDGET)
