"""Bytes as a terminal sends them, many keys in one read, through Textual's own parser.

`pilot.press` lets the app come to rest after each key, which a slow link never does.
"""

from __future__ import annotations

import asyncio
import time

from textual._xterm_parser import XTermParser

from fluxtui.ui.app import FluxtuiApp

PATIENCE = 60.0
# Unambiguous beside other bytes: the kitty protocol's way to say esc, which the app asks for.
ESC = "\x1b[27u"
BYTES = {
    **{"esc": ESC, "enter": "\r", "tab": "\t", "backspace": "\x7f", "space": " "},
    **{"up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D"},
    **{"home": "\x1b[H", "end": "\x1b[F", "pageup": "\x1b[5~", "pagedown": "\x1b[6~"},
    **{f"ctrl+{letter}": chr(ord(letter) - 96) for letter in "abcdefghklnopqrstuvwxyz"},
    **{"colon": ":", "slash": "/", "question_mark": "?", "exclamation_mark": "!"},
}


class Typist:
    """Types at one app that runs in a test."""

    def __init__(self, app: FluxtuiApp) -> None:
        self.app = app
        self._parser = XTermParser()

    def types(self, *keys: str) -> None:
        """All of it arrives in one read."""
        driver = self.app._driver
        assert driver is not None
        data = "".join(BYTES.get(key, key) for key in keys)
        for event in self._parser.feed(data) if data else ():  # to the parser "" is the end
            driver.process_message(event)

    async def rests(self) -> None:
        """Until every key has been, and the app has nothing left to do."""
        deadline = time.monotonic() + PATIENCE
        quiet = 0
        while quiet < 3:
            assert time.monotonic() < deadline, f"keys are stuck: {self.app.gate._waiting}"
            await asyncio.sleep(0)
            pumps = [self.app, *self.app.screen_stack, *self.app.screen.walk_children()]
            # A screen that is drawn by a timer and a worker that waits leave no message behind.
            busy = self.app.gate.current or self.app.gate._waiting
            if busy or any(pump.message_queue_size for pump in pumps):
                quiet = 0
                await asyncio.sleep(0.001)
            else:
                quiet += 1
                await asyncio.sleep(0.002)
