"""Keeps the Selection of every source that picks in step with its policy and its list of tags.

Incremental: one Selector per source, asked again only when its policy, its tags or their publish
times are new. The choosing itself is `fluxtui.domain.versions`.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from fluxtui.domain import kinds
from fluxtui.domain.picking import concerns, lookers, pickers, picking, picks, scanned_by
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.selection import Policy, Selection
from fluxtui.domain.snapshot import Snapshot, TagList
from fluxtui.engine.publication.store import Batch, Store

if TYPE_CHECKING:
    from fluxtui.domain.versions import Selector


class Picks:
    """Lives on the Engine's thread; called once per Snapshot."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._selectors: dict[Key, Selector] = {}
        self._from: dict[Key, tuple[Policy, TagList]] = {}

    def stage(self, batch: Batch, snapshot: Snapshot) -> Snapshot:
        """With new Selections for what `batch` touched, in the Store as well."""
        for key in self._stale(batch):
            resource = batch.half.get(key)
            if resource is None:
                self._forget(key)
            else:
                self._select(resource, batch.half)
        return self._store.selections(snapshot)

    def _stale(self, batch: Batch) -> list[Key]:
        touched = {touch.key for touch in batch.touched if concerns(touch.key)}
        keys = {key: None for key in touched if picks(key)}
        if batch.tags or len(keys) < len(touched):
            for resource, picked in chain(pickers(batch.half), lookers(batch.half)):
                held = not touched.isdisjoint(kinds.needs(resource))
                if held or picked.address in batch.tags:
                    keys[resource.key] = None
        return list(keys)

    def _select(self, resource: Resource, half: Snapshot) -> None:
        key, picked = resource.key, picking(half, resource)
        listed = half.tags.get(picked.address) if picked is not None else None
        warnings: tuple[str, ...] = ()
        if picked is not None and listed is not None and not listed.listed_at and listed.error:
            listed, warnings = _as_scanned(half, resource, listed)
        if picked is None or listed is None or not (listed.listed_at or warnings):
            self._forget(key)
            return
        policy = picked.policy
        cached = self._from.get(key)
        if cached is not None and cached[0] == policy and _same_tags(cached[1], listed):
            return
        from fluxtui.domain.versions import Selector

        selector = self._selectors.setdefault(key, Selector(policy))
        selector.policy = policy
        published = {tag: fact.created for tag, fact in listed.facts.items() if fact.created}
        try:
            selection = selector.select(listed.tags, published)
        except Exception as error:
            # One strange policy must not cost the others theirs; the board shows the sentence.
            text = f"the Selection failed: {type(error).__name__}: {error}"
            selection = Selection(policy, "", (), text)
        selection = replace(selection, warnings=(*warnings, *selection.warnings))
        self._from[key] = (policy, listed)
        self._store.selection(key, selection)

    def _forget(self, key: Key) -> None:
        if self._from.pop(key, None) is not None:
            self._selectors.pop(key, None)
            self._store.selection(key, None)


def _as_scanned(
    snapshot: Snapshot, resource: Resource, listed: TagList
) -> tuple[TagList, tuple[str, ...]]:
    """The few tags that a controller has told, where the registry tells none; and that it is so."""
    holder = scanned_by(snapshot, resource)
    kind = kinds.of(holder.key) if holder is not None else None
    if holder is None or kind is None or kind.scan is None:
        return listed, ()
    tags = kind.scan.tags(holder)
    if not tags:
        return listed, ()
    text = (
        f"its registry cannot be asked ({listed.error}): these are the newest {len(tags)} tags that"
        f" {holder.key.label} told at {kind.scan.at(holder) or 'a time it does not say'}"
    )
    return replace(listed, tags=tags), (text,)


def _same_tags(before: TagList, after: TagList) -> bool:
    return before.tags is after.tags and before.facts is after.facts
