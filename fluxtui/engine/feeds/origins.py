"""Which kinds beside those always watched must be, because something in sight names them.

A Kustomization may be fed by a GitRepository, a Bucket or an ExternalArtifact; why that gives
nothing stands on it alone. An OCIRepository that no Kustomization uses may be a HelmRelease's. A
kind is watched from when it is first named; nothing here opens a feed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from fluxtui.domain.board import Board
from fluxtui.domain.kinds import NAMED, appliers, origins
from fluxtui.domain.kinds.kind import Kind
from fluxtui.domain.known import unused
from fluxtui.domain.resource import Key
from fluxtui.domain.snapshot import Snapshot
from fluxtui.engine.publication.store import Batch

_SOURCES = {kind.kind: kind for kind in NAMED if kind.source is not None}


class Origins:
    """Lives on the Engine's thread; looks only at what is new."""

    def __init__(self) -> None:
        self._kinds: dict[str, set[Kind]] = defaultdict(set)
        self._board: Board | None = None

    def update(self, batch: Batch, snapshot: Snapshot) -> Mapping[str, frozenset[Kind]]:
        """Environment -> kinds, for those where a kind is new; `snapshot` is `batch` completed."""
        before = {name: len(kinds) for name, kinds in self._kinds.items()}
        for touch in batch.touched:
            if touch.after is not None and appliers.is_applier(touch.key):
                self._name(appliers.source(touch.after))
        if snapshot.board is not self._board:
            self._board = snapshot.board
            for name in snapshot.board.environments:
                if unused(snapshot.board, name):
                    self._kinds[name].add(origins.HELM_RELEASE)
        return {
            name: frozenset(kinds)
            for name, kinds in self._kinds.items()
            if len(kinds) != before.get(name, 0)
        }

    def _name(self, source: Key | None) -> None:
        kind = _SOURCES.get(source.kind) if source is not None else None
        if source is not None and kind is not None:
            self._kinds[source.environment].add(kind)
