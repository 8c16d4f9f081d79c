"""Which version of a chart a release is compared with, and what a target means by its releases."""

from __future__ import annotations

import pytest

from fluxtui.commands.command import Target
from fluxtui.commands.releasequestions import chart_question, release_number, releases_of
from fluxtui.domain.ask import ChartDiff
from fluxtui.domain.errors import UsageError
from fluxtui.domain.resource import Key
from fluxtui.domain.snapshot import TagList
from tests.builders import NS, ks, snapshot, source
from tests.ui.test_ui_charts import ADDRESS, RELEASE, releases

CHART = Key("staging", "source.toolkit.fluxcd.io", "HelmChart", NS, f"{NS}-web")


def listed(*versions: str) -> TagList:
    return TagList(ADDRESS, versions, 100.0)


def test_what_is_deployed_is_compared_with_what_would_be_picked_else_with_the_newest() -> None:
    seen = releases(listed("2.0.0", "1.5.0", "1.4.2"))
    assert chart_question(seen, RELEASE) == ChartDiff(RELEASE, "1.5.0", "1.4.2")
    seen = releases(listed("2.0.0", "1.4.2"))
    assert chart_question(seen, RELEASE) == ChartDiff(RELEASE, "2.0.0", "1.4.2")


def test_versions_that_are_named_are_taken_as_they_are() -> None:
    seen = releases(listed("1.4.2"))
    assert chart_question(seen, RELEASE, "9.0.0") == ChartDiff(RELEASE, "9.0.0", "1.4.2")
    asked = chart_question(seen, RELEASE, "2", "1", rendered=True)
    assert asked == ChartDiff(RELEASE, "2", "1", rendered=True)


def test_why_there_is_nothing_to_compare_with() -> None:
    with pytest.raises(UsageError, match=r"1\.4\.2 runs here, which is the newest"):
        chart_question(releases(listed("1.4.2", "1.0.0")), RELEASE)
    with pytest.raises(UsageError, match="is not known"):
        chart_question(releases(TagList("https://elsewhere.test#web", (), 0.0)), RELEASE)


def test_a_release_that_was_never_deployed_has_nothing_to_compare() -> None:
    unknown = snapshot(source(), ks())
    with pytest.raises(UsageError, match="no release of it is deployed"):
        chart_question(unknown, RELEASE, "2.0.0")
    assert chart_question(unknown, RELEASE, "2.0.0", "1.0.0").before == "1.0.0"


def test_a_release_is_meant_by_itself_by_its_chart_and_by_its_service() -> None:
    seen = releases(listed("1.4.2"))
    service = seen.board.rows[0].service
    targets = (Target(object=RELEASE), Target(object=CHART), Target("staging", service))
    assert [releases_of(seen, target) for target in targets] == [(RELEASE,)] * 3
    bundles = snapshot(source(), ks())
    assert releases_of(bundles, Target("staging", "acme/activity")) == ()
    assert releases_of(bundles, Target(object=source().key)) == ()


def test_a_number_of_a_release() -> None:
    assert (release_number(""), release_number("7"), release_number("v7")) == (0, 7, 7)
    for text in ("0", "-1", "1.4", "v", "²", "٣"):
        with pytest.raises(UsageError):
            release_number(text)


def test_a_list_that_is_not_known_is_not_called_the_newest() -> None:
    lost = TagList(ADDRESS, ("1.4.2", "1.0.0"), 0.0, error="connection refused")
    with pytest.raises(UsageError, match=r"is not known: .*connection refused"):
        chart_question(releases(lost), RELEASE)


def test_a_target_is_a_source_or_an_applier_by_its_kind() -> None:
    for key, is_source in ((source().key, True), (ks().key, False), (RELEASE, False)):
        target = Target(object=key)
        assert target.source == (key if is_source else None)
        assert target.applier == (None if is_source else key)
    pod = Key("staging", "", "Pod", NS, "x")
    for target in (Target(), Target(object=pod)):
        assert (target.source, target.applier) == (None, None)
