"""Ways to an API and to a registry that others take, and fluxtui did not.

Real HTTP on loopback; the program is the installed one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import Any

import pytest

from tests.artifacts.scripted_registry import Answer, Asked, ScriptedRegistry, scripted_registry


@dataclass
class Api:
    """Knows nothing and answers 404; `heard` are the headers of each request, names small."""

    port: int = 0
    heard: list[dict[str, str]] = field(default_factory=list)


@pytest.fixture
def api() -> Iterator[Api]:
    made = Api()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            made.heard.append({k.lower(): v for k, v in self.headers.items()})
            body = json.dumps({"kind": "Status", "status": "Failure", "code": 404}).encode()
            self.send_response(404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

    with serving(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as port:
        made.port = port
        yield made


@contextmanager
def serving(server: ThreadingTCPServer | ThreadingHTTPServer) -> Iterator[int]:
    server.daemon_threads = True
    with server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def registry() -> Iterator[ScriptedRegistry]:
    with scripted_registry() as made:
        yield made


def typed(home: Path, *words: str, env: Mapping[str, str] | None = None) -> str:
    """What the program prints, on both streams, at an empty home."""
    environ = {k: v for k, v in os.environ.items() if "proxy" not in k.lower()}
    environ |= {"HOME": str(home), "KUBECONFIG": "", "XDG_CONFIG_HOME": "", **(env or {})}
    done = subprocess.run(
        [sys.executable, "-m", "fluxtui", *words], cwd=home, env=environ,
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    return done.stdout + done.stderr


def kubeconfig(home: Path, port: int, user: Any, **cluster: Any) -> str:
    file = home / "kubeconfig"
    one = {"server": f"http://127.0.0.1:{port}", **cluster}
    file.write_text(
        json.dumps({
            "current-context": "one",
            "clusters": [{"name": "c", "cluster": one}],
            "users": [{"name": "u", "user": user}],
            "contexts": [{"name": "one", "context": {"cluster": "c", "user": "u"}}],
        })
    )  # fmt: skip
    return str(file)


def test_whom_a_kubeconfig_acts_as_is_told_to_the_api(api: Api, tmp_path: Path) -> None:
    """`as` was dropped without a word: fluxtui wrote as somebody else than kubectl."""
    user = {"as": "ops", "as-groups": ["a", "b"], "as-uid": "7", "as-user-extra": {"why": ["x"]}}
    typed(tmp_path, "--kubeconfig", kubeconfig(tmp_path, api.port, user), "versions")
    assert api.heard
    for headers in api.heard:
        assert headers.get("impersonate-user") == "ops", headers
        assert headers.get("impersonate-uid") == "7"
        assert headers.get("impersonate-extra-why") == "x"
        assert "impersonate-group" in headers


def test_a_token_file_may_end_in_a_newline(api: Api, tmp_path: Path) -> None:
    """As each editor writes it; it was "Potential header injection attack"."""
    (tmp_path / "token").write_text("secret\n")
    user = {"tokenFile": str(tmp_path / "token")}
    typed(tmp_path, "--kubeconfig", kubeconfig(tmp_path, api.port, user), "versions")
    assert [h.get("authorization") for h in api.heard[:1]] == ["Bearer secret"]


@pytest.mark.parametrize("scheme", ["socks5", "http"])
def test_a_proxy_of_the_kubeconfig_is_used_for_loopback_too(
    api: Api, tmp_path: Path, scheme: str
) -> None:
    """SOCKS5 was refused, and no proxy was used for a server on this machine; kubectl does both."""
    reached = threading.Event()

    class Handler(BaseRequestHandler):
        def handle(self) -> None:
            if self.request.recv(1):
                reached.set()

    with serving(ThreadingTCPServer(("127.0.0.1", 0), Handler)) as port:
        file = kubeconfig(tmp_path, api.port, {}, **{"proxy-url": f"{scheme}://127.0.0.1:{port}"})
        said = typed(tmp_path, "--kubeconfig", file, "versions")
    assert "must be http or https" not in said
    assert reached.is_set() and not api.heard, said


def in_pages(asked: Asked) -> Answer:
    """The second page of three is empty, and links on."""
    number = int(asked.path.partition("last=p")[2] or 0)
    link = f'</v2/acme/app/tags/list?last=p{number + 1}>; REL="next"; title="a, b"'
    tags: list[str] | None = [["v1"], None, [], ["v2"]][number]  # type: ignore[list-item]
    return 200, [("Link", link)] if number < 3 else [], {"name": "acme/app", "tags": tags}


def test_a_list_of_tags_goes_on_while_a_link_says_so(
    registry: ScriptedRegistry, tmp_path: Path
) -> None:
    """It ended at the first page without tags: a policy picked from half a list."""
    registry.answer = in_pages
    said = typed(tmp_path, "artifact", "list", f"oci://{registry.address}/acme/app")
    assert "v1" in said and "v2" in said, said


@pytest.mark.parametrize("joined", [True, False])
def test_each_way_in_has_its_own_realm(
    registry: ScriptedRegistry, tmp_path: Path, joined: bool
) -> None:
    """A registry that offers Bearer and Basic was asked for tokens at the realm of Basic."""
    ways = [f'Bearer realm="http://{registry.address}/token",service="s"', 'Basic realm="Registry"']

    def answer(asked: Asked) -> Answer:
        if asked.path.startswith("/token"):
            return 200, [], {"token": "good"}
        if asked.authorization == "Bearer good":
            return 200, [], {"name": "acme/app", "tags": ["v7"]}
        offered = [", ".join(ways)] if joined else ways
        return 401, [("WWW-Authenticate", way) for way in offered], {}

    registry.answer = answer
    said = typed(tmp_path, "artifact", "list", f"oci://{registry.address}/acme/app")
    assert "v7" in said, said


PROBE = """
import sys
from fluxtui.cli.main import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
print(*sorted(sys.modules), file=sys.stderr)
"""


def test_a_view_that_is_printed_imports_no_other_client(api: Api, tmp_path: Path) -> None:
    """`versions` took nine times as long as kubectl, half of it to import what it never used."""
    file = kubeconfig(tmp_path, api.port, {})
    done = subprocess.run(
        [sys.executable, "-c", PROBE, "--kubeconfig", file, "versions", "-o", "json"],
        env={**os.environ, "HOME": str(tmp_path)}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    imported = set(done.stderr.splitlines()[-1].split())
    assert api.heard and "fluxtui.cli.main" in imported
    assert not imported & {"kubernetes", "aiohttp", "requests", "textual"}
    assert len(imported) < 450
