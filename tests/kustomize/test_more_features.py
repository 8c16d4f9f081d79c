"""A person uses the lesser fields of a kustomization: each does what its neighbours do."""

from __future__ import annotations

from typing import Any

import pytest

from tests.kustomize.trees import field, rendered

FILES = """
== app.env
COLOUR=red
SIZE=
== key.pem
secret text
== login.yaml
{apiVersion: v1, kind: Secret, metadata: {name: login}, type: Opaque, data: {a: YQ==, b: Yg==}}
== shop.yaml
{apiVersion: v1, kind: ConfigMap, metadata: {name: set, namespace: shop}, data: {a: x, b: y}}
== stateful.yaml
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  selector: {matchLabels: {app: db}}
  template: {metadata: {labels: {app: db}}, spec: {containers: [{name: db, image: db}]}}
  volumeClaimTemplates: [{metadata: {name: data}}]
== job.yaml
apiVersion: batch/v1
kind: CronJob
metadata: {name: job, annotations: {tier: night}}
spec: {jobTemplate: {spec: {template: {spec: {containers: [{name: c, image: i}]}}}}}
== dialled.yaml
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: dials.example.com}
spec: {group: example.com, names: {kind: Dial, plural: dials}}
"""
RED, EMPTY = "cmVk", ""
CASES: list[Any] = [
    # configMapGenerator
    ("configMapGenerator: [{name: m, envs: [app.env]}]",
     {"ConfigMap/m* data": {"COLOUR": "red", "SIZE": ""}}),
    ("configMapGenerator: [{name: m, envs: [app.env], literals: [X=1]}]",
     {"ConfigMap/m* data": {"COLOUR": "red", "SIZE": "", "X": "1"}}),
    ("configMapGenerator: [{name: m, env: app.env, options: {disableNameSuffixHash: true}}]",
     {"ConfigMap/m data.COLOUR": "red"}),
    ("configMapGenerator: [{name: m, env: app.env, files: [key.pem]}]",
     {"ConfigMap/m* data": {"COLOUR": "red", "SIZE": "", "key.pem": "secret text\n"}}),
    ("configMapGenerator: [{name: m, namespace: shop, literals: [a=b]}]",
     {"ConfigMap/m* metadata.namespace": "shop"}),
    ("namespace: prod\nconfigMapGenerator: [{name: m, namespace: shop, literals: [a=b]}]",
     {"ConfigMap/m* metadata.namespace": "prod"}),
    ("resources: [shop.yaml]\nconfigMapGenerator: [{name: set, namespace: shop, behavior: merge,"
     " literals: [a=z]}]", {"ConfigMap/set* data": {"a": "z", "b": "y"}}),
    # secretGenerator
    ("secretGenerator: [{name: s, envs: [app.env]}]",
     {"Secret/s* data": {"COLOUR": RED, "SIZE": EMPTY}}),
    ("secretGenerator: [{name: s, env: app.env, type: example.com/t}]",
     {"Secret/s* data.COLOUR": RED, "Secret/s* type": "example.com/t"}),
    ("secretGenerator: [{name: s, type: kubernetes.io/tls, files: [tls.key=key.pem]}]",
     {"Secret/s* data": {"tls.key": "c2VjcmV0IHRleHQK"}, "Secret/s* type": "kubernetes.io/tls"}),
    ("secretGenerator: [{name: s, files: [key.pem, k=key.pem]}]",
     {"Secret/s* data": {"k": "c2VjcmV0IHRleHQK", "key.pem": "c2VjcmV0IHRleHQK"}}),
    ("secretGenerator: [{name: s, files: [key.pem], namespace: shop}]",
     {"Secret/s* metadata.namespace": "shop"}),
    ("namespace: prod\nsecretGenerator: [{name: s, namespace: shop, literals: [a=b]}]",
     {"Secret/s* metadata.namespace": "prod"}),
    ("secretGenerator: [{name: s, namespace: shop, literals: [a=b],"
     " options: {labels: {x: v}, immutable: true}}]",
     {"Secret/s* metadata.labels": {"x": "v"}, "Secret/s* immutable": True}),
    ("secretGenerator: [{name: s, type: Opaque, literals: [a=b], options: {annotations: {x: v}}}]",
     {"Secret/s* metadata.annotations": {"x": "v"}}),
    ("resources: [login.yaml]\nsecretGenerator: [{name: login, behavior: merge, literals: [a=z]}]",
     {"Secret/login* data": {"a": "eg==", "b": "Yg=="}}),
    ("resources: [login.yaml]\nsecretGenerator: [{name: login, behavior: replace,"
     " literals: [c=z]}]", {"Secret/login* data": {"c": "eg=="}}),
    ("secretGenerator: [{name: s, behavior: create, literals: [a=z]}]",
     {"Secret/s* data": {"a": "eg=="}}),
    # labels
    ("resources: [stateful.yaml]\nlabels: [{pairs: {t: x}, includeTemplates: true}]",
     {"StatefulSet/db spec.template.metadata.labels": {"app": "db", "t": "x"},
      "StatefulSet/db spec.selector.matchLabels": {"app": "db"},
      "StatefulSet/db spec.volumeClaimTemplates[0].metadata.labels": None}),
    ("resources: [stateful.yaml]\nlabels: [{pairs: {t: x}, includeVolumeClaimTemplates: true}]",
     {"StatefulSet/db spec.volumeClaimTemplates[0].metadata.labels": {"t": "x"}}),
    ("resources: [job.yaml]\nlabels: [{pairs: {t: x}, includeTemplates: true}]",
     {"CronJob/job spec.jobTemplate.metadata.labels": {"t": "x"},
      "CronJob/job spec.jobTemplate.spec.template.metadata.labels": {"t": "x"}}),
    ("resources: [stateful.yaml]\nlabels: [{pairs: {t: x}, includeSelectors: true,"
     " includeTemplates: true}]",
     {"StatefulSet/db spec.selector.matchLabels": {"app": "db", "t": "x"}}),
    # selectors and patches
    ("resources: [job.yaml, shop.yaml]\npatches: [{target: {annotationSelector: tier=night},"
     " patch: '[{\"op\": \"add\", \"path\": \"/spec/x\", \"value\": 1}]'}]",
     {"CronJob/job spec.x": 1, "ConfigMap/set spec": None}),
    ("resources: [job.yaml, shop.yaml]\npatches: [{target: {annotationSelector: 'tier notin"
     " (night)'}, patch: '[{\"op\": \"add\", \"path\": \"/spec\", \"value\": 1}]'}]",
     {"ConfigMap/set spec": 1, "CronJob/job spec.x": None}),
    ("resources: [shop.yaml]\npatches: [{patch: '{apiVersion: v1, kind: ConfigMap, metadata:"
     " {name: set, namespace: shop}, data: {$patch: replace, c: d}}'}]",
     {"ConfigMap/set data": {"c": "d"}}),
    ("resources: [stateful.yaml]\npatches: [{patch: '{apiVersion: apps/v1, kind: StatefulSet,"
     " metadata: {name: db}, spec: {template: {spec: {$patch: replace, containers: [{name: x}]}}}}"
     "'}]", {"StatefulSet/db spec.template.spec": {"containers": [{"name": "x"}]}}),
    # definitions and spelling
    ("namespace: prod\nnamePrefix: p-\nresources: [dialled.yaml]",
     {"CustomResourceDefinition/dials~example~com metadata.namespace": None}),
    ("commonLabels: {a: b}\nresources: [dialled.yaml]",
     {"CustomResourceDefinition/dials~example~com metadata.labels": {"a": "b"}}),
    ("nameprefix: p-\nresources: [login.yaml]", {"Secret/p-login type": "Opaque"}),
    ("NAMESUFFIX: -s\nresources: [login.yaml]", {"Secret/login-s type": "Opaque"}),
    ("nameprefix: p-\nNamespace: prod\nResources: [login.yaml]",
     {"Secret/p-login metadata.namespace": "prod"}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_the_field_does_what_it_says(text: str, expected: dict[str, Any]) -> None:
    built = rendered(f"{text}\n{FILES}")
    for where, value in expected.items():
        obj, _, path = where.partition(" ")
        assert field(built, f"{obj.replace('~', '.')} {path}") == value, where
