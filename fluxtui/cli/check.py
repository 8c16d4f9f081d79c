"""`fluxtui config check|schema`: what was read from where, and what may stand there.

Contacts nothing. That something is not there is an answer here and no error: who asks wants to know
where fluxtui looks.
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

from fluxtui.cli import output, places
from fluxtui.cli.arguments import options_of
from fluxtui.cli.configuration import LOCAL_FILE, load_if_any
from fluxtui.cli.options import Options
from fluxtui.domain.config import Config, Environment
from fluxtui.domain.errors import ConfigError


def check(args: argparse.Namespace) -> int:
    """Print it; 1 when an environment's context is not there. Raises ConfigError."""
    if args.what == "schema":
        return _schema()
    options = options_of(args)
    config = load_if_any(options, looks=True)
    for line in _looked_at(options, config):
        print(output.visible_text(line))
    problems = [p for e in config.environments if (p := _problem(e))]
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


def _problem(environment: Environment) -> str:
    """Why its context cannot be used, or ""."""
    from fluxtui.cluster.kubeconfig import contexts

    try:
        names = [c.name for c in contexts(environment.kubeconfig or None)]
    except ConfigError as error:
        return f"{environment.name}: {error}"
    if not environment.context or environment.context in names:
        return ""
    known = ", ".join(names) or "none"
    return f"{environment.name}: there is no context {environment.context!r} (known: {known})"


def _table(config: Config) -> str:
    rows = [
        (
            e.name,
            e.stage_name,
            e.context,
            e.kubeconfig or "default",
            ", ".join(e.namespaces) or "all",
            "read-only" if e.read_only or config.read_only else "",
            "protected" if e.protected else "",
        )
        for e in config.environments
    ]
    header = ("ENVIRONMENT", "STAGE", "CONTEXT", "KUBECONFIG", "NAMESPACES", "", "")
    return output.table(header, rows)
