"""What is printed for programs is held against its schema, by one validator for every verb."""

from __future__ import annotations

import functools
import json
import re
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

FOLDER = Path(__file__).parents[2] / "docs" / "schemas"
CAMEL = re.compile(r"[a-z][a-zA-Z0-9]*")
# Below these stands JSON that is not ours: objects of a cluster, patches, values of fields.
FOREIGN = frozenset({"patch", "manifest", "before", "after"})


@functools.cache
def validators() -> dict[str, Draft202012Validator]:
    """By the document's `kind`."""
    bodies = [json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))]
    registry: Registry[Any] = Registry().with_resources(
        (body["$id"], Resource.from_contents(body)) for body in bodies
    )
    for body in bodies:
        Draft202012Validator.check_schema(body)
    return {
        body["title"]: Draft202012Validator(body, registry=registry)
        for body in bodies
        if "properties" in body
    }


def checked(text: str, kind: str) -> Any:
    """The document, when it is one of that kind, as its schema says."""
    document = json.loads(text)
    assert document["kind"] == kind, document
    validators()[kind].validate(document)
    names_are_ours(document)
    return document


def names_are_ours(value: Any, path: str = "") -> None:
    """camelCase everywhere, and no null without its reason, nor a reason without its null."""
    if isinstance(value, list):
        for number, item in enumerate(value):
            names_are_ours(item, f"{path}[{number}]")
    if not isinstance(value, dict):
        return
    for name, item in value.items():
        assert CAMEL.fullmatch(name), f"{path}.{name}"
        if item is None and name not in FOREIGN:
            assert value.get(f"{name}Reason"), f"{path}.{name} is null and nobody says why"
        if name.endswith("Reason"):
            assert value[name.removesuffix("Reason")] is None, f"{path}.{name}"
        if name not in FOREIGN and not (name == "object" and "kind" not in item):
            names_are_ours(item, f"{path}.{name}")
