"""Custom kinds: a stored CustomResourceDefinition makes its kinds served, its removal ends them.

Listens to the store, so that however a CRD is written the catalog follows at once; sets the
Established and NamesAccepted conditions. Flux's two CRDs come from `data/`.
Needed by Flux's kinds, and by the operator and the database that the demo delivers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from fluxtui.world.apiserver.kinds import Column, Kind
from fluxtui.world.apiserver.shape import from_schema
from fluxtui.world.apiserver.state import DeleteOptions, State
from fluxtui.world.apiserver.status import Json, StatusError
from fluxtui.world.apiserver.store import Event, Key
from fluxtui.world.apiserver.write import deletes

_CRDS = ("apiextensions.k8s.io", "customresourcedefinitions")
_AGE = Column("Age", "date", ".metadata.creationTimestamp")


@cache
def flux_crds() -> tuple[Mapping[str, Any], ...]:
    """The CRDs of OCIRepository and Kustomization."""
    out: list[Mapping[str, Any]] = []
    for path in sorted((Path(__file__).parent / "data").glob("*.yaml")):
        with path.open(encoding="utf-8") as file:
            out += list(yaml.load_all(file, Loader=yaml.CSafeLoader))
    return tuple(out)


def kinds_of(crd: Mapping[str, Any]) -> Iterator[Kind]:
    """The kinds a CRD serves: one per served version."""
    spec = crd["spec"]
    names = spec["names"]
    versions = [v for v in spec.get("versions") or () if v.get("served")]
    storage = next((v["name"] for v in spec.get("versions") or () if v.get("storage")), "")
    for version in versions:
        found: Mapping[str, Any] = (version.get("schema") or {}).get("openAPIV3Schema") or {}
        subresources: Mapping[str, Any] = version.get("subresources") or {}
        columns = tuple(
            Column(
                c["name"],
                c.get("type", "string"),
                c.get("jsonPath", ""),
                int(c.get("priority") or 0),
                c.get("format", ""),
                c.get("description", ""),
            )
            for c in version.get("additionalPrinterColumns") or ()
        )
        yield Kind(
            spec["group"],
            version["name"],
            names["kind"],
            names["plural"],
            names.get("singular") or names["kind"].lower(),
            from_schema(found, root=True),
            tuple(names.get("shortNames") or ()),
            spec.get("scope") == "Namespaced",
            categories=tuple(names.get("categories") or ()),
            subresources=tuple(s for s in ("status", "scale") if s in subresources),
            list_kind=names.get("listKind") or "",
            columns=columns or (_AGE,),
            schema=found,
            scale=subresources.get("scale"),
            storage_version=storage,
            custom=True,
        )


class Definitions:
    """Keeps the catalog in step with the stored CRDs."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._busy: set[Key] = set()
        state.store.listeners.append(self._heard)

    def _heard(self, resource: tuple[str, str], event: Event) -> None:
        if resource != _CRDS:
            self._maybe_finish(resource, event)
            return
        spec = event.stored.obj.get("spec") or {}
        plural = (spec.get("names") or {}).get("plural", "")
        group = spec.get("group", "")
        if event.change == "DELETED":
            self._state.catalog.remove(group, plural)
            return
        if event.key in self._busy:
            return
        before = event.before.obj if event.before is not None else {}
        if before.get("spec") != spec:
            self._state.catalog.remove(group, plural)
            self._state.catalog.add(kinds_of(event.stored.obj))
        self._busy.add(event.key)
        try:
            if event.stored.obj["metadata"].get("deletionTimestamp"):
                self._end(event.key, event.stored.obj)
            else:
                self._establish(event.key, event.stored.obj)
        finally:
            self._busy.discard(event.key)

    def _establish(self, key: Key, obj: Json) -> None:
        status = obj.get("status") or {}
        there = {c["type"] for c in status.get("conditions") or () if c.get("status") == "True"}
        accepted = (obj["spec"].get("names") or {}) == status.get("acceptedNames")
        if {"Established", "NamesAccepted"} <= there and accepted:
            return
        now = self._state.now()
        texts = (
            ("NamesAccepted", "NoConflicts", "no conflicts found"),
            ("Established", "InitialNamesAccepted", "the initial names have been accepted"),
        )
        conditions = [
            {
                "type": kind,
                "status": "True",
                "lastTransitionTime": now,
                "reason": reason,
                "message": message,
            }
            for kind, reason, message in texts
        ]
        stored = [v["name"] for v in obj["spec"]["versions"] if v.get("storage")]
        status = {
            "conditions": conditions,
            "acceptedNames": obj["spec"]["names"],
            "storedVersions": stored,
        }
        self._state.store.put(_CRDS, key, obj | {"status": status})

    def _end(self, key: Key, obj: Json) -> None:
        """Delete every object of the kind, then let the definition go."""
        resource = (obj["spec"]["group"], obj["spec"]["names"]["plural"])
        kind = next((k for k in self._state.catalog.stored() if k.resource == resource), None)
        if kind is not None:
            for stored in list(self._state.store.each(resource)):
                metadata = stored.obj["metadata"]
                place = (metadata.get("namespace", ""), metadata["name"])
                try:
                    deletes.delete(self._state, kind, place, DeleteOptions(policy="Background"))
                except StatusError as error:
                    if error.code not in (403, 404):  # denied by a hook: the definition waits
                        raise
        self._release(key)

    def _release(self, key: Key) -> None:
        stored = self._state.store.get(_CRDS, key)
        if stored is None:
            return
        spec = stored.obj["spec"]
        if self._state.store.bucket((spec["group"], spec["names"]["plural"])).objects:
            return
        metadata = dict(stored.obj["metadata"])
        kept = [f for f in metadata.get("finalizers") or () if f != deletes.CRD_FINALIZER]
        metadata.pop("finalizers", None)
        if kept:
            obj = stored.obj | {"metadata": metadata | {"finalizers": kept}}
            if obj != stored.obj:
                self._state.store.put(_CRDS, key, obj)
        else:
            obj = stored.obj | {"metadata": metadata}
            deletes.finish(self._state, _CRDS, key, obj)

    def _maybe_finish(self, resource: tuple[str, str], event: Event) -> None:
        """The last object of an ending definition is gone."""
        if event.change != "DELETED":
            return
        key = ("", f"{resource[1]}.{resource[0]}")
        stored = self._state.store.get(_CRDS, key)
        if stored is None or key in self._busy:
            return
        if stored.obj["metadata"].get("deletionTimestamp"):
            self._release(key)
