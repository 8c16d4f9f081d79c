"""Debian's docker-registry beside the World's: how one is started for a test, and what both share.

It keeps everything in memory, allows deletion, and listens on loopback only. It is an older
registry (2.8, before the referrers API); where it differs from the distribution spec, the tests
say so.
"""

from __future__ import annotations

import contextlib
import http.client
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from fluxtui.world.registry import RegistryServer
from tests.ports import free_port

PROGRAM = "docker-registry"
REALM = "https://auth.example.com/token"
SERVICE = "registry.example.com"
_CONFIG = """\
version: 0.1
log: {{level: error, accesslog: {{disabled: true}}}}
storage:
  inmemory: {{}}
  delete: {{enabled: true}}
  maintenance: {{uploadpurging: {{enabled: false}}}}
http: {{addr: "127.0.0.1:{port}"}}
"""
_AUTH = """\
auth:
  token: {{realm: {realm}, service: {service}, issuer: nobody, rootcertbundle: {bundle}}}
"""


@dataclass(frozen=True, slots=True)
class Registry:
    """`name` is "world" or "docker". Requests go without a password where `closed` is false."""

    name: str
    url: str
    session: requests.Session

    def __call__(self, method: str, path: str, **arguments: Any) -> requests.Response:
        url = path if "://" in path else self.url + path
        return self.session.request(method, url, timeout=60, **arguments)


def browser() -> requests.Session:
    """A session that asks nobody else's proxies or passwords."""
    session = requests.Session()
    session.trust_env = False
    session.headers["Accept-Encoding"] = "identity"
    return session


@contextlib.contextmanager
def world(*, closed: bool = False) -> Iterator[Registry]:
    """The World's own; `closed`: it challenges with Bearer."""
    credentials = ("user", "password") if closed else None
    with RegistryServer(credentials=credentials) as server, browser() as session:
        if closed:
            server.turn(bearer=True, realm=REALM)
        yield Registry("world", server.url, session)


@contextlib.contextmanager
def docker(folder: Path, *, closed: bool = False) -> Iterator[Registry]:
    """Debian's, as a process of its own. Skips the test where it is not installed."""
    program = shutil.which(PROGRAM)
    if program is None:
        pytest.skip(f"{PROGRAM} is not installed (Debian: apt-get install {PROGRAM})")
    port = free_port()
    text = _CONFIG.format(port=port)
    if closed:
        bundle = folder / "roots.pem"
        bundle.write_bytes(_root())
        text += _AUTH.format(realm=REALM, service=SERVICE, bundle=bundle)
    config = folder / "config.yml"
    config.write_text(text)
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [program, "serve", str(config)], stdout=log, stderr=log, start_new_session=True
        )
    try:
        _wait(port, process, folder / "log")
        with browser() as session:
            yield Registry("docker", f"http://127.0.0.1:{port}", session)
    finally:
        process.terminate()
        process.wait(30)


def _root() -> bytes:
    import trustme

    return trustme.CA().cert_pem.bytes()


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Until it answers; nothing tells when it does, so it is asked."""
    pause, deadline = threading.Event(), time.monotonic() + 60
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request("GET", "/v2/")
            connection.getresponse().read()
            return
        except OSError:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, "docker-registry does not answer"
            pause.wait(0.02)
        finally:
            connection.close()
