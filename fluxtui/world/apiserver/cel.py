"""CEL expressions of admission: match conditions, validations and the messages they make.

cel-python is imported at the first expression, because it costs a quarter of a second and most
Worlds have none. What an expression may name is its caller's to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from fluxtui.reconciler.cel_words import place_of, words_of


class Failed(Exception):
    """An expression does not compile, or gives nothing for these variables."""


@lru_cache(maxsize=256)
def _program(source: str) -> Any:
    import celpy

    from fluxtui.reconciler.cel_dialect import plain
    from fluxtui.world.apiserver.rule_library import FUNCTIONS

    environment = celpy.Environment()
    try:
        return environment.program(environment.compile(plain(source)), functions=FUNCTIONS)
    except Exception as error:  # lark and celpy raise many kinds; all mean the same
        where = place_of(error, as_written=plain(source) == source)
        raise Failed(f"compilation failed: {where}") from error


def value(source: str, variables: Mapping[str, Any]) -> Any:
    """The value of an expression, as CEL's own type. Raises Failed."""
    from celpy.adapter import json_to_cel

    program = _program(source)
    try:
        return program.evaluate({k: _cel(v, json_to_cel) for k, v in variables.items()})
    except Exception as error:  # celpy leaks what its functions raise; all mean the same
        raise Failed(f"expression '{source}' resulted in error: {words_of(error)}") from error


def truth(source: str, variables: Mapping[str, Any]) -> bool:
    """The value of an expression that must give a boolean. Raises Failed."""
    import celpy

    found = value(source, variables)
    if not isinstance(found, celpy.celtypes.BoolType | bool):
        raise Failed(f"expression '{source}' resulted in error: it gives no boolean")
    return bool(found)


def all_true(sources: Iterable[str], variables: Mapping[str, Any]) -> bool:
    """Whether all hold: one that is false decides, whatever others fail. Raises Failed."""
    failures = []
    for source in sources:
        try:
            if not truth(source, variables):
                return False
        except Failed as error:
            failures.append(str(error))
    if failures:
        raise Failed(failures[0] if len(failures) == 1 else f"[{', '.join(failures)}]")
    return True


def _cel(given: Any, convert: Any) -> Any:
    """JSON as CEL; a value that already is CEL's (a policy's variable) stays as it is."""
    is_json = given is None or type(given) in (bool, int, float, str, list, dict)
    return convert(given) if is_json else given
