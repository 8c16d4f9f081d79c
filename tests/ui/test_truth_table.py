"""What every place of the screen says while a fact is not known: never the words of a known one.

One row a state, one column a place; what is drawn is read, at the smallest and at a large size.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from builders import NS, failed, ks, revision, snapshot, source, tag_list
from textual.pilot import Pilot

from fluxtui.cli import prints
from fluxtui.domain.board import ObjectLine
from fluxtui.domain.config import Config, Environment
from fluxtui.domain.kinds import kustomization, ocirepository
from fluxtui.domain.knowledge import FeedState, Trouble
from fluxtui.domain.known import place_known
from fluxtui.domain.overview import overview
from fluxtui.domain.snapshot import Feed, Snapshot
from fluxtui.ui.app import FluxtuiApp
from fluxtui.ui.panes.chain import object_state
from fluxtui.ui.spans import elide_middle
from tests.ui.conftest import MakeApp, opened
from tests.ui.frame import screen_text, text, until
from tests.ui.ui_engine import ScriptedEngine

CONFIG = Config(environments=(Environment("staging", "staging"),), user="anna")
OCI, KS, DEPLOYMENT = ocirepository.KIND.id, kustomization.KIND.id, ("apps", "Deployment")
OLD = revision("1.4.2", "a")
LIVE, STARTING, RETRYING = FeedState.LIVE, FeedState.STARTING, FeedState.RETRYING
FORBIDDEN, ABSENT = FeedState.FORBIDDEN, FeedState.ABSENT
SIZES = [(80, 24), (200, 50)]
# Words of a cluster that is known; none may stand anywhere while it is not.
KNOWN_WORDS = (
    *("✓", "ready", "● live", "nothing yet", "not used", "same", "empty", "–", "connected,"),
    *("not in staging", "not delivered", "No service is delivered", "no OCIRepository"),
    *("There is no Kustomization", "Nothing to report", "check that the API is up"),
)


@dataclass(frozen=True)
class State:
    """One way of not knowing.

    `word` stands in the header, `why` in the findings and wherever there is room for a sentence.
    `never`: what may not be said anywhere. `cells`: what the Service's row says, if there is one.
    `loud`: it is a trouble, so the bottom line tells it.
    """

    made: Callable[[], Snapshot]
    word: str
    why: str
    never: tuple[str, ...] = KNOWN_WORDS
    cells: tuple[str, ...] = ()
    chain: tuple[str, ...] = ()
    loud: bool = True


def feed(kind: tuple[str, str], state: FeedState, message: str = "", **more: Any) -> Feed:
    return Feed("staging", kind, "", state, message, 1795403340.0, **more)


def delivery() -> list[Any]:
    return [
        source(stored=OLD),
        ks(applied=OLD, inventory=[f"{NS}_web_apps_Deployment"]),
    ]


def seen(*feeds: Feed, objects: Any = (), tags: Any = None, **more: Any) -> Snapshot:
    listed = [tag_list({"1.4.2": "a"})] if tags is None else tags
    return replace(
        snapshot(*objects, tags=listed, config=CONFIG, feeds=feeds, **more),
        serial=1,
    )


def no_answer(trouble: Trouble, why: str, *, last: bool = False) -> Callable[[], Snapshot]:
    def made() -> Snapshot:
        feeds = [feed(k, RETRYING, why, trouble=trouble.value) for k in (OCI, KS)]
        objects = delivery() if last else ()
        return seen(*feeds, objects=objects, unreachable={"staging": why})

    return made


def listed(error: str = "", *, at: float = 100.0) -> Callable[[], Snapshot]:
    def made() -> Snapshot:
        tags = tag_list({"1.4.2": "a"})
        tags = replace(tags, error=error, listed_at=at, tags=tags.tags if at else ())
        live = [feed(k, LIVE) for k in (OCI, KS, DEPLOYMENT)]
        return seen(*live, objects=delivery(), tags=[tags])

    return made


# Of all troubles only one is mended by starting the API.
REACHED = tuple(w for w in KNOWN_WORDS if w != "check that the API is up")
TAGS_NEVER = ("tags 1", "same", "Nothing to report")
STATES = {
    "before anything": State(
        lambda: Snapshot(config=CONFIG), "?", "connect", loud=False
    ),
    "connecting": State(
        lambda: seen(feed(OCI, STARTING), feed(KS, STARTING)), "?", "connect", loud=False
    ),
    "sources known, Kustomizations being listed": State(
        lambda: seen(feed(OCI, LIVE), feed(KS, STARTING), objects=[source(stored=OLD)]),
        "?",
        "being listed",
        cells=("?",),
        loud=False,
    ),
    "Kustomizations known, sources being listed": State(
        lambda: seen(feed(OCI, STARTING), feed(KS, LIVE), feed(DEPLOYMENT, LIVE)),
        "?",
        "being listed",
        never=tuple(w for w in KNOWN_WORDS if w != "There is no Kustomization"),
        loud=False,
    ),
    "live objects being listed": State(
        lambda: seen(
            feed(OCI, LIVE), feed(KS, LIVE), feed(DEPLOYMENT, STARTING), objects=delivery()
        ),
        "?1",
        "Deployment",
        never=("✓", "ready", "● live"),
        cells=("?",),
        chain=("?", "Deployment"),
        loud=False,
    ),
    "refused": State(
        no_answer(Trouble.REFUSED, "connection refused by 10.0.0.7:6443"),
        "refused",
        "refuses the connection",
        never=REACHED,
    ),
    "not trusted": State(
        no_answer(Trouble.TLS, "TLS failed: certificate has expired"), "TLS error", "not trusted"
    ),
    "name not known": State(
        no_answer(Trouble.NAME, "the host name is not known: api.example.com"),
        "no such host",
        "not found by name",
    ),
    "no answer": State(
        no_answer(Trouble.TIMEOUT, "no answer in time"), "no answer", "does not answer in time"
    ),
    "no route": State(no_answer(Trouble.ROUTE, "no route to the host"), "no route", "no route"),
    "cut off": State(no_answer(Trouble.CUT, "reset"), "cut off", "breaks the connection off"),
    "proxy": State(no_answer(Trouble.PROXY, "the proxy failed"), "proxy", "through the proxy"),
    "credentials refused": State(
        no_answer(Trouble.CREDENTIALS, "Unauthorized"), "not signed in", "take the credentials"
    ),
    "kubeconfig": State(
        no_answer(Trouble.CONFIG, "there is no context staging"), "kubeconfig", "kubeconfig that"
    ),
    "server errors": State(
        no_answer(Trouble.SERVER, "etcd has no leader"), "API error", "answers with errors"
    ),
    "throttled": State(
        no_answer(Trouble.THROTTLED, "too many requests"), "throttled", "asks us to slow down"
    ),
    "no longer reached": State(
        no_answer(Trouble.REFUSED, "connection refused", last=True),
        "refused",
        "refuses the connection",
        never=REACHED,
        cells=("? 1.4.2",),
        chain=("? refused for 3m", "? 1.4.2"),
    ),
    "Kustomizations not live": State(
        lambda: seen(
            feed(OCI, LIVE), feed(KS, RETRYING, "watch broke"), objects=delivery()
        ),
        "stale",
        "is not live",
        cells=("? 1.4.2",),
        chain=("? stale for 3m", "watch broke"),
    ),
    "sources not live": State(
        lambda: seen(
            feed(OCI, RETRYING, "watch broke"), feed(KS, LIVE), objects=delivery()
        ),
        "stale",
        "is not live",
        never=("● live", "same", "nothing yet", "✓ ready 1.4.2"),
        cells=("? 1.4.2",),
    ),
    "Kustomizations forbidden": State(
        lambda: seen(
            feed(OCI, LIVE), feed(KS, FORBIDDEN, "no list"), objects=[source(stored=OLD)]
        ),
        "forbidden",
        "may not be read",
        cells=("?",),
        chain=("may not be read",),
    ),
    "sources forbidden": State(
        lambda: seen(feed(OCI, FORBIDDEN, "no list"), feed(KS, LIVE)),
        "forbidden",
        "may not be read",
        never=tuple(w for w in KNOWN_WORDS if w != "There is no Kustomization"),
    ),
    "no CRDs": State(
        lambda: seen(feed(OCI, ABSENT, "not found"), feed(KS, ABSENT, "not found")),
        "no Flux CRDs",
        "CRDs",
    ),
    "tags never listed": State(
        listed(at=0.0), "tags listing", "", TAGS_NEVER, cells=("?", "✓"), loud=False
    ),
    "tags cannot be listed": State(
        listed("connection refused", at=0.0),
        "✗ tags",
        "cannot be listed",
        TAGS_NEVER,
        cells=("?", "✓"),
    ),
    "tags as last listed": State(
        listed("connection refused"),
        "✗ tags",
        "shown as last listed",
        TAGS_NEVER,
        cells=("? 1.4.2", "✓"),
    ),
}  # fmt: skip


async def drawn(pilot: Pilot[None]) -> str:
    """The screen, once two looks at it agree."""
    before = ""
    for _ in range(50):
        await pilot.pause()
        now = text(pilot.app)
        if now == before:
            return now
        before = now
    return before


async def pressed(pilot: Pilot[None], key: str, until_: Callable[[], bool]) -> str:
    await pilot.press(key)
    assert await until(pilot, until_)
    return await drawn(pilot)


def never(state: State, shown: str) -> None:
    for word in state.never:
        assert word not in shown, f"{word!r} is said\n{shown}"


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_what_is_not_known_never_takes_the_words_of_what_is(
    make_app: MakeApp, engine: ScriptedEngine, size: tuple[int, int]
) -> None:
    """One screen goes through all states: nothing of the one before stays either."""
    app = make_app(Snapshot(config=CONFIG), CONFIG)
    async with opened(app, size) as pilot:
        for name, state in STATES.items():
            engine.give(state.made())
            assert await until(pilot, lambda s=state: s.word in screen_text(app)[0]), name
            try:
                await _holds(pilot, state)
            except AssertionError as error:
                raise AssertionError(f"while {name!r}: {error}") from error


async def _holds(pilot: Pilot[None], state: State) -> None:
    app = pilot.app
    assert isinstance(app, FluxtuiApp)
    board = await drawn(pilot)
    lines = screen_text(app)
    never(state, board)
    if state.loud:
        # At the bottom, or whole under its heading: it is told once.
        at = next((i for i, x in enumerate(lines) if "NEEDS ATTENTION" in x), len(lines) - 3)
        assert any(line.startswith((" ✗", " !")) for line in lines[at + 1 :]), board
    if state.cells:
        row = next(line for line in lines if "activity" in line)
        for words in state.cells:
            assert words in row, f"{words!r} is not said in {row!r}"

    findings = await pressed(pilot, "exclamation_mark", lambda: "Findings" in text(app))
    never(state, findings)
    assert state.why in " ".join(findings.replace("│", " ").split()), findings
    await pressed(pilot, "escape", lambda: "Findings" not in text(app))

    chain = await pressed(pilot, "3", lambda: _title(app) == "Chain")
    never(state, chain)
    for words in state.chain:
        assert words in chain, f"{words!r} is not said\n{chain}"

    # What never listed any tag has none to show; what is not watched has not "not changed".
    for key, title in (("2", "Tags"), ("4", "Diff"), ("5", "Events")):
        pane = await pressed(pilot, key, lambda t=title: _title(app) == t)
        for line in pane.splitlines():
            assert not line.strip().startswith(("○  ", "✗  ")), f"of whom is not said\n{pane}"
        if "choose a service" in pane:
            assert place_known(state.made(), "staging").known or "staging " in pane, pane
        for word in ("has no source here", "Nothing has changed since"):
            assert place_known(state.made(), "staging").known or word not in pane, pane
        assert state.word != "✗ tags" or "Listing the tags" not in pane, pane
    await pressed(pilot, "1", lambda: _title(app) == "Versions")


def _title(app: FluxtuiApp) -> str:
    return app.pane.title if app.pane is not None else ""


@pytest.mark.parametrize("name", list(STATES))
def test_what_a_verb_prints_claims_no_more(name: str) -> None:
    state, chosen = STATES[name], ("staging",)
    made = state.made()
    board, findings = overview(made)
    made = replace(made, board=board, findings=findings)
    printed = (
        prints.versions(board.rows, chosen, empty=prints.no_rows(made, chosen)),
        prints.chain(board.chains),
        prints.findings(findings),
    )
    for part in printed:
        never(state, part)
    # A first Snapshot has no findings yet; a verb waits for the next.
    assert state.why in "\n".join(printed) or not made.serial


@pytest.mark.parametrize("cells", range(4, 40))
def test_a_version_that_is_not_sure_keeps_its_mark_however_short(cells: int) -> None:
    for said in ("? v0.0.0-test-deploy-0041 -> v0.0.0-test-deploy-0042 (3/6)", "? v1.4.2-rc.100"):
        assert elide_middle(said, cells).startswith("? ")


def test_objects_of_what_is_not_known_are_as_last_seen() -> None:
    made = STATES["no longer reached"].made()
    node = made.board.chains["staging"][0]
    line = ObjectLine(node.key, "Failed", "Progress deadline exceeded", fails=True)
    assert object_state(node, line)[0] == "? last seen"


def test_what_was_failing_when_last_seen_comes_after_what_is_known_now() -> None:
    broken = ks(conditions=[failed("BuildFailed", "no")])
    why = "connection refused"
    feeds = [feed(k, RETRYING, why, trouble="refused") for k in (OCI, KS)]
    made = seen(*feeds, objects=[source(stored=OLD), broken], unreachable={"staging": why})
    assert [f.code for f in made.findings][:2] == ["unreachable", "last-seen"]
    assert made.findings[1].message == "as last seen, api: BuildFailed: no"


async def test_a_filter_says_that_it_hides(make_app: MakeApp) -> None:
    live = [feed(k, LIVE) for k in (OCI, KS, DEPLOYMENT)]
    app = make_app(seen(*live, objects=delivery()), CONFIG)
    async with opened(app, (80, 24)) as pilot:
        await pressed(pilot, "slash", lambda: True)
        await pilot.press(*"zzz")
        assert await until(pilot, lambda: "0 of 1" in text(app))
        shown = await drawn(pilot)
        assert "hides all: 1 row is there" in shown
        for word in ("No service is delivered", "no OCIRepository", "nothing yet"):
            assert word not in shown
