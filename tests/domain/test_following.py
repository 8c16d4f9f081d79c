"""What a registry write would do to all who follow the repository, and what nobody can say."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from builders import CONFIG, NS, URL, digest, revision, snapshot, source, tag_list

from fluxtui.domain.config import Environment, ServiceConfig
from fluxtui.domain.following import TagEffects, followers, registry_effects, tag_effects
from fluxtui.domain.knowledge import FeedState
from fluxtui.domain.snapshot import Feed, Snapshot, TagList

TAGS = tag_list({"1.4.1": "a", "1.4.2": "b"})
FAILED = (revision("1.4.1", "a"), "HealthCheckFailed", "2026-11-22T02:00:00Z")
KIND = ("source.toolkit.fluxcd.io", "OCIRepository")


def seen(*more: Any, **parts: Any) -> Snapshot:
    tags = parts.pop("tags", (TAGS,))
    return snapshot(
        source(ref={"semver": "1.x"}, stored=revision("1.4.2", "b")), *more, tags=tags, **parts
    )


def says(effects: TagEffects) -> str:
    (sentence,) = effects.sentences
    return sentence


def test_a_new_tag_is_picked_and_a_deleted_one_fallen_back_from() -> None:
    new = tag_effects(seen(), URL, "1.5.0")
    assert says(new) == (f"staging: OCIRepository/{NS}/activity would pick 1.5.0 (now 1.4.2)")
    assert [(t.before, t.after) for t in new.taken] == [("1.4.2", "1.5.0")]
    back = registry_effects(seen(), URL, remove=("1.4.2",))
    assert "would fall back to 1.4.1 (now 1.4.2)" in says(back)
    assert new.environments() == back.environments() == ("staging",)


def test_who_has_nothing_yet_and_who_would_have_nothing_left_are_told_so() -> None:
    empty = seen(tags=[replace(tag_list({}), listed_at=100.0)])
    assert "would pick 1.5.0 (now nothing)" in says(tag_effects(empty, URL, "1.5.0"))
    assert "stays on what it has: " in says(tag_effects(empty, URL, "2.0.0"))
    gone = registry_effects(seen(), URL, remove=("1.4.1", "1.4.2"))
    assert "would find nothing to pick (now 1.4.2) and keep what it has stored: " in says(gone)
    assert [t.after for t in gone.taken] == [""]


def test_who_stays_says_why() -> None:
    other = tag_effects(seen(), URL, "2.0.0")
    assert "stays on 1.4.2: " in says(other) and not other.taken
    lower = registry_effects(seen(), URL, remove=("1.4.1",))
    assert says(lower).endswith("stays on 1.4.2")


def test_a_tag_that_moves_is_picked_anew() -> None:
    moved = tag_effects(seen(), URL, "1.4.2")
    assert "would pick 1.4.2 (moved to another digest)" in says(moved)
    assert moved.environments() == ("staging",)


def test_a_suspended_follower_takes_it_when_it_is_resumed() -> None:
    held = snapshot(source(ref={"semver": "1.x"}, suspend=True), tags=[TAGS])
    assert "would pick 1.5.0 once it is resumed" in says(tag_effects(held, URL, "1.5.0"))


def test_a_pin_is_not_moved_by_tags_and_loses_its_content_with_the_manifest() -> None:
    pinned = snapshot(
        source(ref={"semver": "1.x", "digest": digest("b")}, stored=digest("b")), tags=[TAGS]
    )
    stays = says(tag_effects(pinned, URL, "1.5.0"))
    assert stays.endswith("stays on 1.4.2 (sha256:bbbbbbbb): it is pinned, tags play no part")
    lost = registry_effects(pinned, URL, remove=("1.4.2",), gone=digest("b"))
    assert "is pinned to this digest and could not fetch it again" in says(lost)
    assert [(t.before, t.after) for t in lost.taken] == [(digest("b"), "")]
    assert not registry_effects(pinned, URL, remove=("1.4.1",), gone=digest("a")).taken


def test_followers_are_found_whatever_the_host_and_by_what_the_configuration_joins() -> None:
    mirror = source("production", "mirror", url="oci://mirror.example.net/acme/activity")
    renamed = source("production", "renamed", url="oci://harbor.example.net/team/events")
    other = source("production", "other", url="oci://registry.example.com/acme/other")
    joined = ServiceConfig("activity", (URL, "oci://harbor.example.net/team/events"))
    apart = seen(mirror, renamed, other)
    assert [r.key.name for r in followers(apart, URL)] == ["mirror", "activity"]
    together = seen(mirror, renamed, other, config=replace(CONFIG, services=(joined,)))
    assert [r.key.name for r in followers(together, URL)] == ["mirror", "renamed", "activity"]
    effects = tag_effects(apart, URL, "1.5.0")
    told = next(one.says for one in effects.each if one.source.key.name == "mirror")
    assert "if oci://mirror.example.net/acme/activity mirrors" in told


@pytest.mark.parametrize(
    ("tags", "unseen"),
    [
        ((TAGS,), ()),
        ((), (f"the tags of {URL}: they were never listed",)),
        ((TagList(URL),), (f"the tags of {URL}: they were never listed",)),
        ((TagList(URL, error="no route"),), (f"the tags of {URL}: no route",)),
        ((replace(TAGS, error="too slow"),), (f"the tags of {URL}: too slow",)),
    ],
)
def test_what_the_tags_rest_on_is_said(tags: tuple[TagList, ...], unseen: tuple[str, ...]) -> None:
    production = source("production", url="oci://registry.example.com/acme/other")
    assert tag_effects(seen(production, tags=tags), URL, "1.5.0").unseen == unseen


def test_namespaces_that_are_not_looked_at_are_said_unless_nothing_there_is() -> None:
    narrow = Environment("staging", "staging", namespaces=("apps", NS))
    config = replace(CONFIG, environments=(narrow,))
    assert tag_effects(seen(config=config), URL, "1.5.0").unseen == (
        f"staging: sources outside of apps, {NS}",
    )
    away = tag_effects(seen(config=config, unreachable={"staging": "no route"}), URL, "1.5.0")
    assert away.unread == ("staging",)
    assert away.unseen[0] == "staging cannot be read now: no route"
    assert away.unseen[1].startswith("as last seen, staging: ")
    assert not any("outside of" in text for text in away.unseen)
    assert away.sentences == () and away.taken == () and away.followers == ()


@pytest.mark.parametrize(
    ("state", "unread"),
    [
        (FeedState.LIVE, ()),
        (FeedState.ABSENT, ()),
        (FeedState.RETRYING, ("staging",)),
        (FeedState.STARTING, ("staging",)),
        (FeedState.FORBIDDEN, ("staging",)),
    ],
)
def test_an_environment_whose_sources_are_not_read_is_unread(
    state: FeedState, unread: tuple[str, ...]
) -> None:
    config = replace(CONFIG, environments=CONFIG.environments[:1])
    found = seen(config=config, feeds=(Feed("staging", KIND, "", state),))
    assert tag_effects(found, URL, "1.5.0").unread == unread
