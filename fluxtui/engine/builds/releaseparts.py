"""The worker's side of a HelmRelease's values: parses what was read, merges it, masks it.

Runs in the worker process only. Secrets' values come in as an API sends them and never go out.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fluxtui.domain.chartvalues import ChartValues, Referent, chart_values
from fluxtui.domain.kinds.kind import ValuesFrom
from fluxtui.domain.masking import Masker


@dataclass(frozen=True, slots=True)
class ValueInputs:
    """What values are made of: the object's namespace, its own, and what was `found` by (kind,
    name), data as the API sent it."""

    namespace: str
    own: Mapping[str, Any]
    references: tuple[ValuesFrom, ...]
    found: Mapping[tuple[str, str], Referent]

    def referent(self, reference: ValuesFrom) -> Referent:
        """What a reference points at, data as texts."""
        found = self.found.get((reference.kind, reference.name), Referent())
        if reference.kind != "Secret" or found.data is None:
            return found
        return Referent({name: _decoded(text) for name, text in found.data.items()})


def values(session: bytes, inputs: ValueInputs) -> ChartValues:
    """The values as Flux merges them, masked."""
    return chart_values(
        inputs.namespace, inputs.own, inputs.references, inputs.referent, parsed, Masker(session)
    )


def parsed(text: str) -> Mapping[str, Any]:
    """The first document of YAML by Helm's rules, {} of none. Raises BuildError."""
    from fluxtui.kustomize import load_manifests

    return next(iter(load_manifests(text, mode="kubectl")), {})


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode("utf-8", "replace")
    except ValueError:
        return text
