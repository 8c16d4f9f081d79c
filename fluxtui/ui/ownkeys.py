"""The keys that screen, panes and lists have for themselves, so that no Command is put on one.

Read from their bindings: what a key does is declared where it is done.
"""

from __future__ import annotations

from textual.binding import Binding
from textual.dom import DOMNode

from fluxtui.ui.app import FluxtuiApp
from fluxtui.ui.keys import each_key
from fluxtui.ui.mainscreen import MainScreen
from fluxtui.ui.panes.catalog import PANES
from fluxtui.ui.panes.pane import Pane
from fluxtui.ui.widgets.table import Table

# What the app takes before any binding does.
_BEFORE = {"Q": "'Quit'", "ctrl+z": "'Suspend the program'"}


def own_keys() -> dict[str, str]:
    """Key, as Textual names it, to what it does."""
    classes: list[type[DOMNode]] = [FluxtuiApp, MainScreen, Pane, *PANES.values(), Table]
    return _BEFORE | {
        key: f"{binding.description!r}"
        for cls in classes
        for base in cls.__mro__
        for binding in Binding.make_bindings(base.__dict__.get("BINDINGS", ()))
        for key in each_key(binding.key)
    }
