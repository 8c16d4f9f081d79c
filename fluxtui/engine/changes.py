"""The Changes time line: what happened lately in all Environments, newest first, bounded.

Derived from the difference between Snapshots, from what objects remember on first sight (artifact,
history), from Flux's Warning Events and from our own Receipts. It must not ask anything of a
cluster.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fluxtui.domain import marks
from fluxtui.domain.kinds import kustomization, ocirepository
from fluxtui.domain.kinds.kind import suspended
from fluxtui.domain.plan import Outcome, Plan, Receipt
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.revision import version_text
from fluxtui.domain.snapshot import Change, Snapshot
from fluxtui.engine.clock import rfc3339
from fluxtui.engine.store import FLUX, Batch, Touch
from fluxtui.engine.targets import EVENT

KEPT = 500


class Timeline:
    """Keeps the newest `kept` Changes."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._changes: tuple[Change, ...] = ()
        self._known: frozenset[Change] = frozenset()
        self._decided: dict[Key, tuple[str, str]] = {}

    def update(self, batch: Batch) -> tuple[Change, ...]:
        """The time line after `batch`; the same tuple when nothing happened."""
        now = rfc3339(batch.half.taken_at)
        found: list[Change] = []
        for touch in batch.touched:
            found += of_touch(touch, batch.half, now)
            found += self._ready(touch, now)
        found += [of_receipt(plan, receipt) for plan, receipt in batch.receipts]
        fresh = [c for c in dict.fromkeys(found) if c not in self._known]
        if fresh:
            merged = _without_echoes(sorted((*fresh, *self._changes), key=lambda c: c.at))
            self._changes = tuple(reversed(merged[-self._kept :]))
            self._known = frozenset(self._changes)
        return self._changes

    def _ready(self, touch: Touch, now: str) -> Iterator[Change]:
        """A turn of Ready. It is Unknown during every run, so the last decided one counts."""
        ready = touch.after.condition("Ready") if touch.after else None
        if touch.after is None or (touch.key.group, touch.key.kind) not in FLUX:
            self._decided.pop(touch.key, None)
            return
        if ready is None or ready.status not in ("True", "False"):
            return
        was, is_ = self._decided.get(touch.key), (ready.status, ready.reason)
        self._decided[touch.key] = is_
        at, message = ready.last_transition or now, _first_line(ready.message)
        if ready.status == "False" and was != is_:
            loud = "error" if "Failed" in ready.reason else "warning"
            yield _change(touch, at, f"not ready ({ready.reason}): {message}", loud)
        elif ready.status == "True" and was is not None and was[0] == "False":
            yield _change(touch, at, f"ready: {message}")


def _without_echoes(changes: Sequence[Change]) -> list[Change]:
    """Oldest first in and out; a line that only repeats the last one of its subject is left out.

    A failure is told by the object's condition, by Flux's Event and by every retry of both.
    """
    last: dict[tuple[str, str], str] = {}
    kept = []
    for change in changes:
        subject = (change.environment, change.subject)
        if last.get(subject) != change.what:
            kept.append(change)
        last[subject] = change.what
    return kept


def of_touch(touch: Touch, snapshot: Snapshot, now: str) -> Iterator[Change]:
    """Changes that one object's step means."""
    kind = (touch.key.group, touch.key.kind)
    after = touch.after
    if kind == EVENT:
        if after is not None:
            yield from _event(after)
        return
    if kind not in (ocirepository.KIND.id, kustomization.KIND.id):
        return
    if after is None:
        yield _change(touch, now, "deleted", "warning")
        return
    if kind == ocirepository.KIND.id:
        yield from _source(touch, after, snapshot, now)
    else:
        yield from _applied(touch, after, snapshot)
    yield from _marks(touch, after, now)


def of_receipt(plan: Plan, receipt: Receipt) -> Change:
    """One line for what a Step of ours came to."""
    step = next((s for s in plan.steps if s.id == receipt.step), None)
    target = getattr(step, "target", None)
    by = f" by {plan.user}" if plan.user else ""
    why = f" ({plan.reason})" if plan.reason else ""
    tail = "" if receipt.outcome is Outcome.DONE else f" {receipt.message}"
    title = step.title if step else receipt.step
    return Change(
        receipt.at,
        target.environment if target else ", ".join(plan.environments),
        target.label if target else str(getattr(step, "repository", plan.title)),
        f"{title}: {receipt.outcome}{by}{why}{tail}",
        "info" if receipt.ok else "error",
    )


def _source(touch: Touch, after: Resource, snapshot: Snapshot, now: str) -> Iterator[Change]:
    new = ocirepository.revision(after)
    old = ocirepository.revision(touch.before) if touch.before else ""
    if new and new != old:
        facts = snapshot.tags.get(ocirepository.url(after))
        tables = (facts.facts,) if facts else ()
        text = version_text(new, tables)
        was = f", was {version_text(old, tables)}" if old else ""
        at = str(ocirepository.artifact(after).get("lastUpdateTime") or now)
        yield _change(touch, at, f"picked {text}{was}")
    if touch.before is None or marks.pin(touch.before) != marks.pin(after):
        return  # a pin sets spec.ref.digest, and `_marks` tells of it
    former, policy = ocirepository.policy(touch.before), ocirepository.policy(after)
    if former != policy:
        what = f"policy is {policy.describe()}, was {former.describe()}"
        yield _change(touch, now, what, "warning")


def _applied(touch: Touch, after: Resource, snapshot: Snapshot) -> Iterator[Change]:
    old = {_entry_id(e) for e in kustomization.history(touch.before)} if touch.before else set()
    for entry in kustomization.history(after):
        if _entry_id(entry) in old:
            continue
        metadata = entry.get("metadata")
        revision = str(metadata.get("revision") or "") if isinstance(metadata, Mapping) else ""
        status = str(entry.get("lastReconciledStatus") or "")
        good = status == "ReconciliationSucceeded"
        version = version_text(revision) or "a revision"
        what = f"applied {version}" if good else f"{version}: {status}"
        at = str(entry.get("firstReconciled") or "")
        if at:
            yield _change(touch, at, what, "info" if good else "error")


def _entry_id(entry: Mapping[str, Any]) -> tuple[str, str]:
    return str(entry.get("digest")), str(entry.get("lastReconciledStatus"))


def _marks(touch: Touch, after: Resource, now: str) -> Iterator[Change]:
    before = touch.before
    mark = marks.suspension(after)
    # On first sight an undated mark may be of any age: no line rather than a wrong time.
    dated = mark is not None and (before is not None or bool(mark.since))
    if mark and dated and not (before and suspended(before)):
        text = f"suspended{_by(mark.by)}{_why(mark.reason)}"
        yield _change(touch, mark.since or now, text, "warning")
    if before and suspended(before) and not mark:
        yield _change(touch, now, "resumed")
    pin = marks.pin(after)
    had = marks.pin(before) if before else None
    if pin and pin != had and (before is not None or pin.since):
        text = f"pinned{_by(pin.by)}{_why(pin.reason)}"
        yield _change(touch, pin.since or now, text, "warning")
    if had and not pin:
        yield _change(touch, now, "unpinned")


def _event(event: Resource) -> Iterator[Change]:
    """Flux's Warning Events; the Normal ones repeat what the objects themselves say."""
    if event.extra.get("type") != "Warning":
        return
    about = event.extra.get("involvedObject")
    if not isinstance(about, Mapping) or "toolkit.fluxcd.io" not in str(about.get("apiVersion")):
        return
    at = str(event.extra.get("lastTimestamp") or event.extra.get("eventTime") or event.created)
    subject = "/".join(str(about.get(f) or "") for f in ("kind", "namespace", "name"))
    message = _first_line(str(event.extra.get("message") or ""))
    # The words of `_ready`: it is the same failure told twice.
    what = f"not ready ({event.extra.get('reason')}): {message}"
    if at:
        yield Change(at, event.key.environment, subject, what, "warning")


def _change(touch: Touch, at: str, what: str, severity: str = "info") -> Change:
    return Change(at, touch.key.environment, touch.key.label, what, severity)


def _by(who: str) -> str:
    return f" by {who}" if who else ""


def _why(reason: str) -> str:
    return f": {reason}" if reason else ""


def _first_line(text: str) -> str:
    return text.partition("\n")[0]
