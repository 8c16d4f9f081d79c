"""The corners of YAML: what go-yaml reads is read here, what it refuses is refused."""

from __future__ import annotations

from typing import Any

import pytest

from fluxtui.domain.errors import BuildError
from fluxtui.kustomize import build, flux_build, load_manifests
from fluxtui.kustomize.files import MemoryFiles
from tests.kustomize.trees import field, rendered

HEAD = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
READ: list[Any] = [
    ("!!binary aGVsbG8=", "hello"), ("!!binary |\n    aGVs\n    bG8=", "hello"),
    ("!!binary gIE=", "\ufffd\ufffd"), ("!Ref foo", "foo"), ("!Ref 5", "5"), ("!<x> y", "y"),
    ("!!foo 5", "5"), ("!Foo {a: 1}", {"a": 1}), ("!!int '5'", 5), ("!!float 5", 5),
    ("!!bool True", True), ("!!str 5", "5"), ("!!null ''", None), ("!!set {a: b}", {"a": "b"}),
    ("!!timestamp 2026-01-02", "2026-01-02T00:00:00Z"), ("\"it\\'s\"", "it's"),
    ("'a\\/b'", "a\\/b"), ('"a\\\\/b"', "a\\/b"), ("{<<: [{a: 1}, {a: 2}]}", {"a": 1}),
]  # fmt: skip
REFUSED: list[Any] = [
    ("!!binary '!!'", "invalid base64"), ("!!bool yes", "as a !!bool"), ("!!int x", "as a !!int"),
    ("!!int 1e3", "as a !!int"), ("!!null x", "as a !!null"), ("!!float 1e400", "as a !!float"),
    ('"a\\/b"', "unknown escape"), ("!!str \"\\\\\\/\"", "unknown escape"),
    ('"\\q"', "unknown escape"),
    ("{<<: {a: 1}, <<: {b: 2}}", "defined twice"), ("{!Ref k: 1}", "not a string"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), READ)
def test_what_kustomize_reads(text: str, value: Any) -> None:
    assert load_manifests(f"d:\n  k: {text}\n") == [{"d": {"k": value}}]


@pytest.mark.parametrize(("text", "what"), REFUSED)
def test_what_kustomize_refuses(text: str, what: str) -> None:
    with pytest.raises(BuildError, match=what) as caught:
        load_manifests(f"\nd:\n  k: {text}\n", file="f.yaml")
    assert (caught.value.file, caught.value.line) == ("f.yaml", 3)


def test_a_key_may_be_called_a_string() -> None:
    assert load_manifests("d: {!!str 5: x}\n") == [{"d": {"5": "x"}}]


def test_tags_hold_in_patches_and_annotations_keep_their_text() -> None:
    built = rendered(
        "resources: [a.yaml]\npatches: [{path: p.yaml}]\n"
        "== a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n"
        "  annotations: {n: !!binary aGk=, o: ~, p: !Ref 5}\ndata: {a: 'x', b: y}\n"
        f"== p.yaml\n{HEAD}data: {{a: !!binary aGk=, b: !Ref 7}}\n"
    )
    assert field(built, "ConfigMap/a data") == {"a": "hi", "b": "7"}
    assert field(built, "ConfigMap/a metadata.annotations") == {"n": "aGk=", "o": "~", "p": "5"}


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-8"])
@pytest.mark.parametrize("wide", ["kustomization.yaml", "a.yaml", "merge.yaml", "ops.yaml"])
def test_a_file_with_a_byte_order_mark_reads_like_its_twin(codec: str, wide: str) -> None:
    texts = {
        "kustomization.yaml": "resources: [a.yaml]\npatches:\n- path: merge.yaml\n"
        "- {path: ops.yaml, target: {kind: ConfigMap}}\n",
        "a.yaml": f"{HEAD}data: {{k: gr\u00f6\u00dfe}}\n".replace("\n", "\r\n"),
        "merge.yaml": f"{HEAD}data: {{m: \u00e9}}\n",
        "ops.yaml": "- {op: add, path: /data/o, value: \u00e9}\n",
    }
    files = {name: text.encode() for name, text in texts.items()}
    files[wide] = f"\ufeff{texts[wide]}".encode(codec)
    expected = {"k": "gr\u00f6\u00dfe", "m": "\u00e9", "o": "\u00e9"}
    assert build(MemoryFiles(files)).objects[0]["data"] == expected
    spec = {"metadata": {"name": "x"}, "spec": {}}
    assert flux_build(MemoryFiles(files), ".", spec).objects[0]["data"] == expected


def test_of_a_utf_16_file_only_the_first_document_is_read() -> None:
    wide = f"\ufeff{HEAD}---\n{HEAD.replace('name: a', 'name: b')}".encode("utf-16-le")
    built = build(MemoryFiles({"kustomization.yaml": b"resources: [a.yaml]\n", "a.yaml": wide}))
    assert [o["metadata"]["name"] for o in built.objects] == ["a"]


def test_a_replacement_by_a_mapping_leaves_a_scalar_empty() -> None:
    built = rendered(
        "resources: [a.yaml]\nreplacements:\n- source: {kind: ConfigMap, fieldPath: data.m}\n"
        "  targets: [{select: {kind: ConfigMap}, fieldPaths: [data.s]}]\n"
        f"== a.yaml\n{HEAD}data: {{m: {{x: y}}, s: z}}\n"
    )
    assert field(built, "ConfigMap/a data.s") == ""


@pytest.mark.parametrize("kind", ["ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"])
def test_kustomize_takes_admission_policies_for_namespaced(kind: str) -> None:
    """Its table is that of Kubernetes 1.21; a server drops the namespace again."""
    built = rendered(
        "namespace: nn\nresources: [a.yaml]\n== a.yaml\n"
        f"apiVersion: admissionregistration.k8s.io/v1\nkind: {kind}\nmetadata: {{name: x}}\n"
    )
    assert field(built, f"{kind}/x metadata.namespace") == "nn"
