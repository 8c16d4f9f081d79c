"""Two builds of one Kustomization as a rule sees them: from short YAML, masked as in a review."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import yaml

from fluxtui.domain.danger import Danger
from fluxtui.domain.inventory import ObjectId
from fluxtui.domain.masking import Masker
from fluxtui.domain.objectdiff import diff_objects
from fluxtui.domain.resource import Key
from fluxtui.domain.review.delivered import Delivered
from fluxtui.domain.review.rules import dangers

OWN = Key("production", "kustomize.toolkit.fluxcd.io", "Kustomization", "apps", "web")
_MASKER = Masker(b"a session of this test")


def objects(text: str) -> list[Mapping[str, Any]]:
    """The objects of a YAML stream, in the namespace apps where they say none."""
    found = [obj for obj in yaml.safe_load_all(text) if obj]
    for obj in found:
        obj.setdefault("metadata", {}).setdefault("namespace", "apps")
    return found


def delivered(before: str, after: str, *, prune: bool = True, force: bool = False) -> Delivered:
    """What a rule is given for these two builds."""
    old, new = objects(before), objects(after)
    changes = diff_objects(old, new, _MASKER)
    if prune:
        changes = tuple(
            replace(change, kind="pruned") if change.kind == "removed" else change
            for change in changes
        )
    return Delivered(OWN, force, changes, _by_id(old), _by_id(new))


def _by_id(found: Iterable[Mapping[str, Any]]) -> dict[ObjectId, Mapping[str, Any]]:
    return {ObjectId.of(obj): _MASKER.mask(obj) for obj in found}


def found(before: str, after: str, **how: bool) -> tuple[Danger, ...]:
    """What all rules say of them."""
    return dangers(delivered(before, after, **how))


def rules_of(before: str, after: str, **how: bool) -> set[str]:
    """The ids of the rules that say something."""
    return {danger.rule for danger in found(before, after, **how)}
