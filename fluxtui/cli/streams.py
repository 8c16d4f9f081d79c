"""Makes the standard streams take any text, whatever encoding the environment gave them.

A terminal or pipe that is not UTF-8 gets signs spelled in ASCII instead of a traceback; what
programs read stays valid in its own format. Imported before anything is printed: keep it light.
"""

from __future__ import annotations

import codecs
import io
import os
import sys

_NAME = "fluxtui-spelled"
_SPELLED = {
    "→": "->", "←": "<-", "↑": "^", "↓": "v", "…": "...", "·": "-", "—": "-", "–": "-",
    "✓": "ok", "✗": "x", "●": "*", "○": "o", "◐": "~", "▸": ">", "▾": "v", "│": "|", "─": "-",
    "├": "|", "└": "`", "µ": "u", "×": "x", "≥": ">=", "≤": "<=", "“": '"', "”": '"', "’": "'",
}  # fmt: skip


def settle() -> None:
    """Once, at the start: nothing that is printed or read can end in a traceback."""
    codecs.register_error(_NAME, _spelled)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_NAME)
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="backslashreplace")


def flush() -> None:
    """All that was printed goes out now. Raises BrokenPipeError when its reader has gone."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and not stream.closed:
            stream.flush()


def abandon() -> None:
    """The readers have gone: what is still held back goes nowhere, without a complaint."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:
            os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def speak_utf8() -> None:
    """For the screen: its lines are drawn in signs that no other encoding of terminals has."""
    for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
        if isinstance(stream, io.TextIOWrapper) and not _is_utf8(stream.encoding):
            stream.reconfigure(encoding="utf-8", errors=_NAME)


def fits(text: str) -> bool:
    """Whether stdout can carry `text` as it is, for formats that are UTF-8 by definition."""
    if text.isascii():
        return True
    if not _is_utf8(getattr(sys.stdout, "encoding", "")):
        return False
    try:
        text.encode()
    except UnicodeEncodeError:  # half a surrogate pair, out of an argument or a file's name
        return False
    return True


def put_utf8(text: str) -> None:
    """Print a manifest: YAML is UTF-8 whatever the terminal is."""
    buffer = getattr(sys.stdout, "buffer", None)
    if buffer is None or fits(text):
        print(text, end="")
        return
    sys.stdout.flush()
    buffer.write(text.encode("utf-8", _NAME))
    buffer.flush()


def _spelled(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_sign, error.object[error.start : error.end])), error.end


def _sign(char: str) -> str:
    code = ord(char)
    return _SPELLED.get(char) or (f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}")


def _is_utf8(encoding: str | None) -> bool:
    try:
        return codecs.lookup(encoding or "utf-8").name == "utf-8"
    except LookupError:
        return False
