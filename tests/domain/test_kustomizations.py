"""What a Kustomization says of itself: what it follows, what is live, since when it fails."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from builders import NS, READY, condition, digest, failed, ks, revision

from fluxtui.domain.kinds import helmrelease, kustomization, reading
from fluxtui.domain.resource import Key, Resource

OLD, NEW = revision("1.4.1", "a"), revision("1.4.2", "b")
T1, T2, T3 = (f"2026-11-23T0{hour}:00:00Z" for hour in (1, 2, 3))
GROUP = "source.toolkit.fluxcd.io"


def bare(**parts: Any) -> Resource:
    meta = {"name": "api", "namespace": NS}
    obj = {"apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization"}
    return Resource.from_object("staging", {**obj, "metadata": meta, **parts})


def tried(*conditions: Any, history: Any = ()) -> Resource:
    return ks(applied=OLD, attempted=NEW, conditions=conditions, history=history)


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ({"kind": "Bucket", "name": "web"}, (NS, "Bucket", "web")),
        ({"kind": "Bucket", "name": "web", "namespace": "far"}, ("far", "Bucket", "web")),
        ({"kind": "Bucket", "name": "web", "namespace": ""}, (NS, "Bucket", "web")),
        ({"kind": "Bucket"}, None),
        ({"kind": None, "name": "web"}, None),
        ({"kind": "Bucket", "name": None}, None),
        ("web", None),
        (None, None),
    ],
)
def test_its_source_is_the_one_it_names(reference: Any, expected: Any) -> None:
    found = kustomization.source(bare(spec={"sourceRef": reference}))
    assert found == (expected and Key("staging", GROUP, expected[1], expected[0], expected[2]))


def test_what_it_depends_on_is_kept_in_order_and_nonsense_left_out() -> None:
    needs = [{"name": "db"}, {"name": "auth", "namespace": "sso"}, {"namespace": "x"}, "web", None]
    found = kustomization.depends_on(bare(spec={"dependsOn": needs}))
    assert [(key.namespace, key.name) for key in found] == [(NS, "db"), ("sso", "auth")]
    assert kustomization.depends_on(bare(spec={"dependsOn": {"name": "db"}})) == ()
    assert kustomization.depends_on(bare()) == ()


@pytest.mark.parametrize(
    ("resource", "live"),
    [
        (bare(), ""),
        (bare(status={"lastAppliedRevision": None, "lastAttemptedRevision": None}), ""),
        (ks(applied=OLD), OLD),
        (
            bare(
                status={
                    "lastAppliedRevision": OLD,
                    "lastAttemptedRevision": None,
                    "conditions": [failed("HealthCheckFailed")],
                }
            ),
            OLD,
        ),
        (tried(failed("BuildFailed")), OLD),
        (tried(failed("HealthCheckFailed")), NEW),
        (tried(condition("Ready", "Unknown", "Progressing")), OLD),
        (tried(condition("Healthy", "Unknown", "Progressing", f"Running for {NEW}")), NEW),
        (tried(condition("Healthy", "Unknown", "Progressing", f"Running for {OLD}")), OLD),
        (tried(condition("Healthy", "False", "Failed", f"Running for {NEW}")), OLD),
        (tried(history=[(NEW, "ReconciliationSucceeded", T2)]), NEW),
        (tried(history=[(NEW, "BuildFailed", T2)]), OLD),
        (tried(history=[(OLD, "HealthCheckFailed", T2)]), OLD),
        (tried(history=[(OLD, "BuildFailed", T3), (NEW, "PruneFailed", T2)]), NEW),
    ],
)
def test_the_live_revision_is_the_one_that_was_applied_last(resource: Resource, live: str) -> None:
    assert kustomization.running(resource) == live


def test_history_and_inventory_are_read_as_far_as_they_have_a_shape() -> None:
    entry = {
        "digest": "d",
        "lastReconciledStatus": "X",
        "firstReconciled": T1,
        "lastReconciled": T2,
    }
    status = {
        "history": [{**entry, "metadata": {"revision": NEW}}, {"metadata": "odd"}, "odd"],
        "inventory": {"entries": [{"id": "a_b_c_D", "v": "v1"}, {"id": None}, "odd"]},
    }
    one = bare(status=status)
    first, second = reading.history(one)
    assert (first.digest, first.revision, first.status) == ("d", NEW, "X")
    assert (first.first, first.last) == (T1, T2)
    assert not any((second.digest, second.revision, second.status, second.first, second.last))
    assert reading.inventory(one) == (("a_b_c_D", "v1"), ("", ""))
    odd = bare(status={"history": {}, "inventory": {"entries": {}}})
    assert reading.history(odd) == () and reading.inventory(odd) == ()
    assert reading.inventory(bare(status={"inventory": "odd"})) == ()


def entry(revision_: Any, status: Any, first: str, last: str = "") -> dict[str, Any]:
    meta = {"revision": revision_}
    return {
        "metadata": meta,
        "lastReconciledStatus": status,
        "firstReconciled": first,
        "lastReconciled": last or first,
    }


UNWELL = failed("HealthCheckFailed")


def failing(*entries: Any, ready: Any = UNWELL, tries: Any = NEW) -> Resource:
    ready = ready and {**ready, "lastTransitionTime": T3}
    conditions = [ready] if ready else []
    return bare(
        status={
            "lastAttemptedRevision": tries, "history": list(entries), "conditions": conditions,
        }
    )  # fmt: skip


BAD, GOOD = entry(NEW, "HealthCheckFailed", T1, T3), entry(OLD, "ReconciliationSucceeded", T1, T2)


@pytest.mark.parametrize(
    ("resource", "since"),
    [
        (failing(BAD), T1),
        (failing(BAD, GOOD), T3),
        (failing(entry(NEW, "HealthCheckFailed", T3), GOOD), T3),
        (failing(BAD, ready=condition("Ready", "Unknown")), T1),
        (failing(BAD, ready=None), T1),
        (failing(BAD, ready=READY), ""),
        (failing(), T3),
        (failing(ready=None), ""),
        (failing(ready=READY), ""),
        (failing(entry(NEW, "ReconciliationSucceeded", T1)), T3),
        (failing(entry(OLD, "HealthCheckFailed", T1)), T3),
        (failing(entry(NEW, "HealthCheckFailed", "")), T3),
        (failing(entry(NEW, None, T1)), T3),
        (failing(entry("", "HealthCheckFailed", T1), tries=""), T3),
        (failing(entry(None, "HealthCheckFailed", T1), tries=None), T3),
    ],
)
def test_it_fails_since_this_content_failed_first(resource: Resource, since: str) -> None:
    assert kustomization.failing_since(resource) == since


@pytest.mark.parametrize(
    ("stored", "took", "since"),
    [
        ("", "8s", T3),
        ("odd", "8s", T3),
        (T1, "8s", T3),  # it was well after that
        (T2, "8s", T3),
        ("2026-11-23T02:03:36Z", "8.2s", "2026-11-23T02:03:45Z"),
        ("2026-11-23T02:03:36Z", "5m0s", "2026-11-23T02:08:36Z"),
        ("2026-11-23T02:03:36Z", "2h", T3),
        ("2026-11-23T02:03:36Z", "", T3),
        ("2026-11-23T04:00:00Z", "8s", T3),  # stored again since, as after a restart
    ],
)
def test_what_was_well_in_between_fails_since_its_source_stored_it_again(
    stored: str, took: str, since: str
) -> None:
    again = {**BAD, "lastReconciledDuration": took}
    assert kustomization.failing_since(failing(again, GOOD), stored) == since
    never_well = {**BAD, "lastReconciledDuration": took}
    assert kustomization.failing_since(failing(never_well), stored) == T1


def test_a_chart_is_taken_from_what_its_reference_names() -> None:
    def taken(reference: Any) -> Key | None:
        obj = {"apiVersion": "helm.toolkit.fluxcd.io/v2", "kind": "HelmRelease"}
        spec = {"chartRef": reference}
        meta = {"name": "web", "namespace": NS}
        return helmrelease.source(
            Resource.from_object("staging", {**obj, "metadata": meta, "spec": spec})
        )

    here = Key("staging", GROUP, "OCIRepository", NS, "chart")
    assert taken({"kind": "OCIRepository", "name": "chart"}) == here
    far = taken({"kind": "OCIRepository", "name": "chart", "namespace": "charts"})
    assert far is not None and far.namespace == "charts"
    for nothing in ({"name": "chart"}, {"kind": "OCIRepository"}, "x", None):
        assert taken(nothing) is None
    assert taken({"kind": "OCIRepository", "name": None}) is None
    assert digest("a") in OLD
