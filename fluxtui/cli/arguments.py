"""Words to arguments, by one parser and one rule: the first word that is no flag is the verb.

A value of a flag is never taken for it, and flags may stand before or after it. A first word with
a `/` names what the screen opens at; any other word that is no verb is refused with the nearest.
Light on purpose: `--help` and `--version` must cost no more than argparse and our own words.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from fluxtui import __version__
from fluxtui.cli import flags, vocabulary
from fluxtui.cli.vocabulary import Verb
from fluxtui.domain.errors import UsageError

if TYPE_CHECKING:
    from fluxtui.cli.options import Options

_ABOUT = "See, explain, change and follow deliveries across environments."
_CODES = """\
Without a verb the screen opens; `fluxtui -e ENV ks/NAME` opens it there.
Exit codes: 0 fine, 1 not, 2 usage, 3 refused."""


class Parser(argparse.ArgumentParser):
    """argparse that raises UsageError, takes no abbreviations and no other kind of words."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_abbrev=False, **kwargs)

    def error(self, message: str) -> NoReturn:
        """Whoever called says it, in the form that was asked for."""
        raise UsageError(message, next=f"{self.prog} --help")


def parse(words: Sequence[str]) -> argparse.Namespace:
    """The arguments; `verb` is None when the screen is meant.

    Raises UsageError; SystemExit after `--help` and `--version`.
    """
    name, rest = _verb_first(words)
    if not name:
        return parser().parse_args(rest)
    chosen = vocabulary.verb(name)
    if chosen is None:
        from fluxtui.cli.unknown import elsewhere

        if name == "help":
            return parse([*rest, "--help"])
        if "/" not in name:
            raise elsewhere(name)
        chosen, rest = vocabulary.verb("open"), [name, *rest]
        assert chosen is not None
    if chosen.actions:
        action, rest = _verb_first(rest)
        rest = [action, *rest] if action else rest
    args, extra = parser([chosen]).parse_known_args([chosen.name, *rest])
    if extra:
        from fluxtui.cli.unknown import too_much

        too_much(args, extra, parser([chosen]))
    return args


def parser(only: Iterable[Verb] = ()) -> Parser:
    """The whole command line, or as if there were no other verbs than `only`."""
    top = Parser(
        prog="fluxtui",
        description=_ABOUT,
        epilog=_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"fluxtui {__version__}",
                     help="Print fluxtui's version and stop.")  # fmt: skip
    flags.shared(top)
    _add(top, tuple(only) or tuple(vocabulary.verbs().values()), "verb")
    return top


def _add(top: argparse.ArgumentParser, verbs: Iterable[Verb], dest: str) -> None:
    subs = top.add_subparsers(dest=dest, metavar=dest.upper(), title=f"{dest}s",
                              required=dest != "verb")  # fmt: skip
    for verb in verbs:
        sub = subs.add_parser(verb.name, help=verb.help, description=verb.help)
        flags.shared(sub)
        verb.add(sub)
        if verb.actions:
            _add(sub, verb.actions, "action")


def _verb_first(words: Sequence[str]) -> tuple[str, list[str]]:
    """The first word that is neither a flag nor a flag's value ("" = none), and all others."""
    if not words or not words[0].startswith("-"):
        return (words[0] if words else ""), list(words[1:])
    takes_value = _values_taken()
    is_value = False
    for index, word in enumerate(words):
        if is_value:
            is_value = False
        elif not word.startswith("-"):
            return word, [*words[:index], *words[index + 1 :]]
        elif word == "--version":
            break  # before the verb it is the program's own
        else:
            is_value = takes_value(word)
    return "", list(words)


def _values_taken() -> Callable[[str], bool]:
    """Whether a flag's value is the next word, asked of the flags of all verbs."""
    options = {
        option
        for one in each_parser(parser())
        for action in one._actions
        if action.nargs is None
        for option in action.option_strings
    }

    def takes_value(word: str) -> bool:
        if word.startswith("--"):
            return word in options
        # Short flags may stand together; the rest behind one with a value is that value.
        valued = next((n for n, c in enumerate(word[1:], 2) if f"-{c}" in options), 0)
        return valued == len(word)

    return takes_value


def each_parser(top: argparse.ArgumentParser) -> Iterable[argparse.ArgumentParser]:
    """This parser and those of all verbs under it."""
    yield top
    for action in top._actions:
        if isinstance(action, argparse._SubParsersAction):
            for sub in action.choices.values():
                yield from each_parser(sub)


def options_of(args: argparse.Namespace) -> Options:
    """The shared flags of a parsed command line."""
    from fluxtui.cli.options import Options
    from fluxtui.cli.overrides import overrides_of

    return Options(
        config=args.config or "",
        kubeconfig=args.kubeconfig or "",
        contexts=tuple(args.context or ()),
        namespaces=tuple(args.namespace or ()),
        all_namespaces=args.all_namespaces,
        mirrors=tuple(args.mirror or ()),
        read_only=args.read_only,
        slow=args.slow,
        theme=args.theme or "",
        overrides=overrides_of(args),
    )
