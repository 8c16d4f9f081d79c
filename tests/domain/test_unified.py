"""The text of a diff reads back as both objects, and its heads point at where its lines stand."""

from __future__ import annotations

import copy
import re
from dataclasses import replace
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from fluxtui.domain.blocktext import block_text
from fluxtui.domain.masking import Masked, Masker
from fluxtui.domain.objectdiff import FieldChange, ObjectChange, diff_objects
from fluxtui.domain.objectid import ObjectId
from fluxtui.domain.unified import unified

MASKER = Masker(b"one session's random key")
WHOLE = 10_000
HEAD = re.compile(r"@@ -(\d+),(\d+) \+(\d+),(\d+) @@(?: (.*))?")


def config(**parts: Any) -> dict[str, Any]:
    meta = {"name": "web", "namespace": "shop"}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, **parts}


def change(before: dict[str, Any], after: dict[str, Any]) -> ObjectChange:
    (found,) = diff_objects([before], [after], MASKER)
    return found


def sides(lines: list[str]) -> tuple[list[str], list[str]]:
    body = [line for line in lines if not line.startswith("@@")]
    old = [line[1:] for line in body if line[0] in " -"]
    return old, [line[1:] for line in body if line[0] in " +"]


def loaded(lines: list[str]) -> Any:
    return yaml.safe_load("".join(f"{line}\n" for line in lines))


_LEAVES = st.sampled_from([1, 2, "a", "b", "x\ny\n", None, True])
_ITEMS = st.lists(
    st.builds(lambda n, v: {"name": n, "v": v}, st.sampled_from("abcd"), _LEAVES),
    max_size=4,
    unique_by=lambda item: str(item["name"]),
)
_PARTS = st.fixed_dictionaries(
    {},
    optional={
        "env": _ITEMS,
        "ports": _ITEMS,
        "args": st.lists(_LEAVES, max_size=4),
        "mixed": st.one_of(_LEAVES, _ITEMS, st.dictionaries(st.sampled_from("kl"), _LEAVES)),
        "data": st.dictionaries(st.sampled_from("abcdefgh"), _LEAVES),
    },
)


def by_name(value: Any) -> Any:
    """Lists whose order does not matter, in one order."""
    found = copy.deepcopy(value)
    for key in ("ports", "mixed"):
        items = found.get(key)
        if isinstance(items, list):
            found[key] = sorted(items, key=str)
    return found


@given(_PARTS, _PARTS)
def test_the_whole_text_reads_back_as_both_objects(left: dict[str, Any], right: Any) -> None:
    before, after = config(**left), config(**right)
    changes = diff_objects([before], [after], MASKER)
    assert bool(changes) == (by_name(before) != by_name(after))
    for found in changes:
        old, new = sides(unified(found, context=WHOLE))
        assert loaded(old) == before and by_name(loaded(new)) == by_name(after)


@given(_PARTS, _PARTS, st.integers(0, 3))
def test_every_head_points_at_its_lines(left: Any, right: Any, context: int) -> None:
    for found in diff_objects([config(**left)], [config(**right)], MASKER):
        old, new = sides(unified(found, context=WHOLE))
        at, was_to, now_to = 0, 0, 0
        lines = unified(found, context=context)
        while at < len(lines):
            head = HEAD.fullmatch(lines[at])
            assert head is not None
            was, was_size, now, now_size = (int(head[n]) for n in (1, 2, 3, 4))
            end = next((n for n in range(at + 1, len(lines)) if HEAD.match(lines[n])), len(lines))
            here = sides(lines[at + 1 : end])
            assert here == (
                old[was - 1 : was - 1 + was_size], new[now - 1 : now - 1 + now_size],
            )  # fmt: skip
            # What stands between two hunks is the same on both sides.
            assert old[was_to : was - 1] == new[now_to : now - 1]
            at, was_to, now_to = end, was - 1 + was_size, now - 1 + now_size
        assert old[was_to:] == new[now_to:]


def test_an_object_that_comes_or_goes_is_all_plus_or_all_minus() -> None:
    one = config(data={"a": "b"})
    (made,) = diff_objects([], [one], MASKER)
    (gone,) = diff_objects([one], [], MASKER)
    text = block_text(one).splitlines()
    assert unified(made)[1:] == [f"+{line}" for line in text]
    assert unified(gone)[1:] == [f"-{line}" for line in text]
    assert unified(made)[0] == f"@@ -1,0 +1,{len(text)} @@"


def test_the_order_that_counts_is_the_new_one_and_the_other_stays_the_old_one() -> None:
    items = [{"name": n, "v": 1} for n in "abc"]
    turned = [*reversed(items), {"name": "d", "v": 2}]
    before = config(env=items, ports=items)
    _old, new = sides(unified(change(before, config(env=turned, ports=turned)), context=WHOLE))
    assert [i["name"] for i in loaded(new)["env"]] == ["c", "b", "a", "d"]
    assert [i["name"] for i in loaded(new)["ports"]] == ["a", "b", "c", "d"]


def test_only_who_made_what_stands_in_a_hunk_is_named_at_its_head() -> None:
    far = {f"k{n}": n for n in range(9)}
    before = config(data={"a": "1", "b": "1"}, far=far, last="1", rest=far)
    after = config(data={"a": "2", "b": "2", "c": "3"}, far=far, last="2", rest=far)
    found = change(before, after)
    by = {"data.b": "patch 2", "data.c": "patch 1", "last": "patch 3"}
    named = replace(found, fields=tuple(replace(f, by=by.get(f.path, "")) for f in found.fields))
    heads = [HEAD.fullmatch(line) for line in unified(named) if line.startswith("@@")]
    assert [head and head[5] for head in heads] == ["patch 1, patch 2", "patch 3"]
    assert not any(head[5] for line in unified(found) if (head := HEAD.fullmatch(line)) is not None)


def test_who_takes_lines_away_is_named_where_they_stood() -> None:
    far = {f"k{n}": n for n in range(9)}
    before = config(data={"a": "1", "b": "1"}, far=far, last="1", more="1")
    after = config(data={"b": "1"}, far=far, more="1")
    found = change(before, after)
    by = {"data.a": "patch 1", "last": "patch 2"}
    named = replace(found, fields=tuple(replace(f, by=by.get(f.path, "")) for f in found.fields))
    heads = [HEAD.fullmatch(line) for line in unified(named, context=1) if line.startswith("@@")]
    assert [head and head[5] for head in heads] == ["patch 1", "patch 2"]


def secret(mark: str) -> Masked:
    return Masked("secret shop/login#password", mark)


@pytest.mark.parametrize(
    ("left", "right", "changed"),
    [
        (secret("1"), secret("2"), True),
        ([secret("1"), "x"], [secret("2"), "x"], True),
        ([{"name": "a", "v": secret("1")}], [{"name": "a", "v": secret("2")}], True),
        ({"k": secret("1")}, [secret("1")], True),
        ({"k": secret("1"), "o": 1}, {"k": secret("1"), "o": 2}, False),
        ([secret("1"), "x"], [secret("1"), "y"], False),
        ({"k": secret("1")}, {"k": "plain"}, False),
        ({"k": "plain"}, {"k": secret("1")}, True),
    ],
)
def test_a_secret_says_that_it_changed_only_where_it_may_have(
    left: Any, right: Any, changed: bool
) -> None:
    before, after = config(x=left), config(x=right)
    fields = (FieldChange("x", 1, 2),)
    whole = ObjectChange("changed", change(config(a=1), config(a=2)).id, fields)
    lines = unified(replace(whole, before=before, after=after), context=WHOLE)
    assert any(line.endswith(", changed") for line in lines) is changed
    assert not any(line.startswith("-") and line.endswith(", changed") for line in lines)


def test_lists_without_keys_are_marked_item_against_item() -> None:
    before = config(args=["a", secret("1"), "b", secret("3")])
    after = config(args=["a", secret("2"), "b", "c", secret("3")])
    whole = ObjectChange("changed", change(config(a=1), config(a=2)).id, before=before, after=after)
    old, new = sides(unified(whole, context=WHOLE))
    label = "secret shop/login#password"
    assert loaded(old)["args"] == ["a", label, "b", label]
    assert loaded(new)["args"] == ["a", f"{label}, changed", "b", "c", label]


def test_neighbours_that_are_both_others_are_each_marked_against_their_own() -> None:
    before = config(args=["a", "b", secret("1"), secret("2")])
    after = config(args=["a", "b", secret("3"), secret("4"), "c"])
    whole = ObjectChange("changed", change(config(a=1), config(a=2)).id, before=before, after=after)
    _old, new = sides(unified(whole, context=WHOLE))
    changed = "secret shop/login#password, changed"
    assert loaded(new)["args"] == ["a", "b", changed, changed, "c"]


def test_what_differs_from_the_first_line_on_is_shown_from_there() -> None:
    old = {f"a{n}": n for n in range(9)}
    new = {f"b{n}": n for n in range(9)}
    lines = unified(ObjectChange("changed", ObjectId("", "x", "", "X"), before=old, after=new))
    assert sides(lines) == (block_text(old).splitlines(), block_text(new).splitlines())
