"""Requests and responses as values, without sockets.

Bodies are parsed and answers are rendered here; what an answer says is decided elsewhere.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from fluxtui.world.apiserver import protobuf
from fluxtui.world.apiserver.status import (
    Json,
    StatusError,
    bad_request,
    unsupported_media,
)
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


class _Loader(yaml.CSafeLoader):
    """YAML as the API reads it: times stay text."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in pairs if tag != "tag:yaml.org,2002:timestamp"]
    for first, pairs in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def parse_yaml(data: bytes) -> Any:
    try:
        return yaml.load(data, Loader=_Loader)
    except yaml.YAMLError as error:
        raise bad_request(f"error decoding YAML: {error}") from error


def _interned(pairs: list[tuple[str, Any]]) -> Json:
    """Words kept once for all objects: ten thousand Deployments have the same hundred."""
    return {
        sys.intern(key): sys.intern(value) if type(value) is str and len(value) < 100 else value
        for key, value in pairs
    }


def parse_body(request: Request) -> Any:
    """The body as JSON or YAML. Raises 400 where it does not parse, 415 for protobuf."""
    data, media = request.body, request.media
    if not data.strip():
        raise bad_request("the body of the request is empty")
    if media == protobuf.MEDIA:
        return protobuf.decode(data)
    if "protobuf" in media or "cbor" in media:
        raise unsupported_media(media, (JSON, "application/yaml"))
    if "yaml" in media and not data.lstrip().startswith((b"{", b"[")):
        return parse_yaml(data)
    try:
        return json.loads(data, object_pairs_hook=_interned)
    except ValueError as error:
        if "yaml" in media:
            return parse_yaml(data)
        raise bad_request(f"the body of the request is no valid JSON: {error}") from error


def object_or_empty(request: Request) -> Json:
    """The body as an object, {} where there is none (DeleteOptions)."""
    if not request.body.strip():
        return {}
    value = parse_body(request)
    if not isinstance(value, dict):
        raise bad_request("the body of the request is not an object")
    return value
