"""A freeze and another range on the real app and the real World: by keys, and once more headless.

Told in order on one delivery, as the story is.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from fluxtui.cli.embedded import Embedded
from fluxtui.cli.main import main
from fluxtui.domain.board import Line
from fluxtui.domain.config import Config
from tests.end_to_end.person import Person, at_the_screen

pytestmark = [pytest.mark.world, pytest.mark.timeout(600)]


def line(person: Person, environment: str, service: str = "activity") -> Line:
    row = person.snapshot.board.row(service)
    assert row is not None
    return row.lines[environment][0]


async def test_01_production_is_frozen_after_typing_its_name(config: Config) -> None:
    async with at_the_screen(config) as person:
        await person.points_at("activity", "production")
        await person.sees_settled("production")
        await person.presses("x")
        await person.sees("Which environment or stage?", "would be held")
        await person.types("audit")
        await person.presses("enter")
        await person.sees("freeze production")
        await person.agrees(protected="production")
        await person.sees("frozen")
        held = line(person, "production").suspended
        assert held is not None and held.freeze.startswith("production-")
        assert person.snapshot.holds["production"].freezes == (held.freeze,)


async def test_02_a_release_does_not_come_in_meanwhile(config: Config) -> None:
    async with at_the_screen(config) as person:
        await person.points_at("activity", "staging")
        before = line(person, "production").running.version
        await person.presses("m")
        await person.sees("As which version?")
        await person.presses("enter")
        await person.sees("waits at OCIRepository")
        await person.agrees(protected="production")
        await person.waits(
            "what waits behind", lambda: line(person, "production").would_pick != before
        )
        assert line(person, "production").running.version == before


async def test_03_unfreezing_shows_what_moves_and_lets_it(config: Config) -> None:
    async with at_the_screen(config) as person:
        await person.points_at("activity", "production")
        await person.waits("frozen", lambda: line(person, "production").suspended is not None)
        wanted = line(person, "production").would_pick
        await person.presses("X")
        await person.sees("Which freeze?", "by casey@laptop")
        await person.presses("enter")
        await person.sees(f"production would pick {wanted}")
        await person.agrees(protected="production")
        await person.waits("moved", lambda: line(person, "production").running.version == wanted)
        assert line(person, "production").suspended is None
        assert person.snapshot.holds["production"].freezes == ()


async def test_04_another_range_brings_what_it_said_it_would_pick(config: Config) -> None:
    async with at_the_screen(config) as person:
        await person.points_at("activity", "production")
        await person.waits("listed", lambda: bool(line(person, "production").newest))
        await person.presses("e")
        await person.sees("Which versions?")
        await person.types("~1.4.0")
        await person.sees("would pick v1.4.2")
        await person.presses("enter")
        await person.sees("production goes to v1.4.2")
        await person.agrees(protected="production")
        await person.waits("moved", lambda: line(person, "production").running.version == "v1.4.2")


async def test_05_a_whole_service_stands_still_and_goes_on_as_one_plan(config: Config) -> None:
    async with at_the_screen(config) as person:
        await person.points_at("activity", "staging")
        await person.presses(":")
        await person.types("suspend-scope")
        await person.presses("enter")
        await person.sees("Which whole?", "service/activity")
        await person.types("migration")
        await person.presses("enter")
        await person.sees("suspend service activity in staging")
        await person.agrees()
        held = line(person, "staging")
        assert held.suspended is not None and len(held.held) == len(held.appliers)
        await person.presses("H")
        await person.sees("suspended", "migration", "casey@laptop")
        await person.closes()
        await person.presses(":")
        await person.types("resume-scope")
        await person.presses("enter")
        await person.sees("Which whole?")
        await person.presses("enter")
        await person.sees("was suspended by casey@laptop")
        await person.agrees()
        await person.waits("resumed", lambda: line(person, "staging").hold is None)


def test_06_the_same_headless(delivery: Embedded, capsys: pytest.CaptureFixture[str]) -> None:
    config = str(Path(delivery.config_file))
    words = ("--config", config)
    assert main([*words, "freeze", "staging", "--reason", "drill", "--until", "2h", "--yes"]) == 0
    capsys.readouterr()
    main([*words, "holds", "-e", "staging"])
    listed = capsys.readouterr().out
    assert "frozen" in listed and "drill" in listed
    assert main([*words, "unfreeze", "staging", "--yes"]) == 0
    capsys.readouterr()
    main([*words, "holds", "-e", "staging"])
    assert "frozen" not in capsys.readouterr().out
