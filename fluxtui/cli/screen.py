"""Open the screen: the Engine is made here, and started by the screen after its first paint."""

from __future__ import annotations

import argparse

from fluxtui.cli.acts import now_text
from fluxtui.cli.arguments import options_of
from fluxtui.cli.configuration import load
from fluxtui.cli.session import make_engine
from fluxtui.commands.command import Target
from fluxtui.domain.config import Config


def screen(args: argparse.Namespace) -> int:
    """`fluxtui [-e ENV] [TARGET]`."""
    environments = tuple(args.environment or ())
    start = Target(environment=environments[0] if environments else "")
    return show(load(options_of(args)), start, args.start)


def show(config: Config, start: Target, deep: str = "") -> int:
    """Run the app until it is left. `deep` names what to open, for example `ks/activity-ui`."""
    from fluxtui.ui.app import FluxtuiApp

    engine = make_engine(config)
    app = FluxtuiApp(engine, config=config, user=config.user, start=start, deep=deep, now=now_text)
    try:
        app.run(mouse=not config.slow)
    finally:
        engine.stop()
    return app.return_code or 0
