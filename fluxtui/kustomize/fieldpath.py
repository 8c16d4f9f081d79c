"""Dotted field paths of variables and replacements: reading one field, finding or making several.

`spec.containers.[name=web].image`, `metadata.annotations.[a.b/c]`, `items.0`, `items.*`, with a
backslash before a dot that is part of a name. Nothing here knows objects or patches.
Rule source: kyaml's PathGetter and PathMatcher.
"""

from __future__ import annotations

import re
from typing import Any, Final

from fluxtui.domain.errors import BuildError
from fluxtui.domain.goregex import for_re2
from fluxtui.kustomize.fieldspec import split_path
from fluxtui.kustomize.scalars import is_null, is_scalar, text_of

Spot = tuple[Any, Any]
_NUMBER: Final = re.compile(r"\d+\Z")
NOTHING: Final = object()


def smart_split(path: str) -> list[str]:
    """Parts of a dotted path; `[a.b]` is one name, `[name=a.b]` one element."""
    result: list[str] = []
    parts = list(split_path(path, "."))
    while parts:
        part = parts.pop(0)
        if not part.startswith("[") or part.endswith("]"):
            result.append(part)
            continue
        while parts:
            more = parts.pop(0)
            part = f"{part}.{more}"
            if more.endswith("]"):
                break
        result.append(part if "=" in part else part.strip("[]"))
    return result


def is_element(part: str) -> bool:
    """`[key=value]`."""
    return part.startswith("[") and part.endswith("]")


def element_key(part: str) -> tuple[str, str]:
    """(key, value) of `[key=value]`; BuildError without `=`."""
    key, equals, value = part[1:-1].partition("=")
    if not equals:
        raise BuildError(f"{part} is not [key=value]", field=part)
    return key, value


def lookup(value: Any, path: str) -> Any:
    """The field at a path as `vars` reads it: `a.b[0].c` too; None when it is not there."""
    parts: list[str] = []
    for part in split_path(path, "."):
        indexed = re.match(r"([^\[\]]+)\[(\d+)\]\Z", part)
        parts += [indexed[1], indexed[2]] if indexed else [part]
    for part in parts:
        if isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, list) and _NUMBER.match(part) and int(part) < len(value):
            value = value[int(part)]
        else:
            return None
    return value


def get(value: Any, parts: list[str]) -> Any:
    """The node at the parts, NOTHING when it is not there; BuildError for a path that cannot be."""
    for part in (p.strip() for p in parts if p.strip()):
        if _NUMBER.match(part) or part == "-":
            if not isinstance(value, list):
                raise BuildError(f"{part} needs a list", field=part)
            index = len(value) - 1 if part == "-" else int(part)
            value = value[index] if 0 <= index < len(value) else NOTHING
        elif part == "*":
            raise BuildError("a wildcard cannot be read from", field=part)
        elif is_element(part):
            value = _element(value, *element_key(part))
        elif is_null(value):
            return NOTHING
        elif not isinstance(value, dict):
            raise BuildError(f"{part} needs a mapping", field=part)
        else:
            value = value.get(part, NOTHING)
        if value is NOTHING:
            return NOTHING
    return value


def _element(value: Any, key: str, text: str) -> Any:
    if not isinstance(value, list):
        raise BuildError(f"[{key}={text}] needs a list", field=key)
    for item in value:
        if not key and text_of(item) == text:
            return item
        if isinstance(item, dict) and key in item and text_of(item[key]) == text:
            return item
    return NOTHING


def spots(box: Any, key: Any, parts: list[str], create: str) -> list[Spot]:
    """(container, key) of every field that the path leads to, made when `create` names a kind.

    `create` is "", "scalar", "mapping" or "list". BuildError for a path that cannot be walked.
    """
    if not parts:
        return [(box, key)]
    node, part = box[key], parts[0]
    if _NUMBER.match(part):
        return _by_index(node, int(part), parts, create)
    if is_element(part):
        return _by_element(node, parts, create)
    if part == "*":
        if not isinstance(node, list):
            raise BuildError("* needs a list", field=part)
        return [s for i in range(len(node)) for s in spots(node, i, parts[1:], create)]
    if is_null(node):
        return []
    if not isinstance(node, dict):
        raise BuildError(f"{part} needs a mapping", field=part)
    if part not in node:
        if not create:
            return []
        node[part] = made(parts[1] if len(parts) > 1 else "", create)
    if len(parts) > 1 and is_scalar(node[part]):
        raise BuildError(f"{part} is a scalar", field=part)
    return spots(node, part, parts[1:], create)


def made(following: str, create: str) -> Any:
    """An empty node of the kind the next part of the path wants."""
    if is_element(following) or _NUMBER.match(following):
        return []
    if following:
        return {}
    return {"scalar": "", "mapping": {}, "list": []}[create]


def _by_index(node: Any, index: int, parts: list[str], create: str) -> list[Spot]:
    if not isinstance(node, list):
        raise BuildError(f"{index} needs a list", field=parts[0])
    if index == len(node) and create:
        node.append(made(parts[1] if len(parts) > 1 else "", create))
    if index >= len(node):
        raise BuildError(f"index {index} of {len(node)} elements", field=parts[0])
    return spots(node, index, parts[1:], create)


def _by_element(node: Any, parts: list[str], create: str) -> list[Spot]:
    key, text = element_key(parts[0])
    if not isinstance(node, list):
        raise BuildError(f"{parts[0]} needs a list", field=parts[0])
    pattern = _pattern(text)
    matches: list[Spot] = []
    for index, item in enumerate(node):
        if not key:
            if pattern.search(text_of(item)):
                matches.append((node, index))
        elif isinstance(item, dict) and key in item and pattern.search(text_of(item[key])):
            matches += spots(node, index, parts[1:], create)
    if matches or not create:
        return matches
    node.append({key: text} if key else text)
    if not pattern.search(text):
        return []
    return _by_element(node, parts, create)


def _pattern(text: str) -> Any:
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(for_re2(text), options)
    except re2.error as problem:
        raise BuildError(f"{text!r} does not parse as a pattern: {problem}") from problem
