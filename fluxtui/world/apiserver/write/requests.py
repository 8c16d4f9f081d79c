"""What a write asks for: its options and its body, read before the object is looked at.

kubectl's and the Reconciler's: fieldManager, dryRun, fieldValidation, force, and the four patches.
What is then done is writes.py's and deletes.py's.
"""

from __future__ import annotations

from typing import Any

from fluxtui.world.apiserver.decoding import decoded, decoded_object, type_name
from fluxtui.world.apiserver.http.exchange import ApiRequest
from fluxtui.world.apiserver.kinds import ApiKind
from fluxtui.world.apiserver.state import ApiOptions, DeleteOptions
from fluxtui.world.apiserver.status import (
    Cause,
    Json,
    StatusError,
    bad_request,
    invalid_options,
    unsupported_media,
)
from fluxtui.world.apiserver.write.patches import (
    APPLY_PATCH,
    JSON_PATCH,
    MERGE_PATCH,
    STRATEGIC_PATCH,
)

_BODIES = ("", "application/json", "application/yaml")
_PATCHES = (JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH, APPLY_PATCH)


def options_of(request: ApiRequest, subresource: str) -> ApiOptions:
    """The options of a create, update or patch. Raises 422."""
    query = request.query
    applies = request.method == "PATCH" and request.media == APPLY_PATCH
    manager = query.get("fieldManager", "")
    if applies and not manager:
        text = "Required value: is required for apply patch"
        raise invalid_options("PatchOptions", Cause("FieldValueRequired", text, "fieldManager"))
    validation = query.get("fieldValidation") or "Warn"
    agent = request.headers.get("user-agent", "unknown").split("/")[0].split(" ")[0]
    dry_run = bool(query.get("dryRun"))
    return ApiOptions(
        manager or agent[:128] or "unknown", dry_run, request.flag("force"), validation, subresource
    )


def body_of(request: ApiRequest) -> Json:
    """The object a create or update sends. Raises 400, 415."""
    if request.media not in _BODIES:
        if "protobuf" in request.media:  # of `kubectl create KIND NAME` and `auth can-i`
            text = "this command sends protobuf, which the World does not read: kubectl apply -f"
            raise StatusError(415, "UnsupportedMediaType", text)
        raise unsupported_media(_BODIES[1:])
    return decoded_object(request.body, request.media)


def patch_of(request: ApiRequest, kind: ApiKind) -> Any:
    """The patch a request sends. Raises 400, 415."""
    media = request.media
    accepted = tuple(t for t in _PATCHES if not (kind.custom and t == STRATEGIC_PATCH))
    if media not in accepted:
        raise unsupported_media(accepted)
    value = decoded(request.body, media)
    form = list if media == JSON_PATCH else dict
    if not isinstance(value, form):
        raise bad_request(f"error decoding patch: it is of type {type_name(value)}")
    return value


def delete_options_of(request: ApiRequest) -> DeleteOptions:
    """The options of a delete: its body, else its query. Raises 400."""
    body, query = decoded_object(request.body, request.media), request.query
    conditions: Json = body.get("preconditions") or {}
    dry = body.get("dryRun") or [query.get("dryRun", "")]
    if "Orphan" in (body.get("propagationPolicy"), query.get("propagationPolicy")):
        raise bad_request("the World's dependents go with their owners: none is made an orphan")
    return DeleteOptions(
        str(conditions.get("uid") or ""), str(conditions.get("resourceVersion") or ""), bool(dry[0])
    )
