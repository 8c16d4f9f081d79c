"""Conditions of Flux's objects in words (docs/flux.md#conditions).

Of some `True` is bad news; a type that nobody has heard of is said as it is written. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fluxtui.domain import kinds
from fluxtui.domain.board import Level
from fluxtui.domain.detail.values import ConditionLine
from fluxtui.domain.kinds.kind import Kind
from fluxtui.domain.resource import Condition, Resource

_WORDS: Mapping[str, tuple[str, str]] = {
    "Ready": ("ready", "not ready"),
    "Reconciling": ("being worked on", "nothing is being done"),
    "Stalled": ("gave up: tries no more until something changes", "goes on trying"),
    "Healthy": ("what it applied is well", "what it applied is not well"),
    "Released": ("its release went well", "its release failed"),
    "TestSuccess": ("its tests went well", "its tests failed"),
    "Remediated": ("a failed release was undone", "a failed release could not be undone"),
    "Drifted": ("the cluster differs from its release", "the cluster is as its release says"),
    "ArtifactInStorage": ("its artifact is stored", "no artifact is stored"),
    "ArtifactOutdated": ("what is stored is outdated", "what is stored is up to date"),
    "FetchFailed": ("it cannot be fetched", "it can be fetched"),
    "BuildFailed": ("it cannot be built", "it can be built"),
    "StorageOperationFailed": ("it cannot be stored", "it can be stored"),
    "IncludeUnavailable": ("what it includes is not there", "what it includes is there"),
    "SourceVerified": ("its signature is good", "its signature is not good"),
}
_BAD_NEWS = frozenset(
    {"Stalled", "Drifted", "ArtifactOutdated", "FetchFailed", "BuildFailed"}
    | {"StorageOperationFailed", "IncludeUnavailable"}
)


def conditions_of(resource: Resource) -> Iterator[ConditionLine]:
    """Each of them, in the order of the object."""
    kind = kinds.of(resource.key)
    for condition in resource.conditions:
        yield ConditionLine(
            condition.type,
            condition.status,
            _words(condition),
            _level(condition, kind),
            condition.reason,
            condition.message,
            condition.last_transition,
        )


def _words(condition: Condition) -> str:
    when_true, when_false = _WORDS.get(
        condition.type, (f"{condition.type} is True", f"{condition.type} is False")
    )
    if condition.status == "True":
        return when_true
    if condition.status == "False":
        return when_false
    return f"not known whether {when_true}"


def _level(condition: Condition, kind: Kind | None) -> Level:
    if condition.status not in ("True", "False"):
        return Level.PROGRESSING
    if condition.type == "Reconciling":
        return Level.PROGRESSING if condition.status == "True" else Level.OK
    good = (condition.status == "True") is not (condition.type in _BAD_NEWS)
    if good:
        return Level.OK
    if kind is not None and condition.reason in kind.waiting:
        return Level.WAITING
    if kind is not None and condition.reason in kind.working:
        return Level.PROGRESSING
    return Level.FAILED
