"""`buildMetadata:`: annotations that say where objects came from and what changed them.

The text is YAML as Go writes it, because others compare it. Kept beside the objects until the end.
Rule source: kustomize's resource.Origin.
"""

from __future__ import annotations

from typing import Any, Final

from fluxtui.kustomize.resource import BuildResource
from fluxtui.kustomize.writer import needs_quotes

ORIGIN: Final = "config.kubernetes.io/origin"
TRANSFORMATIONS: Final = "alpha.config.kubernetes.io/transformations"
LOCAL: Final = "config.kubernetes.io/local-config"


def add_origin(resource: BuildResource, origin: dict[str, Any] | None) -> None:
    """Sets the origin of an object that has none."""
    if resource.origin is None and origin is not None:
        resource.origin = origin


def add_transformation(resource: BuildResource, origin: dict[str, Any]) -> None:
    """Notes one transformer; the first note of an object without origin becomes its origin."""
    if resource.origin is None:
        resource.origin = origin
    else:
        resource.transformations.append(origin)


def origin_of(plugin: BuildResource) -> dict[str, Any] | None:
    """How a plugin written as an object is named in what it made or changed."""
    if plugin.origin is None:
        return None
    by = {"apiVersion": plugin.gvk.api_version, "kind": plugin.gvk.kind, "name": plugin.name}
    if plugin.namespace:
        by["namespace"] = plugin.namespace
    return {"configuredIn": plugin.origin.get("path", ""), "configuredBy": by}


def origin_text(origin: dict[str, Any]) -> str:
    """One origin as YAML."""
    return "".join(f"{line}\n" for line in _lines(origin))


def transformations_text(origins: list[dict[str, Any]]) -> str:
    """A list of origins as YAML."""
    text = ""
    for origin in origins:
        lines = _lines(origin)
        text += "".join(f"{'- ' if i == 0 else '  '}{line}\n" for i, line in enumerate(lines))
    return text


def _lines(origin: dict[str, Any]) -> list[str]:
    result: list[str] = []
    for key, value in origin.items():
        if isinstance(value, dict):
            result.append(f"{key}:")
            result += [f"  {line}" for line in _lines(value)]
        elif value:
            result.append(f"{key}: {_word(value)}")
    return result


def _word(text: str) -> str:
    return f'"{text}"' if needs_quotes(text) else text
