"""What has arrived since the last Snapshot, and how it becomes the next one.

Copy-on-write along environment -> kind -> key: a table that nothing touched is the same object in
the next Snapshot, and an unchanged Resource too, so that readers compare by identity. Only the
Engine's thread may call anything here. No rule about what objects mean lives here.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Hashable, Iterable
from math import inf
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from fluxtui.domain import kinds
from fluxtui.domain.board import BESIDE, Finding
from fluxtui.domain.gitreference import RemoteAnswer, RemoteQuestion
from fluxtui.domain.knowledge import FeedState
from fluxtui.domain.snapshot import Act, Feed, KindId, Snapshot, TagList
from fluxtui.kit.moments import order
from fluxtui.kit.records import NamedTuple

if TYPE_CHECKING:
    from fluxtui.domain.config import Config
    from fluxtui.domain.kinds.kind import Kind
    from fluxtui.domain.plan import Plan, Receipt
    from fluxtui.domain.resource import Key, Resource
    from fluxtui.domain.selection import Selection

ACTS_KEPT = 50
PAST_KEPT = 2000
FLUX = frozenset(kind.id for kind in kinds.ALL)


class Touch(NamedTuple):
    """One object's step from a Snapshot to the next; None: not there."""

    key: Key
    before: Resource | None
    after: Resource | None


class Batch(NamedTuple):
    """A half-made Snapshot (board, findings and changes are still the old ones) and what is new.

    `tags`: repositories whose TagList is new. `overview`: whether board and findings can differ.
    """

    half: Snapshot
    touched: tuple[Touch, ...]
    tags: frozenset[str]
    receipts: tuple[tuple[Plan, Receipt], ...]
    overview: bool


class Store:
    """The Engine's mutable memory.

    `snapshot` is the newest that is whole; `latest` may be ahead of it, with what has arrived since
    and with the older one's judgement. `arrived` is set by every change, for who waits for one;
    `settled` as long as every feed has been answered, one way or the other; `is_new`: whether
    anything has changed since the last `take`; `due`: when time alone makes another Snapshot
    say more (epoch seconds; infinity for never).
    """

    def __init__(self, config: Config) -> None:
        self.snapshot = self.latest = Snapshot(config=config)
        self._unjudged: Batch | None = None
        self.arrived = asyncio.Event()
        self.settled = asyncio.Event()
        self.is_new = False
        self.due = inf
        self._starting: set[Hashable] = set()
        self._objects: dict[Key, Resource | None] = {}
        self._feeds: dict[Hashable, Feed] = {}
        self._unreachable: dict[str, str] = {}
        self._found: dict[str, tuple[Kind, ...]] = {}
        self._tags: dict[str, TagList] = {}
        self._selections: dict[Key, Selection] = {}
        self._remotes: dict[RemoteQuestion, RemoteAnswer] = {}
        self._acts: dict[int, Act] = {}
        self._notes: dict[Hashable, Finding] = {}
        self._past: dict[tuple[Key, str], Resource] = {}
        self._new_tags: set[str] = set()
        self._new_selections = False
        self._new_receipts: list[tuple[Plan, Receipt]] = []
        self._overview = True
        self._act_serial = 0

    # -- what arrives

    def put(self, resource: Resource) -> None:
        """An object is new or changed."""
        self._objects[resource.key] = resource
        self._arrived(resource.key)

    def drop(self, key: Key) -> None:
        """An object is gone."""
        self._objects[key] = None
        self._arrived(key)

    def feed(self, id_: Hashable, feed: Feed | None) -> None:
        """State of a feed; None when it is closed."""
        if feed is None:
            self._feeds.pop(id_, None)
        else:
            self._feeds[id_] = feed
        if feed is not None and feed.state is FeedState.STARTING:
            self._starting.add(id_)
            self.settled.clear()
        else:
            self._starting.discard(id_)
            if not self._starting:
                self.settled.set()
        self._touch()

    @property
    def is_starting(self) -> bool:
        """Whether a feed has not been answered yet, one way or the other."""
        return bool(self._starting)

    @property
    def unread(self) -> bool:
        """Whether an object has arrived since the last `take`."""
        return bool(self._objects)

    @property
    def pending(self) -> int:
        """How many objects have arrived since the last Snapshot that was judged."""
        return len(self._objects) + (len(self._unjudged.touched) if self._unjudged else 0)

    def progress(self) -> object:
        """Another answer whenever objects have arrived, or a Snapshot was made."""
        return (self.snapshot.serial, self.pending)

    def unreachable(self, environment: str, why: str) -> None:
        """Why an Environment cannot be reached now; "" when it can."""
        if self._unreachable.get(environment, "") == why:
            return
        if why:
            self._unreachable[environment] = why
        else:
            self._unreachable.pop(environment, None)
        self._touch()

    def found(self, environment: str, found: tuple[Kind, ...]) -> None:
        """Which kinds there are Flux's besides those that are known."""
        self._found = {**self._found, environment: found}
        self._touch()

    def note(self, id_: Hashable, finding: Finding | None) -> None:
        """A finding of the Engine's own; None when it is over."""
        if self._notes.get(id_) == finding:
            return
        if finding is None:
            self._notes.pop(id_, None)
        else:
            self._notes[id_] = finding
        self._changed()

    def tag_list(self, listed: TagList) -> None:
        """Tags of a repository as now known."""
        self._tags[listed.repository] = listed
        self._new_tags.add(listed.repository)
        self._touch()

    def forget_tags(self, repository: str) -> None:
        """No source uses that repository any more."""
        if self._tags.pop(repository, None) is not None:
            self._touch()

    def remote(self, asked: RemoteQuestion, answer: RemoteAnswer | None) -> None:
        """What a Git remote said; None when nobody wants to know any more."""
        before = self._remotes.get(asked)
        if answer is None:
            self._remotes.pop(asked, None)
        else:
            self._remotes[asked] = answer
        if before != answer:
            self._touch()

    def selection(self, key: Key, selection: Selection | None) -> None:
        """What the policy of a source picks; None when the source is gone. Only a stage says it, in
        the middle of a Snapshot that takes it up (`selections`): it is no reason for another."""
        if selection is None:
            self._selections.pop(key, None)
        else:
            self._selections[key] = selection
        self._new_selections = True

    def act(self, plan: Plan, at: str = "") -> int:
        """A Plan begins (`at` RFC 3339); the number is for `started`, `receipt` and `finish`."""
        self._act_serial += 1
        self._acts[self._act_serial] = Act(plan, began=at)
        for number in [n for n, act in self._acts.items() if act.finished][:-ACTS_KEPT]:
            del self._acts[number]
        self._changed()
        return self._act_serial

    def remember(self, acts: Iterable[Act]) -> None:
        """Acts of other sessions, oldest first, in place of those told before; those of this one
        are left out of them. All stand in the order they were begun in."""
        own = {number: act for number, act in self._acts.items() if number > 0}
        plan_ids = {act.plan.id for act in own.values()}
        past = tuple(act for act in acts if act.plan.id not in plan_ids)[-ACTS_KEPT:]
        merged = {number - len(past): act for number, act in enumerate(past)} | own
        merged = dict(sorted(merged.items(), key=lambda numbered: order(numbered[1].began)))
        if list(merged.items()) != list(self._acts.items()):
            self._acts = merged
            self._changed()

    def receipt(self, number: int, receipt: Receipt) -> None:
        """A Step of a running Plan ended."""
        act = self._acts[number]
        self._acts[number] = dataclasses.replace(act, receipts=(*act.receipts, receipt))
        self._new_receipts.append((act.plan, receipt))
        self._changed()

    def started(self, number: int, step: str, at: str) -> None:
        """A Step of a running Plan is being done since then."""
        act = self._acts[number]
        self._acts[number] = dataclasses.replace(act, started={**act.started, step: at})
        self._changed()

    def finish(self, number: int, at: str = "", cut: str = "") -> None:
        """A Plan ended; `cut`: why before its Steps had."""
        act = self._acts[number]
        self._acts[number] = dataclasses.replace(act, finished=True, ended=at, cut=cut)
        self._changed()

    def again(self) -> None:
        """One more Snapshot is wanted, though nothing has arrived."""
        self._changed()

    def due_at(self, moment: float) -> None:
        """Time alone makes another Snapshot say more then; whoever waits is to know."""
        if moment < self.due:
            self.arrived.set()
        self.due = moment

    def _changed(self) -> None:
        self.is_new = True
        self.arrived.set()

    def _arrived(self, key: Key) -> None:
        if (key.group, key.kind) in BESIDE:
            self._changed()
        else:
            self._touch()

    def _touch(self) -> None:
        self._overview = True
        self._changed()

    # -- what is known

    def recall(self, key: Key, resource_version: str) -> Resource | None:
        """That version of a Flux object, when it was seen lately."""
        candidates = (self._objects.get(key), self.snapshot.get(key))
        now = next((r for r in candidates if r and r.resource_version == resource_version), None)
        return now or self._past.get((key, resource_version))

    def notes(self) -> tuple[Finding, ...]:
        """The Engine's own findings."""
        return tuple(self._notes.values())

    # -- the next Snapshot

    def take(self, now: float) -> Batch:
        """All that has arrived, as one half-made Snapshot. Publishing it is `commit`, going on
        with it before it is judged `advance`."""
        self.is_new, self.due = False, inf
        old = self.latest
        resources, touched = self._merge(old)
        half = dataclasses.replace(
            old,
            serial=self.snapshot.serial + 1,
            taken_at=now,
            resources=resources,
            feeds=tuple(self._feeds.values()),
            unreachable=_frozen(self._unreachable),
            found=self._found,
            tags=_frozen(self._tags)
            if self._new_tags or len(self._tags) != len(old.tags)
            else old.tags,
            remotes=old.remotes if old.remotes == self._remotes else _frozen(self._remotes),
            acts=tuple(self._acts.values()),
        )
        batch = Batch(
            half, touched, frozenset(self._new_tags), tuple(self._new_receipts), self._overview
        )
        if self._unjudged is not None:
            batch = _joined(self._unjudged, batch)
        self._new_tags.clear()
        self._new_receipts.clear()
        self._overview = False
        return batch

    def selections(self, half: Snapshot) -> Snapshot:
        """`half` with the Selections as now known."""
        if not self._new_selections:
            return half
        self._new_selections = False
        return dataclasses.replace(half, selections=_frozen(self._selections))

    def commit(self, snapshot: Snapshot) -> None:
        """`snapshot` is the newest from now on."""
        self.snapshot = self.latest = snapshot
        self._unjudged = None

    def advance(self, batch: Batch, snapshot: Snapshot) -> None:
        """`snapshot` is the latest, though not judged: the next `take` has all of `batch` too."""
        self.latest = snapshot
        self._unjudged = batch
        self.is_new = True

    def _merge(self, old: Snapshot) -> tuple[Any, tuple[Touch, ...]]:
        arrived, self._objects = self._objects, {}
        tables: dict[tuple[str, KindId], dict[Key, Resource]] = {}
        touched: list[Touch] = []
        for key, after in arrived.items():
            before = old.get(key)
            if before is after or (before and after and _same(before, after)):
                continue
            place = (key.environment, (key.group, key.kind))
            if place not in tables:
                tables[place] = dict(old.table(*place))
            if after is None:
                del tables[place][key]
            else:
                tables[place][key] = after
            self._remember(before)
            touched.append(Touch(key, before, after))
        if not tables:
            return old.resources, ()
        resources = {env: dict(kinds_) for env, kinds_ in old.resources.items()}
        for (environment, kind), table in tables.items():
            resources.setdefault(environment, {})[kind] = _frozen(table)
        return _frozen({env: _frozen(kinds_) for env, kinds_ in resources.items()}), tuple(touched)

    def _remember(self, before: Resource | None) -> None:
        """Keep what a Plan under review may have been made from; bounded over all objects."""
        if before is None or (before.key.group, before.key.kind) not in FLUX:
            return
        self._past[(before.key, before.resource_version)] = before
        while len(self._past) > PAST_KEPT:
            del self._past[next(iter(self._past))]


def _joined(before: Batch, after: Batch) -> Batch:
    return Batch(
        after.half,
        (*before.touched, *after.touched),
        before.tags | after.tags,
        (*before.receipts, *after.receipts),
        before.overview or after.overview,
    )


def _same(before: Resource, after: Resource) -> bool:
    return (
        before.uid == after.uid
        and before.resource_version == after.resource_version
        and bool(after.resource_version)
    )


def _frozen(table: dict[Any, Any]) -> Any:
    return MappingProxyType(dict(table))
