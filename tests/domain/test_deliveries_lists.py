"""A row of a release and the list that its chart is picked from: what is said, and when anew."""

from __future__ import annotations

from dataclasses import replace

from delivery_objects import DIGEST, chart, index, made, only, past, release

from fluxtui.domain.overview import Overview, overview
from fluxtui.domain.picking import address_of
from fluxtui.domain.selection import Charts, Policy, Selection
from fluxtui.domain.snapshot import TagList
from fluxtui.domain.versions import select
from tests.builders import NS, READY, digest, ks, snapshot, source, tag_list


def test_a_release_is_told_anew_when_its_list_or_what_is_picked_of_it_is_another() -> None:
    here = snapshot(release(past(1, "1.4.2", "deployed")), chart("1.4.2"), index())
    address = address_of(here, chart().key)
    policy = Policy.of_chart("1.x", Charts.INDEX)
    look = Overview()

    def told(listed: TagList, selection: Selection) -> tuple[str, str, float]:
        seen = replace(here, tags={address: listed}, selections={chart().key: selection})
        (row,) = look(seen)[0].rows
        (line,) = row.lines["staging"]
        return line.pick_text, line.newest_text, line.listed_at

    old, new = TagList(address, ("1.4.2",), 100.0), TagList(address, ("1.4.2", "1.5.0"), 200.0)
    first, second = (select(listed.tags, policy) for listed in (old, new))
    assert told(old, first) == ("1.4.2", "1.4.2", 100.0)
    assert told(replace(old, listed_at=150.0), first) == ("1.4.2", "1.4.2", 150.0)
    assert told(new, second) == ("1.5.0", "1.5.0", 200.0)
    assert told(new, select(new.tags, Policy.of_chart("1.4.x", Charts.INDEX)))[0] == "1.4.2"


def test_a_release_whose_range_picks_nothing_says_why() -> None:
    here = snapshot(release(past(1, "1.4.2", "deployed")), chart("1.4.2"), index())
    nothing = select(("1.4.2",), Policy.of_chart("9.x", Charts.INDEX))
    board, _findings = overview(replace(here, selections={chart().key: nothing}))
    (line,) = board.rows[0].lines["staging"]
    assert nothing.error and line.note == nothing.error


def test_a_row_names_where_it_comes_from_the_list_of_a_chart_before_the_source() -> None:
    row, _line = only(snapshot(release(past(1, "1.4.2", "deployed")), chart("1.4.2"), index()))
    assert row.repository == "https://charts.test#web"
    git = made(
        "source.toolkit.fluxcd.io/v1", "GitRepository", "g", {"url": "https://git.test/a"}, {}
    )
    stands_on = {"sourceRef": {"kind": "GitRepository", "name": "g"}}
    group = "kustomize.toolkit.fluxcd.io/v1"
    row, _line = only(snapshot(git, made(group, "Kustomization", "web", stands_on, {})))
    assert row.repository == "https://git.test/a"


def test_a_stored_digest_is_read_by_the_name_that_the_repository_has_for_it() -> None:
    chart_of = {"chartRef": {"kind": "OCIRepository", "name": "activity"}}
    one = release(past(1, "1.4.2", "deployed"), spec=chart_of)
    tags = tag_list({"1.5.0": "b"})
    here = snapshot(source(stored=digest("b")), one, tags=(tags,))
    board, _findings = overview(replace(here, selections={}))
    (line,) = board.rows[0].lines["staging"]
    assert line.would_pick == "1.5.0"


def test_a_node_says_which_row_of_the_board_it_is() -> None:
    """A bundle's user by the bundle's repository; what takes no bundle by its own name."""
    group, git = "kustomize.toolkit.fluxcd.io/v1", {"kind": "GitRepository", "name": "platform"}
    site = made(group, "Kustomization", "site", {"sourceRef": git}, {"conditions": [READY]})
    chart_of = {"chartRef": {"kind": "OCIRepository", "name": "activity"}}
    seen = snapshot(source(stored="1.0.0@" + DIGEST), ks(), site, release(spec=chart_of))
    services = {node.key.name: node.service for node in seen.board.chains["staging"]}
    assert services == {"api": "acme/activity", "site": f"{NS}/site", "web": f"{NS}/web"}
    assert set(services.values()) == {row.service for row in seen.board.rows}
