"""The commits between two revisions: as `git log` has them, of a remote and of a checkout."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from fluxtui.artifacts.gitlog import GitLog, checkout_log, remote_log
from fluxtui.artifacts.gitwire import Patience
from fluxtui.artifacts.settings import RegistrySettings
from fluxtui.domain.errors import GitError
from tests.contract.fleet.servers import GitRepository, Shop

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not on this machine")


@pytest.fixture
def git(tmp_path: Path) -> GitRepository:
    return GitRepository(tmp_path / "app")


@pytest.fixture
def url(git: GitRepository) -> Iterator[str]:
    with Shop(git) as shop:
        yield f"{shop.url}/git/app.git"


def asked(url: str, old: str, new: str) -> GitLog:
    return remote_log(url, old, new, RegistrySettings(), Patience(30))


def subjects(log: GitLog | None) -> list[str]:
    assert log is not None
    return [commit.subject for _id, commit in log.commits]


def test_the_newest_comes_first_and_what_runs_is_left_out(git: GitRepository, url: str) -> None:
    ids = [git.commit({"a": str(n)}, f"change {n}\n\nin many words") for n in range(4)]
    for log in (asked(url, ids[0], ids[2]), checkout_log(str(git.folder), ids[0], ids[2])):
        assert subjects(log) == ["change 2", "change 1"] and log is not None and not log.back
        assert [id_ for id_, _commit in log.commits] == [ids[2], ids[1]]


def test_going_back_says_what_is_taken_back(git: GitRepository, url: str) -> None:
    ids = [git.commit({"a": str(n)}, f"change {n}") for n in range(3)]
    for log in (asked(url, ids[2], ids[0]), checkout_log(str(git.folder), ids[2], ids[0])):
        assert subjects(log) == ["change 2", "change 1"] and log is not None and log.back


def test_of_a_merge_both_sides_are_there(git: GitRepository, url: str) -> None:
    old = git.commit({"a": "1"}, "begin", "2026-01-01T00:00:00Z")
    git.branch("side", old)
    git.switch("side")
    git.commit({"b": "1"}, "aside", "2026-01-01T00:00:01Z")
    git.switch("main")
    git.commit({"c": "1"}, "ahead", "2026-01-01T00:00:02Z")
    git.merge("side")
    new = git.commit({"d": "1"}, "after all")
    assert set(subjects(asked(url, old, new))) >= {"aside", "ahead", "after all"}
    assert "begin" not in subjects(asked(url, old, new))


def test_what_nobody_has_is_an_error_of_the_remote_and_no_checkout(
    git: GitRepository, url: str, tmp_path: Path
) -> None:
    new = git.commit({"a": "1"}, "begin")
    with pytest.raises(GitError):
        asked(url, "4" * 40, new)
    with pytest.raises(GitError, match="connection refused"):
        asked("http://127.0.0.1:1/app.git", "4" * 40, new)
    assert checkout_log(str(git.folder), "4" * 40, new) is None
    assert checkout_log(str(tmp_path / "nothing"), new, new) is None


def test_a_long_subject_is_cut_and_no_text_is_lost_to_another_encoding(
    git: GitRepository, url: str
) -> None:
    old = git.commit({"a": "1"}, "begin")
    new = git.commit({"a": "2"}, "\u202eé" * 300)
    (subject,) = subjects(asked(url, old, new))
    assert len(subject) == 200 and "é" in subject
