"""Requests and responses as values, without sockets.

Answers are rendered here; what an answer says is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from fluxtui.world.apiserver.status import StatusError
from fluxtui.world.apiserver.store import dumps

JSON = "application/json"
ANONYMOUS = "system:anonymous"


@dataclass(frozen=True, slots=True)
class User:
    """Who asks; a read-only user may not write."""

    name: str
    groups: tuple[str, ...] = ()
    read_only: bool = False

    @property
    def known(self) -> bool:
        """Whether somebody vouched for the name."""
        return self.name != ANONYMOUS

    @property
    def trusted(self) -> bool:
        return self.known and not self.read_only


@dataclass(frozen=True, slots=True)
class Request:
    """One request; header names in lower case, `query` holds the first value of each name."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    user: User

    def flag(self, name: str) -> bool:
        return self.query.get(name, "").lower() in ("1", "true")

    @property
    def accept(self) -> str:
        return self.headers.get("accept", "")

    @property
    def media(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(slots=True)
class Response:
    """One answer; `stream` instead of `body` for a watch."""

    status: int = 200
    body: bytes = b""
    media: str = JSON
    headers: dict[str, str] = field(default_factory=dict)
    stream: Iterator[bytes] | None = None
    warnings: list[str] = field(default_factory=list)


def answer(value: Any, status: int = 200, *, media: str = JSON) -> Response:
    return Response(status, dumps(value), media)


def failure(error: StatusError) -> Response:
    body, headers = dumps(error.body()), dict(error.headers)
    return Response(error.code, body, headers=headers, warnings=list(error.warnings))


def text(value: str, status: int = 200) -> Response:
    return Response(
        status,
        value.encode(),
        "text/plain; charset=utf-8",
        {"X-Content-Type-Options": "nosniff"},
    )
