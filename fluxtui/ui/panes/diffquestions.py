"""What the Diff pane can compare of what is meant, and what it asks for that. Pure.

Bundles: patches, versions, environments, live. Releases of a chart: live, the release before, and
the chart's versions as packed and as rendered.
"""

from __future__ import annotations

from fluxtui.commands.candidates import previous_version
from fluxtui.commands.command import Target
from fluxtui.commands.releasequestions import chart_question, releases_of
from fluxtui.domain.ask import (
    ChartDiff,
    DriftDiff,
    EnvironmentsDiff,
    LiveDiff,
    PatchesDiff,
    Question,
    ReleasesDiff,
    VersionsDiff,
)
from fluxtui.domain.errors import UsageError
from fluxtui.domain.kinds import sources
from fluxtui.domain.known import unread_environments
from fluxtui.domain.resource import Key
from fluxtui.domain.snapshot import Snapshot
from fluxtui.ui.panes.tags import source_of

PATCHES, VERSIONS, ENVIRONMENTS, LIVE = "patches", "versions", "environments", "live"
RELEASES, CHART, RENDERED = "releases", "chart", "rendered"
BUNDLE_MODES = (PATCHES, VERSIONS, ENVIRONMENTS, LIVE)
RELEASE_MODES = (LIVE, RELEASES, CHART, RENDERED)


def modes(snapshot: Snapshot, target: Target) -> tuple[str, ...]:
    """What can be compared of that, what says most first."""
    return RELEASE_MODES if releases_of(snapshot, target) else BUNDLE_MODES


def mode_of_tag(snapshot: Snapshot, target: Target) -> str:
    """What comparing with one version is called."""
    return CHART if releases_of(snapshot, target) else VERSIONS


def questions(snapshot: Snapshot, target: Target, mode: str) -> tuple[Question, ...] | str:
    """What to ask, or the sentence that says why there is nothing to ask."""
    if mode in RELEASE_MODES and (keys := releases_of(snapshot, target)):
        if mode in (CHART, RENDERED):
            return _charts(snapshot, keys, target.tag, mode)
        return tuple(DriftDiff(key) if mode == LIVE else ReleasesDiff(key) for key in keys)
    source = source_of(snapshot, target)
    line = snapshot.board.line(source) if source else None
    if mode == ENVIRONMENTS:
        pair = environment_pair(snapshot, target)
        if not target.service or pair is None:
            unread = unread_environments(snapshot)
            if unread:
                why = "; ".join(
                    f"{name} cannot be read now: {said}" for name, said in unread.items()
                )
                return f"no second environment to compare with could be read: {why}"
            return "there is no second environment with this service to compare with"
        return (EnvironmentsDiff(target.service, *pair),)
    if source is None or line is None:
        return "choose a service, a HelmRelease or a Kustomization with an OCI source first"
    if mode in (PATCHES, LIVE):
        keys = (target.applier,) if target.applier else line.appliers
        ask = PatchesDiff if mode == PATCHES else LiveDiff
        return tuple(ask(k) for k in keys) or "no Kustomization uses this source"
    after = target.tag or line.would_pick
    if not after:
        return "the policy picks nothing: choose a version in Tags (enter there compares)"
    before = ""
    if after == line.running.version:
        # What runs against itself says nothing: people ask what this version brought.
        holder = snapshot.get(source)
        before = previous_version(snapshot, holder) if holder else ""
        if not before:
            return (
                f"{after} runs here, and none is known to have run here before: choose one in Tags"
            )
    return (VersionsDiff(source, after, before, target.applier),)


def _charts(
    snapshot: Snapshot, keys: tuple[Key, ...], tag: str, mode: str
) -> tuple[Question, ...] | str:
    try:
        return tuple(chart_question(snapshot, k, tag, rendered=mode == RENDERED) for k in keys)
    except UsageError as error:
        return f"{error.what}: choose another in Tags (enter there compares)"


def environment_pair(snapshot: Snapshot, target: Target) -> tuple[str, str] | None:
    """This Environment and the one before it in promotion order; for the first: the first two."""
    row = snapshot.board.row(target.service)
    names = [e for e in snapshot.board.environments if row is not None and e in row.lines]
    if len(names) < 2 or target.environment not in names:
        return (names[0], names[1]) if len(names) > 1 else None
    at = max(1, names.index(target.environment))
    return names[at - 1], names[at]


def inputs(snapshot: Snapshot, target: Target) -> tuple[object, ...]:
    """What an answer depends on beside its question: stored revisions, specs of what applies them,
    the releases they made."""
    row = snapshot.board.row(target.service)
    lines = [line for group in row.lines.values() for line in group] if row is not None else []
    keys = [key for line in lines for key in (line.key, *line.appliers)]
    keys += [target.object] if target.object is not None else []
    resources = [r for r in map(snapshot.get, dict.fromkeys(keys)) if r is not None]
    return tuple(
        (r.key, r.generation, sources.revision(r), r.status.get("history")) for r in resources
    )


def meaning(question: Question) -> str:
    """What a question asks, when several answers share one heading."""
    if isinstance(question, PatchesDiff):
        return "what the patches of this environment do to the bundle as published"
    if isinstance(question, LiveDiff):
        return "the cluster as it is, against what applying now would make of it"
    if isinstance(question, ChartDiff):
        return "what changes in the chart" + (", as rendered" if question.rendered else "")
    if isinstance(question, DriftDiff):
        return "what was deployed, against the cluster as it is"
    return "what changes"
