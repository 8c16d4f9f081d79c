"""JSON patches that make little sense: where they fail, and what Go's reading lets through."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fluxtui.domain.errors import BuildError
from tests.kustomize.trees import field, names, rendered

SENSELESS: list[Any] = [
    {"op": "rename", "path": "/data/colour"},
    {"path": "/data/colour"},
    {"op": "add", "value": 1},
    {"op": "remove", "path": ""},
    {"op": "add", "path": "data", "value": {}},
    {"op": "move", "path": "/data/colour"},
    {"op": "copy", "from": 7, "path": "/data/colour"},
    None,
]


def patched(operations: list[Any], kind: str) -> Any:
    entry = {"patch": json.dumps(operations), "target": {"kind": kind}}
    return rendered(json.dumps({"resources": ["settings.yaml"], "patches": [entry]}))


@pytest.mark.parametrize("operation", SENSELESS)
def test_a_senseless_operation_fails_only_where_it_hits_an_object(operation: Any) -> None:
    assert names(patched([operation], "Secret")) == ["ConfigMap/settings"]
    with pytest.raises(BuildError, match=r"is not a path|needs a|unknown operation"):
        patched([operation], "ConfigMap")


LIST = {"op": "add", "path": "/data/list", "value": ["a", "b"]}
LOOSE: list[Any] = [
    pytest.param([{"op": "add", "path": "/data/list"}], None, id="no value is null"),
    pytest.param(
        [LIST, {"op": "replace", "path": "/data/list/+1", "value": "c"}], ["a", "c"], id="a plus"
    ),
    pytest.param(
        [LIST, {"op": "remove", "path": "/data/list/00", "from": 3}], ["b"], id="zeros, odd from"
    ),
]


@pytest.mark.parametrize(("operations", "expected"), LOOSE)
def test_operations_are_read_as_loosely_as_go_reads_them(operations: Any, expected: Any) -> None:
    assert field(patched(operations, "ConfigMap"), "ConfigMap/settings data.list") == expected


@pytest.mark.parametrize("path", ["/data/gone", "/gone", "/metadata/labels/app"])
def test_a_missing_key_cannot_be_removed(path: str) -> None:
    with pytest.raises(BuildError, match="remove"):
        patched([{"op": "remove", "path": path}], "ConfigMap")
