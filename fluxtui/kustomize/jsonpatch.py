"""JSON patches as kustomize reads and writes them; what an operation does is `kit.jsonpatch`'s.

A patch comes as text, and what it changes is YAML that remembers how it was written. Nothing here
chooses objects.
Rule source: kustomize's PatchJson6902 transformer.
"""

from __future__ import annotations

import json
from typing import Any

from fluxtui.domain.errors import BuildError
from fluxtui.kit.jsonpatch import Notation, Operation, PatchError, operation, patched
from fluxtui.kustomize.folding import unfolded
from fluxtui.kustomize.reader import load_values
from fluxtui.kustomize.scalars import (
    NULL,
    Decoded,
    Quoted,
    all_as_json,
    as_json,
    copied,
    is_null,
    plain,
    resolve,
    written_string,
)


def parse_json_patch(text: str, file: str = "") -> list[Operation]:
    """Operations of a patch in JSON (when it begins with `[`) or YAML.

    Raises BuildError when it is not a list of operations.
    """
    if text.startswith("["):
        try:
            data = json.loads(text, parse_constant=_no_number)
        except (ValueError, RecursionError) as problem:
            raise BuildError(f"not a JSON patch: {problem}", file=file) from problem
    else:
        documents = load_values(text, file=file, mode="kubectl")
        data = plain(documents[0]) if documents else None
    if data is None:
        return []
    if not isinstance(data, list):
        raise BuildError("a JSON patch is a list of operations", file=file)
    for index, item in enumerate(data):
        if item is not None and not isinstance(item, dict):
            raise BuildError("a JSON patch operation is a mapping", file=file, field=f"[{index}]")
    return [operation(item or {}) for item in data]


def _no_number(text: str) -> None:
    """Python reads NaN and Infinity in JSON, which has neither."""
    raise ValueError(f"{text} is no number")


def apply_json_patch(obj: dict[str, Any], operations: list[Operation]) -> dict[str, Any]:
    """The patched object, a new one. Raises BuildError whose field is the pointer that failed."""
    try:
        result = patched(_rewritten(unfolded(obj)), operations, _WRITTEN)
    except PatchError as problem:
        raise BuildError(str(problem), field=problem.pointer) from problem
    if not isinstance(result, dict):
        raise BuildError("a JSON patch left something that is no object")
    return result


def _rewritten(value: Any) -> Any:
    """The value as it is after a trip through JSON: quoted only where it has to be."""
    if isinstance(value, dict):
        return {key: _rewritten(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_rewritten(item) for item in value]
    if isinstance(value, Decoded):
        return Quoted(value)
    if isinstance(value, Quoted):
        needs = not value or "\n" in value or not isinstance(resolve(value), str)
        return written_string(value) if needs else str(value)
    return NULL if is_null(value) else as_json(plain(value))


def _requoted(value: Any) -> Any:
    """A plain JSON value as it is written into YAML."""
    if isinstance(value, dict):
        return {key: _requoted(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_requoted(item) for item in value]
    if isinstance(value, str):
        needs = not value or "\n" in value or not isinstance(resolve(value), str)
        return written_string(value) if needs else value
    return NULL if value is None else as_json(value)


def _compared(value: Any) -> str:
    """`1.0` is 1 on the way from YAML to JSON."""
    return json.dumps(all_as_json(plain(value)), sort_keys=True)


_WRITTEN = Notation(_requoted, copied, _compared, NULL)
