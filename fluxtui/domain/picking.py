"""Which list of versions a source picks from, and by which policy.

A source with tags says both itself. A chart's object names another source that holds the chart:
there is a list of its versions when that is an index or a registry (docs/flux.md#charts). Pure;
nothing is listed or chosen here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from urllib.parse import urlsplit

from fluxtui.domain import kinds
from fluxtui.domain.kinds import sources
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.selection import Charts, Policy
from fluxtui.domain.snapshot import Snapshot, TagList
from fluxtui.kit.records import NamedTuple


class Picking(NamedTuple):
    """`address`: what the list is known by, `oci://host/path`, or `https://host/path#chart` of one
    in an index."""

    address: str
    policy: Policy


def picking(snapshot: Snapshot, resource: Resource) -> Picking | None:
    """What a source picks from; None when there is no list, or what it stands on is not there."""
    source = sources.role(resource.key)
    if source is None:
        return _of_image(snapshot, resource)
    if source.policy is not None:
        url = source.url(resource)
        return Picking(url, source.policy(resource)) if url else None
    wish = source.wish(resource) if source.wish is not None else None
    holder = snapshot.get(wish.holder) if wish is not None else None
    held = sources.role(holder.key) if holder is not None else None
    if wish is None or holder is None or held is None or held.charts is None:
        return None
    address = _address(held.url(holder), wish.chart, held.charts(holder))
    return Picking(address, Policy.of_chart(wish.version, held.charts(holder))) if address else None


def _of_image(snapshot: Snapshot, resource: Resource) -> Picking | None:
    kind, holder = kinds.of(resource.key), scanned_by(snapshot, resource)
    scan = kinds.of(holder.key) if holder is not None else None
    if kind is None or kind.picker is None or holder is None or scan is None or scan.scan is None:
        return None
    rule, semver = kind.picker.rule(resource)
    address = scan.scan.address(holder)
    image = replace(rule, exclusions=scan.scan.exclusions(holder))
    return Picking(address, Policy(semver=semver, image=image)) if address else None


def scanned_by(snapshot: Snapshot, resource: Resource) -> Resource | None:
    """What has the tags read that an object picks from."""
    kind = kinds.of(resource.key)
    holder = kind.picker.holder(resource) if kind is not None and kind.picker else None
    found = snapshot.get(holder) if holder is not None else None
    of = kinds.of(found.key) if found is not None else None
    return found if of is not None and of.scan is not None else None


def address_of(snapshot: Snapshot, key: Key | None) -> str:
    """The address of what the source picks from; "" when there is none."""
    resource = snapshot.get(key) if key is not None else None
    picked = picking(snapshot, resource) if resource is not None else None
    return picked.address if picked is not None else ""


def list_of(snapshot: Snapshot, key: Key | None) -> TagList | None:
    """The versions that the source picks from, as last listed."""
    return snapshot.tags.get(address_of(snapshot, key))


def pickers(snapshot: Snapshot) -> Iterator[tuple[Resource, Picking]]:
    """The sources of all Environments that pick from a list, and which."""
    for kind in kinds.PICKING:
        for resource in snapshot.of_kind(kind):
            picked = picking(snapshot, resource)
            if picked is not None:
                yield resource, picked


def lookers(snapshot: Snapshot) -> Iterator[tuple[Resource, Picking]]:
    """What picks from a list that is asked for only when somebody looks."""
    for kind in kinds.TAG_PICKERS:
        for resource in snapshot.of_kind(kind):
            picked = picking(snapshot, resource)
            if picked is not None:
                yield resource, picked


def remotes_of(snapshot: Snapshot) -> Iterator[Resource]:
    """The sources of all Environments that follow something in a Git remote."""
    for kind in kinds.SOURCES:
        if kind.source is not None and kind.source.reference is not None:
            yield from snapshot.of_kind(kind)


def picks(key: Key) -> bool:
    """Whether it may pick from a list."""
    kind = kinds.of(key)
    return kind in kinds.PICKING or kind in kinds.TAG_PICKERS


def is_asked_for(key: Key) -> bool:
    """Whether its list is asked for only when somebody looks."""
    return kinds.of(key) in kinds.TAG_PICKERS


def concerns(key: Key) -> bool:
    """Whether it picks, or holds what others pick from."""
    source, kind = sources.role(key), kinds.of(key)
    holds = (source is not None and source.charts is not None) or (
        kind is not None and kind.scan is not None
    )
    return holds or picks(key)


def index_of(address: str) -> tuple[str, str] | None:
    """The index and the chart in it, of such an address."""
    url, mark, chart = address.partition("#")
    return (url, chart) if mark and not url.startswith("oci:") else None


@lru_cache(maxsize=4096)
def _address(url: str, chart: str, charts: Charts) -> str:
    url, chart = url.rstrip("/"), chart.strip("/")
    if not chart or "#" in chart:
        return ""
    if charts is Charts.REGISTRY:
        return f"{url}/{chart}" if url.startswith("oci://") else ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"}:
        return ""
    # It is shown: without a password that somebody wrote into it.
    netloc = parts.netloc.rpartition("@")[2]
    return f"{parts._replace(netloc=netloc, fragment='').geturl()}#{chart}"
