"""A folded block is written once more by kustomize; what is read back is what a cluster gets."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluxtui.domain.errors import BuildError
from fluxtui.kustomize.folding import refolded
from tests.kustomize.trees import field, reconciled, rendered

HEAD = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
BLOCK = "{style}\n    all(c,\n      c.ok\n    )\n"
FOLDED = "all(c,\n\n  c.ok\n)"
LITERAL = "all(c,\n  c.ok\n)"
BLOCKS = [
    (">-", FOLDED),
    (">", f"{FOLDED}\n"),
    (">+", f"{FOLDED}\n"),
    ("|-", LITERAL),
    ("|", f"{LITERAL}\n"),
    ("|+", f"{LITERAL}\n"),
]
TEXTS: list[Any] = [
    pytest.param("a\n  b\nc", "a\n\n  b\nc", id="a line indented deeper"),
    pytest.param("a\n\tb\nc", "a\n\n\tb\nc", id="indented by a tab"),
    pytest.param("a\n  b\n    c\nd", "a\n\n  b\n    c\nd", id="only the first of them"),
    pytest.param("a\nb\n", "a\nb\n", id="no indented line"),
    pytest.param("a\n\n\n", "a\n\n\n\n", id="newlines kept at the end"),
    pytest.param("  a\nb\nc", "  a\nb c", id="an indented beginning loses newlines"),
    pytest.param("\n  a\nb\nc", "\n  a\nb c", id="behind empty lines too"),
    pytest.param("a \n  b", "a \n  b", id="a space before a newline: quoted"),
    pytest.param("a\n  b ", "a\n  b ", id="a space at the end: quoted"),
    pytest.param("a\n  \U0001f600", "a\n  \U0001f600", id="an emoji: quoted"),
    pytest.param("", "", id="nothing"),
    pytest.param("a", "a", id="one line"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "written"), TEXTS)
def test_what_is_read_back(text: str, written: str) -> None:
    assert refolded(text) == written


@given(
    st.lists(st.text("ab#:-", min_size=1), min_size=1).map("\n".join), st.sampled_from(["", "\n"])
)
def test_a_text_without_indented_lines_stays_as_it_is(text: str, end: str) -> None:
    assert refolded(text + end) == text + end


@given(st.text("a b\n", max_size=40))
def test_no_character_but_newlines_and_spaces_is_lost(text: str) -> None:
    assert refolded(text).split() == text.split()


@pytest.mark.parametrize(("style", "expected"), BLOCKS)
def test_only_folded_blocks_change(style: str, expected: str) -> None:
    text = f"resources: [a.yaml]\n== a.yaml\n{HEAD}data:\n  k: {BLOCK.format(style=style)}"
    assert field(rendered(text), "ConfigMap/a data.k") == expected
    assert field(reconciled(text, {}), "ConfigMap/a data.k") == expected


def test_annotations_and_generated_data_stay_as_they_are() -> None:
    built = rendered(
        "resources: [a.yaml]\nconfigMapGenerator: [{name: a, behavior: merge, literals: [z=1]}]\n"
        "== a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  annotations:\n"
        f"    n: {BLOCK.format(style='>-').replace('    ', '      ')}"
        f"data:\n  k: {BLOCK.format(style='>-')}"
    )
    assert field(built, "ConfigMap/a data.k") == LITERAL
    assert field(built, "ConfigMap/a metadata.annotations.n").replace(" ", "") == "all(c,\nc.ok\n)"


PATCHED: list[Any] = [
    pytest.param("data:\n  q: r\n", FOLDED, id="a new field is a block"),
    pytest.param("data: {}\n", FOLDED, id="empty braces give way"),
    pytest.param("data: {q: r}\n", LITERAL, id="in braces it is quoted"),
    pytest.param("data:\n  k: old\n", LITERAL, id="a plain field stays plain"),
    pytest.param("data:\n  k: 'old'\n", LITERAL, id="a quoted field stays quoted"),
    pytest.param("data:\n  k: >-\n    old\n", FOLDED, id="a folded field stays folded"),
    pytest.param("data:\n  k: |-\n    old\n", LITERAL, id="a literal field stays literal"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "expected"), PATCHED)
def test_a_strategic_merge_patch_writes_into_the_form_of_the_field(
    data: str, expected: str
) -> None:
    built = rendered(
        f"resources: [a.yaml]\npatches: [{{path: p.yaml}}]\n== a.yaml\n{HEAD}{data}"
        f"== p.yaml\n{HEAD}data:\n  k: {BLOCK.format(style='>-')}"
    )
    assert field(built, "ConfigMap/a data.k") == expected


def test_a_literal_patch_of_a_folded_field_is_folded() -> None:
    built = rendered(
        f"resources: [a.yaml]\npatches: [{{path: p.yaml}}]\n== a.yaml\n{HEAD}"
        "data:\n  k: >\n    old\n"
        f"== p.yaml\n{HEAD}data:\n  k: {BLOCK.format(style='|-')}"
    )
    assert field(built, "ConfigMap/a data.k") == FOLDED


def test_values_of_a_json_patch_stay_and_what_they_are_put_into_is_folded_once() -> None:
    value = BLOCK.format(style=">-").replace("    ", "            ")
    built = rendered(
        "resources: [a.yaml]\npatches:\n- target: {kind: ConfigMap}\n  patch: |\n"
        f"    - op: add\n      path: /data/new\n      value: {value}"
        f"== a.yaml\n{HEAD}data:\n  k: {BLOCK.format(style='>-')}"
    )
    assert field(built, "ConfigMap/a data.k") == FOLDED
    assert "\n\n" not in field(built, "ConfigMap/a data.new")


def test_a_replacement_keeps_the_form_of_its_target() -> None:
    text = (
        "resources: [a.yaml]\nreplacements:\n- source: {kind: ConfigMap, fieldPath: data.k}\n"
        "  targets: [{select: {kind: ConfigMap}, fieldPaths: [data.t]}]\n"
        f"== a.yaml\n{HEAD}data:\n  k: {BLOCK.format(style='|-')}  t: "
    )
    folded = rendered(text + ">-\n    old\n")
    assert field(folded, "ConfigMap/a data") == {"k": LITERAL, "t": FOLDED}
    assert field(rendered(text + "old\n"), "ConfigMap/a data.t") == LITERAL


def test_a_list_that_is_replaced_keeps_its_brackets() -> None:
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - name: a\n"
    block = BLOCK.format(style=">-").replace("    ", "      ")
    text = (
        "resources: [a.yaml]\npatches: [{path: p.yaml}]\n"
        f"== a.yaml\n{pod}    args: [x]\n== p.yaml\n{pod}    args:\n    - {block}"
    )
    assert "\n\n" not in field(rendered(text), "Pod/p spec.containers[0].args[0]")
    text = text.replace("args: [x]", "args:\n    - x")
    assert "\n\n" in field(rendered(text), "Pod/p spec.containers[0].args[0]")


TABBED: list[Any] = [
    pytest.param("k: >2-\n    \tx\n    y\n", True, id="folded"),
    pytest.param("k: |2-\n    \tx\n    y\n", True, id="literal"),
    pytest.param("k: |2-\n    \tx\n", True, id="one line"),
    pytest.param('k: "\\tx\\ny"\n', False, id="in quotes"),
    pytest.param("k: |2-\n    \tx \n    y\n", False, id="with a space at the end of a line"),
]


@pytest.mark.parametrize(("field_text", "refused"), TABBED)
def test_a_block_that_begins_with_a_tab_cannot_be_written_again(
    field_text: str, refused: bool
) -> None:
    text = f"resources: [a.yaml]\n== a.yaml\n{HEAD}data:\n  {field_text}"
    if not refused:
        assert field(rendered(text), "ConfigMap/a data.k").startswith("\tx")
        return
    with pytest.raises(BuildError, match="cannot be written again"):
        rendered(text)


@pytest.mark.parametrize(
    "text",
    [
        "configMapGenerator: [{name: a, files: [f]}]\n== f\n\tx\ny\n",
        "resources: [a.yaml]\n== a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n"
        '  annotations:\n    n: "\\tx\\ny"\n',
        "resources: [a.yaml]\npatches: [{path: p.yaml, target: {kind: ConfigMap}}]\n"
        "== p.yaml\n- {op: add, path: /data/n, value: 1}\n"
        f'== a.yaml\n{HEAD}data:\n  k: "\\tx\\ny"\n',
    ],
)
def test_so_is_what_kustomize_writes_as_a_block(text: str) -> None:
    with pytest.raises(BuildError, match="cannot be written again"):
        rendered(text)


def test_the_hash_of_a_generated_name_is_that_of_what_is_read_back() -> None:
    text = (
        "configMapGenerator: [{name: a, literals: [a=b]}]\npatches: [{path: p.yaml}]\n"
        f"== p.yaml\n{HEAD}data:\n  k: {BLOCK.format(style='>-')}"
    )
    (folded,) = rendered(text).objects
    (quoted,) = rendered(text.replace(BLOCK.format(style=">-"), f"{json.dumps(FOLDED)}\n")).objects
    assert folded == quoted
