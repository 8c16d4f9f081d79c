"""`fluxtui reconciler run`: what it hands to the Reconciler, and when it will not start it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from fluxtui.cli.main import main
from fluxtui.cli.reconciler import arguments
from fluxtui.domain.config import Config, Environment, Registries
from fluxtui.domain.errors import UsageError
from fluxtui.reconciler.__main__ import arguments as read
from fluxtui.reconciler.__main__ import registry_settings


def test_everything_that_is_configured_reaches_the_reconciler(tmp_path: Path) -> None:
    login = tmp_path / "config.json"
    login.write_text('{"auths": {"r.test": {"username": "ada", "password": "x"}}}')
    registries = Registries(
        mirrors={"registry.example.com": "127.0.0.1:5000"},
        ca_files={"r.test": "/etc/ca.pem"},
        plain_http=frozenset({"plain.test"}),
        credentials_file=str(login),
    )
    places = [
        Environment("eu", "prod", kubeconfig="/k"),
        Environment("us", "prod", kubeconfig="/k"),
        Environment("staging", "kind-staging", kubeconfig="/k"),
    ]
    options = read(arguments(Config(registries=registries), places, 20, force=True))
    assert options.kubeconfig == "/k"
    assert options.context == ["prod", "kind-staging"], "one Reconciler a context"
    assert options.environment == ["eu", "staging"]
    assert options.speed == 20
    assert options.force_beside_flux
    settings = registry_settings(options)
    assert settings.mirrors == {"registry.example.com": "127.0.0.1:5000"}
    assert settings.ca_files == {"r.test": "/etc/ca.pem"}
    assert settings.plain_http == {"plain.test"}
    assert settings.docker_config == login.read_text()


def test_flux_is_not_run_beside_unless_told() -> None:
    assert not read(arguments(Config(), [Environment("a", "a")], 1)).force_beside_flux


def test_one_process_has_one_kubeconfig() -> None:
    places = [Environment("a", "a", kubeconfig="/a"), Environment("b", "b", kubeconfig="/b")]
    with pytest.raises(UsageError, match="several kubeconfigs"):
        arguments(Config(), places, 1)


def test_a_read_only_environment_is_not_reconciled(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "fluxtui.yaml"
    environments = {"staging": {"context": "kind-staging", "readOnly": True}}
    config.write_text(yaml.safe_dump({"environments": environments}))
    words = ["--config", str(config), "reconciler", "run", "-e", "staging"]
    assert main(words) == 3
    assert "staging" in capsys.readouterr().err
