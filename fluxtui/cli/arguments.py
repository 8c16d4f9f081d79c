"""The argument parser, made from the registry of Commands: a verb is declared where its key is.

Light on purpose: `--help` and `--version` must cost no more than argparse and our own words.
"""

from __future__ import annotations

import argparse
from collections import defaultdict

from fluxtui import __version__
from fluxtui.cli.options import Options
from fluxtui.commands.command import Command
from fluxtui.commands.registry import ALL

TARGET_HELP = "a service, or ks/NAME, ks/NS/NAME, ocirepo/NAME, ocirepo/NS/NAME"


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = argparse.ArgumentParser(
        prog="fluxtui",
        description="See, explain, change and follow deliveries across environments.",
        epilog="Without a verb the screen opens. Exit codes: 0 fine, 1 not, 2 usage, 3 refused.",
    )
    top.add_argument("--version", action="version", version=f"fluxtui {__version__}")
    _shared(top, suppress=False)
    top.add_argument("start", nargs="?", default="", help=argparse.SUPPRESS)
    return top


def verbs() -> argparse.ArgumentParser:
    """The parser with all verbs; `parser` serves the screen's own start."""
    top = argparse.ArgumentParser(
        prog="fluxtui",
        description="See, explain, change and follow deliveries across environments.",
        epilog="Without a verb the screen opens. Exit codes: 0 fine, 1 not, 2 usage, 3 refused.",
    )
    top.add_argument("--version", action="version", version=f"fluxtui {__version__}")
    _shared(top, suppress=False)
    subs = top.add_subparsers(dest="verb", metavar="VERB")
    for verb, commands in families().items():
        if commands[0].plan is None:
            _view(subs, verb, commands[0])
        else:
            _act(subs, verb, commands)
    _others(subs)
    top.set_defaults(start="")
    return top


def families() -> dict[str, list[Command]]:
    """Commands by the first word of their verb; the other words are flags that choose one."""
    found: dict[str, list[Command]] = defaultdict(list)
    for command in ALL:
        if command.verb:
            found[command.verb.split()[0]].append(command)
    return dict(found)


def verb_names() -> frozenset[str]:
    """Every first word that is a verb."""
    return frozenset(families()) | {
        "apply", "artifact", "build", "config", "demo", "reconciler", "status"
    }  # fmt: skip


def options_of(args: argparse.Namespace) -> Options:
    """The shared flags of a parsed command line."""
    return Options(
        config=args.config or "",
        kubeconfig=args.kubeconfig or "",
        contexts=tuple(args.context or ()),
        namespaces=tuple(args.namespace or ()),
        mirrors=tuple(args.mirror or ()),
        read_only=bool(args.read_only),
        slow=bool(args.slow),
        theme=args.theme or "",
    )


def _shared(sub: argparse.ArgumentParser, *, suppress: bool = True) -> None:
    """Shared flags, before or after the verb; after it they override only when given."""
    default = argparse.SUPPRESS if suppress else None
    add = sub.add_argument
    add("--config", metavar="FILE", default=default, help="read this fluxtui.yaml")
    add("--kubeconfig", metavar="FILE", default=default)
    add("--context", action="append", metavar="NAME", default=default, help="repeatable")
    add("--namespace", "-n", action="append", metavar="NS", default=default, help="repeatable")
    add("--mirror", action="append", metavar="HOST=HOST", default=default,
        help="reach a registry host by another one; repeatable")  # fmt: skip
    add("--read-only", action="store_true", default=default, help="send no write at all")
    add("--slow", action="store_true", default=default, help="slow link: 4 frames a second")
    add("--theme", metavar="NAME", default=default)
    add("--environment", "-e", action="append", metavar="ENV", default=default)


def _view(subs: argparse._SubParsersAction[argparse.ArgumentParser], verb: str, c: Command) -> None:
    sub = subs.add_parser(verb, help=c.help, description=c.help)
    _shared(sub)
    sub.add_argument("target", nargs="?", default="", help=TARGET_HELP)
    sub.add_argument("-o", "--output", choices=("table", "json", "yaml"), default="table")
    if verb == "tags":
        sub.add_argument("--what-if", metavar="TAG", default="", help="as if TAG were published")
        sub.add_argument("--what-if-deleted", metavar="TAG", default="", help="as if TAG were gone")
        sub.add_argument("--facts", type=int, default=20, metavar="N",
                         help="read the manifests of the first N tags (20)")  # fmt: skip
    if verb == "diff":
        sub.add_argument("--patches", action="store_true", help="what the patches do")
        sub.add_argument("--live", action="store_true", help="what applying it now would change")
        sub.add_argument("--from", dest="before", metavar="A", default="", help="version before")
        sub.add_argument("--to", dest="after", metavar="B", default="", help="version after")
        sub.add_argument("--env", dest="pair", action="append", default=[], metavar="ENV",
                         help="twice: compare two environments")  # fmt: skip
        sub.add_argument("--unified", action="store_true", help="YAML, line by line")


def _act(
    subs: argparse._SubParsersAction[argparse.ArgumentParser], verb: str, commands: list[Command]
) -> None:
    first = commands[0]
    sub = subs.add_parser(verb, help=first.help, description=first.help)
    _shared(sub)
    sub.add_argument("target", nargs="?", default="", help=TARGET_HELP)
    for command in commands[1:]:
        flag = command.verb.split()[1]
        sub.add_argument(flag, dest="variant", action="store_const", const=command.id,
                         help=command.help)  # fmt: skip
    sub.set_defaults(variant=first.id)
    for argument in first.arguments:
        if argument.name != "reason":
            sub.add_argument(f"--{argument.name}", dest=f"arg_{argument.name}", metavar="VALUE",
                             help=argument.title)  # fmt: skip
    act_flags(sub)


def act_flags(sub: argparse.ArgumentParser) -> None:
    """What every act takes (design.md 8)."""
    sub.add_argument("--dry-run", action="store_true", help="print the Plan and stop")
    sub.add_argument("--yes", action="store_true", help="do not ask")
    sub.add_argument("--confirm", metavar="ENV", default="", help="the protected environment")
    sub.add_argument("--reason", default="", help="why; kept on the object and in the Journal")
    sub.add_argument("-o", "--output", choices=("table", "json", "yaml"), default="table")


def _others(subs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    status = subs.add_parser("status", help="The board in short; exit 1 when anything is not well.")
    _shared(status)
    status.add_argument("-o", "--output", choices=("table", "json", "yaml"), default="table")
    apply = subs.add_parser("apply", help="Create the root source and Kustomization.")
    _shared(apply)
    apply.add_argument("files", nargs="+", metavar="FILE")
    act_flags(apply)
    _artifact(subs)
    build = subs.add_parser("build", help="Render a folder, or ks/NAME of an environment.")
    _shared(build)
    build.add_argument("target", metavar="PATH|ks/NAME")
    build.add_argument("--openapi", metavar="FILE", default="",
                       help="a cluster's types: kubectl get --raw /openapi/v2 > FILE")  # fmt: skip
    build.add_argument("--explain", action="store_true", help="say who set each value, and where")
    build.add_argument("-o", "--output", choices=("table", "json", "yaml"), default="table")
    demo = subs.add_parser("demo", help="A whole delivery on this machine: try everything.")
    _shared(demo)
    demo.add_argument("--speed", type=float, default=1.0, metavar="X", help="the World's clock")
    demo.add_argument("--folder", default="", help="where kubeconfig and configuration are kept")
    demo.add_argument("--play", action="store_true", help="play it headless, as without a terminal")
    demo.add_argument("--serve", action="store_true", help="start the World and stay, no screen")
    config = subs.add_parser("config", help="What was read from where.")
    _shared(config)
    config.add_argument("what", choices=("check",))
    reconciler = subs.add_parser("reconciler", help="Do Flux's part where no Flux runs.")
    _shared(reconciler)
    reconciler.add_argument("what", choices=("run",))
    reconciler.add_argument("--speed", type=float, default=1.0, metavar="X")
    reconciler.add_argument(
        "--force-beside-flux", action="store_true", help="although Flux's controllers look alive"
    )


def _artifact(subs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    top = subs.add_parser("artifact", help="Push, pull, tag, list and delete bundles.")
    _shared(top)
    actions = top.add_subparsers(dest="action", metavar="ACTION", required=True)
    push = actions.add_parser("push", help="Pack a folder and push it.")
    push.add_argument("url", help="oci://host/path:tag")
    push.add_argument("--path", "-f", required=True, help="the folder")
    push.add_argument("--source", default="", help="where it comes from")
    push.add_argument("--revision", default="", help="any text, for example main@sha1:...")
    push.add_argument("--image", action="append", default=[], metavar="NAME=REF")
    pull = actions.add_parser("pull", help="Pull and unpack into a folder.")
    pull.add_argument("url")
    pull.add_argument("--output-folder", "-d", required=True)
    pull.add_argument("--max-size", type=int, default=100, metavar="MIB",
                      help="refuse a bundle whose files are larger (100)")  # fmt: skip
    pull.add_argument("--max-entries", type=int, default=50_000, metavar="N",
                      help="refuse a bundle with more files and folders (50000)")  # fmt: skip
    tag = actions.add_parser("tag", help="Give the same digest another tag.")
    tag.add_argument("url")
    tag.add_argument("--tag", action="append", required=True)
    tag.add_argument("--move", action="store_true", help="also from another digest")
    show = actions.add_parser("list", help="Tags, as the registry lists them.")
    show.add_argument("url")
    compare = actions.add_parser("diff", help="Compare the files of two artifacts.")
    compare.add_argument("url")
    compare.add_argument("other", help="another url, or a folder")
    delete = actions.add_parser("delete", help="Delete a tag, or a digest with all its tags.")
    delete.add_argument("url", help="oci://host/path:tag, or @sha256:... for every tag on it")
    delete.add_argument("--all-tags", action="store_true", help="the digest, with every tag on it")
    for sub in (push, tag, delete):
        _shared(sub)
        act_flags(sub)
    for sub in (pull, show, compare):
        _shared(sub)
        sub.add_argument("-o", "--output", choices=("table", "json", "yaml"), default="table")
