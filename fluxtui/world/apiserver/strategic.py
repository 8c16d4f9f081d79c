"""Strategic merge patch: keyed lists merge by key, with `$` directives.

A pure function over JSON and Shapes: object and patch in, a new object out. Error texts are those
a client of a real API server sees.
"""

from __future__ import annotations

from typing import Any

from fluxtui.world.apiserver.decoding import go_value, type_name
from fluxtui.world.apiserver.shape import Shape
from fluxtui.world.apiserver.status import (
    Json,
    Resource,
    StatusError,
    bad_request,
    invalid,
    invalid_value,
)

_DIRECTIVES = ("$patch", "$retainKeys")
_DELETE_VALUES = "$deleteFromPrimitiveList/"
_ORDER = "$setElementOrder/"


def merge(target: Json, patch: Json, shape: Shape) -> Json:
    """The object with the patch applied. Raises 400, 422, 500."""
    merged: Json = _strategic(target, patch, shape)
    wrong = _unfit(merged, shape)
    if wrong:
        raise invalid(Resource(""), [invalid_value("patch", f'"{go_value(patch)}"', wrong)])
    return merged


_NATIVE = {"i": "int32", "n": "float64", "b": "bool"}


def _unfit(value: Any, shape: Shape) -> str:
    """Why a merged value cannot become the typed one: the converter's words."""
    if isinstance(value, dict):
        if shape.form == "list":
            return "cannot restore slice from map"
        return next((x for x in (_unfit(v, shape.child(k)) for k, v in value.items()) if x), "")
    if isinstance(value, list):
        if shape.form in _RESTORED:
            return f"{_RESTORED[shape.form]} slice"
        return next((x for x in (_unfit(v, shape.item()) for v in value) if x), "")
    if shape.form == "scalar" and isinstance(value, str) and shape.type in _NATIVE:
        return f"unrecognized type: {_NATIVE[shape.type]}"
    if shape.form in _RESTORED and value is not None and shape.name not in _TEXTUAL:
        return f"{_RESTORED[shape.form]} {_GO_KINDS.get(type_name(value), 'string')}"
    return ""


_RESTORED = {"struct": "cannot restore struct from:", "map": "cannot restore map from"}
_GO_KINDS = {"bool": "bool", "number": "int64", "string": "string"}
_TEXTUAL = ("Time", "MicroTime")


def _strategic(target: Json, patch: Json, shape: Shape) -> Json:
    directive = patch.get("$patch")
    if directive == "replace":
        return {k: v for k, v in patch.items() if k != "$patch"}
    if directive == "delete":
        return {}
    out = dict(target)
    if "$retainKeys" in patch:
        retain = patch["$retainKeys"]
        named = {k for k in patch if not k.startswith("$")}
        if not isinstance(retain, list) or not named <= set(retain):
            raise bad_request("invalid patch format of retainKeys")
        out = {k: v for k, v in out.items() if k in retain}
    for key, value in patch.items():
        if key in _DIRECTIVES or key.startswith(_ORDER):
            continue
        if key.startswith(_DELETE_VALUES):
            name = key[len(_DELETE_VALUES) :]
            if isinstance(out.get(name), list):
                out[name] = [x for x in out[name] if x not in value]
            continue
        if value is None:
            out.pop(key, None)
            continue
        out[key] = _strategic_value(out.get(key), value, shape.child(key))
    for key, value in patch.items():
        name = key[len(_ORDER) :] if key.startswith(_ORDER) else key
        given = patch.get(f"{_ORDER}{name}")
        if given is not None and not isinstance(given, list):
            raise StatusError(
                500, "", f"expected a []interface {{}}, but received a {type_name(given)}"
            )
        if (key != name) != (given is not None):
            continue  # a list whose order is given elsewhere in the patch
        if isinstance(out.get(name), list) and isinstance(target.get(name), list):
            sub = shape.child(name)
            if sub.patch_key or sub.merge == "set":
                order = given if given is not None else value
                _check_order(patch.get(name), given, sub)
                out[name] = _ordered(out[name], order, target[name], sub)
    return out


def _strategic_value(target: Any, value: Any, shape: Shape) -> Any:
    if isinstance(value, dict):
        base = target if isinstance(target, dict) else {}
        if shape.form == "any" and not shape.open and not isinstance(target, dict):
            base = {}
        return _strategic(base, value, shape)
    if isinstance(value, list):
        return _strategic_list(target if isinstance(target, list) else [], value, shape)
    return value


def _strategic_list(target: list[Any], patch: list[Any], shape: Shape) -> list[Any]:
    if shape.merge == "set":
        return target + [x for x in patch if x not in target]
    key = shape.patch_key
    if not key:
        return [x for x in patch if not (isinstance(x, dict) and "$patch" in x)]
    if any(isinstance(x, dict) and x.get("$patch") == "replace" for x in patch):
        return [x for x in patch if not (isinstance(x, dict) and "$patch" in x)]
    out = list(target)
    for item in patch:
        if not isinstance(item, dict) or key not in item:
            text = f"map: {go_value(item)} does not contain declared merge key: {key}"
            raise StatusError(500, "", text)
        found = [i for i, x in enumerate(out) if isinstance(x, dict) and x.get(key) == item[key]]
        if item.get("$patch") not in (None, "delete", "merge"):
            raise StatusError(
                500, "", f"unknown patch type: {item['$patch']} in map: {go_value(item)}"
            )
        if item.get("$patch") == "delete":
            out = [x for i, x in enumerate(out) if i not in found]
        elif found:
            out[found[0]] = _strategic(out[found[0]], item, shape.item())
        else:
            out.append(_strategic({}, item, shape.item()))
    return out


def _check_order(sent: Any, order: Any, shape: Shape) -> None:
    """What a patch sends must stand in the order it gives."""
    if not isinstance(sent, list) or not isinstance(order, list):
        return
    key = shape.patch_key

    def identity(item: Any) -> str:
        return str(item.get(key) if isinstance(item, dict) and key else item)

    ranks = [identity(x) for x in order]
    kept = [x for x in sent if not (isinstance(x, dict) and "$patch" in x)]
    named = [identity(x) for x in kept]
    if [x for x in ranks if x in named] != named:
        raise StatusError(
            500,
            "",
            f"The order in patch list:\n{go_value(kept)}\n doesn't match $setElementOrder list:\n"
            f"{go_value(order)}\n",
        )


def _ordered(items: list[Any], order: list[Any], live: list[Any], shape: Shape) -> list[Any]:
    """Items the patch names in its order; the others between them, as they stood before.

    An item the patch adds stands before those it does not name.
    """
    key = shape.patch_key

    def identity(item: Any) -> str:
        return str(item.get(key) if isinstance(item, dict) and key else item)

    rank = {identity(x): i for i, x in enumerate(order)}
    place = {identity(x): i for i, x in enumerate(live)}
    named = sorted((x for x in items if identity(x) in rank), key=lambda x: rank[identity(x)])
    others = [x for x in items if identity(x) not in rank]
    out: list[Any] = []
    i = 0
    for item in others:
        while i < len(named):
            at = place.get(identity(named[i]))
            if at is not None and at > place.get(identity(item), len(live)):
                break
            out.append(named[i])
            i += 1
        out.append(item)
    return out + named[i:]
