"""Kubeconfig files are read as kubectl reads them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from fluxtui.cluster.client import connect
from fluxtui.cluster.kubeconfig import ContextInfo, access, contexts
from fluxtui.domain.errors import ConfigError
from fluxtui.domain.proxies import is_loopback_url


def write(path: Path, names: list[str], current: str = "", **extra: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        yaml.safe_dump(
            {
                "current-context": current,
                "contexts": [
                    {"name": n, "context": {"cluster": n, "user": n, "namespace": f"ns-{n}"}}
                    for n in names
                ],
                "clusters": [
                    {"name": n, "cluster": {"server": f"https://{path.stem}.{n}"}} for n in names
                ],
                "users": [{"name": n, "user": {"token": path.stem, **extra}} for n in names],
            }
        )
    )
    return path


def test_contexts_of_several_files_are_merged_and_the_first_file_wins(tmp_path: Path) -> None:
    one = write(tmp_path / "one", ["a", "b"], current="b")
    two = write(tmp_path / "two", ["b", "c"], current="c")
    missing = tmp_path / "missing"
    environ = {"KUBECONFIG": os.pathsep.join(map(str, (missing, one, two))), "HOME": str(tmp_path)}
    assert contexts(None, environ) == [
        ContextInfo("a", "a", "a", "ns-a", current=False),
        ContextInfo("b", "b", "b", "ns-b", current=True),
        ContextInfo("c", "c", "c", "ns-c", current=False),
    ]
    assert access(None, "b", environ).server == "https://one.b"
    assert access(None, "c", environ).user["token"] == "two"


def test_without_kubeconfig_the_home_folder_is_asked(tmp_path: Path) -> None:
    write(tmp_path / ".kube" / "config", ["home"], current="home")
    assert [c.name for c in contexts(None, {"HOME": str(tmp_path)})] == ["home"]


def test_file_names_are_relative_to_the_file_that_names_them(tmp_path: Path) -> None:
    path = write(tmp_path / "deep" / "config", ["a"], current="a", tokenFile="token")
    assert access(str(path), None).user["tokenFile"] == str(tmp_path / "deep" / "token")


async def test_an_unknown_context_is_refused_and_the_known_ones_are_named(tmp_path: Path) -> None:
    path = write(tmp_path / "config", ["staging", "production"])
    with pytest.raises(ConfigError, match=r"'nowhere'.*known contexts: staging, production"):
        await connect(str(path), "nowhere", name="nowhere")
    with pytest.raises(ConfigError, match="no current-context"):
        await connect(str(path), None, name="x")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[", "is no YAML"),
        ("- a", "not a mapping"),
        ("contexts: {a: b}", "contexts is not a list"),
        ("contexts: [{context: {}}]", "has no name"),
    ],
)
def test_a_damaged_file_is_named(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "config"
    path.write_text(text)
    with pytest.raises(ConfigError, match=words) as caught:
        contexts(str(path))
    assert caught.value.where == str(path)


def test_a_missing_file_and_dangling_references_are_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="not there"):
        contexts(str(tmp_path / "none"))
    path = tmp_path / "config"
    path.write_text("contexts: [{name: a, context: {cluster: gone}}]")
    with pytest.raises(ConfigError, match="unknown cluster 'gone'"):
        access(str(path), "a")


@pytest.mark.parametrize(
    ("server", "own"),
    [
        ("https://127.0.0.1:6443", True),
        ("https://127.8.9.1", True),
        ("https://[::1]:1", True),
        ("https://localhost", True),
        ("https://a.localhost:2", True),
        ("https://10.0.0.1", False),
        ("https://localhost.example.com", False),
    ],
)
def test_loopback_is_known(server: str, own: bool) -> None:
    assert is_loopback_url(server) is own
