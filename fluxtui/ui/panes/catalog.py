"""The panes by the id of the Command that opens them. Adding a pane means naming it here."""

from __future__ import annotations

from fluxtui.ui.panes.chain import ChainPane
from fluxtui.ui.panes.diff import Diff
from fluxtui.ui.panes.events import Events
from fluxtui.ui.panes.journal import JournalPane
from fluxtui.ui.panes.objects import Objects
from fluxtui.ui.panes.pane import Pane
from fluxtui.ui.panes.tags import Tags
from fluxtui.ui.panes.versions import Versions

PANES: dict[str, type[Pane]] = {
    "versions": Versions,
    "tags": Tags,
    "chain": ChainPane,
    "diff": Diff,
    "events": Events,
    "journal": JournalPane,
    "objects": Objects,
}
