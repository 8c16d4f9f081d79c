"""Objects as YAML for people, for kubectl and for substitution: every reader gets the same values.

Strings that any YAML reader (1.1 or 1.2) might take for something else are quoted; aliases are
never written. Nothing here changes objects.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from fluxtui.domain.errors import BuildError
from fluxtui.kustomize.numbers import is_infinite
from fluxtui.kustomize.scalars import Date, plain, resolve

_Base = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_SEXAGESIMAL = re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?\Z")
# What YAML 1.1 does not count among the characters; those below a space are escaped in JSON.
_UNWRITABLE = re.compile("[\x7f-\x84\x86-\x9f\ufffe\uffff]")
_FIRST = ("apiVersion", "kind", "metadata")


class _Dumper(_Base):  # type: ignore[misc, valid-type]
    """PyYAML's C emitter with our quoting."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _string(dumper: Any, text: str) -> yaml.Node:
    style = None
    if "\n" in text:
        style = "|"
    elif needs_quotes(text):
        style = '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)  # type: ignore[no-any-return]


def needs_quotes(text: str) -> bool:
    """Whether some YAML reader would not take the bare text for a string."""
    return (
        not isinstance(resolve(text), str)
        or not isinstance(resolve(text, old=True), str)
        or isinstance(resolve(text), Date)
        or text in ("=", "<<")
        or bool(_SEXAGESIMAL.match(text))
    )


_Dumper.add_representer(str, _string)


def must_be_writable(obj: Mapping[str, Any]) -> None:
    """BuildError when go-yaml or JSON could not write the object down, as a build ends in Go."""
    if _unwritable(obj):
        raise BuildError(
            f"{obj.get('kind')} {(obj.get('metadata') or {}).get('name')}: "
            "yaml: control characters are not allowed",
            next="take DEL and the like out of its texts",
        )
    if (field := _infinite(obj)) is not None:
        raise BuildError(
            f"{obj.get('kind')} {(obj.get('metadata') or {}).get('name')}: "
            "infinity and NaN cannot be written as JSON",
            field=field.lstrip("."),
            next="quote it if it is meant as a text",
        )


def _infinite(value: Any) -> str | None:
    """The path of a number that JSON cannot write, from the value on: `.spec.limits[0]`."""
    if isinstance(value, Mapping):
        below = ((f".{key}", item) for key, item in value.items())
    elif isinstance(value, list):
        below = ((f"[{index}]", item) for index, item in enumerate(value))
    else:
        return "" if is_infinite(value) else None
    for step, item in below:
        if isinstance(item, Mapping | list | float) and (deeper := _infinite(item)) is not None:
            return f"{step}{deeper}"
    return None


def _unwritable(value: Any) -> bool:
    if isinstance(value, str):
        plain_text = value.isascii() and "\x7f" not in value
        return not plain_text and _UNWRITABLE.search(value) is not None
    if isinstance(value, Mapping):
        return any(map(_unwritable, value)) or any(map(_unwritable, value.values()))
    return isinstance(value, list) and any(map(_unwritable, value))


def dump_value(value: Any) -> str:
    """Any plain value as YAML, keys in their order."""
    text: str = yaml.dump(value, Dumper=_Dumper, sort_keys=False, width=1 << 30, allow_unicode=True)
    return text


def dump_manifest(obj: Mapping[str, Any]) -> str:
    """One object as YAML: apiVersion, kind, metadata first, the rest by name."""
    ordered = {key: obj[key] for key in _FIRST if key in obj}
    ordered.update((key, _sorted(obj[key])) for key in sorted(obj) if key not in _FIRST)
    return dump_value(plain(ordered))


def dump_sorted(obj: Mapping[str, Any]) -> str:
    """One plain object as YAML with every mapping sorted, as Go writes it."""
    return dump_value(_sorted(obj))


def _sorted(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _sorted(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [_sorted(item) for item in value]
    return value


def dump_manifests(objects: Iterable[Mapping[str, Any]]) -> str:
    """Objects as a stream of documents."""
    return "---\n".join(dump_manifest(obj) for obj in objects)
