"""What is configured, as values; and what is done by a config that says nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fluxtui.domain.config import Config, Environment, Registries, ServiceConfig


def test_what_nobody_configured_is_neither_asked_nor_written_and_writes_are_confirmed() -> None:
    config, registries = Config(), Registries()
    assert not config.ask_remotes and not config.audit_events, "nobody else hears of it"
    assert not registries.use_pull_secrets and not registries.ask_images
    assert not config.slow and not config.read_only
    place = Environment("prod", "prod")
    assert place.protected and not place.read_only, "its name is typed before a write"


def test_things_are_found_by_their_names() -> None:
    config = Config(
        environments=(Environment("eu", "c1", stage="live"), Environment("lab", "c2")),
        services=(ServiceConfig("web"), ServiceConfig("api")),
    )
    lab, api = config.environment("lab"), config.service("api")
    assert lab is not None and lab.context == "c2" and api is not None and api.name == "api"
    assert config.environment("us") is None and config.service("db") is None
    assert config.stages == ("live", "lab")
    again = replace(
        config, environments=(*config.environments, Environment("us", "c3", stage="live"))
    )
    assert again.stages == ("live", "lab"), "each once"


@pytest.mark.parametrize(
    ("url", "folder"),
    [
        ("https://git.test/acme/web", "/work/web"),
        ("ssh://git@git.test/acme/web.git", "/work/web"),
        ("https://git.test/acme/api", ""),
        ("", ""),
    ],
)
def test_a_checkout_is_of_a_repository_however_its_url_is_written(url: str, folder: str) -> None:
    config = Config(checkouts={"": "/nowhere", "https://git.test/acme/web.git": "/work/web"})
    assert config.checkout(url) == folder
