"""Whether the theme and the keys of a configuration are some: asked before the screen opens.

Only Textual knows all themes and names of keys, so what is asked here imports it; a headless verb,
which shows neither, does not ask.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fluxtui.cli.fields import FieldPlace
from fluxtui.domain.errors import ConfigError


def check_looks(data: Mapping[str, Any], place: FieldPlace) -> None:
    """The `theme` and `keys` of a file. Raises ConfigError with file and line."""
    if data.get("theme"):
        check_theme(str(data["theme"]), str(place.under(data, "theme")))
    if data.get("keys"):
        _check_keys(data["keys"], place.under(data, "keys"))


def check_theme(name: str, where: str) -> None:
    """Raises ConfigError when there is no theme of that name."""
    from fluxtui.cli.nearest import nearest
    from fluxtui.ui.theme import names

    themes = names()
    if name not in themes:
        near = nearest(name, themes)
        hint = f"did you mean {near}? " if near else ""
        raise ConfigError(
            f"there is no theme {name!r}", where=where, next=f"{hint}known: {', '.join(themes)}"
        )


def _check_keys(remapped: Mapping[str, Any], place: FieldPlace) -> None:
    from fluxtui.commands.registry import ALL, by_id
    from fluxtui.ui.keys import each_key, is_key, key_table
    from fluxtui.ui.ownkeys import own_keys

    owners = own_keys()
    table = key_table(ALL, {name: str(keys or "") for name, keys in remapped.items()})
    # Commands that kept their keys first: who was remapped onto one of them is told so.
    for command in sorted(ALL, key=lambda c: c.id in remapped):
        where = str(place.under(remapped, command.id)) if command.id in remapped else str(place)
        for key in each_key(table[command.id]):
            if not is_key(key):
                raise ConfigError(
                    f"there is no key {key!r}", where=where, next="write for example x, ctrl+o, f5"
                )
            if key in owners:
                raise ConfigError(
                    f"{key} is the key of {owners[key]} already",
                    where=where,
                    next=f"give {by_id(command.id).title} another one",
                )
            owners[key] = f"{command.title} ({command.id})"
