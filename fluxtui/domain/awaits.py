"""What an AwaitStep waits for, as pure judgements over one Resource.

Each says done, failed (waiting longer is of no use) or not yet, with a sentence for the Receipt.
Watching and time are the caller's; nothing here asks a cluster.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from fluxtui.domain import kinds
from fluxtui.domain.kinds import appliers, is_static, sources, suspended
from fluxtui.domain.kinds.kind import DEPENDENCY, handled_demand, handled_request
from fluxtui.domain.plan import AwaitStep, Until
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.revision import commit_of, digest_of, tag_of
from fluxtui.kit.moments import seconds


@dataclass(frozen=True, slots=True)
class Judgement:
    """`done` True: it is so; False: it will not come; None: not yet. `text` says how it stands."""

    done: bool | None
    text: str


def judge(resource: Resource | None, step: AwaitStep) -> Judgement:
    """How the target of `step` stands."""
    if resource is None:
        return Judgement(None, f"{step.target.label} is not there")
    if step.until is Until.HANDLED:
        return _handled(resource, step.value, step.demands)
    return _RULES[step.until](resource, step.value)


def barred(resource: Resource | None, lost: Mapping[Key, str]) -> str:
    """Why the target cannot come to what is awaited in this act; "" where it may. `lost`: what
    this act waited for in vain, and how that ended ("which failed").

    Only where its controller says that it waits: a run that began before the failure may end well.
    """
    ready = resource.condition("Ready") if resource is not None else None
    if resource is None or ready is None or (ready.status, ready.reason) != ("False", DEPENDENCY):
        return ""
    first = next((key for key in appliers.depends_on(resource) if key in lost), None)
    return f"waits for {first.label}, {lost[first]}" if first is not None else ""


def names(revision: str, value: str) -> bool:
    """Whether `value` (a tag, a digest, a commit or a whole revision) names `revision`.

    A chart's version may have got a suffix behind a `+` from Flux (docs/flux.md#helm).
    """
    tag = tag_of(revision)
    known = (revision, tag, tag.partition("+")[0], digest_of(revision), commit_of(revision))
    return bool(value) and value in known


def ready_text(resource: Resource) -> str:
    """`Ready=False BuildFailed: ...` in one line."""
    ready = resource.condition("Ready")
    if ready is None:
        return "no Ready condition yet"
    message = ready.message.partition("\n")[0]
    return f"Ready={ready.status} {ready.reason}: {message}"


def _handled(resource: Resource, value: str, demands: tuple[str, ...]) -> Judgement:
    if not _covers(handled_request(resource), value):
        return Judgement(None, "the request was not picked up yet")
    ready, working = resource.condition("Ready"), resource.condition("Reconciling")
    busy = working is not None and working.status == "True" and working.reason == "Progressing"
    if ready is None or busy or ready.status not in ("True", "False"):
        return Judgement(None, ready_text(resource))
    kind = kinds.of(resource.key)
    known = kind.demands if kind is not None else {}
    ignored = [
        word
        for word in demands
        if not _covers(handled_demand(resource, known.get(word, "")), value)
    ]
    if ignored:
        # A run that ended before it came to the demand has failed; else its status may follow.
        text = f"the {ignored[0]} was not acknowledged; {ready_text(resource)}"
        return Judgement(False if ready.status == "False" else None, text)
    return Judgement(ready.status == "True", ready_text(resource))


def _covers(handled: str, value: str) -> bool:
    """Whether what was acknowledged is this request, or a later one by somebody else: Flux
    remembers only the newest."""
    requested_at, handled_at = seconds(value), seconds(handled)
    later = requested_at is not None and handled_at is not None and handled_at >= requested_at
    return handled == value or later


def _picked(resource: Resource, value: str) -> Judgement:
    revision = sources.revision(resource)
    if names(revision, value):
        return Judgement(True, f"stored {revision}")
    return Judgement(None, f"stored is {revision or 'nothing'}; {ready_text(resource)}")


def _applied(resource: Resource, value: str) -> Judgement:
    applied, attempted = appliers.applied(resource), appliers.attempted(resource)
    tried, ready = names(attempted, value), resource.condition("Ready")
    status = ready.status if ready is not None else ""
    if tried and ready and status == "False" and appliers.is_bad(resource.key, ready.reason):
        return Judgement(False, ready_text(resource))
    # A bad revision that never became ready leaves lastAppliedRevision on the one before it; going
    # back to that one is done only when it has been tried again, to the end: what is tried stands
    # in the status from the beginning of a run (docs/flux.md#live-revision).
    if names(applied, value) and (tried or not attempted) and status != "Unknown":
        return Judgement(True, f"applied {applied}")
    live = appliers.running(resource) or "nothing"
    return Judgement(None, f"live is {live}; {ready_text(resource)}")


def _ready(resource: Resource, _value: str) -> Judgement:
    ready, stalled = resource.condition("Ready"), resource.condition("Stalled")
    # Where a kind has no observedGeneration, the conditions have it.
    observed = resource.observed or "observedGeneration" not in resource.status
    newest = (0, resource.generation) if observed else ()
    if stalled is not None and stalled.status == "True" and stalled.observed_generation in newest:
        return Judgement(False, f"stalled, {ready_text(resource)}")
    if ready is not None and ready.status == "True" and ready.observed_generation in newest:
        return Judgement(True, ready_text(resource))
    return Judgement(None, ready_text(resource))


def _suspended(resource: Resource, _value: str) -> Judgement:
    return Judgement(True, "suspended") if suspended(resource) else Judgement(None, "not suspended")


def _resumed(resource: Resource, value: str) -> Judgement:
    if suspended(resource):
        return Judgement(None, "still suspended")
    if is_static(resource):
        return Judgement(True, "no longer suspended; no controller says more of it")
    return _ready(resource, value)


_RULES: Mapping[Until, Callable[[Resource, str], Judgement]] = {
    Until.PICKED: _picked,
    Until.APPLIED: _applied,
    Until.READY: _ready,
    Until.SUSPENDED: _suspended,
    Until.RESUMED: _resumed,
}
