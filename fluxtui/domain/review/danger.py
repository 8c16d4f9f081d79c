"""Dangers: what a person must know before a delivery goes on, and the rules that find them.

A rule is data (id, title, why) with one function; each has a file in `rules/`. A Danger names the
object and says what would happen, never whether to go on: that is for whoever reads it. Pure.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from fluxtui.domain.inventory import ObjectId
from fluxtui.domain.objectdiff import ObjectChange
from fluxtui.domain.resource import Key


class Gravity(enum.IntEnum):
    """How bad it is when it happens; the worst first wherever they are listed."""

    CARE = 1  # worth a look
    STOP = 2  # something stops working, or applying it fails
    LOSS = 3  # data is gone, or what cannot be taken back


WORDS: Mapping[Gravity, str] = {Gravity.LOSS: "loss", Gravity.STOP: "stop", Gravity.CARE: "care"}


@dataclass(frozen=True, slots=True)
class Danger:
    """One finding. `rule` is the id; `object` what it is about, None when it is the delivery.

    `look` are lines of evidence, as they stand in the build (SQL, a rule of a Role), masked.
    """

    rule: str
    level: Gravity
    says: str
    object: ObjectId | None = None
    kustomization: Key | None = None
    look: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Delivered:
    """What one Kustomization builds to before and after, Secret values masked.

    `changes` as a diff has them; `before` and `after` hold every object, also those that stay.
    `force`: the Kustomization lets Flux delete and make anew what cannot be changed.
    """

    kustomization: Key
    force: bool = False
    changes: tuple[ObjectChange, ...] = ()
    before: Mapping[ObjectId, Mapping[str, Any]] = field(default_factory=dict)
    after: Mapping[ObjectId, Mapping[str, Any]] = field(default_factory=dict)

    def changed(self, *kinds: str) -> Iterator[ObjectChange]:
        """Objects that are there before and after and differ; of these kinds, or of all."""
        for change in self.changes:
            if change.kind == "changed" and (not kinds or change.id.kind in kinds):
                yield change


Judge = Callable[[Delivered], Iterable[Danger]]


@dataclass(frozen=True, slots=True)
class DangerRule:
    """One danger to look for. `why`: what happens and what to do instead."""

    id: str
    title: str
    why: str
    judge: Judge


def ordered(dangers: Iterable[Danger]) -> tuple[Danger, ...]:
    """The worst first, each once, then as they were found."""
    once = dict.fromkeys(dangers)
    return tuple(sorted(once, key=lambda danger: -danger.level))
