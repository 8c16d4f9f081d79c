"""Follows a registry's lists from page to page, by their Link headers (RFC 8288).

A list goes on while a Link says so: a page may be empty, and half a list would make somebody pick,
promote or roll back on tags that are not all. What cannot be followed is an error, never an end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from fluxtui.artifacts.connections import good
from fluxtui.domain.errors import RegistryError

if TYPE_CHECKING:
    from fluxtui.artifacts.transport import Cancel, FluxRegistry

MOST_PAGES = 10_000
_TOKEN = r"[^\s=;,<>\"]+"
_PARAMETER = rf"\s*+;\s*+(?:({_TOKEN})(?:\s*+=\s*+(?:\"((?:[^\"\\]|\\.)*+)\"|([^\s;,\"]*+)))?)?"
_LINK = rf"\s*+<([^>]*+)>((?:{_PARAMETER})*+)\s*+(?:,|$)"


def pages(
    registry: FluxRegistry, url: str, *, accept: str = "", cancel: Cancel | None = None
) -> Iterator[tuple[Any, str]]:
    """Each page's response and its address. Raises RegistryError and its kin."""
    visited: set[str] = set()
    while url:
        if url in visited or len(visited) >= MOST_PAGES or not registry.serves(url):
            raise RegistryError(
                "the list leads astray from page to page", where=url, next="tell its operators"
            )
        visited.add(url)
        response = good(registry, "GET", url, accept=accept, cancel=cancel)
        yield response, url
        target = next_page(response.headers.get("Link", ""), url)
        url = urljoin(url, target) if target else ""


def next_page(header: str, where: str = "") -> str:
    """The address of the next page as the header names it, "" when this is the last.

    Parameters stand in any order and case; a lone Link without `rel` leads on, as for Flux's
    library. Raises RegistryError for a header that is no Link.
    """
    at, bare = 0, ""
    header = header.rstrip()
    if not header:
        return ""
    a_link = re.compile(_LINK)  # not before: most lists have one page, and it is dear
    while at < len(header):
        link = a_link.match(header, at)
        if link is None:
            raise RegistryError(
                "the list goes on, but its Link header cannot be read",
                where=where,
                next="tell its operators",
            )
        at = link.end()
        rels = [
            quoted or plain
            for name, quoted, plain in re.findall(_PARAMETER, link[2])
            if name.lower() == "rel"
        ]
        if not rels:
            bare = bare or link[1]
        elif "next" in rels[0].lower().split():
            return str(link[1])
    return str(bare)
