"""Dangers of objects that are not Kubernetes' own, or lead to workloads: operators' kinds,
releases, definitions, routes and gateways; each with what only looks like it.
"""

from __future__ import annotations

import pytest
from review_pairs import rules_of

INGRESS = """---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: %s}
spec: {ingressClassName: %s, rules: [{host: a.example.com, http: {paths: [{path: /}]}}]}
"""
ROUTE = """---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: web}
spec: {parentRefs: [{name: %s}]%s}
"""
HOSTS = ", hostnames: [a.example.com]"
MESH = """---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web}
spec: {hosts: [%s], http: [{corsPolicy: {maxAge: %s}}]}
"""
OWN_ROLE = """---
apiVersion: iam.sea.example.com/v1
kind: Role
metadata: {name: web}
spec: {includedPermissions: [%s]}
"""
DATABASE = """---
apiVersion: postgresql.cnpg.example.com/v1
kind: Cluster
metadata: {name: db}
spec: {instances: %s, storage: {size: %s}}
"""
TOPIC = """---
apiVersion: kafka.sea.example.com/v1
kind: KafkaTopic
metadata: {name: t}
spec: {config: {retention.ms: %s}}
"""
METRICS = """---
apiVersion: monitoring.sea.example.com/v1
kind: Prometheus
metadata: {name: p}
spec: {retention: %s, retentionSize: %s}
"""
RECORD = """---
apiVersion: dns.sea.example.com/v1
kind: Record
metadata: {name: r}
spec: {ttl: %s}
"""
RELEASE = """---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: etcd}
spec: {interval: 1m}
"""
INNER = """---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: inner}
spec: {prune: %s}
"""
API = """---
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {name: v1.sea.example.com, namespace: ""}
spec: {group: sea.example.com, version: v1}
"""
CRD = """---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: boats.sea.example.com, namespace: ""}
spec:
  scope: %s
  group: sea.example.com
  versions:
    - name: v1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, properties: {spec: {%s}}}}
"""
BOAT = "type: object, properties: {size: {type: %s%s}}%s"
PATHS = """---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: web}
spec: {parentRefs: [{name: a}], rules: [%s]}
"""
CHART = """---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web}
spec: {values: {image: {registry: %s, tag: %s}}}
"""
IMAGED = """---
apiVersion: postgresql.cnpg.example.com/v1
kind: Cluster
metadata: {name: db}
spec: {imageName: %s}
"""
PODS = """---
apiVersion: apps.sea.example.com/v1
kind: Fleet
metadata: {name: f}
spec: {template: {spec: {hostNetwork: %s, containers: [{name: a, image: "a:1"}]}}}
"""
UNDER = "{matches: [{path: {value: %s}}]}"
CONNECT = "---\napiVersion: kafka.sea.example.com/v1\nkind: KafkaConnector\nmetadata: {name: k}\n"
HAVE_IT = [
    ("exposure", PATHS % (UNDER % "/"), PATHS % (UNDER % "/v2")),
    ("image-name", CHART % ("a.example.com", "1.0"), CHART % ("a.example.com", "latest")),
    ("image-name", CHART % ("a.example.com", "1.0"), CHART % ("b.example.com", "1.0")),
    ("image-name", IMAGED % '"a.example.com/db:1"', IMAGED % '"b.example.com/db:1"'),
    ("privileged", PODS % "false", PODS % "true"),
    ("exposure", INGRESS % ("a", "nginx"), INGRESS % ("a", "traefik")),
    ("exposure", ROUTE % ("a", HOSTS), ROUTE % ("b", HOSTS)),
    ("exposure", ROUTE % ("a", ""), ROUTE % ("a", HOSTS)),
    ("exposure", MESH % ("a", "1h"), MESH % ("b", "1h")),
    ("exposure", API, ""),
    ("replicas-drop", DATABASE % (3, "1Gi"), DATABASE % (1, "1Gi")),
    ("storage-shrink", DATABASE % (3, "2Gi"), DATABASE % (3, "1Gi")),
    ("prune-data", DATABASE % (3, "1Gi"), ""),
    ("prune-data", RELEASE, ""),
    ("prune-data", INNER % "true", ""),
    ("bound-lowered", TOPIC % 604800000, TOPIC % 3600000),
    ("bound-lowered", METRICS % ("30d", "50GB"), METRICS % ("7d", "50GB")),
    ("bound-lowered", METRICS % ("30d", "50GB"), METRICS % ("30d", "5GB")),
    (
        "immutable-field",
        CRD % ("Namespaced", BOAT % ("integer", "", "")),
        CRD % ("Cluster", BOAT % ("integer", "", "")),
    ),
    (
        "crd-narrowed",
        CRD % ("Namespaced", BOAT % ("number", "", "")),
        CRD % ("Namespaced", BOAT % ("integer", "", "")),
    ),
    (
        "crd-narrowed",
        CRD % ("Namespaced", BOAT % ("integer", ", nullable: true", "")),
        CRD % ("Namespaced", BOAT % ("integer", "", "")),
    ),
    (
        "crd-narrowed",
        CRD % ("Namespaced", "type: object, x-kubernetes-preserve-unknown-fields: true"),
        CRD % ("Namespaced", "type: object"),
    ),
    (
        "crd-narrowed",
        CRD % ("Namespaced", BOAT % ("integer", "", "")),
        CRD
        % (
            "Namespaced",
            BOAT % ("integer", "", ", x-kubernetes-validations: [{rule: has(self.size)}]"),
        ),
    ),
    ("rbac-widened", OWN_ROLE % "a.get", OWN_ROLE % "a.get, a.delete"),
]
HAVE_NOT = [
    ("exposure", PATHS % (UNDER % "/"), PATHS % "{name: all}"),
    ("exposure", PATHS % f"{UNDER % '/v2'}, {UNDER % '/'}", PATHS % (UNDER % "/")),
    ("image-name", CHART % ("a.example.com", "1.0"), CHART % ("a.example.com", "1.1")),
    ("image-name", IMAGED % '"a.example.com/db:1"', IMAGED % '"a.example.com/db:2"'),
    ("privileged", PODS % "true", PODS % "false"),
    ("prune-data", CONNECT, ""),
    ("exposure", INGRESS % ("a", "nginx"), INGRESS % ("b", "nginx")),
    ("exposure", ROUTE % ("a", HOSTS), ROUTE % ("a", "")),
    ("exposure", MESH % ("a", "1h"), MESH % ("a", "2h")),
    ("replicas-drop", DATABASE % (1, "1Gi"), DATABASE % (3, "1Gi")),
    ("storage-shrink", DATABASE % (3, "1Gi"), DATABASE % (3, "1024Mi")),
    ("prune-data", INNER % "false", ""),
    ("prune-data", RECORD % 1, ""),
    ("bound-lowered", METRICS % ("30d", "50GB"), METRICS % ("720h", "50GB")),
    ("bound-lowered", MESH % ("a", "24h"), MESH % ("a", "1h")),
    ("bound-lowered", RECORD % 3600, RECORD % 60),
    (
        "crd-narrowed",
        CRD % ("Namespaced", BOAT % ("integer", "", "")),
        CRD % ("Namespaced", BOAT % ("number", "", "")),
    ),
    (
        "crd-narrowed",
        CRD % ("Namespaced", BOAT % ("integer", "", "")),
        CRD % ("Namespaced", BOAT % ("integer", ", default: 1", ", required: [size]")),
    ),
    (
        "crd-narrowed",
        CRD % ("Namespaced", "type: object"),
        CRD
        % ("Namespaced", BOAT % ("object", ", required: [a], properties: {a: {type: string}}", "")),
    ),
    ("rbac-widened", OWN_ROLE % "a.get, a.delete", OWN_ROLE % "a.delete, a.get"),
]


@pytest.mark.parametrize(("rule", "before", "after"), HAVE_IT)
def test_it_is_found_though_it_hides(rule: str, before: str, after: str) -> None:
    assert rule in rules_of(before, after)


@pytest.mark.parametrize(("rule", "before", "after"), HAVE_NOT)
def test_it_is_not_where_it_only_looks_like_it(rule: str, before: str, after: str) -> None:
    assert rule not in rules_of(before, after)
