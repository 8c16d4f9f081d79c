"""What `get` is about: flux's nouns, and whatever people type for a kind, as kinds.

`all`, `ks`, `sources [chart]`, `images [policy]`, `artifacts generator`. A family has a role or a
group in common; nothing here lists kinds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from fluxtui.domain.errors import UsageError
from fluxtui.domain.kinds import ALL, SOURCES, by_short
from fluxtui.domain.kinds.kind import Kind


def _of_group(beginning: str) -> tuple[Kind, ...]:
    return tuple(kind for kind in ALL if kind.group.startswith(beginning))


_FAMILIES: Mapping[str, Callable[[], tuple[Kind, ...]]] = {
    "source": lambda: SOURCES,
    "image": lambda: _of_group("image."),
    "artifact": lambda: _of_group("source.extensions."),
}


def kinds_found(words: list[str], found: Sequence[Kind]) -> tuple[Kind, ...]:
    """As `kinds_of`, with these kinds besides."""
    word, _dot, group = (words[0] if words else "all").lower().partition(".")
    hits = tuple(
        kind
        for kind in found
        if {word, word.removesuffix("s")} & set(kind.called) and group in ("", kind.group)
    )
    if hits:
        del words[:1]
        return hits
    return (*kinds_of(words), *found) if word == "all" else kinds_of(words)


def kinds_of(words: list[str]) -> tuple[Kind, ...]:
    """Takes the words that name kinds off the list. Raises UsageError for what is none of ours."""
    if not words or words[0] == "all":
        del words[:1]
        return ALL
    first = words.pop(0).lower()
    family = _FAMILIES.get(first.removesuffix("s"))
    if family is None:
        kind = by_short(first) or by_short(first.removesuffix("s"))
        if kind is None:
            raise _not_ours(first, f"kubectl get {first}")
        return (kind,)
    if not words or words[0] == "all":
        del words[:1]
        return family()
    word = words.pop(0).lower()
    member = _member(family(), word)
    if member is None:
        raise _not_ours(f"{first} {word}", f"flux get {first} {word}")
    return (member,)


def _member(family: tuple[Kind, ...], word: str) -> Kind | None:
    """The one that is called so, or the only one that has it in its name: `policy`, `update`."""
    kind = by_short(word)
    if kind is not None:
        return kind if kind in family else None
    hits = [kind for kind in family if word.removesuffix("s") in kind.kind.lower()]
    return hits[0] if len(hits) == 1 else None


def _not_ours(word: str, advice: str) -> UsageError:
    kinds = ", ".join(kind.many for kind in ALL)
    return UsageError(f"fluxtui lists no {word}: it follows {kinds}", next=advice)
