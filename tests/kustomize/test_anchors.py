"""An anchor may be defined again: an alias means the last one before it, wherever YAML is read."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fluxtui.domain.errors import BuildError
from fluxtui.kustomize import load_manifests
from fluxtui.kustomize.reader import Reader
from tests.kustomize.trees import field, reconciled, rendered

OBJECT = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: &a room}\n"
TEXTS: list[Any] = [
    pytest.param("a: &x 1\nb: *x\nc: &x 2\nd: *x", {"a": 1, "b": 1, "c": 2, "d": 2}, id="scalars"),
    pytest.param("a: &x {p: 1}\nb: &x {q: *x}\nc: *x", None, id="an anchor inside of itself"),
    pytest.param("a: &x {p: 1}\nb: {q: *x, r: &x [2], s: *x}\nc: *x",
                 {"a": {"p": 1}, "b": {"q": {"p": 1}, "r": [2], "s": [2]}, "c": [2]},
                 id="collections, nested"),
    pytest.param("&x a: 1\n&x b: *x\nc: *x", {"a": 1, "b": "b", "c": "b"}, id="keys"),
    pytest.param("a: &x k\n*x : 1\nb: &x l\n*x : 2", {"a": "k", "k": 1, "b": "l", "l": 2},
                 id="aliases as keys"),
    pytest.param("a: &x {p: 1}\nb: &x {q: 2}\nc: {<<: *x, r: 3}",
                 {"a": {"p": 1}, "b": {"q": 2}, "c": {"r": 3, "q": 2}}, id="merges"),
    pytest.param("a: &x 1\nb: &x 2", {"a": 1, "b": 2}, id="unused"),
    pytest.param("a: &x\nb: &x\nc: *x", {"a": None, "b": None, "c": None}, id="empty values"),
    pytest.param("- &x 1\n- &x 2\n- [*x, &x 3, *x]\n- *x", [1, 2, [2, 3, 3], 3], id="a list"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), TEXTS)
def test_the_last_definition_before_the_alias_counts(text: str, expected: Any) -> None:
    if expected is None:
        with pytest.raises(BuildError, match="alias bomb"):
            list(Reader("").documents(text))
        return
    got = [value for value, _line in Reader("", old=True).documents(text)]
    assert json.dumps(got) == json.dumps([expected])


@given(st.lists(st.tuples(st.sampled_from("ab"), st.booleans()), min_size=1, max_size=30))
@settings(max_examples=60)
def test_any_order_of_anchors_and_aliases_reads_like_assignments(
    steps: list[tuple[str, bool]],
) -> None:
    known: dict[str, int] = {}
    lines, expected = [], []
    for number, (name, defines) in enumerate(steps):
        if defines or name not in known:
            known[name] = number
            lines.append(f"- &{name} {number}")
        else:
            lines.append(f"- *{name}")
        expected.append(known[name])
    assert [v for v, _ in Reader("").documents("\n".join(lines))] == [expected]


@pytest.mark.parametrize("mode", ["kustomize", "kubectl"])
def test_manifests_for_diff_and_apply_may_define_an_anchor_again(mode: str) -> None:
    text = OBJECT + 'data: {app: *a, port: &a "80", again: *a}\n---\n' + OBJECT + "data: {b: *a}\n"
    first, second = load_manifests(text, mode=mode)
    assert first["data"] == {"app": "room", "port": "80", "again": "80"}
    assert second["data"] == {"b": "room"}, "each document has anchors of its own"


def test_every_file_of_a_build_may_define_an_anchor_again() -> None:
    built = rendered(
        "resources: [settings.yaml]\n"
        "namePrefix: &x a-\nnameSuffix: &x -b\ncommonAnnotations: {suffix: *x}\n"
        "configMapGenerator:\n- name: &g made\n  literals: [&g k=1]\n  options: "
        "{disableNameSuffixHash: true, labels: {of: *g}}\n"
        "patches:\n- path: p.yaml\n- patch: |\n"
        "    apiVersion: v1\n    kind: &i ConfigMap\n    metadata: {name: &i settings}\n"
        "    data: {inline: *i}\n"
        "- target: {kind: ConfigMap, name: settings}\n  patch: |\n"
        "    - {op: &o add, path: /data/op, value: *o}\n"
        "    - {op: &o add, path: /data/op2, value: &o last}\n"
        "    - {op: add, path: /data/op3, value: *o}\n"
        "== p.yaml\n" + OBJECT.replace("room", "settings") + "data: {file: &a x, again: *a}\n"
    )
    data = field(built, "ConfigMap/a-settings-b data")
    assert data == {"colour": "blue", "size": "3", "file": "x", "again": "x",
                    "inline": "settings", "op": "add", "op2": "last", "op3": "last"}  # fmt: skip
    assert field(built, "ConfigMap/a-settings-b metadata.annotations.suffix") == "-b"
    assert field(built, "ConfigMap/a-made-b metadata.labels.of") == "k=1"


def test_flux_reads_inline_patches_and_plain_folders_the_same_way() -> None:
    text = "== d/one.yaml\n" + OBJECT + "data: {port: &a '80', again: *a}\n"
    patch = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: &a room}\ndata: {p: &a x, q: *a}\n"
    built = reconciled(text, {"patches": [{"patch": patch}]}, "d")
    assert field(built, "ConfigMap/room data") == {"port": "80", "again": "80", "p": "x", "q": "x"}


def test_an_alias_without_an_anchor_is_still_an_error_with_its_line() -> None:
    with pytest.raises(BuildError, match="undefined alias") as caught:
        list(Reader("f.yaml").documents("a: &x 1\nb: &x 2\nc: *y\n"))
    assert caught.value.line == 3
