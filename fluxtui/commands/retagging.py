"""How a tag that an act has put or deleted is taken back: put where it was, or deleted alone.

A tag that somebody picks now is a release and stays, whoever put it there; content that went with
its last tag cannot be brought back. What was not read counts as on the same digest, because a
registry that cannot delete a tag alone would take those along. Pure.
"""

from __future__ import annotations

from dataclasses import replace

from fluxtui.domain.following import registry_effects
from fluxtui.domain.plan import DeleteStep, TagStep
from fluxtui.domain.revision import short_digest
from fluxtui.domain.snapshot import Snapshot
from fluxtui.domain.standing import digest_on

Undoing = tuple[TagStep | DeleteStep | None, str]
"""The Step that takes it back, and what that changes; None, and why there is none."""


def retagged(step: TagStep | DeleteStep, snapshot: Snapshot, after: tuple[str, ...]) -> Undoing:
    """Of a Step that was read back and is so; `after`: the ids that the new one needs."""
    if isinstance(step, DeleteStep):
        return _put_again(step, after)
    if step.expect:
        was = short_digest(step.expect)
        title = f"put {step.tag} back on {was}"
        back = replace(step, id=f"undo-{step.id}", title=title, needs=after, undo="tag it again",
                       digest=step.expect, expect=step.digest)  # fmt: skip
        return back, f"{step.tag} is on {was} again"
    return _taken_away(step, snapshot, after)


def _put_again(step: DeleteStep, after: tuple[str, ...]) -> Undoing:
    if not (step.tag and step.shared):
        return None, step.undo
    short = short_digest(step.digest)
    back = TagStep(
        f"undo-{step.id}",
        f"put {step.tag} on {short} again",
        after,
        "delete the tag",
        repository=step.repository,
        digest=step.digest,
        tag=step.tag,
    )
    return back, f"{step.tag} is on {short} again"


def _taken_away(step: TagStep, snapshot: Snapshot, after: tuple[str, ...]) -> Undoing:
    effects = registry_effects(snapshot, step.repository, remove=(step.tag,))
    if effects.taken or effects.unread:
        return None, step.undo
    tags = snapshot.tags[step.repository]  # it was read back
    others = (t for t in tags.tags if t != step.tag)
    shared = tuple(t for t in others if digest_on(tags, t) in ("", step.digest))
    title = f"delete the tag {step.tag} in {step.repository}"
    back = DeleteStep(
        f"undo-{step.id}",
        title,
        after,
        "tag it again",
        repository=step.repository,
        digest=step.digest,
        tag=step.tag,
        shared=shared,
    )
    return back, f"{step.tag} is deleted, and nothing else with it"
