"""What fluxtui says of each kind in each state, as a table: `python -m tests.contract kinds`.

Judged on the recordings, which Flux's own controllers wrote, and with `--live` on a fleet whose
controllers run: a cell says which of both it rests on. A status that was written by hand is called
so; a state that none of them is in says so. It must not judge by rules of its own: it asks what the
screen asks.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from fluxtui.commands.command import Context, Target
from fluxtui.commands.registry import by_id
from fluxtui.domain import kinds
from fluxtui.domain.board import Level
from fluxtui.domain.config import Config, Environment
from fluxtui.domain.detail import detail_of
from fluxtui.domain.kinds import appliers
from fluxtui.domain.kinds.kind import Kind
from fluxtui.domain.knowledge import FeedState
from fluxtui.domain.marks import suspension
from fluxtui.domain.overview import overview
from fluxtui.domain.overview.judgement import flux_health
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.snapshot import Feed, KindId, Snapshot
from fluxtui.ui.panes.objectrows import Choice, ObjectRows
from tests.contract.fleet.cases import Case, met
from tests.contract.fleet.kindacts import tried
from tests.contract.fleet.recordings import Expected, by_hand, expected, recorded
from tests.contract.fleet.story import Fleet, told
from tests.contract.server import wait_until

PLACE, NONE = "fleet", "- (not recorded)"
PLACES = LIVE, RECORDED, WRITTEN = ("live", "recording", "by hand")
STATES = ("ready", "progressing", "failing", "suspended", "stalled")
ACTS = ("reconcile", "reconcile-force", "suspend", "resume", "pin")
LEVELS = {
    "ready": {Level.OK},
    "static": {Level.OK},
    "failing": {Level.FAILED, Level.WAITING},
    "stalled": {Level.FAILED},
    "progressing": {Level.PROGRESSING},
}


@dataclass(frozen=True, slots=True)
class Alive:
    """What was read of a fleet whose controllers run: `objects` and what must be said of them, by
    Kind/namespace/name, and by kind the `acts` that were tried and whether they were answered."""

    objects: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    cases: Mapping[str, Expected] = field(default_factory=dict)
    acts: Mapping[str, Mapping[str, bool]] = field(default_factory=dict)


NOTHING = Alive()


@dataclass(frozen=True, slots=True)
class Judged:
    """One object, what must be said of it, and `where` it is from: one of PLACES."""

    case: Expected
    resource: Resource
    where: str


Cases = tuple[Judged, ...]


def alive(fleet: Fleet) -> Alive:
    """As it is now, without acts. An object that is tried again just now is read once more: for
    that moment it has failed no longer."""
    cases = {case.key: Expected(case.state, case.words, case.about) for case in fleet.cases}
    objects = {case.key: _settled(fleet, case) for case in fleet.cases}
    return Alive(objects, cases)


def _settled(fleet: Fleet, case: Case) -> dict[str, Any]:
    wait_until(fleet.api, case.path, partial(met, case.until), 60)
    found = fleet.live(case)
    return found if met(case.until, found) else _settled(fleet, case)


def live_table() -> str:
    """The table, with a fleet of its own."""
    with tempfile.TemporaryDirectory(prefix="fluxtui-kinds-") as name:
        folder = Path(name)
        with told(folder / "fleet") as fleet:
            seen = alive(fleet)
            (folder / "home").mkdir()
            return table(replace(seen, acts=tried(fleet, folder / "home")))


def known(objects: Mapping[str, Mapping[str, Any]]) -> Snapshot:
    """All these objects, known and judged."""
    tables: dict[KindId, dict[Key, Resource]] = {}
    for item in objects.values():
        one = Resource.from_object(PLACE, item)
        tables.setdefault((one.key.group, one.key.kind), {})[one.key] = one
    feeds = tuple(Feed(PLACE, kind.id, "", FeedState.LIVE) for kind in kinds.ALL)
    config = Config(environments=(Environment(PLACE, PLACE),), user="anna")
    bare = Snapshot(config=config, resources={PLACE: tables}, feeds=feeds)
    board, findings = overview(bare)
    return replace(bare, board=board, findings=findings)


def table(live: Alive = NOTHING) -> str:
    """The table as markdown; what is live stands before what was recorded."""
    written, said = by_hand()
    objects = {**written, **recorded(), **live.objects}
    seen, must = known(objects), {**said, **expected(), **live.cases}
    head = ("kind", "seen", *STATES, "reason", "chain", "detail", "acts")
    rows = []
    for kind in kinds.ALL:
        cases = tuple(
            Judged(case, Resource.from_object(PLACE, objects[name]), _where(name, live, said))
            for name, case in must.items()
            if name.partition("/")[0] == kind.kind
        )
        rows.append((kind.kind, *_row(seen, kind, cases, live.acts.get(kind.kind, {}))))
    lines = ["| " + " | ".join(cells) + " |" for cells in (head, ("---",) * len(head), *rows)]
    return "\n".join(lines)


def _row(seen: Snapshot, kind: Kind, cases: Cases, done: Mapping[str, bool]) -> Iterator[str]:
    listed = {row.key for row in ObjectRows().of(seen, Choice(PLACE, (kind,)))}
    yield _verdict((one, one.resource.key in listed) for one in cases)
    for state in STATES:
        wanted = ("ready", "static") if state == "ready" else (state,)
        of_state = [one for one in cases if one.case.state in wanted]
        static = all(one.case.state == "static" for one in of_state)
        said = "static: " if of_state and static else ""
        yield said + _verdict((one, _is_right(one.case, one.resource)) for one in of_state)
    yield _verdict((one, _has_words(one.case, one.resource)) for one in cases if one.case.words)
    yield _chain(seen, kind, cases)
    yield _verdict((one, _has_detail(seen, one.resource)) for one in cases)
    yield _acts(seen, cases, done)


def _verdict(each: Iterable[tuple[Judged, bool]]) -> str:
    """`live (n)`, `recording (n)` or both, when all are judged right."""
    judged = tuple(each)
    if not all(right for _one, right in judged):
        return "WRONG"
    counts = ((place, sum(one.where == place for one, _right in judged)) for place in PLACES)
    return ", ".join(f"{place} ({count})" for place, count in counts if count) or NONE


def _where(name: str, live: Alive, said: Mapping[str, Expected]) -> str:
    return LIVE if name in live.objects else WRITTEN if name in said else RECORDED


def _is_right(case: Expected, resource: Resource) -> bool:
    if case.state == "suspended":
        return suspension(resource) is not None
    return suspension(resource) is None and flux_health(resource).level in LEVELS[case.state]


def _has_words(case: Expected, resource: Resource) -> bool:
    text = flux_health(resource).text.lower()
    return all(word.lower() in text for word in case.words)


def _chain(seen: Snapshot, kind: Kind, cases: Cases) -> str:
    if kind.applier is None:
        return "- (applies nothing)"
    nodes = {node.key for node in seen.board.chains[PLACE]}
    keys = ((one, one.resource.key) for one in cases)
    return _verdict((one, appliers.is_applier(key) and key in nodes) for one, key in keys)


def _has_detail(seen: Snapshot, resource: Resource) -> bool:
    detail = detail_of(seen, resource)
    return detail.key == resource.key and bool(detail.conditions or kinds.is_static(resource))


def _acts(seen: Snapshot, cases: Cases, done: Mapping[str, bool]) -> str:
    """Those that live controllers have answered, those that are offered on what was recorded, and
    those that were tried in vain."""
    offered = [act for act in ACTS if act not in done and _is_offered(seen, act, cases)]
    live = [act for act in ACTS if done.get(act)]
    wrong = [act for act in ACTS if done.get(act) is False]
    told = (("live", live), ("recording", offered), ("WRONG", wrong))
    return "; ".join(f"{place}: {', '.join(acts)}" for place, acts in told if acts) or "- (none)"


def _is_offered(seen: Snapshot, act: str, cases: Cases) -> bool:
    contexts = (
        Context(seen, Target(PLACE, object=one.resource.key), "2026-11-23T03:12:00Z", "anna")
        for one in cases
    )
    return any(by_id(act).disabled_reason(context) is None for context in contexts)
