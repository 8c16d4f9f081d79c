"""`fluxtui version`: its own, and that of the Flux controllers in each environment.

What cannot be read is said with its reason. It prints; `controllers` reads.
"""

from __future__ import annotations

import argparse
import asyncio
import platform
from collections.abc import Mapping, Sequence
from importlib import metadata

from fluxtui import __version__
from fluxtui.cli import output
from fluxtui.cli.arguments import options_of
from fluxtui.cli.configuration import load_if_any
from fluxtui.cli.controllers import Controllers, controllers_of
from fluxtui.cli.forms.versions import versions
from fluxtui.domain.config import Environment


def version(args: argparse.Namespace) -> int:
    """Print it; 1 when an environment did not answer."""
    own = {
        "version": __version__,
        "python": platform.python_version(),
        "textual": metadata.version("textual"),
    }
    environments: Sequence[Environment] = ()
    if not args.client:
        config = load_if_any(options_of(args))
        names = args.environment or [e.name for e in config.environments]
        environments = [e for e in config.environments if e.name in names]
    controllers = asyncio.run(controllers_of(environments)) if environments else []
    problems = [
        f"{running.environment}: {running.problem}" for running in controllers if running.problem
    ]
    output.emit(_text(own, controllers), versions(own, controllers, problems), args.output)
    return output.conclude(problems)


def _text(own: Mapping[str, str], controllers: Sequence[Controllers]) -> str:
    lines = [f"fluxtui {own['version']} (Python {own['python']}, Textual {own['textual']})"]
    for running in controllers:
        if running.problem:
            lines.append(f"{running.environment}: not known: {running.problem}")
            continue
        flux = f"Flux {running.flux}" if running.flux else "Flux of unknown version"
        lines.append(f"{running.environment}: {flux if running.found else 'no Flux controllers'}")
        lines += [
            f"  {c.namespace}/{c.name} {c.version or 'of unknown version'}"
            f"{'' if c.ready else ', not ready'}"
            for c in running.found
        ]
    return "\n".join(lines)
