"""Bytes as a terminal sends them, many keys in one read, through Textual's own parser.

`pilot.press` lets the app come to rest after each key, which a slow link never does.
"""

from __future__ import annotations

import asyncio

from textual._xterm_parser import XTermParser
from textual.message_pump import MessagePump

from fluxtui.ui.app import FluxtuiApp

PATIENCE = 60.0
# Rounds through the whole app without anything to do: what one widget does may wake another.
QUIET = 3
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
        quiet = 0
        try:
            async with asyncio.timeout(PATIENCE):
                while quiet < QUIET:
                    for pump in self._pumps():
                        await answers(pump)
                    keys = self.app.gate.current or self.app.gate._waiting
                    busy = keys or any(pump.message_queue_size for pump in self._pumps())
                    quiet = 0 if busy else quiet + 1
        except TimeoutError:
            raise AssertionError(f"keys are stuck: {self.app.gate._waiting}") from None

    def _pumps(self) -> list[MessagePump]:
        return [self.app, *self.app.screen_stack, *self.app.screen.walk_children()]


async def answers(pump: MessagePump) -> None:
    """Until it has come to a message put behind all that it had, or has ended."""
    reached = asyncio.Event()
    if not pump.call_later(reached.set):
        return
    arrival = asyncio.create_task(reached.wait())
    end = {pump._task} if pump._task is not None else set()
    try:
        await asyncio.wait({arrival, *end}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        arrival.cancel()
