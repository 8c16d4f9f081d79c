"""A person labels, annotates, scales and re-tags everything an overlay holds."""

from __future__ import annotations

from typing import Any

import pytest

from tests.kustomize.trees import field, names, rendered

POD = "Deployment/web spec.template.spec"
META, SELECTOR, TEMPLATE = (
    "Deployment/web metadata.labels.team",
    "Deployment/web spec.selector.matchLabels.team",
    "Deployment/web spec.template.metadata.labels.team",
)
LABELS: list[Any] = [
    pytest.param("commonLabels: {team: x}", {META, SELECTOR, TEMPLATE}),
    pytest.param("labels: [{pairs: {team: x}}]", {META}),
    pytest.param("labels: [{pairs: {team: x}, includeSelectors: true}]",
                 {META, SELECTOR, TEMPLATE}),
    pytest.param("labels: [{pairs: {team: x}, includeTemplates: true}]", {META, TEMPLATE}),
    pytest.param("labels: [{pairs: {team: x}, fields: [{path: spec/selector/matchLabels,"
                 " kind: Deployment}]}]", {META, SELECTOR}, id="own fields"),
    pytest.param("labels: [{pairs: {a: b}}, {pairs: {team: x}}]", {META}, id="several"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), LABELS)
def test_labels_go_where_they_are_told(text: str, expected: set[str]) -> None:
    built = rendered(f"resources: [deploy.yaml]\n{text}\n")
    assert {p for p in (META, SELECTOR, TEMPLATE) if field(built, p) == "x"} == expected


@pytest.mark.parametrize(
    ("flag", "expected"),
    [("", None), ("includeVolumeClaimTemplates: true", "x"), ("includeSelectors: true", "x")],
)
def test_labels_reach_volume_claims_when_asked(flag: str, expected: str | None) -> None:
    built = rendered(
        f"""
        resources: [s.yaml]
        labels: [{{pairs: {{team: x}}, {flag}}}]
        == s.yaml
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: {{name: s}}
        spec: {{volumeClaimTemplates: [{{metadata: {{name: v, labels: {{}}}}}}]}}
        """
    )
    where = "StatefulSet/s spec.volumeClaimTemplates[0].metadata.labels.team"
    assert field(built, where) == expected


@pytest.mark.parametrize(
    "path",
    ["metadata.annotations.note", "spec.template.metadata.annotations.note"],
)
def test_annotations_reach_pods(path: str) -> None:
    built = rendered("resources: [deploy.yaml]\ncommonAnnotations: {note: hi}\n")
    assert field(built, f"Deployment/web {path}") == "hi"


def test_labels_and_annotations_override_what_is_there() -> None:
    built = rendered("resources: [deploy.yaml]\nlabels: [{pairs: {app: new}}]\n")
    assert field(built, "Deployment/web metadata.labels") == {"app": "new"}
    assert field(built, "Deployment/web spec.selector.matchLabels") == {"app": "web"}


NAME = "ghcr.io/acme/web"
IMAGES: list[Any] = [
    pytest.param("newTag: '2.0'", f"{NAME}:2.0"),
    pytest.param("newName: other/web", "other/web:1.0"),
    pytest.param("{newName: other/web, newTag: '2'}", "other/web:2"),
    pytest.param("digest: sha256:abc", f"{NAME}@sha256:abc"),
    pytest.param("{newTag: '2', digest: sha256:abc}", f"{NAME}:2@sha256:abc"),
    pytest.param("{newName: o, digest: sha256:abc}", "o@sha256:abc"),
    # kustomize looks twice at containers of a known kind, and so adds the suffix twice
    pytest.param("tagSuffix: -alpine", f"{NAME}:1.0-alpine-alpine"),
]


@pytest.mark.parametrize(("change", "expected"), IMAGES)
@pytest.mark.parametrize("key", ["images", "imageTags"])
def test_images_get_names_tags_and_digests(key: str, change: str, expected: str) -> None:
    body = change.strip("{}")
    built = rendered(f"resources: [deploy.yaml]\n{key}: [{{name: {NAME}, {body}}}]\n")
    assert field(built, f"{POD}.containers[0].image") == expected


REFERENCES: list[Any] = [
    pytest.param("app", "app:2", True),
    pytest.param("app:1", "app:2", True),
    pytest.param("app@sha256:aa", "app:2", True),
    pytest.param("app:1@sha256:aa", "app:2", True),
    pytest.param("host:5000/app:1", "host:5000/app:1", False, id="another name"),
    pytest.param("apple:1", "apple:1", False, id="a longer name"),
    pytest.param("app:{TAG}", "app:2", True, id="a placeholder"),
]


@pytest.mark.parametrize(("image", "expected", "hit"), REFERENCES)
def test_an_image_is_matched_by_its_whole_name(image: str, expected: str, hit: bool) -> None:
    built = rendered(
        f"""
        resources: [pod.yaml]
        images: [{{name: app, newTag: '2'}}]
        == pod.yaml
        apiVersion: v1
        kind: Pod
        metadata: {{name: p}}
        spec:
          containers: [{{name: c, image: "{image}"}}]
          initContainers: [{{name: i, image: "{image}"}}]
        """
    )
    assert field(built, "Pod/p spec.containers[0].image") == expected
    assert field(built, "Pod/p spec.initContainers[0].image") == expected
    assert (expected != image) == hit


def test_images_in_custom_resources_are_found_by_the_name_of_the_list() -> None:
    built = rendered(
        """
        resources: [w.yaml]
        images: [{name: app, newTag: '2'}]
        == w.yaml
        {apiVersion: x.io/v1, kind: W, metadata: {name: w}, deep: {containers: [{image: 'app:1'}]},
         other: [{image: 'app:1'}]}
        """
    )
    assert field(built, "W/w deep.containers[0].image") == "app:2"
    assert field(built, "W/w other[0].image") == "app:1"


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "ReplicaSet"])
def test_replicas_scale_by_name(kind: str) -> None:
    built = rendered(
        f"""
        resources: [x.yaml]
        namePrefix: p-
        replicas: [{{name: x, count: 5}}]
        == x.yaml
        {{apiVersion: apps/v1, kind: {kind}, metadata: {{name: x}}}}
        """
    )
    assert field(built, f"{kind}/p-x spec.replicas") == 5


def test_replicas_by_the_new_name_and_by_the_old() -> None:
    text = """
    resources: [base]
    replicas: [{{name: {name}, count: 3}}]
    == base/kustomization.yaml
    {{namePrefix: p-, resources: [../deploy.yaml]}}
    """
    for name in ("web", "p-web"):
        built = rendered(text.format(name=name))
        assert field(built, "Deployment/p-web spec.replicas") == 3


ORIGIN = "metadata.annotations.config~kubernetes~io/origin"
NOTES = "metadata.annotations.alpha~config~kubernetes~io/transformations"
METADATA: list[Any] = [
    pytest.param("[originAnnotations]", ORIGIN, "path: base/a.yaml\n"),
    pytest.param("[originAnnotations]", NOTES, None),
    pytest.param("[transformerAnnotations]", NOTES,
                 "- configuredIn: kustomization.yaml\n  configuredBy:\n    apiVersion: builtin\n"
                 "    kind: PrefixTransformer\n"),
    pytest.param("[managedByLabel]", "metadata.labels.app~kubernetes~io/managed-by",
                 "kustomize-v5.8.1"),
    pytest.param("[]", ORIGIN, None),
]  # fmt: skip


@pytest.mark.parametrize(("options", "path", "expected"), METADATA)
def test_build_metadata_notes_where_objects_are_from(
    options: str, path: str, expected: str | None
) -> None:
    built = rendered(
        f"""
        resources: [base]
        namePrefix: p-
        buildMetadata: {options}
        == base/kustomization.yaml
        resources: [a.yaml]
        == base/a.yaml
        {{apiVersion: v1, kind: ConfigMap, metadata: {{name: a}}}}
        """
    )
    assert field(built, f"ConfigMap/p-a {path}") == expected


def test_a_generated_object_names_its_generator() -> None:
    built = rendered("{secretGenerator: [{name: s}], buildMetadata: [originAnnotations]}")
    assert field(built, f"Secret/s* {ORIGIN}") == (
        "configuredIn: kustomization.yaml\n"
        "configuredBy:\n  apiVersion: builtin\n  kind: SecretGenerator\n"
    )


def test_the_transformers_run_in_kustomizes_order() -> None:
    built = rendered(
        """
        resources: [settings.yaml]
        namespace: prod
        namePrefix: p-
        patches:
        - target: {kind: ConfigMap}
          patch: |-
            - {op: test, path: /metadata/name, value: settings}
            - {op: add, path: /metadata/namespace, value: early}
        """
    )
    assert names(built) == ["ConfigMap/prod/p-settings"]


def test_labels_added_together_change_together_as_in_kustomize() -> None:
    built = rendered(
        """
        resources: [base]
        labels: [{pairs: {team: 'y2'}}]
        == base/kustomization.yaml
        resources: [../deploy.yaml]
        commonLabels: {team: x}
        """
    )
    assert {field(built, p) for p in (META, SELECTOR, TEMPLATE)} == {"y2"}
