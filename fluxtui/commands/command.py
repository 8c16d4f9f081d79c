"""The one import of whoever plans or runs Commands: what one is, and what it may look at.

`registry` declares every Command, the families beside it plan them. Nothing is defined here.
"""

from __future__ import annotations

from fluxtui.commands.context import Context
from fluxtui.commands.declaration import Argument, Command, Values
from fluxtui.commands.target import Target

__all__ = ["Argument", "Command", "Context", "Target", "Values"]
