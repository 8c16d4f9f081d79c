"""Which keys a ConfigMap or Secret has is read out of its metadata, where somebody says so."""

from __future__ import annotations

from typing import Any

from fluxtui.domain.heldkeys import held_keys


def managed(*fields: dict[str, Any]) -> dict[str, Any]:
    return {"managedFields": [{"manager": "m", "fieldsV1": one} for one in fields]}


def test_keys_of_all_managers_are_its_keys() -> None:
    applied: dict[str, Any] = {"f:data": {".": {}, "f:user": {}, "f:tls.crt": {}}, "f:type": {}}
    other: dict[str, Any] = {"f:data": {"f:pass": {}}, "f:binaryData": {"f:blob": {}}}
    assert held_keys(managed(applied, other)) == ("blob", "pass", "tls.crt", "user")


def test_an_object_without_data_has_none_and_one_without_managers_says_nothing() -> None:
    assert held_keys(managed({"f:type": {}})) == ()
    assert held_keys({"name": "db"}) is None
    assert held_keys({"managedFields": []}) is None
    assert held_keys({"managedFields": [{"manager": "m"}]}) is None
    assert held_keys({"managedFields": ["odd"]}) is None
