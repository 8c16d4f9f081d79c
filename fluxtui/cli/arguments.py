"""Words to arguments, by one parser and one rule: the first word that is no flag is the verb.

A value of a flag is never taken for it, and flags may stand before or after it. A first word with
a `/` names what the screen opens at; any other word that is no verb is refused with the nearest.
Light on purpose: `--help` and `--version` must cost no more than argparse and our own words.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable, Sequence

from fluxtui import __version__
from fluxtui.cli import flags, vocabulary
from fluxtui.cli.misuse import Parser, each_parser
from fluxtui.cli.vocabulary import Verb

TYPE_CHECKING = False
if TYPE_CHECKING:
    from fluxtui.cli.options import Options

_ABOUT = "See, explain, change and follow deliveries across environments."
_CODES = """\
Without a verb the screen opens; `fluxtui -e ENV ks/NAME` opens it there.
Exit codes: 0 fine, 1 not, 2 usage, 3 refused."""


def _columns() -> int:
    """The width of help texts; argparse asks the terminal anew for every flag it adds."""
    global _width
    if not _width:
        try:
            _width = int(os.environ.get("COLUMNS") or os.get_terminal_size().columns) - 2
        except (OSError, ValueError):
            _width = 78
    return max(_width, 38)


_width = 0


def _formatter(prog: str) -> argparse.HelpFormatter:
    return argparse.RawDescriptionHelpFormatter(prog, width=_columns())


def parse(words: Sequence[str]) -> argparse.Namespace:
    """The arguments; `verb` is None when the screen is meant.

    Raises UsageError; SystemExit after `--help` and `--version`.
    """
    name, tail = first_word(words)
    if name == "help":
        return parse([*tail, "--help"])
    verb = vocabulary.verb(name) if name else None
    if name and verb is None:
        if "/" not in name or name.startswith(("/", ".", "~", "oci://")):
            from fluxtui.cli.unknown import elsewhere

            raise elsewhere(name)
        verb, tail = vocabulary.verb("open"), [name, *tail]
    if verb is None:
        top = parser((), about=_verbs_text() if {"-h", "--help"} & set(tail) else "")
    else:
        top, tail = parser((verb,)), [verb.name, *_action_first(verb, tail)]
    args, extra = top.parse_known_args(tail)
    if extra:
        from fluxtui.cli.unknown import too_much

        too_much(args, extra, top, lambda: parser(vocabulary.verbs().values()))
    return args


def parser(verbs: Iterable[Verb], *, filled: str = "", about: str = "") -> Parser:
    """The command line as if there were no other verbs; `about` them all stands in its help.

    `filled` names the one verb that gets its flags, all of them when it is "".
    """
    top = Parser(prog="fluxtui", formatter_class=_formatter, description=_ABOUT,
                 epilog=f"{about}{_CODES}",
                 usage="fluxtui [FLAG ...] [VERB ... | TARGET]")  # fmt: skip
    top.add_argument("--version", action="version", version=f"fluxtui {__version__}",
                     help="Print fluxtui's version and stop.")  # fmt: skip
    top.example = "fluxtui"
    flags.shared(top)
    top.set_defaults(verb=None)
    if verbs := tuple(verbs):
        subs = top.add_subparsers(dest="verb", prog="fluxtui")
        for verb in verbs:
            _add(subs, verb, filled=filled in ("", verb.name))
    return top


def _add(subs: argparse._SubParsersAction[Parser], verb: Verb, *, filled: bool = True) -> None:
    sub = subs.add_parser(verb.name, help=verb.help, description=verb.help,
                          formatter_class=_formatter)  # fmt: skip
    if not filled:
        return
    sub.example = f"{sub.prog} {verb.example}".rstrip()
    sub.examples, sub.needs = verb.examples, verb.needs
    verb.add(sub)
    flags.shared(sub)
    if verb.actions:
        actions = sub.add_subparsers(dest="action", metavar="ACTION")
        for action in verb.actions:
            _add(actions, action)


def _verbs_text() -> str:
    """All verbs with their sentences, for the help."""
    from textwrap import fill

    width = _columns()
    lines = (
        fill(verb.help, width, initial_indent=f"  {verb.name:<13}", subsequent_indent=" " * 15)
        for verb in vocabulary.verbs().values()
    )
    return "\n".join(("verbs:", *lines, "", "fluxtui VERB --help says more.", ""))


def _action_first(verb: Verb, words: list[str]) -> list[str]:
    action, tail = first_word(words) if verb.actions else ("", words)
    return [action, *tail] if action else words


def first_word(words: Sequence[str]) -> tuple[str, list[str]]:
    """The first word that is neither a flag nor a flag's value ("" = none), and all others."""
    if not words or not words[0].startswith("-"):
        return (words[0] if words else ""), list(words[1:])
    shared = parser(())
    is_value = False
    for index, word in enumerate(words):
        if is_value:
            is_value = False
        elif not word.startswith("-"):
            return word, [*words[:index], *words[index + 1 :]]
        elif word == "--version":
            break  # before the verb it is the program's own
        else:
            takes = _takes_value(word, shared)
            # A flag of some verb's own: building all of them is slow, and rarely needed.
            if takes is None:
                takes = _takes_value(word, parser(vocabulary.verbs().values()))
            is_value = bool(takes)
    return "", list(words)


def _takes_value(word: str, top: argparse.ArgumentParser) -> bool | None:
    """Whether the next word is the flag's value; None when nothing under `top` has the flag."""
    valued = {
        option: action.nargs is None
        for subparser in each_parser(top)
        for action in subparser._actions
        for option in action.option_strings
    }
    if word.startswith("--"):
        flag, equals, _value = word.partition("=")
        return valued[flag] and not equals if flag in valued else None
    for end, letter in enumerate(word[1:], 2):
        # Short flags may stand together; what follows one with a value is that value.
        takes = valued.get(f"-{letter}")
        if takes is None or takes:
            return takes and end == len(word)
    return False


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
