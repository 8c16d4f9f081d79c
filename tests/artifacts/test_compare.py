"""Two bundles, file by file."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from fluxtui.artifacts import diff_files
from fluxtui.artifacts.compare import MOST_SHOWN


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
    assert change.why_no_lines == "binary"
    (change,) = diff_files({"x": b"\xff"}, {"x": b"text"})
    assert change.lines == ()


def test_a_huge_file_costs_no_time() -> None:
    began = time.process_time()
    (change,) = diff_files({"x": b"a\n" * 100_000}, {"x": b"b\n" * 100_000})
    assert change.lines == () and time.process_time() - began < 10
    assert change.why_no_lines == "too long to compare by lines"


def test_a_long_diff_is_cut_with_a_word_about_the_rest() -> None:
    old, new = (b"".join(b"%d %s\n" % (n, mark) for n in range(3000)) for mark in (b"a", b"b"))
    (change,) = diff_files({"x": old}, {"x": new})
    assert len(change.lines) == MOST_SHOWN + 1
    assert change.lines[-1].endswith("more lines of the diff")


def test_a_last_line_that_is_not_ended_differs_from_one_that_is() -> None:
    (change,) = diff_files({"x": b"a\nb"}, {"x": b"a\nb\n"})
    assert change.lines[-3:] == ("-b", "\\ No newline at end of file", "+b")


files = st.dictionaries(st.text(max_size=5), st.binary(max_size=20), max_size=6)


@given(files, files)
def test_a_path_is_named_exactly_when_it_differs(
    before: dict[str, bytes], after: dict[str, bytes]
) -> None:
    changed = {change.path for change in diff_files(before, after)}
    every = before.keys() | after.keys()
    assert changed == {path for path in every if before.get(path) != after.get(path)}
    assert diff_files(before, before) == ()
