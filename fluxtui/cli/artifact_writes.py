"""`fluxtui artifact push|tag|delete`: a Plan judged against every environment, then carried out.

A registry write is as delicate as the strictest environment whose pick it would change; one that
cannot be read now counts as protected. Without any environment there is nobody to
judge by: that is said, and what nobody is known to follow is written. No rule about tags is here.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fluxtui.cli import acts, interruption, output
from fluxtui.cli.forms import artifacts as artifacts_form
from fluxtui.cli.forms import plans
from fluxtui.cli.patience import at_most
from fluxtui.cli.progress import Bar
from fluxtui.cli.reviewing import delivery_of
from fluxtui.cli.session import environments_known, registry_client, running
from fluxtui.commands import artifacts
from fluxtui.commands.artifacts import Judged
from fluxtui.commands.command import Context, Target
from fluxtui.commands.proposing import proposal
from fluxtui.domain.ask import ListTags
from fluxtui.domain.config import Config
from fluxtui.domain.errors import ArtifactMissing, RefusedError, UsageError
from fluxtui.domain.plan import Receipt
from fluxtui.domain.protection import YES
from fluxtui.domain.resource import Key
from fluxtui.domain.reviewrecord import recorded, unasked
from fluxtui.domain.snapshot import Snapshot

if TYPE_CHECKING:
    from fluxtui.artifacts import Reference, RegistryClient
    from fluxtui.engine.port import EnginePort

SETTLE = 30.0
PICKED = 10.0
"""Seconds for the tags to be listed again and the picks to follow."""


class _Desk:
    """One write: the Engine that knows the environments, the client, and the words."""

    def __init__(
        self, engine: EnginePort, client: RegistryClient, reference: Reference,
        args: argparse.Namespace, bar: Bar,
    ) -> None:  # fmt: skip
        self.client, self.reference, self.args = client, reference, args
        self.repository = reference.url
        self._engine, self._bar = engine, bar
        self._surprises: list[str] = []
        self._code = 0  # 128+n after signal n

    def context(self) -> Context:
        """What the Plan is made from, with the tags listed just now."""
        if self._engine.snapshot.config.environments:
            try:
                self._engine.wait_for(environments_known, at_most(SETTLE)).result(SETTLE + 5)
            except TimeoutError:
                print("fluxtui: not every environment has answered yet", file=sys.stderr)
        acts.answer(self._engine, ListTags(self.repository), acts.ASK_TIMEOUT)
        snapshot = self._engine.snapshot
        return Context(snapshot, Target(), acts.now_text(), snapshot.config.user)

    def present(self, tag: str) -> str:
        """The digest the tag is on, "" when it is not there."""
        try:
            return self.client.resolve(self.reference.with_tag(tag)).digest
        except ArtifactMissing:
            return ""

    def carry_out(self, judged: Judged, *, always_ask: bool = False) -> tuple[Receipt, ...] | None:
        """Show the Plan, ask when somebody would notice, run it. None: it was only shown."""
        args, reads = self.args, self.args.dry_run or not self.args.yes
        plan = judged.plan if reads else unasked(judged.plan)
        proposed = proposal(plan, self._engine.snapshot)
        delivery = delivery_of(self._engine, plan) if reads else None
        self._bar.clear()
        text = acts.plan_text(plan, delivery)
        if args.dry_run:
            output.emit(text, plans.plan(proposed, delivery), args.output)
            return None
        print(text, file=sys.stderr)
        confirmed = YES
        if always_ask or proposed.demand.names or plan.environments:
            confirmed = acts.confirm(proposed.demand, args, tuple(args.environment or ()))
        ran = interruption.run(self._engine, recorded(plan, delivery), confirmed)
        receipts, self._code = ran
        if ran.code:
            return receipts
        if all(receipt.ok for receipt in receipts):
            self._surprises = self._unlike(judged.picks)
        return receipts

    def _unlike(self, picks: Mapping[Key, str]) -> list[str]:
        """Picks that are not what the Plan said, once the tags were listed again."""

        def odd(snapshot: Snapshot) -> list[str]:
            now = {key: s.chosen for key, s in snapshot.selections.items() if key in picks}
            return [
                f"{key} would pick {now.get(key) or 'nothing'}, the Plan said {tag or 'nothing'}"
                for key, tag in picks.items()
                if now.get(key, "") != tag
            ]

        with contextlib.suppress(TimeoutError):
            self._engine.wait_for(lambda snapshot: not odd(snapshot), PICKED).result(PICKED + 5)
        return odd(self._engine.snapshot)

    def say(self, text: str, data: Mapping[str, Any], receipts: tuple[Receipt, ...]) -> int:
        """The outcome: what was done, or the Receipts of what was not."""
        self._bar.clear()
        bad = [r for r in receipts if not r.ok]
        lines = [f"{r.outcome.value}: {r.message}" for r in bad] or [text]
        lines += self._surprises
        body = artifacts_form.written(data, receipts, self._surprises)
        output.emit("\n".join(lines), body, self.args.output)
        return self._code or (1 if bad or self._surprises else 0)


@contextmanager
def _desk(config: Config, reference: Reference, args: argparse.Namespace) -> Iterator[_Desk]:
    if config.read_only and not args.dry_run:
        raise RefusedError("fluxtui was started read-only", where=f"artifact {args.action}")
    # Before the Engine's thread imports what it stands on: two threads that import packages which
    # import each other get half-made modules.
    importlib.import_module("fluxtui.artifacts.session")
    with (
        Bar(sys.stderr) as bar,
        registry_client(config, bar.moved) as client,
        running(config, client) as engine,
    ):
        yield _Desk(engine, client, reference, args, bar)


def _push(config: Config, reference: Reference, args: argparse.Namespace) -> int:
    from fluxtui.artifacts import pack

    folder = Path(args.path).resolve()
    if not folder.is_dir():
        raise UsageError("there is no such folder", where=args.path)
    images = _images(args.image)
    packed = pack(folder, images=images or None)
    tag = reference.with_tag(reference.tag or "latest").tag
    target = reference.with_tag(tag)
    with _desk(config, target, args) as desk:
        data: dict[str, Any] = {"repository": target.url, "tag": tag}
        existing = desk.client.holding(target, packed)
        if existing is not None:
            text = f"unchanged, not pushed again: {target} {existing.digest}"
            return desk.say(text, {**data, **_digest(target, existing.digest, True)}, ())
        judged = artifacts.push_plan(
            desk.context(), target.url, tag, str(folder), present=desk.present(tag),
            images=images, source=args.source, revision=args.revision, reason=args.reason,
        )  # fmt: skip
        receipts = desk.carry_out(judged)
        if receipts is None:
            return 0
        digest = desk.present(tag)
        data |= _digest(target, digest, False)
        return desk.say(f"pushed: {target} {digest}", data, receipts)


def _digest(target: Reference, digest: str, unchanged: bool) -> dict[str, Any]:
    return {"url": f"{target.url}@{digest}", "digest": digest, "unchanged": unchanged}


def _images(texts: list[str]) -> dict[str, str]:
    images = {}
    for text in texts:
        name, equals, reference = text.partition("=")
        if not (name and equals and reference):
            raise UsageError(f"{text!r} is no image", next="write name=reference")
        images[name] = reference
    return images


def _tag(config: Config, reference: Reference, args: argparse.Namespace) -> int:
    with _desk(config, reference, args) as desk:
        digest = desk.client.resolve(reference).digest
        present = {tag: desk.present(tag) for tag in dict.fromkeys(args.tag)}
        judged = artifacts.tag_plan(
            desk.context(), reference.url, digest, present, move=args.move, reason=args.reason
        )
        receipts = desk.carry_out(judged)
        if receipts is None:
            return 0
        text = "\n".join(f"{reference.with_tag(tag)} {digest}" for tag in present)
        data = {"repository": reference.url, "digest": digest, "tags": list(present)}
        return desk.say(text, data, receipts)


def _delete(config: Config, reference: Reference, args: argparse.Namespace) -> int:
    """The tag alone, or with --all-tags (or by digest) the manifest with every tag on it."""
    with _desk(config, reference, args) as desk:
        digest = desk.client.resolve(reference).digest
        tag = "" if reference.digest else reference.target
        whole = args.all_tags or not tag
        sharing = desk.client.tags_sharing(reference, digest)
        shared = [t for t in sharing if t != tag]
        judged = artifacts.delete_plan(
            desk.context(), reference.url, digest, tag=tag, shared=shared, all_tags=whole,
            reason=args.reason,
        )  # fmt: skip
        receipts = desk.carry_out(judged, always_ask=True)
        if receipts is None:
            return 0
        deleted = sharing if whole else [tag]
        remaining = [] if whole else shared
        subject = digest if whole else str(reference.with_tag(tag))
        text = f"deleted {subject}"
        if whole:
            text += f" with {', '.join(deleted) or 'no tag'}"
        elif remaining:
            text += f"; still on {digest}: {', '.join(remaining)}"
        data = {
            "repository": reference.url,
            "digest": digest,
            "deleted": deleted,
            "kept": remaining,
        }
        return desk.say(text, data, receipts)


ACTIONS: Mapping[str, Callable[[Config, Reference, argparse.Namespace], int]] = {
    "push": _push,
    "tag": _tag,
    "delete": _delete,
}
