"""The line of a service and the chain behind it: one version, one health, one sentence."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from builders import (
    NS,
    URL,
    condition,
    deployment,
    digest,
    failed,
    ks,
    revision,
    snapshot,
    source,
    tag_list,
)

from fluxtui.domain.board import ChainNode, Finding, HealthLine, Level, Line
from fluxtui.domain.knowledge import Knowing, Knowledge
from fluxtui.domain.overview import doubt
from fluxtui.domain.overview.lines import delivery_health, headline, sentence
from fluxtui.domain.overview.pods import reason_first
from fluxtui.domain.overview.remedies import remedy
from fluxtui.domain.resource import Key
from fluxtui.domain.snapshot import Snapshot, TagList

OLD, NEW = revision("1.4.2", "a"), revision("1.5.0", "b")
WAITS = failed("DependencyNotReady", "dependency is not ready")
OK, FAILED, WAITING, PROGRESSING = Level.OK, Level.FAILED, Level.WAITING, Level.PROGRESSING


def key(name: str, kind: str = "Kustomization") -> Key:
    return Key("staging", "kustomize.toolkit.fluxcd.io", kind, NS, name)


def line(seen: Snapshot, environment: str = "staging") -> Line:
    return seen.board.rows[0].lines[environment][0]


def node(seen: Snapshot, name: str) -> ChainNode:
    return next(n for n in seen.board.chains["staging"] if n.key.name == name)


# -- what runs


def running(*applied: str, stored: str = NEW, **more: Any) -> tuple[str, str, str]:
    members = [ks(name=f"k{at}", applied=r) for at, r in enumerate(applied)]
    found = line(snapshot(source(stored=stored), *members, **more)).running
    return found.text, found.version, found.digest


@pytest.mark.parametrize(
    ("applied", "stored", "expected"),
    [
        ((NEW, NEW), NEW, ("1.5.0", "1.5.0", digest("b"))),
        ((digest("b"), NEW), OLD, ("1.5.0", "1.5.0", digest("b"))),
        ((NEW, digest("b")), digest("b"), ("1.5.0", "1.5.0", digest("b"))),
        ((revision("1.5.0-rc", "b"),), NEW, ("1.5.0", "1.5.0", digest("b"))),
        (("main",), "main", ("main", "main", "")),
        ((OLD, NEW, NEW), NEW, ("1.4.2 -> 1.5.0 (2/3)", "", digest("b"))),
        ((OLD, NEW, NEW), "", ("1.4.2 -> 1.5.0 (2/3)", "", digest("b"))),
        ((OLD, OLD, NEW), "", ("1.5.0 -> 1.4.2 (2/3)", "", digest("a"))),
        ((OLD, NEW), revision("2.0.0", "c"), ("1.5.0 -> 1.4.2 (1/2)", "", digest("a"))),
        (("main", NEW), "main", ("1.5.0 -> main (1/2)", "", "main")),
        (("main", NEW, NEW), "main", ("1.5.0 -> main (1/3)", "", "main")),
        ((digest("b"), "", ""), NEW, ("nothing -> 1.5.0 (1/3)", "", digest("b"))),
        (("", ""), NEW, ("", "", "")),
    ],
)
def test_what_runs_is_one_version_or_a_way_from_one_to_another(
    applied: tuple[str, ...], stored: str, expected: tuple[str, str, str]
) -> None:
    assert running(*applied, stored=stored) == expected


def test_a_line_says_what_the_registry_and_the_policy_say() -> None:
    tags = tag_list({"1.4.2": "a", "1.5.0": "b", "2.0.0": "c"})
    one = source(ref={"semver": "1.x"}, stored=OLD)
    found = line(snapshot(one, ks(applied=OLD), tags=[tags]))
    assert (found.would_pick, found.newest, found.behind) == ("1.5.0", "2.0.0", True)
    assert (found.listed_at, found.note, found.by_digest) == (100.0, "", False)
    bare = line(snapshot(one, ks(applied=OLD)))
    assert (bare.would_pick, bare.newest, bare.behind, bare.listed_at) == ("", "", False, 0.0)
    broken = line(snapshot(one, ks(), tags=[TagList(URL, (), 0.0, error="no route")]))
    assert broken.note == "no route" and not broken.listed.known
    nothing = line(snapshot(source(ref={"semver": "9.x"}), ks(), tags=[tags]))
    assert nothing.note == "no match found for semver: 9.x"
    same = line(snapshot(one, ks(applied=NEW), tags=[tags]))
    ahead = line(snapshot(one, ks(applied=revision("1.6.0", "d")), tags=[tags]))
    assert not same.behind and not ahead.behind
    pinned = source(ref={"semver": "1.x", "digest": digest("a")}, stored=digest("a"))
    held = line(snapshot(pinned, ks(applied=digest("a")), tags=[tags]))
    assert held.by_digest and held.would_pick == "1.4.2" and not held.behind


# -- one health of many


def part(name: str, level: Level, text: str = "", **more: Any) -> ChainNode:
    return ChainNode(key(name), 0, HealthLine(level, text), **more)


def test_a_line_is_as_bad_as_the_worst_of_its_own() -> None:
    own = HealthLine(OK, "stored")
    well, bad = part("a", OK, "applied"), part("b", FAILED, "BuildFailed: no")
    assert delivery_health(own, []) is own
    assert delivery_health(own, [well]) == HealthLine(OK, "applied")
    assert delivery_health(own, [well, bad]).text == "b: BuildFailed: no"
    assert delivery_health(own, [bad]).text == "BuildFailed: no", "there is only one"
    fails = HealthLine(FAILED, "no route")
    assert delivery_health(fails, [well]) is fails
    assert delivery_health(fails, [part("c", WAITING, "waits")]) is fails


def test_who_waits_for_a_neighbour_leaves_it_to_the_neighbour() -> None:
    own = HealthLine(OK, "stored")
    slow = part("a", PROGRESSING, "1/3", root=key("a"))
    waits = part("b", WAITING, "waits", root=key("a"), because="a: 1/3")
    assert delivery_health(own, [waits, slow]).text == "a: 1/3"
    far = replace(waits, root=key("far"), because="far: no")
    found = delivery_health(own, [far, slow])
    assert (found.level, found.text) == (WAITING, "b: far: no")
    itself = part("b", WAITING, "waits", root=key("b"))
    assert delivery_health(own, [itself, slow]).level is WAITING


PULL = "Deployment/x container app ImagePullBackOff: image web:v2"
APART = "ImagePullBackOff: Deployment/x container app: image web:v2"


@pytest.mark.parametrize(
    ("one", "named", "bare"),
    [
        (part("a", FAILED, PULL), f"a {APART}", APART),
        (part("a", WAITING, PULL), f"a: {PULL}", PULL),
        (part("a", WAITING, "x", root=key("a"), because=PULL), f"a {APART}", APART),
        (part("a", WAITING, "x", root=key("b"), because=PULL), f"a: {PULL}", PULL),
        (part("a", FAILED, "it broke"), "a: it broke", "it broke"),
    ],
)
def test_a_headline_says_the_name_and_then_the_reason(
    one: ChainNode, named: str, bare: str
) -> None:
    assert headline(one) == named and headline(one, named=False) == bare


def test_a_sentence_is_told_with_its_reason_first() -> None:
    assert reason_first(PULL) == APART and reason_first("it broke") == "it broke"
    killed = "Deployment/x container app CrashLoopBackOff (OOMKilled), restarted 3 times"
    assert reason_first(killed) == (
        "CrashLoopBackOff (OOMKilled): Deployment/x container app, restarted 3 times"
    )
    job = "Job/x container app: exited with 3; more"
    assert reason_first(job) == "exited with 3: Job/x container app; more"


def test_a_sentence_is_that_of_the_blockage_unless_its_own_objects_fail() -> None:
    text, because = "Ready, but Deployment/x: 1/3", "b: no"
    assert sentence(part("a", WAITING, "waits", because=because)) == because
    assert sentence(part("a", WAITING, "waits")) == "waits"
    assert sentence(part("a", PROGRESSING, text, because=because)) == text
    assert sentence(part("a", FAILED, "no", because=because, root=key("b"))) == "no"
    assert sentence(part("a", FAILED, "no", because=because, root=key("a"))) == because


# -- what is doubtful


def test_what_is_not_live_is_told_as_it_was_last_seen() -> None:
    blind = Knowledge(Knowing.STALE, "too slow", seen=True)
    well = snapshot(source(stored=OLD), ks(applied=OLD))
    one, member = replace(line(well), behind=True), node(well, "api")
    assert doubt.line(one, Knowledge()) is one and doubt.node(member, Knowledge()) is member
    stale = doubt.line(one, blind)
    assert (stale.health.level, stale.behind, stale.known) == (Level.UNKNOWN, False, blind)
    assert stale.health.text == f"stale: too slow; last seen: {one.health.text}"
    assert doubt.node(member, blind).health.text.startswith("stale: too slow; last seen: ")
    silent = replace(member, health=HealthLine(OK, ""))
    assert doubt.node(silent, blind).health.text == "stale: too slow"


# -- the chain


def test_a_member_names_what_it_waits_for_and_where_that_began() -> None:
    seen = snapshot(
        source(stored=NEW),
        ks(name="a", conditions=[failed("BuildFailed", "no such file")]),
        ks(name="b", needs=["a"], conditions=[WAITS]),
        ks(name="c", needs=["b", "d"], conditions=[WAITS]),
        ks(name="d", applied=NEW),
    )
    first, second, third, well = (node(seen, name) for name in "abcd")
    assert [k.name for k in third.waits_for] == ["b"] and third.root == first.key
    assert second.root == first.key and first.root == first.key and well.root is None
    assert "BuildFailed" in third.because and well.because == ""
    assert (first.depth, second.depth, third.depth, well.depth) == (0, 1, 2, 0)
    assert first.service == "acme/activity" and first.origin == source().key


def test_a_ready_dependency_is_late_only_for_who_waits_with_it_on_one_source() -> None:
    def says(*nodes: Any, stored: str = NEW) -> tuple[str, str]:
        seen = snapshot(source(stored=stored), source(name="other", stored=NEW), *nodes)
        return node(seen, "a").because, node(seen, "b").because

    late, waits = ks(name="a", applied=OLD), ks(name="b", needs=["a"], conditions=[WAITS])
    assert "has not applied 1.5.0 yet" in says(late, waits)[1]
    assert "has not applied" not in says(ks(name="a", applied=NEW), waits)[1]
    assert "has not applied" not in says(late, waits, stored="")[1]
    running = [condition("Ready", "Unknown", "Progressing", "building 1.5.0")]
    works = ks(name="a", applied=OLD, attempted=NEW, conditions=running)
    assert "building 1.5.0" in says(works, waits)[1], "what it does now says more"
    ready = ks(name="b", needs=["a"])
    assert says(late, ready) == ("", "")
    elsewhere = ks(name="b", needs=["a"], conditions=[WAITS], of="other")
    assert "has not applied" not in says(late, elsewhere)[1]


def test_an_object_is_blamed_only_when_the_apply_is_over() -> None:
    slow = deployment("web")
    has = [f"{NS}_web_apps_Deployment"]
    behind = ks(name="b", needs=["a"], conditions=[WAITS])

    def because(*conditions: Any) -> str:
        one = ks(name="a", conditions=conditions, inventory=has)
        return node(snapshot(source(), one, behind, slow), "b").because

    assert "Deployment" in because(failed("HealthCheckFailed", "timeout"))
    assert "Deployment" not in because(failed("BuildFailed", "no such file"))
    assert "no such file" in because(failed("BuildFailed", "no such file"))
    assert "Deployment" in because(condition("Ready", "Unknown", "Progressing", "works"))
    assert "Deployment" not in because(WAITS)
    stalled = condition("Stalled", "True", "BadSpec", "mend it")
    assert "BadSpec" in because(stalled, failed("BuildFailed", "no"))
    assert "BadSpec" not in because(condition("Stalled", "False", "BadSpec"), failed("Other", "x"))


# -- findings of a chain


def found(seen: Snapshot, code: str) -> list[Finding]:
    return [f for f in seen.findings if f.code == code]


def test_a_failure_counts_who_waits_for_it_and_says_a_way_out() -> None:
    bad = ks(name="a", conditions=[failed("BuildFailed", "no such file")])
    waits = [ks(name=n, needs=["a"], conditions=[WAITS]) for n in "bc"]
    (one,) = found(snapshot(source(), bad, *waits), "failed")
    assert one.behind == 2 and one.subject == bad.key
    assert one.next.startswith("2 more wait for it; diff it: <key:diff>")
    (alone,) = found(snapshot(source(), bad), "failed")
    assert alone.behind == 0 and alone.next.startswith("diff it: <key:diff>")
    (odd,) = found(snapshot(source(), ks(conditions=[failed("Odd", "odd")])), "failed")
    assert odd.next == "see Chain: <key:chain>"


@pytest.mark.parametrize("kind", ["GitRepository", "Bucket", "ExternalArtifact", "OCIRepository"])
def test_only_a_bundle_in_a_registry_is_to_be_diffed(kind: str) -> None:
    """A diff of any other source is refused."""
    bad = ks(name="a", conditions=[failed("BuildFailed", "no such file")])
    reference = {**bad.spec["sourceRef"], "kind": kind}
    bad = replace(bad, spec={**bad.spec, "sourceRef": reference})
    (one,) = found(snapshot(source(), bad), "failed")
    assert ("diff" in one.next) == (kind == "OCIRepository"), one.next
    place = {"GitRepository": "in Git", "Bucket": "the bucket"}.get(kind, "")
    assert "mend" in one.next and place in one.next


@pytest.mark.parametrize(
    ("kind", "back"),
    [
        ("OCIRepository", True),
        ("GitRepository", True),
        ("HelmRepository", True),  # the release is held, not its repository
        ("Bucket", False),
        ("ExternalArtifact", False),
    ],
)
def test_nobody_is_sent_back_where_nothing_can_be_held(kind: str, back: bool) -> None:
    origin = Key("staging", "source.toolkit.fluxcd.io", kind, NS, "x")
    for text in ("CrashLoopBackOff", "exited with 1", "OOMKilled"):
        way = remedy(text, origin=origin)
        assert way.endswith("roll back") == back and not way.endswith((";", ",")), way


def test_who_takes_its_time_is_a_finding_only_when_somebody_waits_for_it() -> None:
    slow = ks(name="a", conditions=[failed("Progressing", "works")])
    assert not found(snapshot(source(), slow), "not-ready")
    waits = ks(name="b", needs=["a"], conditions=[WAITS])
    (one,) = found(snapshot(source(), slow, waits), "not-ready")
    assert (one.severity.value, one.behind, one.subject) == ("warning", 1, slow.key)


def test_a_source_that_fails_is_said_once_for_all_that_it_feeds() -> None:
    broken = source(ready=failed("OCIPullFailed", "no route"))
    users = [ks(name=n, conditions=[failed("ArtifactFailed", "no artifact")]) for n in "abc"]
    seen = snapshot(broken, *users)
    (one,) = found(seen, "failed")
    assert one.behind == 2 and "source" in one.next and "no route" in one.message
    (still,) = found(snapshot(broken, ks(name="a", applied=OLD)), "source")
    assert still.subject == broken.key and "no route" in still.message
    assert not found(seen, "source")


def test_a_circle_is_said_once_and_each_missing_dependency() -> None:
    ring = [ks(name="a", needs=["b"]), ks(name="b", needs=["a"])]
    lost = ks(name="c", needs=["gone", "lost"], conditions=[WAITS])
    seen = snapshot(source(), *ring, lost)
    (circle,) = found(seen, "cycle")
    assert circle.message.endswith("a -> b -> a")
    gone = [f.message for f in found(seen, "missing-dependency")]
    assert len(gone) == 2 and "gone, which is not there" in gone[0]
    assert not found(seen, "failed") and not found(seen, "not-ready")
