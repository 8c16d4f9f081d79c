"""What several acts ask for alike: why, and until when. Declared once; nothing here is computed."""

from __future__ import annotations

from fluxtui.commands.declaration import Argument

REASON = Argument("reason", "Why?")
NOTE = Argument("reason", "Why? (it is kept in the Journal)", required=False)
UNTIL = Argument(
    "until",
    "Until when? (it is called overdue then; empty: open)",
    "When it should be over: 2h, 3d, 1w or a moment; it is called overdue then.",
    required=False,
)
