"""Asks registries and Pods which digest an image has: by HEAD, with the user's own credentials,
and without a pull; of what moved also what it is an index of.

Only hosts that bundles come from are asked, unless `registries.askImages` says all: a review tells
nobody else which images somebody runs. Nothing is judged here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from fluxtui.cluster.port import ApiResource, Cluster, Json
from fluxtui.domain import roles
from fluxtui.domain.errors import FluxtuiError, RegistryUnreachable
from fluxtui.domain.kinds import sources
from fluxtui.domain.review.rules.image_name import registry
from fluxtui.domain.review.wanted import Heard, ImageAsked
from fluxtui.domain.snapshot import Snapshot
from fluxtui.engine.registries import RegistryDoor

_PODS = ApiResource("", "v1", "Pod", "pods")
_NAMED = re.compile(r"@(sha256:[0-9a-f]{64})$")
NOT_ASKED = "no bundle comes from {host}, and registries.askImages is off"


class ImageRound:
    """The images of one review. A registry that cannot be reached is asked once."""

    def __init__(
        self, registries: RegistryDoor, cluster: Callable[[str], Cluster], snapshot: Snapshot
    ) -> None:
        self._registries = registries
        self._cluster = cluster
        self._all = snapshot.config.registries.ask_images
        self._hosts = {_host(sources.url(one)) for one in roles.tagged(snapshot)}
        self._away: dict[str, str] = {}

    async def heard(self, environment: str, asked: ImageAsked) -> Heard:
        """Whether it is there, as which digest, and what runs of it."""
        host = _host(asked.image)
        if not self._all and host not in self._hosts:
            return Heard(None, NOT_ASKED.format(host=host))
        try:
            digests = await self._names(host, asked)
            running = await self._running(environment, asked) if asked.labels and digests else ()
        except FluxtuiError as error:
            return Heard(None, str(error))
        return Heard(bool(digests), "", digests, running)

    async def _names(self, host: str, asked: ImageAsked) -> tuple[str, ...]:
        if host in self._away:
            raise RegistryUnreachable(self._away[host])
        try:
            return await self._registries.image(asked.image, parts=bool(asked.labels))
        except RegistryUnreachable as error:
            self._away[host] = str(error)
            raise

    async def _running(self, environment: str, asked: ImageAsked) -> tuple[str, ...]:
        selector = ",".join(f"{name}={value}" for name, value in asked.labels)
        listing = await self._cluster(environment).list(
            _PODS, asked.namespace, label_selector=selector, kept=_statuses
        )
        found = (d for pod in listing.items for d in _digests(pod, asked))
        return tuple(dict.fromkeys(found))


def _statuses(pod: Json) -> Json:
    return {"status": pod.get("status") or {}}


def _digests(pod: Mapping[str, Any], asked: ImageAsked) -> Iterator[str]:
    """What runs under that very name: an id without a repository is of the unpacked image, which no
    registry knows."""
    status = pod.get("status") or {}
    for name in ("initContainerStatuses", "containerStatuses"):
        for one in status.get(name) or ():
            match = _NAMED.search(str(one.get("imageID") or ""))
            if one.get("name") == asked.container and match is not None:
                yield match[1]


def _host(name: str) -> str:
    """The registry of an image or of a source's url."""
    return registry(name.removeprefix("oci://"))
