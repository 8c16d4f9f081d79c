"""What a delivery is once more of it is known: what was read joins it, what was not is said."""

from __future__ import annotations

from fluxtui.domain.ask import BuildOf, ChartDiff, Delivery, ReadLogs, Standing, ValueOrigin
from fluxtui.domain.commitrange import Changelog, Commit, CommitRange
from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.objectid import ObjectId
from fluxtui.domain.resource import Key
from fluxtui.domain.review.wanted import KindAsked, WantedFact

SPAN = CommitRange(("staging",), "1.5.0", "oci://r", "https://git", "1" * 40, "2" * 40)
WANTED = WantedFact(
    "kind-unserved", KindAsked("v1", "Boat"), Key("staging", "g", "K", "n", "x"),
    ObjectId("apps", "a", "", "Boat"),
)  # fmt: skip


def test_commits_that_were_read_join_it_and_others_are_not_looked_at() -> None:
    read = Changelog(SPAN, (Commit("2" * 40, "mend it"),))
    refused = Changelog(SPAN, error="401")
    found = Delivery(unread=("the base",)).with_changelogs((read, refused, refused))
    assert found.changelogs == (read,)
    assert found.unread == ("the base", "the commits 11111111..22222222 of https://git: 401")
    assert Delivery().with_changelogs(()) == Delivery()


def test_what_its_clusters_answered_joins_it_and_is_asked_no_more() -> None:
    care, stop = (Danger("x", level, level.name) for level in (Gravity.CARE, Gravity.STOP))
    standing = Standing(dangers=(care, stop), unread=("the base", "staging"))
    found = Delivery(unread=("the base",), wanted=(WANTED,)).with_standing(standing)
    assert found.wanted == () and found.unread == ("the base", "staging")
    assert found.dangers == (stop, care), "the worst first"


def test_a_question_that_says_no_more_asks_for_what_is_there_and_cheap() -> None:
    """A log is that of what runs now, as it was written; a build is not explained, a chart not
    rendered; and what a value comes from holds nothing secret unless somebody says so."""
    one = WANTED.kustomization
    log = ReadLogs(one)
    assert not log.previous and not log.timestamps
    assert not BuildOf(one).explain and not ChartDiff(one, "1.5.0").rendered
    assert not ValueOrigin("spec", "file").secret
