"""Dependencies that a readyExpr judges: whether they still hold up (docs/flux.md#dependencies).

An expression is judged by its controller alone: what that says in `DependencyNotReady` is told, and
where it has not said anything, that is not known. None is evaluated here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from fluxtui.domain.board import ReadyUntil
from fluxtui.domain.kinds import appliers
from fluxtui.domain.kinds.kind import DEPENDENCY
from fluxtui.domain.resource import Condition, Key, Resource

_NAMED = re.compile(r"'([^']+)'")


def judged(resource: Resource) -> tuple[ReadyUntil, ...]:
    """Each entry of dependsOn that has an expression, in their order; `met`: what its controller
    found at its last run, None where it did not say."""
    expressions = appliers.expressions(resource)
    if not expressions:
        return ()
    ready, verdicts = resource.condition("Ready"), dict[Key, bool | None]()
    if ready is not None and _is_of_now(resource, ready):
        if ready.status == "True":
            verdicts = dict.fromkeys(expressions, True)
        elif ready.reason == DEPENDENCY:
            verdicts = _verdicts(ready.message, appliers.depends_on(resource), expressions)
    return tuple(ReadyUntil(key, text, verdicts.get(key)) for key, text in expressions.items())


def _verdicts(
    message: str, order: Iterable[Key], expressions: Mapping[Key, str]
) -> dict[Key, bool | None]:
    """Those before the one that is named were found true; those behind it were not asked."""
    named = next(iter(_NAMED.findall(message)), "")
    before: list[Key] = []
    for key in order:
        if named in (f"{key.namespace}/{key.name}", f"{key.kind}/{key.namespace}/{key.name}"):
            met: dict[Key, bool | None] = {k: True for k in before if k in expressions}
            return met | ({key: False} if key in expressions else {})
        before.append(key)
    return {}


def _is_of_now(resource: Resource, ready: Condition) -> bool:
    """Whether what Ready says is about the spec as it is."""
    return ready.observed_generation in (0, resource.generation)
