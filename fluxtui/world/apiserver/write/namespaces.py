"""Namespaces: the ones that are always there, and the end of those that are deleted.

Stands in for the namespace controller: a terminating namespace loses its content, then goes. Works
on a thread of its own and touches nothing outside terminating namespaces.
Needed by `kubectl delete ns` and by the Reconciler's tests of deleted tenants.
"""

from __future__ import annotations

import queue
import threading
import time

from fluxtui.world.apiserver.kinds import ApiKind
from fluxtui.world.apiserver.state import ApiOptions, DeleteOptions, State
from fluxtui.world.apiserver.status import Json, StatusError
from fluxtui.world.apiserver.store import Event
from fluxtui.world.apiserver.write import deletes, writes

INITIAL = ("default", "kube-system", "kube-public", "kube-node-lease")
_NAMESPACES = ("", "namespaces")


def create_initial(state: State, kind: ApiKind) -> None:
    for name in INITIAL:
        body: Json = {"metadata": {"name": name}}
        writes.create(state, kind, "", body, ApiOptions(manager="kube-apiserver"))


class NamespaceEnder:
    """Empties terminating namespaces; woken by every removal inside one.

    `delay` is how many seconds a namespace stays as it was after its deletion: clients that delete
    a namespace and its content in one go must still find the content.
    """

    def __init__(self, state: State, delay: float) -> None:
        self._state = state
        self._delay = delay
        self._due: dict[str, float] = {}
        self._closing = threading.Event()
        self._ending: set[str] = set()
        self._todo: queue.Queue[str | None] = queue.Queue()
        self._thread = threading.Thread(target=self._run, name="namespaces", daemon=True)
        state.store.listeners.append(self._heard)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._closing.set()
        self._todo.put(None)
        if self._thread.is_alive():
            self._thread.join(5)

    def _heard(self, resource: tuple[str, str], event: Event) -> None:
        if resource == _NAMESPACES:
            name = event.key[1]
            if event.change == "DELETED":
                self._ending.discard(name)
            elif event.stored.obj["metadata"].get("deletionTimestamp"):
                if name not in self._ending:
                    self._due[name] = time.monotonic() + self._delay
                self._ending.add(name)
                self._todo.put(name)
        elif event.change == "DELETED" and event.key[0] in self._ending:
            self._todo.put(event.key[0])

    def _run(self) -> None:
        while (name := self._todo.get()) is not None:
            self._closing.wait(max(0.0, self._due.pop(name, 0.0) - time.monotonic()))
            with self._state.store.lock:
                if name in self._ending:
                    self._empty(name)

    def _empty(self, name: str) -> None:
        store, full = self._state.store, False
        for kind in self._state.catalog.stored():
            for stored in list(store.each(kind.resource, name)) if kind.namespaced else ():
                key = (name, stored.obj["metadata"]["name"])
                if not stored.obj["metadata"].get("deletionTimestamp"):
                    self._delete(kind, key)
                full = full or store.get(kind.resource, key) is not None
        space = store.get(_NAMESPACES, ("", name))
        if space is None or full:
            return
        obj = space.obj | {"spec": {}}
        if not obj["metadata"].get("finalizers"):
            deletes.finish(self._state, _NAMESPACES, ("", name), obj)
        elif obj != space.obj:
            store.put(_NAMESPACES, ("", name), obj)

    def _delete(self, kind: ApiKind, key: tuple[str, str]) -> None:
        try:
            deletes.delete(self._state, kind, key, DeleteOptions())
        except StatusError as error:
            if error.code != 404:
                raise
