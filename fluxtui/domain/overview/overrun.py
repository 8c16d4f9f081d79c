"""Releases that have been at it for too long: Flux says `Progressing` until a timeout, whatever it
waits for, and longer when nobody looks after it any more.

A hook that has not ended is named after a minute, with what holds it as far as the Job says it; any
release after twice its timeout, with the first object that is not ready. Time decides here, so it
is asked with every Snapshot; only what is being released is looked at. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from fluxtui.domain import kinds
from fluxtui.domain.board import ChainNode, Finding, ObjectLine, Severity
from fluxtui.domain.deadlines import next_of
from fluxtui.domain.durations import parse_duration
from fluxtui.domain.errors import UsageError
from fluxtui.domain.kinds.reading import text_at
from fluxtui.domain.overview.hooks import HOOK, JOB, may_wait
from fluxtui.domain.overview.remedies import SEE_CHAIN
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.snapshot import Snapshot
from fluxtui.kit.moments import seconds

PATIENCE = 60.0  # seconds for a hook
_DEFAULT = 300.0  # Flux's timeout of a release, seconds


def overruns(
    nodes: Iterable[ChainNode], snapshot: Snapshot, now: float, told: Collection[Key | None]
) -> Iterator[Finding]:
    """One Finding for each that takes too long at that moment (epoch seconds). `told`: of whom
    something worse is said already."""
    for node in nodes:
        resource = snapshot.get(node.key)
        if resource is None or node.key in told or not may_wait(resource):
            continue
        waits = _hook(node, snapshot, now) or _late(node, resource, now)
        if waits is not None:
            text, since = waits
            yield Finding(
                Severity.WARNING,
                "not-ready",
                node.key.environment,
                f"{kinds.title(node.key)}: {text}",
                SEE_CHAIN,
                node.key,
                since,
            )


def next_overrun(nodes: Iterable[ChainNode], snapshot: Snapshot, now: float) -> float:
    """When the next of them will have taken too long (epoch seconds), if nothing happens until
    then; infinity for never."""
    return next_of(_patience_ends(nodes, snapshot), now)


def _patience_ends(nodes: Iterable[ChainNode], snapshot: Snapshot) -> Iterator[float | None]:
    for node in nodes:
        resource = snapshot.get(node.key)
        if resource is not None and may_wait(resource):
            yield _late_at(resource)
            for job, _line in _hooks(node, snapshot):
                made = seconds(job.created)
                yield made + PATIENCE if made is not None else None


def _hooks(node: ChainNode, snapshot: Snapshot) -> list[tuple[Resource, ObjectLine]]:
    return [
        (job, line)
        for line in node.objects
        if (line.key.group, line.key.kind) == JOB
        and (job := snapshot.get(line.key)) is not None
        and HOOK in job.annotations
    ]


def _hook(node: ChainNode, snapshot: Snapshot, now: float) -> tuple[str, str] | None:
    """(what the oldest hook waits for, since when)."""
    jobs = _hooks(node, snapshot)
    for job, line in sorted(jobs, key=lambda pair: seconds(pair[0].created) or now):
        made = seconds(job.created)
        if made is not None and now - made >= PATIENCE:
            alone = "" if job.status.get("active") else "; it has no Pod now"
            return f"Job/{line.key.name}: {line.message}{alone}", job.created
    return None


def _late(node: ChainNode, resource: Resource, now: float) -> tuple[str, str] | None:
    """(what it is at for how long, since when), after twice its timeout."""
    ready, late = resource.condition("Ready"), _late_at(resource)
    if ready is None or late is None or now < late:
        return None
    text = text_at(resource.spec, "timeout")
    waits = next((_said(line) for line in node.objects if line.status != "Current"), "")
    # No age: it would be another sentence every second. Since when stands beside it.
    over = f"it takes more than twice its timeout of {text or '5m'}"
    return f"{over}{f': {waits}' if waits else ''}", ready.last_transition


def _late_at(resource: Resource) -> float | None:
    """When twice its timeout is over; None where nobody wrote down when it began."""
    ready = resource.condition("Ready")
    began = seconds(ready.last_transition) if ready is not None else None
    text = text_at(resource.spec, "timeout")
    try:
        timeout = parse_duration(text) if text else _DEFAULT
    except UsageError:
        timeout = _DEFAULT
    return began + 2 * timeout if began is not None else None


def _said(line: ObjectLine) -> str:
    return f"{line.key.kind}/{line.key.name}: {line.message or line.status}"
