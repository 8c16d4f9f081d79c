"""With `git.askRemotes` the board says how far a Git remote is ahead; without, none is asked."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cli_delivery import Shell
from cli_objects import READY, SOURCE, ks, put
from documents import checked

from tests.contract.fleet.servers import GitRepository, Shop

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not on this machine")
ASKED = {"git": {"askRemotes": True}}


@pytest.fixture
def git(tmp_path: Path) -> GitRepository:
    return GitRepository(tmp_path / "deploy")


@pytest.fixture
def shop(git: GitRepository) -> Iterator[Shop]:
    with Shop(git) as shop:
        yield shop


def source(url: str, stored: str, /, **ref: str) -> dict[str, Any]:
    return {
        "apiVersion": SOURCE,
        "kind": "GitRepository",
        "metadata": {"name": "platform", "namespace": "apps"},
        "spec": {"url": url, "interval": "1m", "ref": ref or {"branch": "main"}},
        "status": {
            "observedGeneration": 1,
            "conditions": [{**READY, "reason": "Succeeded", "message": "stored artifact"}],
            "artifact": {
                "revision": f"main@sha1:{stored}",
                "digest": "sha256:" + "0" * 64,
                "path": "gitrepository/apps/platform/x.tar.gz",
                "url": "http://source-controller/x.tar.gz",
                "lastUpdateTime": "2026-11-23T03:12:00Z",
            },
        },
    }


def cluster(shell: Shell, url: str, stored: str, /, **ref: str) -> None:
    shell.cluster("staging")
    revision = f"main@sha1:{stored}"
    infra = ks("infra", revision, of="platform", kind="GitRepository")
    put(shell, "staging", [source(url, stored, **ref), infra])


def line(shell: Shell) -> dict[str, Any]:
    """The one line of `versions`."""
    said = shell("versions", "-e", "staging", "-o", "json")
    (found,) = checked(said.out, "Versions")["items"]
    return dict(found)


def test_the_row_says_how_many_commits(shell: Shell, git: GitRepository, shop: Shop) -> None:
    stored = git.commit({"a": "1"}, "begin")
    git.commit({"a": "2"}, "more")
    newest = git.commit({"a": "3"}, "still more")
    cluster(shell, f"{shop.url}/git/deploy.git", stored)
    without = line(shell)
    assert without["newest"] is None and without["note"] == ""
    shell.settings = ASKED
    found = line(shell)
    assert found["newest"] == f"main@{newest[:7]}"
    assert found["wouldPick"] == found["running"] == f"main@{stored[:7]}"
    assert found["note"] == f"2 commits behind main@{newest[:7]} of the remote"
    assert found["note"] in shell("versions", "-e", "staging").out


def test_a_remote_that_is_at_the_same_commit_says_nothing(
    shell: Shell, git: GitRepository, shop: Shop
) -> None:
    stored = git.commit({"a": "1"}, "begin")
    cluster(shell, f"{shop.url}/git/deploy.git", stored)
    shell.settings = ASKED
    found = line(shell)
    assert found["newest"] == f"main@{stored[:7]}" and found["note"] == ""


def test_a_remote_that_does_not_answer_is_told(shell: Shell) -> None:
    cluster(shell, "http://127.0.0.1:1/deploy.git", "4" * 40)
    shell.settings = ASKED
    found = line(shell)
    assert found["newest"] is None
    assert found["note"] == (
        "the remote is not known: unable to list remote for 'http://127.0.0.1:1/deploy.git': "
        "connection refused"
    )
    assert found["health"]["level"] == "ready", "what runs is as well as before"


def test_a_branch_that_is_gone_is_told(shell: Shell, git: GitRepository, shop: Shop) -> None:
    stored = git.commit({"a": "1"}, "begin")
    cluster(shell, f"{shop.url}/git/deploy.git", stored, branch="gone")
    shell.settings = ASKED
    assert line(shell)["note"] == "the remote has no such reference any more"


def test_another_range_says_what_the_remote_has_for_it(
    shell: Shell, git: GitRepository, shop: Shop
) -> None:
    stored = git.commit({"a": "1"}, "begin")
    git.tag("v1.0.0")
    newest = git.commit({"a": "2"}, "more")
    git.tag("v2.0.0")
    cluster(shell, f"{shop.url}/git/deploy.git", stored, semver="1.x")
    words = ("range", "git/platform", "-e", "staging", "--dry-run", "-o", "json", "--semver")
    blind = checked(shell(*words, ">=1.0.0").out, "Plan")
    (why,) = [said for said in blind["unseen"] if ">=1.0.0" in said]
    assert why == "what >=1.0.0 would pick: its remote is not asked, for git.askRemotes is off"
    shell.settings = ASKED
    plan = checked(shell(*words, ">=1.0.0").out, "Plan")
    assert f"goes to v2.0.0@{newest[:7]} in staging" in plan["effects"][0]
    assert plan["steps"][0]["patch"] == {"spec": {"ref": {"semver": ">=1.0.0"}}}
    nothing = checked(shell(*words, ">9").out, "Plan")
    assert any("it would pick nothing" in warning for warning in nothing["warnings"])


@pytest.mark.parametrize("ref", [{"commit": "4" * 40, "branch": "main"}, {"tag": "v1.0.0"}])
def test_what_never_moves_is_not_asked_for(shell: Shell, ref: dict[str, str]) -> None:
    cluster(shell, "http://127.0.0.1:1/deploy.git", "4" * 40, **ref)
    shell.settings = ASKED
    found = line(shell)
    assert found["newest"] is None and found["note"] == ""


def test_the_configuration_of_a_working_directory_cannot_turn_it_on(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else may have put it there."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "fluxtui.yaml").write_text(json.dumps(ASKED))
    monkeypatch.chdir(folder)
    said = shell("config", "check")
    assert f"{folder}/fluxtui.yaml: nothing (not from a working directory: git)" in said.out
