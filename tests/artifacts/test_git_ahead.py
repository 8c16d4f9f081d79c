"""How far a Git remote is ahead: counted as `git rev-list --count` does, or not counted at all."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from fluxtui.artifacts import gitahead
from fluxtui.artifacts.gitahead import ahead
from fluxtui.artifacts.gitcredentials import users_own
from fluxtui.artifacts.gitwire import Patience
from fluxtui.artifacts.settings import RegistrySettings
from fluxtui.domain.errors import GitError
from fluxtui.domain.gitreference import GitReference
from fluxtui.world.githost import PATH, GitHost, create
from tests.contract.fleet.servers import LOGIN, GitRepository, Shop

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not on this machine")
MAIN = GitReference(branch="main")


@pytest.fixture
def git(tmp_path: Path) -> GitRepository:
    return GitRepository(tmp_path / "deploy")


@pytest.fixture
def shop(git: GitRepository) -> Iterator[Shop]:
    with Shop(git) as shop:
        yield shop


def asked(
    url: str, commit: str, wanted: GitReference = MAIN, name: str = "main"
) -> tuple[str, int | None]:
    return ahead(url, wanted, f"{name}@sha1:{commit}", RegistrySettings(), Patience(30))


def test_the_commits_between_are_counted(git: GitRepository, shop: Shop) -> None:
    url = f"{shop.url}/git/deploy.git"
    commits = [git.commit({"a.yaml": f"a: {n}\n" * 50}, f"{n}") for n in range(5)]
    newest = f"main@sha1:{commits[-1]}"
    assert [asked(url, commit) for commit in commits] == [
        (newest, 4), (newest, 3), (newest, 2), (newest, 1), (newest, 0)
    ]  # fmt: skip


def test_of_a_merge_both_sides_count_once(git: GitRepository, shop: Shop) -> None:
    stored = git.commit({"a": "1"}, "begin")
    git.branch("side", stored)
    git.switch("side")
    git.commit({"b": "1"}, "one")
    git.commit({"b": "2"}, "two")
    git.switch("main")
    git.commit({"a": "2"}, "three")
    git.merge("side")
    assert asked(f"{shop.url}/git/deploy.git", stored)[1] == 4


@pytest.mark.parametrize("stored", ["0" * 40, "other"])
def test_what_is_of_another_history_is_not_counted(
    stored: str, git: GitRepository, shop: Shop
) -> None:
    first = git.commit({"a": "1"}, "begin")
    git.branch("side", first)
    newest = git.commit({"a": "2"}, "main")
    if stored == "other":
        git.switch("side")
        stored = git.commit({"a": "3"}, "another")
    assert asked(f"{shop.url}/git/deploy.git", stored) == (f"main@sha1:{newest}", None)


def test_what_is_too_much_is_not_counted(
    git: GitRepository, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gitahead, "MOST_BYTES", 100)
    stored = git.commit({"a": "1"}, "begin")
    newest = git.commit({"a": "2"}, "more")
    assert asked(f"{shop.url}/git/deploy.git", stored) == (f"main@sha1:{newest}", None)


def test_a_branch_that_is_gone_has_no_revision(git: GitRepository, shop: Shop) -> None:
    stored = git.commit({"a": "1"}, "begin")
    gone = GitReference(branch="gone")
    assert asked(f"{shop.url}/git/deploy.git", stored, gone, "gone") == ("", None)


def test_of_a_range_the_tag_that_is_taken_now(git: GitRepository, shop: Shop) -> None:
    stored = git.commit({"a": "1"}, "begin")
    git.tag("v1.0.0")
    newest = git.commit({"a": "2"}, "more")
    git.tag("v1.1.0", "-a", "-m", "annotated")
    found = asked(f"{shop.url}/git/deploy.git", stored, GitReference(semver="1.x"), "v1.0.0")
    assert found == (f"v1.1.0@sha1:{newest}", 1)


def test_the_demos_own_host_is_counted_as_well(tmp_path: Path) -> None:
    """Without the trees, which dulwich's server can leave out."""
    (tmp_path / "tree").mkdir()
    create(tmp_path / "x.git", tmp_path / "tree", 0)
    host = GitHost(tmp_path / "x.git")
    try:
        assert asked(f"http://{host.address}{PATH}", "0" * 40)[1] is None
    finally:
        host.stop()


# -- by whose credentials


def helper(folder: Path, *lines: str) -> None:
    """A git configuration with a credential helper that says these lines."""
    script = folder / "helper"
    script.write_text("#!/bin/sh\ncat >/dev/null\n" + "".join(f"echo '{x}'\n" for x in lines))
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    (folder / ".gitconfig").write_text(f'[credential]\n\thelper = "{script}"\n')


def test_a_remote_that_wants_a_password_gets_the_users_own(
    git: GitRepository, shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = git.commit({"a": "1"}, "begin")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    url = f"{shop.url}/locked/deploy.git"
    with pytest.raises(GitError, match="authentication required"):
        asked(url, stored)
    helper(tmp_path, f"username={LOGIN[0]}", f"password={LOGIN[1]}")
    assert asked(url, stored) == (f"main@sha1:{stored}", 0)
    helper(tmp_path, "username=me", "password=wrong")
    with pytest.raises(GitError, match="authentication required") as caught:
        asked(url, stored)
    assert "wrong" not in str(caught.value)


def test_where_there_is_no_git_there_are_no_credentials() -> None:
    assert users_own("https://git.example.com/x.git", {"PATH": "/nowhere"}).authorization == ""


def test_nobody_is_asked_on_the_terminal(tmp_path: Path) -> None:
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "GIT_CONFIG_NOSYSTEM": "1"}
    assert users_own("https://git.example.com/x.git", environ).authorization == ""
    assert users_own("https://git.example.com/x\nhost=evil", environ).authorization == ""
