"""`fluxtui journal`: the acts of the Journal that were asked for, line by line.

An act is shown whole or not at all: what is asked for is looked for in its Plan. Asks no cluster.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import PurePath
from typing import Any

from fluxtui.cli import output, prints
from fluxtui.cli.forms import plans as plans_form
from fluxtui.cli.output import conclude
from fluxtui.domain.counts import counted
from fluxtui.domain.deadlines import earlier
from fluxtui.domain.errors import UsageError
from fluxtui.domain.kinds import by_short
from fluxtui.engine.acts.journal import Journal, JournalEntry
from fluxtui.engine.acts.past import told
from fluxtui.kit.moments import seconds

Body = Mapping[str, Any]
Wish = Callable[[JournalEntry], bool]


def journal(path: str, args: argparse.Namespace) -> int:
    """What was done from here, and how it went."""
    wishes = dict(_wishes(args, time.time()))
    acts = list(_acts(told(Journal(path))))
    meant = [lines for lines in acts if all(wish(lines[0]) for wish in wishes.values())]
    entries = tuple(entry for lines in meant for entry in lines)
    problems = []
    if acts and not meant:
        problems = [f"none of {counted(len(acts), 'Plan')} in the Journal is {' '.join(wishes)}"]
    names = list(dict.fromkeys(entry.plan for entry in entries))
    text = "" if problems else prints.journal(entries)
    output.emit(text, plans_form.journal(entries, problems), args.output, names=names)
    return conclude(problems)


def _acts(entries: Iterable[JournalEntry]) -> Iterator[list[JournalEntry]]:
    """The lines of each run of a Plan, its own first; lines of none are left out."""
    runs: list[list[JournalEntry]] = []
    newest: dict[str, list[JournalEntry]] = {}
    for entry in entries:
        if entry.type == "plan":
            newest[entry.plan] = []
            runs.append(newest[entry.plan])
        if entry.plan in newest:
            newest[entry.plan].append(entry)
    return iter(runs)


def _wishes(args: argparse.Namespace, now: float) -> Iterator[tuple[str, Wish]]:
    """What an act has to be, by the words that say so. Raises UsageError."""
    target, environments = str(args.target or ""), args.environment or ()
    if target:
        yield f"about {target}", lambda entry: _is_about(entry.body, target)
    if args.object:
        kind, name = _named(args.object)
        yield f"about {args.object}", lambda entry: _touches(entry.body, kind, name)
    if environments:
        about = "in" if target or args.object else "about"
        yield (
            f"{about} {', '.join(environments)}",
            lambda entry: bool(set(environments) & set(_environments(entry.body))),
        )
    if args.by:
        yield f"by {args.by}", lambda entry: _is_by(entry.body, args.by)
    if args.since:
        since = earlier(args.since, now)
        yield f"since {args.since}", lambda entry: (seconds(entry.at) or 0.0) >= since


def _is_by(body: Body, name: str) -> bool:
    """Whether they made it or approved it; `anna` is whoever is called so on any machine."""
    whole = (str(body.get("user") or ""), str(body.get("approver") or ""))
    return name in whole or name in (each.partition("@")[0] for each in whole)


def _is_about(body: Body, target: str) -> bool:
    """Whether a Plan names it: an object, a repository or a word of its title."""
    *_kind, name = target.split("/")
    texts = [str(body.get("title") or "")]
    for step in _steps(body):
        texts += [str(_of(step, "target").get("name") or ""), _repository(step)]
    return name in texts[1:] or name in texts[0].split()


def _named(text: str) -> tuple[str, str]:
    """(Kind, [NAMESPACE/]NAME) of `ks/web` or `ks/apps/web`. Raises UsageError."""
    word, _slash, name = text.partition("/")
    if not (word and name):
        raise UsageError(f"{text!r} names no object", next="as KIND/NAME, for example ks/web")
    kind = by_short(word) or by_short(word.lower())
    return (kind.kind if kind is not None else word), name


def _touches(body: Body, kind: str, name: str) -> bool:
    for step in _steps(body):
        target = _of(step, "target")
        own = str(target.get("name") or "")
        names = (own, f"{target.get('namespace') or ''}/{own}")
        if own and str(target.get("kind") or "").lower() == kind.lower() and name in names:
            return True
    return False


def _environments(body: Body) -> Iterable[str]:
    return map(str, body.get("environments") or ())


def _steps(body: Body) -> Iterator[Body]:
    steps = body.get("steps")
    return (
        (step for step in steps if isinstance(step, dict)) if isinstance(steps, list) else iter(())
    )


def _of(step: Body, name: str) -> Body:
    value = step.get(name)
    return value if isinstance(value, dict) else {}


def _repository(step: Body) -> str:
    return PurePath(str(step.get("repository") or "")).name
