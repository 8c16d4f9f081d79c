"""What is held back on purpose: who, why, until when, and what waits behind; the overdue first."""

from __future__ import annotations

import sys
from math import inf
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from builders import NOW, digest, ks, revision, snapshot, source, tag_list

from fluxtui.domain.board import Mark
from fluxtui.domain.deadlines import deadline, earlier, has_passed
from fluxtui.domain.errors import UsageError
from fluxtui.domain.holds import expired_holds, holds, next_expiry
from fluxtui.domain.holdtally import tally_of
from fluxtui.domain.marks import PIN_INVERSE, inverse_text, marks_of
from fluxtui.domain.resource import Resource
from fluxtui.domain.revision import same_build
from fluxtui.kit.moments import seconds

TAGS = tag_list({"1.4.2": "a", "1.5.0": "b"})
PRESENT = seconds(NOW) or 0.0


def notes(what: str, since: str = "", until: str = "") -> dict[str, str]:
    said = {"by": "anna", "reason": "audit", "at": since, "until": until}
    return {f"fluxtui.dev/{what}-{name}": text for name, text in said.items() if text}


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("", ""),
        ("90m", "2026-11-23T04:42:00Z"),
        ("2h", "2026-11-23T05:12:00Z"),
        ("3d", "2026-11-26T03:12:00Z"),
        ("1w", "2026-11-30T03:12:00Z"),
        ("2026-12-01T00:00:00+02:00", "2026-11-30T22:00:00Z"),
    ],
)
def test_a_deadline_is_a_duration_or_a_moment(text: str, moment: str) -> None:
    assert deadline(text, NOW) == moment


@pytest.mark.parametrize("text", ["tomorrow", "2", "-2h", "0s", "2026-11-22T00:00:00Z", "2h3"])
def test_what_is_none_or_has_passed_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        deadline(text, NOW)


def test_earlier_is_a_moment_or_so_long_ago() -> None:
    assert earlier("2026-11-23T01:00:00Z", PRESENT) == seconds("2026-11-23T01:00:00Z")
    assert earlier(" 2h ", PRESENT) == PRESENT - 7200
    assert earlier("3d", PRESENT) == PRESENT - 3 * 86_400
    with pytest.raises(UsageError):
        earlier("yesterday", PRESENT)


def test_a_deadline_needs_a_moment_to_count_from() -> None:
    with pytest.raises(UsageError, match="no moment"):
        deadline("2h", "now")
    assert deadline(" 2h ", NOW) == "2026-11-23T05:12:00Z"
    with pytest.raises(UsageError):
        deadline(NOW, NOW)


def test_what_is_no_moment_never_passes() -> None:
    assert not has_passed("soon", PRESENT) and not has_passed("", PRESENT)
    assert has_passed(NOW, PRESENT)


def test_the_overdue_come_first_then_the_oldest_then_who_dated_nothing() -> None:
    old = "2026-11-20T00:00:00Z"
    late = ks(
        name="late", suspend=True, annotations=notes("suspended", NOW, "2026-11-23T03:00:00Z")
    )
    older = ks(
        name="older", suspend=True, annotations=notes("suspended", old, "2026-12-01T00:00:00Z")
    )
    bare = ks(name="bare", suspend=True)
    seen = snapshot(source(stored=revision("1.4.2", "a")), bare, older, late, ks(name="runs"))
    found = holds(seen, PRESENT)
    assert [hold.key.name for hold in found] == ["late", "older", "bare"]
    assert [hold.expired(PRESENT) for hold in found] == [True, False, False]
    (finding,) = expired_holds(seen, {late.key, older.key}, PRESENT)
    assert (
        finding.subject == late.key and "by anna" in finding.message and "audit" in finding.message
    )


def test_the_next_deadline_is_known_before_it_has_passed() -> None:
    dated = [
        ks(name=name, suspend=True, annotations=notes("suspended", NOW, until))
        for name, until in (
            ("past", "2026-11-23T03:00:00Z"),
            ("later", "2026-11-24T00:00:00Z"),
            ("next", "2026-11-23T05:00:00Z"),
            ("said badly", "soon"),
        )
    ]
    seen, keys = snapshot(*dated), {one.key for one in dated}
    due = next_expiry(seen, keys, PRESENT)
    assert due == seconds("2026-11-23T05:00:00Z")
    told = {finding.subject for finding in expired_holds(seen, keys, due)}
    before = {finding.subject for finding in expired_holds(seen, keys, due - 0.001)}
    assert told - before == {dated[2].key}, "said at that moment, and not sooner"
    assert next_expiry(seen, {dated[0].key, dated[3].key}, PRESENT) == inf


def test_what_waits_behind_is_named() -> None:
    pinned = source(
        stored=revision("1.4.2", "a"),
        ref={"semver": ">=0.0.0", "digest": digest("a")},
        annotations={PIN_INVERSE: inverse_text(digest("a"), None), **notes("pinned", NOW)},
    )
    behind = ks(name="behind", suspend=True, applied=revision("1.4.1", "c"))
    level = ks(name="level", suspend=True, applied=revision("1.4.2", "a"))
    found = {h.key.name: h for h in holds(snapshot(pinned, behind, level, tags=(TAGS,)), PRESENT)}
    assert found["behind"].behind == "1.4.2" and found["level"].behind == ""
    assert (found["activity"].what, found["activity"].mark.by) == ("pinned", "anna")
    assert found["activity"].behind == "1.5.0"


def test_nothing_waits_behind_what_has_no_source_or_one_that_has_nothing() -> None:
    """An alert takes no build; a source that is not there, or empty, has none to give."""
    meta = {"name": "pager", "namespace": "flux-system"}
    alert = Resource.from_object(
        "staging",
        {"apiVersion": "notification.toolkit.fluxcd.io/v1beta3", "kind": "Alert",
         "metadata": meta, "spec": {"suspend": True}},
    )  # fmt: skip
    orphan = ks(name="orphan", suspend=True, of="gone", applied=revision("1.4.1", "c"))
    early = ks(name="early", suspend=True, applied=revision("1.4.1", "c"))
    found = holds(snapshot(alert, orphan, source(), early), PRESENT)
    assert [(hold.key.name, hold.behind) for hold in found] == [
        ("early", ""), ("orphan", ""), ("pager", ""),
    ]  # fmt: skip


def test_a_hold_ages_from_when_somebody_noted_it() -> None:
    def old(least: float, since: str = NOW) -> bool:
        (hold,) = holds(snapshot(ks(suspend=True, annotations=notes("suspended", since))), 0.0)
        return hold.ageing(PRESENT, least)

    assert old(3600.0, "2026-11-23T02:12:00Z"), "to the second"
    assert not old(3601.0, "2026-11-23T02:12:00Z")
    assert not old(0.0, "last week") and not old(0.0, "")


def test_only_what_is_overdue_is_a_finding_and_says_its_way_out() -> None:
    late = "2026-11-23T03:00:00Z"
    pinned = source(
        stored=revision("1.4.2", "a"),
        ref={"digest": digest("a")},
        annotations={PIN_INVERSE: inverse_text(digest("a"), None), **notes("pinned", NOW, late)},
    )
    fine = ks(name="fine", suspend=True, annotations=notes("suspended", NOW, "2026-12-01T00:00Z"))
    stopped = ks(name="stopped", suspend=True, annotations=notes("suspended", NOW, late))
    seen = snapshot(pinned, fine, stopped)
    ours = [*(one.key for one in (stopped, fine, pinned)), ks(name="gone").key]
    findings = expired_holds(seen, ours, PRESENT)
    assert [(f.subject, f.next, f.since) for f in findings] == [
        (stopped.key, "resume it", late),
        (pinned.key, "unpin it", late),
    ]
    assert f"{pinned.key.label} should not be pinned any more by anna" in findings[1].message


def test_a_hold_is_what_suspends_and_what_pins() -> None:
    (mark,) = marks_of(ks(suspend=True, annotations=notes("suspended", NOW, NOW)))
    assert (mark.by, mark.since, mark.until) == ("anna", NOW, NOW)
    assert marks_of(ks()) == ()


def test_a_tally_counts_for_the_moment_that_it_is_looked_at() -> None:
    old, late = "2026-11-16T03:00:00Z", "2026-11-23T03:00:00Z"
    tally = tally_of([Mark(since=old), Mark(since=NOW, until=late, freeze="f"), Mark(until="soon")])
    assert (tally.held, tally.freezes) == (3, ("f",))
    assert (tally.ageing(PRESENT), tally.overdue(PRESENT)) == (1, 1)
    assert (tally.ageing(PRESENT - 3600), tally.overdue(PRESENT - 3600)) == (0, 0)
    assert tally.ageing(PRESENT, 14 * 86_400.0) == 0


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (f"1.4.2@{digest('a')}", digest("a"), True),
        (f"1.4.2@{digest('a')}", f"1.4.2@{digest('b')}", False),
        ("main@sha1:" + "1" * 40, "sha1:" + "1" * 40, True),
        ("main@sha1:" + "1" * 40, "main@sha1:" + "2" * 40, False),
        (f"1.4.2@{digest('a')}", "1.4.2+0123456789ab", True),
        ("1.4.2", "1.5.0", False),
        ("1.4.2", f"1.4.2@{digest('a')}", True),
        ("1.4.2@" + digest("a"), "1.4.2", True),
        (digest("a"), "1.4.2", False),
        ("main", "main@sha1:" + "1" * 40, True),
        ("main@sha1:" + "1" * 40, "main", True),
        ("sha1:" + "1" * 40, digest("a"), False),
        ("1.5.0", "", False),
    ],
)
def test_what_waits_is_told_by_content_then_by_name(one: str, other: str, same: bool) -> None:
    assert same_build(one, other) is same
