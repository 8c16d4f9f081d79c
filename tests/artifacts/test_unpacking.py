"""Hostile and damaged archives are refused, with the entry named, before anything is written."""

from __future__ import annotations

import gzip
import io
import random
import tarfile
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fluxtui.artifacts import Limits, pack_files, unpack, unpack_files
from fluxtui.domain.errors import ArtifactError

Entry = tuple[tarfile.TarInfo, bytes]


def entry(name: str, data: bytes = b"x", kind: bytes = tarfile.REGTYPE, link: str = "") -> Entry:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    info.size = len(data) if kind == tarfile.REGTYPE else 0
    return info, data


def archive(*entries: Entry, fmt: int = tarfile.PAX_FORMAT) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=fmt) as tar:
        for info, data in entries:
            tar.addfile(info, io.BytesIO(data) if info.isreg() else None)
    return gzip.compress(out.getvalue())


HOSTILE = {
    "absolute": entry("/etc/passwd"),
    "parent": entry("../evil"),
    "parent inside": entry("a/../../evil"),
    "parent inside, harmless": entry("a/../b"),
    "parent at the end": entry("a/.."),
    "only parent": entry(".."),
    "dots glued to a name": entry("a../b"),
    "backslash": entry("..\\evil"),
    "parent as folder": entry("../d", kind=tarfile.DIRTYPE),
    "link out": entry("l", kind=tarfile.SYMTYPE, link="../../etc/passwd"),
    "link out, absolute": entry("l", kind=tarfile.SYMTYPE, link="/etc/passwd"),
    "link out, from below": entry("a/b/l", kind=tarfile.SYMTYPE, link="../../../x"),
    "hard link out": entry("h", kind=tarfile.LNKTYPE, link="a/../../b"),
    "hard link out, absolute": entry("h", kind=tarfile.LNKTYPE, link="/etc/passwd"),
    "character device": entry("c", kind=tarfile.CHRTYPE),
    "block device": entry("b", kind=tarfile.BLKTYPE),
    "fifo": entry("p", kind=tarfile.FIFOTYPE),
    "file as root": entry("."),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_entry_is_refused_by_name_and_leaves_nothing_behind(
    case: str, tmp_path: Path
) -> None:
    bad = HOSTILE[case]
    data = archive(bad)
    root = tmp_path / "root"
    root.mkdir()
    with pytest.raises(ArtifactError) as refused:
        unpack(data, root)
    assert refused.value.entry == bad[0].name
    assert repr(bad[0].name) in str(refused.value)
    assert [p.name for p in tmp_path.rglob("*")] == ["root"]
    with pytest.raises(ArtifactError):
        unpack_files(data)


def test_a_link_that_stays_inside_is_left_out_or_refused_as_asked() -> None:
    data = archive(entry("a"), entry("d/l", kind=tarfile.SYMTYPE, link="../a"))
    assert unpack_files(data) == {"a": b"x"}
    with pytest.raises(ArtifactError, match="symbolic link"):
        unpack_files(data, limits=Limits(skip_links=False))


def test_a_link_already_in_the_folder_is_not_followed(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    root.mkdir()
    outside.mkdir()
    (root / "d").symlink_to(outside)
    (root / "f").symlink_to(outside / "f")
    for name in ("d/evil", "f"):
        with pytest.raises(ArtifactError, match="through the link"):
            unpack(archive(entry(name)), root)
    assert list(outside.iterdir()) == []


def test_a_bomb_goes_off_harmlessly() -> None:
    bomb = archive(entry("big", b"\0" * (3 << 20)))
    assert len(bomb) < 20_000
    with pytest.raises(ArtifactError, match="big") as refused:
        unpack_files(bomb, limits=Limits(max_bytes=1 << 20))
    assert refused.value.entry == "big"


def test_a_bomb_of_headers_is_bounded_too() -> None:
    squeeze = zlib.compressobj(9, wbits=31)
    block = bytes(1 << 20)
    bomb = b"".join(squeeze.compress(block) for _ in range(24)) + squeeze.flush()
    with pytest.raises(ArtifactError, match="unpacks to more than"):
        unpack_files(bomb, limits=Limits(max_bytes=1 << 20, max_entries=100))


def test_a_bomb_larger_than_memory_is_stopped_on_the_way_and_named() -> None:
    bomb = archive(entry("small"), entry("d/big", b"\0" * (24 << 20)))
    with pytest.raises(ArtifactError, match=r"unpacks to more than.*'d/big'") as refused:
        unpack_files(bomb, limits=Limits(max_bytes=1 << 20, max_entries=100))
    assert refused.value.entry == "d/big"


def test_a_truncated_archive_says_where_it_breaks_off() -> None:
    rng = random.Random(1)
    data = archive(entry("whole", rng.randbytes(5000)), entry("torn", rng.randbytes(500_000)))
    with pytest.raises(ArtifactError, match="cut off, in entry 'torn'") as refused:
        unpack_files(data[: len(data) // 2])
    assert refused.value.entry == "torn"


def test_many_small_files_count_together() -> None:
    data = archive(*(entry(f"f{n}", b"x" * 600) for n in range(3)))
    assert len(unpack_files(data, limits=Limits(max_bytes=1800))) == 3
    with pytest.raises(ArtifactError, match="f2"):
        unpack_files(data, limits=Limits(max_bytes=1799))


def test_a_hundred_thousand_entries_are_too_many() -> None:
    block = tarfile.TarInfo("d")
    block.type = tarfile.DIRTYPE
    data = gzip.compress(block.tobuf() * 100_000 + bytes(1024), 1)
    with pytest.raises(ArtifactError, match="more than 50000 entries") as refused:
        unpack_files(data)
    assert refused.value.entry == "d"


@pytest.mark.parametrize("keep", [0, 1, 2, 10, 30, -9, -12])
def test_a_truncated_archive_is_refused(keep: int) -> None:
    whole = pack_files({"a": bytes(range(256)) * 40}).data
    with pytest.raises(ArtifactError):
        unpack_files(whole[:keep])


def test_a_flipped_bit_is_noticed() -> None:
    whole = bytearray(pack_files({"a": b"hello" * 100}).data)
    whole[-6] ^= 1
    with pytest.raises(ArtifactError, match="damaged gzip"):
        unpack_files(bytes(whole))


def test_a_tar_that_ends_inside_a_file_is_refused() -> None:
    tar = gzip.decompress(pack_files({"a": b"x" * 2000}).data)
    with pytest.raises(ArtifactError):
        unpack_files(gzip.compress(tar[:2000]))


def test_a_damaged_header_in_the_middle_does_not_pass_for_the_end() -> None:
    tar = bytearray(gzip.decompress(pack_files({"a": b"1", "b": b"2"}).data))
    at = tar.rindex(b"ustar")
    tar[at - 200] ^= 0xFF
    with pytest.raises(ArtifactError, match="damaged tar header"):
        unpack_files(gzip.compress(bytes(tar)))


@pytest.mark.parametrize(
    "data",
    [b"", b"not gzip", b"PK\x03\x04", gzip.compress(b"not a tar" * 99, mtime=0)],
    ids=["nothing", "text", "zip", "no tar"],
)
def test_what_is_no_tar_gz_is_refused(data: bytes) -> None:
    with pytest.raises(ArtifactError):
        unpack_files(data)


def test_a_file_cannot_become_a_folder(tmp_path: Path) -> None:
    for pair in ((entry("a"), entry("a/b")), (entry("a/b"), entry("a"))):
        with pytest.raises(ArtifactError):
            unpack_files(archive(*pair))
    with pytest.raises(ArtifactError):
        unpack(archive(entry("a"), entry("a/b")), tmp_path)


def test_the_last_of_two_equal_names_wins() -> None:
    assert unpack_files(archive(entry("a", b"1"), entry("a", b"2"))) == {"a": b"2"}


def test_modes_and_folders_arrive(tmp_path: Path) -> None:
    run = entry("bin/run")
    run[0].mode = 0o755
    unpack(archive(run, entry("d/", kind=tarfile.DIRTYPE), entry("./x/./y")), tmp_path)
    assert (tmp_path / "bin/run").stat().st_mode & 0o100
    assert (tmp_path / "d").is_dir() and (tmp_path / "x/y").read_bytes() == b"x"


def test_folders_have_the_mode_flux_gives_them(tmp_path: Path) -> None:
    deep = entry("d/e", kind=tarfile.DIRTYPE)
    deep[0].mode = 0o040
    unpack(archive(entry("x/y/z"), deep, entry("x", kind=tarfile.DIRTYPE)), tmp_path)
    modes = {name: (tmp_path / name).stat().st_mode & 0o707 for name in ("x", "x/y", "d", "d/e")}
    assert modes == dict.fromkeys(modes, 0o700), "nothing for others, whatever comes later"


def test_a_hard_link_is_an_empty_file_as_in_flux(tmp_path: Path) -> None:
    data = archive(entry("a"), entry("d/h", kind=tarfile.LNKTYPE, link="a"))
    assert unpack_files(data) == {"a": b"x", "d/h": b""}
    unpack(data, tmp_path)
    assert (tmp_path / "d/h").read_bytes() == b"" and (tmp_path / "a").read_bytes() == b"x"


@pytest.mark.parametrize("fmt", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_every_dialect_of_tar_is_read(fmt: int) -> None:
    name = "d" * 60 + "/" + "f" * 60
    assert unpack_files(archive(entry(name), fmt=fmt)) == {name: b"x"}


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_damage_escapes_our_own_error(data: st.DataObject) -> None:
    tar = bytearray(gzip.decompress(pack_files({"a/b": b"hello", "c": b"x" * 700}).data))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(tar) - 1))
        tar[at] = data.draw(st.integers(0, 255))
    try:
        unpack_files(gzip.compress(bytes(tar), 1))
    except ArtifactError:
        return
