"""Hides in rendered objects and values what came out of Secrets: only tokens remain of it.

A chart may write a value anywhere, so it is looked for everywhere: what the release's own Secrets
hold, and what `valuesFrom` takes out of Secrets. Whole scalars are hidden, of short values only the
equal ones (docs/limits.md). Runs in the worker process only.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from fluxtui.cluster.port import Json
from fluxtui.domain.chartvalues import secret_values
from fluxtui.domain.kinds.kind import ValuesFrom
from fluxtui.engine.builds.releaseparts import ValueInputs, parsed
from fluxtui.engine.builds.secretmarks import token

EQUAL, WITHIN = 3, 8
"""Shortest values that are hidden where a scalar is equal to them, and where it contains them."""
_WORDS = frozenset({"true", "false", "null", "none", "yes", "no"})
_IDENTITY = frozenset({"apiVersion", "kind", "name", "namespace"})

Path = tuple[str | int, ...]


class Hiding:
    """What has to be hidden, and how it is called. `labels`: what each token stands for."""

    def __init__(self, session: bytes, inputs: ValueInputs) -> None:
        self.labels: dict[str, str] = {}
        self._session = session
        self._needles: dict[str, str] = {}
        self._pattern: re.Pattern[str] | None = None
        self._inputs = inputs
        secret = [each for each in inputs.references if each.kind == "Secret"]
        self._secret: list[tuple[Path, str]] = []
        arguments = (inputs.own, inputs.references, inputs.referent, parsed)
        for path, value, label in secret_values(inputs.namespace, *arguments):
            self._secret.append((path, label))
            self._learn(value, label)
        # What a Secret held before, or holds unseen, may stand at any path nothing else explains.
        doubted = " or ".join(dict.fromkeys(map(self._label, secret)))
        self._doubt = f"perhaps {doubted}" if doubted else ""
        self._plain = set(_explained(inputs))

    def learn(self, objects: Iterable[Json], values: Mapping[str, Any]) -> None:
        """Take in what a release's Secrets hold, and what of its values came out of one."""
        for obj in objects:
            if _is_secret(obj):
                metadata = obj.get("metadata") or {}
                place = f"{metadata.get('namespace') or self._inputs.namespace}/{metadata['name']}"
                for name, value in _readable(obj):
                    self._learn(value, f"secret {place}#{name}")
        for path, value in _leaves(values, ()):
            if label := self._origin(path):
                self._learn(value, label)

    def values(self, values: Mapping[str, Any]) -> Any:
        """A release's values with tokens for what came out of a Secret."""
        return self._valued(values, ())

    def object(self, obj: Json) -> Json:
        """An object with tokens; one of kind Secret as it is, which the diff masks whole."""
        if _is_secret(obj) or not self._needles:
            return obj
        hidden = {name: self._hidden(part, name) for name, part in obj.items()}
        metadata = obj.get("metadata") or {}
        kept = {name: metadata[name] for name in ("name", "namespace") if name in metadata}
        own = {name: part for name, part in obj.items() if name in ("apiVersion", "kind")}
        return {**hidden, **own, "metadata": {**hidden["metadata"], **kept}}

    def text(self, text: str) -> str:
        """A line of text with labels in place of what has to be hidden."""
        return self._within().sub(lambda match: self._needles[match[0]], text)

    def _learn(self, value: Any, label: str) -> None:
        text = value if isinstance(value, str) else json.dumps(value)
        if len(text) < EQUAL or text.lower() in _WORDS or not isinstance(value, str | int | float):
            return
        forms = (text, text.strip(), base64.b64encode(text.encode()).decode(), quote(text, safe=""))
        # A chart may indent a file, so each of its lines is looked for.
        lines = [line.strip() for line in text.splitlines()] if "\n" in text.strip() else []
        for needle in (*forms, *(line for line in lines if len(line) >= WITHIN)):
            if len(needle) >= EQUAL:
                self._needles.setdefault(needle, label)
        self._pattern = None

    def _within(self) -> re.Pattern[str]:
        if self._pattern is None:
            long = sorted((n for n in self._needles if len(n) >= WITHIN), key=len, reverse=True)
            self._pattern = re.compile("|".join(map(re.escape, long)) or "(?!)")
        return self._pattern

    def _hidden(self, value: Any, name: str = "") -> Any:
        if isinstance(value, Mapping):
            return {self._key(k): self._hidden(v, str(k)) for k, v in value.items()}
        if isinstance(value, list):
            return [self._hidden(part, name) for part in value]
        if value is None or isinstance(value, bool):
            return value
        text = value if isinstance(value, str) else json.dumps(value)
        label = "" if name in _IDENTITY and len(text) < WITHIN else self._needles.get(text, "")
        if not label:
            found = self._within().search(text)
            label = self._needles[found[0]] if found is not None else ""
        return self._token(label, text) if label else value

    def _key(self, name: Any) -> Any:
        found = self._within().search(str(name))
        return self._token(self._needles[found[0]], str(name)) if found is not None else name

    def _valued(self, value: Any, path: Path) -> Any:
        if isinstance(value, Mapping):
            return {self._key(k): self._valued(v, (*path, str(k))) for k, v in value.items()}
        if isinstance(value, list):
            return [self._valued(part, (*path, number)) for number, part in enumerate(value)]
        label = self._origin(path)
        return self._token(label, json.dumps(value)) if label else self._hidden(value)

    def _origin(self, path: Path) -> str:
        """The Secret that the value at a path came, or may have come, out of."""
        exact = next((label for at, label in self._secret if at == path), "")
        return exact or (self._doubt if path not in self._plain else "")

    def _token(self, label: str, text: str) -> str:
        mark = token(self._session, label, text)
        self.labels[mark] = label
        return mark

    def _label(self, reference: ValuesFrom) -> str:
        return f"secret {self._inputs.namespace}/{reference.name}#{reference.key}"


def _explained(inputs: ValueInputs) -> Iterator[Path]:
    """Paths that the object itself or a ConfigMap sets."""
    from fluxtui.domain.chartvalues import plain_values

    plain = tuple(each for each in inputs.references if each.kind != "Secret")
    values = plain_values(inputs.namespace, inputs.own, plain, inputs.referent, parsed)
    return (path for path, _value in _leaves(values, ()))


def _leaves(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield from _leaves(part, (*path, str(name)))
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _leaves(part, (*path, number))
    else:
        yield path, value


def _is_secret(obj: Json) -> bool:
    return obj.get("kind") == "Secret" and obj.get("apiVersion") == "v1"


def _readable(obj: Json) -> Iterator[tuple[str, str]]:
    for name, value in (obj.get("data") or {}).items():
        try:
            yield str(name), base64.b64decode(str(value), validate=True).decode()
        except ValueError:
            yield str(name), str(value)
    for name, value in (obj.get("stringData") or {}).items():
        yield str(name), str(value)
