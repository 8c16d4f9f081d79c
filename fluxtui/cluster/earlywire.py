"""The Wire of whoever stays: its first lists come over HttpLines, all else over the full Wire.

Importing aiohttp, and a handshake for each watch, would be waited for by a first picture that is
made of lists alone. So reads go over lines until something wants more than they can (a watch, a
write): from then on the full Wire has everything, and nothing here grows old.
"""

from __future__ import annotations

from fluxtui.cluster.briefwire import BriefWire


class EarlyWire(BriefWire):
    """Lines to one API, until it is asked for what they cannot do."""

    stays_brief = False
    lines_at_once = 8
    """A start asks for twenty lists at once, and long ones hold a line for a while."""
