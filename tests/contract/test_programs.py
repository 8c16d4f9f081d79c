"""Which Go may build the programs: a wrong one is refused before it costs minutes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contract import programs


@pytest.fixture
def go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A `go` alone on PATH, whose version the test writes, and a cache of its own."""
    script = tmp_path / "bin" / "go"
    script.parent.mkdir()
    monkeypatch.setenv("PATH", str(script.parent))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return script


def says(go: Path, version: str) -> None:
    go.write_text(f"#!/bin/sh\necho {version}; echo linux; echo amd64\n")
    go.chmod(0o755)


@pytest.mark.parametrize("version", ["go1.27.3", "go1.25.9", "go1.2", "go1.260", "devel"])
def test_a_go_that_builds_a_broken_apiserver_is_refused(go: Path, version: str) -> None:
    says(go, version)

    with pytest.raises(SystemExit) as refused:
        programs.build("kube-apiserver")

    told = str(refused.value)
    assert told.startswith("kube-apiserver is not built: ")
    assert f"is {version}, and only Go 1.26.x" in told
    assert "make control-plane ARGS=build" in told


def test_what_a_wrong_go_has_built_is_not_used(go: Path) -> None:
    place = programs._place(programs.PROGRAMS["etcd"])
    for version in ("go1.27.3", "go1.26.8"):
        built = place / f"{version}-linux-amd64" / "etcd"
        built.parent.mkdir(parents=True)
        built.touch()

    found = programs.find("etcd")
    assert found is not None and "go1.26.8" in str(found)
    says(go, "go1.27.3")
    assert programs.find("etcd") is None
    says(go, "go1.26.8")
    assert programs.find("etcd") == found
