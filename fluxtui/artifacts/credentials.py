"""Where a registry's credentials come from: settings, docker config, credential helpers.

Looks them up when a registry asks for them, never before, and never writes any. No HTTP here.
`DOCKER_CONFIG` is honoured; so is podman's auth file.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import subprocess
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from fluxtui.artifacts.reference import Reference
from fluxtui.artifacts.settings import RegistrySettings
from fluxtui.domain.errors import ConfigError, RegistryDenied

_HUB_KEYS = ("index.docker.io", "docker.io", "registry-1.docker.io")
_HUB_SERVER = "https://index.docker.io/v1/"
_HELPER_SECONDS = 30


@dataclass(frozen=True, slots=True, repr=False)
class Credential:
    """A user and password, or an identity token; `source` says where it came from.

    `lent`: for one repository only, from the pull Secret of an object that follows it.
    """

    user: str = ""
    password: str = ""
    identity_token: str = ""
    source: str = ""
    lent: bool = False

    def __repr__(self) -> str:
        return f"Credential(from {self.source})"


def docker_config_credentials(raw: bytes | str) -> dict[str, tuple[str, str]]:
    """host -> (user, password) of a `.dockerconfigjson`. Raises ConfigError when it is not one."""
    found: dict[str, tuple[str, str]] = {}
    for key, entry in _auths(_parsed(raw, "docker config")).items():
        credential = _of_entry(entry, "docker config")
        if credential is not None and credential.user:
            found[_normal(key)] = (credential.user, credential.password)
    return found


class Keychain:
    """Credentials by host and repository, remembered until `forget`. Thread-safe."""

    def __init__(self, settings: RegistrySettings, environ: Mapping[str, str]) -> None:
        self._settings = settings
        self._environ = environ
        self._lock = threading.Lock()
        self._helped: dict[tuple[str, str], Credential | None] = {}
        self._lent: dict[tuple[str, str], Credential] = {}

    def lend(self, reference: Reference, raw: bytes, source: str) -> bool:
        """Use what a `.dockerconfigjson` has for this repository where the user has nothing of
        their own. False when it has nothing for it. Raises ConfigError when it is not one.
        """
        host, repository = reference.registry, reference.repository
        entry = _best(_auths(_parsed(raw, source)), host, repository)
        found = _of_entry(entry, source) if entry is not None else None
        if found is None:
            return False
        with self._lock:
            place = self._settings.located(host, repository)
            self._lent[place] = replace(found, lent=True)
        return True

    def find(self, host: str, repository: str = "") -> Credential | None:
        """The credential for `host`, None for anonymous. Raises ConfigError, RegistryDenied."""
        pair = self._settings.credentials.get(host)
        if pair is not None:
            return Credential(pair[0], pair[1], source="the settings")
        for path in self._files():
            config = self._read(path)
            if config is None:
                continue
            found = self._from_config(config, path, host, repository)
            if found is not None:
                return found
        with self._lock:
            return self._lent.get((host, repository))

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
        return _parsed(raw, str(path))

    def _from_config(
        self, config: Mapping[str, object], path: Path, host: str, repository: str
    ) -> Credential | None:
        helpers = config.get("credHelpers")
        if isinstance(helpers, Mapping):
            for name in _names(host):
                if name in helpers:
                    return self._ask(str(helpers[name]), host)
        entry = _best(_auths(config), host, repository)
        inline = _of_entry(entry, str(path)) if entry is not None else None
        if inline is not None:
            return inline
        store = config.get("credsStore")
        return self._ask(str(store), host) if store else None

    def _ask(self, helper: str, host: str) -> Credential | None:
        server = _HUB_SERVER if host in _HUB_KEYS else host
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
        done = subprocess.run(
            [where, "get"],
            input=server,
            capture_output=True,
            text=True,
            timeout=_HELPER_SECONDS,
            env=dict(environ),
            check=False,
        )
    except FileNotFoundError as error:
        raise RegistryDenied(
            "the credential helper named in the docker config is not installed",
            where=where,
            next="install it or remove it from the config",
        ) from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise RegistryDenied(f"the credential helper failed: {error}", where=where) from error
    if done.returncode:
        said = (done.stdout + done.stderr).strip()
        if "credentials not found" in said.lower():
            return None
        raise RegistryDenied(f"the credential helper failed: {said[:300]}", where=where)
    answer = _parsed(done.stdout, where)
    user, secret = str(answer.get("Username", "")), str(answer.get("Secret", ""))
    if user == "<token>":
        return Credential(identity_token=secret, source=where)
    return Credential(user, secret, source=where)


def _parsed(raw: bytes | str, where: str) -> Mapping[str, object]:
    try:
        value = json.loads(raw)
    except ValueError as error:
        # The text may hold passwords: say where it breaks, never what it says.
        raise ConfigError("is not JSON", where=where, next="run docker login again") from error
    if not isinstance(value, dict):
        raise ConfigError("is not a JSON object", where=where)
    return value


def _auths(config: Mapping[str, object]) -> Mapping[str, Mapping[str, object]]:
    auths = config.get("auths")
    if not isinstance(auths, Mapping):
        return {}
    return {str(k): v for k, v in auths.items() if isinstance(v, Mapping)}


def _normal(key: str) -> str:
    """A key of `auths` as host or host/path: no scheme, no API version, no final slash."""
    bare = re.sub(r"^https?://", "", key).rstrip("/")
    return re.sub(r"/v[12]$", "", bare)


def _names(host: str) -> tuple[str, ...]:
    return (*_HUB_KEYS, _HUB_SERVER) if host in _HUB_KEYS else (host, f"https://{host}")


def _best(
    auths: Mapping[str, Mapping[str, object]], host: str, repository: str
) -> Mapping[str, object] | None:
    """The entry with the longest key that covers host and repository."""
    best: tuple[int, Mapping[str, object]] | None = None
    for key, entry in auths.items():
        name = _normal(key)
        for alias in _HUB_KEYS if host in _HUB_KEYS else (host,):
            full = f"{alias}/{repository}/"
            covers = full.startswith(name + "/") and name.startswith(alias)
            if covers and (best is None or len(name) > best[0]):
                best = (len(name), entry)
    return best[1] if best else None


def _of_entry(entry: Mapping[str, object], source: str) -> Credential | None:
    token = entry.get("identitytoken")
    if token:
        return Credential(identity_token=str(token), source=source)
    auth = entry.get("auth")
    if auth:
        try:
            text = base64.b64decode(str(auth), validate=False).decode().rstrip("\0")
        except (binascii.Error, UnicodeDecodeError) as error:
            raise ConfigError("an `auth` entry is not base64", where=source) from error
        user, colon, password = text.partition(":")
        return Credential(user, password, source=source) if colon else None
    if entry.get("username") is not None and entry.get("password") is not None:
        return Credential(str(entry["username"]), str(entry["password"]), source=source)
    return None
