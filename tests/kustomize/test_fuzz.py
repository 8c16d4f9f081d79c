"""Whatever somebody writes, by accident or not: objects or an error of ours, never a crash."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fluxtui.domain.errors import BuildError, FluxtuiError
from fluxtui.kustomize import build, flux_build
from fluxtui.kustomize.explain import annotated, explained
from fluxtui.kustomize.files import MemoryFiles
from fluxtui.kustomize.variables import Variables
from tests.kustomize.generated import trees
from tests.kustomize.generated_fields import FIELDS
from tests.kustomize.generated_files import EXTRA, FILES

ALL = frozenset({*FIELDS, "patches", "transformers"})
MANY = settings(
    max_examples=50, deadline=None, suppress_health_check=list(HealthCheck), database=None
)
Tree = tuple[dict[str, str], str]
JUNK = st.sampled_from(
    ["", "\t", "\0", "\r", "{", "}", "[", "- ", ": ", "null", "&a ", "*a ", "!!int ", "? ", "| ",
     "\n---\n", "$patch: delete", "${X}", "#", '"', "'", "é", "../", "0x", "9" * 30, "<<: "]
)  # fmt: skip


def tree_of(files: dict[str, str]) -> MemoryFiles:
    return MemoryFiles({path: text.encode() for path, text in files.items()})


@st.composite
def damaged(draw: st.DrawFn) -> Tree:
    """A generated tree with junk written over up to three places of the files it needs."""
    files, folder = draw(trees(ALL))
    mine = (
        sorted(set(files) - set(EXTRA)) if draw(st.booleans()) else sorted(set(files) - set(FILES))
    )
    for _ in range(draw(st.integers(1, 3))):
        name = draw(st.sampled_from(mine))
        text = files[name]
        start = draw(st.integers(0, len(text)))
        end = start + draw(st.integers(0, 6))
        files[name] = text[:start] + draw(JUNK) + text[end:]
    return files, folder


@MANY
@given(damaged())
def test_a_damaged_tree_builds_or_is_refused_with_a_place(case: Tree) -> None:
    files, folder = case
    try:
        build(tree_of(files), folder)
    except BuildError as problem:
        assert problem.file or problem.field, problem


VALUES = st.recursive(
    st.sampled_from([None, True, 0, -1, 1.5, "", "web", "$", "${A}", "../..", "(", "a=b"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(
        ["name", "patch", "target", "kind", "newTag", "substitute", "labels"]), inner, max_size=2),
    max_leaves=5,
)  # fmt: skip


@MANY
@given(trees(ALL), st.dictionaries(st.sampled_from(sorted(ALL)), VALUES, max_size=2))
def test_a_field_of_the_wrong_shape_is_refused_by_name(case: Tree, odd: dict[str, Any]) -> None:
    files, folder = case
    odd_file = json.dumps({"resources": [f"../{folder}"], **odd})
    try:
        build(tree_of({**files, "odd/kustomization.yaml": odd_file}), "odd")
    except BuildError as problem:
        assert problem.file, problem


@MANY
@given(trees(ALL))
def test_origins_change_no_object_and_every_value_has_one(case: Tree) -> None:
    files, folder = case
    try:
        plain = build(tree_of(files), folder)
    except BuildError:
        return
    told = build(tree_of(files), folder, origins=True)
    assert told.objects == plain.objects
    for rendered in explained(told, tree_of(files)):
        assert rendered.origins and all(origin.by for origin in rendered.origins)
        assert annotated(rendered).count("# ") >= 1


@MANY
@given(trees(ALL), st.sampled_from(["a", "1", "x: y", "'", "a\nb", "{", ""]), st.booleans())
def test_a_variable_with_any_value_is_put_in_or_refused(
    case: Tree, value: str, origins: bool
) -> None:
    files, folder = case
    files["a.env"] = "COLOUR=${COLOUR}\nOTHER=${OTHER:=x}\n"
    spec = {"metadata": {"name": "k"}, "spec": {"path": folder, "targetNamespace": "apps"}}
    known = Variables({"COLOUR": value}, frozenset({"COLOUR"}), {"COLOUR": "Secret default/s"})
    try:
        flux_build(tree_of(files), folder, spec, variables=known, origins=origins)
    except FluxtuiError as problem:
        assert str(problem)
