"""A review shows what really changes, nothing that does not, and never a Secret's value."""

import base64
import copy
import pickle
from dataclasses import replace
from typing import Any

import pytest

from fluxtui.domain.blocktext import block_lines, line_paths
from fluxtui.domain.masking import Masked, Masker, base_name
from fluxtui.domain.objectdiff import FieldChange, diff_objects, diff_values
from fluxtui.domain.unified import unified

MASKER = Masker(b"one session's random key")


def deployment(**spec: Any) -> dict[str, Any]:
    container = {
        "name": "app",
        "image": "app:1",
        "env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}],
        "ports": [{"containerPort": 80}, {"containerPort": 443}],
        "args": ["--a", "--b", "--c"],
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "shop", "annotations": {"a.b/c": "d"}},
        "spec": {"replicas": 1, "template": {"spec": {"containers": [container]}}, **spec},
    }


def secret(value: str, name: str = "login") -> dict[str, Any]:
    data = {"password": base64.b64encode(value.encode()).decode(), "user": "bWU="}
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "namespace": "shop"},
        "data": data,
    }


def changes(before: dict[str, Any], after: dict[str, Any]) -> list[FieldChange]:
    return [f for change in diff_objects([before], [after], MASKER) for f in change.fields]


def test_an_equal_object_is_no_change() -> None:
    assert diff_objects([deployment()], [copy.deepcopy(deployment())], MASKER) == ()


def test_a_field_is_named_by_its_path_with_list_items_by_name() -> None:
    after = deployment(replicas=3)
    container = after["spec"]["template"]["spec"]["containers"][0]
    container["image"] = "app:2"
    container["env"][1]["value"] = "3"
    after["metadata"]["annotations"]["a.b/c"] = "e"
    at = "spec.template.spec.containers[name=app]"
    assert changes(deployment(), after) == [
        FieldChange('metadata.annotations["a.b/c"]', "d", "e"),
        FieldChange("spec.replicas", 1, 3),
        FieldChange(f"{at}.image", "app:1", "app:2"),
        FieldChange(f"{at}.env[name=B].value", "2", "3"),
    ]


def test_order_counts_only_where_it_does_for_kubernetes() -> None:
    after = deployment()
    container = after["spec"]["template"]["spec"]["containers"][0]
    container["ports"].reverse()
    assert changes(deployment(), after) == []
    container["env"].reverse()  # $(A) in B works in one order only
    assert changes(deployment(), after) == [
        FieldChange("spec.template.spec.containers[name=app].env (order)", "A, B", "B, A")
    ]


def test_an_inserted_argument_does_not_make_all_that_follow_differ() -> None:
    after = deployment()
    after["spec"]["template"]["spec"]["containers"][0]["args"].insert(1, "--new")
    (change,) = changes(deployment(), after)
    assert (change.path.rpartition(".")[2], change.before, change.after, change.kind) == (
        "args[1]",
        None,
        "--new",
        "added",
    )


def test_true_is_not_one_and_a_set_has_no_order() -> None:
    assert list(diff_values({"a": True}, {"a": 1})) == [FieldChange("a", True, 1)]
    assert list(diff_values({"verbs": ["get", "list"]}, {"verbs": ["list", "get"]})) == []
    assert list(diff_values({"verbs": ["get"]}, {"verbs": ["list"]})) == [
        FieldChange("verbs[get]", "get", None, "removed"),
        FieldChange("verbs[list]", None, "list", "added"),
    ]


def test_added_and_removed_objects_come_in_the_order_of_applying() -> None:
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}
    found = diff_objects([secret("a")], [deployment(), namespace], MASKER)
    assert [(c.kind, str(c.id)) for c in found] == [
        ("added", "Namespace/shop"),
        ("removed", "Secret/shop/login"),
        ("added", "Deployment/shop/web"),
    ]


def test_a_generated_config_map_is_followed_through_its_hash() -> None:
    def config(name: str, value: str) -> dict[str, Any]:
        return {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": name, "namespace": "shop"},
            "data": {"LOG": value},
        }

    (change,) = diff_objects(
        [config("env-2c4d6f8g9h", "info")], [config("env-5b7m9k2t4h", "debug")], MASKER
    )
    assert (change.kind, change.was, change.id.name) == (
        "changed",
        "env-2c4d6f8g9h",
        "env-5b7m9k2t4h",
    )
    assert FieldChange("data.LOG", "info", "debug") in change.fields
    assert base_name("env-production") == "env-production"


def test_secret_values_are_compared_and_never_shown() -> None:
    before, after = secret("hunter2"), secret("correct horse")
    assert changes(before, after) == [
        FieldChange(
            "data.password", "secret shop/login#password", "secret shop/login#password, changed"
        )
    ]
    (change,) = diff_objects([before], [after], MASKER)
    text = "\n".join(unified(change))
    assert "-  password: secret shop/login#password" in text
    assert "+  password: secret shop/login#password, changed" in text
    for leaked in (repr(change), text, repr(pickle.dumps(change))):
        for value in ("hunter2", "correct horse", before["data"]["password"]):
            assert value not in leaked


def test_a_secret_that_was_substituted_into_any_field_is_told_apart_unseen() -> None:
    def with_password(value: str) -> dict[str, Any]:
        return deployment(password=MASKER.scalar(value, "secret shop/login#password"))

    assert changes(with_password("a"), with_password("a")) == []
    label = "secret shop/login#password"
    assert changes(with_password("a"), with_password("b")) == [
        FieldChange("spec.password", label, f"{label}, changed")
    ]


def test_string_data_counts_as_data_and_an_unhashed_copy_is_dropped() -> None:
    plain = secret("hunter2")
    plain["stringData"] = {"password": "hunter2"}
    del plain["data"]["password"]
    plain["metadata"]["annotations"] = {
        "kubectl.kubernetes.io/last-applied-configuration": "hunter2"
    }
    masked = MASKER.mask(plain)
    assert "hunter2" not in repr(masked)
    assert masked["data"]["password"] == MASKER.mask(secret("hunter2"))["data"]["password"]


def test_marks_of_two_sessions_cannot_be_compared() -> None:
    other = Masker(b"another session's random key")
    assert MASKER.scalar("x", "l") == MASKER.scalar("x", "l") != other.scalar("x", "l")
    assert isinstance(MASKER.scalar("x", "l"), Masked)
    with pytest.raises(ValueError, match="16 bytes"):
        Masker(b"short")


def test_the_text_of_a_change_has_only_what_surrounds_it() -> None:
    before: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "big", "namespace": "shop"},
        "data": {f"key-{i:03}": "a" for i in range(300)},
    }
    after = copy.deepcopy(before)
    after["data"]["key-150"] = "b"
    (change,) = diff_objects([before], [after], MASKER)
    assert unified(change, context=1) == [
        "@@ -156,3 +156,3 @@",
        "   key-149: a",
        "-  key-150: a",
        "+  key-150: b",
        "   key-151: a",
    ]


def test_each_hunk_names_who_made_it_where_that_is_known() -> None:
    after = deployment(replicas=3)
    container = after["spec"]["template"]["spec"]["containers"][0]
    container["image"] = "app:2"
    container["args"].append("--d")
    del after["metadata"]["annotations"]
    (change,) = diff_objects([deployment()], [after], MASKER)
    by = {"spec.replicas": "patch 1", "metadata.annotations": "patch 2"}
    fields = tuple(replace(f, by=by.get(f.path, "")) for f in change.fields)
    heads = [ln for ln in unified(replace(change, fields=fields), context=0) if ln[0] == "@"]
    assert [head.partition(" @@")[2].strip() for head in heads] == [
        "patch 2",
        "patch 1",
        "",
        "",
    ]


def test_lines_of_a_text_know_their_paths() -> None:
    value = {"a": [{"b": 1, "c": [2, "x\ny"]}, 3], "d": {}, "e": "1\n2\n"}
    lines, paths = list(block_lines(value)), list(line_paths(value))
    assert len(lines) == len(paths)
    assert dict(zip(paths, lines, strict=False))["a", 0, "b"] == "- b: 1"
    assert paths[lines.index("  2")] == ("e",)


def test_secrets_in_a_list_without_keys_are_told_apart() -> None:
    one, two = (Masked("secret a/b#c", mark) for mark in ("1", "2"))
    before, after = ({**deployment(), "x": [secret, "y"]} for secret in (one, two))
    (change,) = diff_objects([before], [after], MASKER)
    lines = [ln for ln in unified(change) if ln[0] in "+-"]
    assert lines == ["-- secret a/b#c", "+- secret a/b#c, changed"]
    shape = {**deployment(), "x": {"k": two}}
    (change,) = diff_objects([before], [shape], MASKER)
    assert "changed" in "".join(unified(change)) or change.fields[0].after != {"k": "secret a/b#c"}


def config(name: str = "env", kind: str = "ConfigMap", api: str = "v1", **more: Any) -> Any:
    meta = {"name": name, "namespace": "shop", **more.pop("meta", {})}
    return {"apiVersion": api, "kind": kind, "metadata": meta, **more}


def paths(before: Any, after: Any, root: str = "") -> list[tuple[str, Any, Any, str]]:
    found = diff_values(before, after, root)
    return [(f.path, f.before, f.after, f.kind) for f in found]


def test_true_in_the_place_of_one_is_a_change_of_the_object_too() -> None:
    (change,) = diff_objects([config(x=1)], [config(x=True)], MASKER)
    assert [(f.path, f.before, f.after) for f in change.fields] == [("x", 1, True)]
    assert change.was == ""


def test_a_time_of_creation_that_is_null_is_no_field() -> None:
    nothing, something = {"creationTimestamp": None}, {"creationTimestamp": "now"}
    assert diff_objects([config(meta=nothing, x=1)], [config(x=1)], MASKER) == ()
    (change,) = diff_objects([config(meta=something)], [config()], MASKER)
    assert [f.path for f in change.fields] == ["metadata.creationTimestamp"]
    (other,) = diff_objects([config(meta={**nothing, "a": 1})], [config(meta=nothing)], MASKER)
    assert [f.path for f in other.fields] == ["metadata.a"]
    assert list(diff_values({"metadata": "x"}, {"metadata": "x"})) == []


HASHES = ("2c4d6f8g9h", "5b7m9k2t4h", "7m9k2t4h5b")


def test_only_one_old_and_one_new_generated_object_are_one() -> None:
    def kinds(before: list[Any], after: list[Any]) -> list[tuple[str, str]]:
        return [(c.kind, c.was) for c in diff_objects(before, after, MASKER)]

    one, two, three = (config(f"env-{h}", x=h) for h in HASHES)
    assert kinds([one], [two]) == [("changed", one["metadata"]["name"])]
    assert sorted(kinds([one, two], [three])) == [("added", ""), ("removed", ""), ("removed", "")]
    assert sorted(kinds([one], [two, three])) == [("added", ""), ("added", ""), ("removed", "")]
    for kind, api in (("Widget", "v1"), ("ConfigMap", "example.com/v1")):
        old, new = (config(f"env-{h}", kind, api) for h in HASHES[:2])
        assert sorted(kinds([old], [new])) == [("added", ""), ("removed", "")]
    old, new = (config(f"login-{h}", "Secret") for h in HASHES[:2])
    assert kinds([old], [new]) == [("changed", old["metadata"]["name"])]


def test_a_value_of_another_shape_is_one_change() -> None:
    assert paths({"a": [1]}, {"a": {"b": 1}}) == [("a", [1], {"b": 1}, "changed")]
    assert paths({"a": "x"}, {"a": ["x"]}) == [("a", "x", ["x"], "changed")]
    hidden = Masked("secret a/b#c", "1")
    assert paths({"a": {"k": hidden}}, {"a": "x"}) == [
        ("a", {"k": "secret a/b#c"}, "x", "changed")
    ]  # fmt: skip
    assert paths({"a": hidden}, {"a": "secret a/b#c"}) == [
        ("a", "secret a/b#c", "secret a/b#c", "changed")
    ]
    assert paths({"a": "x"}, {"a": {"k": hidden}}) == [
        ("a", "x", {"k": "secret a/b#c"}, "changed")
    ]  # fmt: skip
    other = Masked("secret a/b#d", "2")
    assert paths({"a": hidden}, {"a": other})[0][2] == "secret a/b#d, changed"


def test_items_are_told_apart_by_what_tells_all_of_them_apart() -> None:
    def ports(*pairs: tuple[int, str]) -> list[dict[str, Any]]:
        return [{"port": p, **({"protocol": r} if r else {})} for p, r in pairs]

    mixed = ports((80, "UDP"), (80, ""))
    assert paths(mixed, ports((80, "TCP"), (80, "UDP")), "ports") == [
        ("ports[port=80].protocol", None, "TCP", "added")
    ]
    twice = [{"name": "a", "ip": "1"}, {"name": "a", "ip": "2"}]
    assert paths(twice, twice[::-1], "hosts") == [], "by ip, for the name is not enough"
    assert paths(twice[:1], twice, "hosts") == [("hosts[ip=2]", None, twice[1], "added")]
    nested = [{"name": {"x": 1}}, {"name": {"x": 2}}]
    assert len(paths(nested, nested[::-1], "odd")) == 2, "a name that is no text names nothing"
    half = [{"name": "a"}, {"value": "b"}]
    assert paths(half, [{"name": "a"}, {"value": "c"}], "half") == [
        ("half[1].value", "b", "c", "changed")
    ]
    assert paths([{"name": "a"}, "b"], [{"name": "a"}, "c"], "mixed") == [
        ("mixed[1]", "b", "c", "changed")
    ]
    assert paths([], ["a"], "new") == [("new[0]", None, "a", "added")]


def test_only_a_set_of_plain_values_has_no_order() -> None:
    assert paths(["a", ["b"]], [["b"], "a"], "verbs") != []
    assert paths([["b"]], ["b"], "verbs") == [("verbs[0]", ["b"], "b", "changed")]
    assert paths(["b"], [["b"]], "verbs") == [("verbs[0]", "b", ["b"], "changed")]
    assert paths(["a", "b"], ["b", "a"], "args") != []


def test_in_a_list_whose_place_counts_each_change_stands_where_it_is() -> None:
    assert paths(list("abcde"), list("axyde"), "x") == [
        ("x[1]", "b", "x", "changed"), ("x[2]", "c", "y", "changed"),
    ]  # fmt: skip
    assert paths(list("abcde"), list("axe"), "x") == [
        ("x[1]", "b", "x", "changed"), ("x[2]", "c", None, "removed"),
        ("x[3]", "d", None, "removed"),
    ]  # fmt: skip
    assert paths(list("abe"), list("axyze"), "x") == [
        ("x[1]", "b", "x", "changed"), ("x[2]", None, "y", "added"), ("x[3]", None, "z", "added"),
    ]  # fmt: skip
    assert paths([0, "b", "c"], ["n", 0, "b", "d"], "x") == [
        ("x[0]", None, "n", "added"), ("x[3]", "c", "d", "changed"),
    ]  # fmt: skip
    assert paths([{"a": 1, "b": 2}], [{"b": 2, "a": 1}], "x") == []
    places = [f.at for f in diff_values([0, "b"], ["n", 0, "c"], "x", ("x",))]
    assert places == [("x", 0), ("x", 2)]
    many = [str(n % 3) for n in range(400)]
    assert paths(many, [*many[:200], "new", *many[200:]], "x") == [("x[200]", None, "new", "added")]
