"""Reads one HTTP/1.1 answer from a stream (RFC 9112): status, headers, and a body that has an end.

The standard library's reader brings the mail parser with it, a twentieth of a short command. What
does not keep to the rules is an error here, never half an answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO

_LONGEST_LINE = 1 << 16
_MOST_HEADERS = 200
_SPACE = b" \t"


class TooLong(Exception):
    """The answer is longer than was allowed."""


class HungUp(ConnectionError):
    """The connection ended before the answer began."""


class Severed(OSError):
    """The connection ended within the answer."""


class Malformed(OSError):
    """What came is no HTTP/1.1."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer. `headers`: names in lower case; what came several times is joined by commas,
    as RFC 9110 reads it. `last`: the server ends the connection after it."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    last: bool = False


def read_reply(method: str, stream: BinaryIO, limit: int = 0) -> Reply:
    """The next final answer to `method`; `limit`: bytes of body (0: any).

    Raises HungUp, Severed, Malformed, TooLong, and what reading the stream raises.
    """
    while True:
        version, status = _status(stream)
        headers = _headers(stream)
        if status >= 200 or status == 101:
            break
    options = {word.strip().lower() for word in headers.get("connection", "").split(",")}
    last = "close" in options or (version == b"HTTP/1.0" and "keep-alive" not in options)
    coding = headers.get("transfer-encoding", "").lower()
    if method == "HEAD" or status in (204, 304):
        body = b""
    elif coding == "chunked":
        body = _chunked(stream, limit)
    elif coding not in ("", "identity"):
        raise Malformed(f"an unknown transfer encoding: {coding[:40]!r}")
    elif "content-length" in headers:
        body = _exactly(stream, _length(headers["content-length"]), limit)
    else:
        body, last = stream.read(limit + 1) if limit else stream.read(), True
        if limit and len(body) > limit:
            raise TooLong
    return Reply(status, headers, body, last)


def _status(stream: BinaryIO) -> tuple[bytes, int]:
    line = stream.readline(_LONGEST_LINE)
    if not line:
        raise HungUp("the server hung up without an answer")
    version, _, rest = line.partition(b" ")
    code = rest[:3]
    if version not in (b"HTTP/1.1", b"HTTP/1.0") or not code.isdigit() or rest[3:4].strip():
        raise Malformed(f"no HTTP/1.1 answer: {line[:40]!r}")
    return version, int(code)


def _headers(stream: BinaryIO) -> dict[str, str]:
    headers: dict[str, str] = {}
    name = ""
    for _ in range(_MOST_HEADERS):
        line = _line(stream)
        if not line:
            return headers
        if line[:1] in (b" ", b"\t") and name:  # a folded line, as old servers write them
            headers[name] = f"{headers[name]} {_text(line)}"
            continue
        key, colon, value = line.partition(b":")
        if not colon or not key or key != key.strip(_SPACE):
            raise Malformed(f"no header: {line[:40]!r}")
        name, text = key.decode("latin-1").lower(), _text(value)
        headers[name] = f"{headers[name]}, {text}" if name in headers else text
    raise Malformed(f"more than {_MOST_HEADERS} headers")


def _text(value: bytes) -> str:
    return value.strip(_SPACE).decode("latin-1")


def _line(stream: BinaryIO) -> bytes:
    """A line without its end."""
    line = stream.readline(_LONGEST_LINE)
    if not line.endswith(b"\n"):
        raise Malformed("a line is too long") if len(line) >= _LONGEST_LINE else _severed()
    return line.rstrip(b"\r\n")


def _length(text: str) -> int:
    lengths = {part.strip() for part in text.split(",")}
    if len(lengths) != 1 or not text.isascii() or not (number := lengths.pop()).isdigit():
        raise Malformed(f"no length: {text[:40]!r}")
    return int(number)


def _exactly(stream: BinaryIO, size: int, limit: int) -> bytes:
    if limit and size > limit:
        raise TooLong
    body = stream.read(size)
    if len(body) < size:
        raise _severed()
    return body


def _chunked(stream: BinaryIO, limit: int) -> bytes:
    body = bytearray()
    while True:
        size = _line(stream).partition(b";")[0].strip()
        try:
            length = int(size, 16)
        except ValueError:
            length = -1
        if length < 0:
            raise Malformed(f"no chunk: {size[:40]!r}")
        if not length:
            _headers(stream)  # trailers, which nobody here wants
            return bytes(body)
        if limit and len(body) + length > limit:
            raise TooLong
        body += _exactly(stream, length, 0)
        if _line(stream):
            raise Malformed("a chunk without an end")


def _severed() -> Severed:
    return Severed("the connection ended within the answer")
