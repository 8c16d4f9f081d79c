"""All views, declared once, as Commands without a Plan: their keys, titles and headless forms.

`registry` joins them with the acts. Light on purpose; what a view shows is the screen's.
"""

from __future__ import annotations

from fluxtui.commands.declaration import Command

VIEWS = (
    Command(
        "versions",
        ("1",),
        "Versions",
        "What runs where, and what would.",
        "view",
        verb="versions",
        needs_tags=True,
    ),
    Command(
        "tags",
        ("2", "t"),
        "Tags",
        "Why this version and not that one.",
        "view",
        verb="tags",
        needs_tags=True,
    ),
    Command(
        "chain",
        ("3", "g"),
        "Chain",
        "What is waiting for what, and the root blocker.",
        "view",
        verb="chain",
    ),
    Command(
        "diff",
        ("4", "D"),
        "Diff",
        "What patches do, versions and releases change; what is live.",
        "view",
        verb="diff",
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
    Command(
        "objects",
        ("7", "O"),
        "Objects",
        "All objects of a kind, or of all kinds: what is ready, at which revision.",
        "view",
        verb="get",
    ),
    Command(
        "holds",
        ("H",),
        "Holds",
        "What is suspended, frozen or pinned: who, why, until when, what waits.",
        "view",
        footer=False,
    ),
    Command("help", ("question_mark",), "Help", "All keys.", "view"),
)

READ = frozenset({"help", "holds"})
"""Views that are read over the others: no tab leads to them."""
