"""Variables of post-build substitution: gathered from a Kustomization and what it refers to.

Values are plain text; those from a Secret stay marked, so that whatever holds one can be masked.
Must not fetch anything: ConfigMaps and Secrets are handed in.
Rules: docs/flux.md#substitution.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from fluxtui.domain.errors import SubstitutionError

_NAME: Final = re.compile(r"[_A-Za-z][_A-Za-z0-9]*\Z")


@dataclass(frozen=True, slots=True)
class Variables:
    """Name -> value; `secret` names those that came from a Secret; `sources` says from where.

    `problem`: why they cannot be put into any object, found out when there is one, as in Flux.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    secret: frozenset[str] = frozenset()
    sources: Mapping[str, str] = field(default_factory=dict)
    problem: SubstitutionError | None = None

    def __len__(self) -> int:
        return len(self.values)


def collect_variables(
    kustomization: Mapping[str, Any],
    configmaps: Mapping[str, Mapping[str, str]],
    secrets: Mapping[str, Mapping[str, str]],
) -> Variables:
    """Variables of `spec.postBuild`, later sources over earlier ones, inline over all.

    `configmaps` and `secrets` hold plain text by `namespace/name`. A missing reference that is
    not optional, or a key that is no variable name, becomes the `problem` of what is returned.
    """
    metadata = kustomization.get("metadata") or {}
    namespace = str(metadata.get("namespace") or "default")
    post = (kustomization.get("spec") or {}).get("postBuild") or {}
    values: dict[str, str] = {}
    secret: set[str] = set()
    sources: dict[str, str] = {}
    problems: list[SubstitutionError] = []

    def take(texts: Mapping[str, str], source: str, *, hidden: bool) -> None:
        for name, value in texts.items():
            if not _NAME.match(name):
                message = f"{name!r} var name is invalid, must match {_NAME.pattern[:-2]}"
                problems.append(SubstitutionError(message, where=source, variable=name))
            # A null is an empty text to Go, so that a default applies.
            values[name] = "" if value is None else str(value).replace("\n", "")
            sources[name] = source
            (secret.add if hidden else secret.discard)(name)

    for reference in post.get("substituteFrom") or ():
        kind, name = str(reference.get("kind") or ""), str(reference.get("name") or "")
        texts_of = {"ConfigMap": configmaps, "Secret": secrets}.get(kind)
        source = f"{kind} {namespace}/{name}"
        if texts_of is None:
            continue
        texts = texts_of.get(f"{namespace}/{name}")
        if texts is None:
            if reference.get("optional"):
                continue
            message = f"substitute from {source}: not found"
            problems.append(SubstitutionError(message, where=source))
            continue
        take(texts, source, hidden=kind == "Secret")
    take(post.get("substitute") or {}, "spec.postBuild.substitute", hidden=False)
    return Variables(values, frozenset(secret), sources, problems[0] if problems else None)
