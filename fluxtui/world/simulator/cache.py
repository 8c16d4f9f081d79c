"""What the simulator knows of one kind: the objects as last seen, newest version only.

Writes put their answer in at once, so that no controller acts twice on what it has just done; a
watch event older than that is ignored. Nothing here talks to an API: a Reflector brings the news.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from fluxtui.cluster.port import ApiResource, Json
from fluxtui.domain.knowledge import FeedState

_LOG = logging.getLogger(__name__)
_REMEMBERED = 10_000
"""So many deleted uids are kept: late news about one come within moments."""

Key = tuple[str, str]
"""(namespace, name); namespace is empty for cluster-wide kinds."""


def key_of(obj: Json) -> Key:
    """The object's place in its kind."""
    meta = obj["metadata"]
    return str(meta.get("namespace") or ""), str(meta["name"])


def uid_of(obj: Json) -> str:
    """The object's uid, empty when the API gave none."""
    return str(obj["metadata"].get("uid") or "")


def owner_of(obj: Json) -> Json | None:
    """The ownerReference that is the controller, if any."""
    for reference in obj["metadata"].get("ownerReferences") or ():
        if reference.get("controller"):
            return dict(reference)
    return None


class Cache:
    """The objects of one kind. `changed` is called for every change, wherever it comes from;
    `synced` is set once everything that exists is known."""

    def __init__(self, type_: ApiResource) -> None:
        self.type = type_
        self._objects: dict[Key, Json] = {}
        self._owned: defaultdict[str, set[Key]] = defaultdict(set)
        self._gone: dict[str, None] = {}
        self.changed: Callable[[Json], None] = _nobody
        self.synced = asyncio.Event()

    def get(self, key: Key) -> Json | None:
        """The object, or None."""
        return self._objects.get(key)

    def __iter__(self) -> Iterator[Json]:
        return iter(tuple(self._objects.values()))

    def __len__(self) -> int:
        return len(self._objects)

    def owned_by(self, owner: Json) -> list[Json]:
        """The objects whose controller is `owner`, oldest first."""
        keys = self._owned.get(uid_of(owner), ())
        items = (self._objects[key] for key in keys)
        return sorted(
            items, key=lambda o: (o["metadata"].get("creationTimestamp") or "", key_of(o))
        )

    def put(self, obj: Json) -> None:
        """Take a version in, unless it is older than the one known or the object is gone."""
        key, uid = key_of(obj), uid_of(obj)
        older = self._objects.get(key)
        if uid in self._gone:
            return
        if older is not None:
            if uid_of(older) == uid and _version(older) >= _version(obj):
                return
            self._forget(key, older)
        self._objects[key] = obj
        owner = owner_of(obj)
        if owner is not None:
            self._owned[str(owner.get("uid"))].add(key)
        self.changed(obj)

    def drop(self, obj: Json) -> None:
        """The object is deleted. Later news about the same uid are ignored."""
        uid = uid_of(obj)
        self._gone[uid] = None
        if len(self._gone) > _REMEMBERED:
            del self._gone[next(iter(self._gone))]
        key = key_of(obj)
        entry = self._objects.get(key)
        if entry is None or uid_of(entry) != uid:
            return
        self._forget(key, entry)
        self.changed(entry)

    async def replace(self, objects: list[Json]) -> None:
        """Make the cache equal to a list."""
        uids = {uid_of(obj) for obj in objects}
        for entry in self:
            if uid_of(entry) not in uids:
                self.drop(entry)
        for obj in objects:
            self.put(obj)
        self.synced.set()

    def state(
        self, state: FeedState, message: str = "", *, next: str = "", trouble: str = ""
    ) -> None:
        """How the following goes: what breaks off is resumed, and told to nobody."""
        if message:
            _LOG.debug("%s: %s", self.type.plural, message)

    def _forget(self, key: Key, entry: Json) -> None:
        del self._objects[key]
        owner = owner_of(entry)
        if owner is not None:
            self._owned[str(owner.get("uid"))].discard(key)


def _version(obj: Json) -> int:
    text: Any = obj["metadata"].get("resourceVersion")
    return int(text) if text and str(text).isdigit() else 0


def _nobody(_: Json) -> None:
    """Nobody listens yet."""
