"""A registry on 127.0.0.1 that answers what a test says: for what the World's own never does."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, list[tuple[str, str]], Any]
"""Status, headers (a name may come twice), body: JSON or bytes."""


@dataclass
class Asked:
    """One request; `path` has its query, names of `headers` are in lower case."""

    method: str
    path: str
    authorization: str
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class ScriptedRegistry:
    """`answer` makes every answer; `asked` remembers the requests."""

    address: str = ""
    answer: Callable[[Asked], Answer] = lambda _asked: (404, [], {})
    asked: list[Asked] = field(default_factory=list)


@contextmanager
def scripted_registry() -> Iterator[ScriptedRegistry]:
    scripted = ScriptedRegistry()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            asked = Asked(
                self.command,
                self.path,
                self.headers.get("Authorization") or "",
                self.rfile.read(size).decode(),
                {name.lower(): value for name, value in self.headers.items()},
            )
            scripted.asked.append(asked)
            status, headers, body = scripted.answer(asked)
            raw = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        do_POST = do_GET

    class Server(ThreadingHTTPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        scripted.address = f"127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield scripted
        finally:
            server.shutdown()
            thread.join()
