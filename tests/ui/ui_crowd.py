"""More of everything than any terminal has lines for: rows n000 to n119 in every view and sheet."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace
from typing import Any

from fluxtui.domain.ask import (
    ComparedKustomization,
    Comparison,
    Question,
    ReadFacts,
    ReadInventory,
    ReadObject,
    ReviewRights,
    ValuesOf,
)
from fluxtui.domain.board import Board, ChainNode, Finding, HealthLine, Level, Line, Row, Severity
from fluxtui.domain.objectdiff import ObjectChange
from fluxtui.domain.objectid import ObjectId
from fluxtui.domain.plan import Outcome, Receipt, RequestReconcile
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.selection import Refusal, Selection, Verdict
from fluxtui.domain.snapshot import Act, Change, Snapshot, TagFacts, TagList
from tests.ui.ui_delivery import CONFIG, KS, NOW, NOW_SECONDS, OCI, OK, PLAN, ks, line, night, oci
from tests.ui.ui_engine import ScriptedEngine
from tests.ui.ui_flux_objects import HOST, kustomization, source

MANY = 120
NAMES = tuple(f"n{number:03}" for number in range(MANY))
FIRST, LAST = NAMES[0], NAMES[-1]


def crowd(names: tuple[str, ...] = NAMES) -> Snapshot:
    """One environment in which there are so many of everything."""
    resources: dict[tuple[str, str], dict[Key, Resource]] = {OCI: {}, KS: {}}
    for name in names:
        key, holder = oci("staging", name, "apps"), ks("staging", name, "apps")
        resources[OCI][key] = source(key, "many", NOW, semver=">=0.0.0")
        resources[KS][holder] = long(kustomization(holder, name, "."))
    rows = tuple(Row(name, name, {"staging": (service(name),)}) for name in names)
    nodes = tuple(node(name) for name in names)
    return replace(
        night(),
        serial=len(names),
        resources={"staging": resources},
        tags={f"{HOST}/many": tag_list(names)},
        selections={oci("staging", name, "apps"): selection(names) for name in names},
        board=Board(("staging",), rows, {"staging": nodes}),
        findings=tuple(
            Finding(Severity.WARNING, "code", "staging", f"{name} is odd") for name in names
        ),
        acts=tuple(act(name) for name in names[::-1]),
        changes=tuple(change(name) for name in names),
        config=replace(CONFIG, environments=CONFIG.environments[:1]),
    )


def service(name: str) -> Line:
    """A source with one Kustomization."""
    return line(oci("staging", name, "apps"), "v1.0.0", appliers=(ks("staging", name, "apps"),))


def long(resource: Resource) -> Resource:
    """The same with an inventory that fills a sheet."""
    entries = [{"id": f"apps_{name}__ConfigMap", "v": "v1"} for name in NAMES]
    body = dict(resource.as_object())
    body["status"] = {**body["status"], "inventory": {"entries": entries}}
    return Resource.from_object(resource.key.environment, body)


def node(name: str, level: Level = Level.OK) -> ChainNode:
    """A Kustomization that waits for nobody."""
    health = OK if level is Level.OK else HealthLine(level, "Job failed")
    return ChainNode(ks("staging", name, "apps"), 0, health, "v1.0.0", name)


def tag_list(names: tuple[str, ...]) -> TagList:
    """Tags with their facts."""
    facts = {n: TagFacts(n, "sha256:" + "ab" * 32, NOW, signed="") for n in names}
    return TagList(f"{HOST}/many", names, NOW_SECONDS, facts=facts)


def selection(names: tuple[str, ...]) -> Selection:
    """The first is chosen."""
    base = night().selections[oci("staging", "activity")]
    verdicts = tuple(Verdict(n, Refusal.LOWER if n != names[0] else None, "lower") for n in names)
    return replace(base, chosen=names[0], verdicts=verdicts, warnings=())


def change(name: str) -> Change:
    """A line of the time line."""
    return Change(NOW, "staging", f"Kustomization/apps/{name}", f"applied {name}")


def act(name: str) -> Act:
    """An act that is over."""
    step = RequestReconcile("s", f"reconcile {name}", target=ks("staging", name, "apps"), at=NOW)
    plan = replace(PLAN, title=f"act {name}", steps=(step,), made_at=NOW, reason=name)
    return Act(plan, (Receipt(plan.id, "s", Outcome.DONE, "", NOW),), finished=True)


_OTHERS = ReadFacts | ReadObject | ReadInventory | ValuesOf | ReviewRights


class CrowdEngine(ScriptedEngine):
    """Its comparisons are as long as its lists."""

    def __init__(self) -> None:
        super().__init__(crowd())

    def ask(self, question: Question) -> Future[Any]:
        if isinstance(question, _OTHERS):
            return super().ask(question)
        changes = tuple(
            ObjectChange("added", ObjectId("apps", name, "", "ConfigMap"), after={"kind": name})
            for name in NAMES
        )
        part = ComparedKustomization(ks("staging", FIRST, "apps"), "v1", "v2", changes)
        self.asked.append(question)
        future: Future[Any] = Future()
        future.set_result(Comparison("v1 → v2", (part,)))
        return future
