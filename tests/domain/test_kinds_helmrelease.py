"""A HelmRelease as its fields say it: its chart's origin, what runs, what failed, its storage."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest

from fluxtui.domain import kinds
from fluxtui.domain.kinds import helmrelease
from fluxtui.domain.kinds.kind import Run, StoredRelease, ValuesFrom
from fluxtui.domain.resource import Resource
from tests.builders import READY, condition, failed

BUILD = "0123456789ab"
DIGEST = f"sha256:{BUILD}{'c' * 52}"


def release(
    spec: Any = None, status: Any = None, conditions: Any = (), name: str = "web"
) -> Resource:
    meta = {"name": name, "namespace": "apps", "generation": 2}
    body = {"apiVersion": "helm.toolkit.fluxcd.io/v2", "kind": "HelmRelease", "metadata": meta}
    told = {"conditions": list(conditions), **(status or {})}
    return Resource.from_object("staging", {**body, "spec": spec or {}, "status": told})


def entry(number: int, status: str = "deployed", version: str = "1.4.2", **more: Any) -> Any:
    return {"version": number, "status": status, "chartVersion": version, **more}


@pytest.mark.parametrize(
    ("spec", "key"),
    [
        ({}, None),
        ({"chartRef": {"kind": "OCIRepository", "name": "c"}}, ("OCIRepository", "apps", "c")),
        (
            {"chartRef": {"kind": "HelmChart", "name": "c", "namespace": "other"}},
            ("HelmChart", "other", "c"),
        ),
        # What helm-controller makes of a template is named after the release, beside its source.
        ({"chart": {"spec": {"chart": "web"}}}, ("HelmChart", "apps", "apps-web")),
        (
            {"chart": {"spec": {"chart": "web", "sourceRef": {"namespace": "charts"}}}},
            ("HelmChart", "charts", "apps-web"),
        ),
        (
            {"chart": {"kind": "OCIRepository", "spec": {"sourceRef": {"namespace": "charts"}}}},
            ("OCIRepository", "apps", "apps-web"),
        ),
    ],
)
def test_its_chart_comes_from_what_it_names_or_from_what_is_made_of_its_template(
    spec: Any, key: tuple[str, str, str] | None
) -> None:
    found = helmrelease.source(release(spec))
    assert (found and (found.kind, found.namespace, found.name)) == key


def test_what_runs_is_in_the_highest_release_that_is_deployed() -> None:
    history = [entry(1), entry(3, "failed", "1.5.0"), entry(2, "deployed", "1.4.3")]
    one = release(status={"history": history})
    assert [run.number for run in helmrelease.history(one)] == [3, 2, 1]
    assert helmrelease.running(one) == "1.4.3"
    assert helmrelease.running(release()) == ""
    assert helmrelease.running(release(status={"history": [entry(1, "failed")]})) == ""


def test_a_run_says_what_its_entry_says_and_nothing_of_what_is_missing() -> None:
    bare = release(status={"history": [{"version": 1}]})
    assert helmrelease.history(bare) == (Run("", "", "", "", "", number=1),)
    full = {
        **entry(1), "digest": "sha256:d", "firstDeployed": "mon", "lastDeployed": "tue",
        "chartName": "web", "appVersion": "2.0",
    }  # fmt: skip
    assert helmrelease.history(release(status={"history": [full]})) == (
        Run("sha256:d", "1.4.2", "deployed", "mon", "tue", number=1, chart="web", app="2.0"),
    )


@pytest.mark.parametrize(
    ("version", "digest", "revision"),
    [
        ("1.4.2", "", "1.4.2"),
        ("1.4.2", DIGEST, f"1.4.2@{DIGEST}"),
        # The first digits of the digest, which Flux puts behind a version, are said once.
        (f"1.4.2+{BUILD}", DIGEST, f"1.4.2@{DIGEST}"),
        (f"1.4.2+{BUILD}", "", f"1.4.2+{BUILD}"),
        ("1.4.2+0123", DIGEST, f"1.4.2+0123@{DIGEST}"),
        ("1.4.2+ba9876543210", DIGEST, f"1.4.2+ba9876543210@{DIGEST}"),
    ],
)
def test_a_revision_is_a_version_and_its_digest(version: str, digest: str, revision: str) -> None:
    status = {"lastAttemptedRevision": version, "lastAttemptedRevisionDigest": digest}
    assert helmrelease.attempted(release(status=status)) == revision
    whole = {**status, "lastAttemptedRevisionDigest": f"registry.example.com/c@{digest}"}
    assert helmrelease.attempted(release(status=whole if digest else status)) == revision
    history = {"history": [entry(1, version=version, ociDigest=digest)]}
    assert helmrelease.running(release(status=history)) == revision


LOST = failed("UpgradeFailed", "timed out")
SPOILT = entry(2, "failed", "1.5.0")


@pytest.mark.parametrize(
    ("status", "conditions", "revision"),
    [
        ({"history": [SPOILT], "lastAttemptedRevision": "1.5.0"}, [LOST], "1.5.0"),
        ({"history": [SPOILT], "lastAttemptedRevision": "1.5.0"}, [], "1.5.0"),
        ({"history": [SPOILT], "lastAttemptedRevision": "1.6.0"}, [LOST], None),
        ({"history": [SPOILT], "lastAttemptedRevision": "1.5.0"}, [READY], None),
        # What failed and was taken back leaves no release, but is counted.
        (
            {"history": [entry(1)], "failures": 2, "lastAttemptedRevision": "1.5.0",
             "lastAttemptedGeneration": 2},
            [LOST], "1.5.0",
        ),
        (
            {"failures": 2, "lastAttemptedRevision": "1.5.0", "lastAttemptedGeneration": 2},
            [LOST], "1.5.0",
        ),
        (
            {"failures": 2, "lastAttemptedRevision": "1.5.0", "lastAttemptedGeneration": 1},
            [LOST], None,
        ),
        (
            {"failures": 0, "lastAttemptedRevision": "1.5.0", "lastAttemptedGeneration": 2},
            [LOST], None,
        ),
        ({"history": [entry(1)]}, [LOST], None),
    ],
)  # fmt: skip
def test_what_failed_before_counts_for_what_is_tried_now(
    status: Any, conditions: Any, revision: str | None
) -> None:
    before = helmrelease.before(release(status=status, conditions=conditions))
    assert (before and (before.revision, before.status)) == (revision and (revision, "failed"))


def test_it_fails_since_its_release_failed_and_not_since_the_last_try() -> None:
    def since(*conditions: Any) -> str:
        return helmrelease.failing_since(release(conditions=conditions))

    ready = {**LOST, "lastTransitionTime": "late"}
    released = {**condition("Released", "False"), "lastTransitionTime": "early"}
    assert since(ready, released) == "early"
    assert since(ready) == "late"
    assert since(ready, {**released, "status": "True"}) == "late"
    assert since(READY, released) == "" and since() == ""


def test_a_chart_is_called_by_its_name_or_by_what_it_comes_from() -> None:
    assert helmrelease.chart(release({"chart": {"spec": {"chart": "web"}}})) == "web"
    assert helmrelease.chart(release({"chartRef": {"name": "c"}})) == "c"
    assert helmrelease.chart(release()) == ""


def test_values_are_read_in_order_from_what_has_a_name() -> None:
    entries = [
        {"kind": "ConfigMap", "name": "c"},
        {"kind": "Secret", "name": "s", "valuesKey": "k", "targetPath": "a.b", "optional": True},
        {"kind": "Secret", "name": "l", "literal": True, "optional": "yes"},
        {"kind": "Secret"},
    ]
    assert helmrelease.values_from(release({"valuesFrom": entries})) == (
        ValuesFrom("ConfigMap", "c"),
        ValuesFrom("Secret", "s", "k", "a.b", optional=True),
        ValuesFrom("Secret", "l", literal=True),
    )


LONG = "a" * 54


@pytest.mark.parametrize(
    ("spec", "status", "name", "storage"),
    [
        ({}, {}, "web", ("web", "apps")),
        ({"targetNamespace": "shop"}, {}, "web", ("shop-web", "apps")),
        ({"targetNamespace": "shop", "releaseName": "r"}, {}, "web", ("r", "apps")),
        ({"storageNamespace": "s"}, {}, "web", ("web", "s")),
        ({"storageNamespace": "s"}, {"storageNamespace": "t"}, "web", ("web", "t")),
        ({}, {}, LONG[:53], (LONG[:53], "apps")),
        # Helm takes no longer names: what is cut off is told from others by a digest.
        ({}, {}, LONG, (f"{LONG[:40]}-{sha256(LONG.encode()).hexdigest()[:12]}", "apps")),
    ],
)  # fmt: skip
def test_helm_keeps_it_under_the_name_that_its_controller_makes(
    spec: Any, status: Any, name: str, storage: tuple[str, str]
) -> None:
    assert helmrelease.storage(release(spec, status, name=name)) == storage


def test_the_releases_in_storage_are_those_of_its_history_or_the_last_one_it_names() -> None:
    history = [{"version": 1, "name": "r"}, entry(2, lastDeployed="tue"), {"status": "odd"}]
    assert helmrelease.stored(release(status={"history": history})) == (
        StoredRelease("web", "apps", 2, "deployed", "1.4.2", "tue"),
        StoredRelease("r", "apps", 1, ""),
    )
    old = {"lastReleaseRevision": 3, "lastAppliedRevision": "1.4.2"}
    assert helmrelease.stored(release(status=old, conditions=[READY])) == (
        StoredRelease("web", "apps", 3, "deployed", "1.4.2"),
    )
    for conditions in ([LOST], []):
        (one,) = helmrelease.stored(release(status=old, conditions=conditions))
        assert one.status == "", "whether it is deployed is not known"
    assert helmrelease.stored(release(status={**old, "lastReleaseRevision": 0})) == ()
    assert helmrelease.stored(release(status={**old, "lastReleaseRevision": "3"})) == ()
    both = release(status={**old, "history": [entry(5)]})
    assert [one.number for one in helmrelease.stored(both)] == [5]


def template(kind: str = "HelmRepository", **more: Any) -> Any:
    return {"chart": {"spec": {"chart": "web", "sourceRef": {"kind": kind, "name": "x"}}, **more}}


@pytest.mark.parametrize(
    ("spec", "bar"),
    [
        (template(), ""),
        (template(kind="HelmChart"), ""),
        (template("GitRepository"), "its chart comes out of GitRepository x, where Flux ignores a"
         " version: pin that to a commit"),
        (template("Bucket"), "its chart comes out of Bucket x, where Flux ignores a version"),
        ({"chart": {"kind": "OCIRepository"}}, "its chart is picked by spec.chart.spec.ref: set a"
         " digest there"),
    ],
)  # fmt: skip
def test_a_version_is_only_set_where_flux_heeds_it(spec: Any, bar: str) -> None:
    hold = kinds.hold(release(spec))
    assert hold is not None and hold.bar(release(spec)) == bar


def test_the_version_that_a_repository_has_is_without_what_flux_adds() -> None:
    hold = kinds.hold(release(template()))
    assert hold is not None
    own = template()
    own["chart"]["spec"]["valuesFiles"] = ["a.yaml"]
    assert hold.version(release(template()), "1.4.2+3@sha256:1") == "1.4.2+3"
    assert hold.version(release(own), "1.4.2+3@sha256:1") == "1.4.2"
