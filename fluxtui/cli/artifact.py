"""`fluxtui artifact push|pull|tag|list|diff|delete`: bundles, without a cluster.

The same media types, annotations and archive as Flux; mirrors and credentials come from the
configuration. No kubeconfig is loaded.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fluxtui.cli import output
from fluxtui.cli.arguments import options_of
from fluxtui.cli.configuration import load_registries
from fluxtui.cli.session import registry_client
from fluxtui.domain.errors import RefusedError, UsageError

if TYPE_CHECKING:
    from fluxtui.artifacts import Reference, RegistryClient


WRITES = frozenset({"push", "tag", "delete"})


def artifact(args: argparse.Namespace) -> int:
    """Carry out one action."""
    from fluxtui.artifacts import Reference

    config = load_registries(options_of(args))
    if config.read_only and args.action in WRITES:
        raise RefusedError("fluxtui was started read-only", where=f"artifact {args.action}")
    with registry_client(config) as client:
        return int(_ACTIONS[args.action](client, Reference.parse(args.url), args))


def _push(client: RegistryClient, reference: Reference, args: argparse.Namespace) -> int:
    from fluxtui.artifacts import pack

    folder = Path(args.path)
    if not folder.is_dir():
        raise UsageError("there is no such folder", where=args.path)
    packed = pack(folder, images=_images(args.image))
    created = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    target = reference if reference.tag else reference.with_tag("latest")
    pushed = client.push(
        target, packed, source=args.source, revision=args.revision, created=created,
        progress=_progress if sys.stderr.isatty() else None,
    )  # fmt: skip
    said = "unchanged, not pushed again" if pushed.unchanged else "pushed"
    data = {
        "url": f"{target.url}@{pushed.digest}",
        "repository": target.url,
        "tag": target.tag,
        "digest": pushed.digest,
        "unchanged": pushed.unchanged,
    }
    output.emit(f"{said}: {target} {pushed.digest}", data, args.output)
    return 0


def _images(texts: list[str]) -> Mapping[str, str]:
    found = {}
    for text in texts:
        name, equals, reference = text.partition("=")
        if not (name and equals and reference):
            raise UsageError(f"{text!r} is no image", next="write name=reference")
        found[name] = reference
    return found


def _progress(done: int, total: int) -> None:
    share = f"{100 * done // total}%" if total > 0 else f"{done // 1024} KiB"
    print(f"\r{share} ", end="", file=sys.stderr, flush=True)


def _pull(client: RegistryClient, reference: Reference, args: argparse.Namespace) -> int:
    from fluxtui.artifacts import unpack

    folder = Path(args.output_folder)
    pulled = client.pull(reference)
    folder.mkdir(parents=True, exist_ok=True)
    unpack(pulled.layer, folder)
    data = {"revision": pulled.revision, "digest": pulled.digest, "annotations": pulled.annotations}
    output.emit(f"pulled {pulled.revision} into {folder}", data, args.output)
    return 0


def _tag(client: RegistryClient, reference: Reference, args: argparse.Namespace) -> int:
    digests = {}
    for tag in args.tag:
        digests[tag] = client.tag(reference, tag).digest
    text = "\n".join(f"{reference.with_tag(t)} {d}" for t, d in digests.items())
    output.emit(text, digests, args.output)
    return 0


def _list(client: RegistryClient, reference: Reference, args: argparse.Namespace) -> int:
    tags = client.list_tags(reference)
    output.emit("\n".join(tags) or "no tag", tags, args.output)
    return 0


def _diff(client: RegistryClient, reference: Reference, args: argparse.Namespace) -> int:
    """File by file; exit 1 when something differs."""
    before, after = _files(client, str(reference)), _files(client, args.other)
    changes = [
        {"file": name, "change": _change(before.get(name), after.get(name))}
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    ]
    text = "\n".join(f"{c['change']} {c['file']}" for c in changes) or "no file differs"
    output.emit(text, changes, args.output)
    return 1 if changes else 0


def _files(client: RegistryClient, text: str) -> Mapping[str, bytes]:
    from fluxtui.artifacts import Reference, pack, unpack_files

    if Path(text).is_dir():
        return unpack_files(pack(Path(text)).data)
    return unpack_files(client.pull(Reference.parse(text)).layer)


def _change(before: bytes | None, after: bytes | None) -> str:
    if before is None:
        return "added  "
    return "removed" if after is None else "changed"


def _delete(client: RegistryClient, reference: Reference, args: argparse.Namespace) -> int:
    """Deleting a manifest takes every tag on it: they are named first."""
    digest = reference.digest or client.resolve(reference).digest
    sharing = client.tags_sharing(reference, digest)
    tags = ", ".join(sharing) or "no tag"
    if not args.yes:
        raise RefusedError(
            f"{digest} has {tags}: all of them go", where=reference.url, next="add --yes"
        )
    client.delete(reference.with_digest(digest))
    data: dict[str, Any] = {"digest": digest, "tags": sharing}
    output.emit(f"deleted {digest} ({tags})", data, args.output)
    return 0


_ACTIONS = {
    "push": _push,
    "pull": _pull,
    "tag": _tag,
    "list": _list,
    "diff": _diff,
    "delete": _delete,
}
