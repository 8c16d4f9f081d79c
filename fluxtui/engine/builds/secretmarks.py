"""Stand-ins for Secret values in builds, so that no build, diff or message ever sees a value.

A variable out of a Secret is replaced, before anything is built, by a token: a keyed hash of where
it is and what it is. Equal tokens mean equal values; afterwards every scalar that holds a token is
shown as `secret ns/name#key`. The key lives one session. Nothing here may keep or return a value.
"""

from __future__ import annotations

import dataclasses
import hashlib
import hmac
import re
from collections.abc import Mapping
from typing import Any

from fluxtui.domain.masking import Masked
from fluxtui.domain.objectdiff import FieldChange, ObjectChange

TOKEN = re.compile(r"fluxtui-secret-[0-9a-f]{24}")


def token(key: bytes, label: str, value: str) -> str:
    """The stand-in for `value`, which stands at `label`."""
    text = f"{label}\0{value}".encode()
    return "fluxtui-secret-" + hmac.new(key, text, hashlib.sha256).hexdigest()[:24]


class Marks:
    """Turns tokens into what is shown. `labels`: token -> `secret ns/name#key`."""

    def __init__(self, labels: Mapping[str, str]) -> None:
        self._labels = labels

    def text(self, text: str) -> str:
        """A message with labels instead of tokens."""
        return TOKEN.sub(lambda match: self._labels.get(match[0], "secret"), text)

    def change(self, change: ObjectChange) -> ObjectChange:
        """The change with every marked scalar masked whole."""
        if not self._labels:
            return change  # every token has a label: there is none to look for
        return dataclasses.replace(
            change,
            id=dataclasses.replace(
                change.id, namespace=self.text(change.id.namespace), name=self.text(change.id.name)
            ),
            was=self.text(change.was),
            fields=tuple(self._field(field) for field in change.fields),
            before=self._masked(change.before),
            after=self._masked(change.after),
        )

    def _field(self, field: FieldChange) -> FieldChange:
        before, after = self._shown(field.before), self._shown(field.after)
        if before == after and field.before != field.after:
            after = self._shown(field.after, changed=True)
        return dataclasses.replace(
            field,
            path=self.text(field.path),
            before=before,
            after=after,
            at=tuple(self.text(part) if isinstance(part, str) else part for part in field.at),
        )

    def _shown(self, value: Any, *, changed: bool = False) -> Any:
        if isinstance(value, str):
            label = self._label(value)
            return f"{label}, changed" if label and changed else label or value
        if isinstance(value, Mapping):
            return {self.text(str(k)): self._shown(v, changed=changed) for k, v in value.items()}
        if isinstance(value, list | tuple):
            return [self._shown(v, changed=changed) for v in value]
        return value

    def _masked(self, value: Any) -> Any:
        """Like `_shown`, but comparable: `unified` must see whether two secrets differ."""
        if isinstance(value, str):
            label = self._label(value)
            return Masked(label, hashlib.sha256(value.encode()).hexdigest()) if label else value
        if isinstance(value, Mapping):
            return {self.text(str(k)): self._masked(v) for k, v in value.items()}
        if isinstance(value, list | tuple):
            return [self._masked(v) for v in value]
        return value

    def _label(self, text: str) -> str:
        """Labels of the tokens in `text`, "" when there are none."""
        labels = dict.fromkeys(self._labels.get(t, "secret") for t in TOKEN.findall(text))
        return " + ".join(labels)
