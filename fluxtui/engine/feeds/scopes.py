"""Which feeds to open for what is wanted: one over all namespaces, or one each; watched, or asked.

HTTP/1.1 takes a connection for every watch, so hundreds of them are none: from a few namespaces on
a kind is watched in all of them at once, where that is allowed. What still does not fit is listed
again and again instead. Pure: what is open and what an API answered is the caller's to know.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from fluxtui.cluster.reflector import FeedTarget
from fluxtui.kit.records import NamedTuple

FEW = 4
"""Namespaces up to which each has feeds of its own: they bring nothing that nobody asked for."""


class FeedPlan(NamedTuple):
    """Targets to keep open. The first of them are `watched`; the others are asked now and then."""

    targets: tuple[FeedTarget, ...]
    watched: frozenset[FeedTarget]

    @property
    def asked(self) -> int:
        """How many had no room for a watch."""
        return len(self.targets) - len(self.watched)


def gathered(
    targets: Iterable[FeedTarget], refused: Collection[FeedTarget]
) -> tuple[FeedTarget, ...]:
    """The same feeds with one over all namespaces in place of many; `refused`: those over all
    namespaces that the API does not allow.
    """
    groups: dict[FeedTarget, list[FeedTarget]] = {}
    for target in targets:
        groups.setdefault(everywhere(target), []).append(target)
    chosen: list[FeedTarget] = []
    for wide, group in groups.items():
        if wide in group or (len(group) > FEW and wide not in refused):
            chosen.append(wide)
        else:
            chosen += group
    return tuple(chosen)


def everywhere(target: FeedTarget) -> FeedTarget:
    """The same kind and selectors over all namespaces."""
    return replace(target, namespace="")


def planned(permanent: Sequence[FeedTarget], passing: Sequence[FeedTarget], room: int) -> FeedPlan:
    """`room` watches are given out in order, to what is always wanted first."""
    targets = tuple(dict.fromkeys((*permanent, *passing)))
    return FeedPlan(targets, frozenset(targets[:room]))
