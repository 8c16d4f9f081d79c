"""One index for all who want charts of it: how often it is fetched, and how often read."""

from __future__ import annotations

import asyncio
import importlib
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fluxtui.artifacts.chartindex import FetchedIndex, Validators
from fluxtui.artifacts.client import RegistryClient
from fluxtui.artifacts.indexcache import IndexCache
from fluxtui.artifacts.settings import RegistrySettings
from fluxtui.domain.errors import ArtifactError, ArtifactMissing, RegistryError
from fluxtui.engine.registries import RegistryDoor
from fluxtui.engine.tags.indexes import ChartIndexes
from tests.artifacts.scripted_registry import (
    Answer,
    Asked,
    ScriptedRegistry,
    scripted_registry,
)

INDEX = b"""entries:
  web:
  - version: 1.5.0
  - version: 1.5.0
    created: "2026-01-01T00:00:00Z"
  worker:
  - version: 0.1.0
"""


class Reading:
    """What the worker does, in this process, and how often."""

    def __init__(self) -> None:
        self.times = 0

    async def __call__(self, function: str, *arguments: Any) -> Any:
        self.times += 1
        module, _, name = function.partition(":")
        return getattr(importlib.import_module(module), name)(*arguments)


@pytest.fixture
def server() -> Iterator[ScriptedRegistry]:
    with scripted_registry() as scripted:
        scripted.answer = lambda _asked: (200, [], INDEX)
        yield scripted


@pytest.fixture
def door() -> Iterator[RegistryDoor]:
    settings = RegistrySettings(timeout=5)
    made = RegistryDoor(lambda: RegistryClient(settings, environ={}, pause=lambda _s: None))
    yield made
    made.close()


async def test_who_asks_at_once_shares_one_answer(
    server: ScriptedRegistry, door: RegistryDoor
) -> None:
    reading, url = Reading(), f"http://{server.address}"
    indexes, both = ChartIndexes(door, reading), {"web", "worker"}
    web, worker = await asyncio.gather(*(indexes.versions(url, c, both) for c in sorted(both)))
    assert (web.tags, worker.tags) == (("1.5.0",), ("0.1.0",))
    assert web.facts["1.5.0"].created == "", "of two entries of one text the first is taken"
    assert (len(server.asked), reading.times) == (1, 1)


class Wanted(set[str]):
    """Charts that are wanted, and how many were looked at."""

    seen = 0

    def __iter__(self) -> Iterator[str]:
        for chart in super().__iter__():
            Wanted.seen += 1
            yield chart


async def test_of_hundreds_who_ask_one_looks_through_all_that_are_wanted(
    server: ScriptedRegistry, door: RegistryDoor
) -> None:
    names = [f"chart-{number}" for number in range(300)]
    entries = "".join(f"  {name}:\n  - version: 1.0.0\n" for name in names)
    server.answer = lambda _asked: (200, [], f"entries:\n{entries}".encode())
    indexes, wanted = ChartIndexes(door, Reading()), Wanted(names)
    lists = await asyncio.gather(
        *(indexes.versions(f"http://{server.address}", name, wanted) for name in names)
    )
    assert {one.tags for one in lists} == {("1.0.0",)} and len(server.asked) == 1
    assert Wanted.seen <= 2 * len(names)


async def test_an_index_that_says_the_same_is_not_read_again(
    server: ScriptedRegistry, door: RegistryDoor
) -> None:
    reading, url = Reading(), f"http://{server.address}"
    indexes = ChartIndexes(door, reading)
    first = await indexes.versions(url, "web", ())
    assert await indexes.versions(url, "web", ()) is first
    assert (len(server.asked), reading.times) == (2, 1)
    worker = await indexes.versions(url, "worker", {"web"})
    assert worker.tags == ("0.1.0",) and reading.times == 2, "it was not looked for before"
    server.answer = lambda _asked: (200, [], INDEX.replace(b"1.5.0", b"1.6.0"))
    assert (await indexes.versions(url, "web", ())).tags == ("1.6.0",)


async def test_one_that_cannot_be_read_is_not_tried_again_until_it_is_another(
    server: ScriptedRegistry, door: RegistryDoor
) -> None:
    reading, url = Reading(), f"http://{server.address}"
    indexes = ChartIndexes(door, reading)
    server.answer = lambda _asked: (
        (304, [], b"") if "if-none-match" in _asked.headers else (200, [("ETag", '"1"')], b"no")
    )
    for _ in range(3):
        with pytest.raises(ArtifactError, match="no index of charts"):
            await indexes.versions(url, "web", ())
    assert reading.times == 1
    server.answer = lambda _asked: (200, [], INDEX)
    assert (await indexes.versions(url, "web", ())).tags == ("1.5.0",)


async def test_what_is_away_is_asked_again_and_a_chart_that_is_not_there_named(
    server: ScriptedRegistry, door: RegistryDoor
) -> None:
    url = f"http://{server.address}"
    indexes = ChartIndexes(door, Reading())
    server.answer = lambda _asked: (500, [], b"")
    with pytest.raises(RegistryError, match="500"):
        await indexes.versions(url, "web", ())
    server.answer = lambda _asked: (200, [], INDEX)
    with pytest.raises(ArtifactMissing, match="no chart 'gone'"):
        await indexes.versions(url, "gone", ())
    assert (await indexes.versions(url, "web", ())).tags == ("1.5.0",)


def etagged(body: bytes, etag: str) -> Callable[[Asked], Answer]:
    def answer(asked: Asked) -> Answer:
        if asked.headers.get("if-none-match") == etag:
            return 304, [], b""
        return 200, [("ETag", etag)], body

    return answer


async def versions(folder: Path, url: str) -> tuple[str, ...]:
    """What another run of the program, with nothing in mind, says of one chart."""
    settings = RegistrySettings(timeout=5)
    door = RegistryDoor(
        lambda: RegistryClient(settings, environ={}, pause=lambda _s: None), str(folder)
    )
    try:
        return (await ChartIndexes(door, Reading()).versions(url, "web", ())).tags
    finally:
        door.close()


async def test_the_next_run_asks_only_whether_there_is_another_index(
    server: ScriptedRegistry, tmp_path: Path
) -> None:
    url = f"http://{server.address}/charts?token=s3cret"
    server.answer = etagged(INDEX, '"one"')
    assert await versions(tmp_path, url) == await versions(tmp_path, url) == ("1.5.0",)
    assert [a.headers.get("if-none-match") for a in server.asked] == [None, '"one"']
    server.answer = etagged(INDEX.replace(b"1.5.0", b"1.6.0"), '"two"')
    assert await versions(tmp_path, url) == await versions(tmp_path, url) == ("1.6.0",)
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert not any(b"s3cret" in file.read_bytes() for file in files)


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"\xff\xfe", b'{"digest": 7, "etag": "x"}'])
async def test_what_is_damaged_on_disk_is_fetched_again(
    server: ScriptedRegistry, tmp_path: Path, damage: bytes
) -> None:
    url = f"http://{server.address}"
    server.answer = etagged(INDEX, '"one"')
    await versions(tmp_path, url)
    kept = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert len(kept) == 2, "a record and a text"
    for file in kept:
        before = file.read_bytes()
        file.write_bytes(damage)
        assert await versions(tmp_path, url) == ("1.5.0",)
        assert server.asked[-1].headers.get("if-none-match") is None
        assert file.read_bytes() == before, "and kept again"


async def test_a_folder_that_cannot_be_written_keeps_nothing_and_harms_nobody(
    server: ScriptedRegistry, tmp_path: Path
) -> None:
    server.answer = etagged(INDEX, '"one"')
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    url = f"http://{server.address}"
    assert await versions(blocked / "cache", url) == ("1.5.0",)
    assert await versions(blocked / "cache", url) == ("1.5.0",)
    assert all("if-none-match" not in asked.headers for asked in server.asked)


def test_only_so_many_addresses_are_remembered(tmp_path: Path) -> None:
    cache = IndexCache(tmp_path, records=3)
    for number in range(5):
        cache.put(f"http://host/{number}", FetchedIndex(b"%d" % number, Validators("e", "")))
        for file in (tmp_path / "indexes").iterdir():
            os.utime(file, (file.stat().st_atime, file.stat().st_mtime - 10))
    assert [cache.get(f"http://host/{number}") is not None for number in range(5)] == [
        *(False, False),
        *(True, True, True),
    ]
