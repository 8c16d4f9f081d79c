"""What an act on the command line is about: one object or Service, or several objects as marks.

Words that name kinds and objects, or labels that objects have; always in one Environment. What
cannot be done to one of several is the Plan's to say.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence

from fluxtui.cli.looking import checked_selector
from fluxtui.cli.target import find, refuse_unread
from fluxtui.cli.unknown import joined
from fluxtui.commands.command import Context, Target
from fluxtui.commands.subject import no_object, object_of
from fluxtui.domain.errors import UsageError
from fluxtui.domain.kinds import ALL, by_short
from fluxtui.domain.kinds.kind import Kind
from fluxtui.domain.resource import Key
from fluxtui.domain.scopes import ENVIRONMENT, scope_of
from fluxtui.domain.snapshot import Snapshot


def subject(
    snapshot: Snapshot, args: argparse.Namespace, environments: Sequence[str], *, many: bool
) -> Target:
    """The Target of the words and labels; `many`: several may be meant. Raises UsageError."""
    names = tuple(e.name for e in snapshot.config.environments)
    words, selector = named(args), checked_selector(args)
    if not words and not selector:
        raise UsageError(f"{args.verb} what?", next=f"fluxtui {args.verb} SERVICE -e ENV")
    if len(environments) > 1:
        raise UsageError("an act is for one environment at a time", next="give -e once")
    for name in environments:
        if name not in names:
            raise UsageError(f"there is no environment {name!r}", next=f"known: {', '.join(names)}")
    environment = environments[0] if environments else ""
    if not many and (selector or len(words) > 1):
        raise UsageError("that is done to one object at a time", next="name one")
    if selector:
        keys = _with_labels(snapshot, words, selector, _only(names, environment))
    elif len(words) == 1:
        return one(snapshot, words[0], environment)
    else:
        keys = tuple(dict.fromkeys(_object(snapshot, word, environment) for word in words))
    return Target(keys[0].environment, marked=keys)


def scoped(snapshot: Snapshot, args: argparse.Namespace, environments: Sequence[str]) -> Target:
    """The Target of a whole scope: one word, else the environment of -e. Raises UsageError."""
    words = named(args)
    if checked_selector(args):
        raise UsageError("labels choose objects, and a scope is whole", next="leave -l out")
    if len(words) > 1 or len(environments) > 1:
        raise UsageError("that is done to one scope at a time", next="name one")
    environment = environments[0] if environments else ""
    text = words[0] if words else f"{ENVIRONMENT}/{environment}" if environment else ""
    if not text:
        raise UsageError(f"{args.verb} what?", next=f"fluxtui {args.verb} ENVIRONMENT")
    scope = scope_of(snapshot, text, environment)
    if environment and environment not in scope.environments:
        raise UsageError(f"{scope.says} is not in {environment}", next="leave -e out")
    return Target(scope.environments[0], scope=text)


def named(args: argparse.Namespace) -> list[str]:
    """The words, each with its kind: `ks a b` means `ks/a ks/b`, as flux takes it."""
    words = list(args.targets) if hasattr(args, "targets") else [args.target]
    words = [word for word in words if word]
    if getattr(args, "selector", "") or len(words) < 2 or "/" in words[0]:
        return words
    if words[0].lower() in ("source", "sources") and len(words) > 2:
        words = ["ocirepo" if words[1] == "oci" else words[1], *words[2:]]
    each = [joined(words[0], [name]) for name in words[1:]]
    return each if all(each) else words


def one(snapshot: Snapshot, word: str, environment: str) -> Target:
    """The Target of one word. Raises UsageError, also when it may be in several Environments."""
    target = find(word, environment, snapshot)
    if environment:
        return target
    row = snapshot.board.row(target.service)
    names = tuple(e.name for e in snapshot.config.environments)
    found = (target.environment,) if target.environment else tuple(row.lines) if row else names
    refuse_unread(word, found, snapshot)
    return target if target.environment else find(word, _only(found, ""), snapshot)


def _object(snapshot: Snapshot, word: str, environment: str) -> Key:
    """The object of one word among several."""
    context = Context(snapshot, one(snapshot, word, environment), "", "")
    resource = object_of(context)
    if resource is None:
        raise UsageError(no_object(context), where=word)
    return resource.key


def _only(names: Sequence[str], environment: str) -> str:
    if environment:
        return environment
    if len(names) != 1:
        raise UsageError("in which environment?", next=f"-e {' or -e '.join(names)}")
    return names[0]


def _with_labels(
    snapshot: Snapshot, words: Sequence[str], selector: str, environment: str
) -> tuple[Key, ...]:
    """All objects there with these labels, of the kinds that the words name, else of any kind."""
    from fluxtui.kit import labels

    terms = labels.parse(selector)
    kinds = tuple(_kinds(words)) or ALL
    keys = tuple(
        key
        for kind in kinds
        for key, resource in sorted(snapshot.table(environment, kind).items())
        if labels.fulfilled(terms, resource.labels)
    )
    if not keys:
        what = " or ".join(kind.kind for kind in kinds) if words else "object of Flux's"
        raise UsageError(f"no {what} in {environment} has the labels {selector}")
    return keys


def _kinds(words: Sequence[str]) -> Iterator[Kind]:
    for word in words:
        kind = by_short(word)
        if kind is None:
            raise UsageError(
                f"{word!r} is given beside labels", next="name objects, or a kind and its labels"
            )
        yield kind
