"""Rows under headings: by stage, namespace or the kind that they are delivered from."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fluxtui.domain.board import HealthLine, Level, Line, Row, Running
from fluxtui.domain.config import Config, Environment
from fluxtui.domain.grouping import group_of, grouped, source_kind, worst
from fluxtui.domain.resource import Key

PLACES = Config(
    environments=(
        Environment("dev", "dev", protected=False),
        Environment("eu", "eu", stage="live"),
        Environment("us", "us", stage="live"),
    )
)


def key(kind: str, group: str = "source") -> Key:
    return Key("dev", f"{group}.toolkit.fluxcd.io", kind, "apps", "web")


BUNDLE = Line(key("OCIRepository"), Running())
KS = Line(key("Kustomization", "kustomize"), Running(), source=key("GitRepository"))
HR = Line(key("HelmRelease", "helm"), Running(), source=key("HelmRepository"))


def row(**lines: Line) -> Row:
    return Row("web", "", {name: (line,) for name, line in lines.items()})


@pytest.mark.parametrize(
    ("one", "by", "group"),
    [
        (row(dev=BUNDLE), "", ""),
        (row(us=BUNDLE, dev=BUNDLE), "stage", "dev, live"),
        (row(us=BUNDLE, eu=BUNDLE), "stage", "live"),
        (row(nowhere=BUNDLE), "stage", ""),
        (row(dev=BUNDLE), "namespace", "apps"),
        (row(dev=KS), "source", "GitRepository"),
        (row(), "namespace", ""),
        (row(), "source", ""),
    ],
)
def test_a_row_stands_under_what_it_is_grouped_by(one: Row, by: str, group: str) -> None:
    assert group_of(one, by, PLACES) == group


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (BUNDLE, "OCIRepository"),
        (KS, "GitRepository"),
        (HR, "HelmRepository charts"),
        (replace(KS, source=None), "no source"),
    ],
)
def test_what_it_is_delivered_from_is_its_source_s_kind(line: Line, kind: str) -> None:
    assert source_kind(line) == kind


def test_a_row_is_as_bad_as_its_worst_line_anywhere() -> None:
    bad = replace(BUNDLE, health=HealthLine(Level.FAILED, "no"))
    slow = replace(BUNDLE, health=HealthLine(Level.PROGRESSING, "works"))
    well = replace(BUNDLE, health=HealthLine(Level.OK, "runs"))
    assert worst(row(dev=slow, eu=bad, us=well)) is Level.FAILED
    assert worst(row(dev=well, eu=slow)) is Level.PROGRESSING
    assert worst(row()) is Level.OK


def test_the_worst_group_comes_first_and_its_heading_says_how_many_are_not_well() -> None:
    ill = replace(BUNDLE, health=HealthLine(Level.FAILED, "no"))
    slow = replace(BUNDLE, health=HealthLine(Level.PROGRESSING, "m"))
    well = replace(BUNDLE, health=HealthLine(Level.OK, ""))
    rows = [row(eu=well), row(dev=slow), row(eu=ill), row(dev=well), row(nowhere=well)]
    groups = grouped(rows, "stage", PLACES)
    assert [group.head for group in groups] == [
        "live: 2 rows, 1 not well", "dev: 2 rows, 1 not well", "none: 1 row",
    ]  # fmt: skip
    assert groups[0].rows == (rows[0], rows[2]), "in a group they stay in their order"
    same = grouped([row(eu=well), row(dev=well)], "stage", PLACES)
    assert [group.head for group in same] == ["dev: 1 row", "live: 1 row"]
    assert grouped(rows, "", PLACES) == ()
