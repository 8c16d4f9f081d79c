"""A person asks where a value came from: file, patch, transformer or variable."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fluxtui.kustomize import Build, Origin, build, flux_build
from fluxtui.kustomize.building import key_of
from fluxtui.kustomize.positions import line_of
from fluxtui.kustomize.tracking import Path, noted, origin_at
from fluxtui.kustomize.variables import Variables
from tests.kustomize.trees import tree

TEXT = """
resources: [base]
namePrefix: p-
labels: [{pairs: {team: x}}]
images: [{name: ghcr.io/acme/web, newTag: '2'}]
patches:
- path: env.yaml
- target: {kind: ConfigMap}
  patch: '[{"op": "add", "path": "/data/added", "value": "${SECRET}"}]'
configMapGenerator: [{name: made, literals: [a=b]}]
== env.yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec: {template: {spec: {containers: [{name: web, env: [{name: NEW, value: "1"}]}]}}}
== base/kustomization.yaml
resources: [../deploy.yaml, ../settings.yaml]
"""
SPEC: dict[str, Any] = {
    "metadata": {"name": "demo", "namespace": "apps"},
    "spec": {
        "targetNamespace": "prod",
        "patches": [
            {
                "target": {"kind": "Deployment"},
                "patch": "- {op: replace, path: /spec/replicas, value: 4}",
            }
        ],
    },
}
VARIABLES = Variables({"SECRET": "hush"}, frozenset({"SECRET"}), {"SECRET": "Secret apps/s"})


@pytest.fixture(scope="module")
def built() -> Build:
    return flux_build(tree(TEXT), ".", SPEC, variables=VARIABLES, origins=True)


def origin(built: Build, kind: str, path: Path) -> Origin:
    obj = next(o for o in built.objects if o["kind"] == kind)
    return origin_at(built.origins[key_of(obj)], path)


POD = ("spec", "template", "spec", "containers", 0)
WHERE: list[Any] = [
    pytest.param("Deployment", ("spec", "selector"), "deploy.yaml", "spec.selector", "file"),
    pytest.param("Deployment", ("metadata", "name"), "kustomization.yaml", "namePrefix",
                 "transformer namePrefix"),
    pytest.param("Deployment", ("metadata", "labels", "team"), "kustomization.yaml", "labels[0]",
                 "transformer labels"),
    pytest.param("Deployment", ("metadata", "labels", "app"), "deploy.yaml", "metadata.labels.app",
                 "file", id="a neighbour of a label"),
    pytest.param("Deployment", (*POD, "image"), "kustomization.yaml", "images[0]",
                 "transformer images"),
    pytest.param("Deployment", (*POD, "env", 0, "name"), "kustomization.yaml", "patches[0]",
                 "patch 1 of kustomization.yaml", id="a new element"),
    pytest.param("Deployment", (*POD, "env", 1, "value"), "deploy.yaml",
                 "spec.template.spec.containers[0].env[0].value", "file",
                 id="an element that moved"),
    pytest.param("Deployment", ("spec", "replicas"), "", "spec.patches[0]",
                 "patch 1 of Kustomization apps/demo", id="a patch of Flux"),
    pytest.param("ConfigMap", ("data", "added"), "Secret apps/s", "SECRET", "variable SECRET"),
    pytest.param("ConfigMap", ("data", "colour"), "settings.yaml", "data.colour", "file"),
    pytest.param("ConfigMap", ("metadata", "namespace"), "", "spec.targetNamespace",
                 "targetNamespace of Kustomization apps/demo"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "path", "file", "field", "by"), WHERE)
def test_each_value_says_who_set_it(
    built: Build, kind: str, path: Path, file: str, field: str, by: str
) -> None:
    found = origin(built, kind, path)
    assert (found.file, found.field, found.by) == (file, field, by)


def test_a_value_of_a_secret_is_marked_and_its_neighbours_are_not(built: Build) -> None:
    assert origin(built, "ConfigMap", ("data", "added")).secret
    assert not origin(built, "ConfigMap", ("data", "size")).secret


def test_a_generated_object_belongs_to_its_generator(built: Build) -> None:
    obj = next(o for o in built.objects if o["metadata"]["name"].startswith("p-made"))
    found = origin_at(built.origins[key_of(obj)], ("data", "a"))
    assert found.by == "transformer configMapGenerator"


def test_merged_data_keeps_the_origin_of_each_key() -> None:
    files = tree(
        "resources: [settings.yaml]\n"
        "configMapGenerator: [{name: settings, behavior: merge, literals: [colour=red]}]\n"
    )
    notes = build(files, origins=True).origins["v1", "ConfigMap", "", "settings"]
    assert origin_at(notes, ("data", "size")).by == "file"
    assert origin_at(notes, ("data", "colour")).by == "transformer configMapGenerator"


def test_the_line_is_found_by_reading_the_file_again(built: Build) -> None:
    files = tree(TEXT)
    found = origin(built, "Deployment", (*POD, "env", 1, "value"))
    text = files.read(found.file).decode().splitlines()
    assert "name: A" in text[line_of(files, found) - 1]
    assert line_of(files, Origin("gone.yaml", 0, "", "file")) == 0


def test_asking_for_origins_changes_no_object() -> None:
    plain = flux_build(tree(TEXT), ".", SPEC, variables=VARIABLES)
    assert (
        plain.objects
        == flux_build(tree(TEXT), ".", SPEC, variables=VARIABLES, origins=True).objects
    )
    assert plain.origins == {}


VALUES = st.recursive(
    st.integers(0, 3) | st.sampled_from("ab"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "x", "y"]), inner, max_size=3)
    ),
    max_leaves=8,
)


def leaves(value: Any, path: Path = ()) -> list[tuple[Path, Any]]:
    if isinstance(value, dict) and value:
        return [leaf for k, v in value.items() for leaf in leaves(v, (*path, k))]
    if isinstance(value, list) and value:
        return [leaf for i, v in enumerate(value) for leaf in leaves(v, (*path, i))]
    return [(path, value)]


@settings(max_examples=200, deadline=None)
@given(VALUES, VALUES)
def test_what_is_said_to_be_from_the_file_is_in_the_file(old: Any, new: Any) -> None:
    notes = noted({(): Origin("f", 0, "", "file")}, old, new, Origin("p", 0, "", "patch"))
    known = {field: value for field, value in ((_text(p), v) for p, v in leaves(old))}
    for path, value in leaves(new):
        found = origin_at(notes, path)
        if found.by == "file" and value not in ([], {}):
            assert known[found.field] == value


def _text(path: Path) -> str:
    from fluxtui.kustomize.tracking import field_text

    return field_text(path)
