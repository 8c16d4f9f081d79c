"""A secret value is never shown and still compared."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from fluxtui.domain.masking import Masker, base_name

KEY = b"0123456789abcdef"
MASKER = Masker(KEY)


def secret(**parts: Any) -> dict[str, Any]:
    meta = {"name": "login-2456789bcd", "namespace": "shop"}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": meta, **parts}


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def marks(obj: dict[str, Any]) -> dict[str, str]:
    return {key: value.mark for key, value in MASKER.mask(obj)["data"].items()}


def test_a_value_is_called_by_its_place_and_equal_only_to_itself() -> None:
    masked = MASKER.mask(secret(data={"password": encoded("hunter2"), "x": encoded("y")}))
    assert str(masked["data"]["password"]) == "secret shop/login#password"
    assert "hunter2" not in repr(masked) and encoded("hunter2") not in repr(masked)
    one = marks(secret(data={"a": encoded("hunter2"), "b": encoded("hunter3")}))
    assert one["a"] != one["b"]
    assert marks(secret(stringData={"a": "hunter2"}))["a"] == one["a"]
    both = secret(data={"a": encoded("old")}, stringData={"a": "hunter2"})
    assert marks(both)["a"] == one["a"], "as the API folds them"
    assert MASKER.scalar(b"hunter2", "x").mark == MASKER.scalar("hunter2", "y").mark == one["a"]
    assert MASKER.scalar(7, "x").mark == MASKER.scalar("7", "x").mark


def test_what_is_no_base64_is_compared_as_it_stands() -> None:
    odd = marks(secret(data={"a": "no base 64!", "b": "no base 65!", "c": 7}))
    assert len(set(odd.values())) == 3
    assert odd["a"] == MASKER.scalar("no base 64!", "").mark
    spaced = marks(secret(data={"a": "aHVu dGVyMg=="}))
    assert spaced["a"] == MASKER.scalar("aHVu dGVyMg==", "").mark


def test_only_secrets_of_the_core_group_are_masked() -> None:
    for other in (
        {"apiVersion": "v1", "kind": "ConfigMap", "data": {"a": "b"}},
        {"apiVersion": "example.com/v1", "kind": "Secret", "data": {"a": "b"}},
        {"kind": "ConfigMap"},
    ):
        assert MASKER.mask(other) is other
    for bare in ({"kind": "Secret"}, {"apiVersion": None, "kind": "Secret", "metadata": None}):
        assert MASKER.mask({**bare, "data": "odd"})["data"] == {}
    nameless = {"kind": "Secret", "metadata": {"name": None}, "data": {"a": "b"}}
    assert str(MASKER.mask(nameless)["data"]["a"]) == "secret /#a"


def test_the_copy_that_kubectl_keeps_is_dropped_and_other_notes_stay() -> None:
    copy = "kubectl.kubernetes.io/last-applied-configuration"
    noted = secret(data={})
    noted["metadata"]["annotations"] = {copy: "hunter2", "a": "b"}
    masked = MASKER.mask(noted)
    assert masked["metadata"]["annotations"] == {"a": "b"}
    assert copy in noted["metadata"]["annotations"], "the object itself is left alone"
    assert "annotations" not in MASKER.mask(secret())["metadata"]


def test_a_key_that_could_be_guessed_is_refused_and_none_is_shown() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        Masker(KEY[:15])
    assert "0123" not in repr(MASKER)
    other = Masker(KEY[::-1]).scalar("hunter2", "")
    assert other.mark != MASKER.scalar("hunter2", "").mark


def test_a_generated_name_is_told_from_its_hash() -> None:
    assert base_name("login-2456789bcd") == "login"
    assert base_name("login-a456789bcd") == "login-a456789bcd", "not of its alphabet"
    assert base_name("login") == "login"
