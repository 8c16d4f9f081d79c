"""The verbs: one entry says its word, its sentence and its flags; `main` says what runs it.

Verbs of Commands are derived from the registry, which is imported only when the word is none of the
others: a small `build` does not pay for it.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

from fluxtui.cli import flags
from fluxtui.cli.variants import Variant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from fluxtui.commands.declaration import Command

Adding = Callable[[argparse.ArgumentParser], None]
NOTHING: Mapping[str, str] = {}


class Verb:
    """One word of the command line. `actions` are its second words, when it has them.

    `example` is what stands behind it in a command line that would do, `examples` the same for
    flags that it would not do for. `needs` says, for what must be given and by the name that it is
    parsed to, what to ask for when it is missing.
    """

    __slots__ = ("actions", "add", "example", "examples", "help", "name", "needs")

    def __init__(
        self,
        name: str,
        help: str,
        add: Adding,
        actions: tuple[Verb, ...] = (),
        *,
        example: str = "",
        examples: Mapping[str, str] = NOTHING,
        needs: Mapping[str, str] = NOTHING,
    ) -> None:
        self.name = name
        self.help = help
        self.add = add
        self.actions = actions
        self.example = example
        self.examples = examples
        self.needs = needs


def verbs() -> dict[str, Verb]:
    """All of them, in the order of the help."""
    acts = {name: _of_commands(name, commands) for name, commands in families().items()}
    return acts | {plain.name: plain for plain in _OTHERS}


def verb(name: str) -> Verb | None:
    """The verb of that word."""
    plain = next((v for v in _OTHERS if v.name == name), None)
    return plain or verbs().get(name)


def families() -> dict[str, list[Command]]:
    """Commands by the first word of their verb; the other words are flags that choose one. What
    is an action of another verb (`plan undo`) is none of them."""
    from fluxtui.commands.registry import ALL

    words: dict[str, list[Command]] = {}
    for command in ALL:
        if command.verb and not command.verb.startswith("plan "):
            words.setdefault(command.verb.split()[0], []).append(command)
    return words


def _of_commands(name: str, commands: list[Command]) -> Verb:
    if commands[0].plan is None:
        return Verb(name, commands[0].help, lambda sub: _view(sub, name),
                    example="activity -e staging",
                    examples=_COMPARED if name == "diff" else NOTHING)  # fmt: skip
    reason = any(a.name == "reason" for a in commands[0].arguments)
    what = "production" if commands[0].scoped else "activity -e staging"
    example = what + (" --reason 'migration window'" if reason else "")
    return Verb(name, commands[0].help, lambda sub: _act(sub, commands), example=example)


def _view(sub: argparse.ArgumentParser, name: str) -> None:
    flags.target(sub)
    flags.view(sub)
    if name == "versions":
        flags.grouped(sub)
    _VIEWS.get(name, _nothing)(sub)


def _act(sub: argparse.ArgumentParser, commands: list[Command]) -> None:
    first = commands[0]
    (flags.scope if first.scoped else flags.targets if first.many else flags.target)(sub)
    variants = {frozenset(command.verb.split()[1:]): command.id for command in commands}
    for command in commands[1:]:
        words = command.verb.split()[1:]
        if len(words) == 1:
            sub.add_argument(words[0], dest="variant", action=Variant,
                             const=variants, help=command.help)  # fmt: skip
    sub.set_defaults(variant=commands[0].id)
    arguments = {a.name: a for command in commands for a in command.arguments}
    for argument in arguments.values():
        if argument.help:
            sub.add_argument(f"--{argument.name}", dest=f"arg_{argument.name}",
                             metavar=argument.name.upper(), help=argument.help)  # fmt: skip
    sub.add_argument("--keep", action="store_true",
                     help="Suspend first who would put it back, as warnings say.")  # fmt: skip
    flags.act(sub, commands)


def _tags(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--what-if", metavar="TAG", default="",
                     help="Say who would pick what if TAG were published.")  # fmt: skip
    sub.add_argument("--what-if-deleted", metavar="TAG", default="",
                     help="Say who would pick what if TAG were gone.")  # fmt: skip
    sub.add_argument("--facts", type=flags.whole, default=20, metavar="N",
                     help="Read the manifests of the first N tags (20).")  # fmt: skip


_COMPARED = {
    "--from": "activity -e staging --from v1.4.1 --to v1.4.2",
    "--to": "activity -e staging --to v1.4.2",
    "--chart": "hr/web -e staging --chart 1.4.1 1.4.2",
    "--env": "activity --env staging --env production",
}
_VIEWS: dict[str, Adding] = {"tags": _tags, "diff": flags.comparing, "journal": flags.journal}


def _open(sub: argparse.ArgumentParser) -> None:
    flags.target(sub)


def _apply(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("files", nargs="*", metavar="FILE",
                     help="A file or a folder with the objects to create.")  # fmt: skip
    sub.add_argument("-f", "--filename", dest="more_files", action="append", metavar="FILE",
                     default=[], help="The same, as kubectl takes it; repeatable.")  # fmt: skip
    flags.act(sub)


def _build(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("target", nargs="?", metavar="PATH|ks/NAME",
                     help="A folder, or a Kustomization of an environment.")  # fmt: skip
    sub.add_argument("--openapi", metavar="FILE", default="",
                     help="A cluster's types, from: kubectl get --raw /openapi/v2.")  # fmt: skip
    sub.add_argument("--explain", action="store_true", help="Say who set each value, and where.")
    sub.add_argument(
        "--kustomization",
        metavar="FILE",
        default="",
        help="As Flux builds PATH for the Kustomization in FILE, or FILE#NAME.",
    )
    sub.add_argument("--variables", metavar="FILE", action="append", default=[],
                     help="ConfigMaps and Secrets that it takes variables from.")  # fmt: skip
    sub.add_argument("--root", metavar="FOLDER", default="",
                     help="Use nothing outside of it; else a base may be anywhere.")  # fmt: skip
    flags.plain_output(sub)


def _demo(sub: argparse.ArgumentParser) -> None:
    sub.epilog = (
        "To break a delivery: `:` and `Publish a bad build ...` on the screen, or in another "
        "terminal `publish SERVICE -e staging --bad --failure WAY`. Ways: crash loop, missing "
        "image, never ready, out of memory, failing migration. The Pods log why they fail."
    )
    _speed(sub)
    sub.add_argument("--folder", metavar="FOLDER", default="",
                     help="Keep kubeconfig and configuration there.")  # fmt: skip
    sub.add_argument("--play", action="store_true",
                     help="Play it headless, as without a terminal.")  # fmt: skip
    sub.add_argument("--serve", action="store_true",
                     help="Start the World and serve until a signal; no screen.")  # fmt: skip


def _config(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("what", nargs="?", choices=("check", "schema"), metavar="WHAT",
                     help="What was read from where, or the file's JSON Schema.")  # fmt: skip


def _reconciler(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("what", nargs="?", choices=("run",), metavar="run",
                     help="Run until it is interrupted.")  # fmt: skip
    _speed(sub)
    sub.add_argument("--force-beside-flux", action="store_true",
                     help="Run although Flux's controllers look alive.")  # fmt: skip


def _speed(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--speed", type=flags.speed, default=1.0, metavar="X",
                     help="Let the clock run X times as fast (1).")  # fmt: skip


def _push(sub: argparse.ArgumentParser) -> None:
    sub.add_argument(
        "url", nargs="?", metavar="URL", help="Where to, for example oci://host/path:tag."
    )
    sub.add_argument("-f", "--path", metavar="FOLDER", help="Pack this folder.")
    sub.add_argument("--source", metavar="URL", default="",
                     help="Note where it comes from, for example a Git address.")  # fmt: skip
    sub.add_argument("--revision", metavar="TEXT", default="",
                     help="Note its revision, for example main@sha1:...")  # fmt: skip
    sub.add_argument("--image", action="append", default=[], metavar="NAME=REF",
                     help="Set this image inside the bundle; repeatable.")  # fmt: skip
    flags.act(sub)


def _pull(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("url", nargs="?", metavar="URL", help="What, for example oci://host/path:tag.")
    sub.add_argument("-d", "--output-folder", metavar="FOLDER",
                     help="Unpack into this folder.")  # fmt: skip
    sub.add_argument("--max-size", type=flags.whole, default=100, metavar="MIB",
                     help="Refuse a bundle whose files are larger (100).")  # fmt: skip
    sub.add_argument("--max-entries", type=flags.whole, default=50_000, metavar="N",
                     help="Refuse a bundle with more files and folders (50000).")  # fmt: skip
    flags.plain_output(sub)


def _tag(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("url", nargs="?", metavar="URL", help="What, for example oci://host/path:tag.")
    sub.add_argument("--tag", action="append", metavar="TAG",
                     help="The tag it gets too; repeatable.")  # fmt: skip
    sub.add_argument("--move", action="store_true", help="Take the tag from another digest.")
    flags.act(sub)


def _list(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("url", nargs="?", metavar="URL", help="Of what, for example oci://host/path.")
    flags.plain_output(sub)


def _compare(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("url", nargs="?", metavar="URL", help="What, for example oci://host/path:tag.")
    sub.add_argument("other", nargs="?", metavar="OTHER", help="Another URL, or a folder.")
    flags.plain_output(sub)


def _delete(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("url", nargs="?", metavar="URL",
                     help="The tag oci://host/path:tag, or @sha256:... for all on it.")  # fmt: skip
    sub.add_argument("--all-tags", action="store_true",
                     help="Delete the digest, with every tag on it.")  # fmt: skip
    flags.act(sub)


def _nothing(_sub: argparse.ArgumentParser) -> None:
    """All it takes is shared."""


def _status(sub: argparse.ArgumentParser) -> None:
    flags.target(sub)
    flags.grouped(sub)
    flags.view(sub)


def _get(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("words", nargs="*", metavar="KIND [NAME]",
                     help="What: all, sources, images, ks, hr, hr,ks, ..., and names.")  # fmt: skip
    flags.view(sub)


def _describe(sub: argparse.ArgumentParser) -> None:
    flags.target(sub)
    sub.add_argument("--values", action="store_true",
                     help="Read a release's values also where Secrets give some; masked."
                     )  # fmt: skip
    flags.view(sub)


def _trace(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("words", nargs="*", metavar="KIND/NS/NAME",
                     help="The object, for example deploy/apps/web, or deploy web.")  # fmt: skip
    sub.add_argument("--kind", metavar="KIND", default="",
                     help="Its kind, as flux takes it.")  # fmt: skip
    flags.view(sub)


def _tree(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("words", nargs="*", metavar="ks/NAME", help="The Kustomization.")
    flags.view(sub)


def _logs(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("target", nargs="?", default="", metavar="TARGET",
                     help="A service, ks/NAME, deploy/NS/NAME or pod/NS/NAME.")  # fmt: skip
    sub.add_argument("-c", "--container", metavar="NAME", default="",
                     help="This container; without it, the one that fails.")  # fmt: skip
    sub.add_argument("-f", "--follow", action="store_true", help="Go on as lines are written.")
    sub.add_argument("-p", "--previous", action="store_true",
                     help="The run of the container before this one.")  # fmt: skip
    sub.add_argument(
        "--tail", type=flags.whole, default=200, metavar="N", help="The last N lines (200)."
    )
    sub.add_argument("--since", metavar="TIME", default="",
                     help="Only what is newer than that, for example 10m.")  # fmt: skip
    sub.add_argument("--timestamps", action="store_true", help="With the time of each line.")
    sub.add_argument("--controller", action="store_true",
                     help="What Flux's controller wrote about it, not its Pods.")  # fmt: skip
    flags.plain_output(sub)


def _version(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--client", action="store_true", help="Ask no cluster for its controllers.")
    flags.plain_output(sub)


def _holds(sub: argparse.ArgumentParser) -> None:
    sub.set_defaults(target="")
    sub.add_argument("-l", "--selector", metavar="LABELS", default="",
                     help="Only objects with these labels.")  # fmt: skip
    sub.add_argument("-o", "--output", type=flags.form, metavar="FORM", default="table",
                     help="Print as table, wide, name, json, yaml or jsonpath={...}.")  # fmt: skip


def _dangers(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("danger", nargs="?", default="", metavar="ID",
                     help="What this one means and what to do instead.")  # fmt: skip
    flags.plain_output(sub)


def _completion(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("shell", nargs="?", choices=("bash", "zsh", "fish"), metavar="SHELL",
                     help="The shell that sources it: bash, zsh or fish.")  # fmt: skip


_WHICH = "which artifact, by its oci:// url?"
_ARTIFACT = (
    Verb("push", "Pack a folder and push it.", _push, example="oci://host/app:v1 -f ./bundle",
         needs={"url": "where to, by an oci:// url with a tag?",
                "path": "which folder is packed, by -f FOLDER?"}),
    Verb("pull", "Pull and unpack into a folder.", _pull, example="oci://host/app:v1 -d ./bundle",
         needs={"url": _WHICH, "output_folder": "into which folder, by -d FOLDER?"}),
    Verb("tag", "Give the same digest another tag.", _tag,
         example="oci://host/app:v1 --tag stable",
         needs={"url": _WHICH, "tag": "which tag does it get, by --tag TAG?"}),
    Verb("list", "Tags, as the registry lists them.", _list, example="oci://host/app",
         needs={"url": "the tags of which repository, by its oci:// url?"}),
    Verb("diff", "Compare the files of two artifacts.", _compare,
         example="oci://host/app:v1 oci://host/app:v2",
         needs={"url": _WHICH, "other": "with which other url or folder?"}),
    Verb("delete", "Delete a tag, or a digest with all its tags.", _delete,
         example="oci://host/app:v1", needs={"url": "which tag or digest, by its oci:// url?"}),
)  # fmt: skip

_WHICH_PLAN = "which Plan? A file that was made with --plan-out"
_WHICH_ACT = "which act? By its id, as fluxtui journal has it"
_PLANS = (
    Verb("show", "The review as it was read when the Plan was made.", flags.plan_shown,
         example="promote.plan", needs={"file": _WHICH_PLAN}),
    Verb("run", "Run it as it was reviewed; refused when something has changed.", flags.plan_run,
         example="promote.plan", needs={"file": _WHICH_PLAN}),
    Verb("finish", "Do the steps of an act that are not done, each read back first.",
         flags.plan_of_act, example="8f3a", needs={"act": _WHICH_ACT}),
    Verb("undo", "Undo what an act has done, its last step first.", flags.plan_of_act,
         example="8f3a", needs={"act": _WHICH_ACT}),
)  # fmt: skip

_OTHERS = (
    Verb("status", "The board in short; exit 1 when anything is not well.", _status,
         example="activity -e staging"),
    Verb("get", "Flux's objects: all, sources, images or ks.", _get, example="ks -e staging"),
    Verb("describe", "All that is known of an object: conditions, history, inventory, owners.",
         _describe, example="ks/web -e staging"),
    Verb("trace", "Who applies an object, from which source and version.", _trace,
         example="deploy/apps/web -e staging"),
    Verb("tree", "A Kustomization and all that it applies.", _tree, example="ks/web -e staging"),
    Verb("logs", "What the Pods of a service, a Kustomization or a workload write.", _logs,
         example="activity -e staging"),
    Verb("holds", "What is suspended, frozen or pinned: who, why, until when, what waits.", _holds),
    Verb("open", "The screen, at a service or an object; as without a verb.", _open,
         example="activity"),
    Verb("apply", "Create the root source and Kustomization.", _apply,
         example="bootstrap.yaml -e staging"),
    Verb("artifact", "Push, pull, tag, list and delete bundles.", _nothing, _ARTIFACT,
         example="list oci://host/app",
         needs={"action": "what? push, pull, tag, list, diff or delete"}),
    Verb("build", "Render a folder, or ks/NAME of an environment.", _build,
         example="ks/web -e staging",
         needs={"target": "build what? A folder, or ks/NAME of an environment"}),
    Verb("demo", "A whole delivery on this machine: try everything.", _demo),
    Verb("config", "What was read from where; the file's JSON Schema.", _config, example="check",
         needs={"what": "what? check (what was read from where) or schema (for editors)"}),
    Verb("reconciler", "Do Flux's part where no Flux runs.", _reconciler,
         example="run -e staging",
         needs={"what": "what? run, which does Flux's part until it is interrupted"}),
    Verb("plan", "Plans in files: show, run. Acts that were cut off: finish, undo.", _nothing,
         _PLANS, example="show promote.plan",
         needs={"action": "what? show, run, finish or undo"}),
    Verb("dangers", "What a review looks for; one of them explained.", _dangers,
         example="migration"),
    Verb("version", "fluxtui's, and the controllers' of each environment.", _version),
    Verb("completion", "A script that completes words, for bash, zsh or fish.", _completion,
         example="bash", needs={"shell": "for which shell? bash, zsh or fish"}),
)  # fmt: skip
