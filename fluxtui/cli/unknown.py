"""Answers to words that fluxtui does not know: the nearest it has, never a guess carried out.

People bring the words of kubectl and flux; each of those is answered with what does the same here,
or with who does it.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence

from fluxtui.cli import vocabulary
from fluxtui.cli.misuse import Parser, each_parser
from fluxtui.cli.nearest import nearest
from fluxtui.domain.errors import UsageError

Every = Callable[[], argparse.ArgumentParser]

# What other tools call it: what to type instead. Words in backticks that begin with `fluxtui` are
# command lines of ours, and a test parses each.
OTHERS = {
    "annotate": "objects are kubectl's; `fluxtui reconcile`, `fluxtui suspend` and `fluxtui pin`"
    " write the annotations that Flux reads",
    "bootstrap": "flux does that; where no Flux runs, `fluxtui apply` creates the roots and"
    " `fluxtui reconciler run` does its part",
    "check": "`fluxtui status` says what is not well, `fluxtui config check` what was read",
    "create": "`fluxtui apply` creates the root source and Kustomization, `fluxtui artifact push`"
    " a bundle",
    "debug": "`fluxtui build ks/NAME --explain` says who set each value, and where",
    "delete": "`fluxtui artifact delete` deletes a tag; objects go with kubectl, or by leaving the"
    " bundle",
    "deploy": "`fluxtui publish` pushes a build, `fluxtui promote` makes it a version",
    "edit": "`fluxtui pin`, `fluxtui suspend` and `fluxtui promote` change what fluxtui changes",
    "envsubst": "`fluxtui build ks/NAME` renders with the variables of the environment",
    "explain": "`fluxtui build ks/NAME --explain` says who set each value",
    "export": "`fluxtui get ks -o yaml` prints Flux's objects, `fluxtui build ks/NAME` what they"
    " apply",
    "history": "`fluxtui events` is what changed, `fluxtui journal` what was done from here",
    "install": "flux does that; where no Flux runs, `fluxtui reconciler run` does its part",
    "list": "`fluxtui versions` lists what runs where, `fluxtui artifact list` a repository",
    "log": "`fluxtui logs` is what Pods write, `fluxtui events` what changed",
    "migrate": "flux does that",
    "patch": "`fluxtui pin`, `fluxtui suspend` and `fluxtui promote` change what fluxtui changes",
    "pull": "`fluxtui artifact pull`",
    "push": "`fluxtui artifact push`",
    "render": "`fluxtui build`",
    "restart": "`fluxtui reconcile` asks the controller again",
    "rollout": "`fluxtui rollback` pins the last good version, `fluxtui status` says how it stands",
    "stats": "`fluxtui status`",
    "sync": "`fluxtui reconcile --with-source`",
    "tag": "`fluxtui artifact tag`",
    "template": "`fluxtui build`",
    "top": "`fluxtui status`",
    "undo": "`fluxtui rollback`, `fluxtui unpin` and `fluxtui resume` take back",
    "uninstall": "flux does that",
    "watch": "`fluxtui versions --watch`",
}

# Flags of theirs that are said in another way here.
OTHER_FLAGS = {
    "--for": "name it as a word, for example fluxtui events ks/NS/NAME",
    "--timeout": "--request-timeout limits what is asked; acts take --timeout",
    "--wait": "an act waits until it is done, or --timeout is over",
}


def elsewhere(word: str) -> UsageError:
    """The error for a first word that is no verb and names nothing."""
    if "/" in word:
        verb = "artifact list" if word.startswith("oci://") else "build"
        return UsageError(
            f"{word!r} is nothing to open", next=f"did you mean: fluxtui {verb} {word}"
        )
    at = f"the screen opens at a service of that name with: fluxtui open {word}"
    if word.lower() in vocabulary.verbs():
        return UsageError(f"{word!r} is no verb. Did you mean `{word.lower()}`?", next=at)
    if word in OTHERS:
        return UsageError(f"{word!r} is no verb of fluxtui's: {OTHERS[word]}")
    near = nearest(word, list(vocabulary.verbs()))
    if near:
        return UsageError(f"{word!r} is no verb. Did you mean `{near}`?", next=at)
    return UsageError(f"{word!r} is no verb", next=f"fluxtui --help lists them; {at}")


def too_much(
    args: argparse.Namespace,
    extra: Sequence[str],
    parser: argparse.ArgumentParser,
    verbs: Every,
) -> None:
    """Take `ks NAME` for `ks/NAME`, as flux and kubectl do; raise UsageError for anything else.

    `verbs` makes the parser of all verbs, to look for whose flag it is.
    """
    if hasattr(args, "targets") and not any(word.startswith("-") for word in extra):
        args.targets = [*args.targets, *extra]  # words on both sides of a flag
        return
    target = joined(getattr(args, "target", ""), extra)
    if target:
        args.target = target
        return
    verb = " ".join(w for w in (args.verb, getattr(args, "action", "")) if w)
    flag = next((w for w in extra if w.startswith("-")), "").partition("=")[0]
    if not flag:
        raise UsageError(
            f"{verb} takes one word less: what is {extra[0]!r}?", next=f"fluxtui {verb} --help"
        )
    raise _no_such_flag(verb, flag, parser, verbs)


def _no_such_flag(
    verb: str, flag: str, parser: argparse.ArgumentParser, verbs: Every
) -> UsageError:
    """Its own mistake, or a flag of other verbs; without a verb the screen was asked for."""
    prog = f"fluxtui {verb}".rstrip()
    own = [p for p in each_parser(parser) if p.prog == prog]
    options = [o for p in own for o in p._option_string_actions]
    screen = verb in ("", "open")
    message = f"the screen has no flag {flag}" if screen else f"{verb} has no flag {flag}"
    near = nearest(flag, [o for o in options if o.startswith("--")], 0.75)
    if near:
        return UsageError(message, next=f"did you mean {near}?")
    owners = _owners(flag, verbs)
    if flag in OTHER_FLAGS or not owners:
        hint = " ".join(("fluxtui", *verb.split(), "--help"))
        return UsageError(message, next=OTHER_FLAGS.get(flag, hint))
    names = list(owners)
    uncounted = [f"{len(names) - 3} more verbs"] if len(names) > 4 else []
    *front, last = names[: 3 if uncounted else 4] + uncounted
    listed = f"{', '.join(front)} and {last}" if front else last
    return UsageError(f"{message}: it belongs to {listed}",
                      next=f"for example {owners[names[0]]}")  # fmt: skip


def _owners(flag: str, verbs: Every) -> dict[str, str]:
    """Verbs that have the flag, each with a line that has it."""
    return {
        parser.words: parser.example_of(parser._option_string_actions[flag])
        for parser in list(each_parser(verbs()))[1:]
        if isinstance(parser, Parser) and flag in parser._option_string_actions
    }


def joined(kind: str, names: Sequence[str]) -> str:
    """`ks`, `web` -> `ks/web`; `source`, `oci`, `web` -> `ocirepo/web`; else ""."""
    from fluxtui.domain.kinds import by_short

    words = [kind, *names]
    if words[0].lower() in ("source", "sources"):
        words = ["ocirepo" if words[1] == "oci" else words[1], *words[2:]]
    if len(words) != 2 or words[1].startswith("-") or by_short(words[0]) is None:
        return ""
    return "/".join(words)
