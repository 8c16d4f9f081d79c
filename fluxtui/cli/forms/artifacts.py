"""Artifacts in a registry as data: `artifact push|pull|tag|list|diff|delete`. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from fluxtui.cli.forms.envelope import Document, document, listing, maybe
from fluxtui.cli.forms.plans import receipt
from fluxtui.domain.plan import Receipt

if TYPE_CHECKING:
    from fluxtui.artifacts import FileChange, Pulled


def pulled(artifact: Pulled, folder: str) -> Document:
    """What was unpacked, and where."""
    notes = [{"name": name, "value": value} for name, value in artifact.annotations.items()]
    return document(
        "ArtifactPull",
        revision=artifact.revision,
        digest=artifact.digest,
        folder=folder,
        annotations=notes,
    )


def tags(repository: str, names: Iterable[str]) -> Document:
    """Tags in the registry's order."""
    return listing("ArtifactTags", ({"repository": repository, "tag": name} for name in names))


def changes(differences: Iterable[FileChange]) -> Document:
    """Files that differ."""
    return listing("ArtifactDiff", map(_change, differences))


def _change(change: FileChange) -> Document:
    lines = None if change.why_no_lines else list(change.lines)
    return {
        "file": change.path,
        "change": change.kind,
        "before": {"sha256": change.before_sha256, "size": change.before_size},
        "after": {"sha256": change.after_sha256, "size": change.after_size},
        **maybe("lines", lines, change.why_no_lines),
    }


def written(
    data: Mapping[str, Any], receipts: Iterable[Receipt], surprises: Iterable[str]
) -> Document:
    """The outcome of a write. `data`: what the action says of itself, named in the schema."""
    return document(
        "ArtifactWrite",
        **data,
        receipts=[receipt(entry) for entry in receipts],
        surprises=list(surprises),
    )
