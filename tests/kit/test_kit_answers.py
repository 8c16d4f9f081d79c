"""Heads and bodies of HTTP/1.1 answers: read as the library reads them, and refused where it is a
guess."""

from __future__ import annotations

import http.client
import io

import pytest

from fluxtui.kit.answers import (
    IncompleteRead,
    NoAnswer,
    RemoteDisconnected,
    Reply,
    TooLong,
    read,
    written,
)

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


class Wire:
    """As much of a socket as the library's reader wants."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, *_: object) -> io.BytesIO:
        return io.BytesIO(self._data)


def by_library(data: bytes, method: str = "GET") -> tuple[int, bytes, bool]:
    response = http.client.HTTPResponse(Wire(data), method=method)  # type: ignore[arg-type]
    response.begin()
    return response.status, response.read(), not response.will_close


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 404 Not Found here\nContent-Length:2\n\nok",
        b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\n\r\nuntil the end",
        b"HTTP/1.1 204 No\r\n\r\n",
        b"HTTP/1.1 304 Same\r\nContent-Length: 9\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        CHUNKED + b"2\r\nok\r\nA;name=x\r\n0123456789\r\n0\r\n\r\n",
        CHUNKED + b"2\r\nok\r\n0\r\nTrailer: x\r\n\r\n",
    ],
)
def test_an_answer_is_read_as_the_library_reads_it(data: bytes) -> None:
    reply = read(io.BytesIO(data))
    assert (reply.status, reply.body, reply.kept) == by_library(data)


def test_an_answer_without_a_body_leaves_the_next_one_whole() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nDocker-Content-Digest: d\r\n\r\n"
    file = io.BytesIO(head + b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    assert read(file, bodiless=True) == Reply(
        200, {"content-length": "9", "docker-content-digest": "d"}, b"", True
    )
    assert read(file).body == b"ok"


def test_headers_are_joined_and_folded_ones_unfolded() -> None:
    data = b"HTTP/1.1 200 OK\r\nWay: a\r\nX: one\r\n  two\r\nway: b\r\nContent-Length: 0\r\n\r\n"
    assert read(io.BytesIO(data)).headers == {"way": "a, b", "x": "one two", "content-length": "0"}


@pytest.mark.parametrize(
    "data",
    [
        b"SSH-2.0-OpenSSH_9\r\n",
        b"HTTP/2 200 OK\r\n\r\n",
        b"HTTP/1.1 20 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno header\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nspace : x\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0x2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nContent-Length: a\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        CHUNKED + b"-2\r\nok\r\n0\r\n\r\n",
        CHUNKED + b"2\r\nokay\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 300 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nA: " + b"b" * 70_000 + b"\r\n\r\n",
    ],
)
def test_what_could_be_read_in_two_ways_is_no_answer(data: bytes) -> None:
    with pytest.raises(NoAnswer):
        read(io.BytesIO(data))


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok",
        CHUNKED,
        CHUNKED + b"3\r\nok",
        CHUNKED + b"2\r\nok\r\n",
        CHUNKED + b"2\r\nok\r\n0\r\n",
    ],
)
def test_half_an_answer_is_none(data: bytes) -> None:
    with pytest.raises(IncompleteRead):
        read(io.BytesIO(data))


def test_nothing_at_all_is_a_server_that_hung_up() -> None:
    with pytest.raises(RemoteDisconnected):
        read(io.BytesIO(b""))


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok!",
        b"HTTP/1.1 200 OK\r\n\r\nok!",
        CHUNKED + b"2\r\nok\r\n1\r\n!\r\n0\r\n\r\n",
    ],
)
def test_a_body_may_be_as_long_as_was_allowed_and_no_longer(data: bytes) -> None:
    assert read(io.BytesIO(data), limit=3).body == b"ok!"
    with pytest.raises(TooLong):
        read(io.BytesIO(data), limit=2)


def test_a_question_is_one_question() -> None:
    assert written("GET", "/x?y=1", [("Host", "h"), ("Group", "ä")]) == (
        "GET /x?y=1 HTTP/1.1\r\nHost: h\r\nGroup: ä\r\n\r\n".encode()
    )
    for target in ("/a b", "/a\r\nHost: other", "/ä", "/\x7f"):
        with pytest.raises(NoAnswer):
            written("GET", target, ())
    for header in (("A", "b\r\nC: d"), ("A\r\nC", "d"), ("A", "b\0")):
        with pytest.raises(NoAnswer):
            written("GET", "/", [header])
