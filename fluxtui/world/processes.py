"""Child processes of the World: started, heard until they are ready, ended with their parent.

A child lives as long as its standard input: the operating system closes that pipe when the parent
ends, however it ends, so that nothing is ever left behind. What a child complains of goes to a log
file. Nothing here knows what the children do.
"""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from fluxtui.domain.errors import Unreachable

_END_POLITELY = 5.0
_TAIL = 2000


class Child:
    """One child process. It says that it is ready by one line of JSON on its standard output."""

    def __init__(
        self,
        name: str,
        module: str,
        arguments: Sequence[str],
        *,
        log: Path,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self._log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=None if environ is None else dict(environ),
                # A Ctrl-C at the terminal is for the screen; children end when it does.
                start_new_session=True,
            )
        self._lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, name=f"read {name}", daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def ready(self, timeout: float) -> dict[str, Any]:
        """Wait for the line that says it is ready. Raises Unreachable when it does not come."""
        deadline = time.monotonic() + timeout
        while True:
            try:
                line = self._lines.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise self._failed(f"was not ready within {timeout:.0f} s") from None
            if line is None:
                raise self._failed(f"ended with code {self._process.wait()}")
            if line.lstrip().startswith(b"{"):
                answer: dict[str, Any] = json.loads(line)
                return answer

    def tell(self, message: Mapping[str, object]) -> None:
        """Send one line of JSON. Raises Unreachable when it has ended."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(message).encode() + b"\n")
            self._process.stdin.flush()
        except OSError as error:
            raise self._failed("does not listen any more") from error

    def hang_up(self) -> None:
        """Close its standard input: it ends by itself."""
        if self._process.stdin is not None and not self._process.stdin.closed:
            try:
                self._process.stdin.close()
            except BrokenPipeError:
                # It ended before the last line reached it; the pipe is closed all the same.
                return

    def end(self) -> None:
        """Hang up and see it end, by force when it does not."""
        self.hang_up()
        try:
            self._process.wait(_END_POLITELY)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def last_words(self) -> str:
        """The last line of its log."""
        with self._log.open("rb") as log:
            log.seek(max(0, log.seek(0, 2) - _TAIL))
            lines = log.read().decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else ""

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put(None)

    def _failed(self, what: str) -> Unreachable:
        last = self.last_words()
        return Unreachable(
            f"{what}{': ' + last if last else ''}",
            where=f"World, {self.name}",
            next=f"see {self._log}",
        )
