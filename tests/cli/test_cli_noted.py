"""A start reads no YAML that it has read before, and believes no note of anything else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fluxtui.cli import linedyaml, noted, places
from fluxtui.cli.configuration import load
from fluxtui.cli.options import Options
from fluxtui.domain.config import Config
from fluxtui.domain.errors import ConfigError

TEXT = """\
environments:
  staging: {context: stage-eu, protected: false, namespaces: [acme, flux-system]}
  "no": {context: "1.10"}
services:
  activity: {urls: [oci://registry.example.com/acme/activity]}
cache: off
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "fluxtui.yaml").write_text(TEXT, encoding="utf-8")
    return tmp_path


def loaded(home: Path, *, looks: bool = False) -> Config:
    options = Options(config=str(home / "fluxtui.yaml"))
    return load(options, {"HOME": str(home), "USER": "anna"}, home / "elsewhere", looks=looks)


def the_note(home: Path) -> Path:
    return next(places.notes_folder({"HOME": str(home)}).iterdir())


@pytest.fixture
def no_yaml(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(path: Path) -> object:
        raise AssertionError(f"{path} was read as YAML")

    monkeypatch.setattr(linedyaml, "read", read)


def test_what_was_read_once_is_known_and_the_same(
    home: Path, request: pytest.FixtureRequest
) -> None:
    before = loaded(home)
    request.getfixturevalue("no_yaml")
    assert loaded(home) == before
    assert [e.name for e in before.environments] == ["staging", "no"]


def test_a_note_is_private_and_there_are_not_many(home: Path) -> None:
    loaded(home)
    assert the_note(home).stat().st_mode & 0o777 == 0o600
    assert the_note(home).parent.stat().st_mode & 0o777 == 0o700
    assert int(the_note(home).stem) < noted.FILES


def test_another_text_is_read_and_its_mistakes_told(home: Path) -> None:
    loaded(home)
    (home / "fluxtui.yaml").write_text(TEXT.replace("stage-eu", "stage-us"), encoding="utf-8")
    assert loaded(home).environments[0].context == "stage-us"
    (home / "fluxtui.yaml").write_text(TEXT + "colour: red\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="unknown field 'colour'") as refused:
        loaded(home)
    assert refused.value.where.startswith(f"{home}/fluxtui.yaml:7")


@pytest.mark.parametrize("broken", ["", "{", "[]", '{"of": 1, "data": {}}', "[" * 100_000])
def test_a_broken_note_is_none(home: Path, broken: str) -> None:
    before = loaded(home)
    the_note(home).write_text(broken, encoding="utf-8")
    assert loaded(home) == before
    assert json.loads(the_note(home).read_text(encoding="utf-8"))["data"]["cache"] is False


def test_a_note_of_another_fluxtui_is_none(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded(home)
    monkeypatch.setattr(noted, "__version__", "9.9.9")
    monkeypatch.setattr(linedyaml, "read", lambda _path: {"environments": {"other": None}})
    assert [e.name for e in loaded(home).environments] == ["other"]


@pytest.mark.usefixtures("no_yaml")
def test_looks_are_told_with_their_line_and_so_read(home: Path) -> None:
    with pytest.raises(AssertionError, match="was read as YAML"):
        loaded(home, looks=True)


def test_a_mistake_is_never_noted(home: Path) -> None:
    (home / "fluxtui.yaml").write_text("environments: 3\n", encoding="utf-8")
    for _ in range(2):
        with pytest.raises(ConfigError, match="must be a mapping"):
            loaded(home)


def test_a_home_that_cannot_be_written_keeps_none(home: Path) -> None:
    (home / ".local").write_text("", encoding="utf-8")
    assert loaded(home) == loaded(home)
