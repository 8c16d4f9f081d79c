"""`fluxtui logs`: what the Pods behind a service, a Kustomization or a workload write.

The failing container of the worst Pod first, as on the screen; with `--controller`, what Flux's own
controllers wrote about it. Nothing is kept.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from fluxtui.cli import acts, output
from fluxtui.cli.ending import Ending
from fluxtui.cli.forms.envelope import Document, document, reference
from fluxtui.cli.looking import Look, again, look
from fluxtui.cli.objects import applied_by, no_applier, wanted_of
from fluxtui.cli.patience import at_most
from fluxtui.cli.session import SETTLED
from fluxtui.domain import roles
from fluxtui.domain.ask import LogView, ReadLogs
from fluxtui.domain.counts import counted
from fluxtui.domain.durations import parse_duration
from fluxtui.domain.errors import FluxtuiError, UsageError
from fluxtui.domain.kinds import by_short
from fluxtui.domain.overview.pods import POD
from fluxtui.domain.podlog import containers_of, first_to_read, lost, pods_behind
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.snapshot import Snapshot
from fluxtui.engine.port import EnginePort

PODS = 15.0
READ = 30.0


def logs(engine: EnginePort, args: argparse.Namespace) -> int:
    """Print the log of one container, or follow it until its end or a signal."""
    text = str(args.target)
    if not text:
        raise UsageError("logs of what?", next="fluxtui logs SERVICE, ks/NAME or deploy/NS/NAME")
    word, slash, _rest = text.partition("/")
    is_object = bool(slash) and by_short(word) is None and not args.target.count("/") > 2
    args.target = "" if is_object else text
    view = look(engine, args, tags=False)
    if args.controller:
        return _controller(view, args, text if is_object else "")
    owners, keys = _meant(view, text if is_object else "")
    view = _with_pods(engine, view, owners)
    pods = _pods(view.snapshot, keys)
    gone = lost(view.snapshot, keys)
    if not pods:
        where = ", ".join(view.environments)
        raise FluxtuiError(gone or f"no Pod of {text} is there", where=where)
    if gone:
        print(f"fluxtui: {gone}", file=sys.stderr)
    question = _question(pods[0], args)
    more = f", {counted(len(pods) - 1, 'more Pod')}" if len(pods) > 1 else ""
    print(f"fluxtui: {question.pod}, container {question.container}{more}", file=sys.stderr)
    if args.follow:
        return _follow(engine, question)
    lines = str(acts.answer(engine, question, READ)).splitlines()
    output.emit("\n".join(lines), _form(question, lines), args.output)
    return 0


def _controller(view: Look, args: argparse.Namespace, text: str) -> int:
    """What Flux's controllers wrote about what was named, or about who applies it."""
    from fluxtui.cli.controllerlogs import controller_lines

    if args.follow or args.previous or args.container:
        raise UsageError("--controller goes with --tail and --since alone")
    owners, _keys = _meant(view, text)
    sources = [s for key in owners if (s := roles.source_of(view.snapshot, key)) is not None]
    keys = dict.fromkeys((*owners, *(source.key for source in sources)))
    since = int(parse_duration(args.since)) if args.since else 0
    lines: list[str] = []
    problems = list(view.problems)
    for environment in view.snapshot.config.environments:
        own_keys = [key for key in keys if key.environment == environment.name]
        if own_keys:
            more, why = controller_lines(environment, own_keys, args.tail, since)
            lines += more
            problems += why
    output.emit("\n".join(lines), document("ControllerLogs", lines=lines, problems=problems),
                args.output)  # fmt: skip
    return output.conclude(problems)


def _meant(view: Look, text: str) -> tuple[list[Key], list[Key]]:
    """The Kustomizations whose Pods must be live, and the objects whose Pods are meant."""
    if not text:
        target = view.target
        keys = [node.key for nodes in view.chains().values() for node in nodes]
        keys = [target.applier] if target.applier is not None else keys
        return keys, keys
    kind, namespace, name = wanted_of([text], "")
    applier_keys = [
        applier.key
        for place in view.environments
        for applier in roles.appliers_in(view.snapshot, place)
    ]
    if kind in ("pod", "pods"):
        pods = [Key(place, *POD, namespace, name) for place in view.environments]
        return applier_keys, pods
    hits = applied_by(view, (kind, namespace, name), ())
    if not hits:
        raise no_applier(view, text, "kubectl logs")
    keys = [Key(m.key.environment, i.group, i.kind, i.namespace, i.name) for m, i in hits]
    return [member.key for member, _id in hits], keys


def _with_pods(engine: EnginePort, view: Look, owners: Sequence[Key]) -> Look:
    engine.interest(frozenset(owners))
    places = {key.environment for key in owners} - set(view.snapshot.unreachable)

    def live(snapshot: Snapshot) -> bool:
        states = [f for f in snapshot.feeds if f.kind == POD]
        fed = {f.environment for f in states}
        return places <= fed and all(f.state in SETTLED for f in states)

    try:
        return again(view, engine.wait_for(live, at_most(PODS)).result(PODS + 5))
    except TimeoutError:
        return again(view, engine.snapshot)


def _pods(snapshot: Snapshot, keys: Sequence[Key]) -> list[Resource]:
    """The worst first."""
    pods: dict[Key, Resource] = {}
    for key in keys:
        if (key.group, key.kind) == POD and not key.namespace:
            matches = [
                p for k, p in snapshot.table(key.environment, POD).items() if k.name == key.name
            ]
            pods |= {pod.key: pod for pod in matches}
        else:
            pods |= {pod.key: pod for pod in pods_behind(snapshot, key)}
    return sorted(pods.values(), key=_badness)


def _badness(pod: Resource) -> tuple[int, Key]:
    first = first_to_read(containers_of(pod))
    return (first.rank if first else 99, pod.key)


def _question(pod: Resource, args: argparse.Namespace) -> ReadLogs:
    containers = containers_of(pod)
    first = first_to_read(containers)
    names = [entry.name for entry in containers]
    if args.container and args.container not in names:
        raise UsageError(
            f"{pod.key} has no container {args.container}", next=f"it has {', '.join(names)}"
        )
    since = int(parse_duration(args.since)) if args.since else 0
    container = args.container or (first.name if first else "")
    return ReadLogs(pod.key, container, args.tail, args.previous, args.timestamps, since)


def _form(question: ReadLogs, lines: Sequence[str]) -> Document:
    return document(
        "Logs",
        environment=question.pod.environment,
        pod=reference(question.pod),
        container=question.container,
        previous=question.previous,
        lines=list(lines),
    )


def _follow(engine: EnginePort, question: ReadLogs) -> int:
    printed = 0
    with Ending() as ending:
        followed = engine.follow(question, ending.tell)
        try:
            while ending.wait():
                view = followed.view
                followed.seen()
                printed = _print_new(view, printed)
                if view.state == "failed":
                    raise FluxtuiError(view.error, where=str(question.pod))
                if view.state == "ended":
                    break
        finally:
            followed.close()
    return 0


def _print_new(view: LogView, printed: int) -> int:
    """Prints what is new in the view; returns how many lines were printed in all."""
    missed = view.before - printed
    if missed > 0:
        print(f"fluxtui: {counted(missed, 'line')} came too fast to be shown", file=sys.stderr)
    for line in view.lines[max(0, printed - view.before) :]:
        print(output.visible_text(line), flush=True)
    return max(printed, view.before + len(view.lines))
