"""Servers that say nothing, or something else: how long a verb waits, and what it says then."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cli_delivery import Shell

from fluxtui.cli import patience
from fluxtui.cli.main import NOT, USAGE

VIEWS = ["versions", "status", "chain", "events", "tags app", "get all", "get ks", "tree ks/web"]
ACTS = ["suspend app", "reconcile ks/web", "pin app", "diff app --patches", "build ks/web"]


def environment(shell: Shell, name: str, server: str) -> None:
    """An environment behind `server` (host and port, in clear text)."""
    named = {
        "current-context": name,
        "clusters": [{"name": name, "cluster": {"server": f"http://{server}"}}],
        "users": [{"name": name, "user": {"token": "t"}}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
    }
    path = shell.folder / f"{name}.kubeconfig"
    path.write_text(json.dumps(named))
    shell.environments[name] = {"context": name, "kubeconfig": str(path), "protected": False}


@pytest.fixture
def silent() -> Iterator[str]:
    """A port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        yield f"127.0.0.1:{door.getsockname()[1]}"


@contextmanager
def pages(status: int) -> Iterator[str]:
    """A web server that has the same page for everything."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            with suppress(ConnectionError):  # who has seen the status may have hung up
                self.wfile.write(b"<html><body><h1>It works!</h1></body></html>")

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("words", [*VIEWS, *ACTS])
def test_a_request_timeout_bounds_the_whole_verb_and_says_what_was_waited_for(
    shell: Shell, silent: str, words: str
) -> None:
    environment(shell, "staging", silent)
    began = time.monotonic()
    said = shell(*words.split(), "-e", "staging", "--request-timeout", "1s")
    assert time.monotonic() - began < 8, "each wait has up to half a minute of its own"
    assert said.code in (NOT, USAGE)
    assert "staging" in said.err and "no answer" in said.err
    assert "there is no" not in said.err


def test_all_waits_share_what_was_allowed() -> None:
    now = [10.0]
    patience.begin(3.0, lambda: now[0])
    assert patience.at_most(30) == 3.0 and patience.at_most(2) == 2.0
    now[0] = 12.5
    assert patience.at_most(30) == 0.5
    assert patience.within(30) == "within 3 s (--request-timeout)"
    now[0] = 99.0
    assert patience.at_most(30) == 0.0
    for without in (None, 0.0):
        patience.begin(without)
        assert patience.at_most(30) == 30 and patience.within(30) == "within 30 s"


@pytest.mark.parametrize("status", [200, 404])
@pytest.mark.parametrize("words", ["status", "versions", "get ks"])
def test_a_web_server_is_no_api_without_flux(shell: Shell, status: int, words: str) -> None:
    with pages(status) as server:
        environment(shell, "staging", server)
        said = shell(*words.split(), "--request-timeout", "2s")
    assert said.code == NOT
    assert "not as a Kubernetes API" in said.err
    assert "CRD" not in said.out + said.err and "<" not in said.out + said.err


@pytest.mark.parametrize(
    "words", ["tags app", "suspend app", "chain app", "tree ks/web", "pin app"]
)
def test_what_could_not_be_looked_up_is_not_called_absent(shell: Shell, words: str) -> None:
    environment(shell, "staging", "127.0.0.1:1")
    said = shell(*words.split(), "-e", "staging", "--request-timeout", "2s")
    assert said.code == NOT
    assert "is not known" in said.err and "refuse" in said.err
    assert "there is no" not in said.err


@pytest.mark.parametrize("words", ["trace cm/apps/greeting", "logs deploy/apps/web"])
def test_who_applies_what_could_not_be_looked_up_is_not_called_nobody(
    shell: Shell, words: str
) -> None:
    environment(shell, "staging", "127.0.0.1:1")
    said = shell(*words.split(), "-o", "json", "--request-timeout", "2s")
    document = json.loads(said.out)
    assert said.code == NOT and (document["code"], document["where"]) == ("cluster", "staging")
    assert "no Kustomization" not in said.err
    assert "whether a Kustomization applies" in said.err
    assert "is not known: staging refuses the connection" in said.err


def test_of_what_could_not_be_read_no_history_is_told(shell: Shell) -> None:
    environment(shell, "staging", "127.0.0.1:1")
    said = shell("events", "--request-timeout", "2s")
    assert said.code == NOT and said.out.strip() == ""
    assert "staging cannot be read now" in said.err


def test_one_environment_that_answers_does_not_speak_for_the_other(shell: Shell) -> None:
    shell.cluster("production", semver="1.x")
    environment(shell, "staging", "127.0.0.1:1")
    said = shell("chain", "ks/web", "--request-timeout", "2s")
    assert said.code == NOT
    assert "is not known (it is not in production): staging" in said.err
    said = shell("chain", "ks/web", "-e", "production")
    assert said.code == USAGE and "there is no Kustomization web in production" in said.err


def test_the_same_is_said_to_programs(shell: Shell) -> None:
    environment(shell, "staging", "127.0.0.1:1")
    said = shell("tags", "app", "-o", "json", "--request-timeout", "2s")
    document = json.loads(said.out)
    assert document["kind"] == "Error" and "not known" in document["what"]
    assert (document["code"], document["where"]) == ("cluster", "staging")
