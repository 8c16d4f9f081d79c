"""Completes words for the shell: verbs and flags from the parser, names from what was seen last.

argcomplete speaks with bash, zsh and fish; the script that `fluxtui completion` prints has the
shell start fluxtui with `_ARGCOMPLETE` set. A person waits for that: nothing heavy may be imported,
and nothing is asked of a cluster or a registry.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable

from fluxtui.cli import arguments, flags, misuse, vocabulary
from fluxtui.domain.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

FILES = {"config", "kubeconfig", "folder", "path", "openapi", "output_folder", "files",
         "more_files", "other"}  # fmt: skip
THEMES = ("fluxtui-night", "fluxtui-day", "fluxtui-ansi")


def script(args: argparse.Namespace) -> int:
    """`fluxtui completion bash|zsh|fish`: what the shell sources."""
    from argcomplete.shell_integration import shellcode

    print(shellcode(["fluxtui"], shell=args.shell))
    return 0


def answer() -> None:
    """Answer the shell that asks, and end; returns when it asks nothing."""
    import argcomplete
    from argcomplete.lexers import split_line

    line, point = os.environ.get("COMP_LINE", ""), os.environ.get("COMP_POINT", "")
    _prequote, _prefix, _suffix, words, _colon = split_line(
        line, int(point) if point.isdecimal() else len(line)
    )
    verb, _rest = arguments.first_word(words[1:])
    top = arguments.parser(vocabulary.verbs().values(), filled=verb or "open")
    _complete_values(top, _shared(words[1:]))
    argcomplete.autocomplete(
        top,
        always_complete_options=False,
        default_completer=argcomplete.completers.SuppressCompleter(),
    )


def _shared(words: list[str]) -> argparse.Namespace:
    """The shared flags, wherever they stand: argcomplete forgets those before the verb."""
    top = arguments.parser(())
    words = [w for w in words if w not in ("-h", "--help", "--version")]
    for attempt in (words, words[:-1]):  # the last one's value may be what is asked for
        try:
            return top.parse_known_args(attempt)[0]
        except UsageError:
            continue
    return top.parse_args([])


def _complete_values(top: argparse.ArgumentParser, shared: argparse.Namespace) -> None:
    from argcomplete.completers import FilesCompleter

    for subparser in misuse.each_parser(top):
        for action in subparser._actions:
            if action.dest in FILES:
                action.completer = FilesCompleter()  # type: ignore[attr-defined]
            elif action.dest in _VALUES and not action.choices:
                values = _Values(_VALUES[action.dest], shared)
                action.completer = values  # type: ignore[attr-defined]
            if subparser.prog in _SCOPED and action.dest == "target":
                action.completer = _Values(_scopes, shared)  # type: ignore[attr-defined]
            if subparser.prog == "fluxtui build" and action.dest == "target":
                action.completer = FilesCompleter()  # type: ignore[attr-defined]


class _Values:
    """argcomplete's way to ask for the values of one flag or word."""

    def __init__(self, names: Any, shared: argparse.Namespace) -> None:
        self._names = names
        self._shared = shared

    def __call__(self, prefix: str, parsed_args: argparse.Namespace, **_more: object) -> list[str]:
        from fluxtui.cli.remembered import recall

        args = argparse.Namespace(**{**vars(parsed_args), **vars(self._shared)})
        words = getattr(parsed_args, "targets", None) or [""]
        args.target = getattr(parsed_args, "target", words[0])
        recalled = recall(args.config or "", args.kubeconfig or "")
        return [name for name in self._names(recalled, args) if name.startswith(prefix)]


def _environments(recalled: dict[str, Any], args: argparse.Namespace) -> Iterable[str]:
    return recalled.get("environments") or _configured(args)


def _scopes(recalled: dict[str, Any], args: argparse.Namespace) -> Iterable[str]:
    """Environments, then stages that are no environment's name."""
    return dict.fromkeys((*_environments(recalled, args), *recalled.get("stages", ())))


def _configured(args: argparse.Namespace) -> Iterable[str]:
    """Environments of the file, before any view has run."""
    from fluxtui.cli import places

    try:
        import yaml

        with open(args.config or places.config_file(), encoding="utf-8") as file:  # noqa: PTH123
            data = yaml.load(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        return map(str, (data or {}).get("environments") or ())
    except (OSError, ValueError, AttributeError, TypeError, yaml.YAMLError):
        return ()


def _targets(recalled: dict[str, Any], args: argparse.Namespace) -> Iterable[str]:
    objects = recalled.get("objects", {})
    environments = args.environment or list(objects)
    names = (name for environment in environments for name in objects.get(environment, ()))
    return dict.fromkeys((*recalled.get("services", ()), *names))


def _namespaces(recalled: dict[str, Any], _args: argparse.Namespace) -> Iterable[str]:
    objects = (name for names in recalled.get("objects", {}).values() for name in names)
    return dict.fromkeys(name.split("/")[1] for name in objects)


def _versions(recalled: dict[str, Any], args: argparse.Namespace) -> Iterable[str]:
    """The tags of the service that is named, of all when none is."""
    lists = recalled.get("versions", {})
    target = getattr(args, "target", "") or ""
    services = [s for s in lists if target in (s, s.rpartition("/")[2])]
    return dict.fromkeys(tag for service in services or lists for tag in lists[service])


def _acts(recalled: dict[str, Any], _args: argparse.Namespace) -> Iterable[str]:
    """Ids of acts, the newest first."""
    return (id_ for id_, _user in recalled.get("acts", ()))


def _users(recalled: dict[str, Any], _args: argparse.Namespace) -> Iterable[str]:
    return dict.fromkeys(user for _id, user in recalled.get("acts", ()) if user)


_SCOPED = ("fluxtui freeze", "fluxtui unfreeze")
_VALUES = {
    "environment": _environments,
    "confirm": _environments,
    "context": lambda seen, _args: seen.get("contexts", ()),
    "namespace": _namespaces,
    **dict.fromkeys(("target", "targets"), _targets),
    "act": _acts,
    "by": _users,
    "object": _targets,
    "theme": lambda _seen, _args: THEMES,
    "output": lambda _seen, _args: (*flags.FORMS, flags.JSONPATH),
    **dict.fromkeys(
        ("arg_version", "arg_from", "before", "after", "what_if", "what_if_deleted"), _versions
    ),
}
