"""Fetching one packed chart of an index: from where the index says, bounded, its digest checked.

Over the registries' connections, as the index itself (docs/safety.md#credentials). What is in the
archive is looked at elsewhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from urllib.parse import urljoin, urlsplit

from fluxtui.artifacts.chartentries import ChartVersion
from fluxtui.artifacts.connections import Connections
from fluxtui.artifacts.download import fetch
from fluxtui.domain.errors import ArtifactError, ArtifactMissing, UsageError

LARGEST = 64 << 20


def entry_of(versions: Sequence[ChartVersion], version: str) -> ChartVersion | None:
    """The first entry spelt so; else without the `v`, or the build number that Flux adds to it."""
    for spelling in (version, version.partition("+")[0]):
        plain = spelling.removeprefix("v")
        found = [v for v in versions if v.version.removeprefix("v") == plain]
        exact = next((v for v in found if v.version == spelling), None)
        if found:
            return exact or found[0]
    return None


def archive(
    connections: Connections, index: str, entry: ChartVersion, *, largest: int = LARGEST
) -> bytes:
    """The archive of an entry of the index at `index`. Raises RegistryError and kin, UsageError;
    ArtifactError when it is not what the index says, or longer than `largest`.
    """
    if not entry.urls:
        raise ArtifactMissing(f"the index says no address of version {entry.version}", where=index)
    place = address(index, entry.urls[0])
    parts = urlsplit(place)
    with connections.to(parts.netloc, parts.scheme) as host:
        data = fetch(host, place, place, -1, largest, None, None)
    digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
    if entry.digest and digest != entry.digest:
        raise ArtifactError(
            f"it is not what the index says: {digest} and not {entry.digest}",
            where=place,
            next="do not use it",
        )
    return data


def address(index: str, url: str) -> str:
    """Where an archive is; a relative address counts from the index's folder. Raises UsageError."""
    base = urlsplit(index)
    folder = base._replace(path=f"{base.path.rstrip('/')}/", query="", fragment="").geturl()
    parts = urlsplit(urljoin(folder, url))
    if parts.scheme not in {"http", "https"} or not parts.netloc or "@" in parts.netloc:
        raise UsageError("not the address of a chart", where=parts.hostname or index)
    if not parts.query and base.query and parts.netloc == base.netloc:
        parts = parts._replace(query=base.query)
    return parts._replace(fragment="").geturl()
