"""What the API adds to requests and answers: who asks, objects as JSON, warnings.

Answers are rendered here; what an answer says is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from fluxtui.world.apiserver.status import StatusError
from fluxtui.world.apiserver.store import dumps
from fluxtui.world.http import exchange
from fluxtui.world.http.exchange import Response

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class User:
    """Who asks; a read-only user may not write. `known`: somebody vouched for the name."""

    name: str
    groups: tuple[str, ...] = ()
    read_only: bool = False
    known: bool = True

    @property
    def trusted(self) -> bool:
        return self.known and not self.read_only


NOBODY = User("system:anonymous", ("system:unauthenticated",), read_only=True, known=False)


@dataclass(frozen=True, slots=True)
class ApiRequest(exchange.Request):
    """A request of somebody."""

    user: User = NOBODY

    def flag(self, name: str) -> bool:
        return self.query.get(name, "").lower() in ("1", "true")

    @property
    def accept(self) -> str:
        return self.headers.get("accept", "")


def answer(value: Any, status: int = 200) -> Response:
    return Response(status, dumps(value), JSON)


def failure(error: StatusError) -> Response:
    body, headers = dumps(error.body()), dict(error.headers)
    return warned(Response(error.code, body, JSON, headers), error.warnings)


def warned(response: Response, warnings: Iterable[str]) -> Response:
    """The response with each warning once, as kubectl prints them."""
    texts = [w.replace("\\", "\\\\").replace('"', '\\"') for w in dict.fromkeys(warnings)]
    if texts:
        response.headers["Warning"] = ", ".join(f'299 - "{text}"' for text in texts)
    return response


def text(value: str, status: int = 200) -> Response:
    nosniff = {"X-Content-Type-Options": "nosniff"}
    return Response(status, value.encode(), "text/plain; charset=utf-8", nosniff)
