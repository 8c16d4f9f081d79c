"""HelmRelease: what installs and upgrades a chart (docs/flux.md#helm).

Its history is Helm's: what runs is the highest entry that is deployed, and Ready may be False while
an older release runs on. Versions of charts that come out of a registry carry twelve digits of the
digest behind a `+`; they are read as `version@digest`, as other revisions are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

from fluxtui.domain.kinds.helmchart import named
from fluxtui.domain.kinds.kind import (
    SHAPE,
    Applier,
    Kind,
    KindColumn,
    PinField,
    RangeField,
    Releases,
    Run,
    StoredRelease,
    ValuesFrom,
)
from fluxtui.domain.kinds.reading import (
    SOURCES,
    dependencies,
    expressions,
    inventory,
    mapping_at,
    mappings_at,
    reference,
    text_at,
    value_at,
    whole_at,
)
from fluxtui.domain.resource import Key, Resource
from fluxtui.kit.lately import asked_in_a_row

GROUP, HELM_RELEASE = "helm.toolkit.fluxcd.io", "HelmRelease"
DEPLOYED = "deployed"
_DIGITS = 12
_LONGEST_NAME = 53  # Helm's own limit for a release


def source(resource: Resource) -> Key | None:
    """The object that its chart comes out of: named, or made by helm-controller for it."""
    named = mapping_at(resource.spec, "chartRef")
    if named:
        return reference(resource, named, SOURCES)
    template = mapping_at(resource.spec, "chart")
    if not template:
        return None
    kind = text_at(template, "kind") or "HelmChart"
    own = resource.key.namespace
    whence = text_at(template, "spec", "sourceRef", "namespace") if kind == "HelmChart" else ""
    name = f"{own}-{resource.key.name}"
    return Key(resource.key.environment, SOURCES, kind, whence or own, name)


def depends_on(resource: Resource) -> tuple[Key, ...]:
    """Keys of spec.dependsOn, in order; entries without a name are left out."""
    return dependencies(resource, GROUP, HELM_RELEASE)


@asked_in_a_row
def history(resource: Resource) -> tuple[Run, ...]:
    """status.history, newest release first."""
    return tuple(
        Run(
            str(entry.get("digest") or ""),
            _revision(str(entry.get("chartVersion") or ""), str(entry.get("ociDigest") or "")),
            str(entry.get("status") or ""),
            str(entry.get("firstDeployed") or ""),
            str(entry.get("lastDeployed") or ""),
            number=_number(entry),
            chart=str(entry.get("chartName") or ""),
            app=str(entry.get("appVersion") or ""),
        )
        for entry in _releases(resource)
    )


def running(resource: Resource) -> str:
    """The chart's version in the highest release that is deployed."""
    return next((run.revision for run in history(resource) if run.status == DEPLOYED), "")


def attempted(resource: Resource) -> str:
    """status.lastAttemptedRevision."""
    digest = text_at(resource.status, "lastAttemptedRevisionDigest")
    return _revision(text_at(resource.status, "lastAttemptedRevision"), digest.rpartition("@")[2])


def before(resource: Resource) -> Run | None:
    """The newest release when that failed with what it tries now; what failed and was taken back
    leaves no release, but is counted."""
    ready = resource.condition("Ready")
    newest = next(iter(history(resource)), None)
    if ready is not None and ready.status == "True":
        return None
    if newest is not None and newest.status == "failed":
        return newest if newest.revision == attempted(resource) else None
    tried = whole_at(resource.status, "lastAttemptedGeneration") == resource.generation
    if not whole_at(resource.status, "failures") or not tried:
        return None
    return Run("", attempted(resource), "failed", "", "")


def failing_since(resource: Resource, _stored: str = "") -> str:
    """Since when it fails: Ready's time is that of the last try, Released's that of the failure."""
    ready, released = resource.condition("Ready"), resource.condition("Released")
    if ready is None or ready.status == "True":
        return ""
    if released is not None and released.status == "False":
        return released.last_transition
    return ready.last_transition


def chart(resource: Resource) -> str:
    """What chart it installs, as far as it says so: its name, or the object it comes from."""
    name = text_at(resource.spec, "chart", "spec", "chart")
    return name or text_at(resource.spec, "chartRef", "name")


def wish(resource: Resource) -> str:
    """The version or range of spec.chart; "" where another object picks."""
    return text_at(resource.spec, "chart", "spec", "version")


def values(resource: Resource) -> Mapping[str, Any]:
    """spec.values."""
    return mapping_at(resource.spec, "values")


def values_from(resource: Resource) -> tuple[ValuesFrom, ...]:
    """spec.valuesFrom, in order; entries without a name are left out."""
    return tuple(
        ValuesFrom(
            text_at(entry, "kind"),
            text_at(entry, "name"),
            text_at(entry, "valuesKey") or "values.yaml",
            text_at(entry, "targetPath"),
            entry.get("optional") is True,
            entry.get("literal") is True,
        )
        for entry in mappings_at(resource.spec, "valuesFrom")
        if text_at(entry, "name")
    )


def storage(resource: Resource) -> tuple[str, str]:
    """(release's name, namespace of its storage), as helm-controller makes them."""
    own = text_at(resource.spec, "targetNamespace")
    name = text_at(resource.spec, "releaseName") or (
        f"{own}-{resource.key.name}" if own else resource.key.name
    )
    if len(name) > _LONGEST_NAME:
        digits = sha256(name.encode()).hexdigest()[:_DIGITS]
        name = f"{name[: _LONGEST_NAME - _DIGITS - 1]}-{digits}"
    place = text_at(resource.status, "storageNamespace") or text_at(
        resource.spec, "storageNamespace"
    )
    return name, place or resource.key.namespace


def stored(resource: Resource) -> tuple[StoredRelease, ...]:
    """Those in status.history, newest first; of an old API the one that it calls the last."""
    name, place = storage(resource)
    releases = tuple(
        StoredRelease(
            text_at(entry, "name") or name,
            place,
            _number(entry),
            text_at(entry, "status"),
            text_at(entry, "chartVersion"),
            text_at(entry, "lastDeployed"),
        )
        for entry in _releases(resource)
        if _number(entry)
    )
    last = value_at(resource.status, "lastReleaseRevision")
    if releases or not isinstance(last, int) or not last:
        return releases
    ready = resource.condition("Ready")
    status = DEPLOYED if ready is not None and ready.status == "True" else ""
    return (
        StoredRelease(name, place, last, status, text_at(resource.status, "lastAppliedRevision")),
    )


def _drift(resource: Resource) -> str:
    """The objects that differ, without the sentence before them that names the release."""
    drifted = resource.condition("Drifted")
    if drifted is None or drifted.status != "True":
        return ""
    if text_at(resource.spec, "driftDetection", "mode") == "enabled":
        return ""  # it is being put back
    return drifted.message.partition("\n")[2] or drifted.message or drifted.reason


def _releases(resource: Resource) -> list[Mapping[str, Any]]:
    """Helm Controller keeps them in no order that it promises."""
    return sorted(mappings_at(resource.status, "history"), key=_number, reverse=True)


def _number(entry: Mapping[str, Any]) -> int:
    return whole_at(entry, "version")


def _revision(version: str, digest: str) -> str:
    """`1.4.2@sha256:...`: the digest in place of its first digits."""
    name, plus, build = version.rpartition("+")
    digits = digest.removeprefix("sha256:")
    if not digits:
        return version
    short = plus and len(build) == _DIGITS and digits.startswith(build)
    return f"{name if short else version}@{digest}"


def _bar(resource: Resource) -> str:
    """Why a version in spec.chart would not be heeded."""
    template = mapping_at(resource.spec, "chart")
    if text_at(template, "kind") not in ("", "HelmChart"):
        return "its chart is picked by spec.chart.spec.ref: set a digest there"
    whence = text_at(template, "spec", "sourceRef", "kind")
    if whence in ("GitRepository", "Bucket"):
        name = text_at(template, "spec", "sourceRef", "name")
        where = f"its chart comes out of {whence} {name}, where Flux ignores a version"
        return f"{where}: pin that to a commit" if whence == "GitRepository" else where
    return ""


def _unheeded(resource: Resource) -> str:
    """Why a range in spec.chart would not be heeded."""
    template = mapping_at(resource.spec, "chart")
    if text_at(template, "kind") not in ("", "HelmChart"):
        return "its chart is picked by spec.chart.spec.ref: edit the range there"
    whence = text_at(template, "spec", "sourceRef", "kind")
    if whence in ("GitRepository", "Bucket"):
        return f"its chart comes out of a {whence}, where Flux ignores a version"
    return ""


def _wanted(resource: Resource, revision: str) -> str:
    """The version in its repository: with own values files Flux adds a number to it."""
    version = revision.partition("@")[0]
    files = value_at(resource.spec, "chart", "spec", "valuesFiles")
    return named(version.partition("+")[0] if files else version)


def _needs(resource: Resource) -> Iterator[Key]:
    key = source(resource)
    if key is not None:
        yield key


KIND = Kind(
    GROUP,
    "v2",
    HELM_RELEASE,
    "helmreleases",
    "hr",
    applier=Applier(
        source=source,
        depends_on=depends_on,
        inventory=inventory,
        history=history,
        applied=running,
        attempted=attempted,
        running=running,
        before=before,
        failing_since=failing_since,
        good=DEPLOYED,
        # After a remediation Ready names that, and is False though it worked.
        bad=frozenset(
            {"failed", "InstallFailed", "UpgradeFailed", "TestFailed", "RetriesExceeded"}
            | {"RollbackSucceeded", "RollbackFailed", "UninstallSucceeded", "UninstallFailed"}
        ),
        passed=frozenset({"superseded"}),
        health=frozenset(),
        bundles=False,
        starved=frozenset({"SourceNotReady", "ArtifactFailed"}),
        expressions=lambda resource: expressions(resource, GROUP, HELM_RELEASE),
    ),
    shape={
        **SHAPE,
        "spec.chart": Mapping,
        "spec.chartRef": Mapping,
        "spec.dependsOn": list,
        "status.history": list,
    },
    needs=lambda resource: tuple(_needs(resource)),
    demands={"force": "reconcile.fluxcd.io/forceAt", "reset": "reconcile.fluxcd.io/resetAt"},
    demanded={
        "force": "its release is made again though nothing changed: hooks and Jobs run again",
        "reset": "its failed tries are forgotten: what gave up is tried again",
    },
    stopped=(
        "its release runs on as it is, and its chart goes on being fetched",
        "drift is no longer corrected, and what depends on it keeps waiting for it",
    ),
    hold=PinField(
        ("chart", "spec", "version"),
        picks=lambda resource: bool(mapping_at(resource.spec, "chart")),
        version=_wanted,
        named=named,
        bar=_bar,
        lasting="values are not undone: only the chart's version goes back",
    ),
    ranged=RangeField(("chart", "spec", "version"), _unheeded),
    releases=Releases(
        values=values,
        values_from=values_from,
        stored=stored,
        storage=storage,
        target=lambda resource: text_at(resource.spec, "targetNamespace") or resource.key.namespace,
        definitions=lambda resource: text_at(resource.spec, "upgrade", "crds") or "Skip",
        drift=_drift,
    ),
    # Stalled and Ready may only count the tries; what went wrong stands on these.
    causes=("Released", "TestSuccess"),
    unfed=(
        "latest generation of object has not been reconciled",
        "does not have an artifact",
        "no artifact available for",  # what the chart says of its index
    ),
    columns=(KindColumn("CHART", chart), KindColumn("WISH", wish)),
)
