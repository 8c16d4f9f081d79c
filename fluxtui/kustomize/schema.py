"""What is known of Kubernetes types: merge keys of lists, and which kinds live outside namespaces.

Data, not code: `data/schema.json` is derived from the public OpenAPI document that kustomize builds
with; a cluster's or a bundle's own OpenAPI document can extend it (`Schema.extend`). Nothing here
validates objects.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from fluxtui.domain.errors import BuildError

_ATOMIC: Final = -1
_DEEPEST: Final = 50


Definition = Mapping[str, "int | tuple[int, tuple[str, ...]]"]


@dataclass(slots=True)
class Schema:
    """Types by `apiVersion/kind`; definitions by index.

    A definition maps a field to what a merge needs there: the index of an object's definition, or
    (index of the elements' definition or -1, merge keys) for a list merged by key; an empty tuple
    of keys means a list of scalars merged as a set. Fields without either are replaced whole.
    """

    types: dict[str, int]
    definitions: list[Definition]
    cluster: set[str]
    namespaced: frozenset[str] = frozenset()
    settled: bool = False

    def definition_of(self, api_version: str, kind: str) -> int:
        """Index of the definition of a type, -1 when it is not known."""
        return self.types.get(f"{api_version}/{kind}", _ATOMIC)

    def is_cluster_scoped(self, api_version: str, kind: str) -> bool:
        """Certainly outside namespaces (unknown kinds are taken to be namespaced)."""
        return f"{api_version}/{kind}" in self.cluster

    def fork(self) -> Schema:
        """A copy for one build, which may extend it."""
        return Schema(dict(self.types), list(self.definitions), set(self.cluster), self.namespaced)

    def extend(self, document: Mapping[str, Any]) -> None:
        """Adds the definitions of an OpenAPI v2 document; its own types win.

        As kustomize's `openapi.path` does. Raises BuildError when the document has another shape.
        """
        self.settled = True
        definitions = _dict(document.get("definitions"), "definitions")
        names = {name: i + len(self.definitions) for i, name in enumerate(definitions)}
        start = len(self.definitions)
        self.definitions.extend({} for _ in definitions)
        for index, (name, body) in enumerate(definitions.items()):
            where = f"definitions.{name}"
            self.definitions[start + index] = self._definition(_dict(body, where), names, 0)
            for gvk in _list(body, "x-kubernetes-group-version-kind"):
                self.types[_type_name(_dict(gvk, where))] = names[name]
        for path, methods in _dict(document.get("paths"), "paths").items():
            for method in _dict(methods, f"paths.{path}").values():
                if isinstance(method, dict):
                    self._scope(path, method.get("x-kubernetes-group-version-kind"))

    def _scope(self, path: str, gvk: Any) -> None:
        """What an API path says about whether a type lives in namespaces."""
        if not isinstance(gvk, dict):
            return
        if "namespaces/{namespace}" in path:
            self.cluster.discard(_type_name(gvk))
        elif path.endswith("/{name}"):
            self.cluster.add(_type_name(gvk))

    def _definition(
        self, body: Mapping[str, Any], names: Mapping[str, int], deep: int
    ) -> Definition:
        """What a merge needs of one schema; those written in place get one of their own."""
        result: dict[str, int | tuple[int, tuple[str, ...]]] = {}
        for name, prop in _dict(body.get("properties"), "properties").items():
            prop = _dict(prop, name)
            strategy = str(prop.get("x-kubernetes-patch-strategy", ""))
            if prop.get("type") == "array" and "merge" in strategy.split(","):
                keys = _list(prop, "x-kubernetes-list-map-keys")
                key = prop.get("x-kubernetes-patch-merge-key")
                merge_keys = tuple(map(str, keys)) if keys else (str(key),) if key else ()
                items = self._target(_dict(prop.get("items"), "items"), names, deep)
                result[name] = (items, merge_keys)
            elif (target := self._target(prop, names, deep)) != _ATOMIC:
                result[name] = target
        return result

    def _target(self, prop: Mapping[str, Any], names: Mapping[str, int], deep: int) -> int:
        known_index = names.get(str(prop.get("$ref", "")).rpartition("/")[2], _ATOMIC)
        if known_index != _ATOMIC or not prop.get("properties") or deep > _DEEPEST:
            return known_index
        self.definitions.append({})
        index = len(self.definitions) - 1
        self.definitions[index] = self._definition(prop, names, deep + 1)
        return index


def _dict(value: Any, where: str) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise BuildError("an OpenAPI document has a mapping here", field=where)
    return value


def _list(holder: Mapping[str, Any], name: str) -> list[Any]:
    value = holder.get(name)
    if not isinstance(value, list | None):
        raise BuildError("an OpenAPI document has a list here", field=name)
    return value or []


def _type_name(gvk: Mapping[str, Any]) -> str:
    group, version = gvk.get("group") or "", gvk.get("version") or ""
    return f"{group}/{version}/{gvk.get('kind')}" if group else f"{version}/{gvk.get('kind')}"


@cache
def builtin() -> Schema:
    """The schema that comes with the renderer."""
    text = Path(__file__).with_name("data").joinpath("schema.json").read_text("utf-8")
    data = json.loads(text)
    definitions: list[Definition] = [
        {
            name: value if isinstance(value, int) else (value[0], tuple(value[1]))
            for name, value in fields.items()
        }
        for fields in data["defs"]
    ]
    return Schema(data["types"], definitions, set(data["cluster"]), frozenset(data["namespaced"]))


@cache
def _scopes() -> Mapping[tuple[str, str], bool]:
    kinds = builtin()
    scopes: dict[tuple[str, str], bool] = {}
    for types, outside in ((kinds.namespaced, False), (kinds.cluster, True)):
        for name in types:
            api_version, _, kind = name.rpartition("/")
            scopes[api_version.rpartition("/")[0], kind] = outside
    return scopes


def is_cluster_scoped(group: str, kind: str) -> bool | None:
    """Whether a built-in kind lives outside namespaces; None when the kind is not known."""
    return _scopes().get((group, kind))
