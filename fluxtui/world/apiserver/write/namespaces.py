"""Namespaces: the ones that are always there, and the end of those that are deleted.

Stands in for the namespace controller: a terminating namespace loses its content, then goes. Works
on a thread of its own and touches nothing outside terminating namespaces.
Needed by `kubectl delete ns` and by the Reconciler's tests of deleted tenants.
"""

from __future__ import annotations

import queue
import threading
import time

from fluxtui.world.apiserver.kinds import Kind
from fluxtui.world.apiserver.state import DeleteOptions, Options, State
from fluxtui.world.apiserver.status import Json, StatusError
from fluxtui.world.apiserver.store import Event
from fluxtui.world.apiserver.write import deletes, writes

INITIAL = ("default", "kube-system", "kube-public", "kube-node-lease")
_NAMESPACES = ("", "namespaces")


def create_initial(state: State, kind: Kind) -> None:
    for name in INITIAL:
        body: Json = {"metadata": {"name": name}}
        writes.create(state, kind, "", body, Options(manager="kube-apiserver"))


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
        left: dict[str, int] = {}
        blockers: dict[str, int] = {}
        store = self._state.store
        for kind in self._state.catalog.stored():
            if not kind.namespaced:
                continue
            for stored in list(store.each(kind.resource, name)):
                metadata = stored.obj["metadata"]
                key = (name, metadata["name"])
                if not metadata.get("deletionTimestamp"):
                    self._delete(kind, key)
                rest = store.get(kind.resource, key)
                if rest is not None:
                    title = f"{kind.plural}.{kind.group}" if kind.group else f"{kind.plural}."
                    left[title] = left.get(title, 0) + 1
                    for finalizer in rest.obj["metadata"].get("finalizers") or ():
                        blockers[finalizer] = blockers.get(finalizer, 0) + 1
        self._conclude(name, left, blockers)

    def _delete(self, kind: Kind, key: tuple[str, str]) -> None:
        try:
            deletes.delete(self._state, kind, key, DeleteOptions(policy="Background"))
        except StatusError as error:
            if error.code != 404:
                raise

    def _conclude(self, name: str, left: dict[str, int], blockers: dict[str, int]) -> None:
        stored = self._state.store.get(_NAMESPACES, ("", name))
        if stored is None:
            return
        if left:
            obj = stored.obj | {"status": self._status(stored.obj, left, blockers)}
            if obj != stored.obj:
                self._state.store.put(_NAMESPACES, ("", name), obj)
            return
        obj = stored.obj | {"spec": {}}
        if stored.obj["metadata"].get("finalizers"):
            if obj != stored.obj:
                self._state.store.put(_NAMESPACES, ("", name), obj)
        else:
            deletes.finish(self._state, _NAMESPACES, ("", name), obj)

    def _status(self, obj: Json, left: dict[str, int], blockers: dict[str, int]) -> Json:
        """Phase Terminating with the conditions that say how far it is and what is in the way."""
        now = self._state.now()
        old = {c["type"]: c for c in (obj.get("status") or {}).get("conditions") or ()}
        counts = ", ".join(f"{k} has {v} resource instances" for k, v in sorted(left.items()))
        held = ", ".join(f"{k} in {v} resource instances" for k, v in sorted(blockers.items()))
        texts = (
            (
                "NamespaceContentRemaining",
                "SomeResourcesRemain",
                f"Some resources are remaining: {counts}",
            ),
            (
                "NamespaceFinalizersRemaining",
                "SomeFinalizersRemain",
                f"Some content in the namespace has finalizers remaining: {held}",
            ),
        )
        conditions = []
        for kind, reason, message in texts[: 2 if blockers else 1]:
            since = old.get(kind, {}).get("lastTransitionTime") or now
            moved = {"lastTransitionTime": since, "reason": reason, "message": message}
            conditions.append({"type": kind, "status": "True", **moved})
        return {"phase": "Terminating", "conditions": conditions}
