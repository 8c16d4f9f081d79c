"""Strategic merge: a partial object laid over a whole one, lists merged by key where types say so.

This follows kyaml's merge, not Kubernetes' own, which the World has for itself: lists that the
schema does not know are replaced, patch elements come first, null deletes, `$patch` deletes or
replaces; `$setElementOrder`, `$retainKeys` and `$deleteFromPrimitiveList` have no meaning there and
stay as written. Nothing here chooses which object a patch is for.
Rule source: kyaml's merge2 and walk (associative lists, prepending).
"""

from __future__ import annotations

from typing import Any, Final

from fluxtui.domain.errors import BuildError
from fluxtui.kustomize.scalars import (
    FlowList,
    FlowMap,
    WrittenNull,
    is_null,
    is_scalar,
    put,
    restyled,
    text_of,
)
from fluxtui.kustomize.schema import Schema

_GONE: Final = object()
_ABSENT: Final = object()
_UNKNOWN: Final = -1
_DIRECTIVE: Final = "$patch"


def strategic_merge(obj: dict[str, Any], patch: dict[str, Any], schema: Schema) -> Any:
    """`obj` with `patch` over it, changed in place; None when the patch deletes the object.

    `patch` is used up (parts of it end up in the result): hand in a copy. Raises BuildError when
    both have different kinds of value in one place, or a `$patch` is unknown.
    """
    definition = _UNKNOWN
    for value in (obj, patch):
        if definition == _UNKNOWN:
            api_version, kind = text_of(value.get("apiVersion")), text_of(value.get("kind"))
            definition = schema.definition_of(api_version, kind)
    result = _Merge(schema, obj).walk(obj, patch, definition, ())
    return None if result is _GONE or is_null(result) else result


def _kind(value: Any) -> str:
    if isinstance(value, dict):
        return "mapping"
    if isinstance(value, list):
        return "list"
    return "scalar"


class _Merge:
    """One merge; `definition` is an index into the schema, -1 where the type is not known."""

    def __init__(self, schema: Schema, root: dict[str, Any]) -> None:
        self.schema = schema
        self.root = root

    def _child(self, definition: int, field: str) -> tuple[int, tuple[str, ...] | None]:
        if definition == _UNKNOWN:
            return _UNKNOWN, None
        child = self.schema.definitions[definition].get(field)
        if child is None:
            return _UNKNOWN, None
        return (child, None) if isinstance(child, int) else child

    def walk(
        self,
        old: Any,
        new: Any,
        definition: int,
        path: tuple[str, ...],
        keys: tuple[str, ...] | None = None,
    ) -> Any:
        """The merged value or _GONE; a value may be _ABSENT, and the same one twice is an add."""
        shape = next((_kind(v) for v in (old, new) if v is not _ABSENT and not is_null(v)), "")
        for value in (old, new):
            if shape and value is not _ABSENT and not is_null(value) and _kind(value) != shape:
                raise BuildError(
                    f"a patch puts a {_kind(new)} where the object has a {_kind(old)}",
                    field=".".join(path),
                )
        if shape == "scalar":
            return old if new is _ABSENT else new
        if shape == "list":
            if keys is None:
                return old if new is _ABSENT else new
            return self._keyed_list(old, new, definition, path, keys)
        return self._mapping(old, new, definition, path)

    def _mapping(self, old: Any, new: Any, definition: int, path: tuple[str, ...]) -> Any:
        target = _unbraced(self._start(old, new), new)
        if target is _GONE or not isinstance(target, dict):
            return target
        fields = set(target)
        if isinstance(new, dict):
            fields |= set(new)
        for field in sorted(fields):
            child, keys = self._child(definition, field)
            before = target.get(field, _ABSENT)
            patch = _ABSENT
            if isinstance(new, dict):
                patch = new.get(field, _ABSENT)
            if patch is _ABSENT and child == _UNKNOWN and keys is None and is_scalar(before):
                continue
            value = self.walk(before, patch, child, (*path, field), keys)
            explicit = type(value) is WrittenNull and patch is _ABSENT
            if value is _GONE or value is _ABSENT or (is_null(value) and not explicit):
                target.pop(field, None)
            elif before is _ABSENT or is_null(before) or value is before:
                target[field] = value
            else:
                put(self.root, target, field, restyled(before, value))
        return target

    def _start(self, old: Any, new: Any) -> Any:
        """What the result of a mapping grows from."""
        if old is _ABSENT or is_null(old):
            if new is _ABSENT:
                return old
            if _directive(new) == "delete":
                return _GONE
            return new
        if new is _ABSENT:
            return old
        if is_null(new):
            return _GONE
        directive = _directive(new)
        if directive == "delete":
            return _GONE
        return new if directive == "replace" else old

    def _keyed_list(
        self, old: Any, new: Any, definition: int, path: tuple[str, ...], keys: tuple[str, ...]
    ) -> Any:
        if old is _ABSENT or is_null(old):
            target = new
        elif is_null(new) and new is not _ABSENT:
            return _GONE
        else:
            directive = "merge" if new is _ABSENT else _list_directive(new)
            if directive == "delete":
                return _GONE
            target = new if directive == "replace" else old
        if target is _ABSENT or is_null(target):
            return _GONE
        patch = new if isinstance(new, list) else None
        if type(target) is FlowList and not target and type(patch) is not FlowList:
            target = []
        sources = [target, patch]
        used = keys or ("",)
        values = _values([patch, target], used)
        return self._elements(sources, values, used, definition, path)

    def _elements(
        self,
        sources: list[Any],
        values: list[list[str]],
        keys: tuple[str, ...],
        definition: int,
        path: tuple[str, ...],
    ) -> Any:
        target = sources[0]
        if not values:
            return target
        if len(keys) > 1:
            _unify(values)
        fresh: list[Any] = []
        valid: list[str] = list(keys)
        for value in values:
            valid, element = _valid(values, value, keys)
            found_keys, found_values = _valid([element], element, tuple(valid))
            old, new = (
                _ABSENT if s is None else _find(s, found_keys, found_values) for s in sources
            )
            if old is _ABSENT and new is _ABSENT:
                merged: Any = _GONE
            else:
                merged = self.walk(old, new, definition, path)
            if merged is _GONE or merged is _ABSENT or is_null(merged) or merged == {}:
                _set_element(target, None, valid, element)
                continue
            if isinstance(merged, dict):
                for name, text in zip(valid, element, strict=False):
                    if name not in merged and text:
                        merged[name] = text
            _set_element(fresh, merged, valid, element)
        whole = _append_all(fresh, target, valid, path)
        return FlowList(whole) if type(target) is FlowList else whole


def _unbraced(target: Any, patch: Any) -> Any:
    """The target; an empty one in braces is written as the patch is."""
    empty = type(target) is FlowMap and not target
    return {} if empty and isinstance(patch, dict) and type(patch) is not FlowMap else target


def _directive(patch: Any) -> str:
    """The `$patch` of a mapping, taken off it; "merge" without one."""
    if not isinstance(patch, dict) or _DIRECTIVE not in patch:
        return "merge"
    strategy = text_of(patch[_DIRECTIVE])
    if strategy not in ("delete", "replace", "merge"):
        raise BuildError(f"unknown patch strategy {strategy!r}", field=_DIRECTIVE)
    del patch[_DIRECTIVE]
    return strategy


def _list_directive(patch: list[Any]) -> str:
    """The `$patch` that stands alone in an element, which is taken off the list."""
    for element in patch:
        if isinstance(element, dict) and _DIRECTIVE in element:
            if len(element) > 1:
                return "merge"
            strategy = text_of(element[_DIRECTIVE])
            if strategy not in ("delete", "replace", "merge"):
                raise BuildError(f"unknown patch strategy {strategy!r}", field=_DIRECTIVE)
            patch[:] = [
                e
                for e in patch
                if not (isinstance(e, dict) and text_of(e.get(_DIRECTIVE)) == strategy)
                and not is_null(e)
                and e != {}
            ]
            return strategy
    return "merge"


def _key_text(element: Any, key: str) -> str:
    if key == "":
        return text_of(element)
    value = element.get(key) if isinstance(element, dict) else None
    return text_of(value) if is_scalar(value) else ""


def _values(sources: list[Any], keys: tuple[str, ...]) -> list[list[str]]:
    """Key values of all elements, each once, in order of appearance."""
    result: list[list[str]] = []
    distinct: set[tuple[str, ...]] = set()
    for source in sources:
        for element in source or ():
            value = [_key_text(element, key) for key in keys]
            if tuple(value) not in distinct:
                distinct.add(tuple(value))
                result.append(value)
    return result


def _unify(values: list[list[str]]) -> None:
    """Key values that differ only where one is empty are one: both get the fuller value."""
    for i in range(len(values)):
        for j in range(len(values)):
            first, second = values[i], values[j]
            if not any(a == b for a, b in zip(first, second, strict=True)):
                continue
            if any(a and b and a != b for a, b in zip(first, second, strict=True)):
                continue
            values[i] = values[j] = [a or b for a, b in zip(first, second, strict=True)]


def _valid(
    everyone: list[list[str]], values: list[str], keys: tuple[str, ...]
) -> tuple[list[str], list[str]]:
    """Keys that any element has a value for, with this element's values for them."""
    used = {key for row in everyone for key, text in zip(keys, row, strict=False) if text}
    if not used:
        return list(keys), values
    return (
        [key for key in keys if key in used],
        [text for key, text in zip(keys, values, strict=False) if text or key in used],
    )


def _find(elements: list[Any], keys: list[str], values: list[str]) -> Any:
    """The first element with these key values, or _ABSENT."""
    if not keys or keys[0] == "":
        value = values[0] if values else ""
        return next((e for e in elements if text_of(e) == value), _ABSENT)
    for element in elements:
        if isinstance(element, dict) and all(
            key in element and text_of(element[key]) == text
            for key, text in zip(keys, values, strict=False)
        ):
            return element
    return _ABSENT


def _set_element(elements: list[Any], element: Any, keys: list[str], values: list[str]) -> None:
    """Replaces the elements with these key values, or appends; None removes them."""
    result: list[Any] = []
    replaced = False
    for old in elements:
        if is_null(old) or old == {}:
            continue
        if not isinstance(old, dict) and keys[0] and values and values[0]:
            result.append(old)
            continue
        if not _has(old, keys, values):
            if values:
                result.append(old)
            continue
        replaced = True
        if element is not None:
            result.append(element)
    elements[:] = result
    if element is not None and not replaced:
        elements.append(element)


def _has(element: Any, keys: list[str], values: list[str]) -> bool:
    match = False
    for index, key in enumerate(keys):
        if index < len(values):
            text = values[index]
            if key == "":
                match = is_scalar(element) and text_of(element) == text
            elif not isinstance(element, dict):
                raise BuildError("an element of a list merged by key is not a mapping", field=key)
            else:
                match = key in element and (not text or text_of(element[key]) == text)
        if not match:
            return False
    return True


def _append_all(
    fresh: list[Any], target: list[Any], keys: list[str], path: tuple[str, ...]
) -> list[Any]:
    """Puts the elements of `target` behind (or in place of) the merged ones."""
    for element in list(target):
        if keys[0] == "":
            _set_element(fresh, element, [""], [text_of(element)])
            continue
        if not isinstance(element, dict):
            if is_null(element):
                continue
            raise BuildError(
                "an element of a list merged by key is not a mapping", field=".".join(path)
            )
        values: list[str] = []
        for key in keys:
            if key not in element:
                fresh.append(element)
            else:
                values.append(text_of(element[key]))
        if len(keys) > 1:
            _set_element(fresh, None, keys, values)
        _set_element(fresh, element, keys, values)
    return fresh
