"""Lists are compared by what tells their items apart, by their places where nothing does."""

from __future__ import annotations

from typing import Any

import pytest

from fluxtui.domain.masking import Masker
from fluxtui.domain.objectdiff import diff_objects, diff_values, merge_keys, shown

MASKER = Masker(b"a session of this test")


def changes(before: Any, after: Any, path: str = "") -> list[tuple[str, Any, Any]]:
    return [(c.path, c.before, c.after) for c in diff_values(before, after, path)]


@pytest.mark.parametrize(
    ("before", "after", "keys"),
    [
        ([], [], ()),
        ([{"name": "a"}], [], ("name",)),
        ([{"name": "a"}, {"name": "b"}], [{"name": "a"}], ("name",)),
        ([{"name": "a"}, {"name": "a"}], [], ()),
        ([], [{"name": "a"}, {"name": "a"}], ()),
        ([{"name": "a"}, "text"], [], ()),
        ([{"name": "a"}, "a text with a name in it"], [], ()),
        ([{"name": "a"}, {"x": "b"}], [], ()),
        ([{"name": {"deep": 1}}], [], ()),
    ],
)
def test_items_have_keys_where_all_have_and_each_is_another(
    before: list[Any], after: list[Any], keys: tuple[str, ...]
) -> None:
    assert merge_keys(before, after) == keys


def test_two_protocols_of_one_port_are_two_items() -> None:
    ports = [{"port": 80, "protocol": "TCP"}, {"port": 80, "protocol": "UDP"}]
    silent = [{"port": 80}, {"port": 80, "protocol": "UDP"}]
    assert merge_keys(ports, silent) != ()
    assert changes({"ports": silent}, {"ports": ports}) == [
        ("ports[port=80].protocol", None, "TCP")
    ]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (["a", "b"], ["a", "c"], [("args[1]", "b", "c")]),
        (["a", "b"], ["a"], [("args[1]", "b", None)]),
        (["a"], ["x", "a"], [("args[0]", None, "x")]),
        (["a", "b", "c"], ["x"], [("args[0]", "a", "x"), ("args[1]", "b", None),
                                  ("args[2]", "c", None)]),
        ([1], [True], [("args[0]", 1, True)]),
        ([["a"]], [["b"]], [("args[0][0]", "a", "b")]),
    ],
)  # fmt: skip
def test_where_the_place_counts_each_change_is_told_at_its_place(
    before: list[Any], after: list[Any], told: list[Any]
) -> None:
    assert changes({"args": before}, {"args": after}) == told


def test_what_is_changed_in_a_list_is_found_where_it_stands_now() -> None:
    found = diff_values({"args": ["a", "b", "c", "d"]}, {"args": ["a", "new", "x", "y", "d"]})
    assert [change.at for change in found] == [("args", 1), ("args", 2), ("args", 3)]


def test_an_order_is_told_of_what_was_there_before_and_after() -> None:
    first = [{"name": "a"}, {"name": "b"}, {"name": "c"}]
    turned = [{"name": "c"}, {"name": "a"}, {"name": "new"}]
    found = changes({"initContainers": first}, {"initContainers": turned})
    assert ("initContainers (order)", "a, c", "c, a") in found
    assert ("initContainers[name=b]", {"name": "b"}, None) in found
    same = changes({"initContainers": first}, {"initContainers": [*first, {"name": "d"}]})
    assert [path for path, *_ in same] == ["initContainers[name=d]"]


@pytest.mark.parametrize(
    ("key", "path"),
    [("a", "a"), ("a_b-c", "a_b-c"), ("a.b/c", '["a.b/c"]'), ("", '[""]'), ("ä", "ä")],
)
def test_a_name_that_is_no_word_is_quoted(key: str, path: str) -> None:
    assert changes({}, {key: 1}) == [(path, None, 1)]
    assert changes({"x": {}}, {"x": {key: 1}})[0][0] == (
        f"x{path}" if path.startswith("[") else f"x.{path}"
    )


def obj(**more: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, **more}


def test_a_null_time_of_creation_is_nothing_and_a_true_one_is() -> None:
    bare, null = obj(), obj(metadata={"name": "c", "creationTimestamp": None})
    assert diff_objects([bare], [null], MASKER) == ()
    dated = obj(metadata={"name": "c", "creationTimestamp": "monday"})
    assert len(diff_objects([bare], [dated], MASKER)) == 1
    odd = obj(metadata="no mapping")
    assert diff_objects([], [], MASKER) == () and odd


def test_an_object_under_another_name_that_says_the_same_is_a_change_all_the_same() -> None:
    old, new = (obj(metadata={"name": f"c-{end}"}) for end in ("6ct58987ht", "2btm7mkbhk"))
    (change,) = diff_objects([old], [new], MASKER)
    assert (change.kind, change.was) == ("changed", "c-6ct58987ht")
    assert [field.path for field in change.fields] == ["metadata.name"]


def test_a_secret_of_another_shape_says_that_it_changed() -> None:
    one = MASKER.scalar("a", "secret s#k")
    both = [(c.before, c.after) for c in diff_values(one, MASKER.scalar("b", "secret s#k"))]
    assert both == [("secret s#k", "secret s#k, changed")]
    assert list(diff_values(one, MASKER.scalar("a", "secret s#k"))) == []
    nested = {"x": [one]}
    assert shown(nested) == {"x": ["secret s#k"]}
    assert shown(nested, True) == {"x": ["secret s#k, changed"]}
    assert [(c.before, c.after) for c in diff_values([one], {"x": one})] == [
        (["secret s#k"], {"x": "secret s#k"})
    ]
