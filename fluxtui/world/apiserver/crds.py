"""Custom kinds: a stored CustomResourceDefinition makes its kinds served, its removal ends them.

Listens to the store, so that however a CRD is written the catalog follows at once; sets the
Established and NamesAccepted conditions. A definition that goes takes its objects along
at once. Flux's two CRDs come from `data/`.
Needed by Flux's kinds, and by the operator and the database that the demo delivers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from fluxtui.world.apiserver.kinds import ApiKind, PrinterColumn
from fluxtui.world.apiserver.shape import from_schema
from fluxtui.world.apiserver.state import State
from fluxtui.world.apiserver.status import Json
from fluxtui.world.apiserver.store import Event, Key

_CRDS = ("apiextensions.k8s.io", "customresourcedefinitions")
_AGE = PrinterColumn("Age", "date", ".metadata.creationTimestamp")


@cache
def flux_crds() -> tuple[Mapping[str, Any], ...]:
    """The CRDs of OCIRepository and Kustomization."""
    out: list[Mapping[str, Any]] = []
    for path in sorted((Path(__file__).parent / "data").glob("*.yaml")):
        with path.open(encoding="utf-8") as file:
            out += list(yaml.load_all(file, Loader=yaml.CSafeLoader))
    return tuple(out)


def kinds_of(crd: Mapping[str, Any]) -> Iterator[ApiKind]:
    """The kinds a CRD serves: one per served version."""
    spec = crd["spec"]
    names = spec["names"]
    versions = [v for v in spec.get("versions") or () if v.get("served")]
    storage = next((v["name"] for v in spec.get("versions") or () if v.get("storage")), "")
    for version in versions:
        schema: Mapping[str, Any] = (version.get("schema") or {}).get("openAPIV3Schema") or {}
        subresources: Mapping[str, Any] = version.get("subresources") or {}
        columns = tuple(
            PrinterColumn(
                c["name"],
                c.get("type", "string"),
                c.get("jsonPath", ""),
                int(c.get("priority") or 0),
                c.get("format", ""),
                c.get("description", ""),
            )
            for c in version.get("additionalPrinterColumns") or ()
        )
        yield ApiKind(
            spec["group"],
            version["name"],
            names["kind"],
            names["plural"],
            names.get("singular") or names["kind"].lower(),
            from_schema(schema, root=True),
            tuple(names.get("shortNames") or ()),
            spec.get("scope") == "Namespaced",
            categories=tuple(names.get("categories") or ()),
            subresources=tuple(s for s in ("status", "scale") if s in subresources),
            list_kind=names.get("listKind") or "",
            columns=columns or (_AGE,),
            schema=schema,
            scale=subresources.get("scale"),
            storage_version=storage,
            custom=True,
        )


class Definitions:
    """Keeps the catalog in step with the stored CRDs."""

    def __init__(self, state: State) -> None:
        self._state = state
        state.store.listeners.append(self._heard)

    def _heard(self, resource: tuple[str, str], event: Event) -> None:
        if resource != _CRDS:
            return
        spec = event.stored.obj.get("spec") or {}
        place = (spec.get("group", ""), (spec.get("names") or {}).get("plural", ""))
        before = event.before.obj if event.before is not None else {}
        if event.change == "DELETED" or before.get("spec") != spec:
            self._state.catalog.remove(*place)
        if event.change == "DELETED":
            for stored in self._state.store.each(place):
                metadata = stored.obj["metadata"]
                self._state.store.remove(place, (metadata.get("namespace", ""), metadata["name"]))
            return
        if before.get("spec") != spec:
            self._state.catalog.add(kinds_of(event.stored.obj))
        self._establish(event.key, event.stored.obj)

    def _establish(self, key: Key, obj: Json) -> None:
        status = obj.get("status") or {}
        types = {c["type"] for c in status.get("conditions") or () if c.get("status") == "True"}
        accepted = (obj["spec"].get("names") or {}) == status.get("acceptedNames")
        if {"Established", "NamesAccepted"} <= types and accepted:
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
