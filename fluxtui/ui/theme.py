"""The looks: a calm dark theme of our own, a light one, and 16-colour ones for slow links.

Roles (`ok`, `bad`, `dim`, ...) are CSS variables, so that every Textual theme works: for those
without our variables `defaults` makes them of the theme's own colours. They are whole colours:
Textual follows no `$name` inside a default, and what paints a row knows neither `auto` nor a shade.
"""

from __future__ import annotations

from typing import Any

from textual.app import App
from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme

from fluxtui.domain.config import Config

NIGHT = Theme(
    name="fluxtui-night",
    dark=True,
    primary="#7aa2d6",
    secondary="#a9bcd9",
    accent="#d7b46a",
    success="#8fbf8f",
    warning="#d9a766",
    error="#e5746c",
    foreground="#d3d7de",
    background="#14171c",
    surface="#1a1e25",
    panel="#20252e",
    variables={
        "role-ok": "#8fbf8f",
        "role-busy": "#e0c074",
        "role-wait": "#c9a0dc",
        "role-bad": "#f0857d",
        "role-dim": "#7d8796",
        "role-off": "#4f5866",
        "role-name": "#e6e9ee",
        "role-accent": "#8db4e8",
        "role-version": "#c5d1e4",
        "row-cursor": "#232b37",
        "row-cell": "#34465f",
        "row-blur": "#1c222b",
        "frame": "#1a1e25",
        "rule": "#323944",
        "scrollbar": "#323944",
        "scrollbar-background": "#14171c",
        "scrollbar-corner-color": "#14171c",
        "scrollbar-background-hover": "#14171c",
        "scrollbar-background-active": "#14171c",
        "input-selection-background": "#34465f",
    },
)

DAY = Theme(
    name="fluxtui-day",
    dark=False,
    primary="#2f5f9e",
    secondary="#3c4f6b",
    accent="#8a6414",
    success="#2f7a3a",
    warning="#9a5b12",
    error="#b3261e",
    foreground="#22262d",
    background="#fafaf7",
    surface="#f0f0eb",
    panel="#e6e6e0",
    variables={
        "role-ok": "#2f7a3a",
        "role-busy": "#8a6414",
        "role-wait": "#7a3f94",
        "role-bad": "#b3261e",
        "role-dim": "#6b717b",
        "role-off": "#b4b8be",
        "role-name": "#14171c",
        "role-accent": "#2f5f9e",
        "role-version": "#2f4260",
        "row-cursor": "#e3e8ef",
        "row-cell": "#c6d5ea",
        "row-blur": "#eef0f2",
        "frame": "#f0f0eb",
        "rule": "#cfd2d6",
    },
)

ANSI = Theme(
    name="fluxtui-ansi",
    dark=True,
    ansi=True,
    primary="ansi_blue",
    secondary="ansi_cyan",
    accent="ansi_yellow",
    success="ansi_green",
    warning="ansi_yellow",
    error="ansi_red",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    boost="ansi_default",
    variables={
        "role-ok": "ansi_green",
        "role-busy": "ansi_yellow",
        "role-wait": "ansi_magenta",
        "role-bad": "ansi_bright_red",
        "role-dim": "ansi_bright_black",
        "role-off": "ansi_bright_black",
        "role-name": "ansi_default",
        "role-accent": "ansi_bright_blue",
        "role-version": "ansi_cyan",
        "row-cursor": "ansi_black",
        "row-cell": "ansi_blue",
        "row-blur": "ansi_default",
        "frame": "ansi_default",
        "rule": "ansi_bright_black",
        "ansi-background": "ansi_black",
        "ansi-foreground": "ansi_white",
        "input-cursor-text-style": "none",
        "input-selection-foreground": "ansi_black",
        "screen-selection-background": "ansi_bright_blue",
        "screen-selection-foreground": "ansi_black",
        "border-blurred": "ansi_bright_black",
        "block-cursor-foreground": "ansi_black",
        "block-cursor-background": "ansi_white",
        "input-cursor-background": "ansi_white",
        "input-cursor-foreground": "ansi_black",
        "input-selection-background": "ansi_blue",
    },
)

ALL = (NIGHT, DAY, ANSI)


def defaults(theme: Theme) -> dict[str, str]:
    """Roles for a theme that does not know them; of 16 colours those of ours."""
    if theme.ansi:
        shade = {} if theme.dark else dict.fromkeys(("row-cursor", "row-cell"), "ansi_white")
        return {
            name: ANSI.variables[name] for name in NIGHT.variables if name in ANSI.variables
        } | shade
    colours = theme.to_color_system().generate()
    ground = Color.parse(colours["background"])

    def mixed(name: str, share: float) -> str:
        return ground.blend(Color.parse(colours[name]), share, alpha=1.0).hex

    return {
        "role-ok": colours["text-success"],
        "role-busy": colours["text-accent"],
        "role-wait": colours["text-warning"],
        "role-bad": colours["text-error"],
        "role-dim": mixed("foreground", 0.65),
        "role-off": mixed("foreground", 0.4),
        "role-name": colours["foreground"],
        "role-accent": colours["text-primary"],
        "role-version": colours["text-secondary"],
        "row-cursor": mixed("primary", 0.15),
        "row-cell": mixed("primary", 0.3),
        "row-blur": mixed("primary", 0.08),
        "frame": colours["surface"],
        "rule": mixed("foreground", 0.2),
    }


def names() -> tuple[str, ...]:
    """Every theme there is: ours, then Textual's."""
    return (*(own.name for own in ALL), *BUILTIN_THEMES)


def install(app: App[Any], config: Config) -> None:
    """Register our themes and take the configured one; 16 colours on a slow link."""
    for own in ALL:
        app.register_theme(own)
    available = config.theme in app.available_themes
    app.theme = config.theme if available else (ANSI.name if config.slow else NIGHT.name)
