"""What is typed behind `/`: each form finds its rows, and what is half typed hides none."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from builders import ks
from hypothesis import given
from hypothesis import strategies as st

from fluxtui.domain.rowfilter import parsed

WEB = ks(name="web", needs=["db", "cache"], labels={"app": "web", "acme.com/tier": "front"})
DB = ks(name="db", suspend=True, labels={"app": "db"})
ROWS = {"web": ("Kustomization web True", WEB), "db": ("Kustomization db False", DB)}


def kept(typed: str) -> list[str]:
    return [name for name, (text, resource) in ROWS.items() if parsed(typed).passes(text, resource)]


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("", ["web", "db"]),
        ("WEB", ["web"]),
        ("kustom false", ["db"]),
        ("!web", ["db"]),
        ("! kustom false", ["web"]),
        ("!", ["web", "db"]),
        ("label:app=web", ["web"]),
        ("!label:app=web", ["db"]),
        ("label:acme.com/tier", ["web"]),
        ("label:app!=web", ["db"]),
        ("label:app=web true", ["web"]),
        ("label:app=web false", []),
        ("field:spec.suspend=true", ["db"]),
        ("field:spec.suspend", ["db"]),
        ("field:spec.suspend!=true", ["web"]),
        ("field:spec.dependsOn.name=cache", ["web"]),
        ("field:spec.sourceRef.name=activity", ["web", "db"]),
        ("field:spec.sourceRef.name==activity", ["web", "db"]),
        ("field:metadata.name=db", ["db"]),
        ("field:metadata.labels.acme.com/tier=front", ["web"]),
        ("field:status.nothing.here=1", []),
        ("/\\bw.b\\b/", ["web"]),
        ("/kustomization (db|cache)/", ["db"]),
        ("!/w.b/", ["db"]),
        ("/w.b", ["web"]),
    ],
)
def test_each_form_keeps_its_rows(typed: str, names: list[str]) -> None:
    assert kept(typed) == names


def test_in_a_text_to_read_every_form_is_a_word() -> None:
    line = "started with label:app=web"
    assert parsed("label:app=web", literal=True).passes(line)
    assert not parsed("label:app=web").passes(line)


def test_a_row_without_an_object_has_no_labels_and_no_fields() -> None:
    def passes(typed: str) -> bool:
        return parsed(typed).passes("Pod web")

    assert passes("web") and not passes("db")
    assert not passes("label:app=web") and not passes("label:app!=web")
    assert not passes("field:spec.suspend") and not passes("field:spec.suspend=true")
    assert passes("field:spec.suspend!=true")


def test_a_list_holds_each_of_its_entries_and_a_name_may_hold_dots() -> None:
    assert kept("field:spec.dependsOn.name!=cache") == ["db"]
    assert kept("field:spec.dependsOn.name=nobody") == []
    assert kept("field:metadata.labels.app") == ["web", "db"]
    assert kept("field:metadata.labels.acme.com/tier") == ["web"]
    assert kept("field:spec.sourceRef.name.deeper") == []
    assert kept("field:spec.sourceRef.") == []


@pytest.mark.parametrize(
    "typed", ["/web(", "/[", "label:", "label:=", "field:", "field:=x", "kustom !db"]
)
def test_what_is_half_typed_hides_nothing_and_says_what_is_missing(typed: str) -> None:
    assert kept(typed) == ["web", "db"]
    assert parsed(typed).error


@given(st.text(max_size=30))
def test_whatever_is_typed_gives_an_answer(typed: str) -> None:
    kept(typed)


@pytest.mark.parametrize(
    ("typed", "missing"),
    [
        ("web", 0),
        ("field:spec.suspend=true", 0),
        ("field:spec.nope=1", 1),
        ("field:spec.nope=1 field:spec.never", 2),
        ("field:spec.nope=1 label:app=web", 1),
        ("label:nope", 1),
    ],
)
def test_what_none_of_them_has_is_said(typed: str, missing: int) -> None:
    filter_ = parsed(typed)
    assert len(filter_.nowhere([WEB, DB])) == missing
    assert all("nope" in name or "never" in name for name in filter_.nowhere([WEB, DB]))
    assert filter_.nowhere([]) == tuple(dict(filter_.asks))
