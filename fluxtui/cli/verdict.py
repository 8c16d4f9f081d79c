"""The exit code of a view: 0 only when everything it stands on could be read.

What is shown of an environment that cannot be reached is as it was last seen, or nothing at all; a
script must not take that for an answer. The table stays whole, the reasons go to stderr and, where
a program reads, into `problems`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from fluxtui.domain.kinds import APPLIERS, TAGGED
from fluxtui.domain.knowledge import FeedState
from fluxtui.domain.known import unread_environments
from fluxtui.domain.snapshot import Snapshot

# Without these nothing can be said about a delivery; of them, only core kinds must be installed.
_NEEDED = (*TAGGED, *APPLIERS)


def problems_of(
    snapshot: Snapshot, environments: Sequence[str], more: Iterable[str] = ()
) -> list[str]:
    """Why an answer about these environments may not be whole, each reason once."""
    return list(dict.fromkeys((*unread(snapshot, environments), *more)))


def unread(snapshot: Snapshot, environments: Sequence[str]) -> list[str]:
    """What of the environments of `environments` cannot be read now, and why, one sentence each."""
    whole = unread_environments(snapshot)
    sentences = [
        f"{name} cannot be read now: {why}" for name, why in whole.items() if name in environments
    ]
    return sentences + [
        text
        for feed in snapshot.feeds
        for kind in _NEEDED
        if feed.kind == kind.id
        and (kind.core or feed.state is not FeedState.ABSENT)
        and feed.environment in environments
        and feed.environment not in whole
        for text in _blind(feed.environment, kind.kind, feed.state, feed.message)
    ]


def _blind(environment: str, kind: str, state: FeedState, message: str) -> list[str]:
    if state is FeedState.LIVE:
        return []
    if state is FeedState.ABSENT:
        why = "is not served: Flux's CRDs are not installed"
    else:
        why = f"cannot be read now: {message or f'its feed is {state.value}'}"
    return [f"{environment}: {kind} {why}"]
