"""Which Service a source belongs to: what is promoted together, the row of the board.

Identity, first that applies (docs/glossary.md#service): the label `fluxtui.dev/service`; an entry
of the config's `services:` (joins mirrors); else the repository path of `spec.url` without the
host, so that the same repository in two clusters, on two hosts or in two namespaces is one Service.
"""

from __future__ import annotations

from collections.abc import Sequence

from fluxtui.domain.config import ServiceConfig
from fluxtui.domain.kinds import sources
from fluxtui.domain.resource import Resource

LABEL = "fluxtui.dev/service"
SCHEME = "oci://"


def repository_path(url: str) -> str:
    """`oci://host:5000/org/app` -> `org/app`; a url without a host part is its own path."""
    address = url.removeprefix(SCHEME).rstrip("/")
    host, slash, path = address.partition("/")
    is_host = host == "localhost" or "." in host or ":" in host
    return path if slash and is_host else address


def service_of(resource: Resource, services: Sequence[ServiceConfig]) -> str:
    """The Service of a source with tags ("" when its url is malformed and nothing else says)."""
    label = resource.labels.get(LABEL, "")
    if label:
        return label
    url = sources.url(resource)
    path = repository_path(url) if url.startswith(SCHEME) else ""
    if not path:
        return ""
    joined = next((s for s in services if path in map(repository_path, s.urls)), None)
    return joined.name if joined else path


def service_name(applier: Resource) -> str:
    """The row of an applier that takes no bundle: the label, else `namespace/name`, the same in
    every Environment."""
    return applier.labels.get(LABEL, "") or f"{applier.key.namespace}/{applier.key.name}"


def configured(name: str, services: Sequence[ServiceConfig]) -> ServiceConfig | None:
    """The config entry of a Service, by name or by one of its repository paths."""
    if not name:
        return None
    return next(
        (s for s in services if s.name == name or name in map(repository_path, s.urls)), None
    )
