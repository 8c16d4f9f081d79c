"""What `get` is about: flux's nouns, and whatever people type for a kind, as kinds.

`all`, `ks`, `hr,ks`, `sources [chart]`, `images [policy]`, `artifacts generator`, and names behind
it. A family has a role or a group in common; nothing here lists kinds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from fluxtui.domain.errors import UsageError
from fluxtui.domain.kinds import ALL, SOURCES, by_short
from fluxtui.domain.kinds.kind import Kind
from fluxtui.domain.resource import Key
from fluxtui.kit.values import frozen


@frozen
class SoughtObjects:
    """Objects of these kinds: all of them, or those of a name, in any namespace or in one."""

    kinds: tuple[Kind, ...]
    namespace: str = ""
    name: str = ""

    def fit(self, key: Key) -> bool:
        """Whether the object is one of them."""
        return (
            any(kind.id == (key.group, key.kind) for kind in self.kinds)
            and self.name in ("", key.name)
            and self.namespace in ("", key.namespace)
        )

    @property
    def label(self) -> str:
        """`HelmRelease apps/web`."""
        kinds = " or ".join(kind.kind for kind in self.kinds)
        return f"{kinds} {'/'.join(filter(None, (self.namespace, self.name)))}"


def sought_objects(words: Sequence[str], found: Sequence[Kind]) -> tuple[SoughtObjects, ...]:
    """`hr,ks web idle` as kubectl takes it, `ks/web hr/idle` too, `ks/apps/web` as every verb here.

    Raises UsageError.
    """
    if words and "/" in words[0]:
        return tuple(each for word in words for each in _whole(word, found))
    names = list(words)
    listed = _kinds_listed(names, found)
    return tuple(_named(kinds, name.split("/"), name) for name in names or [""] for kinds in listed)


def _whole(word: str, found: Sequence[Kind]) -> list[SoughtObjects]:
    parts = word.split("/")
    return [_named(kinds, parts, word) for kinds in _kinds_listed(parts, found)]


def _named(kinds: tuple[Kind, ...], parts: Sequence[str], word: str) -> SoughtObjects:
    """`parts`: a namespace and a name, a name, or nothing."""
    if len(parts) > 2:
        raise UsageError(f"{word!r} names no object", next="KIND/NS/NAME or KIND/NAME")
    return SoughtObjects(kinds, parts[0] if len(parts) == 2 else "", parts[-1] if parts else "")


def _kinds_listed(words: list[str], found: Sequence[Kind]) -> list[tuple[Kind, ...]]:
    """Takes the words that name kinds off the list; kubectl's `hr,ks` are several."""
    if not words or "," not in words[0]:
        return [kinds_found(words, found)]
    listed = words.pop(0)
    each = listed.split(",")
    if not all(each):
        raise UsageError(f"{listed!r} lists no kinds", next="for example hr,ks")
    return [kinds_found([word], found) for word in each]


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
