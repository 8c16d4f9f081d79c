"""Which Service an OCIRepository belongs to: told apart and joined."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from builders import CONFIG, NS, snapshot, source

from fluxtui.domain.config import ServiceConfig
from fluxtui.domain.service import configured, repository_path, service_of

MIRROR = "oci://mirror.example.net:5000/cache/activity"


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("oci://registry.example.com/acme/app", "acme/app"),
        ("oci://localhost/app/", "app"),
        ("oci://10.0.0.1:5000/acme/app", "acme/app"),
        ("oci://acme/app", "acme/app"),
        ("acme/app", "acme/app"),
        ("oci://registry.example.com", "registry.example.com"),
        ("localhost", "localhost"),
    ],
)
def test_the_path_of_a_url_is_what_follows_its_host(url: str, path: str) -> None:
    assert repository_path(url) == path


def test_the_label_beats_the_configuration_and_the_configuration_beats_the_path() -> None:
    services = (ServiceConfig("activity", ("acme/activity", MIRROR)),)
    labelled = source(labels={"fluxtui.dev/service": "chosen"})
    assert service_of(labelled, services) == "chosen"
    assert service_of(source(), services) == "activity"
    assert service_of(source(url=MIRROR), services) == "activity"
    assert service_of(source(), ()) == "acme/activity"


def test_the_same_path_on_another_host_is_the_same_service() -> None:
    board = snapshot(
        source("staging"), source("production", url="oci://other.example.org/acme/activity")
    ).board
    assert [row.service for row in board.rows] == ["acme/activity"]
    assert set(board.rows[0].lines) == {"staging", "production"}


def test_two_namespaces_of_one_environment_are_two_lines_of_one_service() -> None:
    board = snapshot(source(namespace=NS), source(namespace="canary")).board
    assert len(board.rows) == 1
    assert [line.key.namespace for line in board.rows[0].lines["staging"]] == [NS, "canary"]


def test_a_mirror_with_another_path_joins_by_the_configuration() -> None:
    config = replace(CONFIG, services=(ServiceConfig("activity", ("acme/activity", MIRROR)),))
    board = snapshot(source("staging"), source("production", url=MIRROR), config=config).board
    assert [row.service for row in board.rows] == ["activity"]


@pytest.mark.parametrize("url", ["", "https://registry.example.com/acme/app", 7, None, ["x"]])
def test_a_malformed_url_is_a_row_of_its_own_and_joins_nothing(url: object) -> None:
    services = (ServiceConfig("trap", ("",)),)
    broken = source(url=url)
    assert service_of(broken, services) == ""
    assert [r.service for r in snapshot(broken).board.rows] == [broken.key.label]


def test_a_service_is_configured_by_its_name_or_by_a_path_but_never_by_nothing() -> None:
    services = (ServiceConfig("activity", ("oci://registry.example.com/acme/activity", "")),)
    assert configured("activity", services) is services[0]
    assert configured("acme/activity", services) is services[0]
    assert configured("", services) is None
