"""CEL expressions of Flux specs: healthCheckExprs and readyExpr (docs/flux.md#health).

cel-python is imported at the first expression, never before. An expression that does not compile
is a fault of the spec; one that does not evaluate says nothing about the object yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from fluxtui.domain.health import Health, Status
from fluxtui.reconciler.cel_words import place_of, words_of
from fluxtui.reconciler.objects import items, mapping, status_of, text

_MACROS = frozenset({"has", "all", "exists", "exists_one", "map", "filter"})


class BadExpression(Exception):
    """The expression does not compile, or two entries speak of the same kind."""


class NotEvaluated(Exception):
    """The expression compiles but gives no boolean for this object."""


@lru_cache(maxsize=256)
def _program(source: str, names: tuple[str, ...]) -> Any:
    """`names`: what it may speak of; nothing means anything, as in health expressions."""
    import celpy

    from fluxtui.reconciler.cel_dialect import plain
    from fluxtui.reconciler.cel_library import FUNCTIONS

    environment = celpy.Environment()
    failure = f"failed to parse the CEL expression '{source}'"
    try:
        tree = environment.compile(plain(source))
        strange = _undeclared(tree, names) if names else ""
        program = environment.program(tree, functions=FUNCTIONS)
    except Exception as error:  # lark and celpy raise many kinds; all mean the same
        where = place_of(error, as_written=plain(source) == source)
        raise BadExpression(f"{failure}: {where}") from error
    if strange:
        raise BadExpression(f"{failure}: undeclared reference to '{strange}'")
    return program


def _undeclared(tree: Any, names: tuple[str, ...]) -> str:
    """The first name that is no variable, macro's variable, function or type of CEL; "" if none."""
    from celpy.evaluation import base_functions

    from fluxtui.reconciler.cel_library import FUNCTIONS

    declared = {*names, *base_functions, *FUNCTIONS, *_MACROS}
    used: list[str] = []
    for node in tree.iter_subtrees_topdown():
        if node.data in ("ident", "ident_arg"):
            used.append(str(node.children[0]))
        elif node.data == "member_dot_arg":
            used.append(str(node.children[1]))
            if used[-1] in _MACROS:
                declared |= {
                    str(identifier.children[0])
                    for identifier in node.children[2].children[0].find_data("ident")
                }
    return next((name for name in used if name not in declared), "")


def check(source: str) -> None:
    """Compile it, as Flux does a health expression: names may be any. Raises BadExpression."""
    _program(source, ())


def evaluate(source: str, variables: Mapping[str, Any], *, declared: bool = False) -> bool:
    """Its value for these variables. Raises BadExpression, NotEvaluated.

    `declared`: it may speak of these variables only, as Flux asks of readyExpr before it runs it.
    """
    import celpy
    from celpy.adapter import json_to_cel

    program = _program(source, tuple(variables) if declared else ())
    try:
        result = program.evaluate({name: json_to_cel(value) for name, value in variables.items()})
    except Exception as error:  # celpy leaks what its functions raise; all mean the same
        why = words_of(error)
        raise NotEvaluated(f"failed to evaluate the CEL expression '{source}': {why}") from error
    if not isinstance(result, celpy.celtypes.BoolType | bool):
        raise NotEvaluated(f"failed to evaluate CEL expression as boolean: '{source}'")
    return bool(result)


@dataclass(frozen=True, slots=True)
class _StatusExpressions:
    in_progress: str
    failed: str
    current: str

    def check(self) -> None:
        """Raises BadExpression."""
        if not self.current:
            raise BadExpression("expression Current not specified")
        for name, source in (
            ("Current", self.current),
            ("Failed", self.failed),
            ("InProgress", self.in_progress),
        ):
            try:
                if source:
                    check(source)
            except BadExpression as error:
                raise BadExpression(f"failed to parse the expression {name}: {error}") from error


class HealthExpressions:
    """spec.healthCheckExprs by group and kind. Raises BadExpression when made of bad ones."""

    def __init__(self, spec: Mapping[str, Any]) -> None:
        self._entries: dict[tuple[str, str], _StatusExpressions] = {}
        for place, item in enumerate(items(spec.get("healthCheckExprs"))):
            group, kind = text(item.get("apiVersion")).rpartition("/")[0], text(item.get("kind"))
            if (group, kind) in self._entries:
                label = f"{kind}.{group}" if group else kind
                raise BadExpression(
                    f"duplicate custom health check for GroupKind {label} at healthchecks[{place}]"
                )
            entry = _StatusExpressions(
                *(text(item.get(k)) for k in ("inProgress", "failed", "current"))
            )
            try:
                entry.check()
            except BadExpression as error:
                failure = "failed to create custom status evaluator for"
                raise BadExpression(f"{failure} healthchecks[{place}]: {error}") from error
            self._entries[group, kind] = entry

    def status(self, obj: Mapping[str, Any]) -> Health | None:
        """What the expressions say of the object; None when none is meant for its kind."""
        group = text(obj.get("apiVersion")).rpartition("/")[0]
        entry = self._entries.get((group, text(obj.get("kind")))) or self._entries.get((group, ""))
        if entry is None:
            return None
        observed = status_of(obj).get("observedGeneration")
        actual = mapping(obj.get("metadata")).get("generation")
        if _whole(observed) and _whole(actual) and observed != actual:
            return Health(
                Status.IN_PROGRESS,
                f"generation is {actual}, but latest observed generation is {observed}",
                "LatestGenerationNotObserved",
            )
        try:
            for source, status in (
                (entry.in_progress, Status.IN_PROGRESS),
                (entry.failed, Status.FAILED),
                (entry.current, Status.CURRENT),
            ):
                if source and evaluate(source, obj):
                    return Health(status, f"CEL expression '{source}' is true", "CEL")
        except NotEvaluated as error:
            return Health(Status.UNKNOWN, str(error), "CEL")
        return Health(Status.IN_PROGRESS, "no CEL expression is true", "CEL")


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
