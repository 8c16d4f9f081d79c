"""The World's faults as an API server takes them: what is wrong with them is a 400.

The vocabulary is that of the whole World (world/faults.py); set from tests and scenarios
(`ApiServer.faults`, or POST `/_world/faults`). Nothing here may touch the stored objects.
"""

from __future__ import annotations

from fluxtui.world import faults
from fluxtui.world.apiserver.status import bad_request
from fluxtui.world.faults import Cut, Rule, spoilt


class Faults(faults.Faults):
    """The faults in force. All methods may be called from any thread."""

    def update(self, data: object) -> None:
        """As the World's; raises StatusError 400 instead of ValueError."""
        try:
            super().update(data)
        except ValueError as error:
            raise bad_request(str(error)) from error


__all__ = ["Cut", "Faults", "Rule", "spoilt"]
