"""An EnginePort in memory, for tests of the screen alone: shows and notes, does nothing."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fluxtui.domain.ask import (
    ComparedKustomization,
    Comparison,
    DeliveredKustomization,
    Delivery,
    PatchesDiff,
    Question,
    ReadFacts,
    ReadInventory,
    ReadLogs,
    ReadObject,
    ReviewMoves,
    ReviewRights,
    ReviewStanding,
    Standing,
    TryMoves,
    ValuesOf,
)
from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.errors import RefusedError, RegistryUnreachable
from fluxtui.domain.objectdiff import FieldChange, ObjectChange
from fluxtui.domain.objectid import ObjectId
from fluxtui.domain.plan import Outcome, Plan, Receipt
from fluxtui.domain.resource import Key
from fluxtui.domain.review.content import content
from fluxtui.domain.snapshot import Snapshot
from tests.ui.ui_delivery import NOW, ks

if TYPE_CHECKING:
    from fluxtui.domain.protection import Confirmed
    from tests.ui.ui_log import ScriptedLog


def deployment(image: str, replicas: int) -> dict[str, Any]:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "activity-apiserver", "namespace": "activity-system"},
        "spec": {
            "replicas": replicas,
            "template": {"spec": {"containers": [{"name": "app", "image": image}]}},
        },
    }


COMPARISON = Comparison(
    "v1.4.2 → v1.5.0 in production",
    (
        ComparedKustomization(
            ks("production", "activity-apiserver"),
            "v1.4.2",
            "v1.5.0",
            (
                ObjectChange(
                    "changed",
                    ObjectId("activity-system", "activity-apiserver", "apps", "Deployment"),
                    (
                        FieldChange(
                            "spec.replicas",
                            2,
                            3,
                            by="patch 2 of Kustomization activity-system/activity-apiserver",
                        ),
                        FieldChange(
                            "spec.template.spec.containers[name=app].image",
                            "registry.example.com/acme/activity:1.4.2",
                            "registry.example.com/acme/activity:1.5.0",
                        ),
                        FieldChange("spec.template.spec.priorityClassName", None, "high", "added"),
                    ),
                    before=deployment("registry.example.com/acme/activity:1.4.2", 2),
                    after=deployment("registry.example.com/acme/activity:1.5.0", 3),
                ),
                ObjectChange(
                    "added",
                    ObjectId(
                        "activity-system", "activity-apiserver", "policy", "PodDisruptionBudget"
                    ),
                    after={"kind": "PodDisruptionBudget"},
                ),
                ObjectChange(
                    "removed",
                    ObjectId("activity-system", "legacy-export", "batch", "CronJob"),
                    before={"kind": "CronJob"},
                    by="patch 1 of Kustomization activity-system/activity-apiserver",
                ),
            ),
        ),
        ComparedKustomization(ks("production", "activity-processor"), "v1.4.2", "v1.5.0"),
        ComparedKustomization(
            ks("production", "clickhouse-database"),
            "v1.4.2",
            "v1.5.0",
            error="components/backups: patch target StatefulSet/clickhouse is not in the bundle",
        ),
    ),
    ("ConfigMap flux-system/cluster-settings: forbidden",),
)


_WEB = ObjectId("activity-system", "activity-apiserver", "apps", "Deployment")
_SQL = ObjectId("activity-system", "clickhouse-migrations-5df99h897h", "", "ConfigMap")
DELIVERY = Delivery(
    tuple(
        DeliveredKustomization(part, content(part.changes), dangers)
        for part, dangers in zip(
            COMPARISON.parts,
            (
                (Danger("replicas-drop", Gravity.CARE, f"{_WEB} goes from 8 to 3 replicas", _WEB),),
                (
                    Danger(
                        "migration",
                        Gravity.LOSS,
                        f"SQL in {_SQL} 004-retention.sql destroys data",
                        _SQL,
                        look=("ALTER TABLE audit_log", "  DROP COLUMN \x1b[31mwho"),
                    ),
                ),
                (),
            ),
            strict=True,
        )
    ),
    ("ConfigMap flux-system/cluster-settings: forbidden",),
)
"""What a build would change where it is taken; one Kustomization of it does not build."""


class ScriptedEngine:
    """`give` publishes a Snapshot; questions get canned answers; Plans are noted in `ran`."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._wake: Callable[[], None] = lambda: None
        self.started = False
        self.stopped = False
        self.asked: list[Question] = []
        self.ran: list[tuple[Plan, Confirmed]] = []
        self.interests: list[frozenset[Key]] = []
        self.registry_down = False
        self.forbidden: tuple[str, ...] = ()  # what no cluster lets through
        self.silent = False  # it takes questions and answers none
        self.answers: dict[Question, Any] = {}  # instead of the canned ones; errors are raised
        self.logs: list[ScriptedLog] = []
        self.running: Future[tuple[Receipt, ...]] | None = None

    @property
    def snapshot(self) -> Snapshot:
        return self._snapshot

    def give(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._wake()

    def start(self) -> None:
        self.started = True

    def stop(self, why: str = "") -> None:
        self.stopped = True

    def on_change(self, wake: Callable[[], None]) -> None:
        self._wake = wake

    def seen(self) -> None:
        pass

    def interest(self, keys: frozenset[Key]) -> None:
        self.interests.append(keys)

    def wait_for(self, condition: Callable[[Snapshot], bool], timeout: float) -> Future[Snapshot]:
        future: Future[Snapshot] = Future()
        if condition(self._snapshot):
            future.set_result(self._snapshot)
        return future

    def ask(self, question: Question) -> Future[Any]:
        future: Future[Any] = Future()
        if isinstance(question, ReviewRights):
            if not self.silent:
                future.set_result(self.forbidden)
            return future
        self.asked.append(question)
        if self.silent:
            return future
        if self.registry_down:
            error = RegistryUnreachable("connection refused", where="registry.example.com")
            future.set_exception(error)
        elif question in self.answers:
            answer = self.answers[question]
            if isinstance(answer, Exception):
                future.set_exception(answer)
            else:
                future.set_result(answer)
        elif isinstance(question, ReadFacts):
            future.set_result(self._snapshot.tags.get(question.repository))
        elif isinstance(question, ReviewMoves):
            future.set_result(DELIVERY)
        elif isinstance(question, TryMoves | ReviewStanding):
            future.set_result(Standing())
        elif isinstance(question, ReadObject | ReadInventory | ValuesOf):
            return future  # it takes its time
        elif isinstance(question, PatchesDiff):
            parts = tuple(p for p in COMPARISON.parts if p.kustomization == question.kustomization)
            title = f"patches of {question.kustomization.label}"
            future.set_result(replace(COMPARISON, title=title, parts=parts))
        else:
            future.set_result(COMPARISON)
        return future

    def follow(self, question: ReadLogs, wake: Callable[[], None]) -> ScriptedLog:
        from tests.ui.ui_log import ScriptedLog  # views without logs need nothing of it

        log = ScriptedLog(question, wake)
        self.logs.append(log)
        log.write("migration 004 begins", "\x1b[31mpanic: column exists\x1b[0m")
        return log

    def run(self, plan: Plan, *, confirmed: Confirmed) -> Future[tuple[Receipt, ...]]:
        from fluxtui.domain.protection import demand  # nor do views without acts

        missing = demand(plan, self.snapshot).missing(confirmed)
        if missing:
            raise RefusedError(missing, where=plan.title)
        self.ran.append((plan, confirmed))
        self.running = Future()
        return self.running

    def finish(self, outcome: Outcome = Outcome.DONE, message: str = "") -> None:
        """End the Plan that runs."""
        assert self.running is not None
        plan = self.ran[-1][0]
        receipts = tuple(Receipt(plan.id, s.id, outcome, message, NOW) for s in plan.steps)
        self.running.set_result(receipts)
