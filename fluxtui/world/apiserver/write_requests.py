"""What a write asks for: its options and its body, read and checked as a real API server does.

Everything that can be said of a request before the object is looked at is said here, in the order
and the words of apimachinery; what is then done is writes.py's and deletes.py's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fluxtui.world.apiserver import protobuf
from fluxtui.world.apiserver.decoding import (
    Decoded,
    Undecodable,
    from_json,
    from_yaml,
    quoted,
    summary,
    type_name,
)
from fluxtui.world.apiserver.exchange import Request
from fluxtui.world.apiserver.kinds import Kind
from fluxtui.world.apiserver.state import DeleteOptions, Options
from fluxtui.world.apiserver.status import (
    Cause,
    Json,
    StatusError,
    bad_request,
    forbidden_field,
    invalid_options,
    invalid_value,
    unsupported_media,
)

LIMIT = 3 * 1024 * 1024
_MOST_OPERATIONS = 10_000
_BODIES = ("application/json", "application/yaml", protobuf.MEDIA)
PATCHES = (
    "application/json-patch+json",
    "application/merge-patch+json",
    "application/strategic-merge-patch+json",
    "application/apply-patch+yaml",
)
_OPTIONS = {"POST": "CreateOptions", "PUT": "UpdateOptions", "DELETE": "DeleteOptions"}
# Kinds whose dependents stay unless the client says otherwise.
_ORPHANING = (("batch", "jobs"), ("", "replicationcontrollers"))
_SCHEME = 'in scheme "pkg/runtime/scheme.go:111"'
_TYPE_META = (
    'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; '
    'Kind string "json:\\"kind,omitempty\\"" }'
)


def options_of(request: Request, subresource: str) -> Options:
    """The options of a create, update or patch. Raises 413, 422."""
    check_size(request)
    query = request.query
    about = _OPTIONS.get(request.method, "PatchOptions")
    applies = request.method == "PATCH" and request.media == PATCHES[3]
    manager = query.get("fieldManager", "")
    if applies and not manager:
        text = "Required value: is required for apply patch"
        raise invalid_options(about, Cause("FieldValueRequired", text, "fieldManager"))
    force = request.flag("force")
    if force and not applies and request.method == "PATCH":
        cause = forbidden_field("force", "may not be specified for non-apply patch")
        raise invalid_options(about, cause)
    _check_manager(about, manager)
    dry_run = _dry_run(about, [query["dryRun"]] if "dryRun" in query else [])
    validation = query.get("fieldValidation", "")
    if validation not in ("", "Ignore", "Strict", "Warn"):
        text = (
            f"Unsupported value: {quoted(validation)}: supported values: "
            '"", "Ignore", "Strict", "Warn"'
        )
        raise invalid_options(about, Cause("FieldValueNotSupported", text, "fieldValidation"))
    agent = request.headers.get("user-agent", "unknown").split("/")[0].split(" ")[0]
    return Options(
        manager or agent[:128] or "unknown", dry_run, force, validation or "Warn", subresource
    )


def check_size(request: Request) -> None:
    if len(request.body) > LIMIT:
        raise _too_large(f"limit is {LIMIT}")


def _too_large(why: str) -> StatusError:
    return StatusError(413, "RequestEntityTooLarge", f"Request entity too large: {why}")


def _check_manager(about: str, manager: str) -> None:
    if len(manager.encode()) > 128:
        text = "Too long: may not be more than 128 bytes"
        raise invalid_options(about, Cause("FieldValueTooLong", text, "fieldManager"))
    for i, char in enumerate(manager):
        if not char.isprintable():
            text = f"invalid character U+{ord(char):04X} (at position {i})"
            raise invalid_options(about, invalid_value("fieldManager", quoted(manager), text))


def _dry_run(about: str, asked: Sequence[Any]) -> bool:
    if not all(value == "All" for value in asked):
        listed = ",".join(quoted(str(value)) for value in asked)
        text = f'Unsupported value: [{listed}]: supported values: "All"'
        raise invalid_options(about, Cause("FieldValueNotSupported", text, "dryRun"))
    return bool(asked)


def body_of(request: Request, kind: Kind, options: Options) -> Any:
    """The object a create or update sends. Raises 400, 415; fields that come twice are noted."""
    data, media = request.body, request.media
    if media and media not in _BODIES:
        raise unsupported_media(media, _BODIES)
    if media == protobuf.MEDIA:
        if kind.custom:
            raise unsupported_media(media, _BODIES[:2])
        return protobuf.decode(data)
    reads_yaml = media == _BODIES[1]
    try:
        found = from_yaml(data) if reads_yaml else from_json(data)
        _check_type_meta(found.value)
    except Undecodable as error:
        text = str(error)
        if not reads_yaml or not text.startswith("yaml: "):
            text = f"couldn't get version/kind; json parse error: {text}"
        raise _unrecognized(kind, text, data) from error
    value = found.value
    whole = options.subresource in ("", "status")
    if kind.custom and whole and not (value or {}).get("kind"):
        text = f"Object 'Kind' is missing in '{data.decode(errors='replace')}'"
        raise _unrecognized(kind, text, data)
    version = str((value or {}).get("apiVersion") or "")
    if version.count("/") > 1:
        raise _unrecognized(kind, f"unexpected GroupVersion string: {version}", data)
    options.twice = found
    return {} if value is None else value


def _check_type_meta(value: Any) -> None:
    if value is not None and not isinstance(value, dict):
        text = f"json: cannot unmarshal {type_name(value)} into Go value of type {_TYPE_META}"
        raise Undecodable(text)
    for name in ("apiVersion", "kind"):
        found = (value or {}).get(name)
        if found is not None and not isinstance(found, str):
            raise Undecodable(
                f"json: cannot unmarshal {type_name(found)} into Go struct field .{name} "
                "of type string"
            )


def _unrecognized(kind: Kind, why: str, data: bytes) -> StatusError:
    text = f"the object provided is unrecognized (must be of type {kind.kind}): {why}"
    return bad_request(f"{text} ({summary(data)})")


def patch_of(request: Request, kind: Kind, options: Options) -> Any:
    """The patch a request sends. Raises 400, 413, 415; fields that come twice are noted."""
    media = request.media
    accepted = tuple(t for t in PATCHES if not (kind.custom and "strategic" in t))
    if media not in PATCHES:
        raise unsupported_media("application/json", ())
    if media not in accepted:
        raise unsupported_media(media, accepted)
    if media == PATCHES[3]:
        return _configuration(request.body, options)
    try:
        found = from_json(request.body)
        value = found.value
        _check_patch(media, value)
    except Undecodable as error:
        strategic = "strategic" in media
        raise bad_request(str(error) if strategic else f"error decoding patch: {error}") from error
    if media == PATCHES[0] and len(value) > _MOST_OPERATIONS:
        most = f"{_MOST_OPERATIONS}, got {len(value)}"
        raise _too_large(f"The allowed maximum operations in a JSON patch is {most}")
    if media == PATCHES[1] and value is None:
        raise bad_request("Invalid JSON Patch")
    if media == PATCHES[0]:
        twice = tuple(f'json patch duplicate field "{t}"' for t in found.twice)
        found = Decoded(value, twice, sentences=True)
    options.twice = found
    return {} if value is None else value


def _check_patch(media: str, value: Any) -> None:
    if media == PATCHES[0]:
        if not isinstance(value, list):
            text = f"json: cannot unmarshal {type_name(value)} into Go value of type "
            raise Undecodable(f"{text}[]handlers.jsonPatchOp")
        wrong = next((x for x in value if not isinstance(x, dict)), None)
        if wrong is not None:
            text = f"json: cannot unmarshal {type_name(wrong)} into Go value of type "
            raise Undecodable(f"{text}handlers.jsonPatchOp")
    elif value is not None and not isinstance(value, dict):
        text = f"json: cannot unmarshal {type_name(value)} into Go value of type "
        raise Undecodable(f"{text}map[string]interface {{}}")


def _configuration(data: bytes, options: Options) -> Json:
    """An apply configuration: YAML, of which JSON is the usual kind."""
    try:
        found = from_json(data) if data.lstrip()[:1] == b"{" else from_yaml(data)
        if found.twice and not found.yaml:
            found = from_yaml(data)
    except Undecodable:
        found = _yaml_configuration(data)
    if found.twice and options.validation == "Strict":
        text = f"error converting YAML to JSON: {found.strict[0]}"
        raise bad_request(f"error strict decoding YAML: {text}")
    if found.value is not None and not isinstance(found.value, dict):
        text = (
            "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal "
            f"{type_name(found.value)} into Go value of type map[string]interface {{}}"
        )
        raise bad_request(f"error decoding YAML: {text}")
    if options.validation == "Warn":
        options.warnings += found.warnings
    return found.value or {}


def _yaml_configuration(data: bytes) -> Decoded:
    try:
        return from_yaml(data)
    except Undecodable as error:
        text = f"error converting YAML to JSON: {error}"
        raise bad_request(f"error decoding YAML: {text}") from error


def delete_options_of(request: Request, kind: Kind) -> DeleteOptions:
    """The options of a delete: its body, else its query. Raises 400, 413, 422."""
    check_size(request)
    body, query = delete_body(request), request.query
    conditions: Json = body.get("preconditions") or {}
    dry = body.get("dryRun") or ([query["dryRun"]] if "dryRun" in query and not body else [])
    dry_run = _dry_run("DeleteOptions", dry)
    policy = body.get("propagationPolicy") or query.get("propagationPolicy") or ""
    orphan = body.get("orphanDependents")
    if orphan is not None:
        if policy:
            text = "orphanDependents and deletionPropagation cannot be both set"
            cause = invalid_value("propagationPolicy", quoted(policy), text)
            raise invalid_options("DeleteOptions", cause)
        policy = "Orphan" if orphan else "Background"
    if not policy and kind.resource in _ORPHANING:
        policy = "Orphan"
    return DeleteOptions(
        _grace(body, query.get("gracePeriodSeconds", "")),
        str(policy),
        str(conditions.get("uid") or ""),
        str(conditions.get("resourceVersion") or ""),
        dry_run,
    )


def _grace(body: Json, asked: str) -> int | None:
    given = body.get("gracePeriodSeconds")
    if given is not None:
        if not isinstance(given, int) or isinstance(given, bool):
            raise bad_request(
                f"json: cannot unmarshal {type_name(given)} into Go struct field "
                "DeleteOptions.gracePeriodSeconds of type int64"
            )
        return given
    if not asked:
        return None
    try:
        return int(asked)
    except ValueError as error:
        text = f"strconv.ParseInt: parsing {quoted(asked)}: invalid syntax"
        raise bad_request(text) from error


def delete_body(request: Request) -> Json:
    """The DeleteOptions in the body, {} where there are none. Raises 400."""
    data = request.body
    if not data:
        return {}
    if request.media == protobuf.MEDIA:
        return protobuf.decode(data)
    try:
        value = (from_yaml if request.media == _BODIES[1] else from_json)(data).value
        _check_type_meta(value)
    except Undecodable as error:
        text = f"couldn't get version/kind; json parse error: {error}"
        raise bad_request(text) from error
    kind = (value or {}).get("kind") or "DeleteOptions"
    if kind != "DeleteOptions":
        version = value.get("apiVersion") or ""
        raise bad_request(f'no kind "{kind}" is registered for version "{version}" {_SCHEME}')
    return value or {}
