"""Lists: what is in them at which resourceVersion, in pages.

A page after the first shows the state the first one saw, worked out by undoing newer events; where
those are gone the answer is 410 with a token to go on from the present. Nothing here writes.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass

from fluxtui.world.apiserver.selectors import Predicate
from fluxtui.world.apiserver.status import (
    Cause,
    Details,
    StatusError,
    bad_request,
    expired,
    forbidden_field,
    invalid_options,
)
from fluxtui.world.apiserver.store import Bucket, Key, Store, Stored

_GONE = (
    "The provided continue parameter is too old to display a consistent list result. You can start "
    "a new list without the continue parameter, or use the continue token in this response to "
    "retrieve the remainder of the results. Continuing with the provided token results in an "
    "inconsistent list - objects that were created, modified, or deleted between the time the "
    "first chunk was returned and now may show up in the list."
)


@dataclass(frozen=True, slots=True)
class Page:
    """One answer: the objects, the version they are of, and how to go on."""

    items: list[Stored]
    rv: int
    token: str = ""
    remaining: int | None = None


def _token(rv: int, key: Key) -> str:
    data = json.dumps({"v": "meta.k8s.io/v1", "rv": rv, "start": list(key)})
    return base64.urlsafe_b64encode(data.encode()).decode().rstrip("=")


def _parse(token: str) -> tuple[int, Key]:
    try:
        data = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        return int(data["rv"]), (str(data["start"][0]), str(data["start"][1]))
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise bad_request(f"invalid continue token: continue key is not valid: {error}") from error


def parse_version(text: str, *, watch: bool = False) -> int:
    if not text.isdigit():
        why = (
            f'resourceVersion: Invalid value: "{text}": strconv.ParseUint: parsing "{text}": '
            "invalid syntax"
        )
        if watch:
            raise StatusError(500, "", why)
        raise StatusError(400, "BadRequest", f"invalid resource version: {why}")
    return int(text)


def too_new(asked: int, current: int) -> StatusError:
    """The answer to a version that does not exist yet."""
    causes = (Cause("ResourceVersionTooLarge", "Too large resource version"),)
    return StatusError(
        504,
        "Timeout",
        f"Timeout: Too large resource version: {asked}, current: {current}",
        Details(causes=causes, retry_after=1),
        headers={"Retry-After": "1"},
    )


def _at(bucket: Bucket, rv: int) -> dict[Key, Stored]:
    """The objects as they were at `rv`: the present with newer events undone."""
    objects = dict(bucket.objects)
    for event in reversed(bucket.events):
        if event.rv <= rv:
            break
        if event.before is None:
            objects.pop(event.key, None)
        else:
            objects[event.key] = event.before
    return objects


def page(
    store: Store,
    resource: tuple[str, str],
    namespace: str,
    query: Mapping[str, str],
    wanted: Predicate | None,
    name: str = "",
) -> Page:
    """A list as the query asks for it. Raises 400, 410, 504."""
    limit = int(query.get("limit") or 0)
    if query.get("resourceVersion") == "0" and not query.get("continue"):
        limit = 0  # any version will do: answered whole, as from a watch cache
    with store.lock:
        bucket = store.bucket(resource)
        rv, start, exact = _asked(store, bucket, query)
        if name and not exact:
            keys = (
                [k for k in ((namespace, name),) if k in bucket.objects]
                if namespace
                else [k for k in bucket.order() if k[1] == name]
            )
            objects = bucket.objects
        elif exact and rv < store.rv:
            objects = _at(bucket, rv)
            keys = sorted(objects)
        else:
            objects = bucket.objects
            keys = bucket.order()
        rv = rv or store.rv
        found = [
            (key, objects[key])
            for key in keys
            if (not namespace or key[0] == namespace)
            and (start is None or key > start)
            and (not name or key[1] == name)
            and (wanted is None or wanted(objects[key].obj))
        ]
    if limit <= 0 or len(found) <= limit:
        return Page([s for _, s in found], rv)
    rest = len(found) - limit
    found = found[:limit]
    return Page([s for _, s in found], rv, _token(rv, found[-1][0]), None if wanted else rest)


def _match(cause: Cause) -> StatusError:
    return invalid_options("ListOptions", cause)


def _asked(store: Store, bucket: Bucket, query: Mapping[str, str]) -> tuple[int, Key | None, bool]:
    """(version, start after, whether exactly that version); version 0 means now."""
    text, match = query.get("resourceVersion", ""), query.get("resourceVersionMatch", "")
    token = query.get("continue", "")
    if token:
        if text not in ("", "0"):
            raise bad_request("specifying resource version is not allowed when using continue")
        rv, start = _parse(token)
        if rv < 0:
            return 0, start, False
        if rv < bucket.compacted:
            raise expired(_GONE, continue_token=_token(-1, start))
        return rv, start, True
    if match and not text:
        raise _match(
            forbidden_field(
                "resourceVersionMatch",
                "resourceVersionMatch is forbidden unless resourceVersion is provided",
            )
        )
    if match not in ("", "Exact", "NotOlderThan"):
        text = f'Unsupported value: "{match}": supported values: "Exact", "NotOlderThan", ""'
        raise _match(Cause("FieldValueNotSupported", text, "resourceVersionMatch"))
    if text in ("", "0"):
        if match == "Exact" and text == "0":
            raise _match(
                forbidden_field(
                    "resourceVersionMatch",
                    'resourceVersionMatch "exact" is forbidden for resourceVersion "0"',
                )
            )
        return 0, None, False
    rv = parse_version(text)
    if rv > store.rv:
        raise too_new(rv, store.rv)
    exact = match == "Exact" or (not match and bool(query.get("limit")))
    if exact and rv < bucket.compacted:
        raise expired("The resourceVersion for the provided list is too old.")
    return (rv, None, True) if exact else (0, None, False)
