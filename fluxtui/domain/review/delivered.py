"""What a rule is given of one Kustomization's delivery, and what a rule is: data (id, title, why)
with one function; each has a file in `rules/`. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from fluxtui.domain.danger import Danger
from fluxtui.domain.inventory import ObjectId
from fluxtui.domain.objectdiff import ObjectChange
from fluxtui.domain.resource import Key


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
