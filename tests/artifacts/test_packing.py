"""Packing: the same folder gives the same bytes, whoever packs it and wherever."""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fluxtui.artifacts import pack, pack_files, unpack, unpack_files
from fluxtui.artifacts.ignore import Pattern, is_ignored
from fluxtui.domain.errors import UsageError


def plant(folder: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def headers(data: bytes) -> list[tarfile.TarInfo]:
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(data))) as tar:
        return tar.getmembers()


FILES = {"b/z.yaml": b"z: 1\n", "b.yaml": b"b: 1\n", "B/a.yaml": b"a: 1\n", "empty": b""}


def test_the_order_is_a_walk_in_byte_order_from_the_root(tmp_path: Path) -> None:
    packed = pack(plant(tmp_path, FILES))
    assert [entry.name for entry in packed.entries] == [
        ".", "B", "B/a.yaml", "b", "b/z.yaml", "b.yaml", "empty",
    ]  # fmt: skip
    assert [member.name for member in headers(packed.data)][1:] == [
        entry.name for entry in packed.entries
    ][1:]


def test_a_folder_and_its_files_give_the_same_archive(tmp_path: Path) -> None:
    assert pack(plant(tmp_path, FILES)) == pack_files(FILES)


def test_the_digests_are_those_of_the_bytes() -> None:
    packed = pack_files(FILES)
    assert packed.digest == "sha256:" + hashlib.sha256(packed.data).hexdigest()
    tar = gzip.decompress(packed.data)
    assert packed.tar_digest == "sha256:" + hashlib.sha256(tar).hexdigest()


def test_the_tar_of_a_known_folder_never_changes() -> None:
    """The digest users' registries already hold: a change here re-deploys every bundle."""
    assert pack_files({"a/b.yaml": b"x: 1\n"}).tar_digest == (
        "sha256:13dbf73b19a075a998d057c435d9cf2719c5f3d616d7b73fe3ff3528639f2fab"
    )


def test_umask_times_and_owners_leave_no_trace(tmp_path: Path) -> None:
    one, two = plant(tmp_path / "one", FILES), plant(tmp_path / "two", FILES)
    for path in two.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
    assert pack(one) == pack(two)
    for member in headers(pack(two).data):
        assert (member.uid, member.gid, member.uname, member.gname) == (0, 0, "", "")
        assert member.mtime == 0
        assert member.mode == (0o755 if member.isdir() else 0o644)


def test_any_x_bit_makes_a_file_executable_for_all(tmp_path: Path) -> None:
    plant(tmp_path, {"run": b"#!/bin/sh\n"})
    (tmp_path / "run").chmod(0o610)
    assert headers(pack(tmp_path).data)[1].mode == 0o755


def test_version_control_and_pictures_stay_behind_unless_asked_for(tmp_path: Path) -> None:
    plant(tmp_path, {".git/config": b"", "logo.png": b"", ".github/w.yml": b"", "a.yaml": b""})
    assert [e.name for e in pack(tmp_path).entries] == [
        ".", ".github", ".github/w.yml", "a.yaml",
    ]  # fmt: skip
    assert "logo.png" in [e.name for e in pack(tmp_path, ignore=["*.yaml"]).entries]


def test_a_file_below_an_ignored_folder_is_taken_back_when_a_pattern_says_so(
    tmp_path: Path,
) -> None:
    plant(tmp_path, {"docs/keep.yaml": b"", "docs/drop.yaml": b"", "a.yaml": b""})
    kept = pack(tmp_path, ignore=["docs/*", "!docs/keep.yaml"])
    assert [e.name for e in kept.entries] == [".", "a.yaml", "docs", "docs/keep.yaml"]
    assert [e.name for e in pack(tmp_path, ignore=["docs/"]).entries] == [".", "a.yaml"]


def test_links_and_sockets_are_left_out(tmp_path: Path) -> None:
    plant(tmp_path, {"real": b"1"})
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "out").symlink_to("/etc")
    assert [e.name for e in pack(tmp_path).entries] == [".", "real"]


def test_names_too_long_for_the_old_header_or_not_ascii_survive() -> None:
    files = {
        "d" * 90 + "/" + "f" * 90: b"prefix",
        "n" * 150: b"long",
        "ünï/日本.yaml": b"a: 1\n",
        "e" * 60 + "/" + "g" * 180: b"both",
    }
    assert unpack_files(pack_files(files).data) == files


def test_what_is_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not a folder"):
        pack(tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["", "/a", "a/../b", "..", "a//b", "./a", "a\\b", "a\0"])
def test_odd_paths_are_not_packed(name: str) -> None:
    with pytest.raises(UsageError):
        pack_files({name: b""})


def test_a_path_cannot_be_file_and_folder() -> None:
    with pytest.raises(UsageError, match="file and a folder"):
        pack_files({"a": b"", "a/b": b""})
    with pytest.raises(UsageError, match="file and a folder"):
        pack_files({"a/b": b"", "a": b""})


part = st.text(
    st.characters(exclude_characters="/\\\0", exclude_categories=["Cs"]),
    min_size=1,
    max_size=60,
).filter(lambda text: text not in {".", ".."} and not text.endswith(".."))
tree = st.dictionaries(
    st.lists(part, min_size=1, max_size=4).map("/".join), st.binary(max_size=1500), max_size=8
).filter(lambda files: not any(a != b and b.startswith(a + "/") for a in files for b in files))


@settings(max_examples=60, deadline=None)
@given(tree)
def test_what_is_packed_comes_out_again(files: dict[str, bytes]) -> None:
    packed = pack_files(files)
    assert unpack_files(packed.data) == files
    assert pack_files(dict(reversed(files.items()))) == packed
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(packed.data))) as independent:
        found = {m.name: independent.extractfile(m).read() for m in independent if m.isfile()}  # type: ignore[union-attr]
    assert found == files


def test_what_is_unpacked_packs_to_the_same_archive(tmp_path: Path) -> None:
    packed = pack_files(FILES)
    unpack(packed.data, tmp_path)
    assert pack(tmp_path) == packed


names = st.sampled_from(["a", "b", "c", "x.yaml", ".git"])
patterns = st.lists(
    st.lists(
        st.sampled_from(["a", "b", "*", "**", "?", "x.yaml", "*.yaml"]), min_size=1, max_size=3
    )
    .map("/".join)
    .flatmap(lambda text: st.sampled_from([text, text + "/", "/" + text])),
    max_size=3,
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(names, min_size=1, max_size=4), max_size=8), patterns)
def test_what_lies_below_an_ignored_folder_is_ignored_too(
    paths: list[list[str]], ignore: list[str]
) -> None:
    """The reason why packing need not walk into ignored folders."""
    compiled = [Pattern.parse(line) for line in ignore]
    for path in paths:
        for depth in range(1, len(path)):
            if is_ignored(compiled, "/".join(path[:depth]), True):
                assert is_ignored(compiled, "/".join(path), False), (path[:depth], path)
