"""What takes too long becomes a finding by time alone, and goes when it is over."""

from __future__ import annotations

from dataclasses import replace
from math import inf

from fluxtui.domain.resource import Resource
from fluxtui.engine.publication.stages import Judge
from fluxtui.engine.publication.store import Batch, Store
from fluxtui.kit.moments import seconds
from tests.builders import CONFIG, NS, condition, ks, snapshot

SINCE = "2026-11-23T03:00:00Z"
BEGAN = seconds(SINCE) or 0.0


def release(status: str) -> Resource:
    ready = {**condition("Ready", status, "Progressing"), "lastTransitionTime": SINCE}
    meta = {"name": "web", "namespace": NS, "generation": 1}
    body = {"apiVersion": "helm.toolkit.fluxcd.io/v2", "kind": "HelmRelease", "metadata": meta}
    told = {"observedGeneration": 1, "conditions": [ready]}
    return Resource.from_object("staging", {**body, "spec": {}, "status": told})


def test_time_alone_makes_it_a_finding() -> None:
    store = Store(CONFIG)
    judge = Judge(store, lambda _snapshot: ())

    def codes(status: str, after: float) -> list[str]:
        seen = replace(snapshot(release(status)), taken_at=BEGAN + after, findings=())
        batch = Batch(seen, (), frozenset(), (), False)
        return [f.code for f in judge.findings(batch, seen).findings if f.subject]

    assert codes("Unknown", 30) == []
    assert store.due == BEGAN + 600, "and a Snapshot is made then, whatever comes"
    assert codes("Unknown", 700) == ["not-ready"]
    assert store.due == inf
    assert codes("True", 700) == []


def test_a_deadline_of_a_hold_is_when_the_next_snapshot_is_due() -> None:
    until = "2026-11-23T05:00:00Z"
    notes = {"fluxtui.dev/suspended-by": "anna", "fluxtui.dev/suspended-until": until}
    held = ks("staging", "web", suspend=True, annotations=notes)
    store = Store(CONFIG)
    judge = Judge(store, lambda _snapshot: ())
    store.put(held)
    batch = store.take(BEGAN)
    first = judge.findings(batch, batch.half)
    assert [f.code for f in first.findings if f.subject] == [] and store.due == seconds(until)
    store.commit(first)
    batch = store.take(store.due)
    after = judge.findings(batch, batch.half)
    assert [f.code for f in after.findings if f.subject] == ["held-too-long"] and store.due == inf
