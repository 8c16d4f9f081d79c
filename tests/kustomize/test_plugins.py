"""A person writes kustomize's built-in transformers and generators as objects of their own."""

from __future__ import annotations

from typing import Any

import pytest

from tests.kustomize.trees import field, names, rendered

STEPS: list[Any] = [
    pytest.param("NamespaceTransformer", "", "metadata.namespace", "prod"),
    pytest.param("NamespaceTransformer", "{unsetOnly: true}", "metadata.namespace", "prod"),
    pytest.param("PrefixTransformer", "{prefix: p-, fieldSpecs: [{path: metadata/name}]}",
                 "metadata.name", "p-web"),
    pytest.param("SuffixTransformer", "{suffix: -s, fieldSpecs: [{path: metadata/name}]}",
                 "metadata.name", "web-s"),
    pytest.param("PrefixSuffixTransformer",
                 "{prefix: p-, suffix: -s, fieldSpecs: [{path: metadata/name}]}",
                 "metadata.name", "p-web-s"),
    pytest.param("LabelTransformer",
                 "{labels: {a: 1}, fieldSpecs: [{path: metadata/labels, create: true}]}",
                 "metadata.labels.a", "1"),
    pytest.param("AnnotationsTransformer",
                 "{annotations: {a: true},"
                 " fieldSpecs: [{path: metadata/annotations, create: true}]}",
                 "metadata.annotations.a", "true"),
    pytest.param("ImageTagTransformer", "{imageTag: {name: ghcr.io/acme/web, newTag: '2'}}",
                 "spec.template.spec.containers[0].image", "ghcr.io/acme/web:2"),
    pytest.param("ReplicaCountTransformer", "{replica: {name: web, count: 4},"
                 " fieldSpecs: [{path: spec/replicas, create: true, kind: Deployment}]}",
                 "spec.replicas", 4),
    pytest.param("PatchTransformer", "{target: {kind: Deployment},"
                 " patch: '[{\"op\": \"add\", \"path\": \"/x\", \"value\": 1}]'}", "x", 1),
    pytest.param("PatchJson6902Transformer", "{target: {name: web},"
                 " jsonOp: '[{\"op\": \"add\", \"path\": \"/x\", \"value\": 1}]'}", "x", 1),
    pytest.param("PatchStrategicMergeTransformer", "{paths: ['{apiVersion: apps/v1,"
                 " kind: Deployment, metadata: {name: web}, x: 1}']}", "x", 1),
    pytest.param("ReplacementTransformer", "{replacements: [{sourceValue: v, targets:"
                 " [{select: {name: web}, fieldPaths: [metadata.labels.app]}]}]}",
                 "metadata.labels.app", "v"),
    pytest.param("ValueAddTransformer", "{value: v, targets: [{fieldPath: spec/serviceName}]}",
                 "spec.serviceName", "v"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "config", "path", "expected"), STEPS)
@pytest.mark.parametrize("inline", [True, False])
def test_a_transformer_object_does_what_the_field_does(
    kind: str, config: str, path: str, expected: Any, inline: bool
) -> None:
    more = f", {config[1:-1]}" if config else ""
    plugin = f"{{apiVersion: builtin, kind: {kind}, metadata: {{name: t, namespace: prod}}{more}}}"
    entry = f"- |\n  {plugin}" if inline else "- t.yaml"
    file = "" if inline else f"== t.yaml\n{plugin}\n"
    built = rendered(f"resources: [deploy.yaml]\ntransformers:\n{entry}\n{file}")
    where = "Deployment/*" if path == "metadata.name" else "Deployment/web"
    assert field(built, f"{where} {path}") == expected


def test_a_transformer_can_be_transformed_before_it_runs() -> None:
    built = rendered(
        """
        resources: [settings.yaml]
        transformers: [steps]
        == steps/kustomization.yaml
        resources: [t.yaml]
        patches:
        - {target: {name: t}, patch: '[{"op": "replace", "path": "/prefix", "value": "new-"}]'}
        == steps/t.yaml
        {apiVersion: builtin, kind: PrefixTransformer, metadata: {name: t}, prefix: old-,
         fieldSpecs: [{path: metadata/name}]}
        """
    )
    assert names(built) == ["ConfigMap/new-settings"]


MADE: list[Any] = [
    pytest.param("{kind: ConfigMapGenerator, literals: [a=b]}", "ConfigMap/g*", "data.a", "b"),
    pytest.param("{kind: SecretGenerator, literals: [a=b]}", "Secret/g*", "data.a", "Yg=="),
    pytest.param("{kind: IAMPolicyGenerator, cloud: gke, kubernetesService: {name: k},"
                 " serviceAccount: {name: s, projectId: p}}", "ServiceAccount/k",
                 "metadata.annotations.iam~gke~io/gcp-service-account",
                 "s@p.iam.gserviceaccount.com"),
]  # fmt: skip


@pytest.mark.parametrize(("config", "obj", "path", "expected"), MADE)
def test_a_generator_object_makes_what_the_field_makes(
    config: str, obj: str, path: str, expected: str
) -> None:
    plugin = "{apiVersion: builtin, metadata: {name: g}, " + config[1:]
    built = rendered(f"generators: [g.yaml]\n== g.yaml\n{plugin}\n")
    assert field(built, f"{obj} {path}") == expected


def test_a_validator_that_changes_nothing_passes() -> None:
    built = rendered(
        """
        resources: [settings.yaml]
        validators:
        - '{apiVersion: builtin, kind: LabelTransformer, metadata: {name: v}}'
        """
    )
    assert names(built) == ["ConfigMap/settings"]
