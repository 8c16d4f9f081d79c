"""What a Git source follows: the strongest of its fields, and the revision that comes of it."""

from __future__ import annotations

from typing import Any

import pytest

from fluxtui.domain.commitrange import Changelog, CommitRange
from fluxtui.domain.gitreference import GitReference

SHA = "a" * 40


@pytest.mark.parametrize(
    ("ref", "name"),
    [
        ({}, "refs/heads/master"),
        ({"branch": "main"}, "refs/heads/main"),
        ({"tag": "v1", "branch": "main"}, "refs/tags/v1"),
        ({"name": "refs/pull/1/head", "tag": "v1"}, "refs/pull/1/head"),
        ({"commit": SHA, "branch": "main", "tag": "v1"}, "refs/heads/main"),
        ({"commit": SHA}, ""),
        ({"commit": SHA, "name": "refs/heads/x"}, "refs/heads/x"),
        ({"branch": 3}, "refs/heads/master"),
    ],
)
def test_the_strongest_field_names_the_reference(ref: Any, name: str) -> None:
    assert GitReference.of(ref).full_name == name


@pytest.mark.parametrize(
    ("ref", "name", "revision"),
    [
        ({"branch": "main"}, "refs/heads/main", f"main@sha1:{SHA}"),
        ({"branch": "a/b"}, "refs/heads/a/b", f"a/b@sha1:{SHA}"),
        ({"name": "refs/heads/main"}, "refs/heads/main", f"refs/heads/main@sha1:{SHA}"),
        ({"commit": SHA}, "", f"sha1:{SHA}"),
    ],
)
def test_a_revision_is_a_short_name_and_a_commit(ref: Any, name: str, revision: str) -> None:
    assert GitReference.of(ref).revision(name, SHA) == revision


def test_a_range_is_said_by_its_first_digits_and_where_it_is() -> None:
    span = CommitRange(("staging",), "1.5.0", "oci://r", "https://git", "1" * 40, "2" * 40)
    assert span.says == "11111111..22222222 of https://git"
    nowhere = CommitRange(("staging",), "1.5.0", "oci://r", "", "1" * 40, "2" * 40)
    assert nowhere.says == "11111111..22222222"
    assert Changelog(span).unread == ""
    assert Changelog(nowhere, error="401").unread == "the commits 11111111..22222222: 401"
