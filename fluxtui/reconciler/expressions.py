"""CEL expressions of Flux specs: healthCheckExprs and readyExpr (flux-semantics B3, B8a).

cel-python is imported at the first expression, never before. An expression that does not compile
is a fault of the spec; one that does not evaluate says nothing about the object yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from fluxtui.domain.health import Health, Status
from fluxtui.reconciler.objects import generation, items, mapping, status_of, text


class BadExpression(Exception):
    """The expression does not compile, or two entries speak of the same kind."""


class NotEvaluated(Exception):
    """The expression compiles but gives no boolean for this object."""


@lru_cache(maxsize=256)
def _program(source: str) -> Any:
    import celpy

    environment = celpy.Environment()
    try:
        return environment.program(environment.compile(source))
    except Exception as error:  # lark and celpy raise many kinds; all mean the same
        raise BadExpression(f"failed to parse the CEL expression '{source}': {error}") from error


def check(source: str) -> None:
    """Compile it. Raises BadExpression."""
    _program(source)


def evaluate(source: str, variables: Mapping[str, Any]) -> bool:
    """Its value for these variables. Raises BadExpression, NotEvaluated."""
    import celpy
    from celpy.adapter import json_to_cel

    program = _program(source)
    try:
        result = program.evaluate({name: json_to_cel(value) for name, value in variables.items()})
    except Exception as error:  # celpy leaks what its functions raise; all mean the same
        raise NotEvaluated(f"failed to evaluate the CEL expression '{source}': {error}") from error
    if not isinstance(result, celpy.celtypes.BoolType | bool):
        raise NotEvaluated(f"the CEL expression '{source}' gives no boolean")
    return bool(result)


@dataclass(frozen=True, slots=True)
class _Entry:
    in_progress: str
    failed: str
    current: str


class HealthExpressions:
    """spec.healthCheckExprs by group and kind. Raises BadExpression when made of bad ones."""

    def __init__(self, spec: Mapping[str, Any]) -> None:
        self._entries: dict[tuple[str, str], _Entry] = {}
        for item in items(spec.get("healthCheckExprs")):
            group = text(item.get("apiVersion")).rpartition("/")[0]
            key = (group, text(item.get("kind")))
            if key in self._entries:
                raise BadExpression(
                    f"duplicate custom health check for '{key[1]}' of group '{group}'"
                )
            entry = _Entry(*(text(item.get(k)) for k in ("inProgress", "failed", "current")))
            for source in (entry.in_progress, entry.failed, entry.current):
                if source:
                    check(source)
            if not entry.current:
                raise BadExpression(f"'current' is required for '{key[1]}' of group '{group}'")
            self._entries[key] = entry

    def status(self, obj: Mapping[str, Any]) -> Health | None:
        """What the expressions say of the object; None when none is meant for its kind."""
        group = text(obj.get("apiVersion")).rpartition("/")[0]
        entry = self._entries.get((group, text(obj.get("kind")))) or self._entries.get((group, ""))
        if entry is None:
            return None
        if mapping(obj.get("metadata")).get("deletionTimestamp"):
            return Health(Status.TERMINATING, "Resource scheduled for deletion", "Terminating")
        observed = status_of(obj).get("observedGeneration")
        if isinstance(observed, int) and observed != generation(obj):
            return Health(
                Status.IN_PROGRESS,
                f"generation is {generation(obj)}, but latest observed generation is {observed}",
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
