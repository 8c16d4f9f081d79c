"""Flags that several verbs share, each with its sentence, declared once.

`--help` pays for every line here: nothing but argparse may be imported.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from fluxtui.commands.declaration import Command

TARGET_HELP = "A service, or any kind by KIND/NAME or KIND/NS/NAME: ks/web, hr/apps/web."
SCOPE_HELP = "An environment or a stage, by its name, or as env/NAME or stage/NAME."
FORMS = ("table", "wide", "name", "json", "yaml")
JSONPATH = "jsonpath="


def shared(sub: argparse.ArgumentParser) -> None:
    """What every verb and the screen itself take: where to look, and how carefully."""
    add = sub.add_argument_group("everywhere").add_argument
    add("--config", metavar="FILE", help="Read this fluxtui.yaml instead of the user's own.")
    add("--kubeconfig", metavar="FILE", help="Reach every environment by this kubeconfig.")
    add("--context", action="append", metavar="NAME",
        help="Take this kubeconfig context as an environment; repeatable.")  # fmt: skip
    add("-n", "--namespace", action="append", metavar="NS",
        help="Look into this namespace only; repeatable.")  # fmt: skip
    add("-A", "--all-namespaces", action="store_true",
        help="Look into all namespaces, whatever the configuration says.")  # fmt: skip
    add("--mirror", action="append", metavar="HOST=HOST",
        help="Reach a registry host by another one; repeatable.")  # fmt: skip
    add("--read-only", action="store_true", help="Send no write at all.")
    add("--slow", action="store_true", help="Draw for a slow link: 16 colours, 4 frames a second.")
    add("--theme", metavar="THEME", help="Use these colours, for example fluxtui-day.")
    add("-e", "--environment", action="append", metavar="ENV",
        help="Keep to this environment; repeatable where several make sense.")  # fmt: skip
    _kubectl(add)


def _kubectl(add: Callable[..., object]) -> None:
    """kubectl's own, which mean here what they mean there."""
    add("--as", dest="as_user", metavar="USER", help="Act as this user, as kubectl does.")
    add("--as-group", action="append", metavar="GROUP",
        help="Act as a member of this group; repeatable.")  # fmt: skip
    add("--as-uid", metavar="UID", help="Act with this uid.")
    add("--cluster", metavar="NAME", help="Use this cluster of the kubeconfig.")
    add("--user", metavar="NAME", help="Use this user of the kubeconfig.")
    add("--request-timeout", metavar="TIME",
        help="Wait this long for answers, all together: 5s, 2m; 0 for no limit.")  # fmt: skip


def target(sub: argparse.ArgumentParser) -> None:
    """What it is about; empty means everything, or is refused by the verb."""
    sub.add_argument("target", nargs="?", default="", metavar="TARGET", help=TARGET_HELP)


def scope(sub: argparse.ArgumentParser) -> None:
    """The whole that an act is about."""
    sub.add_argument("target", nargs="?", default="", metavar="SCOPE", help=SCOPE_HELP)


def targets(sub: argparse.ArgumentParser) -> None:
    """What an act is about that can be done to several at once."""
    sub.add_argument("targets", nargs="*", metavar="TARGET", help=TARGET_HELP)
    sub.add_argument("-l", "--selector", metavar="LABELS", default="",
                     help="All objects with these labels; of the kinds named, if any.")  # fmt: skip


def view(sub: argparse.ArgumentParser) -> None:
    """What every view takes: which rows, in which form, once or again and again."""
    add = sub.add_argument
    add("-l", "--selector", metavar="LABELS", default="",
        help="Show only what has these labels, for example app=web,tier!=db.")  # fmt: skip
    add("-w", "--watch", action="store_true",
        help="Stay, and print again what changes; JSON lines with -o json.")  # fmt: skip
    add("-o", "--output", type=form, metavar="FORM", default="table",
        help="Print as table, wide, name, json, yaml or jsonpath={...}.")  # fmt: skip


def act(sub: argparse.ArgumentParser, commands: Sequence[Command] = ()) -> None:
    """What every act takes; `commands`: which of the registry's it is, if any."""
    add = sub.add_argument
    add("--dry-run", action="store_const", const="plan", default="",
        help="Print the Plan and stop.")  # fmt: skip
    add("--server-dry-run", action="store_const", const="server", dest="dry_run",
        help="The same, and have clusters try the objects first, where not read-only.")  # fmt: skip
    add("-y", "--yes", action="store_true", help="Do not ask.")
    add("--confirm", metavar="ENV", action="append", default=[],
        help="Name a protected environment that the act touches (repeatable).")  # fmt: skip
    add("--reason", metavar="TEXT", default="",
        help=f"Say why{_must(commands)}; it is kept on the object and in the Journal.")  # fmt: skip
    add("--timeout", metavar="TIME", default="",
        help="Give up what is not done after this: 30s, 5m; what was written stays.")  # fmt: skip
    add("--plan-out", metavar="FILE", default="",
        help="Write the reviewed Plan into this file for somebody else to run.")  # fmt: skip
    add("-o", "--output", choices=("table", "json", "yaml", "markdown"), default="table",
        metavar="FORM", help="Print as table, json, yaml; a review also as markdown.")  # fmt: skip


def _must(commands: Sequence[Command]) -> str:
    """Whether these are refused without a reason, as the help has it."""
    required = [a for c in commands for a in c.arguments if a.name == "reason" and a.required]
    if not required:
        return ""
    from fluxtui.commands.reasons import REASON

    return " (must be given)" if REASON in required else " (must be given where none is proposed)"


def plan_shown(sub: argparse.ArgumentParser) -> None:
    """A Plan in a file, to read."""
    sub.add_argument("file", nargs="?", default="", metavar="FILE", help="Made with --plan-out.")
    plain_output(sub)


def plan_run(sub: argparse.ArgumentParser) -> None:
    """A Plan in a file, to run."""
    sub.add_argument("file", nargs="?", default="", metavar="FILE", help="Made with --plan-out.")
    act(sub)


def plan_of_act(sub: argparse.ArgumentParser) -> None:
    """An act of the Journal, to finish or to undo."""
    sub.add_argument("act", nargs="?", default="", metavar="ID",
                     help="The act's id, as the Journal has it, or how it begins.")  # fmt: skip
    act(sub)


def journal(sub: argparse.ArgumentParser) -> None:
    """Which acts of the Journal."""
    add = sub.add_argument
    add("--since", metavar="TIME", default="",
        help="Only acts begun after that: 2h, 3d, 1w ago, or a moment.")  # fmt: skip
    add("--by", metavar="USER", default="", help="Only what USER ran, made or approved.")
    add("--object", metavar="KIND/NAME", default="",
        help="Only what touched that object, for example ks/web or ks/NS/NAME.")  # fmt: skip


def plain_output(sub: argparse.ArgumentParser) -> None:
    """The forms of what is no list of objects."""
    sub.add_argument("-o", "--output", choices=("table", "json", "yaml"), default="table",
                     metavar="FORM", help="Print as table, json or yaml.")  # fmt: skip


def form(text: str) -> str:
    """The value of a view's `-o`. Raises ArgumentTypeError when there is no such form."""
    if text in FORMS or (text.startswith(JSONPATH) and len(text) > len(JSONPATH)):
        return text
    raise argparse.ArgumentTypeError(
        f"takes {', '.join(FORMS)} or {JSONPATH}{{.path}}: {text!r} is none of them"
    )


def whole(text: str) -> int:
    """A whole number, not less than 0. Raises ArgumentTypeError."""
    if not (text.isascii() and text.isdecimal()):
        raise argparse.ArgumentTypeError(f"takes a whole number: {text!r} is none")
    return int(text)


def speed(text: str) -> float:
    """A number above 0. Raises ArgumentTypeError."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"takes a number above 0: {text!r} is none")
    return value


def comparing(sub: argparse.ArgumentParser) -> None:
    """What is compared with what."""
    sub.add_argument("--patches", action="store_true", help="Show what the patches do.")
    sub.add_argument("--live", action="store_true",
                     help="Show what applying it now would change; of a HelmRelease what is"
                          " otherwise than deployed.")  # fmt: skip
    sub.add_argument("--from", dest="before", metavar="A", default="",
                     help="The version, or the number of a release, before; without it, what runs."
                     )  # fmt: skip
    sub.add_argument("--to", dest="after", metavar="B", default="",
                     help="The version after, for example v1.5.0, or the number of a release."
                     )  # fmt: skip
    sub.add_argument("--chart", nargs="*", metavar="VERSION",
                     help="Compare the chart of a HelmRelease: what is deployed with what would be"
                          " picked, with VERSION, or two versions.")  # fmt: skip
    sub.add_argument("--rendered", action="store_true",
                     help="Compare what helm renders of both charts with the release's values."
                     )  # fmt: skip
    # The same list as that of -e: which side an environment is on is the order they are typed in.
    sub.add_argument("--env", dest="environment", action="append", metavar="ENV",
                     help="Twice: compare two; the one typed first is left, the other right."
                     )  # fmt: skip
    sub.add_argument("--unified", action="store_true", help="Print YAML, line by line.")


def grouped(sub: argparse.ArgumentParser) -> None:
    """How the board's table is grouped; the screen's f and [ ] in words."""
    sub.add_argument("--group-by", choices=("stage", "namespace", "source"), default="",
                     metavar="WAY",
                     help="Group the table's rows, the worst group first.")  # fmt: skip
