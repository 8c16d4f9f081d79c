"""What fluxtui says of each kind in each state, as a table: `python -m tests.contract kinds`.

Judged on the recordings, which Flux's own controllers wrote; a state that none of them is in says
so and is never made up. It must not judge by rules of its own: it asks what the screen asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

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
from tests.contract.fleet.recordings import Expected, expected, recorded

PLACE, NONE = "fleet", "- (not recorded)"
STATES = ("ready", "progressing", "failing", "suspended", "stalled")
ACTS = ("reconcile", "reconcile-force", "suspend", "resume", "pin")
LEVELS = {
    "ready": {Level.OK},
    "static": {Level.OK},
    "failing": {Level.FAILED, Level.WAITING},
    "stalled": {Level.FAILED},
    "progressing": {Level.PROGRESSING},
}
Cases = dict[str, tuple[Expected, Resource]]


def fleet() -> Snapshot:
    """All that was recorded, known and judged."""
    tables: dict[KindId, dict[Key, Resource]] = {}
    for item in recorded().values():
        one = Resource.from_object(PLACE, item)
        tables.setdefault((one.key.group, one.key.kind), {})[one.key] = one
    feeds = tuple(Feed(PLACE, kind.id, "", FeedState.LIVE) for kind in kinds.ALL)
    config = Config(environments=(Environment(PLACE, PLACE),), user="anna")
    bare = Snapshot(config=config, resources={PLACE: tables}, feeds=feeds)
    board, findings = overview(bare)
    return replace(bare, board=board, findings=findings)


def table() -> str:
    """The table as markdown."""
    seen, told, objects = fleet(), expected(), recorded()
    head = ("kind", "seen", *STATES, "reason", "chain", "detail", "acts offered")
    rows = []
    for kind in kinds.ALL:
        cases = {
            name: (case, Resource.from_object(PLACE, objects[name]))
            for name, case in told.items()
            if name.partition("/")[0] == kind.kind
        }
        rows.append((kind.kind, *_row(seen, kind, cases)))
    lines = ["| " + " | ".join(cells) + " |" for cells in (head, ("---",) * len(head), *rows)]
    return "\n".join(lines)


def _row(seen: Snapshot, kind: Kind, cases: Cases) -> Iterator[str]:
    listed = ObjectRows().of(seen, Choice(PLACE, (kind,)))
    yield f"recording ({len(listed)})" if listed else NONE
    for state in STATES:
        verdict = _verdict(_is_right(*one) for one in cases.values() if one[0].state == state)
        static = [_is_right(*one) for one in cases.values() if one[0].state == "static"]
        yield f"static: {_verdict(static)}" if static and state == "ready" else verdict
    yield _verdict(_has_words(*one) for one in cases.values() if one[0].words)
    yield _chain(seen, kind, cases)
    yield _verdict(_has_detail(seen, resource) for _case, resource in cases.values())
    yield ", ".join(act for act in ACTS if _is_offered(seen, act, cases)) or "- (none)"


def _verdict(each: Iterable[bool]) -> str:
    """`recording`, when all that were recorded are judged right."""
    judged = tuple(each)
    return (f"recording ({len(judged)})" if all(judged) else "WRONG") if judged else NONE


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
    return _verdict(appliers.is_applier(r.key) and r.key in nodes for _c, r in cases.values())


def _has_detail(seen: Snapshot, resource: Resource) -> bool:
    detail = detail_of(seen, resource)
    return detail.key == resource.key and bool(detail.conditions or kinds.is_static(resource))


def _is_offered(seen: Snapshot, act: str, cases: Cases) -> bool:
    contexts = (
        Context(seen, Target(PLACE, object=resource.key), "2026-11-23T03:12:00Z", "anna")
        for _case, resource in cases.values()
    )
    return any(by_id(act).disabled_reason(context) is None for context in contexts)
