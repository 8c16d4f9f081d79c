"""CEL expressions of Flux specs: healthCheckExprs and readyExpr (flux-semantics B3, B8a).

The language itself is loaded at the first expression, never before. An expression that cel-go does
not take is a fault of the spec; one that does not evaluate says nothing about the object yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from fluxtui.domain.health import Health, Status
from fluxtui.reconciler.objects import items, mapping, status_of, text


class BadExpression(Exception):
    """The expression does not compile, or two entries speak of the same kind."""


class NotEvaluated(Exception):
    """The expression compiles but gives no boolean for this object."""


@lru_cache(maxsize=256)
def _tree(source: str, typed: bool) -> Any:
    from fluxtui.reconciler.cel_check import check_bool
    from fluxtui.reconciler.cel_run import refuse
    from fluxtui.reconciler.cel_syntax import BadSyntax, parse
    from fluxtui.reconciler.cel_values import CelError

    try:
        tree = parse(source)
        if typed:
            check_bool(tree)
        refuse(tree)
    except (BadSyntax, CelError) as error:
        raise BadExpression(f"failed to parse the CEL expression '{source}': {error}") from error
    return tree


def check(source: str) -> None:
    """Read it, as Flux does a health expression: types are not looked at. Raises BadExpression."""
    _tree(source, False)


def evaluate(source: str, variables: Mapping[str, Any], *, typed: bool = False) -> bool:
    """Its value for these variables. Raises BadExpression, NotEvaluated.

    `typed`: it must be sure to give a boolean from `dep` and `self`, as Flux asks of readyExpr.
    """
    from fluxtui.reconciler.cel_run import evaluate as run
    from fluxtui.reconciler.cel_run import given
    from fluxtui.reconciler.cel_values import CelError

    tree = _tree(source, typed)
    try:
        result = run(tree, given(variables))
    except CelError as error:
        raise NotEvaluated(f"failed to evaluate the CEL expression '{source}': {error}") from error
    if not isinstance(result, bool):
        raise NotEvaluated(f"failed to evaluate CEL expression as boolean: '{source}'")
    return result


@dataclass(frozen=True, slots=True)
class _Entry:
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
        self._entries: dict[tuple[str, str], _Entry] = {}
        for place, item in enumerate(items(spec.get("healthCheckExprs"))):
            group, kind = text(item.get("apiVersion")).rpartition("/")[0], text(item.get("kind"))
            if (group, kind) in self._entries:
                shown = f"{kind}.{group}" if group else kind
                raise BadExpression(
                    f"duplicate custom health check for GroupKind {shown} at healthchecks[{place}]"
                )
            entry = _Entry(*(text(item.get(k)) for k in ("inProgress", "failed", "current")))
            try:
                entry.check()
            except BadExpression as error:
                what = "failed to create custom status evaluator for"
                raise BadExpression(f"{what} healthchecks[{place}]: {error}") from error
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
