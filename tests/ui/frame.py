"""A golden *text* frame of the screen: the one place that knows Textual's private compositor.

Regenerate with FLUXTUI_FRAMES=write after looking at the difference.
"""

from __future__ import annotations

import difflib
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from textual.app import App
from textual.pilot import Pilot

FOLDER = Path(__file__).parent / "frames"
PATIENCE = float(os.environ.get("FLUXTUI_PATIENCE", "60"))  # seconds


def screen_text(app: App[Any]) -> list[str]:
    """The lines of the screen as a person reads them, without colours."""
    app.screen._compositor.reflow  # noqa: B018 -- fails loudly if Textual renames its compositor
    return [strip.text.rstrip() for strip in app.screen._compositor.render_strips()]


def text(app: App[Any]) -> str:
    """The whole screen."""
    return "\n".join(screen_text(app))


async def until(pilot: Pilot[Any], condition: Callable[[], bool]) -> bool:
    """Whether the condition comes to hold: `pause` alone takes a starved app for an idle one."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            return False
        await pilot.pause()
    return True


async def sees(pilot: Pilot[Any], *words: str) -> None:
    """Until all of it stands on the screen."""
    if not await until(pilot, lambda: all(one in text(pilot.app) for one in words)):
        raise AssertionError(f"no {words}\n{text(pilot.app)}")


async def check_frame(pilot: Pilot[Any], name: str) -> None:
    """Compare the screen, once it has settled, with tests/ui/frames/<name>.txt."""
    path = FOLDER / f"{name}.txt"
    if os.environ.get("FLUXTUI_FRAMES") == "write":
        await pilot.pause(1)
        path.write_text(text(pilot.app) + "\n", encoding="utf-8")
    assert path.is_file(), f"no golden frame {path.name}: run once with FLUXTUI_FRAMES=write"
    golden = path.read_text(encoding="utf-8")
    if not await until(pilot, lambda: text(pilot.app) + "\n" == golden):
        agreed, drawn = golden.splitlines(), screen_text(pilot.app)
        difference = difflib.unified_diff(agreed, drawn, "agreed", "drawn", lineterm="")
        raise AssertionError("\n".join((path.name, *difference)))
