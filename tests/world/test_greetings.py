"""What comes in and is no HTTP is told so at once: who greets by TLS waits for that answer."""

from __future__ import annotations

import socket

import pytest

from fluxtui.world.registry import RegistryServer

GREETINGS = [
    b"\x16\x03\x01\x02\x00 a b\n\x00\x0a",  # two spaces before what happens to be a line end
    b"\x16\x03\x01\x02\x00\n",
    b"\x16\x03\x01  \n",
]


@pytest.mark.parametrize("greeting", GREETINGS)
def test_a_tls_greeting_in_clear_text_is_answered_wherever_its_spaces_stand(
    greeting: bytes,
) -> None:
    with RegistryServer(credentials=None) as server:
        host, port = server.address.rsplit(":", 1)
        with socket.create_connection((host, int(port)), 10) as line:
            line.sendall(greeting)
            assert line.recv(64).startswith(b"HTTP/1.1 400")
