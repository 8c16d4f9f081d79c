"""Lists: what is in them at which resourceVersion, in pages, as the product's feeds read them.

A page after the first shows the state the first one saw, worked out by undoing newer events; where
those are gone the answer is 410 with a token to go on from the present. Nothing here writes.
"""

from __future__ import annotations

import base64
import json
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from fluxtui.world.apiserver.read.list_options import ListOptions
from fluxtui.world.apiserver.read.selectors import Predicate
from fluxtui.world.apiserver.status import bad_request, expired
from fluxtui.world.apiserver.store import Bucket, Key, ObjectStore, Stored, path_of

_GONE = (
    "The provided continue parameter is too old to display a consistent list result. You can start "
    "a new list without the continue parameter, or use the continue token in this response to "
    "retrieve the remainder of the results."
)
_TOO_OLD = "The resourceVersion for the provided list is too old."


@dataclass(frozen=True, slots=True)
class ListPage:
    """One answer: the objects, the version they are of, and how to go on."""

    items: list[Stored]
    rv: int
    token: str = ""
    remaining: int | None = None


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
    store: ObjectStore,
    resource: tuple[str, str],
    namespace: str,
    options: ListOptions,
    test: Predicate | None,
    name: str = "",
) -> ListPage:
    """A list as the options ask for it. Raises 400, 410."""
    version, start = options.version if options.exact else 0, ""
    if options.token:
        version, start = _decoded(options.token)
    with store.lock:
        bucket = store.bucket(resource)
        if version and version < bucket.compacted:
            if not options.token:
                raise expired(_TOO_OLD)
            raise expired(_GONE, continue_token=_encoded(0, start))
        rv = version or store.rv
        objects, keys = bucket.objects, _narrowed(bucket.order(), namespace, start)
        if version and version < store.rv:
            objects = _at(bucket, version)
            keys = _narrowed(sorted(objects, key=path_of), namespace, start)
        if name and not options.limit:
            keys = [key for key in keys if key[1] == name]
        items: list[Stored] = []
        for i, key in enumerate(keys):
            stored = objects[key]
            if test is not None and not test(stored.obj):
                continue
            items.append(stored)
            after = len(keys) - i - 1
            if len(items) == options.limit and after:
                # With a selector nobody has counted how many come.
                token = _encoded(rv, path_of(key) + "\0")
                return ListPage(items, rv, token, None if test else after)
    return ListPage(items, rv)


def _encoded(rv: int, start: str) -> str:
    """Go on from `start`, the first path that may come next; `rv` is 0 for "as of now"."""
    return base64.urlsafe_b64encode(json.dumps([rv, start]).encode()).decode()


def _decoded(token: str) -> tuple[int, str]:
    try:
        rv, start = json.loads(base64.urlsafe_b64decode(token))
        return int(rv), str(start)
    except (ValueError, TypeError) as error:
        raise bad_request(f"invalid continue token: {error}") from error


def _narrowed(keys: Sequence[Key], namespace: str, start: str) -> Sequence[Key]:
    """The keys of one namespace, from `start` on."""
    if not namespace and not start:
        return keys
    prefix = f"{namespace}/" if namespace else ""
    first = bisect_left(keys, max(start, prefix), key=path_of)
    last = bisect_left(keys, f"{namespace}0", key=path_of) if namespace else len(keys)
    return keys[first:last]
