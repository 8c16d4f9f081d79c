"""Lists: what is in them at which resourceVersion, in pages.

A page after the first shows the state the first one saw, worked out by undoing newer events; where
those are gone the answer is 410 with a token to go on from the present. Nothing here writes.
"""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from fluxtui.world.apiserver import continuation
from fluxtui.world.apiserver.continuation import Continuation
from fluxtui.world.apiserver.list_options import ListOptions
from fluxtui.world.apiserver.selectors import Predicate
from fluxtui.world.apiserver.status import (
    Cause,
    Details,
    StatusError,
    bad_request,
    expired,
)
from fluxtui.world.apiserver.store import Bucket, Key, Store, Stored, path_of

_GONE = (
    "The provided continue parameter is too old to display a consistent list result. You can start "
    "a new list without the continue parameter, or use the continue token in this response to "
    "retrieve the remainder of the results. Continuing with the provided token results in an "
    "inconsistent list - objects that were created, modified, or deleted between the time the "
    "first chunk was returned and now may show up in the list."
)
_TOO_OLD = "The resourceVersion for the provided list is too old."


@dataclass(frozen=True, slots=True)
class Page:
    """One answer: the objects, the version they are of, and how to go on."""

    items: list[Stored]
    rv: int
    token: str = ""
    remaining: int | None = None


@dataclass(frozen=True, slots=True)
class _Asked:
    """`rv` is 0 for now; `start` is the first key that may be in the page."""

    rv: int = 0
    start: str = ""


def parse_version(text: str) -> int:
    """A resourceVersion as a number, 0 where there is none. Raises ValueError with Go's words."""
    if not text:
        return 0
    fault = ""
    if not (text.isascii() and text.isdigit()):
        fault = "invalid syntax"
    elif int(text) >= 2**64:
        fault = "value out of range"
    if fault:
        why = f'strconv.ParseUint: parsing "{text}": {fault}'
        raise ValueError(f'resourceVersion: Invalid value: "{text}": {why}')
    return int(text)


def plain_version(text: str) -> int:
    """The same for a get or a watch, which answer nonsense with 500."""
    try:
        return parse_version(text)
    except ValueError as error:
        raise StatusError(500, "", str(error)) from error


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


def reached(store: Store, rv: int) -> None:
    """Return once the store is as new as `rv`; raises 504 where it does not become so in time."""
    deadline = time.monotonic() + store.patience
    with store.lock:
        while store.rv < rv:
            left = deadline - time.monotonic()
            if left <= 0:
                raise too_new(rv, store.rv)
            store.advanced.wait(left)


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
    options: ListOptions,
    wanted: Predicate | None,
    name: str = "",
) -> Page:
    """A list as the options ask for it. Raises 400, 410, 504."""
    asked = _asked(store, options, namespace)
    limit = max(options.limit, 0)
    if options.version == "0" and not options.token:
        limit = 0  # any version will do: answered whole, as from a watch cache
    with store.lock:
        bucket = store.bucket(resource)
        if asked.rv and asked.rv < bucket.compacted:
            if not options.token:
                raise expired(_TOO_OLD)
            start = asked.start.removeprefix(f"{namespace}/") if namespace else asked.start
            raise expired(_GONE, continue_token=Continuation(-1, start).encode())
        rv = asked.rv or store.rv
        objects, keys = bucket.objects, _narrowed(bucket.order(), namespace, asked.start)
        if asked.rv and asked.rv < store.rv:
            objects = _at(bucket, asked.rv)
            keys = _narrowed(sorted(objects, key=path_of), namespace, asked.start)
        if name and not limit:
            keys = [key for key in keys if key[1] == name]
        items: list[Stored] = []
        for i, key in enumerate(keys):
            stored = objects[key]
            if wanted is not None and not wanted(stored.obj):
                continue
            items.append(stored)
            if len(items) == limit:
                rest = len(keys) - i - 1
                return Page(items, rv, *_more(key, namespace, rv, rest, wanted))
    return Page(items, rv)


def _more(
    last: Key, namespace: str, rv: int, rest: int, wanted: Predicate | None
) -> tuple[str, int | None]:
    """The token after `last` and how many come; with a selector nobody has counted them."""
    if not rest:
        return "", None
    start = (last[1] if namespace else path_of(last)) + "\0"
    return Continuation(rv, start).encode(), None if wanted else rest


def _narrowed(keys: Sequence[Key], namespace: str, start: str) -> Sequence[Key]:
    """The keys of one namespace, from `start` on."""
    if not namespace and not start:
        return keys
    prefix = f"{namespace}/" if namespace else ""
    first = bisect_left(keys, max(start, prefix), key=path_of)
    last = bisect_left(keys, f"{namespace}0", key=path_of) if namespace else len(keys)
    return keys[first:last]


def _asked(store: Store, options: ListOptions, namespace: str) -> _Asked:
    """Which version a list is of, and where it begins; waits for a version that is to come."""
    if options.token:
        found = continuation.decode(options.token)
        if options.version not in ("", "0"):
            raise bad_request("specifying resource version is not allowed when using continue")
        start = f"{namespace}/{found.start}" if namespace else found.start
        return _Asked(max(found.rv, 0), start)
    try:
        rv = parse_version(options.version)
    except ValueError as error:
        raise bad_request(f"invalid resource version: {error}") from error
    if not rv:
        return _Asked()
    reached(store, rv)
    exact = options.match == "Exact" or (not options.match and options.limit > 0)
    return _Asked(rv if exact else 0)
