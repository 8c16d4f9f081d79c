"""Dangers: what a person must know before an act or a delivery goes on.

A Danger names the object and says what would happen, never whether to go on: that is for whoever
reads it. Rules find them (`domain/review`); a Plan carries those of its act. Pure.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fluxtui.domain.objectid import ObjectId
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
    `environment`: where, of one that is about no Kustomization.

    `look` are lines of evidence, as they stand in the build (SQL, a rule of a Role), masked.
    """

    rule: str
    level: Gravity
    says: str
    object: ObjectId | None = None
    kustomization: Key | None = None
    look: tuple[str, ...] = ()
    environment: str = ""

    @property
    def where(self) -> str:
        """The Environment that it is about, "" for all of them."""
        return self.kustomization.environment if self.kustomization else self.environment


def ordered(dangers: Iterable[Danger]) -> tuple[Danger, ...]:
    """The worst first, each once, then as they were found."""
    once = dict.fromkeys(dangers)
    return tuple(sorted(once, key=lambda danger: -danger.level))
