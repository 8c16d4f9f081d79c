"""What an object waits for, and whether it still does (docs/flux.md#dependencies).

An entry with a readyExpr is judged by its controller alone: what that says in `DependencyNotReady`
is told, and where it has not said anything, that is not known. No expression is evaluated here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from fluxtui.domain.kinds import appliers
from fluxtui.domain.kinds.kind import DEPENDENCY
from fluxtui.domain.resource import Condition, Key, Resource

_NAMED = re.compile(r"'([^']+)'")


def judged(resource: Resource) -> dict[Key, bool | None]:
    """Each entry of dependsOn that has an expression: whether the controller found it true at its
    last run, None where it did not say. Entries are asked in their order."""
    expressions = appliers.expressions(resource)
    if not expressions:
        return {}
    ready = resource.condition("Ready")
    if ready is None or not _is_of_now(resource, ready):
        return dict.fromkeys(expressions)
    if ready.status == "True":
        return dict.fromkeys(expressions, True)
    if ready.reason != DEPENDENCY:
        return dict.fromkeys(expressions)
    return _until(ready.message, appliers.depends_on(resource), expressions)


def _until(
    message: str, order: Iterable[Key], expressions: Iterable[Key]
) -> dict[Key, bool | None]:
    """Those before the one that is named were found true; those behind it were not asked."""
    named = next(iter(_NAMED.findall(message)), "")
    verdicts: dict[Key, bool | None] = dict.fromkeys(expressions)
    before: list[Key] = []
    for key in order:
        if named in (f"{key.namespace}/{key.name}", f"{key.kind}/{key.namespace}/{key.name}"):
            verdicts |= {k: True for k in before if k in verdicts}
            verdicts |= {key: False} if key in verdicts else {}
            return verdicts
        before.append(key)
    return verdicts


def _is_of_now(resource: Resource, ready: Condition) -> bool:
    """Whether what Ready says is about the spec as it is."""
    return ready.observed_generation in (0, resource.generation)
