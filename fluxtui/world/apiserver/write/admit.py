"""What an object goes through before it is stored: decoding, pruning, defaults, checks.

Called by writes.py with the lock held. Raises StatusError; stores nothing.
"""

from __future__ import annotations

from typing import Any

from fluxtui.kit import quantities
from fluxtui.world.apiserver import schema
from fluxtui.world.apiserver.kinds import ApiKind
from fluxtui.world.apiserver.state import ApiOptions, State
from fluxtui.world.apiserver.status import (
    Cause,
    Details,
    ErrorSubject,
    Json,
    StatusError,
    forbidden,
    invalid,
    not_found,
)
from fluxtui.world.apiserver.write import constraints, defaults, naming, prepare, validation
from fluxtui.world.apiserver.write.identity import undecodable


def check_fields(kind: ApiKind, body: Json, options: ApiOptions) -> None:
    """Unknown fields (refused, warned of or ignored) and, for built-in kinds, wrong types.

    `kubectl apply` asks for Strict.
    """
    if options.validation != "Ignore":
        paths = schema.unknown_fields(body, kind.shape)
        unknown = [f'unknown field "{path}"' for path in sorted(paths)]
        if unknown and options.validation == "Strict":
            raise undecodable(kind, f"strict decoding error: {', '.join(unknown)}")
        options.warnings += unknown
    error = "" if kind.custom else schema.decode_error(body, kind.shape)
    if error:
        raise undecodable(kind, error)


def check_applied(kind: ApiKind, config: Json, namespace: str) -> None:
    """An apply configuration must fit the schema; in the words of structured-merge-diff."""
    unknown = sorted(schema.unknown_fields(config, kind.shape), key=lambda p: (p.count("."), p))
    wrong = next((f".{p}: field not declared in schema" for p in unknown), "")
    if not wrong and not kind.custom:
        wrong = schema.decode_error(config, kind.shape)
    if wrong:
        name = (config.get("metadata") or {}).get("name", "")
        raise StatusError(
            500,
            "",
            f"failed to create typed patch object ({namespace}/{name}; "
            f"{kind.group}/{kind.version}, Kind={kind.kind}): {wrong}",
        )


def finish(kind: ApiKind, old: Json | None, new: Json) -> tuple[Json, Json]:
    """Prune, default and validate.

    Returns the object as its sender meant it (what managedFields are worked out from) and as it is
    to be stored, with what the server itself sets. Raises 422.
    """
    new = _decode(kind, new)
    decoded = new
    if not kind.custom:
        decoded = _copy(new)
        prepare.prepare(kind.group, kind.kind, old, new)
    causes = _causes(kind, old, new)
    if causes:
        raise invalid(kind.named(new["metadata"].get("name", "")), causes)
    return decoded, new


def _decode(kind: ApiKind, new: Json) -> Json:
    """The object as its kind reads it: pruned, typed, defaulted; a copy the caller may change."""
    managed = new["metadata"].get("managedFields")
    new = schema.prune(new, kind.shape)
    if kind.custom:
        new = _whole({k: v for k, v in new.items() if v is not None or k not in _PARTS})
        if kind.schema is not None:
            new = schema.with_defaults(new, kind.schema)
    else:
        new = _typed(new, kind.shape)  # a copy, which the defaults may fill
        defaults.apply_defaults(kind.kind, new)
    new = dict(new)
    new["metadata"] = {
        k: v for k, v in new["metadata"].items() if v not in (None, {}, []) or k == "name"
    }
    if managed is not None:
        new["metadata"]["managedFields"] = managed
    return new


_PARTS = ("spec", "status")


def _copy(obj: Json) -> Json:
    """Copies of the parts that the server may still change in place."""
    out = dict(obj)
    for name in ("metadata", *_PARTS):
        if isinstance(out.get(name), dict):
            out[name] = dict(out[name])
    template = (out.get("spec") or {}).get("template")
    if isinstance(template, dict):
        meta = template.get("metadata")
        out["spec"]["template"] = template | ({} if meta is None else {"metadata": dict(meta)})
    return out


# Lists that a typed encoder writes even when they are empty.
_KEPT_EMPTY = ("rules", "containers", "endpoints")


def _typed(value: Any, shape: Any) -> Any:
    """Without nulls and empty maps where the type is known: a typed decoder drops them."""
    if isinstance(value, dict) and shape.form != "any":
        out = {}
        for name, child in value.items():
            sub = shape.child(name)
            if child is None and shape.form == "map" and sub.type == "s":
                out[name] = ""  # a map of Go strings holds no null
                continue
            if child is None and sub.form != "any":
                continue
            if not child and sub.form in ("map", "list") and name not in _KEPT_EMPTY:
                continue
            out[name] = _typed(child, sub)
        return out
    if isinstance(value, list) and shape.form == "list":
        return [_typed(v, shape.item()) for v in value]
    if shape.type == "q":
        return quantities.canonical(quantities.plain(value))
    return value


def _whole(value: Any) -> Any:
    """Numbers without a fraction are integers, however they were written."""
    if isinstance(value, dict):
        return {k: _whole(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_whole(v) for v in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _causes(kind: ApiKind, old: Json | None, new: Json) -> list[Cause]:
    causes = list(naming.metadata_causes(new["metadata"]))
    if old is None:
        causes = [*naming.name_causes(kind.kind, new["metadata"].get("name", "")), *causes]
    if not kind.custom:
        causes += validation.causes(kind.kind, new, old)
    elif kind.schema is not None:
        needed = [x for x in kind.schema.get("required") or () if x not in _ASIDE]
        rooted = {**kind.schema, "required": needed}
        before = None if old is None else _content(old)
        causes += constraints.check(_content(new), rooted, "", before)
    return causes


_ASIDE = ("apiVersion", "kind", "metadata")


def _content(obj: Json) -> Json:
    return {k: v for k, v in obj.items() if k not in _ASIDE}


def namespace_open(state: State, kind: ApiKind, namespace: str, name: str) -> None:
    """Creating needs a namespace that is there and not terminating. Raises 403, 404."""
    space = state.store.get(("", "namespaces"), ("", namespace))
    if space is None:
        raise not_found(ErrorSubject("namespaces", "", "Namespace", namespace))
    if space.obj["metadata"].get("deletionTimestamp"):
        ending = f"namespace {namespace} is being terminated"
        why = (
            f"unable to create new content in namespace {namespace} because it is being terminated"
        )
        error = forbidden(kind.named(name), why)
        cause = Cause("NamespaceTerminating", ending, "metadata.namespace")
        error.details = Details(name, kind.group, kind.plural, causes=(cause,))
        raise error
