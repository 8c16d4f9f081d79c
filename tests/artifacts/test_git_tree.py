"""The files of a commit that somebody would pin, wherever they can be had, and no more of them."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from dulwich.refs import Ref
from dulwich.repo import Repo

from fluxtui.artifacts.gittree import checkout_files, remote_files
from fluxtui.artifacts.gitwire import Patience
from fluxtui.artifacts.settings import RegistrySettings
from fluxtui.artifacts.unpacking import Limits
from fluxtui.domain.errors import GitError
from fluxtui.world.githost import BRANCH, PATH, GitHost, commit, create

FILES = {"clusters/web.yaml": b"kind: Web\n", "README.md": b"hello\n"}


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A bare repository with two commits; the younger one drops a file."""
    tree = tmp_path / "tree"
    for path, data in FILES.items():
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        (tree / path).write_bytes(data)
    folder = tmp_path / "infra.git"
    create(folder, tree, 1_000.0)
    with Repo(str(folder)) as repo:
        head = repo.refs[Ref(BRANCH)]
        files = {"clusters/web.yaml": b"kind: Web\nn: 2\n"}
        repo.refs[Ref(BRANCH)] = commit(repo.object_store, files, "Two", 2_000.0, head)
    return folder


@pytest.fixture
def host(bare: Path) -> Iterator[str]:
    served = GitHost(bare)
    yield f"http://{served.address}{PATH}"
    served.stop()


def commits(bare: Path) -> tuple[str, str]:
    """(older, younger)."""
    with Repo(str(bare)) as repo:
        head = repo.refs[Ref(BRANCH)]
        return repo[head].parents[0].decode(), head.decode()  # type: ignore[attr-defined]


def taken(url: str, commit_: str, **more: object) -> dict[str, bytes]:
    settings = RegistrySettings()
    return dict(remote_files(url, commit_, settings, Patience(30), **more))  # type: ignore[arg-type]


def test_the_tip_and_an_older_commit_of_a_remote(bare: Path, host: str) -> None:
    """This host gives out tips alone: the older one comes with the history of its branch."""
    older, younger = commits(bare)
    assert taken(host, younger) == {"clusters/web.yaml": b"kind: Web\nn: 2\n"}
    assert taken(host, older) == FILES


def test_a_commit_that_no_branch_has_is_said(host: str) -> None:
    with pytest.raises(GitError, match=f"no branch has {'1' * 40}"):
        taken(host, "1" * 40)


def test_more_than_may_be_sent_or_read_is_refused(bare: Path, host: str) -> None:
    older, younger = commits(bare)
    with pytest.raises(GitError, match="too many"):
        taken(host, younger, most=50)
    with pytest.raises(GitError, match="more than an artifact may hold"):
        taken(host, older, limits=Limits(max_entries=1))
    with pytest.raises(GitError, match="more than an artifact may hold"):
        checkout_files(str(bare), older, Limits(max_bytes=3))


def test_a_checkout_has_its_commits_without_anybody_being_asked(bare: Path, tmp_path: Path) -> None:
    older, younger = commits(bare)
    assert checkout_files(str(bare), older) == FILES
    assert checkout_files(str(bare), younger) == {"clusters/web.yaml": b"kind: Web\nn: 2\n"}
    assert checkout_files(str(bare), "1" * 40) is None
    assert checkout_files(str(tmp_path / "nowhere"), older) is None


@pytest.mark.skipif(shutil.which("git") is None, reason="there is no git here")
def test_a_checkout_as_git_makes_one_is_read_from_any_folder_in_it(
    bare: Path, tmp_path: Path
) -> None:
    older, _younger = commits(bare)
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", str(bare), str(clone)], check=True, capture_output=True)
    assert checkout_files(str(clone / "clusters"), older) == FILES
