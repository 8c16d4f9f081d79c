"""What a step of an object means for the time line: one Occurrence per thing that happened.

Read from the difference between two versions of an object, from what it remembers on first sight
(artifact, history, marks, managedFields) and from Flux's Warning Events. Pure; nothing is compared
with what was told before, and bare digests stay whole (what they are called may be known only
later): both are the time line's.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fluxtui.domain import kinds, marks, roles
from fluxtui.domain.board import EVENT
from fluxtui.domain.kinds import appliers, sources, suspended
from fluxtui.domain.kinds.kind import REQUESTED_AT, Run
from fluxtui.domain.managers import Edit
from fluxtui.domain.naming import Tables, dressed, names_in, policy_text
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.revision import commit_text, digest_of, tag_of
from fluxtui.domain.snapshot import Snapshot
from fluxtui.engine.publication.store import Touch
from fluxtui.kit.moments import NANOSECONDS, order

OURS = ("fluxtui", "fluxtui-apply")


class Telling(enum.Enum):
    """Where it was read. What two origins tell of one thing is told once."""

    OBJECT = "object"  # what Flux writes into status and spec
    CONDITION = "condition"
    EVENT = "event"
    MARK = "mark"  # who pinned or suspended, as the annotations say
    EDIT = "edit"  # managedFields


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Something that happened to one object. `at`, `last` RFC 3339; `count`: how often by now.

    `turn`: news after which the same trouble is a new one. `manager`: who wrote it (EDIT). `about`:
    the object, whose source knows what the digests in `what` are called.
    """

    at: str
    environment: str
    subject: str
    what: str
    severity: str = "info"
    origin: Telling = Telling.OBJECT
    last: str = ""
    count: int = 1
    manager: str = ""
    about: Key | None = None

    @property
    def turn(self) -> bool:
        """Whether the same trouble after it is trouble anew."""
        return self.severity == "info" and self.origin in (Telling.OBJECT, Telling.CONDITION)


def of_touch(touch: Touch, snapshot: Snapshot, now: str) -> Iterator[Occurrence]:
    """What one object's step means; Ready's turns are told by who remembers the last one."""
    after = touch.after
    if (touch.key.group, touch.key.kind) == EVENT:
        if after is not None:
            yield from _event(touch, after)
        return
    if not kinds.is_ours(touch.key):
        return
    if after is None:
        yield _of(touch, now, "deleted", "warning")
        return
    if sources.is_source(touch.key):
        yield from _source(touch, after, snapshot, now)
    if appliers.is_applier(touch.key):
        yield from _applied(touch, after, snapshot)
    yield from _marks(touch, after, now)
    yield from _edits(touch, after)


def ready_turn(touch: Touch, now: str, *, good: bool) -> Occurrence:
    """Ready was decided, and otherwise than before."""
    assert touch.after is not None
    ready = touch.after.condition("Ready")
    assert ready is not None
    at = ready.last_transition or now
    message = first_line(ready.message)
    if good:
        return _of(touch, at, f"ready: {message}", origin=Telling.CONDITION)
    loud = "error" if "Failed" in ready.reason else "warning"
    return _of(touch, at, f"not ready ({ready.reason}): {message}", loud, Telling.CONDITION)


def worn_text(text: str, about: Key, snapshot: Snapshot) -> str:
    """A sentence about that object, its digests worn by their tags as far as they are known."""
    if "sha256:" not in text:
        return text
    source = roles.source_of(snapshot, about)
    return dressed(text, lambda: names_in(snapshot, source) if source is not None else ())


def _source(touch: Touch, after: Resource, snapshot: Snapshot, now: str) -> Iterator[Occurrence]:
    new = sources.revision(after)
    old = sources.revision(touch.before) if touch.before else ""
    if new and new != old:
        text, was = _version(new), f", was {_version(old)}" if old else ""
        at = sources.stored_at(after) or now
        yield _of(touch, at, f"picked {text}{was}")
    if touch.before is None or marks.pin(touch.before) != marks.pin(after):
        return  # a pin sets spec.ref.digest, and `_marks` tells of it
    names = names_in(snapshot, after) if sources.is_tagged(after.key) else ()
    former, follows = _followed(touch.before, names), _followed(after, names)
    if former != follows:
        by = _by(_editor(after, "spec.ref"))
        yield _of(touch, now, f"policy is {follows}, was {former}{by}", "warning")


def _followed(source: Resource, names: Tables) -> str:
    """What a source follows, in words; a digest that holds it by its tag."""
    if sources.is_tagged(source.key):
        return policy_text(sources.policy(source), names)
    return sources.follows(source)


def _applied(touch: Touch, after: Resource, snapshot: Snapshot) -> Iterator[Occurrence]:
    before = appliers.history(touch.before) if touch.before else ()
    old = {_run_id(run) for run in before}
    # Oldest first, for two of one second.
    for place, run in reversed(tuple(enumerate(appliers.history(after)))):
        fresh = _run_id(run) not in old
        # A version that comes back has its old entry, moved up: it is applied again. So has a new
        # version of which nothing differs here.
        again = place == 0 and bool(before) and _applied_id(run) != _applied_id(before[0])
        if not fresh and not again:
            continue
        if place == 0 and touch.before is None and _is_older(run, touch.key, snapshot):
            continue
        good = appliers.is_good(after.key, run.status)
        version = _version(run.revision) or "a revision"
        text = f"applied {version}" if good else f"{version}: {run.status}"
        at = run.first if fresh else run.last
        if at:
            yield _of(touch, at, text, "info" if good else "error")


def _version(revision: str) -> str:
    """Its tag, its commit, else its whole digest: what that is called is told later."""
    return tag_of(revision) or commit_text(revision) or digest_of(revision)


def _is_older(run: Run, applier: Key, snapshot: Snapshot) -> bool:
    """Whether the entry began before its revision was there: when that was applied, it does not
    say (docs/flux.md#history). No line rather than a wrong time."""
    source = roles.source_of(snapshot, applier)
    if source is None or sources.revision(source) != run.revision:
        return False
    stored = sources.stored_at(source)
    return bool(stored) and bool(run.first) and order(run.first) < order(stored)


def _applied_id(run: Run) -> tuple[str, str, str]:
    return run.digest, run.status, run.revision


def _run_id(run: Run) -> tuple[str, str]:
    return run.digest, run.status


def _marks(touch: Touch, after: Resource, now: str) -> Iterator[Occurrence]:
    before = touch.before
    mark = marks.suspension(after)
    # On first sight an undated mark may be of any age: no line rather than a wrong time.
    dated = mark is not None and (before is not None or bool(mark.since))
    if mark and dated and not (before and suspended(before)):
        text = f"suspended{_by(mark.by)}{_why(mark.reason)}"
        yield _of(touch, mark.since or now, text, "warning", Telling.MARK)
    if before and suspended(before) and not mark:
        yield _of(touch, now, f"resumed{_by(_editor(after, ''))}", origin=Telling.MARK)
    pin = marks.pin(after)
    had = marks.pin(before) if before else None
    if pin and pin != had and (before is not None or pin.since):
        text = f"pinned{_by(pin.by)}{_why(pin.reason)}"
        yield _of(touch, pin.since or now, text, "warning", Telling.MARK)
    if had and not pin:
        yield _of(touch, now, "unpinned", origin=Telling.MARK)


def _edits(touch: Touch, after: Resource) -> Iterator[Occurrence]:
    """Who set what, as the API itself keeps it: also what was done from other machines."""
    edits = touch.before.edits if touch.before else ()
    for edit in after.edits:
        # What came with the object itself says nothing that its being there does not.
        at_creation = abs(order(edit.at) - order(after.created)) <= NANOSECONDS
        if edit not in edits and not at_creation:
            yield Occurrence(
                edit.at,
                touch.key.environment,
                touch.key.label,
                _edit_text(edit),
                origin=Telling.EDIT,
                manager=edit.manager,
                about=touch.key,
            )


def _edit_text(edit: Edit) -> str:
    request_field = f"metadata.annotations.{REQUESTED_AT}"
    fields = [f for f in sorted(edit.fields) if f != request_field]
    if not fields:
        return f"asked to reconcile by {edit.manager}"
    names = [f.removeprefix("metadata.annotations.") for f in fields if f.startswith("spec.")]
    names = names or [f.removeprefix("metadata.annotations.") for f in fields]
    more = f" and {len(names) - 4} more" if len(names) > 4 else ""
    return f"{', '.join(names[:4])}{more} set by {edit.manager}"


def _editor(after: Resource, path: str) -> str:
    """Whose edit of fields under `path` is the newest."""
    edits = [e for e in after.edits if path and any(f.startswith(path) for f in e.fields)]
    return max(edits, key=lambda e: order(e.at)).manager if edits else ""


def _event(touch: Touch, event: Resource) -> Iterator[Occurrence]:
    """Flux's Warning Events; the Normal ones repeat what the objects themselves say."""
    if event.extra.get("type") != "Warning":
        return
    about = event.extra.get("involvedObject")
    if not isinstance(about, Mapping) or "toolkit.fluxcd.io" not in str(about.get("apiVersion")):
        return
    last = str(event.extra.get("lastTimestamp") or event.extra.get("eventTime") or event.created)
    if not last:
        return
    count, first = _count(event), last
    if touch.before is not None:
        count = max(1, count - _count(touch.before))
    elif count > 1:
        first = str(event.extra.get("firstTimestamp") or last)
    parts = [str(about.get(name) or "") for name in ("kind", "namespace", "name")]
    subject = "/".join(parts)
    message = first_line(str(event.extra.get("message") or ""))
    # The words of `ready_turn`: it is the same failure told twice.
    text = f"not ready ({event.extra.get('reason')}): {message}"
    key = Key(event.key.environment, str(about.get("apiVersion")).rpartition("/")[0], *parts)
    yield Occurrence(
        first, key.environment, subject, text, "warning", Telling.EVENT, last, count, about=key
    )


def _count(event: Resource) -> int:
    series = event.extra.get("series")
    count = event.extra.get("count") or (series.get("count") if isinstance(series, Mapping) else 0)
    return count if isinstance(count, int) and count > 0 else 1


def _of(
    touch: Touch, at: str, text: str, severity: str = "info", origin: Telling = Telling.OBJECT
) -> Occurrence:
    key = touch.key
    return Occurrence(at, key.environment, key.label, text, severity, origin, about=key)


def _by(who: str) -> str:
    return f" by {who}" if who else ""


def _why(reason: str) -> str:
    return f": {reason}" if reason else ""


def first_line(text: str) -> str:
    """A message up to its first line break."""
    return text.partition("\n")[0]
