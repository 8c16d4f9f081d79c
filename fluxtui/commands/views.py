"""The views: what can be looked at. The screen opens the pane of that id, a verb prints it."""

from __future__ import annotations

from fluxtui.commands.command import Command

COMMANDS = (
    Command(
        "versions", ("1",), "Versions", "What runs where, and what would.", "view", verb="versions"
    ),
    Command("tags", ("2", "t"), "Tags", "Why this version and not that one.", "view", verb="tags"),
    Command(
        "chain",
        ("3", "g"),
        "Chain",
        "What is waiting for what, and the root blocker.",
        "view",
        verb="chain",
    ),
    Command(
        "diff", ("4", "D"), "Diff", "What the patches do; version to version.", "view", verb="diff"
    ),
    Command(
        "events",
        ("5", "E"),
        "Events",
        "What changed, over all environments.",
        "view",
        verb="events",
    ),
    Command(
        "journal",
        ("6", "J"),
        "Journal",
        "What was done from here, and how it went.",
        "view",
        verb="journal",
        footer=False,
    ),
    Command("help", ("question_mark",), "Help", "All keys.", "view"),
)
