"""Publishes what a registry holds of the scenario's services before the story begins.

Every step is one a workflow takes: lay the folder out, set the image in the bundle (never in the
working tree), push under the version. It talks to whatever registry the client leads to, and knows
neither the World's processes nor a cluster.
"""

from __future__ import annotations

import tempfile
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fluxtui.artifacts import Pushed, Reference, RegistryClient, pack
from fluxtui.kit.moments import rfc3339
from fluxtui.world.scenarios.releases import (
    FILES,
    Release,
    Service,
    lay_out,
    load_service,
    service_names,
)

HOST = "registry.example.com"
"""The registry all manifests name; the World's own stands behind it by a mirror map."""
_AT_ONCE = 4


def reference_of(service: Service, tag: str = "") -> Reference:
    """Where the service's bundles are, as its OCIRepository names it."""
    reference = Reference.parse(f"oci://{HOST}/{service.repository}")
    return reference.with_tag(tag) if tag else reference


def publish(client: RegistryClient, service: Service, release: Release, now: datetime) -> Pushed:
    """Publish one release, with the content of its time. Raises BuildError, RegistryError."""
    images = {name: f"{name}:{release.version}" for name in service.images}
    with tempfile.TemporaryDirectory(prefix="fluxtui-publish-") as folder:
        bundle = Path(folder) / "bundle"
        lay_out(service, release.version, bundle)
        packed = pack(bundle, images=images)
    created = now - timedelta(hours=release.hours_ago)
    return client.push(
        reference_of(service, release.version),
        packed,
        source=service.source,
        revision=release.revision,
        created=rfc3339(created.timestamp(), 0),
    )


def seed(
    client: RegistryClient, *, now: datetime | None = None, files: Path = FILES
) -> tuple[Pushed, ...]:
    """Fill an empty registry with everything that was published before the story begins."""
    start = now or datetime.now(UTC)

    def one(service: Service) -> list[Pushed]:
        # In order: a registry may list tags as they came.
        return [publish(client, service, release, start) for release in service.releases]

    services = [load_service(name, files) for name in service_names(files)]
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="seed") as pool:
        return tuple(entry for entries in pool.map(one, services) for entry in entries)
