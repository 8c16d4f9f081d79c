"""The delivery played headless: what a person would do on the screen, act by act, and checked.

Every act goes through the same Commands, Plans and Engine as a key press. The return code is 0 only
when each act ended as it should; the board and the time line are printed at the end.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fluxtui.cli import prints
from fluxtui.cli.acts import made, plan_text, receipts_text
from fluxtui.cli.embedded import Embedded
from fluxtui.cli.session import known, running
from fluxtui.commands.command import Target
from fluxtui.commands.registry import by_id
from fluxtui.domain import kinds, roles
from fluxtui.domain.ask import PatchesDiff, Question, VersionsDiff
from fluxtui.domain.board import ChainNode, Level, Line
from fluxtui.domain.config import Config
from fluxtui.domain.errors import FluxtuiError
from fluxtui.domain.kinds import appliers
from fluxtui.domain.resource import Key
from fluxtui.domain.snapshot import Snapshot
from fluxtui.engine.port import EnginePort
from fluxtui.world.description import Description

SERVICE = "activity"
FROM, TO = "staging", "production"
TRAPPED, ROOT = "notifications", "infra"
GRACE, WORLD_TIME = 60.0, 1800.0


class StoryFailed(FluxtuiError):
    """An act did not end as it should."""


def settled(snapshot: Snapshot) -> bool:
    """Every Kustomization of every Environment is ready, and so are all that those created; of
    other appliers nobody here looks after any."""
    for environment in snapshot.config.environments:
        chain = snapshot.board.chains.get(environment.name, ())
        nodes = [node for node in chain if _is_ours(node.key)]
        if len(nodes) < 2 or any(node.health.level != Level.OK for node in nodes):
            return False
        for resource in roles.appliers_in(snapshot, environment.name):
            if not all(_is_known(snapshot, resource.key, id_) for id_, _v in
                       appliers.inventory(resource)):  # fmt: skip
                return False
    return True


def _is_known(snapshot: Snapshot, owner: Key, id_: str) -> bool:
    from fluxtui.domain.objectid import ObjectId

    identity = ObjectId.parse(id_)
    key = Key(owner.environment, identity.group, identity.kind, identity.namespace, identity.name)
    return not _is_ours(key) or snapshot.get(key) is not None


def _is_ours(key: Key) -> bool:
    """Whether it is an applier that the Reconciler looks after."""
    kind = kinds.of(key)
    return kind is not None and kind.core and kind.applier is not None


@dataclass
class Teller:
    """Tells the story on one Engine; `timeout` in real seconds bounds every wait."""

    engine: EnginePort
    timeout: float

    def heading(self, text: str) -> None:
        """What comes next."""
        print(f"\n== {text}", flush=True)

    def wait(self, goal: str, condition: Callable[[Snapshot], bool]) -> Snapshot:
        """Wait for the screen to say so. Raises StoryFailed with what it says instead."""
        try:
            return self.engine.wait_for(condition, self.timeout).result(self.timeout + 10)
        except TimeoutError as error:
            snapshot = self.engine.snapshot
            print(prints.chain(snapshot.board.chains), file=sys.stderr)
            print(prints.findings(snapshot.findings), file=sys.stderr)
            raise StoryFailed(f"{goal}: not within {self.timeout:.0f} s") from error

    def act(self, command: str, target: Target, **values: str) -> None:
        """Plan, show, run. Raises StoryFailed when a Step is not done."""
        proposal = made(self.engine, by_id(command), target, values)
        plan = proposal.plan
        print(plan_text(plan))
        confirmed = frozenset(proposal.demand.names)
        receipts = self.engine.run(plan, confirmed=confirmed).result()
        print(receipts_text(plan, receipts), flush=True)
        bad = [r for r in receipts if not r.ok]
        if bad:
            raise StoryFailed(f"{command}: {bad[0].step} {bad[0].outcome}: {bad[0].message}")

    def ask(self, question: Question) -> Any:
        """An answer of the Engine."""
        return self.engine.ask(question).result(self.timeout)

    def line(self, environment: str, service: str = SERVICE) -> Line:
        """The Service's line on the board."""
        row = self.engine.snapshot.board.row(service)
        lines = row.lines.get(environment, ()) if row else ()
        if not lines:
            raise StoryFailed(f"{service} is not on the board of {environment}")
        return lines[0]


def play(delivery: Embedded, config: Config) -> int:
    """Play it, with its roots applied; 0 when all ended as it should, else 1 with what did not."""
    speed = delivery.world.description.speed
    with running(config) as engine:
        teller = Teller(engine, GRACE + WORLD_TIME / speed)
        try:
            _story(teller, delivery.world.description)
        except FluxtuiError as error:
            print(f"fluxtui: {error}", file=sys.stderr)
            return 1
        finally:
            snapshot = engine.snapshot
            teller.heading("The time line")
            print(prints.changes(snapshot.changes))
            teller.heading("The board")
            print(prints.versions(snapshot.board.rows, snapshot.board.environments))
    print("\neverything ended as it should")
    return 0


def _story(teller: Teller, about: Description) -> None:
    teller.heading("The roots are applied; all else comes from Git and from the registry")
    teller.wait("every chain ready", lambda s: known(s) and settled(s))
    _commit(teller, about)
    _why_not_newer(teller)
    build = _new_build(teller)
    _review(teller, build)
    stable = _promotion(teller, build)
    _bad_build(teller)
    _hold(teller, stable)


def _commit(teller: Teller, about: Description) -> None:
    teller.heading(f"Commit to the infra repository, and follow the commit through {FROM}")
    from fluxtui.cli.commits import push

    path = f"clusters/{FROM}/flux-system/cluster-settings.yaml"
    old, new = b'STATUS_PAGE_REPLICAS: "1"', b'STATUS_PAGE_REPLICAS: "2"'

    def edit(files: dict[str, bytes]) -> None:
        files[path] = files[path].replace(old, new)

    commit = push(about, edit, f"Show the status page twice in {FROM}")
    teller.act("reconcile-with-source", Target(FROM, ROOT))
    version = f"main@{commit[:7]}"
    teller.wait(f"{version} runs in {FROM}", lambda s: _runs(s, FROM, version, ROOT))


def _why_not_newer(teller: Teller) -> None:
    teller.heading(f"Why not the newer tag? {TRAPPED} in {FROM}")
    source = teller.line(FROM, TRAPPED).key
    selection = teller.engine.snapshot.selections[source]
    print(prints.tags({source: selection}))
    if any(not v.reason for v in selection.verdicts):
        raise StoryFailed("a tag has no reason")


def _new_build(teller: Teller) -> str:
    teller.heading(f"Publish a new build of {SERVICE} and follow it through {FROM}")
    target = Target(FROM, SERVICE)
    return _publish(teller, target, "", chain=True)


def _publish(teller: Teller, target: Target, image: str, *, chain: bool) -> str:
    before = teller.engine.snapshot
    teller.act("publish", target, image=image)
    repository = before.board.row(SERVICE)
    url = repository.repository if repository else ""
    old = set(before.tags[url].tags)

    def published(snapshot: Snapshot) -> bool:
        return bool(set(snapshot.tags[url].tags) - old)

    after = teller.wait("the new tag is listed", published)
    tag = next(iter(set(after.tags[url].tags) - old))
    if chain:
        teller.act("reconcile-with-source", target)
        teller.wait(f"{tag} runs in {FROM}", lambda s: _runs(s, FROM, tag) and settled(s))
    return tag


def _runs(snapshot: Snapshot, environment: str, version: str, service: str = SERVICE) -> bool:
    row = snapshot.board.row(service)
    lines = row.lines.get(environment, ()) if row else ()
    return bool(lines) and lines[0].running.version == version


def _review(teller: Teller, build: str) -> None:
    teller.heading(f"Review: what the patches of {TO} do, and what {build} would change")
    line = teller.line(TO)
    results = [teller.ask(PatchesDiff(key)) for key in line.appliers]
    results.append(teller.ask(VersionsDiff(line.key, build)))
    print(prints.comparisons(results, unified=False))
    errors = [part.error for result in results for part in result.parts if part.error]
    if errors:
        raise StoryFailed(f"a diff does not build: {errors[0]}")


def _promotion(teller: Teller, build: str) -> str:
    teller.heading(f"Promote {build} to {TO}: the same digest, a stable version")
    teller.act("promote", Target(FROM, SERVICE), **{"from": build})
    snapshot = teller.wait(f"{TO} ready", settled)
    line = teller.line(TO)
    if line.running.digest != teller.line(FROM).running.digest:
        raise StoryFailed(f"{TO} runs {line.running.text}, which is not the promoted digest")
    print(prints.versions(snapshot.board.rows, snapshot.board.environments))
    return line.running.version


def _bad_build(teller: Teller) -> None:
    teller.heading(f"Publish a bad build: which object blocks the chain of {FROM}, and why?")
    target = Target(FROM, SERVICE)
    good = teller.line(FROM).running.version
    source = teller.line(FROM).key
    bad = _publish(teller, target, "9.9.9-crashloop", chain=False)
    members = teller.line(FROM).appliers
    teller.engine.interest(frozenset(members))
    teller.act("reconcile", Target(FROM, SERVICE, source))
    snapshot = teller.wait("the blocker is named", lambda s: bool(_blocked(s)))
    for node in _blocked(snapshot):
        print(f"{node.key.label}: {node.because}")
    teller.heading(f"Roll back to {good}")
    teller.act("rollback", Target(FROM, SERVICE, source), reason=f"{bad} crash-loops")
    teller.wait(f"{FROM} ready again", lambda s: settled(s) and _runs(s, FROM, good))
    teller.heading("Publish the fix, then follow the policy again")
    fix = _publish(teller, target, "", chain=False)
    teller.act("unpin", Target(FROM, SERVICE, source))
    teller.wait(f"{fix} runs in {FROM}", lambda s: settled(s) and _runs(s, FROM, fix))


def _blocked(snapshot: Snapshot) -> list[ChainNode]:
    """Nodes whose sentence names a crash-looping object, or a neighbour that has one."""
    nodes = snapshot.board.chains.get(FROM, ())
    crashing = [n for n in nodes if "CrashLoop" in n.because or "crash" in n.because.lower()]
    waiting = [n for n in nodes if n.root and n.root != n.key and n in crashing]
    return crashing if waiting else []


def _hold(teller: Teller, stable: str) -> None:
    teller.heading(f"Suspend {SERVICE} in {TO} with a reason, then resume")
    source = teller.line(TO).key
    target = Target(TO, SERVICE, source)
    teller.act("suspend", target, reason="waiting for the migration window")
    mark = teller.line(TO).suspended
    if mark is None or mark.reason != "waiting for the migration window":
        raise StoryFailed("the reason is not on the board")
    teller.act("resume", target)
    teller.wait("everything ready at the end", settled)
    if teller.line(TO).running.version != stable:
        raise StoryFailed(f"{TO} ended on {teller.line(TO).running.text}, not on {stable}")
