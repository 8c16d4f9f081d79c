"""Publishes the scenario's services and its infra repository, step by step as their pipelines do.

Every step is one a workflow takes: lay the folder out, set the image in the bundle (never in the
working tree), push under the version. It talks to whatever registry the client leads to, and knows
neither the World's processes nor a cluster.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fluxtui.artifacts import Packed, Pushed, Reference, RegistryClient, pack
from fluxtui.domain.errors import ArtifactMissing
from fluxtui.kit.moments import rfc3339
from fluxtui.world.scenarios.releases import (
    FILES,
    Service,
    lay_out,
    load_service,
    next_staging_version,
    service_names,
)

HOST = "registry.example.com"
"""The registry all manifests name; the World's own stands behind it by a mirror map."""
INFRA = "platform/infra"
CRASH_MARK = "crashloop"
"""In an image tag: the workload simulator lets containers of this image crash for ever."""

_INFRA_SOURCE = "https://git.example.com/platform/infra"
_AT_ONCE = 4

Step = Callable[[str], None]


def reference_of(service: Service, tag: str = "") -> Reference:
    """Where the service's bundles are, as its OCIRepository names it."""
    reference = Reference.parse(f"oci://{HOST}/{service.repository}")
    return reference.with_tag(tag) if tag else reference


def next_version(client: RegistryClient, service: str | Service, *, files: Path = FILES) -> str:
    """The tag of the service's next staging build, counted on from what the registry holds."""
    entry = load_service(service, files) if isinstance(service, str) else service
    try:
        tags = client.list_tags(reference_of(entry))
    except ArtifactMissing:
        tags = []
    return next_staging_version(tags, entry)


def publish(
    client: RegistryClient,
    service: str | Service,
    version: str,
    *,
    bad: bool = False,
    created: datetime | None = None,
    revision: str = "",
    files: Path = FILES,
    step: Step | None = None,
) -> Pushed:
    """Publish one version of a service; `bad` gives it an image that crashes.

    A version that `versions.yaml` names gets the content of that time, any other the working tree.
    `created` is now and `revision` made from the content when not given; `step` is told what is
    done. Raises UsageError, BuildError, RegistryError.
    """
    tell = step or _silent
    entry = load_service(service, files) if isinstance(service, str) else service
    images = {name: f"{name}:{_image_tag(version, bad)}" for name in entry.images}
    with tempfile.TemporaryDirectory(prefix="fluxtui-publish-") as folder:
        bundle = Path(folder) / "bundle"
        tell(f"copy {entry.config} as of {version}")
        lay_out(entry, version, bundle)
        for name in images.values():
            tell(f"set image {name} in the copy")
        packed = pack(bundle, images=images)
    target = reference_of(entry, version)
    tell(f"push {target}")
    return client.push(
        target,
        packed,
        source=entry.source,
        revision=revision or _revision(packed),
        created=rfc3339((created or datetime.now(UTC)).timestamp(), 0),
    )


def publish_infra(
    client: RegistryClient,
    *,
    tags: Sequence[str] = ("staging", "production"),
    folder: Path | None = None,
    created: datetime | None = None,
    step: Step | None = None,
) -> Pushed:
    """Publish the infra repository under its commit; the environments' tags then point to it."""
    tell = step or _silent
    packed = pack(folder or FILES / "infra")
    revision = _revision(packed)
    commit = revision.rpartition(":")[2][:7]
    target = Reference.parse(f"oci://{HOST}/{INFRA}:sha-{commit}")
    tell(f"push {target}")
    pushed = client.push(
        target,
        packed,
        source=_INFRA_SOURCE,
        revision=revision,
        created=rfc3339((created or datetime.now(UTC)).timestamp(), 0),
    )
    for tag in tags:
        tell(f"tag {target} as {tag}")
        client.tag(target, tag)
    return pushed


def seed(
    client: RegistryClient, *, now: datetime | None = None, files: Path = FILES
) -> tuple[Pushed, ...]:
    """Fill an empty registry with everything that was published before the story begins."""
    start = now or datetime.now(UTC)

    def one(service: Service) -> list[Pushed]:
        # In order: a registry may list tags as they came.
        return [
            publish(
                client,
                service,
                release.version,
                created=start - timedelta(hours=release.hours_ago),
                revision=release.revision,
            )
            for release in service.releases
        ]

    services = [load_service(name, files) for name in service_names(files)]
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="seed") as pool:
        pushed = [entry for entries in pool.map(one, services) for entry in entries]
    infra = publish_infra(client, folder=files / "infra", created=start - timedelta(hours=30))
    return (*pushed, infra)


def _silent(_: str) -> None:
    """Nobody listens."""


def _image_tag(version: str, bad: bool) -> str:
    return f"{version}-{CRASH_MARK}" if bad else version


def _revision(packed: Packed) -> str:
    """`main@sha1:…`, from the content: the scenario has no commits of its own."""
    return f"main@sha1:{hashlib.sha1(packed.tar_digest.encode()).hexdigest()}"
