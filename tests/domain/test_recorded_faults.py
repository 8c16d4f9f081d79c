"""Whom the first line blames: for each fault its root and reason, and nobody who only waits.

The objects are as Flux's own controllers wrote them (tests/recordings); the faults are those that
`python -m tests.contract faults` stages on a fleet that is alive, and measures there.
"""

from __future__ import annotations

from typing import Any

import pytest

from fluxtui.domain.board import Severity
from fluxtui.domain.resource import Resource
from tests.builders import snapshot
from tests.contract.fleet.faults import Fault, faults
from tests.contract.fleet.recordings import recorded

Json = dict[str, Any]
RECORDED = recorded()
WELL = ("GitRepository/flux-system/deploy", "HelmRepository/apps/charts",
        "Kustomization/flux-system/settings")  # fmt: skip


def named(key: str, name: str, **spec: Any) -> Json:
    """A recorded object under another name, with other fields in its spec."""
    obj = RECORDED[key]
    changed = {**obj, "metadata": {**obj["metadata"], "name": name}}
    return {**changed, "spec": {**obj["spec"], **spec}}


def chart(name: str) -> Json:
    """The HelmChart that helm-controller made for a release of that name."""
    return named(f"HelmChart/apps/{name}", f"apps-{name}")


def frozen() -> Json:
    """A source that was suspended before anything was fetched: no controller has looked at it."""
    return {**named("GitRepository/flux-system/private", "frozen", suspend=True), "status": {}}


RELEASE = "HelmRelease/apps/no-values"
SCENES: dict[str, tuple[Json, ...]] = {
    "gone": (RECORDED["HelmRepository/apps/gone"], chart("no-index"),
             RECORDED["HelmRelease/apps/no-index"]),
    "no-version": (chart("no-version"), RECORDED["HelmRelease/apps/no-version"]),
    "no-retries": (RECORDED["HelmRelease/apps/no-retries"],),
    "private": (RECORDED["GitRepository/flux-system/private"],
                RECORDED["Kustomization/flux-system/on-private"]),
    "checkout": (named("Kustomization/flux-system/path-gone", "checkout"),),
    "no-match": (RECORDED["ImagePolicy/flux-system/no-match"],),
    "no-secret": (RECORDED["Receiver/flux-system/no-secret"],),
    "bad-template": (RECORDED["ResourceSet/flux-system/bad-template"],),
    "nobody": (RECORDED["Kustomization/flux-system/no-external"],),
    "no-values": (RECORDED[RELEASE], named(
        "HelmRelease/apps/behind", "behind", dependsOn=[{"name": "no-values"}])),
    "frozen": (frozen(), named(
        "Kustomization/flux-system/on-private", "on-frozen",
        sourceRef={"kind": "GitRepository", "name": "frozen"})),
}  # fmt: skip
FAULTS = [fault for fault in faults() if fault.root in SCENES]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.about)
def test_the_first_line_names_root_and_reason(fault: Fault) -> None:
    objects = [*(RECORDED[key] for key in WELL), *SCENES[fault.root]]
    seen = snapshot(*(Resource.from_object("staging", obj) for obj in objects))
    loud = [finding for finding in seen.findings if finding.severity is not Severity.INFO]
    assert loud and fault.is_named_in(loud[0].message), [finding.message for finding in loud]


def test_every_fault_has_its_scene_but_those_that_take_a_hook_s_time() -> None:
    without = {"hooked", "pending", "unattended"}
    assert {fault.root for fault in faults()} - SCENES.keys() == without
