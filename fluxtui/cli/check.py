"""`fluxtui config check|schema`: what was read from where, and what may stand there.

Contacts nothing. That something is not there is an answer here and no error: who asks wants to know
where fluxtui looks.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Mapping
from pathlib import Path

from fluxtui.cli import linedyaml, output, places
from fluxtui.cli.arguments import options_of
from fluxtui.cli.configuration import LOCAL_FILE, load_if_any
from fluxtui.cli.fields import FieldPlace, leaves
from fluxtui.cli.nearest import nearest
from fluxtui.cli.options import Options
from fluxtui.domain.config import Config, Environment
from fluxtui.domain.errors import ConfigError

_CARE = {True: "protected", False: "open"}


def check(args: argparse.Namespace) -> int:
    """Print it; 1 when an environment's context is not there. Raises ConfigError."""
    if args.what == "schema":
        return _schema()
    options = options_of(args)
    config = load_if_any(options, looks=True)
    for line in _looked_at(options, config):
        print(output.visible_text(line))
    data, place = _written(options)
    problems = [p for e in config.environments if (p := _problem(e, data, place))]
    problems += _missing(data, place)
    if config.environments:
        print(_table(config))
    else:
        print(
            "no environment: no file names one, and no kubeconfig has a current context "
            "(name one with --context, write a fluxtui.yaml, or try `fluxtui demo`)"
        )
    for host, mirror in config.registries.mirrors.items():
        print(f"registry {host} is reached at {mirror}")
    for problem in problems:
        print(output.visible_text(f"wrong: {problem}"))
    return 1 if problems else 0


def _schema() -> int:
    from fluxtui.cli.fields import schema

    print(json.dumps(schema(), indent=2))
    return 0


def _looked_at(options: Options, config: Config) -> list[str]:
    """One line a place that is looked at, in the order in which they count."""
    from fluxtui.cluster.kubeconfig import wanted_files

    read = dict(note.split(": ", 1) for note in config.sources if ": " in note)
    file = Path(options.config) if options.config else places.config_file(os.environ)
    local = Path.cwd() / LOCAL_FILE
    lines = [f"{path}: {read.get(str(path), 'not there')}" for path in dict.fromkeys((local, file))]
    lines += [note for note in config.sources if note.startswith("--")]
    used = {e.kubeconfig for e in config.environments} or {options.kubeconfig}
    for path in dict.fromkeys(p for k in sorted(used) for p in wanted_files(k or None)):
        lines.append(f"{path}: {'a kubeconfig' if path.is_file() else 'no kubeconfig is there'}")
    return lines


def _written(options: Options) -> tuple[object, FieldPlace]:
    """What stands in the user's file, with its lines; nothing when there is none."""
    file = Path(options.config) if options.config else places.config_file(os.environ)
    return (linedyaml.read(file) if file.is_file() else None), FieldPlace(str(file))


def _missing(data: object, place: FieldPlace) -> list[str]:
    """Files and folders that the file names and that are not there, each with its line."""
    problems = []
    for node, text, at in leaves(data, place):
        path = Path(place.file).parent / Path(text).expanduser()
        exists = path.is_dir() if node.names == "folder" else path.is_file()
        if node.names and text and not exists:
            problems.append(f"{at}: there is no {node.names} {path}")
    return problems


def _problem(environment: Environment, data: object, place: FieldPlace) -> str:
    """Why its context cannot be used, with the line that names it where one does, or ""."""
    from fluxtui.cluster.kubeconfig import contexts, wanted_files

    at = _line_of(environment, data, place)
    try:
        names = [c.name for c in contexts(environment.kubeconfig or None)]
    except ConfigError as error:
        # A kubeconfig that the file names itself is told as the file that is not there.
        own_file = bool(environment.kubeconfig) and at != environment.name
        return "" if own_file and not Path(environment.kubeconfig).is_file() else f"{at}: {error}"
    if not environment.context or environment.context in names:
        return ""
    files = ", ".join(map(str, wanted_files(environment.kubeconfig or None)))
    near = nearest(environment.context, names)
    hint = f"did you mean {near}? " if near else ""
    choices = f"{hint}known: {', '.join(names) or 'none'}"
    return f"{at}: there is no context {environment.context!r} in {files} ({choices})"


def _line_of(environment: Environment, data: object, place: FieldPlace) -> str:
    """Where the file names its context, or the environment; its name when no file does."""
    environments = data.get("environments") if isinstance(data, Mapping) else None
    if not isinstance(data, Mapping) or not isinstance(environments, Mapping):
        return environment.name
    if environment.name not in environments:
        return environment.name
    at = place.under(data, "environments").under(environments, environment.name)
    own = environments[environment.name]
    return str(at.under(own, "context") if isinstance(own, Mapping) and "context" in own else at)


def _table(config: Config) -> str:
    rows = [
        (
            e.name,
            e.stage_name,
            e.context,
            e.kubeconfig or "default",
            ", ".join(e.namespaces) or "all",
            "none" if e.read_only or config.read_only else _CARE[e.protected],
        )
        for e in config.environments
    ]
    header = ("ENVIRONMENT", "STAGE", "CONTEXT", "KUBECONFIG", "NAMESPACES", "WRITES")
    return output.table(header, rows)
