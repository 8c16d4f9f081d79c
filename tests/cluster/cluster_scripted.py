"""A scripted API on 127.0.0.1: for what a healthy API never does (lines cut, 401s, silence)."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import yaml
from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Scripted:
    """Answers every request with what the test's handler says, and remembers the requests."""

    def __init__(self, folder: Path) -> None:
        self.requests: list[tuple[str, str, str]] = []
        self.handler: Handler | None = None
        self.address = ""
        self._folder = folder

    async def handle(self, request: web.Request) -> web.StreamResponse:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        self.requests.append((request.method, str(request.rel_url), token))
        assert self.handler is not None
        return await self.handler(request)

    def answers(self, *documents: Any, status: int = 200) -> None:
        """Answer with these documents in turn (the last one for ever)."""
        left = list(documents)

        async def handler(_: web.Request) -> web.StreamResponse:
            document = left.pop(0) if len(left) > 1 else left[0]
            return web.json_response(document, status=status)

        self.handler = handler

    def kubeconfig(self, user: dict[str, Any] | None = None, **cluster: Any) -> str:
        path = self._folder / "kubeconfig"
        path.write_text(
            yaml.safe_dump(
                {
                    "current-context": "here",
                    "contexts": [{"name": "here", "context": {"cluster": "c", "user": "u"}}],
                    "clusters": [{"name": "c", "cluster": {"server": self.address, **cluster}}],
                    "users": [{"name": "u", "user": user or {"token": "t"}}],
                }
            )
        )
        return str(path)


def status(code: int, reason: str, message: str = "", **details: Any) -> dict[str, Any]:
    """A Status document, as an API server writes it."""
    return {
        "kind": "Status",
        "apiVersion": "v1",
        "status": "Failure",
        "code": code,
        "reason": reason,
        "message": message or reason,
        "details": details,
    }


def line(kind: str, obj: dict[str, Any]) -> bytes:
    """One line of a watch."""
    return json.dumps({"type": kind, "object": obj}).encode() + b"\n"
