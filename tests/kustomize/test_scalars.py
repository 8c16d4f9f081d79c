"""Scalars mean what kustomize takes them for, and what is written reads back the same."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from fluxtui.kustomize import dump_manifest, dump_manifests, load_manifests
from fluxtui.kustomize.schema import is_cluster_scoped
from tests.kustomize.trees import field, rendered

# text, as kustomize reads it, as kubectl -f reads it
TABLE: list[Any] = [
    ("0644", 420, 420), ("0o644", 420, 420), ("0x10", 16, 16), ("0b11", 3, 3), ("08", 8, 8),
    ("1e3", 1000, 1000), ("1.0", 1, 1), ("1.10", 1.1, 1.1), (".5", 0.5, 0.5), ("1_000", 1000, 1000),
    ("-3", -3, -3), ("+3", 3, 3), ("12345678901234567890", 12345678901234567890, None),
    ("yes", "yes", True), ("on", "on", True), ("y", "y", True), ("No", "No", False),
    ("true", True, True), ("True", True, True), ("null", None, None), ("~", None, None),
    ("12:30:45", "12:30:45", "12:30:45"), ("2026-01-02", "2026-01-02T00:00:00Z", "2026-01-02"),
    ("2026-1-2T3:04:05+01:00", "2026-01-02T03:04:05+01:00", None), ("2026-13-40", None, None),
    ("=", "=", "="), ("<<", "<<", None), ("1.2.3", "1.2.3", "1.2.3"), ("'5'", "5", "5"),
    ('"true"', "true", "true"), ("!!str 5", "5", "5"), ("1e", "1e", "1e"), ("0x", "0x", "0x"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kustomize", "kubectl"), TABLE)
def test_scalars_are_read_as_the_tools_read_them(text: str, kustomize: Any, kubectl: Any) -> None:
    for mode, expected in (("kustomize", kustomize), ("kubectl", kubectl)):
        if expected is None and text not in ("null", "~"):
            continue
        got = load_manifests(f"a: {text}\n", mode=mode)[0]["a"]
        assert (got, type(got)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("0x10", "0x10"), ("True", "True"), ("1e3", "1e3"), ("2026-01-02", "2026-01-02"),
     ("null", "null"), ("", ""), ("'5'", "5")],
)  # fmt: skip
def test_annotations_are_printed_as_they_were_written(text: str, expected: str) -> None:
    built = rendered(
        "resources: [a.yaml]\n== a.yaml\napiVersion: v1\nkind: A\n"
        f"metadata:\n  name: a\n  annotations:\n    x: {text}\n"
    )
    assert field(built, "A/a metadata.annotations.x") == expected


@pytest.mark.parametrize("empty", ["{}", "null", ""])
def test_empty_annotations_are_left_out(empty: str) -> None:
    built = rendered(
        "resources: [a.yaml]\n== a.yaml\napiVersion: v1\nkind: A\n"
        f"metadata:\n  name: a\n  annotations: {empty}\n"
    )
    assert "annotations" not in built.objects[0]["metadata"]


def test_a_written_null_survives_a_patch_and_an_empty_one_does_not() -> None:
    built = rendered(
        """
        resources: [a.yaml]
        patches:
        - {target: {kind: A}, patch: '{apiVersion: v1, kind: A, metadata: {name: a}, x: 1}'}
        == a.yaml
        apiVersion: v1
        kind: A
        metadata: {name: a}
        written: null
        empty:
        """
    )
    assert built.objects[0].get("written", "gone") is None
    assert "empty" not in built.objects[0]


WORDS = st.sampled_from(
    ["yes", "no", "on", "y", "1e3", "0o17", "0x1", "08", "12:30", "2026-01-02", "=", "<<", "~",
     "null", "a: b", "a #b", "- a", "${X}", "*a", "&a", "a\nb", "a\n", " a", "", "é", "1_0"]
) | st.text(st.characters(exclude_categories=["Cs", "Cn", "Co", "Cc"]), max_size=6)  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc"), inner, max_size=3),
    max_leaves=10,
)


@settings(max_examples=200, deadline=None)
@given(VALUES)
def test_what_is_written_reads_back_the_same_for_every_reader(value: Any) -> None:
    obj = {"apiVersion": "v1", "kind": "A", "metadata": {"name": "a"}, "x": value}
    text = dump_manifest(obj)
    assert load_manifests(text) == [obj]
    assert load_manifests(text, mode="kubectl") == [obj]
    assert yaml.safe_load(text) == obj


def test_a_stream_of_objects_reads_back_in_order() -> None:
    objects = [{"kind": "B", "metadata": {"name": "b"}}, {"kind": "A", "metadata": {"name": "a"}}]
    assert load_manifests(dump_manifests(objects)) == objects


@pytest.mark.parametrize(
    ("group", "kind", "expected"),
    [("", "Namespace", True), ("apps", "Deployment", False), ("x.io", "Widget", None),
     ("rbac.authorization.k8s.io", "ClusterRole", True), ("", "Secret", False)],
)  # fmt: skip
def test_the_scope_of_built_in_kinds_is_known(group: str, kind: str, expected: bool | None) -> None:
    assert is_cluster_scoped(group, kind) is expected
