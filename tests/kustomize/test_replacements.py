"""A person copies one field's value into others: by replacements, or the old way by vars."""

from __future__ import annotations

from typing import Any

import pytest

from tests.kustomize.trees import field, rendered

ENV = "Deployment/web spec.template.spec.containers[0].env[0].value"
FIRST = "spec.template.spec.containers.[name=web].env.[name=A].value"

COPIED: list[Any] = [
    pytest.param("fieldPath: data.colour", FIRST, "", ENV, "blue"),
    pytest.param("", FIRST, "", ENV, "settings", id="the name, without a field path"),
    pytest.param("fieldPath: data.colour", "spec.template.spec.containers.0.env.0.value", "",
                 ENV, "blue", id="by index"),
    pytest.param("fieldPath: data.colour", "spec.template.spec.containers.*.image", "",
                 "Deployment/web spec.template.spec.containers[0].image", "blue",
                 id="by wildcard"),
    pytest.param("fieldPath: data.colour", "metadata.labels.[my.io/colour]", "{create: true}",
                 "Deployment/web metadata.labels.my~io/colour", "blue", id="made"),
    pytest.param("fieldPath: data.colour", "metadata.annotations.a\\.b", "{create: true}",
                 "Deployment/web metadata.annotations.a~b", "blue", id="an escaped dot"),
    pytest.param("fieldPath: data.colour", "spec.template.spec.containers.[name=web].image",
                 "{delimiter: ':', index: 1}",
                 "Deployment/web spec.template.spec.containers[0].image", "ghcr.io/acme/web:blue",
                 id="one part"),
    pytest.param("fieldPath: data.colour", "spec.template.spec.containers.[name=web].image",
                 "{delimiter: '/', index: -1}",
                 "Deployment/web spec.template.spec.containers[0].image",
                 "blue/ghcr.io/acme/web:1.0", id="before the first part"),
    pytest.param("fieldPath: data.colour", "spec.template.spec.containers.[name=web].image",
                 "{delimiter: '/', index: 9}",
                 "Deployment/web spec.template.spec.containers[0].image",
                 "ghcr.io/acme/web:1.0/blue", id="behind the last part"),
    pytest.param("fieldPath: data", "spec.template.spec.nodeSelector", "{create: true}",
                 "Deployment/web spec.template.spec.nodeSelector", {"colour": "blue", "size": "3"},
                 id="a whole mapping"),
    pytest.param("fieldPath: data.size", "spec.replicas", "", "Deployment/web spec.replicas", 3,
                 id="a number stays one"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "target", "options", "where", "expected"), COPIED)
def test_a_field_is_copied(
    source: str, target: str, options: str, where: str, expected: Any
) -> None:
    built = rendered(
        f"""
        resources: [deploy.yaml, settings.yaml]
        replacements:
        - source: {{kind: ConfigMap, name: settings, {source}}}
          targets:
          - select: {{kind: Deployment}}
            fieldPaths: ['{target}']
            {f"options: {options}" if options else ""}
        """
    )
    assert field(built, where) == expected


@pytest.mark.parametrize("as_list", [True, False])
def test_replacements_can_stand_in_a_file(as_list: bool) -> None:
    body = """source: {kind: ConfigMap, fieldPath: data.colour}
  targets: [{select: {name: web}, fieldPaths: [metadata.labels.app]}]"""
    file = f"- {body}" if as_list else body.replace("\n  ", "\n")
    text = "resources: [deploy.yaml, settings.yaml]\nreplacements: [{path: r.yaml}]\n== r.yaml\n"
    text += f"{file}\n"
    assert field(rendered(text), "Deployment/web metadata.labels.app") == "blue"


@pytest.mark.parametrize(
    ("reject", "hit"),
    [("[{kind: Service}]", False), ("[{name: other}]", True), ("[{labelSelector: a=b}]", True)],
)
def test_rejected_objects_are_left_alone(reject: str, hit: bool) -> None:
    built = rendered(
        f"""
        resources: [service.yaml, settings.yaml]
        replacements:
        - source: {{kind: ConfigMap, fieldPath: data.colour}}
          targets: [{{select: {{name: web}}, reject: {reject}, fieldPaths: [spec.selector.app]}}]
        """
    )
    assert (field(built, "Service/web spec.selector.app") == "blue") == hit


def test_a_literal_value_can_be_the_source() -> None:
    built = rendered(
        """
        resources: [service.yaml]
        replacements:
        - sourceValue: fixed
          targets: [{select: {kind: Service}, fieldPaths: [spec.selector.app]}]
        """
    )
    assert field(built, "Service/web spec.selector.app") == "fixed"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("'{\"a\": {\"b\": 1}}'", '{"a":{"b":"blue"}}'),
        ("\"a:\\n  b: x\\n\"", "a:\n  b: blue"),
        ("'{\"a\": {\"b\": \"x\"}, \"c\": 2}'", '{"a":{"b":"blue"},"c":2}'),
    ],
)  # fmt: skip
def test_text_that_is_yaml_or_json_is_written_inside(text: str, expected: str) -> None:
    built = rendered(
        f"""
        resources: [c.yaml, settings.yaml]
        replacements:
        - source: {{kind: ConfigMap, name: settings, fieldPath: data.colour}}
          targets: [{{select: {{name: c}}, fieldPaths: [data.file.a.b]}}]
        == c.yaml
        apiVersion: v1
        kind: ConfigMap
        metadata: {{name: c}}
        data: {{file: {text}}}
        """
    )
    import yaml

    got = field(built, "ConfigMap/c data.file")
    assert yaml.safe_load(got) == yaml.safe_load(expected)


VARS: list[Any] = [
    pytest.param("[$(COLOUR), x]", "fieldPath: data.colour", ["blue", "x"]),
    pytest.param("['is $(COLOUR)!']", "fieldPath: data.colour", ["is blue!"]),
    pytest.param("[$(OTHER)]", "fieldPath: data.colour", ["$(OTHER)"], id="unknown stays"),
    pytest.param("[$$(COLOUR)]", "fieldPath: data.colour", ["$(COLOUR)"], id="escaped"),
    pytest.param("[$(COLOUR)]", "", ["p-settings"], id="the name, after renaming"),
]


@pytest.mark.parametrize(("command", "ref", "expected"), VARS)
def test_variables_are_put_into_known_fields(command: str, ref: str, expected: list[str]) -> None:
    built = rendered(
        f"""
        resources: [pod.yaml, settings.yaml]
        namePrefix: p-
        vars:
        - name: COLOUR
          objref: {{apiVersion: v1, kind: ConfigMap, name: settings}}
          fieldref: {{{ref}}}
        == pod.yaml
        apiVersion: v1
        kind: Pod
        metadata: {{name: p}}
        spec: {{containers: [{{name: c, command: {command}}}]}}
        """
    )
    assert field(built, "Pod/p-p spec.containers[0].command") == expected
