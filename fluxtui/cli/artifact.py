"""`fluxtui artifact push|pull|tag|list|diff|delete`: bundles in a registry.

The same media types, annotations and archive as Flux; mirrors and credentials come from the
configuration. Reading needs no cluster and loads no kubeconfig; what writes is judged against the
environments first (`artifact_writes`).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from fluxtui.cli import artifact_writes, output, patience
from fluxtui.cli.arguments import options_of
from fluxtui.cli.configuration import load_if_any, load_registries
from fluxtui.cli.forms import artifacts as form
from fluxtui.cli.progress import Bar
from fluxtui.cli.session import registry_client
from fluxtui.domain.errors import UsageError

if TYPE_CHECKING:
    from fluxtui.artifacts import FileChange, Pulled, Reference, RegistryClient


def artifact(args: argparse.Namespace) -> int:
    """Carry out one action."""
    from fluxtui.artifacts import Reference

    reference = Reference.parse(args.url)
    write = artifact_writes.ACTIONS.get(args.action)
    if write is not None:
        options = options_of(args)
        patience.begin(options.overrides.request_timeout)
        return write(load_if_any(options), reference, args)
    config = load_registries(options_of(args))
    with Bar(sys.stderr) as bar, registry_client(config, bar.moved) as client:
        return _READS[args.action](_BundleReads(client, config.cache), reference, args)


class _BundleReads:
    """A client, and the blobs that are on this machine already."""

    def __init__(self, client: RegistryClient, folder: str) -> None:
        from fluxtui.artifacts import BlobCache

        self.client = client
        self._cache = BlobCache(Path(folder)) if folder else None

    def pull(self, reference: Reference) -> Pulled:
        """The artifact as Flux would take it. Raises RegistryError, ArtifactError."""
        return self.client.pull(reference, cache=self._cache)


def _pull(reader: _BundleReads, reference: Reference, args: argparse.Namespace) -> int:
    from fluxtui.artifacts import Limits, unpack

    folder = Path(args.output_folder)
    limits = Limits(max_bytes=args.max_size << 20, max_entries=args.max_entries)
    pulled = reader.pull(reference)
    folder.mkdir(parents=True, exist_ok=True)
    unpack(pulled.layer, folder, limits=limits)
    text = f"pulled {pulled.revision} into {folder}"
    output.emit(text, form.pulled(pulled, str(folder)), args.output, names=[pulled.revision])
    return 0


def _list(reader: _BundleReads, reference: Reference, args: argparse.Namespace) -> int:
    tags = reader.client.list_tags(reference)
    names = [f"{reference.url}:{tag}" for tag in tags]
    text = "\n".join(tags) or "no tag"
    output.emit(text, form.tags(reference.url, tags), args.output, names=names)
    return 0


def _diff(reader: _BundleReads, reference: Reference, args: argparse.Namespace) -> int:
    """File by file, line by line; exit 1 when something differs."""
    from fluxtui.artifacts import diff_files

    before, after = _files(reader, str(reference)), _files(reader, args.other)
    changes = diff_files(before, after)
    text = "\n".join(line for change in changes for line in _told(change)) or "no file differs"
    output.emit(text, form.changes(changes), args.output, names=[c.path for c in changes])
    return 1 if changes else 0


def _files(reader: _BundleReads, text: str) -> Mapping[str, bytes]:
    from fluxtui.artifacts import Reference, pack, unpack_files

    if not text.startswith("oci://"):
        folder = Path(text)
        if not folder.is_dir():
            raise UsageError("there is no such folder", where=text, next="name oci://... or one")
        return unpack_files(pack(folder).data)
    return unpack_files(reader.pull(Reference.parse(text)).layer)


def _told(change: FileChange) -> list[str]:
    """One file for people: what became of it, then its lines, or why there are none."""
    sizes = f"{change.before_size} -> {change.after_size} bytes"
    if change.kind == "added":
        sizes = f"{change.after_size} bytes"
    elif change.kind == "removed":
        sizes = f"{change.before_size} bytes"
    head = f"{change.kind:<7} {change.path}"
    if change.why_no_lines:
        return [f"{head}  ({change.why_no_lines}, {sizes})"]
    return [head, *change.lines]


_READS = {"pull": _pull, "list": _list, "diff": _diff}
