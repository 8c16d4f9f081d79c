"""What an object goes through before it is stored: decoding, pruning, defaults, checks, hooks.

Called by writes.py with the lock held. Raises StatusError; stores nothing.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from fluxtui.world.apiserver import (
    constraints,
    defaults,
    naming,
    prepare,
    quantities,
    rules,
    schema,
    typed,
    validation,
)
from fluxtui.world.apiserver.kinds import Kind
from fluxtui.world.apiserver.state import Options, State
from fluxtui.world.apiserver.status import (
    Cause,
    Details,
    Json,
    Resource,
    StatusError,
    bad_request,
    forbidden,
    internal,
    invalid,
    not_found,
)

# A status is validated by itself: the texts name its fields without it.
_IN_STATUS = re.compile(r": status\.(\S+) in body")


def check_fields(kind: Kind, body: Json, options: Options) -> None:
    """Unknown fields (refused, warned of or ignored) and, for built-in kinds, wrong types."""
    if options.validation != "Ignore":
        paths = list(schema.unknown_fields(body, kind.shape))
        if kind.custom:
            paths.sort()
        known = options.twice.known(paths if not kind.custom else ())
        found = [f'unknown field "{p}"' for p in paths]
        if (found or known.twice) and options.validation == "Strict":
            raise bad_request(
                f'{kind.kind} in version "{kind.version}" cannot be handled as a {kind.kind}: '
                f"strict decoding error: {', '.join(known.strict + found)}"
            )
        options.warnings += known.warnings + found
    if not kind.custom:
        error = schema.decode_error(body, kind.shape, "", kind.kind)
        if error:
            raise bad_request(
                f'{kind.kind} in version "{kind.version}" cannot be handled as a {kind.kind}: '
                f"{error}"
            )


def check_applied(kind: Kind, config: Json, namespace: str) -> None:
    """An apply configuration must fit the schema: the text structured-merge-diff gives.

    `namespace` is the one the body names itself, which is what the text shows.
    """
    unknown = sorted(_unknown(kind, config), key=lambda p: (p.count("."), p))
    found = next((f".{p}: field not declared in schema" for p in unknown), "")
    # Nobody looks for keys in the metadata of custom kinds: validation finds them empty.
    keyed = {k: v for k, v in config.items() if not kind.custom or k != "metadata"}
    found = found or typed.key_error(keyed, kind.shape)
    found = found or typed.type_error(config, kind.shape)
    if found:
        metadata = config.get("metadata")
        name = metadata.get("name", "") if isinstance(metadata, dict) else ""
        raise StatusError(
            500,
            "",
            f"failed to create typed patch object ({namespace}/{name}; "
            f"{kind.group}/{kind.version}, Kind={kind.kind}): {found}",
        )


def _unknown(kind: Kind, config: Json) -> list[str]:
    return list(schema.unknown_fields(config, kind.shape))


def finish(
    state: State, kind: Kind, old: Json | None, new: Json, options: Options
) -> tuple[Json, Json]:
    """Prune, default and validate; then ask the admission hooks.

    Returns the object as its sender meant it (what managedFields are worked out from) and as it is
    to be stored, with what the server itself sets.
    """
    new = decode(kind, new | {"metadata": without_twins(new["metadata"], options)})
    decoded = new
    if not kind.custom:
        decoded = _copy(new)
        prepare.prepare(kind.group, kind.kind, old, new)
    for hook in state.admission:
        answer = hook(kind, "CREATE" if old is None else "UPDATE", old, new)
        new = new if answer is None else answer
    if state.reviews is not None:
        new = state.reviews.mutated(kind, old, new) or new
    causes = _causes(kind, old, new)
    if kind.custom and options.subresource == "status":
        causes = [replace(c, message=_IN_STATUS.sub(r": \1 in body", c.message)) for c in causes]
    if causes:
        raise invalid(kind.named(new["metadata"].get("name", "")), causes)
    if state.reviews is not None:
        new = state.reviews.validated(kind, old, new) or new
    if not kind.custom:
        options.warnings += validation.warnings(kind.group, kind.kind, new, old)
    if kind.custom:
        before = old["metadata"] if old is not None else {}
        options.warnings += naming.finalizer_warnings(new["metadata"], before)
    return decoded, new


def decode(kind: Kind, new: Json) -> Json:
    """The object as its kind reads it: pruned, typed, defaulted; a copy the caller may change."""
    managed = new["metadata"].get("managedFields")
    new = schema.prune(new, kind.shape)
    if kind.custom:
        new = _whole(new)
        if kind.schema is not None:
            new = schema.with_defaults(_non_nullable(new, kind), kind.schema)
    else:
        new = _typed(new, kind.shape)  # a copy, which the defaults may fill
        defaults.apply_defaults(kind.group, kind.kind, new)
    new = dict(new)
    new["metadata"] = {
        k: v for k, v in new["metadata"].items() if v not in (None, {}, []) or k == "name"
    }
    if managed is not None:
        new["metadata"]["managedFields"] = managed
    return new


def without_twins(metadata: Json, options: Options) -> Json:
    """An owner is named once; a warning tells who named it more often."""
    references: list[Json] = metadata.get("ownerReferences") or []
    once = [r for i, r in enumerate(references) if r not in references[:i]]
    if len(once) == len(references):
        return metadata
    uids = [r.get("uid") for r in references]
    twice = ", ".join(dict.fromkeys(str(u) for u in uids if uids.count(u) > 1))
    options.warnings.append(
        ".metadata.ownerReferences contains duplicate entries; API server dedups owner references "
        "in 1.20+, and may reject such requests as early as 1.24; please fix your requests; "
        f"duplicate UID(s) observed: {twice}"
    )
    return metadata | {"ownerReferences": once}


def redecode(kind: Kind, patched: Json) -> Json:
    """An object that a webhook patched, read anew. Raises 500 where it is no such object."""
    if not isinstance(patched, dict) or not isinstance(patched.get("metadata"), dict):
        raise internal("the patched object has no metadata")
    error = None if kind.custom else schema.decode_error(patched, kind.shape, "", kind.kind)
    if error:
        raise internal(error)
    return decode(kind, patched)


def _copy(obj: Json) -> Json:
    """Copies of the parts that the server may still change in place."""
    out = dict(obj)
    for name in ("metadata", "spec", "status"):
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


def _non_nullable(new: Json, kind: Kind) -> Json:
    """Nulls of fields that have a default and are not nullable are dropped, then defaulted."""
    return {k: v for k, v in new.items() if v is not None or k not in ("spec", "status")} | {}


def _causes(kind: Kind, old: Json | None, new: Json) -> list[Cause]:
    causes = list(naming.metadata_causes(new["metadata"], custom=kind.custom))
    if old is None:
        name, prefix = (new["metadata"].get(k, "") for k in ("name", "generateName"))
        causes = list(naming.name_causes(kind.kind, name, prefix)) + causes
    if kind.custom:
        if kind.schema is not None:
            before = constraints.NOTHING if old is None else _content(old)
            causes += list(constraints.check(_content(new), _rooted(kind.schema), "", before))
            causes += rules.causes(kind, old, new, causes)
    else:
        causes += list(validation.causes(kind.group, kind.kind, new, old))
    return causes


def _content(obj: Json) -> Json:
    return {k: v for k, v in obj.items() if k not in ("apiVersion", "kind", "metadata")}


def _rooted(root: Any) -> Any:
    aside = ("apiVersion", "kind", "metadata")
    needed = [x for x in root.get("required") or () if x not in aside]
    return {**root, "required": needed}


_DEFINITIONS = ("apiextensions.k8s.io", "customresourcedefinitions")


def namespace_open(state: State, kind: Kind, namespace: str, name: str) -> None:
    """Creating needs a namespace, and of a custom kind a definition, that is not terminating."""
    found = state.store.get(("", "namespaces"), ("", namespace))
    if found is None:
        raise not_found(Resource("namespaces", "", "Namespace", namespace))
    if kind.custom:
        definition = state.store.get(_DEFINITIONS, ("", f"{kind.plural}.{kind.group}"))
        if definition is not None and definition.obj["metadata"].get("deletionTimestamp"):
            why = "create not allowed while custom resource definition is terminating"
            raise forbidden(kind.named(name), why)
    if found.obj["metadata"].get("deletionTimestamp"):
        why = (
            f"unable to create new content in namespace {namespace} because it is being terminated"
        )
        error = forbidden(kind.named(name), why)
        cause = Cause(
            "NamespaceTerminating",
            f"namespace {namespace} is being terminated",
            "metadata.namespace",
        )
        error.details = Details(name, kind.group, kind.plural, causes=(cause,))
        raise error
