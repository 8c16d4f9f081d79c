"""Where a registry's credentials come from: settings, docker config, credential helpers.

Looks them up when a registry asks for them, never before, and never writes any. No HTTP here.
`DOCKER_CONFIG` is honoured; so is podman's auth file.
"""

from __future__ import annotations

import re
import subprocess
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from fluxtui.artifacts.dockerconfig import (
    HUB_NAMES,
    Credential,
    auths,
    best,
    credential_of,
    parsed,
)
from fluxtui.artifacts.reference import Reference
from fluxtui.artifacts.settings import RegistrySettings
from fluxtui.domain.errors import ConfigError, RegistryDenied

if TYPE_CHECKING:
    from fluxtui.artifacts.pullsecrets import PullSecret

_HUB_SERVER = "https://index.docker.io/v1/"
_HELPER_SECONDS = 30


class Keychain:
    """Credentials by host and repository, remembered until `forget`. Thread-safe."""

    def __init__(self, settings: RegistrySettings, environ: Mapping[str, str]) -> None:
        self._settings = settings
        self._environ = environ
        self._lock = threading.Lock()
        self._helped: dict[tuple[str, str], Credential | None] = {}
        self._lent: dict[tuple[str, str], Credential] = {}
        self._first: dict[tuple[str, str], Credential] = {}

    def lend(
        self, reference: Reference, secrets: Sequence[PullSecret], *, first: bool = False
    ) -> bool:
        """Use what pull Secrets have for this repository where the user has nothing of their own;
        `first`: before that. False when they have nothing for it. Raises ConfigError when one is
        none.
        """
        from fluxtui.artifacts.pullsecrets import opening

        host, repository = reference.registry, reference.repository
        opened = opening(secrets, host, repository)
        place = self._settings.located(host, repository)
        with self._lock:
            if opened is None:
                self._first.pop(place, None)
                return False
            lent = self._first if first else self._lent
            lent[place] = replace(opened, lent=True)
        return True

    def find(self, host: str, repository: str = "") -> Credential | None:
        """The credential for `host`, None for anonymous. Raises ConfigError, RegistryDenied."""
        with self._lock:
            configured = self._first.get((host, repository))
        configured = configured or self._of_settings(host, repository)
        if configured is not None:
            return configured
        for path in self._files():
            config = self._read(path)
            if config is None:
                continue
            credential = self._from_config(config, path, host, repository)
            if credential is not None:
                return credential
        with self._lock:
            return self._lent.get((host, repository))

    def _of_settings(self, host: str, repository: str) -> Credential | None:
        pair = self._settings.credentials.get(host)
        if pair is not None:
            return Credential(pair[0], pair[1], source="the settings")
        if not self._settings.docker_config:
            return None
        where = "the credentials file"
        entry = best(auths(parsed(self._settings.docker_config, where)), host, repository)
        return credential_of(entry, where) if entry is not None else None

    def forget(self) -> None:
        """Ask the credential helpers again next time: a registry refused what they gave."""
        with self._lock:
            self._helped.clear()

    def _files(self) -> list[Path]:
        env = self._environ
        home = Path(env["HOME"]) if env.get("HOME") else None
        files: list[Path] = []
        if env.get("DOCKER_CONFIG"):
            files.append(Path(env["DOCKER_CONFIG"]) / "config.json")
        elif home is not None:
            files.append(home / ".docker" / "config.json")
        if env.get("REGISTRY_AUTH_FILE"):
            files.append(Path(env["REGISTRY_AUTH_FILE"]))
        elif env.get("XDG_RUNTIME_DIR"):
            files.append(Path(env["XDG_RUNTIME_DIR"]) / "containers" / "auth.json")
        return files

    def _read(self, path: Path) -> Mapping[str, object] | None:
        try:
            raw = path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise ConfigError(f"cannot be read: {error.strerror}", where=str(path)) from error
        return parsed(raw, str(path))

    def _from_config(
        self, config: Mapping[str, object], path: Path, host: str, repository: str
    ) -> Credential | None:
        helpers = config.get("credHelpers")
        if isinstance(helpers, Mapping):
            for name in _names(host):
                if name in helpers:
                    return self._ask(str(helpers[name]), host)
        entry = best(auths(config), host, repository)
        inline = credential_of(entry, str(path)) if entry is not None else None
        if inline is not None:
            return inline
        store = config.get("credsStore")
        return self._ask(str(store), host) if store else None

    def _ask(self, helper: str, host: str) -> Credential | None:
        server = _HUB_SERVER if host in HUB_NAMES else host
        with self._lock:
            if (helper, server) not in self._helped:
                self._helped[helper, server] = _run_helper(helper, server, self._environ)
            return self._helped[helper, server]


def _run_helper(helper: str, server: str, environ: Mapping[str, str]) -> Credential | None:
    """`docker-credential-<helper> get`, without a terminal and with a time limit."""
    where = f"docker-credential-{helper}"
    if not re.fullmatch(r"[A-Za-z0-9_.\-]+", helper):
        raise ConfigError(f"not the name of a credential helper: {helper!r}", where="docker config")
    try:
        process = subprocess.run(
            [where, "get"],
            input=server,
            capture_output=True,
            text=True,
            timeout=_HELPER_SECONDS,
            env=dict(environ),
            check=False,
            start_new_session=True,  # no terminal to ask on, across the screen
        )
    except FileNotFoundError as error:
        raise RegistryDenied(
            "the credential helper named in the docker config is not installed",
            where=where,
            next="install it or remove it from the config",
        ) from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise RegistryDenied(f"the credential helper failed: {error}", where=where) from error
    if process.returncode:
        output = (process.stdout + process.stderr).strip()
        if "credentials not found" in output.lower():
            return None
        raise RegistryDenied(f"the credential helper failed: {output[:300]}", where=where)
    answer = parsed(process.stdout, where)
    user, secret = str(answer.get("Username", "")), str(answer.get("Secret", ""))
    if user == "<token>":
        return Credential(identity_token=secret, source=where)
    return Credential(user, secret, source=where)


def _names(host: str) -> tuple[str, ...]:
    return (*HUB_NAMES, _HUB_SERVER) if host in HUB_NAMES else (host, f"https://{host}")
