"""Folder to archive: the bytes of a Flux artifact, equal on every machine.

The tar is written by hand, because archive libraries change their bytes between versions, and an
unchanged folder must be recognised by its tar digest. Nothing is ever written to the folder.
Rules: docs/flux.md#packing.
"""

from __future__ import annotations

import hashlib
import os
import stat
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from fluxtui.artifacts.ignore import EXT, VCS, Pattern, is_ignored
from fluxtui.artifacts.manifest import digest_of
from fluxtui.domain.errors import ArtifactError, UsageError

DEFAULT_IGNORE = (*VCS, *EXT)
_BLOCK = 512
_FILE, _FOLDER, _PAX = b"0", b"5", b"x"


@dataclass(frozen=True, slots=True)
class ArchiveEntry:
    """One archive entry; `sha256` is the hex digest of a file's content, None for a folder."""

    name: str
    sha256: str | None
    size: int = 0


@dataclass(frozen=True, slots=True)
class Packed:
    """An archive ready to be pushed.

    `data` is the tar.gz and `digest` its digest (the layer's); `tar_digest` that of the tar inside,
    which does not depend on the compression library.
    """

    entries: tuple[ArchiveEntry, ...]
    data: bytes
    digest: str
    tar_digest: str


@dataclass(frozen=True, slots=True)
class _Node:
    name: str
    data: bytes | None
    executable: bool = False


def pack(
    folder: Path, *, ignore: Sequence[str] | None = None, images: Mapping[str, str] | None = None
) -> Packed:
    """The archive of `folder`.

    `ignore`: patterns instead of the default (version control and media files). `images`: name ->
    `ref[:tag][@digest]`, set in the bundle's kustomization files inside the archive only. Symlinks
    and special files are left out. Raises UsageError, ArtifactError.
    """
    nodes = _read(
        folder, [Pattern.parse(p) for p in (DEFAULT_IGNORE if ignore is None else ignore)]
    )
    if images:
        from fluxtui.artifacts.images import set_images

        texts = {node.name: node.data for node in nodes if node.data is not None}
        changed = set_images(texts, images)
        nodes = [
            _Node(n.name, changed.get(n.name, n.data) if n.data is not None else None, n.executable)
            for n in nodes
        ]
    return _packed(nodes)


def pack_files(files: Mapping[str, bytes]) -> Packed:
    """The archive of `files` (relative path -> content), as `pack` of a folder with these."""
    nodes: dict[str, _Node] = {}
    for name, data in files.items():
        parts = name.split("/")
        if any(part in {"", ".", ".."} for part in parts) or "\\" in name or "\0" in name:
            raise UsageError("not a relative path", where=repr(name))
        for depth in range(1, len(parts)):
            above = "/".join(parts[:depth])
            if nodes.setdefault(above, _Node(above, None)).data is not None:
                raise UsageError("is a file and a folder at once", where=repr(above))
        if name in nodes:
            raise UsageError("is a file and a folder at once", where=repr(name))
        nodes[name] = _Node(name, data)
    ordered = sorted(nodes.values(), key=lambda node: _walk_order(node.name))
    return _packed([_Node(".", None), *ordered])


def _walk_order(name: str) -> list[bytes]:
    """Sorts as a walk that enters folders in byte order."""
    return [part.encode("utf-8", "surrogateescape") for part in name.split("/")]


def _read(folder: Path, patterns: Sequence[Pattern]) -> list[_Node]:
    if not folder.is_dir():
        raise UsageError("not a folder", where=str(folder), next="name the folder to pack")
    nodes = [_Node(".", None)]
    # What lies below an ignored folder is ignored too unless a pattern takes it back: then a large
    # .git need not be walked.
    prune = not any(pattern.include for pattern in patterns)

    def walk(at: Path, prefix: str) -> None:
        for child in sorted(at.iterdir(), key=lambda p: os.fsencode(p.name)):
            name = prefix + child.name
            mode = child.lstat().st_mode
            is_dir = stat.S_ISDIR(mode)
            if not (is_dir or stat.S_ISREG(mode)):
                continue
            out = is_ignored(patterns, name, is_dir)
            if not out:
                data = None if is_dir else child.read_bytes()
                nodes.append(_Node(name, data, bool(mode & 0o111)))
            if is_dir and not (out and prune):
                walk(child, name + "/")

    try:
        walk(folder, "")
    except OSError as error:
        raise ArtifactError(
            f"cannot read it: {error.strerror}",
            where=str(error.filename or folder),
            next="make it readable or ignore it",
        ) from error
    return nodes


def _packed(nodes: Sequence[_Node]) -> Packed:
    entries: list[ArchiveEntry] = []
    tar = bytearray()
    for node in nodes:
        if node.data is None:
            entries.append(ArchiveEntry(node.name, None))
            tar += _header(node.name, _FOLDER, 0o755, 0)
            continue
        entries.append(
            ArchiveEntry(node.name, hashlib.sha256(node.data).hexdigest(), size=len(node.data))
        )
        tar += _header(node.name, _FILE, 0o755 if node.executable else 0o644, len(node.data))
        tar += _padded(node.data)
    tar += bytes(2 * _BLOCK)
    data = compress(bytes(tar))
    return Packed(tuple(entries), data, digest_of(data), digest_of(bytes(tar)))


def compress(tar: bytes) -> bytes:
    """gzip with neither name nor time in its header."""
    deflate = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    body = deflate.compress(tar) + deflate.flush()
    trailer = zlib.crc32(tar).to_bytes(4, "little") + (len(tar) & 0xFFFFFFFF).to_bytes(4, "little")
    return b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff" + body + trailer


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % _BLOCK)


def _header(name: str, kind: bytes, mode: int, size: int) -> bytes:
    """USTAR; a name that does not fit gets a PAX record in front, as Go's writer does."""
    raw = name.encode("utf-8", "surrogateescape")
    if b"\0" in raw or size >= 8 << 30:
        raise ArtifactError("cannot be stored in an archive", where=repr(name), entry=name)
    fitting = _fit(raw)
    if raw.isascii() and fitting is not None:
        return _ustar(*fitting, kind, mode, size)
    record = _record(b"path=" + raw)
    folder, _, base = raw.rpartition(b"/")
    pax_name = (folder + b"/PaxHeaders.0/" + base) if folder else b"PaxHeaders.0/" + base
    front = _ustar(_ascii(pax_name)[:100], b"", _PAX, 0, len(record))
    return front + _padded(record) + _ustar(_ascii(raw)[:100], b"", kind, mode, size)


def _ascii(raw: bytes) -> bytes:
    return bytes(byte for byte in raw if byte < 0x80)


def _record(text: bytes) -> bytes:
    """A PAX record: its own length in decimal, a blank, the text, a newline."""
    size = len(text) + 2
    length = size + len(str(size))
    if len(str(length)) != len(str(size)):
        length = size + len(str(length))
    return b"%d %s\n" % (length, text)


def _fit(raw: bytes) -> tuple[bytes, bytes] | None:
    """Name and prefix fields, or None when the name is too long for both."""
    if len(raw) <= 100:
        return raw, b""
    at = raw.rfind(b"/", 0, 156)
    if at <= 0 or len(raw) - at - 1 > 100 or at == len(raw) - 1:
        return None
    return raw[at + 1 :], raw[:at]


def _ustar(name: bytes, prefix: bytes, kind: bytes, mode: int, size: int) -> bytes:
    block = bytearray(_BLOCK)
    fields = (
        (0, name),
        (100, b"%07o" % mode),
        (108, b"%07o" % 0),
        (116, b"%07o" % 0),
        (124, b"%011o" % size),
        (136, b"%011o" % 0),
        (148, b" " * 8),
        (156, kind),
        (257, b"ustar\x0000"),
        # Go's writer leaves the device numbers of a PAX record's header empty.
        (329, b"" if kind == _PAX else b"0000000\x000000000"),
        (345, prefix),
    )
    for at, value in fields:
        block[at : at + len(value)] = value
    block[148:156] = b"%06o\x00 " % sum(block)
    return bytes(block)
