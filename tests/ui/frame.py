"""A golden *text* frame of the screen: the one place that knows Textual's private compositor.

Regenerate with FLUXTUI_FRAMES=write after looking at the difference.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from textual.app import App

FOLDER = Path(__file__).parent / "frames"


def screen_text(app: App[Any]) -> list[str]:
    """The lines of the screen as a person reads them, without colours."""
    app.screen._compositor.reflow  # noqa: B018 -- fails loudly if Textual renames its compositor
    return [strip.text.rstrip() for strip in app.screen._compositor.render_strips()]


def check_frame(app: App[Any], name: str) -> None:
    """Compare the screen with tests/ui/frames/<name>.txt."""
    text = "\n".join(screen_text(app)) + "\n"
    path = FOLDER / f"{name}.txt"
    if os.environ.get("FLUXTUI_FRAMES") == "write":
        path.write_text(text, encoding="utf-8")
    assert path.is_file(), f"no golden frame {path.name}: run once with FLUXTUI_FRAMES=write"
    assert text == path.read_text(encoding="utf-8")
