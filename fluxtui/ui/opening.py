"""The first paint: the name of the program, and whom it is about to connect to. Light to import."""

from __future__ import annotations

from fluxtui.domain.config import Config
from fluxtui.ui.spans import Line


def opening_lines(config: Config) -> tuple[Line, ...]:
    """Laid out like the main screen, so that nothing jumps when it comes."""
    top: list[tuple[str, str]] = [(" fluxtui", "accent")]
    for environment in config.environments:
        top += [("   ", ""), (environment.name, "strong"), (" …", "dim")]
    out: list[Line] = [tuple(top), (), (), ((" Nothing to show yet.", "name"),), ()]
    for environment in config.environments:
        name = environment.name
        out.append(((" ○ ", "wait"), (name, "name"), (" connecting …", "dim")))
    return tuple(out)
