"""Which keys a Command has on this screen, and how a key is written for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.binding import Binding
from textual.keys import Keys

from fluxtui.commands.command import Command
from fluxtui.commands.registry import ALL
from fluxtui.domain.keytokens import with_keys

ASIDE = frozenset(("left", "right"))
# Keys that take the cursor one known step from where a person sees it.
MOVES = frozenset(
    (
        *("up", "down", "j", "k"),
        *(
            "home",
            "end",
            "G",
            "space",
            "ctrl+home",
            "ctrl+end",
            "pageup",
            "pagedown",
            "ctrl+b",
            "ctrl+f",
        ),
    )
)
_WORDS = {
    "question_mark": "?",
    "colon": ":",
    "slash": "/",
    "exclamation_mark": "!",
    "enter": "⏎",
    "escape": "esc",
    "left": "←",
    "right": "→",
    "up": "↑",
    "down": "↓",
    "pageup": "PgUp",
    "pagedown": "PgDn",
}


def shown_key(key: str) -> str:
    """`^l` for ctrl+l, `?` for question_mark; the first of several."""
    first = key.split(",")[0].strip()
    if first.startswith("ctrl+"):
        return "^" + shown_key(first[5:])
    return _WORDS.get(first, first)


def key_table(commands: Sequence[Command], remapped: Mapping[str, str]) -> dict[str, str]:
    """Command id -> comma-separated keys, as Textual's bindings want them."""
    return {c.id: ",".join(each_key(remapped.get(c.id) or ",".join(c.keys))) for c in commands}


def named_keys(text: str, remapped: Mapping[str, str]) -> str:
    """A sentence with the keys that its Commands have now (`domain.keytokens`); a Command without
    any is named as it is typed after `:`."""
    return with_keys(text, lambda id_: key_of(id_, remapped))


def key_of(id_: str, remapped: Mapping[str, str]) -> str:
    """The first key of that Command, as it is shown; `:id` where it has none."""
    keys = remapped.get(id_) or next((",".join(c.keys) for c in ALL if c.id == id_), "")
    return shown_key(each_key(keys)[0]) if keys else f":{id_}"


def each_key(keys: str) -> list[str]:
    """Keys with commas between, as Textual names them: `?` is its question_mark."""
    return [binding.key for binding in Binding.make_bindings([Binding(keys, "")])] if keys else []


def is_key(key: str) -> bool:
    """Whether some keyboard may send a key of that name."""
    *modifiers, base = key.split("+")
    if not base or not set(modifiers) <= {"ctrl", "shift", "alt"}:
        return False
    characters = each_key(",".join(chr(code) for code in range(0x21, 0x7F) if chr(code) != ","))
    names = {part for name in Keys for part in name.value.split("+")}
    return base in names or base in ("comma", *characters)
