"""A source that lists no tags, on the screen: where it leads, and that nobody waits for tags."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fluxtui.commands.command import Target
from fluxtui.domain.gitreference import RemoteAnswer
from fluxtui.domain.kinds.sources import question
from fluxtui.domain.knowledge import FeedState
from fluxtui.domain.overview import overview
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.snapshot import Feed, Snapshot
from fluxtui.ui.panes.chain import ChainPane
from tests.builders import NS, failed, ks, snapshot, source
from tests.ui.conftest import MakeApp, opened
from tests.ui.frame import sees, until

GIT = Key("staging", "source.toolkit.fluxcd.io", "GitRepository", NS, "platform")
REVISION = "main@sha1:" + "4f2c9e1a" * 5


def night_of_git(members: int = 40) -> Snapshot:
    """Many Kustomizations of one Git repository, more than fit, and one of a bundle."""
    body = {
        "apiVersion": "source.toolkit.fluxcd.io/v1",
        "kind": "GitRepository",
        "metadata": {"name": GIT.name, "namespace": NS, "resourceVersion": "1"},
        "spec": {"url": "https://git.test/platform", "ref": {"branch": "main"}},
        "status": {"artifact": {"revision": REVISION}},
    }
    spec = {"sourceRef": {"kind": "GitRepository", "name": GIT.name}}
    fed = [replace(ks(name=f"part-{n:02}", applied=REVISION), spec=spec) for n in range(members)]
    seen = snapshot(Resource.from_object("staging", body), source(), ks(), *fed)
    kinds = {(r.group, r.kind) for r in (GIT, source().key, ks().key)}
    feeds = tuple(Feed("staging", kind, "", FeedState.LIVE) for kind in kinds)
    return replace(seen, feeds=feeds, serial=7)


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_it_opens_where_what_it_feeds_stands(
    make_app: MakeApp, size: tuple[int, int]
) -> None:
    app = make_app(night_of_git(), start=Target("staging", object=GIT))
    async with opened(app, size) as pilot:
        assert await until(pilot, lambda: isinstance(app.pane, ChainPane))
        await sees(pilot, "part-00", "main@4f2c9e1")
        target = app.target
        assert target.applier is not None and target.applier.name.startswith("part-")


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_its_tags_are_not_waited_for_and_a_pin_offers_the_commit_that_runs(
    make_app: MakeApp, size: tuple[int, int]
) -> None:
    app = make_app(night_of_git(), start=Target("staging", object=GIT))
    async with opened(app, size) as pilot:
        assert await until(pilot, lambda: isinstance(app.pane, ChainPane))
        await pilot.press("2")
        await sees(pilot, "has no tags: it follows branch main")
        await pilot.press("p")
        await sees(pilot, "Which version?", "4f2c9e1", "runs here")
        await pilot.press("escape")
        await pilot.press("3")
        await sees(pilot, "part-00")


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)])
async def test_a_remote_that_is_ahead_stands_on_the_row(
    make_app: MakeApp, size: tuple[int, int]
) -> None:
    seen = night_of_git(3)
    resource = seen.get(GIT)
    assert resource is not None
    asked = question(resource)
    assert asked is not None
    answer = RemoteAnswer("main@sha1:" + "9ab01cd2" * 5, 3, at=seen.taken_at)
    seen = replace(seen, remotes={asked: answer})
    board, findings = overview(seen)
    app = make_app(replace(seen, board=board, findings=findings))
    async with opened(app, size) as pilot:
        await sees(pilot, "part-00", "same +3")
        await pilot.press("end")
        await sees(pilot, "main@9ab01cd", "3 ahead")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize("way", ["3", "enter"])
async def test_from_a_row_that_fails_one_comes_to_the_member_to_blame(
    make_app: MakeApp, size: tuple[int, int], way: str
) -> None:
    """Not to the first of the members, which is well."""
    bad = ks(name="m-bad", conditions=[failed("BuildFailed", "no such file")])
    others = [ks(name=f"a-{n:02}") for n in range(30)]
    waits = ks(name="z-waits", needs=["m-bad"], conditions=[failed("DependencyNotReady", "waits")])
    seen = snapshot(source(), bad, waits, *others)
    kinds = {(r.group, r.kind) for r in (source().key, ks().key)}
    feeds = tuple(Feed("staging", kind, "", FeedState.LIVE) for kind in kinds)
    app = make_app(replace(seen, feeds=feeds, serial=7))
    async with opened(app, size) as pilot:
        await sees(pilot, "activity")
        await pilot.press(way)
        assert await until(pilot, lambda: isinstance(app.pane, ChainPane))
        assert await until(pilot, lambda: app.target.applier is not None)
        assert app.target.applier == bad.key
