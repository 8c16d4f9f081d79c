"""One request written and one answer read over HTTP/1.1 (RFC 9112), on a connection that is open.

The library's module reads an answer's head as a mail, with seventeen modules for mails: a tenth of
what a command costs that asks twenty short questions. This knows heads, the three ways a body ends,
and nothing else: no request with a body, no trailers kept, no answer taken for whole that is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import BinaryIO

from fluxtui.kit.records import NamedTuple

_LONGEST_LINE = 1 << 16
_MOST_LINES = 200
_STEP = 1 << 20
_BODILESS = frozenset({204, 304})


class NoAnswer(Exception):
    """What came is no answer over HTTP/1.1, or what was to be sent is no request."""


class IncompleteRead(NoAnswer):
    """The answer breaks off."""


class RemoteDisconnected(ConnectionResetError):
    """The server hung up instead of answering."""


class TooLong(Exception):
    """The answer is longer than was allowed."""


class Reply(NamedTuple):
    """A whole answer. `headers`: names in lower case; what came several times is joined by commas,
    as RFC 9110 reads it. `kept`: whether the server lets the connection stay open."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    kept: bool = True


def written(method: str, target: str, headers: Iterable[tuple[str, str]]) -> bytes:
    """A request without a body. Raises NoAnswer for what would be read as something else."""
    if re.search(r"[\x00-\x20\x7f]", target) or not target.isascii():
        raise NoAnswer(f"no address: {target!r}")
    lines = [f"{method} {target} HTTP/1.1"]
    for name, value in headers:
        if re.search(r"[\r\n\0]", f"{name}{value}"):
            raise NoAnswer(f"no header: {name!r}")
        lines.append(f"{name}: {value}")
    return "\r\n".join([*lines, "", ""]).encode()


def read(file: BinaryIO, *, bodiless: bool = False, limit: int = 0) -> Reply:
    """The next answer. `bodiless`: the question was a HEAD; `limit`: bytes of body (0: any).

    Raises OSError, RemoteDisconnected when nothing came at all, NoAnswer, IncompleteRead, TooLong.
    """
    version, status = _first(file)
    headers = _headers(file)
    while 100 <= status < 200:  # not yet the answer
        version, status = _first(file)
        headers = _headers(file)
    wanted = _tokens(headers.get("connection", ""))
    kept = "keep-alive" in wanted if version == "HTTP/1.0" else "close" not in wanted
    if bodiless or status in _BODILESS:
        return Reply(status, headers, b"", kept)
    codings = _tokens(headers.get("transfer-encoding", ""))
    if codings == ["chunked"]:
        return Reply(status, headers, _chunks(file, limit), kept)
    if codings:
        raise NoAnswer(f"transfer-encoding {', '.join(codings)}")
    length = headers.get("content-length")
    if length is None:  # it ends where the connection does
        body = file.read(limit + 1) if limit else file.read()
        if limit and len(body) > limit:
            raise TooLong
        return Reply(status, headers, body, False)
    return Reply(status, headers, _exactly(file, _number(length, 10), limit), kept)


def _first(file: BinaryIO) -> tuple[str, int]:
    line = file.readline(_LONGEST_LINE + 1)
    if not line:
        raise RemoteDisconnected("the server hung up without an answer")
    match = re.fullmatch(r"(HTTP/1\.[0-9]) ([0-9]{3})(?: .*)?", line.decode("latin-1").rstrip())
    if match is None:
        raise NoAnswer(f"the answer begins {line[:40]!r}")
    return match[1], int(match[2])


def _headers(file: BinaryIO) -> dict[str, str]:
    headers: dict[str, str] = {}
    name = ""
    for _ in range(_MOST_LINES):
        line = _line(file)
        if not line:
            return headers
        if line[0] in " \t":  # the value goes on, as it once could
            headers[name] = f"{headers.get(name, '')} {line.strip()}"
            continue
        name, colon, value = line.partition(":")
        name = name.lower()
        if not colon or not name or name != name.strip():
            raise NoAnswer(f"a header that is none: {line[:40]!r}")
        value = value.strip()
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    raise NoAnswer(f"more than {_MOST_LINES} headers")


def _line(file: BinaryIO) -> str:
    """The next line of a head, without its end."""
    line = file.readline(_LONGEST_LINE + 1)
    if len(line) > _LONGEST_LINE:
        raise NoAnswer("a header is too long")
    if not line.endswith(b"\n"):
        raise IncompleteRead("the head breaks off")
    return line.rstrip(b"\r\n").decode("latin-1")


def _exactly(file: BinaryIO, length: int, limit: int) -> bytes:
    if limit and length > limit:
        raise TooLong
    body = file.read(length)
    if len(body) < length:
        raise IncompleteRead(f"{len(body)} of {length} bytes came")
    return body


def _chunks(file: BinaryIO, limit: int) -> bytes:
    body = bytearray()
    while size := _number(_line(file).partition(";")[0].strip(), 16):
        if limit and len(body) + size > limit:
            raise TooLong
        body += _exactly(file, size, 0)
        if _line(file):
            raise NoAnswer("a chunk is longer than it says")
    _headers(file)  # trailers
    return bytes(body)


def _number(text: str, base: int) -> int:
    """A size; said twice it has to be the same."""
    sizes = {part.strip() for part in text.split(",")} if base == 10 else {text}
    if len(sizes) != 1 or not re.fullmatch(r"[0-9A-Fa-f]{1,16}", min(sizes)):
        raise NoAnswer(f"no size: {text[:40]!r}")
    try:
        return int(min(sizes), base)
    except ValueError as error:
        raise NoAnswer(f"no size: {text[:40]!r}") from error


def _tokens(text: str) -> list[str]:
    return [part.strip().lower() for part in text.split(",") if part.strip()]
