"""Archives that look odd and are read all the same, as Flux reads them; and their neighbours."""

from __future__ import annotations

import gzip
import io
import tarfile
from pathlib import Path

import pytest

from fluxtui.artifacts import pack_files, unpack, unpack_files
from fluxtui.artifacts.unpacking import tar_of
from fluxtui.domain.errors import ArtifactError


def header(name: str, kind: bytes = tarfile.REGTYPE, size: int = 0, mode: int = 0o644) -> bytes:
    info = tarfile.TarInfo(name)
    info.type, info.size = kind, size
    raw = bytearray(info.tobuf(tarfile.USTAR_FORMAT))
    raw[100:108] = b"%07o\0" % mode  # tarfile itself writes no more than the permissions
    raw[148:156] = b" " * 8
    raw[148:156] = b"%06o\0 " % sum(raw)
    return bytes(raw)


def block(data: bytes) -> bytes:
    return data.ljust(512, b"\0")


END = bytes(1024)
TEXT = header("note.txt", size=3) + block(b"abc")


@pytest.mark.parametrize("missing", [1, 4, 8])
def test_a_gzip_stream_may_lack_what_comes_after_the_end_of_the_tar(missing: int) -> None:
    whole = pack_files({"a": b"x" * 9000}).data
    assert unpack_files(whole[:-missing]) == {"a": b"x" * 9000}
    with pytest.raises(ArtifactError, match="cut off"):
        tar_of(whole[:-missing])


@pytest.mark.parametrize("missing", [1, 8])
def test_a_tar_without_an_end_needs_the_whole_stream(missing: int) -> None:
    layer = gzip.compress(TEXT)
    assert unpack_files(layer) == {"note.txt": b"abc"}
    with pytest.raises(ArtifactError, match=r"cut off, in entry 'note\.txt'"):
        unpack_files(layer[:-missing])


def test_what_stands_behind_the_stream_counts_only_where_the_tar_goes_on() -> None:
    assert unpack_files(gzip.compress(TEXT + END) + b"more") == {"note.txt": b"abc"}
    with pytest.raises(ArtifactError):
        unpack_files(gzip.compress(TEXT) + b"more")
    assert unpack_files(gzip.compress(TEXT[:700]) + gzip.compress(TEXT[700:] + END))


def test_the_name_and_comment_of_a_gzip_header_are_passed_over() -> None:
    out = io.BytesIO()
    with gzip.GzipFile("bundle.tar", "wb", fileobj=out) as stream:
        stream.write(TEXT + END)
    assert unpack_files(out.getvalue()) == {"note.txt": b"abc"}


def test_a_wrong_checksum_is_damage_even_behind_the_tar() -> None:
    layer = bytearray(gzip.compress(TEXT + END))
    layer[-5] ^= 1
    with pytest.raises(ArtifactError, match="checksum"):
        unpack_files(bytes(layer))


def test_nothing_at_all_is_an_empty_archive() -> None:
    assert unpack_files(gzip.compress(b"")) == {}
    assert unpack_files(gzip.compress(END)) == {}


@pytest.mark.parametrize("tar", [TEXT[:515], TEXT[:800], TEXT, TEXT + bytes(512)])
def test_the_last_block_need_not_be_full(tar: bytes) -> None:
    assert unpack_files(gzip.compress(tar)) == {"note.txt": b"abc"}


@pytest.mark.parametrize(
    "tar",
    [TEXT[:300], TEXT[:510], TEXT[:514], TEXT + bytes(100), TEXT + bytes(700),
     TEXT + TEXT[:200], TEXT + bytes(512) + TEXT],
)  # fmt: skip
def test_a_tar_that_breaks_off_elsewhere_is_refused(tar: bytes) -> None:
    with pytest.raises(ArtifactError):
        unpack_files(gzip.compress(tar))


@pytest.mark.parametrize("kind", [b"7", b"V", b"Z", b"Q"])
def test_a_kind_of_entry_that_nobody_knows_is_a_file(kind: bytes) -> None:
    tar = header("odd", kind, size=3) + block(b"abc") + END
    assert unpack_files(gzip.compress(tar)) == {"odd": b"abc"}


def test_the_mode_may_say_what_an_entry_is(tmp_path: Path) -> None:
    tar = header("d", mode=0o040755) + header("l", mode=0o120777) + END
    unpack(gzip.compress(tar), tmp_path)
    assert [p.name for p in tmp_path.iterdir() if p.is_dir()] == ["d"]
    assert not (tmp_path / "l").exists()
    with pytest.raises(ArtifactError, match="neither file"):
        unpack(gzip.compress(header("pipe", mode=0o010644) + END), tmp_path)


@pytest.mark.parametrize("name", ["...", "a..", "x/y.."])
def test_a_folder_must_not_end_in_two_dots_but_a_file_may(name: str) -> None:
    assert unpack_files(gzip.compress(header(name) + END)) == {name: b""}
    with pytest.raises(ArtifactError, match="leads out"):
        unpack_files(gzip.compress(header(f"{name}/", tarfile.DIRTYPE) + END))
