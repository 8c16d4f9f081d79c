"""Two bundles, file by file."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from fluxtui.artifacts import diff_files


def test_each_file_is_added_removed_or_changed() -> None:
    before = {"same": b"1", "gone": b"old\n", "b.yaml": b"a: 1\nb: 2\n"}
    after = {"same": b"1", "new": b"", "b.yaml": b"a: 1\nb: 3\n"}
    found = {change.path: change for change in diff_files(before, after)}
    assert {path: change.kind for path, change in found.items()} == {
        "b.yaml": "changed",
        "gone": "removed",
        "new": "added",
    }
    assert found["b.yaml"].lines[-2:] == ("-b: 2", "+b: 3")
    assert found["gone"].lines[:2] == ("--- a/gone", "+++ /dev/null")
    assert (found["new"].before_sha256, found["new"].after_size) == ("", 0)


def test_binary_files_are_told_apart_but_not_by_lines() -> None:
    (change,) = diff_files({"x": b"\x00\x01"}, {"x": b"\x00\x02"})
    assert change.lines == () and change.before_sha256 != change.after_sha256
    (change,) = diff_files({"x": b"\xff"}, {"x": b"text"})
    assert change.lines == ()


def test_a_huge_file_costs_no_time() -> None:
    began = time.process_time()
    (change,) = diff_files({"x": b"a\n" * 100_000}, {"x": b"b\n" * 100_000})
    assert change.lines == () and time.process_time() - began < 10


files = st.dictionaries(st.text(max_size=5), st.binary(max_size=20), max_size=6)


@given(files, files)
def test_a_path_is_named_exactly_when_it_differs(
    before: dict[str, bytes], after: dict[str, bytes]
) -> None:
    changed = {change.path for change in diff_files(before, after)}
    every = before.keys() | after.keys()
    assert changed == {path for path in every if before.get(path) != after.get(path)}
    assert diff_files(before, before) == ()
