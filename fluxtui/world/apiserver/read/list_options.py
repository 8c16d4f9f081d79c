"""The query of a list or a watch, read and judged before anything is looked up. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fluxtui.world.apiserver.status import bad_request


@dataclass(frozen=True, slots=True)
class ListOptions:
    """What a client asks of a list or watch. `version` is 0 for "now"; `initial`: a watch begins
    with what there is; `seconds` and `limit` are 0 where nothing was said."""

    labels: str = ""
    fields: str = ""
    version: int = 0
    exact: bool = False
    limit: int = 0
    token: str = ""
    bookmarks: bool = False
    initial: bool = False
    seconds: int = 0


def flag(query: Mapping[str, str], name: str) -> bool:
    """A boolean as the API reads it: there and neither `false` nor `0`."""
    return query.get(name, "false").lower() not in ("false", "0")


def number(query: Mapping[str, str], name: str) -> int:
    """A number of the query, 0 where there is none. Raises 400."""
    text = query.get(name) or "0"
    if not text.isascii() or not text.removeprefix("-").isdigit():
        raise bad_request(f'{name}: parsing "{text}": invalid syntax')
    return int(text)


def parse(query: Mapping[str, str], *, watch: bool = False) -> ListOptions:
    """The options of a query. Raises 400 where it does not parse."""
    match, version = query.get("resourceVersionMatch", ""), number(query, "resourceVersion")
    limit, token = max(number(query, "limit"), 0), query.get("continue", "")
    if query.get("resourceVersion") == "0" and not token:
        limit = 0  # any version will do: answered whole, as from a watch cache
    return ListOptions(
        query.get("labelSelector", ""),
        query.get("fieldSelector", ""),
        version,
        match == "Exact" or (not match and limit > 0),
        limit,
        token,
        flag(query, "allowWatchBookmarks"),
        flag(query, "sendInitialEvents") or (watch and not version),
        number(query, "timeoutSeconds"),
    )
