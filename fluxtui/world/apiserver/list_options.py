"""The query of a list or a watch, read and judged before anything is looked up.

Conversions, rules and texts are apimachinery's (ListOptions). Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from fluxtui.world.apiserver.status import (
    Cause,
    Resource,
    bad_request,
    forbidden_field,
    invalid,
)

_MATCH = "resourceVersionMatch"
_INT64 = range(-(2**63), 2**63)


@dataclass(frozen=True, slots=True)
class ListOptions:
    """What a client asks of a list or watch. Versions stay text: who uses them words the error.

    `initial_events` is None where the client said nothing; `seconds` and `limit` are 0 then.
    """

    labels: str = ""
    fields: str = ""
    version: str = ""
    match: str = ""
    limit: int = 0
    token: str = ""
    watch: bool = False
    bookmarks: bool = False
    initial_events: bool | None = None
    seconds: int = 0


def flag(query: Mapping[str, str], name: str) -> bool:
    """A boolean as the API reads it: there and neither `false` nor `0`."""
    return name in query and query[name].lower() not in ("false", "0")


def _number(query: Mapping[str, str], name: str) -> int:
    text = query.get(name)
    if text is None:
        return 0
    digits = text[1:] if text[:1] in ("-", "+") else text
    if not (digits.isascii() and digits.isdigit()):
        raise bad_request(f'strconv.ParseInt: parsing "{text}": invalid syntax')
    if int(text) not in _INT64:
        raise bad_request(f'strconv.ParseInt: parsing "{text}": value out of range')
    return int(text)


def parse(query: Mapping[str, str], *, watch: bool = False) -> ListOptions:
    """The options of a query. Raises 400 where it does not parse, 422 for what contradicts."""
    options = ListOptions(
        query.get("labelSelector", ""),
        query.get("fieldSelector", ""),
        query.get("resourceVersion", ""),
        query.get(_MATCH, ""),
        _number(query, "limit"),
        query.get("continue", ""),
        watch or flag(query, "watch"),
        flag(query, "allowWatchBookmarks"),
        flag(query, "sendInitialEvents") if "sendInitialEvents" in query else None,
        _number(query, "timeoutSeconds"),
    )
    silent = options.initial_events is None and not options.match
    if options.watch and silent and options.version in ("", "0"):
        options = replace(options, initial_events=True, match="NotOlderThan")
    causes = list(_watch_causes(options) if options.watch else _list_causes(options))
    if causes:
        raise invalid(Resource("", "meta.k8s.io", "ListOptions"), causes)
    return options


def _unsupported(value: str, *known: str) -> Cause:
    values = ", ".join(f'"{each}"' for each in known)
    text = f'Unsupported value: "{value}": supported values: {values}'
    return Cause("FieldValueNotSupported", text, _MATCH)


def _list_causes(options: ListOptions) -> Iterator[Cause]:
    if options.match:
        if not options.version:
            text = "resourceVersionMatch is forbidden unless resourceVersion is provided"
            yield forbidden_field(_MATCH, text)
        if options.token:
            yield _not_with_continue()
        if options.match not in ("Exact", "NotOlderThan"):
            yield _unsupported(options.match, "Exact", "NotOlderThan", "")
        if options.match == "Exact" and options.version == "0":
            text = 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'
            yield forbidden_field(_MATCH, text)
    if options.initial_events is not None:
        yield forbidden_field("sendInitialEvents", "sendInitialEvents is forbidden for list")


def _watch_causes(options: ListOptions) -> Iterator[Cause]:
    given = options.initial_events is not None
    if given and options.match != "NotOlderThan":
        text = "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"
        yield forbidden_field(_MATCH, text)
    if not options.match:
        return
    if not given:
        text = "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"
        yield forbidden_field(_MATCH, text)
    if options.match != "NotOlderThan":
        yield _unsupported(options.match, "NotOlderThan")
    if options.token:
        yield _not_with_continue()


def _not_with_continue() -> Cause:
    return forbidden_field(_MATCH, "resourceVersionMatch is forbidden when continue is provided")
