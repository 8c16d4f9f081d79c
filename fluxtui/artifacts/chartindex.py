"""Fetching the `index.yaml` of a repository of Helm charts: asked again only for what is new.

Over the registries' connections, so with their proxies, certificates and the user's credentials of
that host (docs/safety.md#credentials). Bounded in size and in time; it is read elsewhere.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests

from fluxtui.artifacts.connections import Connections
from fluxtui.artifacts.faults import refusal, unreachable
from fluxtui.domain.errors import ArtifactMissing, RegistryError, RegistryUnreachable, UsageError

LARGEST = 64 << 20
LONGEST = 60.0
_CHUNK = 1 << 16
_NAME = "index.yaml"


@dataclass(frozen=True, slots=True)
class Validators:
    """What an answer was known by, to ask whether there is another one since."""

    etag: str = ""
    modified: str = ""

    def headers(self) -> dict[str, str]:
        """Of a request that wants only another answer."""
        named = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in named.items() if value}


@dataclass(frozen=True, slots=True)
class FetchedIndex:
    """An index as it was sent."""

    body: bytes
    known: Validators


def fetched(
    connections: Connections,
    url: str,
    known: Validators,
    *,
    largest: int = LARGEST,
    longest: float = LONGEST,
) -> FetchedIndex | None:
    """The index at `url`, None when it is still what `known` says. `largest` bytes, `longest`
    seconds. Raises RegistryError and its kin, UsageError.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc or "@" in parts.netloc:
        # Without the address: there may be a password in it.
        raise UsageError("not the address of an index of charts", where=parts.hostname or "")
    place = parts._replace(path=f"{parts.path.rstrip('/')}/{_NAME}", fragment="").geturl()
    headers = {**known.headers(), "Accept-Encoding": "gzip, identity"}
    end = time.monotonic() + longest
    with connections.to(parts.netloc, parts.scheme) as host:
        response = host.do_request(place, headers=headers, stream=True)
        try:
            if response.status_code == 304 and known.headers():
                return None
            if response.status_code == 404:
                raise ArtifactMissing(
                    "there is no index of charts", where=place, next="check spec.url", status=404
                )
            if response.status_code != 200:
                raise refusal(response, host.host)
            body = _body(response, place, largest, end)
        finally:
            response.close()
    answered = response.headers
    return FetchedIndex(
        body, Validators(answered.get("ETag", ""), answered.get("Last-Modified", ""))
    )


def _body(response: Any, place: str, largest: int, end: float) -> bytes:
    body = bytearray()
    try:
        for chunk in response.iter_content(_CHUNK):
            body += chunk
            if len(body) > largest:
                raise RegistryError(f"the index is longer than {largest} bytes", where=place)
            if time.monotonic() > end:
                raise RegistryUnreachable("the index did not come in time", where=place)
    except requests.exceptions.RequestException as error:
        raise unreachable(error, place) from error
    return bytes(body)
