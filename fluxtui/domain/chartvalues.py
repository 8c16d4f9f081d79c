"""The values that a chart is rendered with, each with where it comes from (docs/flux.md#values).

Helm-controller merges what `valuesFrom` names in order, mapping by mapping, then the object's own
values over it; a `targetPath` is set as Helm's --set would. What a Secret gave is Masked, and only
its path is shown. Pure: who reads the ConfigMaps and Secrets hands them in.
Rule source: Flux's chartutil.ChartValuesFromReferences.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from fluxtui.domain.errors import FluxtuiError, UsageError
from fluxtui.domain.kinds.kind import ValuesFrom
from fluxtui.domain.masking import Masked, Masker
from fluxtui.domain.setpaths import set_at
from fluxtui.kit.values import frozen

OWN = "spec.values"
_OWN = -1

Parse = Callable[[str], Mapping[str, Any]]
"""A text of YAML as its one mapping; raises FluxtuiError."""


@frozen
class Referent:
    """What reading a ConfigMap or Secret gave: its data as texts, None when it is not there;
    `error`: why it could not be read."""

    data: Mapping[str, str] | None = None
    error: str = ""


@frozen
class ValueLine:
    """One value that is no mapping or list, or an empty one of these. `path` as
    `ingress.hosts[0].host`; `value` is Masked where `secret`; `by`: `spec.values`, or the place it
    was read out of, as `ConfigMap apps/common#values.yaml`."""

    path: str
    value: Any
    by: str
    secret: bool = False


@frozen
class ReadReference:
    """One entry of valuesFrom: where it points, and what came of it, in words ("" : it was read).
    `stops`: without it Flux renders nothing; `unknown`: it could not be read from here."""

    by: str
    target: str = ""
    outcome: str = ""
    stops: bool = False
    unknown: bool = False


@frozen
class ChartValues:
    """Values as merged: `tree` with Masked leaves, `lines` the same one by one, sorted as they
    stand there, and every reference in the order in which they are merged."""

    tree: Mapping[str, Any]
    lines: tuple[ValueLine, ...]
    references: tuple[ReadReference, ...] = ()

    @property
    def problems(self) -> tuple[str, ...]:
        """Why these may not be the values that Flux renders with, in sentences."""
        return tuple(
            f"{each.by}: {each.outcome}" for each in self.references if each.stops or each.unknown
        )


class _Map(dict[str, Any]):
    """A mapping that knows who made it."""

    by = _OWN


class _List(list[Any]):
    """A list that knows who made it."""

    by = _OWN


@frozen
class _Leaf:
    """A scalar, by the number of its reference. `stray`: its path is part of the value read."""

    value: Any
    by: int
    stray: bool = False


def place_of(namespace: str, reference: ValuesFrom) -> str:
    """`ConfigMap apps/common#values.yaml`."""
    return f"{reference.kind} {namespace}/{reference.name}#{reference.key}"


def chart_values(
    namespace: str,
    own: Mapping[str, Any],
    references: Sequence[ValuesFrom],
    found: Callable[[ValuesFrom], Referent],
    parse: Parse,
    masker: Masker,
) -> ChartValues:
    """The values of an object in `namespace`, masked. What stops Flux is left out and said."""
    told: list[ReadReference] = []
    tree = _merged_from(namespace, own, references, found, parse, told)
    shower = _Shower(namespace, references, masker)
    lines = tuple(shower.lines(tree, ""))
    return ChartValues(shower.shown(tree), lines, tuple(told))


def secret_values(
    namespace: str,
    own: Mapping[str, Any],
    references: Sequence[ValuesFrom],
    found: Callable[[ValuesFrom], Referent],
    parse: Parse,
) -> Iterator[tuple[tuple[str | int, ...], Any, str]]:
    """(path, value, `secret ns/name#key`) of all that a Secret gave: for hiding it elsewhere."""
    tree = _merged_from(namespace, own, references, found, parse, [])
    for path, leaf in _leaves(tree, ()):
        if leaf.by != _OWN and references[leaf.by].kind == "Secret":
            yield path, leaf.value, _label(namespace, references[leaf.by])


def plain_values(
    namespace: str,
    own: Mapping[str, Any],
    references: Sequence[ValuesFrom],
    found: Callable[[ValuesFrom], Referent],
    parse: Parse,
) -> dict[str, Any]:
    """The same as Helm gets them, Secrets' values and all: never for a person's eyes."""
    plain = _bare(_merged_from(namespace, own, references, found, parse, []))
    assert isinstance(plain, dict)
    return plain


def _label(namespace: str, reference: ValuesFrom) -> str:
    return f"secret {namespace}/{reference.name}#{reference.key}"


def _merged_from(
    namespace: str,
    own: Mapping[str, Any],
    references: Sequence[ValuesFrom],
    found: Callable[[ValuesFrom], Referent],
    parse: Parse,
    told: list[ReadReference],
) -> dict[str, Any]:
    values = _taken(own, _OWN)
    result: dict[str, Any] = _Map()
    for number, reference in enumerate(references):
        place = ReadReference(place_of(namespace, reference), reference.target)
        text, outcome = _text(reference, found(reference), place)
        if text is None:
            told.append(outcome)
            continue
        try:
            if reference.target:
                # Helm-controller shares what it merges: own values deeper than one name, which no
                # reference gave before, are changed by this too, and so keep it at the end.
                result = _merged(result, values)
                _set(result, reference, text, number)
            else:
                result = _merged(result, _taken(parse(text), number))
        except FluxtuiError as error:
            told.append(replace(place, outcome=_refusal(reference, error), stops=True))
        else:
            told.append(place)
    return _merged(result, values)


def _set(result: dict[str, Any], reference: ValuesFrom, text: str, number: int) -> None:
    set_at(
        result,
        reference.target,
        text,
        lambda value, stray: _Leaf(value, number, stray),
        literal=reference.literal,
    )


def _text(
    reference: ValuesFrom, referent: Referent, place: ReadReference
) -> tuple[str | None, ReadReference]:
    if referent.error:
        return None, replace(place, outcome=referent.error, unknown=True)
    if reference.kind not in ("ConfigMap", "Secret"):
        return None, replace(place, outcome="neither a ConfigMap nor a Secret", stops=True)
    missing = "it is not there" if referent.data is None else f"it has no key {reference.key}"
    text = (referent.data or {}).get(reference.key)
    if text is not None:
        return text, place
    more = ", and it is optional" if reference.optional else ""
    return None, replace(place, outcome=f"{missing}{more}", stops=not reference.optional)


def _refusal(reference: ValuesFrom, error: FluxtuiError) -> str:
    what = error.what if isinstance(error, UsageError) or reference.kind != "Secret" else ""
    if reference.target:
        return f"it cannot be set at {reference.target}: {what}"
    return f"it is no mapping of YAML: {what}" if what else "it is no mapping of YAML"


def _taken(value: Any, by: int) -> Any:
    """A copy in which everything knows who made it."""
    if isinstance(value, Mapping):
        map_ = _Map((str(name), _taken(part, by)) for name, part in value.items())
        map_.by = by
        return map_
    if isinstance(value, list | tuple):
        items = _List(_taken(part, by) for part in value)
        items.by = by
        return items
    return _Leaf(value, by)


def _merged(below: dict[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """`above` over `below`: mappings are joined, all else is replaced. Parts are shared."""
    out = _Map(below)
    out.by = getattr(above, "by", _OWN)
    for name, value in above.items():
        present = out.get(name)
        if isinstance(value, dict) and isinstance(present, dict):
            out[name] = _merged(present, value)
        else:
            out[name] = value
    return out


def _bare(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _bare(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_bare(part) for part in value]
    return value.value if isinstance(value, _Leaf) else value


def _leaves(
    value: Any, path: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], _Leaf]]:
    if isinstance(value, dict):
        for name, part in value.items():
            yield from _leaves(part, (*path, name))
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _leaves(part, (*path, number))
    elif isinstance(value, _Leaf):
        yield path, value


def _is_stray(value: Any) -> bool:
    """Whether even its name came out of what was read as one value."""
    if isinstance(value, dict | list):
        parts = value.values() if isinstance(value, dict) else value
        return bool(value) and all(map(_is_stray, parts))
    return isinstance(value, _Leaf) and value.stray


class _Shower:
    """Turns what is merged into what may be seen."""

    def __init__(self, namespace: str, references: Sequence[ValuesFrom], masker: Masker) -> None:
        self._references, self._masker = references, masker
        self._places = [place_of(namespace, each) for each in references]
        self._labels = [_label(namespace, each) for each in references]

    def shown(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {self._name(name, part): self.shown(part) for name, part in value.items()}
        if isinstance(value, list):
            return [self.shown(part) for part in value]
        return self._value(value) if isinstance(value, _Leaf) else value

    def lines(self, value: Any, path: str) -> Iterator[ValueLine]:
        if isinstance(value, dict) and value:
            for name, part in value.items():
                word = self._name(name, part)
                word = f'["{word}"]' if "." in word or "[" in word else f".{word}"
                yield from self.lines(part, f"{path}{word}".removeprefix("."))
        elif isinstance(value, list) and value:
            for number, part in enumerate(value):
                yield from self.lines(part, f"{path}[{number}]")
        elif path:
            leaf = value if isinstance(value, _Leaf) else None
            by = getattr(value, "by", _OWN)
            secret = leaf is not None and self._is_secret(by)
            shown = self._value(leaf) if leaf is not None else value
            shown = {} if isinstance(shown, dict) else [] if isinstance(shown, list) else shown
            yield ValueLine(path, shown, OWN if by == _OWN else self._places[by], secret)

    def _is_secret(self, by: int) -> bool:
        return by != _OWN and self._references[by].kind == "Secret"

    def _value(self, leaf: _Leaf) -> Any:
        if not self._is_secret(leaf.by):
            return leaf.value
        return self._masker.scalar(json.dumps(leaf.value), self._labels[leaf.by])

    def _name(self, name: str, part: Any) -> str:
        """A key that stands in a Secret's value is part of that value."""
        leaf = next(_leaves(part, ()), None) if _is_stray(part) else None
        if leaf is None or not self._is_secret(leaf[1].by):
            return name
        mark = self._masker.scalar(name, "").mark[:6]
        return f"{self._labels[leaf[1].by]}, more of it ({mark})"


def as_text(value: Any) -> str:
    """A value in one line of JSON, a Masked one as its label."""
    return str(value) if isinstance(value, Masked) else json.dumps(value, ensure_ascii=False)
