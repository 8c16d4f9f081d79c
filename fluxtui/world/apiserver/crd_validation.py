"""What Kubernetes refuses of CustomResourceDefinitions: names, versions, schemas that are not
structural, rules that say nothing. Texts are apiextensions'; pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from fluxtui.reconciler.cel_dialect import plain
from fluxtui.world.apiserver import formats
from fluxtui.world.apiserver.constraints import check
from fluxtui.world.apiserver.container_validation import shown, unsupported
from fluxtui.world.apiserver.naming import subdomain_faults
from fluxtui.world.apiserver.rules import RULES, syntax_fault
from fluxtui.world.apiserver.status import (
    Cause,
    Json,
    forbidden_field,
    invalid_value,
    required,
)

Schema = Mapping[str, Any]

_TYPES = ("array", "boolean", "integer", "number", "object", "string")
_REASONS = (
    "FieldValueDuplicate",
    "FieldValueForbidden",
    "FieldValueInvalid",
    "FieldValueRequired",
)
_ROOT = "spec.validation.openAPIV3Schema"
_KEEP = (
    "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in "
    "spec.versions[*].schema instead"
)


def definition(obj: Json, old: Json | None) -> Iterator[Cause]:
    spec: Json = obj.get("spec") or {}
    names: Json = spec.get("names") or {}
    if obj["metadata"].get("name") != f"{names.get('plural')}.{spec.get('group')}":
        yield invalid_value(
            "metadata.name",
            shown(obj["metadata"].get("name")),
            'must be spec.names.plural+"."+spec.group',
        )
    if not spec.get("group"):
        yield required("spec.group")
    for fault in subdomain_faults(spec.get("group") or "x"):
        yield invalid_value("spec.group", shown(spec["group"]), fault)
    if not spec.get("scope"):
        yield required("spec.scope")
    elif spec["scope"] not in ("Cluster", "Namespaced"):
        yield unsupported("spec.scope", spec["scope"], ("Cluster", "Namespaced"))
    if spec.get("preserveUnknownFields"):
        yield invalid_value("spec.preserveUnknownFields", "true", _KEEP)
    yield from _versions(spec.get("versions") or [])
    for name in ("plural", "singular", "kind", "listKind"):
        if not names.get(name):
            yield required(f"spec.names.{name}")
    strategy = (spec.get("conversion") or {}).get("strategy", "None")
    if strategy not in ("None", "Webhook"):
        yield unsupported("spec.conversion.strategy", strategy, ("None", "Webhook"))
    if old is not None:
        yield from _change(spec, old["spec"])


def _change(spec: Json, old: Json) -> Iterator[Cause]:
    for name in ("kind", "plural"):
        now = (spec.get("names") or {}).get(name)
        if (old.get("names") or {}).get(name) != now:
            yield invalid_value(f"spec.names.{name}", shown(now), "field is immutable")
    if old.get("scope") != spec.get("scope"):
        yield invalid_value("spec.scope", shown(spec.get("scope")), "field is immutable")


def _versions(versions: list[Json]) -> Iterator[Cause]:
    internal = [
        {
            "Name": v.get("name"),
            "Served": bool(v.get("served")),
            "Storage": bool(v.get("storage")),
            "Deprecated": bool(v.get("deprecated")),
            "DeprecationWarning": v.get("deprecationWarning"),
            "Schema": None,
            "Subresources": None,
            "AdditionalPrinterColumns": None,
            "SelectableFields": None,
        }
        for v in versions
    ]
    if len({v.get("name") for v in versions}) != len(versions):
        yield invalid_value("spec.versions", shown(internal), "must contain unique version names")
    stored = sum(1 for v in versions if v.get("storage"))
    if stored != 1:
        text = "must have exactly one version marked as storage version"
        yield invalid_value("spec.versions", shown(internal), text)
    for i, version in enumerate(versions):
        yield from _version(version, f"spec.versions[{i}]", alone=len(versions) == 1)
    if not stored:
        text = "must have at least one stored version"
        yield invalid_value("status.storedVersions", "null", text)


def _version(version: Json, path: str, *, alone: bool) -> Iterator[Cause]:
    """What all versions share is told as if it stood above them."""
    schema = (version.get("schema") or {}).get("openAPIV3Schema")
    if not schema:
        yield required(f"{path}.schema.openAPIV3Schema")
        return
    root = _ROOT if alone else f"{path}.schema.openAPIV3Schema"
    if schema.get("type") != "object":
        value = shown(schema.get("type", ""))
        yield invalid_value(f"{root}.type", value, "must be object at the root")
    named = ((schema.get("properties") or {}).get("metadata") or {}).get("properties") or {}
    if set(named) - {"name", "generateName"}:
        yield forbidden_field(
            f"{root}.properties[metadata]",
            "must not specify anything other than name and generateName, but metadata is "
            "implicitly specified",
        )
    yield from _schema(schema, root)
    scale = (version.get("subresources") or {}).get("scale")
    if scale is not None:
        where = "spec" if alone else path
        for name in ("specReplicasPath", "statusReplicasPath"):
            if not scale.get(name):
                yield required(f"{where}.subresources.scale.{name}")


def _schema(schema: Schema, path: str) -> Iterator[Cause]:
    kind = schema.get("type")
    loose = schema.get("x-kubernetes-int-or-string") or (
        schema.get("x-kubernetes-preserve-unknown-fields")
    )
    if kind and kind not in _TYPES:
        yield unsupported(f"{path}.type", kind, _TYPES)
        return
    if not kind and not loose:
        yield required(f"{path}.type", "must not be empty for specified object fields")
    if kind == "array" and not schema.get("items"):
        yield required(f"{path}.items", "must be specified")
    form = schema.get("x-kubernetes-list-type")
    if form == "map" and not schema.get("x-kubernetes-list-map-keys"):
        text = "must not be empty if x-kubernetes-list-type is map"
        yield required(f"{path}.x-kubernetes-list-map-keys", text)
    if "pattern" in schema:
        yield from _pattern(str(schema["pattern"]), f"{path}.pattern")
    if "default" in schema and not any(_schema_of(schema, path)):
        for cause in check(schema["default"], schema):
            yield Cause(cause.reason, cause.message.replace("<nil>", ""), f"{path}.default")
    yield from _rules(schema, path)
    yield from _schema_of(schema, path)


def _schema_of(schema: Schema, path: str) -> Iterator[Cause]:
    for name, child in (schema.get("properties") or {}).items():
        yield from _schema(child, f"{path}.properties[{name}]")
    if isinstance(schema.get("items"), Mapping):
        yield from _schema(schema["items"], f"{path}.items")
    if isinstance(schema.get("additionalProperties"), Mapping):
        yield from _schema(schema["additionalProperties"], f"{path}.additionalProperties")


def _pattern(pattern: str, path: str) -> Iterator[Cause]:
    try:
        re.compile(pattern)
    except re.error:
        text = f"error parsing regexp: missing closing ]: `{pattern}`"
        detail = f"must be a valid regular expression, but isn't: {text}"
        yield invalid_value(path, shown(pattern), detail)


def _rules(schema: Schema, path: str) -> Iterator[Cause]:
    for i, rule in enumerate(schema.get(RULES) or ()):
        where = f"{path}.{RULES}[{i}]"
        text, message = str(rule.get("rule") or ""), str(rule.get("message") or "")
        if not text.strip():
            yield required(f"{where}.rule", "rule is not specified")
            continue
        if "\n" in message:
            value = shown(message)
            yield invalid_value(f"{where}.message", value, "must not contain line breaks")
        reason = rule.get("reason")
        if reason is not None and reason not in _REASONS:
            yield unsupported(f"{where}.reason", reason, _REASONS)
        field = rule.get("fieldPath")
        if field and not _leads(schema, str(field)):
            yield invalid_value(f"{where}.fieldPath", shown(field), "must be a valid path")
        yield from _compiled(rule, schema, where)


def _leads(schema: Any, field: str) -> bool:
    """Whether a path of plain fields ends at one of the schema's."""
    for step in field.lstrip(".").split("."):
        schema = (schema.get("properties") or {}).get(step)
        if schema is None:
            return False
    return True


def _compiled(rule: Schema, schema: Schema, path: str) -> Iterator[Cause]:
    internal = {
        "Rule": rule.get("rule"),
        "Message": rule.get("message") or "",
        "MessageExpression": rule.get("messageExpression") or "",
        "Reason": rule.get("reason"),
        "FieldPath": rule.get("fieldPath") or "",
        "OptionalOldSelf": rule.get("optionalOldSelf"),
    }
    for name, prefix in (("rule", ""), ("messageExpression", "messageExpression ")):
        source = str(rule.get(name) or "")
        fault = source and (syntax_fault(source) or _undefined(source, schema))
        if fault:
            detail = f"{prefix}compilation failed: {fault}"
            yield invalid_value(f"{path}.{name}", shown(internal), detail)


def _undefined(source: str, schema: Schema) -> str:
    """A field of self that the schema does not have."""
    properties = schema.get("properties")
    if schema.get("type") != "object" or not properties:
        return ""
    for found in re.finditer(r"(?<![\w.])self\.([A-Za-z_]\w*)(?!\w|\()", plain(source)):
        name = found.group(1)
        if "__" not in name and name not in (*properties, "apiVersion", "kind", "metadata"):
            return f"ERROR: <input>:1:{found.start(1)}: undefined field '{name}'"
    return ""


def warnings(obj: Json) -> Iterator[str]:
    """What is accepted of a definition with a warning."""

    def walk(schema: Any) -> Iterator[str]:
        if isinstance(schema, Mapping):
            name = schema.get("format")
            if isinstance(name, str) and not formats.known(name):
                yield f'unrecognized format "{name}"'
            for child in schema.values():
                yield from walk(child)
        elif isinstance(schema, list):
            for child in schema:
                yield from walk(child)

    for version in (obj.get("spec") or {}).get("versions") or ():
        yield from walk((version.get("schema") or {}).get("openAPIV3Schema"))
