"""Open the screen: the Engine is made here, and started by the screen after its first paint."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from fluxtui.cli.arguments import options_of
from fluxtui.cli.configuration import load
from fluxtui.cli.options import Options
from fluxtui.cli.quiet import quiet
from fluxtui.cli.remembered import remember
from fluxtui.cli.streams import speak_utf8
from fluxtui.cli.terminal import Terminal
from fluxtui.commands.command import Target
from fluxtui.domain.config import Config
from fluxtui.domain.errors import UsageError
from fluxtui.domain.kinds import by_short
from fluxtui.domain.resource import Key
from fluxtui.kit.clock import Clock

if TYPE_CHECKING:
    from fluxtui.domain.snapshot import Act
    from fluxtui.engine.engine import Engine

SLOW_FRAMES = "4"


def screen(args: argparse.Namespace) -> int:
    """`fluxtui [-e ENV] [TARGET]`. Raises UsageError where there is nobody to look at it."""
    if not on_terminal():
        raise UsageError(
            "the screen needs a terminal, and standard input or output is none",
            next="in a pipe or a script: fluxtui versions, fluxtui status, or fluxtui --help",
        )
    with quiet():
        return _opened(args)


def _opened(args: argparse.Namespace) -> int:
    options = options_of(args)
    config = load(options, looks=True)
    environments = tuple(args.environment or ())
    names = [e.name for e in config.environments]
    for name in environments:
        if name not in names:
            raise UsageError(f"there is no environment {name!r}", next=f"known: {', '.join(names)}")
    start = start_at(getattr(args, "target", ""), environments[0] if environments else "")
    return show(config, start, options)


def on_terminal() -> bool:
    """Whether a person can see the screen and type."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def start_at(text: str, environment: str) -> Target:
    """Where the screen opens: `ks/NAME`, `ocirepo/NS/NAME`, or a Service.

    Nothing is known yet, so a name without a namespace leaves it empty for the screen to find.
    """
    word, slash, path = text.partition("/")
    kind = by_short(word) if slash else None
    if kind is None:
        return Target(environment=environment, service=text)
    namespace, _slash, name = path.rpartition("/")
    return Target(environment, object=Key(environment, kind.group, kind.kind, namespace, name))


def show(config: Config, start: Target, options: Options) -> int:
    """Run the app until it is left. `options`: what the configuration was found by."""
    if config.slow:
        # Textual reads it when it is imported.
        os.environ.setdefault("TEXTUAL_FPS", SLOW_FRAMES)
    speak_utf8()
    from fluxtui.ui.app import FluxtuiApp

    engines: list[Engine] = []

    def engine() -> Engine:
        # After the first paint: what the Engine stands on is slow to import.
        from fluxtui.cli.session import make_engine

        engines.append(make_engine(config))
        return engines[0]

    app = FluxtuiApp(engine, config=config, user=config.user, start=start, now=Clock().stamp)
    with Terminal(app) as terminal:
        try:
            app.run(mouse=not config.slow)
        finally:
            going = [act.plan for running in engines for act in _going(running)]
            for running in engines:
                remember(running.snapshot, options.config, options.kubeconfig)
                running.stop(terminal.why)
    if going:
        # Read late, by whoever has something to tell.
        from fluxtui.cli.interruption import tell_cut

        tell_cut(config.journal, going, terminal.why)
    return terminal.code or app.return_code or 0


def _going(engine: Engine) -> tuple[Act, ...]:
    """What it has begun and not ended."""
    acts = engine.snapshot.acts
    return tuple(act for act in acts if not (act.finished or act.cut or act.elsewhere))
