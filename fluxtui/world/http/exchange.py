"""Requests and answers as values, without sockets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Request:
    """One request. `path` and `search` (behind the question mark) are as they were sent, `query`
    holds the first value of each name. Header names are in lower case; one that came several times
    is joined by commas."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""
    search: str = ""

    @property
    def media(self) -> str:
        """The media type of the body, without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def authorization(self) -> tuple[str, str]:
        """The scheme, in lower case, and what is behind it."""
        scheme, _, value = self.headers.get("authorization", "").partition(" ")
        return scheme.lower(), value.strip()


@dataclass(slots=True)
class Response:
    """One answer; `stream` instead of `body` where it has no end yet."""

    status: int = 200
    body: bytes = b""
    media: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    stream: Iterator[bytes] | None = None
