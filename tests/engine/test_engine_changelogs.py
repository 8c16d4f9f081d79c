"""What lies between two builds is read from a checkout, or asked of a remote that may be asked."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from fluxtui.domain.ask import ReviewCommits
from fluxtui.domain.commitrange import MOST_COMMITS, Changelog, CommitRange
from fluxtui.domain.config import Config, ServiceConfig
from fluxtui.engine.builds.changelogs import ChangelogReader
from tests.contract.fleet.servers import GitRepository, Shop

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not on this machine")
REPOSITORY = "oci://registry.example.com/acme/app"
ASKING = Config(ask_remotes=True)


async def read(config: Config, asked: CommitRange) -> Changelog:
    (log,) = await ChangelogReader(config).answer(ReviewCommits((asked,)))
    return log


def between(old: str, new: str, source: str) -> CommitRange:
    return CommitRange(("staging",), "1.5.0", REPOSITORY, source, old, new)


async def test_a_remote_is_asked_only_where_that_is_allowed(tmp_path: Path) -> None:
    git = GitRepository(tmp_path / "app")
    ids = [git.commit({"a": str(n)}, f"change {n}") for n in range(MOST_COMMITS + 4)]
    with Shop(git) as shop:
        asked = between(ids[0], ids[-1], f"{shop.url}/git/app.git")
        log = await read(ASKING, asked)
        assert len(log.commits) == MOST_COMMITS and log.more == 3 and not log.error
        assert log.commits[0].subject == f"change {MOST_COMMITS + 3}"
        off = await read(Config(), asked)
    assert off.commits == () and "git.askRemotes is off" in off.unread
    assert off.unread.startswith(f"the commits {ids[0][:8]}..{ids[-1][:8]} of http")


async def test_a_checkout_that_is_configured_needs_no_remote(tmp_path: Path) -> None:
    git = GitRepository(tmp_path / "app")
    ids = [git.commit({"deploy/a": str(n)}, f"change {n}") for n in range(2)]
    service = ServiceConfig("app", (REPOSITORY,), str(git.folder / "deploy"))
    log = await read(Config(services=(service,)), between(*ids, source=""))
    assert [commit.subject for commit in log.commits] == ["change 1"]
    other = replace(service, urls=("oci://registry.example.com/acme/other",))
    assert (await read(Config(services=(other,)), between(*ids, source=""))).error


@pytest.mark.parametrize(
    ("source", "why"),
    [("", "name no source"), ("ssh://git@x/y", "no remote over HTTP"),
     ("http://127.0.0.1:1/x.git", "connection refused")],
)  # fmt: skip
async def test_what_cannot_be_asked_says_why(source: str, why: str) -> None:
    log = await read(ASKING, between("a" * 40, "b" * 40, source))
    assert why in log.error and log.commits == ()
