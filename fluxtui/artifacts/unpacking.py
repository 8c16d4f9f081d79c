"""Archive to files, trusting nothing in the archive.

Every entry is judged before a byte of it is written; what is refused is named. Rules:
docs/flux.md#unpacking.
"""

from __future__ import annotations

import io
import os
import posixpath
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fluxtui.artifacts.gunzip import CutOff, Gunzipped, TooLarge, gunzip
from fluxtui.domain.errors import ArtifactError

_BLOCK = 512
_FILE, _FOLDER, _LINK, _OTHER = "file", "folder", "link", "other"
_TYPE_KINDS = {
    tarfile.DIRTYPE: _FOLDER,
    tarfile.SYMTYPE: _LINK,
    tarfile.FIFOTYPE: _OTHER,
    tarfile.CHRTYPE: _OTHER,
    tarfile.BLKTYPE: _OTHER,
}
_MODE_KINDS = {
    0o040000: _FOLDER,
    0o120000: _LINK,
    0o010000: _OTHER,
    0o020000: _OTHER,
    0o060000: _OTHER,
    0o140000: _OTHER,
}


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of what is taken out of an archive; -1 for none.

    `max_bytes`: sum of all files. `max_entries`: files and folders. `skip_links`: leave out
    symlinks that stay inside (as every caller in Flux does) instead of refusing them.
    """

    max_bytes: int = 100 << 20
    max_entries: int = 50_000
    skip_links: bool = True


@dataclass(frozen=True, slots=True)
class _Item:
    name: str
    mode: int
    data: bytes | None
    """None for a folder."""


def unpack(data: bytes, folder: Path, *, limits: Limits | None = None) -> None:
    """Extract a tar.gz into the existing `folder`. Raises ArtifactError (entry=...)."""
    root = folder.resolve()
    for item in _items(data, limits or Limits()):
        target = root / item.name
        try:
            _no_links(root, target, item.name)
            if item.data is None:
                _make_folders(root, target, item.mode & 0o777 | 0o700)
            else:
                _make_folders(root, target.parent, 0o750)
                _write(target, item)
        except OSError as error:
            raise ArtifactError(
                f"cannot be written: {error.strerror}", where=str(folder), entry=item.name
            ) from error


def unpack_files(data: bytes, *, limits: Limits | None = None) -> dict[str, bytes]:
    """The files of a tar.gz by path; folders are left out. Raises ArtifactError (entry=...)."""
    files: dict[str, bytes] = {}
    folders: set[str] = set()
    for item in _items(data, limits or Limits()):
        above = item.name.split("/")
        parents = {"/".join(above[:depth]) for depth in range(1, len(above))}
        if item.data is None:
            parents.add(item.name)
        blocked = next((p for p in parents if p in files), None)
        if blocked is not None or (item.data is not None and item.name in folders):
            raise _refused(item.name, "is a file and a folder at once")
        folders |= parents
        if item.data is not None:
            files[item.name] = item.data
    return files


def tar_of(data: bytes, *, limits: Limits | None = None) -> bytes:
    """The tar inside a tar.gz. Raises ArtifactError when it is not gzip, cut off, or a bomb."""
    unzipped = _gunzipped(data, limits or Limits())
    if not unzipped.whole:
        raise _cut_off(_last_entry(io.BytesIO(unzipped.data)))
    return unzipped.data


def _gunzipped(data: bytes, limits: Limits) -> Gunzipped:
    # Headers, padding and long names come on top of the files themselves.
    bound = -1
    if limits.max_bytes >= 0 and limits.max_entries >= 0:
        bound = limits.max_bytes + limits.max_entries * 2048 + (1 << 20)
    out = io.BytesIO()
    try:
        return gunzip(data, bound, out)
    except TooLarge as error:
        entry = _last_entry(out)
        raise ArtifactError(
            f"the archive unpacks to more than {bound} bytes{_in(entry)}",
            next="raise the limit if it is meant to be that large",
            entry=entry,
        ) from error
    except CutOff as error:
        raise _cut_off(_last_entry(out)) from error


def _cut_off(entry: str) -> ArtifactError:
    message = f"the gzip stream is cut off{_in(entry)}"
    return ArtifactError(message, next="pull it again", entry=entry)


def _last_entry(tar: io.BytesIO) -> str:
    """The name of the entry at which a tar breaks off, "" when not even one header is whole."""
    tar.seek(0)
    name = ""
    try:
        with tarfile.open(fileobj=tar, mode="r:") as archive:
            while (info := archive.next()) is not None:
                name = info.name
    except (tarfile.TarError, EOFError, ValueError, OverflowError, UnicodeError):
        return name  # what was read up to here is the answer
    return name


def _in(entry: str) -> str:
    return f", in entry {entry!r}" if entry else ""


def _items(data: bytes, limits: Limits) -> Iterator[_Item]:
    unzipped = _gunzipped(data, limits)
    tar = unzipped.data
    if not tar and unzipped.whole:
        return  # no archive at all is an empty one
    count = total = 0
    name = ""
    # The last file need not be filled up to a whole block.
    padded = io.BytesIO(tar + bytes(-len(tar) % _BLOCK)) if len(tar) % _BLOCK else io.BytesIO(tar)
    try:
        with tarfile.open(fileobj=padded, mode="r:") as archive:
            for info in archive:
                count += 1
                if info.offset_data > len(tar):
                    raise _refused(info.name, "is cut off in its header")
                if 0 <= limits.max_entries < count:
                    raise _refused(info.name, f"more than {limits.max_entries} entries")
                name = _name(info)
                kind = _kind(info)
                if not _wanted(info, name, kind, limits):
                    continue
                if kind == _FILE and not info.islnk():
                    total += info.size
                    if 0 <= limits.max_bytes < total:
                        raise _refused(name, f"the files exceed {limits.max_bytes} bytes")
                if name:
                    content = _content(archive, info, len(tar)) if kind == _FILE else None
                    yield _Item(name, info.mode, content)
            ended = _ended(tar, archive.offset)
    except (tarfile.TarError, EOFError, ValueError, OverflowError, UnicodeError) as error:
        raise ArtifactError(f"damaged tar archive: {error}", next="pull it again") from error
    if not ended and not unzipped.whole:
        raise _cut_off(name)


def _ended(tar: bytes, offset: int) -> bool:
    """Whether the two zero blocks that end a tar stand there; nothing at all may, too.

    tarfile takes a damaged header for the end. Raises ArtifactError for anything else.
    """
    for at in (offset, offset + _BLOCK):
        block = tar[at : at + _BLOCK]
        if not block:
            return False
        if len(block) < _BLOCK or block.strip(b"\0"):
            raise ArtifactError(f"damaged tar header at byte {at}", next="pull it again")
    return True


def _kind(info: tarfile.TarInfo) -> str:
    """What Go takes an entry for: its type counts, and so do the bits of its mode.

    Types that nobody knows are files.
    """
    kinds = {_MODE_KINDS.get(info.mode & ~0o7777, _FILE), _TYPE_KINDS.get(info.type, _FILE)}
    return next((kind for kind in (_FOLDER, _LINK, _OTHER) if kind in kinds), _FILE)


def _name(info: tarfile.TarInfo) -> str:
    """The entry's path below the root; empty for the root itself. Raises ArtifactError."""
    name = info.name
    parts = name.split("/")
    if not name:
        raise _refused(name, "has no name")
    if name.startswith("/"):
        raise _refused(name, "is an absolute path")
    if "\\" in name or "\0" in name:
        raise _refused(name, "has a character that no path in an artifact may have")
    # Flux refuses "../" anywhere, which also hits the harmless "a../b"; a final ".." slips
    # through there, not here.
    if ".." in parts or "../" in (f"{name}/" if info.isdir() else name):
        raise _refused(name, "leads out of the archive")
    return "/".join(part for part in parts if part not in {"", "."})


def _wanted(info: tarfile.TarInfo, name: str, kind: str, limits: Limits) -> bool:
    if kind == _FOLDER:
        return True
    if kind == _OTHER:
        raise _refused(name, "is neither file, folder nor symbolic link")
    if kind == _LINK:
        if not limits.skip_links:
            raise _refused(name, "is a symbolic link")
        path = posixpath.normpath(f"{posixpath.dirname(name) or '.'}/{info.linkname}")
        if info.linkname.startswith("/"):
            path = info.linkname
        if path.startswith("/") or path.split("/")[0] == "..":
            raise _refused(name, f"links out of the archive to {info.linkname!r}")
        return False
    if info.islnk() and posixpath.normpath(info.linkname).split("/")[0] in {"..", ""}:
        raise _refused(name, f"links out of the archive to {info.linkname!r}")
    if not name:
        raise _refused(info.name, "is a file in place of the root folder")
    return True


def _content(archive: tarfile.TarFile, info: tarfile.TarInfo, size: int) -> bytes:
    """A file's bytes; `size` is that of the tar, beyond which there are none."""
    if info.islnk():
        return b""  # Flux does not follow it: it writes an empty file of that name
    source = archive.extractfile(info)
    content = source.read() if source is not None else b""
    end = archive.offset if info.sparse is not None else info.offset_data + info.size
    if len(content) != info.size or end > size:
        raise _refused(info.name, "is cut off")
    return content


def _no_links(root: Path, target: Path, name: str) -> None:
    """A link that already stands in the folder must not lead the archive out of it."""
    at = root
    for part in target.relative_to(root).parts:
        at = at / part
        if at.is_symlink():
            raise _refused(name, f"would be written through the link {at.name!r}")


def _make_folders(root: Path, folder: Path, mode: int) -> None:
    """Each missing folder down to `folder` gets `mode`; one that is there keeps its own."""
    at = root
    for part in folder.relative_to(root).parts:
        at = at / part
        at.mkdir(mode=mode, exist_ok=True)


def _write(target: Path, item: _Item) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0)
    with os.fdopen(os.open(target, flags, item.mode & 0o777), "wb") as file:
        file.write(item.data or b"")


def _refused(name: str, why: str) -> ArtifactError:
    return ArtifactError(
        f"entry {name!r} {why}",
        next="the artifact is refused; rebuild it from its source",
        entry=name,
    )
