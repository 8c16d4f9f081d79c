"""Who feeds whom is the same as if everything were looked at, and little is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluxtui.domain import feeding
from fluxtui.domain.feeding import fed_by, feeders
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.snapshot import Snapshot
from tests.builders import ks, snapshot, source

APPLIES = ks().key
NAMES, SOURCES = "abcd", ("one", "two", "gone")


def holding(table: Mapping[Key, Resource], environment: str = "staging") -> Snapshot:
    kind = (APPLIES.group, APPLIES.kind)
    return Snapshot(resources={environment: {kind: dict(table)}})


def looked_up(seen: Snapshot, feeder: str) -> set[str]:
    return {resource.key.name for resource in fed_by(seen, source(name=feeder).key)}


CHANGES = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from((*SOURCES, "")), st.booleans()), max_size=12
)


@given(CHANGES)
def test_after_any_changes_it_is_as_if_all_were_looked_at(
    changes: list[tuple[str, str, bool]],
) -> None:
    table: dict[Key, Resource] = {}
    for name, feeder, to_the_end in changes:
        one = ks(name=name, of=feeder)
        if to_the_end or not feeder:
            table.pop(one.key, None)
        if feeder:
            table[one.key] = one
        seen = holding(table)
        for of in SOURCES:
            wanted = {r.key.name for r in table.values() if source(name=of).key in feeders(r)}
            assert looked_up(seen, of) == wanted


def test_what_is_told_is_the_object_as_the_snapshot_has_it() -> None:
    older = ks(name="a", applied="1")
    newer = replace(older, status={"lastAppliedRevision": "2"})
    first, second = holding({older.key: older}), holding({newer.key: newer})
    for seen, one in ((first, older), (second, newer), (first, older)):
        (fed,) = fed_by(seen, source().key)
        assert fed is one, "whatever was asked in between"


def test_environments_and_kinds_are_told_apart() -> None:
    here, there = ks(name="a"), ks("production", name="b")
    seen = snapshot(here, there, source(), source("production"))
    assert [r.key for r in fed_by(seen, source().key)] == [here.key]
    assert [r.key for r in fed_by(seen, source("production").key)] == [there.key]
    assert list(fed_by(seen, source().key, ())) == []


def test_of_a_table_only_what_changed_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten thousand were read for each key that was pressed, several times."""
    read: list[str] = []

    def noted(resource: Resource) -> tuple[Key, ...]:
        read.append(resource.key.name)
        return feeders(resource)

    monkeypatch.setattr(feeding, "_KEPT", {})
    monkeypatch.setattr(feeding, "feeders", noted)
    table = {one.key: one for one in (ks(name=f"k{n}", of="crowded") for n in range(40))}
    looked_up(holding(table), "crowded")
    assert len(read) == 40
    read.clear()
    table[ks(name="k7").key] = ks(name="k7", of="else")
    assert looked_up(holding(table), "else") == {"k7"}
    assert "k7" not in looked_up(holding(table), "crowded")
    assert set(read) == {"k7"}
    read.clear()
    table.pop(ks(name="k9").key)
    assert len(looked_up(holding(table), "crowded")) == 38 and read == ["k9"]
