"""Strategic merge patch: keyed lists merge by key, with `$` directives.

`kubectl apply` (without `--server-side`), `set`, `edit` and `patch` send it for built-in kinds.
Where `$setElementOrder` would put an item is not looked at. A pure function over JSON and Shapes,
apart from the renderer's: that is kyaml's, which puts new items first and knows fewer directives.
"""

from __future__ import annotations

from typing import Any

from fluxtui.world.apiserver.decoding import quoted
from fluxtui.world.apiserver.shape import Shape
from fluxtui.world.apiserver.status import Json, bad_request

_DIRECTIVES = ("$patch", "$retainKeys")
_DELETE_VALUES = "$deleteFromPrimitiveList/"
_ORDER = "$setElementOrder/"


def merge(target: Json, patch: Json, shape: Shape) -> Json:
    """The object with the patch applied. Raises 400."""
    directive = patch.get("$patch")
    if directive == "replace":
        return {k: v for k, v in patch.items() if k != "$patch"}
    if directive == "delete":
        return {}
    out = dict(target)
    if "$retainKeys" in patch:
        out = {k: v for k, v in out.items() if k in patch["$retainKeys"]}
    for key, value in patch.items():
        if key in _DIRECTIVES or key.startswith(_ORDER):
            continue
        if key.startswith(_DELETE_VALUES):
            name = key[len(_DELETE_VALUES) :]
            if isinstance(out.get(name), list):
                out[name] = [x for x in out[name] if x not in value]
        elif value is None:
            out.pop(key, None)
        else:
            out[key] = _merged(out.get(key), value, shape.child(key))
    return out


def _merged(target: Any, value: Any, shape: Shape) -> Any:
    if isinstance(value, dict):
        return merge(target if isinstance(target, dict) else {}, value, shape)
    if isinstance(value, list):
        return _merged_list(target if isinstance(target, list) else [], value, shape)
    return value


def _merged_list(target: list[Any], patch: list[Any], shape: Shape) -> list[Any]:
    if shape.merge == "set":
        return target + [x for x in patch if x not in target]
    key = shape.patch_key
    replaces = any(isinstance(x, dict) and x.get("$patch") == "replace" for x in patch)
    if not key or replaces:
        return [x for x in patch if not (isinstance(x, dict) and "$patch" in x)]
    out = list(target)
    added: list[Any] = []  # stands before what the patch does not name
    for item in patch:
        if not isinstance(item, dict) or key not in item:
            raise bad_request(f"{quoted(item)} does not contain declared merge key: {key}")
        place = next(
            (i for i, x in enumerate(out) if isinstance(x, dict) and x.get(key) == item[key]), None
        )
        if item.get("$patch") == "delete":
            out = [x for i, x in enumerate(out) if i != place]
        elif place is not None:
            out[place] = merge(out[place], item, shape.item())
        else:
            added.append(merge({}, item, shape.item()))
    return added + out
