"""What a review reads out of a cluster is what a real API says: keys out of metadata alone, and
which objects a schema takes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from fluxtui.domain.heldkeys import held_keys
from fluxtui.domain.review.validity import faults
from tests.contract.reads import ask
from tests.contract.server import Server
from tests.contract.test_writes_crd_schema import PROPERTIES, Kind
from tests.contract.writing import warnings_of
from tests.world.apiserver.client import Client

METADATA = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"


@pytest.mark.parametrize("plural", ["configmaps", "secrets"])
def test_keys_stand_in_the_metadata_and_no_value_is_sent(api: Client, ns: str, plural: str) -> None:
    path = f"/api/v1/namespaces/{ns}/{plural}"
    value = "Y2FuYXJ5LTc3"
    api.post(path, {"metadata": {"name": "db"}, "data": {"user": value}}).ok()
    api.patch(f"{path}/db", {"data": {"tls.crt": value}}).ok()
    answer = ask(api, f"{path}/db", headers={"Accept": METADATA})
    assert value not in json.dumps(answer.json)
    assert held_keys(answer.json["metadata"]) == ("tls.crt", "user")
    api.patch(f"{path}/db", {"data": {"user": None}}).ok()
    again = ask(api, f"{path}/db", headers={"Accept": METADATA})
    assert held_keys(again.json["metadata"]) == ("tls.crt",)


@pytest.fixture(scope="module")
def kind(server: Server) -> Iterator[Kind]:
    made = Kind(server)
    yield made
    made.client.close()


@pytest.mark.parametrize(
    "spec",
    [
        {},
        {"s": "ab"},
        {"s": "a"},
        {"s": "abcde"},
        {"s": "A1"},
        {"s": 1},
        {"s": None},
        {"needy": None},
        {"needy": {"x": "a", "y": None}},
        {"i": 3},
        {"i": 3.5},
        {"i": 0},
        {"i": 10},
        {"i": "3"},
        {"n": 0.5},
        {"n": 0.4},
        {"flag": "true"},
        {"e": "b"},
        {"e": "c"},
        {"nullable": None},
        {"default": None},
        {"nulldefault": None},
        {"list": [{}]},
        {"list": [1]},
        {"list": {}},
        {"either": "50%"},
        {"either": 1},
        {"either": []},
        {"keyed": [{"k": "a"}]},
        {"keyed": [{"v": 1}]},
        {"free": {"a": [1]}},
        {"mixed": {"a": "1"}},
        {"needy": {"x": "a"}},
        {"needy": {"x": "a", "y": "b"}},
    ],
    ids=str,
)
def test_an_object_has_a_fault_where_the_api_refuses_it(kind: Kind, spec: Any) -> None:
    schema = {
        "type": "object",
        "properties": {"spec": {"type": "object", "properties": PROPERTIES}},
    }
    found = list(faults(schema, {"spec": spec}))
    answer = kind.create(spec)
    assert (answer.status < 300) == (found == []), (found, answer.json)


def test_a_field_that_no_schema_names_is_dropped_by_both(kind: Kind) -> None:
    schema = {
        "type": "object",
        "properties": {"spec": {"type": "object", "properties": PROPERTIES}},
    }
    spec = {"zeta": 1, "list": [{"foo": 1}], "mixed": {"z": 1}}
    found = sorted(faults(schema, {"spec": spec}))
    assert found == ["spec.list[0].foo: is dropped", "spec.zeta: is dropped"]
    assert warnings_of(kind.create(spec)) == [
        'unknown field "spec.list[0].foo"',
        'unknown field "spec.zeta"',
    ]
