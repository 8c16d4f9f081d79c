"""managedFields: who owns which field, kept up to date on every write, and apply conflicts.

Works on objects and sets only; when a write happens and what it may touch is writes.py's concern.
Needed by the Reconciler's and the Engine's applies and the conflicts that they tell of.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fluxtui.world.apiserver.apply import fieldsets as fs
from fluxtui.world.apiserver.apply import merging as structured
from fluxtui.world.apiserver.apply.fieldsets import FieldSet
from fluxtui.world.apiserver.kinds import ApiKind
from fluxtui.world.apiserver.status import Cause, Details, Json, StatusError

Managers = dict["Manager", FieldSet]
_KNOWN = 1000


@dataclass(frozen=True, slots=True)
class Manager:
    """The identity of an entry; appliers keep one entry whatever version they applied with."""

    name: str
    operation: str
    api_version: str
    subresource: str = ""

    def same_writer(self, manager: Manager) -> bool:
        own = (self.name, self.operation, self.subresource)
        if own != (manager.name, manager.operation, manager.subresource):
            return False
        return self.operation == "Apply" or self.api_version == manager.api_version

    def printed(self) -> str:
        text = f'"{self.name}"'
        if self.subresource:
            text += f' with subresource "{self.subresource}"'
        if self.operation == "Update":
            text += f" using {self.api_version}"
        return text


# Fields nobody owns: the server sets them, or they identify the object.
_STRIPPED_META = (
    "name",
    "namespace",
    "creationTimestamp",
    "selfLink",
    "uid",
    "clusterName",
    "generation",
    "managedFields",
    "resourceVersion",
)


def read(obj: Json) -> tuple[Managers, dict[Manager, str]]:
    """The managers of an object and the time of each entry."""
    managers: Managers = {}
    times: dict[Manager, str] = {}
    for entry in obj.get("metadata", {}).get("managedFields") or []:
        manager = Manager(
            entry.get("manager", ""),
            entry.get("operation", ""),
            entry.get("apiVersion", ""),
            entry.get("subresource", ""),
        )
        managers[manager] = fs.union(managers.get(manager, {}), entry.get("fieldsV1") or {})
        times[manager] = entry.get("time", "")
    return managers, times


def _decodes(entries: Any) -> bool:
    """Whether managedFields a client sent can be read; a server passes over those that cannot."""

    def known(fields: Any) -> bool:
        return isinstance(fields, dict) and all(
            (k == "." or k[:2] in ("f:", "k:", "v:", "i:")) and known(v) for k, v in fields.items()
        )

    return all(
        entry.get("operation") in ("Apply", "Update")
        and entry.get("fieldsType") == "FieldsV1"
        and known(entry.get("fieldsV1") or {})
        for entry in entries
    )


_known: dict[str, FieldSet] = {}


def _once(fields: FieldSet) -> FieldSet:
    """Objects of one make are owned alike: their set is kept once, a third of their memory."""
    if len(_known) > _KNOWN:
        _known.clear()
    return _known.setdefault(json.dumps(fields), fields)


def write(managers: Managers, times: Mapping[Manager, str]) -> list[Json]:
    """The managedFields list: applies first, each by time and name, as Kubernetes sorts it."""
    out: list[Json] = []
    for manager, fields in managers.items():
        entry: Json = {
            "apiVersion": manager.api_version,
            "fieldsType": "FieldsV1",
            "fieldsV1": _once(fields),
            "manager": manager.name,
            "operation": manager.operation,
        }
        if manager.subresource:
            entry["subresource"] = manager.subresource
        if times.get(manager):
            entry["time"] = times[manager]
        out.append(entry)
    out.sort(
        key=lambda e: (
            e["operation"] != "Apply",
            e.get("time", ""),
            e["manager"],
            e["apiVersion"],
            e.get("subresource", ""),
        )
    )
    return out


def strip(fields: FieldSet, *, subresource: str, has_status: bool) -> FieldSet:
    """Take out what nobody owns, and what this endpoint cannot write."""
    out = {k: v for k, v in fields.items() if k not in ("f:apiVersion", "f:kind", ".")}
    meta = out.get("f:metadata")
    if meta is not None:
        inner = {k: v for k, v in meta.items() if k != "." and k[2:] not in _STRIPPED_META}
        if inner:
            out["f:metadata"] = inner
        else:
            del out["f:metadata"]
    if subresource == "status":
        out = {k: v for k, v in out.items() if k == "f:status"}
    elif has_status:
        out.pop("f:status", None)
    return out


def _without_managed(obj: Json) -> Json:
    metadata = {k: v for k, v in obj.get("metadata", {}).items() if k != "managedFields"}
    return obj | {"metadata": metadata}


def _compare(kind: ApiKind, old: Json | None, new: Json) -> fs.FieldComparison:
    before: Json = _without_managed(old) if old is not None else {}
    comparison = fs.FieldComparison(builtin=not kind.custom)
    if not kind.custom:
        before = {"metadata": {}, "spec": {}, "status": {}} | before
        after: Json = {"spec": {}, "status": {}} | _without_managed(new)
    else:
        before = {"metadata": {}} | before
        after = _without_managed(new)
    return comparison.compare(before, after, kind.shape)


def after_update(
    kind: ApiKind, old: Json | None, new: Json, manager: Manager, now: str
) -> list[Json] | None:
    """The managedFields after a create, update or patch by `manager`.

    `new` may carry managedFields itself: none or one empty entry resets them, entries that can
    be read are taken over, anything else says nothing. None means there are none.
    """
    listed = new.get("metadata", {}).get("managedFields")
    managers, times = read(old) if old is not None else ({}, {})
    if listed in ([], [{}]) and not manager.subresource:
        managers, times = {}, {}
    elif listed and not manager.subresource and _decodes(listed):
        managers, times = read(new)
    if old is not None and not managers:
        return None  # what nobody is known to own stays so until somebody applies
    change = _compare(kind, old, new)
    has_status = "status" in kind.subresources
    touched = fs.union(change.added, change.modified)
    own = strip(touched, subresource="", has_status=False)
    if manager.subresource == "" and has_status:
        own.pop("f:status", None)
    out: Managers = {}
    for writer, fields in managers.items():
        remaining = fields
        if not (writer.same_writer(manager)):
            remaining = fs.difference(remaining, own)
        remaining = fs.difference(remaining, change.removed)
        if remaining:
            out[writer] = remaining
    me = next((m for m in out if m.same_writer(manager)), manager)
    fields = fs.difference(fs.union(out.get(me, {}), own), change.removed)
    if fields:
        if out.get(me) != fields:
            # Kubernetes leaves the time of a scale out.
            times[me] = "" if me.subresource == "scale" else now
        out[me] = fields
    return write(out, times) or None


def _everything(kind: ApiKind, obj: Json) -> FieldSet:
    """All fields of an object nobody is known to own: an apply must not take them unasked."""
    change = _compare(kind, None, obj)
    return strip(change.added, subresource="", has_status=False)


@dataclass(frozen=True, slots=True)
class Applied:
    """The outcome of an apply: the object (without managedFields) and its new managedFields."""

    obj: Json
    managed: list[Json]


def apply(
    kind: ApiKind, live: Json | None, config: Json, manager: Manager, now: str, *, force: bool
) -> Applied:
    """Server-side apply of `config`. Raises 409 with one cause per field in conflict."""
    base: Json = _without_managed(live) if live is not None else {}
    managers, times = read(live) if live is not None else ({}, {})
    if live is not None and not managers:
        first = Manager("before-first-apply", "Update", kind.api_version)
        managers[first], times[first] = _everything(kind, base), now
    me = next((m for m in managers if m.same_writer(manager)), None)
    last = managers.pop(me) if me is not None else {}
    old_time = times.pop(me, "") if me is not None else ""
    has_status = "status" in kind.subresources
    config_fields = fs.of(config, kind.shape)
    own = strip(config_fields, subresource=manager.subresource, has_status=has_status)
    merged: Json = structured.merge(base, config, kind.shape)
    if last:
        owned = config_fields  # with name and namespace, which nobody owns but which must stay
        for fields in managers.values():
            owned = fs.union(owned, fields)
        merged = structured.prune(merged, kind.shape, last, owned)
    change = _compare(kind, live, merged)
    touched = strip(
        fs.union(change.added, change.modified),
        subresource=manager.subresource,
        has_status=has_status,
    )
    conflicts: dict[Manager, FieldSet] = {}
    for writer, fields in managers.items():
        clash = fs.intersection(fields, touched)
        if clash:
            conflicts[writer] = clash
    if conflicts and not force:
        raise conflict_of(conflicts)
    out: Managers = {}
    for writer, fields in managers.items():
        remaining = fs.difference(fs.difference(fields, conflicts.get(writer, {})), change.removed)
        if remaining:
            out[writer] = remaining
    if own:
        out[manager] = own
        # An apply that changes nothing but ownership sets no time.
        times[manager] = old_time if change.same else now
    return Applied(merged, write(out, times))


def conflict_of(conflicts: Mapping[Manager, FieldSet]) -> StatusError:
    causes: list[Cause] = []
    groups: list[tuple[str, list[str]]] = []
    for manager in sorted(conflicts, key=lambda m: m.printed()):
        fields = list(fs.paths(conflicts[manager]))
        groups.append((manager.printed(), fields))
        text = f"conflict with {manager.printed()}"
        causes += [Cause("FieldManagerConflict", text, path) for path in fields]
    if len(causes) == 1:
        text = f"Apply failed with 1 conflict: {causes[0].message}: {causes[0].field}"
    else:
        lines = []
        for who, fields in groups:
            lines.append(f"conflicts with {who}:")
            lines += [f"- {path}" for path in fields]
        text = f"Apply failed with {len(causes)} conflicts: " + "\n".join(lines)
    return StatusError(409, "Conflict", text, Details(causes=tuple(causes)))


def drop_status(obj: Json) -> Json:
    """The object without its status: what a create through the main endpoint keeps."""
    return {k: v for k, v in obj.items() if k != "status"}
