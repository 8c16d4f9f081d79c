"""A person moves and renames whole overlays, and everything that refers to anything follows."""

from __future__ import annotations

from typing import Any

import pytest

from tests.kustomize.trees import field, names, rendered

RENAMED: list[Any] = [
    pytest.param("namePrefix: p-", ["Deployment/p-web", "Service/p-web"]),
    pytest.param("nameSuffix: -s", ["Deployment/web-s", "Service/web-s"]),
    pytest.param("{namePrefix: p-, nameSuffix: -s}", ["Deployment/p-web-s", "Service/p-web-s"]),
    pytest.param("nameprefix: p-", ["Deployment/p-web", "Service/p-web"], id="any case"),
]


@pytest.mark.parametrize(("fields", "expected"), RENAMED)
def test_names_get_prefix_and_suffix(fields: str, expected: list[str]) -> None:
    fields = fields.strip("{}").replace(", name", "\nname")
    built = rendered(f"resources: [deploy.yaml, service.yaml]\n{fields}\n")
    assert names(built) == expected


KEPT: list[Any] = [
    pytest.param("{apiVersion: v1, kind: Namespace, metadata: {name: n}}"),
    pytest.param("{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition,"
                 " metadata: {name: n}}"),
    pytest.param("{apiVersion: apiregistration.k8s.io/v1, kind: APIService,"
                 " metadata: {name: n}}"),
]  # fmt: skip


@pytest.mark.parametrize("obj", KEPT)
def test_some_kinds_keep_their_names(obj: str) -> None:
    built = rendered(f"resources: [x.yaml]\nnamePrefix: p-\nnameSuffix: -s\n== x.yaml\n{obj}\n")
    assert built.objects[0]["metadata"]["name"] == "n"


MOVED: list[Any] = [
    pytest.param("Deployment/web", "metadata.namespace", "prod"),
    pytest.param("Namespace/prod", "metadata.name", "prod", id="a v1 Namespace is renamed"),
    pytest.param("Namespace/prod", "metadata.namespace", None, id="it lives in none"),
    pytest.param("Role/runner", "metadata.namespace", "prod"),
    pytest.param("RoleBinding/runner", "subjects[0].namespace", "prod", id="renamed subject"),
    pytest.param("RoleBinding/runner", "subjects[1].namespace", "prod", id="default subject"),
    pytest.param("Widget/dial", "metadata.namespace", "prod", id="an unknown kind is moved"),
    pytest.param("ClusterRole/c", "metadata.namespace", None, id="a cluster kind is not"),
    pytest.param("APIService/v1.x", "spec.service.namespace", "prod", id="its service is"),
    pytest.param("ConfigMap/elsewhere", "metadata.namespace", "prod", id="explicit ones too"),
]  # fmt: skip


@pytest.mark.parametrize(("obj", "path", "expected"), MOVED)
def test_a_namespace_moves_what_lives_in_one(obj: str, path: str, expected: str | None) -> None:
    built = rendered(
        """
        resources: [deploy.yaml, team.yaml, account.yaml, widget.yaml, more.yaml]
        namespace: prod
        == more.yaml
        {apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: c}}
        ---
        apiVersion: apiregistration.k8s.io/v1
        kind: APIService
        metadata: {name: v1.x}
        spec: {service: {name: s, namespace: old}}
        ---
        {apiVersion: v1, kind: ConfigMap, metadata: {name: elsewhere, namespace: else}}
        """
    )
    assert field(built, f"{obj} {path}") == expected


FOLLOWED: list[Any] = [
    pytest.param("Deployment/p-web", "spec.template.spec.volumes[0].configMap.name", "p-settings"),
    pytest.param("Deployment/p-web", "spec.template.spec.serviceAccountName", "p-runner"),
    pytest.param("Deployment/p-web",
                 "spec.template.spec.containers[0].env[1].valueFrom.configMapKeyRef.name",
                 "p-settings"),
    pytest.param("RoleBinding/p-runner", "roleRef.name", "p-runner"),
    pytest.param("RoleBinding/p-runner", "subjects[0].name", "p-runner"),
    pytest.param("RoleBinding/p-runner", "subjects[1].name", "default", id="not in the build"),
    pytest.param("Widget/p-dial", "spec.config", "settings", id="an unknown field stays"),
]  # fmt: skip


@pytest.mark.parametrize(("obj", "path", "expected"), FOLLOWED)
def test_references_follow_new_names(obj: str, path: str, expected: str) -> None:
    built = rendered(
        "resources: [deploy.yaml, settings.yaml, account.yaml, widget.yaml]\nnamePrefix: p-\n"
    )
    assert field(built, f"{obj} {path}") == expected


def test_each_side_of_a_diamond_refers_to_its_own_objects() -> None:
    built = rendered(
        """
        resources: [left, right]
        == left/kustomization.yaml
        {namePrefix: left-, resources: [../base]}
        == right/kustomization.yaml
        {namePrefix: right-, resources: [../base]}
        == base/kustomization.yaml
        resources: [../deploy.yaml, ../settings.yaml]
        """
    )
    for side in ("left", "right"):
        where = f"Deployment/{side}-web spec.template.spec.volumes[0].configMap.name"
        assert field(built, where) == f"{side}-settings"


CONFIGURED: list[Any] = [
    pytest.param("nameReference:\n- {kind: ConfigMap, fieldSpecs:"
                 " [{kind: Widget, path: spec/config}]}",
                 "spec.config", "p-settings", id="nameReference"),
    pytest.param("namePrefix:\n- {path: spec/config, kind: Widget}", "spec.config", "p-settings",
                 id="namePrefix"),
    pytest.param("commonLabels:\n- {path: spec/labels, create: true, kind: Widget}",
                 "spec.labels.team", "x", id="commonLabels"),
    pytest.param("commonAnnotations:\n- {path: spec/notes, create: true, kind: Widget}",
                 "spec.notes.note", "y", id="commonAnnotations"),
    pytest.param("namespace:\n- {path: spec/where, create: true, kind: Widget}",
                 "spec.where", "prod", id="namespace"),
    pytest.param("images:\n- {path: spec/parts/name, kind: Widget}", "spec.parts[0].name", "z",
                 id="images"),
    pytest.param("replicas:\n- {path: spec/count, create: true, kind: Widget}", "spec.count", 4,
                 id="replicas"),
    pytest.param("varReference:\n- {path: spec/config, kind: Widget}", "spec.config", "settings",
                 id="varReference"),
]  # fmt: skip


@pytest.mark.parametrize(("config", "path", "expected"), CONFIGURED)
def test_configurations_say_where_to_look(config: str, path: str, expected: Any) -> None:
    built = rendered(
        f"""
resources: [widget.yaml, settings.yaml]
configurations: [config.yaml]
namePrefix: p-
namespace: prod
commonLabels: {{team: x}}
commonAnnotations: {{note: 'y'}}
images: [{{name: a, newName: z}}]
{"replicas: [{name: dial, count: 4}]" if "replicas" in config else ""}
== config.yaml
{config}
"""
    )
    assert field(built, f"Widget/p-dial {path}") == expected


@pytest.mark.parametrize(
    ("extension", "path", "expected"),
    [
        ('"x-kubernetes-object-ref-api-version": "v1", "x-kubernetes-object-ref-kind":'
         ' "ConfigMap", "x-kubernetes-object-ref-name-key": "name"', "spec.ref.name", "p-settings"),
        ('"x-kubernetes-label-selector": ""', "spec.ref.team", "x"),
        ('"x-kubernetes-annotation": ""', "spec.ref.note", "y"),
    ],
)  # fmt: skip
def test_crds_say_where_custom_resources_refer(extension: str, path: str, expected: str) -> None:
    built = rendered(
        f"""
        resources: [w.yaml, settings.yaml]
        crds: [types.json]
        namePrefix: p-
        commonLabels: {{team: x}}
        commonAnnotations: {{note: 'y'}}
        == w.yaml
        apiVersion: example.com/v1
        kind: Widget
        metadata: {{name: w}}
        spec: {{ref: {{name: settings}}}}
        == types.json
        {{"example.com/v1.Widget": {{"Schema": {{"properties": {{"kind": {{}}, "apiVersion": {{}},
          "metadata": {{}}, "spec": {{"$ref": "example.com/v1.Spec"}}}}}}}},
         "example.com/v1.Spec": {{"Schema": {{"properties": {{"ref": {{{extension}}}}}}}}}}}
        """
    )
    assert field(built, f"Widget/p-w {path}") == expected
