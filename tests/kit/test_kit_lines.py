"""An HttpLine against servers of its own kind: kept, hung up, cut, too long, trusted by name."""

from __future__ import annotations

import gc
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import trustme

from fluxtui.kit.answers import IncompleteRead, TooLong
from fluxtui.kit.lines import HttpLine

Serve = Callable[[socket.socket], None]
FINE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@contextmanager
def server(*talks: Serve, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """One connection after the other, each as one of `talks` says; its port on 127.0.0.1."""
    with socket.create_server(("127.0.0.1", 0)) as door:

        def serve() -> None:
            for talk in talks:
                try:
                    line, _ = door.accept()
                    with line if tls is None else tls.wrap_socket(line, server_side=True) as own:
                        talk(own)
                except OSError:
                    continue

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield door.getsockname()[1]
        finally:
            socket.socket.shutdown(door, socket.SHUT_RDWR)
            thread.join()


def question(line: socket.socket) -> bytes:
    """One request without a body, as it was sent; b"" when the client has hung up."""
    text = b""
    while not text.endswith(b"\r\n\r\n"):
        part = line.recv(4096)
        if not part:
            return b""
        text += part
    return text


def answering(*answers: bytes) -> Serve:
    """Each request of the connection gets the next answer; then the server hangs up."""

    def talk(line: socket.socket) -> None:
        for answer in answers:
            if not question(line):
                return
            line.sendall(answer)

    return talk


def asked(line: HttpLine, limit: int = 0, read: float = 20) -> bytes:
    return line.ask("GET", "/", (), connect=20, read=read, limit=limit).body


def test_one_connection_serves_one_question_after_the_other() -> None:
    with server(answering(FINE, FINE, FINE)) as port:
        line = HttpLine("127.0.0.1", port, None)
        assert [asked(line) for _ in range(3)] == [b"ok"] * 3
        line.close()


def test_a_kept_connection_that_was_hung_up_is_opened_anew() -> None:
    with server(answering(FINE), answering(FINE)) as port:
        line = HttpLine("127.0.0.1", port, None)
        assert (asked(line), asked(line)) == (b"ok", b"ok")
        line.close()


def test_a_server_that_hangs_up_on_a_new_connection_is_not_asked_twice() -> None:
    connections: list[int] = []

    def hang_up(line: socket.socket) -> None:
        question(line)
        connections.append(1)

    with server(hang_up, hang_up) as port:
        with pytest.raises(ConnectionError):
            asked(HttpLine("127.0.0.1", port, None))
        assert len(connections) == 1


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nok",
    ],
)
@pytest.mark.parametrize("limit", [0, 100])
def test_half_an_answer_is_none(answer: bytes, limit: int) -> None:
    with server(answering(answer)) as port, pytest.raises(IncompleteRead):
        asked(HttpLine("127.0.0.1", port, None), limit)


def test_more_than_was_allowed_is_not_read() -> None:
    with server(answering(FINE), answering(FINE)) as port:
        line = HttpLine("127.0.0.1", port, None)
        with pytest.raises(TooLong):
            asked(line, 1)
        assert asked(line, 2) == b"ok"
        line.close()


def test_headers_go_out_as_they_are_and_come_back_joined() -> None:
    texts: list[bytes] = []

    def talk(line: socket.socket) -> None:
        texts.append(question(line))
        line.sendall(b'HTTP/1.1 401 No\r\nWay: a\r\nContent-Length: 0\r\nway: b="c, d"\r\n\r\n')

    with server(talk) as port:
        line = HttpLine("127.0.0.1", port, None)
        headers = [("Group", "a"), ("Group", "ä")]
        reply = line.ask("GET", "/x?y=1", headers, connect=20, read=20)
        line.close()
    assert (reply.status, reply.headers["way"]) == (401, 'a, b="c, d"')
    sent = texts[0].decode().split("\r\n")
    assert sent[:2] == ["GET /x?y=1 HTTP/1.1", f"Host: 127.0.0.1:{port}"]
    assert sent[2:4] == ["Group: a", "Group: ä"]


def test_a_silent_server_is_given_up_or_cut() -> None:
    silent = threading.Event()

    def talk(line: socket.socket) -> None:
        question(line)
        silent.set()
        line.recv(1)

    with server(talk, talk) as port:
        line = HttpLine("127.0.0.1", port, None)
        with pytest.raises(TimeoutError):
            asked(line, read=0.05)
        failures: list[Exception] = []

        def ask() -> None:
            try:
                asked(line)
            except Exception as error:
                failures.append(error)

        silent.clear()
        thread = threading.Thread(target=ask)
        thread.start()
        assert silent.wait(20)
        line.cut()
        thread.join(20)
        assert not thread.is_alive()
        assert isinstance(failures[0], OSError)
        with pytest.raises(ConnectionAbortedError):
            asked(line)


def test_a_line_that_is_cut_while_nobody_asks_is_closed() -> None:
    """An open socket would be a warning, which fails the test."""
    with server(answering(FINE)) as port:
        line = HttpLine("127.0.0.1", port, None)
        assert asked(line) == b"ok"
        line.cut()
        del line
        gc.collect()


def test_a_line_that_is_cut_while_it_connects_asks_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked_for: list[bytes] = []
    with server(lambda line: asked_for.append(question(line))) as port:
        line = HttpLine("127.0.0.1", port, None)
        connect = socket.socket.connect

        def cut_meanwhile(self: socket.socket, address: Any) -> None:
            connect(self, address)
            line.cut()

        monkeypatch.setattr(socket.socket, "connect", cut_meanwhile)
        with pytest.raises(ConnectionAbortedError):
            asked(line)
        monkeypatch.undo()
    assert asked_for in ([], [b""])


def test_a_name_is_tried_at_all_its_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first refuses, as an address of a network that is down does."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        closed = door.getsockname()[1]
    with server(answering(FINE)) as port:
        places = [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", at)) for at in (closed, port)
        ]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: places)
        line = HttpLine("some.name", port, None)
        assert asked(line) == b"ok"
        line.close()
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: places[:1])
        with pytest.raises(ConnectionRefusedError):
            asked(HttpLine("some.name", port, None))


def test_a_certificate_counts_for_the_name_that_is_asked_for() -> None:
    authority = trustme.CA()
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("api.example").configure_cert(served)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    with server(answering(FINE), answering(FINE), tls=served) as port:
        line = HttpLine("127.0.0.1", port, trusting, "api.example")
        assert asked(line) == b"ok"
        line.close()
        with pytest.raises(ssl.SSLCertVerificationError):
            asked(HttpLine("127.0.0.1", port, trusting))
