"""The bytes inside a gzip stream, bounded, and whether the stream was whole.

A reader of tar stops at the archive's own end, so that a stream may lack its last bytes (length and
checksum) and still be read, as Go does; what is there of them must be right. Nothing here knows
what the bytes mean.
"""

from __future__ import annotations

import io
import zlib
from dataclasses import dataclass

from fluxtui.domain.errors import ArtifactError

_STEP = 1 << 20
_MAGIC = b"\x1f\x8b\x08"
_TRAILER = 8
# Flags of a member's header (RFC 1952): a checksum of it, extra bytes, a name, a comment.
_CHECKSUM, _EXTRA, _NAME, _COMMENT = 2, 4, 8, 16


class TooLarge(Exception):
    """More bytes came out than the bound allows."""


class CutOff(Exception):
    """The compressed data break off."""


@dataclass(frozen=True, slots=True)
class Gunzipped:
    """`whole`: length and checksum were there, and nothing that is not gzip came behind."""

    data: bytes
    whole: bool


def gunzip(data: bytes, bound: int, out: io.BytesIO) -> Gunzipped:
    """Every member of the stream, one after the other, written to `out` too.

    `bound`: most bytes to make, -1 for any. Raises ArtifactError (no gzip, damaged), TooLarge, and
    CutOff; `out` then holds what came before.
    """
    if data[:2] != _MAGIC[:2]:
        raise ArtifactError("not gzip-compressed", next="push it with `fluxtui artifact push`")
    remaining = memoryview(data)
    whole = True
    try:
        while whole and remaining[:3] == _MAGIC:
            remaining, whole = _member(remaining[_header(remaining) :], bound, out)
    except zlib.error as error:
        raise ArtifactError(f"damaged gzip stream: {error}", next="pull it again") from error
    if not out.tell() and len(remaining) == len(data):
        raise ArtifactError("damaged gzip stream: unknown method", next="pull it again")
    return Gunzipped(out.getvalue(), whole and not remaining)


def _header(member: memoryview) -> int:
    """Length of a member's header. Raises CutOff."""
    flags = member[3] if len(member) > 3 else 0
    at = 10
    if flags & _EXTRA:
        at += 2 + int.from_bytes(member[at : at + 2], "little")
    for flag in (_NAME, _COMMENT):
        if flags & flag:
            end = bytes(member[at : at + 4096]).find(b"\0")
            at = len(member) + 1 if end < 0 else at + end + 1
    at += 2 if flags & _CHECKSUM else 0
    if at > len(member):
        raise CutOff
    return at


def _member(pending: memoryview, bound: int, out: io.BytesIO) -> tuple[memoryview, bool]:
    """Unpacks one member's data: (what follows the member, whether its end was there)."""
    inflate = zlib.decompressobj(wbits=-zlib.MAX_WBITS)
    checksum = size = 0
    tail: bytes | memoryview = pending
    while not inflate.eof:
        piece = inflate.decompress(tail, _STEP)
        checksum, size = zlib.crc32(piece, checksum), size + len(piece)
        out.write(piece)
        if 0 <= bound < out.tell():
            raise TooLarge
        tail = inflate.unconsumed_tail
        if not tail and not piece and not inflate.eof:
            raise CutOff
    after = pending[len(pending) - len(inflate.unused_data) :]
    expected = checksum.to_bytes(4, "little") + (size & 0xFFFFFFFF).to_bytes(4, "little")
    if len(after) < _TRAILER:
        return after[len(after) :], False
    if after[:_TRAILER] != expected:
        raise zlib.error("incorrect checksum or length")
    return after[_TRAILER:], True
