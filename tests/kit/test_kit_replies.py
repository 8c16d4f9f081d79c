"""Every shape an HTTP/1.1 answer may have, and what is none."""

from __future__ import annotations

import contextlib
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluxtui.kit.replies import HungUp, Malformed, Reply, Severed, TooLong, read_reply


def reply(text: bytes, method: str = "GET", limit: int = 0) -> Reply:
    return read_reply(method, io.BytesIO(text), limit)


def test_a_body_of_a_known_length_leaves_the_connection_where_the_next_answer_begins() -> None:
    stream = io.BytesIO(
        b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc"
        b"HTTP/1.1 404\nContent-Length:0\n\n"
        b"HTTP/1.1 204 No Content\r\n\r\n"
    )
    first, second, third = (read_reply("GET", stream) for _ in range(3))
    assert (first.status, first.body, first.last) == (200, b"abc", False)
    assert (second.status, second.body) == (404, b"")
    assert (third.status, third.body, third.last) == (204, b"", False)


def test_chunks_with_extensions_and_trailers() -> None:
    text = (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n"
        b"3;name=value\r\nabc\r\nA\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\nHTTP/1.1"
    )
    stream = io.BytesIO(text)
    assert read_reply("GET", stream).body == b"abc0123456789"
    assert stream.read() == b"HTTP/1.1"


def test_without_a_length_the_end_of_the_connection_is_the_end() -> None:
    for version in (b"HTTP/1.1", b"HTTP/1.0"):
        told = reply(version + b" 200 OK\r\n\r\nall of it")
        assert (told.body, told.last) == (b"all of it", True)


@pytest.mark.parametrize(
    ("head", "last"),
    [
        (b"HTTP/1.1 200 OK\r\n", False),
        (b"HTTP/1.1 200 OK\r\nConnection: Upgrade, Close\r\n", True),
        (b"HTTP/1.0 200 OK\r\n", True),
        (b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n", False),
    ],
)
def test_whether_the_connection_goes_on(head: bytes, last: bool) -> None:
    assert reply(head + b"Content-Length: 1\r\n\r\nx").last is last


def test_what_comes_before_the_final_answer_is_passed_over() -> None:
    early = b"HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
    told = reply(early + b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    assert (told.status, told.body, "link" in told.headers) == (200, b"ok", False)


def test_a_head_has_no_body_whatever_its_length_says() -> None:
    told = reply(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n", "HEAD")
    assert (told.body, told.headers["content-length"], told.last) == (b"", "999", False)


def test_headers_are_joined_and_folded_lines_unfolded() -> None:
    told = reply(
        b"HTTP/1.1 200 OK\r\nX-A: one\r\nx-a:two \r\nLong: a,\r\n\t b\r\nContent-Length: 0\r\n\r\n"
    )
    assert (told.headers["x-a"], told.headers["long"]) == ("one, two", "a, b")


@pytest.mark.parametrize(
    "text",
    [
        b"SSH-2.0-OpenSSH\r\n",
        b"HTTP/2 200 OK\r\n\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 2000\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nname : x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\nab",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n\r\nab",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 300 + b"\r\n",
        b"HTTP/1.1 200 OK\r\na: " + b"b" * 100_000 + b"\r\n\r\n",
    ],
    ids=lambda text: repr(text[:60]),
)
def test_what_keeps_to_no_rule_is_no_answer(text: bytes) -> None:
    with pytest.raises(Malformed):
        reply(text)


WHOLE = b"HTTP/1.1 200 OK\r\nA: b\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"


@pytest.mark.parametrize("end", range(len(WHOLE)))
def test_half_an_answer_is_never_taken_for_one(end: int) -> None:
    with pytest.raises((HungUp, Severed, Malformed)) as caught:
        reply(WHOLE[:end])
    assert isinstance(caught.value, HungUp) is (end == 0)


@pytest.mark.parametrize(
    "text",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabcd",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\nabcd",
    ],
)
def test_more_than_was_allowed_is_refused(text: bytes) -> None:
    assert reply(text, limit=4).body == b"abcd"
    with pytest.raises(TooLong):
        reply(text, limit=3)


@given(st.binary(max_size=80), st.booleans())
def test_no_bytes_end_in_another_error(text: bytes, started: bool) -> None:
    with contextlib.suppress(HungUp, Severed, Malformed, TooLong):
        reply((b"HTTP/1.1 200 OK\r\n" if started else b"") + text, limit=50)
