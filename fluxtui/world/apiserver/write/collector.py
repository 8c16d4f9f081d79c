"""The garbage collector: owners that go take their dependents along.

It listens to the store and works on a thread of its own, like the controller it stands for. It
judges by uid only, and never touches an object whose owner is alive. Deleting in the foreground is
deleting in the background here: nothing of the demo waits for the one or the other.
Needed by every rollout and prune: Pods go with their ReplicaSet, it with its Deployment.
"""

from __future__ import annotations

import queue
import threading

from fluxtui.world.apiserver.kinds import ApiKind
from fluxtui.world.apiserver.state import DeleteOptions, State
from fluxtui.world.apiserver.status import Json, StatusError
from fluxtui.world.apiserver.store import Event, Key
from fluxtui.world.apiserver.write import deletes

Resource = tuple[str, str]


class Collector:
    """Owner uid -> dependents, and a queue of things to look at."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._dependents: dict[str, set[tuple[Resource, Key]]] = {}
        self._todo: queue.Queue[tuple[str, Resource, Key, Json] | None] = queue.Queue()
        self._thread = threading.Thread(target=self._run, name="collector", daemon=True)
        state.store.listeners.append(self._heard)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._todo.put(None)
        if self._thread.is_alive():
            self._thread.join(5)

    def _heard(self, resource: Resource, event: Event) -> None:
        """Called with the store's lock held: keep the index, queue the work."""
        metadata = event.stored.obj["metadata"]
        owners = {r["uid"] for r in metadata.get("ownerReferences") or () if r.get("uid")}
        place = (resource, event.key)
        before = event.before.obj["metadata"] if event.before is not None else {}
        for reference in before.get("ownerReferences") or ():
            if reference.get("uid") not in owners or event.change == "DELETED":
                self._dependents.get(reference["uid"], set()).discard(place)
        if event.change == "DELETED":
            if self._dependents.get(metadata["uid"]):
                self._todo.put(("gone", resource, event.key, event.stored.obj))
            return
        for uid in owners:
            self._dependents.setdefault(uid, set()).add(place)
        if owners and event.change == "ADDED":
            self._todo.put(("orphaned", resource, event.key, event.stored.obj))

    def _run(self) -> None:
        while (item := self._todo.get()) is not None:
            what, resource, key, data = item
            with self._state.store.lock:
                if what == "gone":
                    self._gone(data)
                else:
                    self._orphaned(resource, key)

    def _kind(self, resource: Resource) -> ApiKind | None:
        for kind in self._state.catalog.stored():
            if kind.resource == resource:
                return kind
        return None

    def _gone(self, owner: Json) -> None:
        for resource, key in list(self._dependents.pop(owner["metadata"]["uid"], ())):
            self._orphaned(resource, key)

    def _orphaned(self, resource: Resource, key: Key) -> None:
        """Delete an object none of whose owners is left; drop references to those gone."""
        store = self._state.store
        stored = store.get(resource, key)
        if stored is None:
            return
        references = stored.obj["metadata"].get("ownerReferences") or []
        alive = [r for r in references if r.get("uid") in store.by_uid]
        if len(alive) == len(references):
            return
        if alive:
            metadata = stored.obj["metadata"] | {"ownerReferences": alive}
            store.put(resource, key, stored.obj | {"metadata": metadata})
        else:
            self._delete(resource, key)

    def _delete(self, resource: Resource, key: Key) -> None:
        kind = self._kind(resource)
        if kind is None:
            return
        try:
            deletes.delete(self._state, kind, key, DeleteOptions())
        except StatusError as error:
            if error.code != 404:
                raise
