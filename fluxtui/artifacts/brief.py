"""The short way to a registry: tags, manifests and tokens over an HttpLine of the standard library.

oras and requests cost a verb that lists tags more than the tags do. An answer has the few names of
a requests.Response that our rules read, so that they are written once, for both ways. It follows
no redirect and streams nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from fluxtui.artifacts.certificates import Certificates, context
from fluxtui.kit.lines import HttpLine
from fluxtui.kit.records import NamedTuple

_LEFT_ALONE = "!#$%&'()*+,/:;=?@[]~"
"""What stands in an address for itself, as for requests."""
_LEADING_ON = frozenset({301, 302, 303, 307, 308})
_SENT = {"User-Agent": "fluxtui", "Accept-Encoding": "identity", "Accept": "*/*"}


class Headers(dict[str, str]):
    """Of an answer; names in any case."""

    def get(self, name: str, default: Any = None) -> Any:
        return super().get(name.lower(), default)


class WholeAnswer(NamedTuple):
    """A whole answer, under the names that a requests.Response has for it."""

    status_code: int
    headers: Headers
    content: bytes
    url: str

    @property
    def leads_on(self) -> bool:
        """Whether it names another place to ask."""
        return self.status_code in _LEADING_ON and bool(self.headers.get("Location"))

    def json(self) -> Any:
        """Raises ValueError when it is none."""
        return json.loads(self.content)

    def close(self) -> None:
        """All of it is here already."""


class Brief:
    """Lines to a registry's host and to its token endpoint; for one thread at a time."""

    def __init__(self, host: str, certificates: Certificates) -> None:
        self._host = host
        self._certificates = certificates
        self._lines: dict[tuple[str, str], HttpLine] = {}

    def ask(
        self,
        method: str,
        url: str,
        *,
        params: Any,
        headers: Mapping[str, str],
        limits: tuple[float, float],
        size: int,
    ) -> WholeAnswer:
        """Raises OSError, NoAnswer, TooLong (more than `size` bytes)."""
        parts = urlsplit(url)
        words = "&".join(part for part in (parts.query, urlencode(params or ())) if part)
        target = quote(f"{parts.path or '/'}{'?' if words else ''}{words}", safe=_LEFT_ALONE)
        reply = self._line(parts.scheme, parts.netloc).ask(
            method,
            target,
            {**_SENT, **headers}.items(),
            connect=limits[0],
            read=limits[1],
            limit=size,
        )
        whole = f"{parts.scheme}://{parts.netloc}{target}"
        return WholeAnswer(reply.status, Headers(reply.headers), reply.body, whole)

    def close(self) -> None:
        """Hang up."""
        for line in self._lines.values():
            line.close()

    def _line(self, scheme: str, netloc: str) -> HttpLine:
        line = self._lines.get((scheme, netloc))
        if line is None:
            parts = urlsplit(f"{scheme}://{netloc}")
            tls = None
            if scheme == "https":
                own = netloc == self._host
                tls = context(self._certificates if own else self._certificates.of_others)
            port = parts.port or (443 if scheme == "https" else 80)
            line = HttpLine(parts.hostname or "", port, tls)
            self._lines[scheme, netloc] = line
        return line
