"""Where everything of a running World is, as a value and as the file that says so.

The file holds no secrets, only the paths of the files that do. This module opens no connections.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import yaml

from fluxtui.artifacts import RegistrySettings
from fluxtui.domain.errors import ConfigError
from fluxtui.kit.private import write_private

FILE_NAME = "world.json"
MIRRORED = "registry.example.com"
"""The host all manifests of the scenario name."""
INFRA = "https://git.example.com/platform/infra.git"
"""The repository as the scenario's roots name it, before a running World puts its own there."""


@dataclass(frozen=True, slots=True)
class Description:
    """A running World.

    `kubeconfig` has one context per environment, named like it. `registry` is `127.0.0.1:PORT`;
    `mirrors` (host -> host) leads the manifests' registry there. `registry_credentials` is a docker
    configuration file. `services` and `bootstrap` are folders of files a person may edit and
    publish; `infra` is the URL of the Git repository, `infra_credentials` what git's own `store`
    helper reads.
    """

    environments: tuple[str, ...]
    speed: float
    kubeconfig: Path
    registry: str
    registry_credentials: Path
    services: Path
    infra: str
    infra_credentials: Path
    bootstrap: Path
    logs: Path
    mirrors: Mapping[str, str] = field(default_factory=dict)

    def registry_settings(self) -> RegistrySettings:
        """What a RegistryClient needs to reach the registry under the manifests' name."""
        credentials = read_credentials(self.registry_credentials, self.registry)
        return RegistrySettings(
            mirrors=dict(self.mirrors),
            credentials=dict.fromkeys((self.registry, *self.mirrors), credentials),
        )

    def write(self, folder: Path) -> Path:
        """Write `world.json` into the World's folder."""
        data = {
            name: str(value) if isinstance(value, Path) else value
            for name, value in asdict(self).items()
        }
        path = folder / FILE_NAME
        write_private(path, json.dumps(data, indent=2) + "\n")
        return path


def write_credentials(path: Path, host: str, username: str, password: str) -> None:
    """Write a docker configuration file with one login."""
    token = base64.b64encode(f"{username}:{password}".encode()).decode()
    write_private(path, json.dumps({"auths": {host: {"auth": token}}}, indent=2) + "\n")


def read_credentials(path: Path, host: str) -> tuple[str, str]:
    """User and password for `host` from a docker configuration file. Raises ConfigError."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        token = base64.b64decode(data["auths"][host]["auth"]).decode()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigError(f"no login for {host}: {error}", where=str(path)) from error
    username, _, password = token.partition(":")
    return username, password


def merge_kubeconfigs(parts: Sequence[Path], into: Path) -> None:
    """One kubeconfig (0600) out of several; the first one's context is the current one."""
    merged: dict[str, Any] = {"apiVersion": "v1", "kind": "Config"}
    for part in parts:
        config = yaml.safe_load(part.read_text(encoding="utf-8"))
        for section in ("clusters", "users", "contexts"):
            merged.setdefault(section, []).extend(config[section])
        merged.setdefault("current-context", config["current-context"])
    write_private(into, json.dumps(merged, indent=2) + "\n")
