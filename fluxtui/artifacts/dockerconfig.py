"""A docker `config.json` and its entries as values: what keys mean and what an entry gives.

The same form stands in people's homes, in files that jobs bring along and in pull Secrets. Must not
print what it reads: errors say where, never what.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping

from fluxtui.domain.errors import ConfigError
from fluxtui.kit.values import frozen

HUB = "index.docker.io"
HUB_NAMES = (HUB, "docker.io", "registry-1.docker.io")


@frozen
class Credential:
    """A user and password, an identity token (traded for others), or a registry token (sent as it
    is); `source` says where it came from.

    `lent`: for one repository only, from the pull Secret of an object that follows it.
    """

    user: str = ""
    password: str = ""
    identity_token: str = ""
    source: str = ""
    lent: bool = False
    registry_token: str = ""

    def __repr__(self) -> str:
        return f"Credential(from {self.source})"


def parsed(raw: bytes | str, where: str) -> Mapping[str, object]:
    """The JSON object in `raw`. Raises ConfigError without a word of the text."""
    try:
        value = json.loads(raw)
    except ValueError as error:
        # The text may hold passwords: say where it breaks, never what it says.
        raise ConfigError("is not JSON", where=where, next="run docker login again") from error
    if not isinstance(value, dict):
        raise ConfigError("is not a JSON object", where=where)
    return value


def auths(config: Mapping[str, object]) -> Mapping[str, Mapping[str, object]]:
    """The entries by key, as written."""
    entries = config.get("auths")
    if not isinstance(entries, Mapping):
        return {}
    return {str(k): v for k, v in entries.items() if isinstance(v, Mapping)}


def normal(key: str) -> str:
    """A key of `auths` as host or host/path: no scheme, no API version, no final slash."""
    bare = re.sub(r"^https?://", "", key).rstrip("/")
    return re.sub(r"^([^/]+)/v[12](?=/|$)", r"\1", bare)


def best(
    entries: Mapping[str, Mapping[str, object]], host: str, repository: str
) -> Mapping[str, object] | None:
    """The entry with the longest key that covers host and repository."""
    longest: tuple[int, Mapping[str, object]] | None = None
    for key, entry in entries.items():
        name = normal(key)
        for alias in HUB_NAMES if host in HUB_NAMES else (host,):
            full = f"{alias}/{repository}/"
            covers = full.startswith(name + "/") and name.startswith(alias)
            if covers and (longest is None or len(name) > longest[0]):
                longest = (len(name), entry)
    return longest[1] if longest else None


def credential_of(entry: Mapping[str, object], source: str) -> Credential | None:
    """What an entry gives, None when it gives nothing. Raises ConfigError for what is no base64."""
    if entry.get("registrytoken"):
        return Credential(registry_token=str(entry["registrytoken"]), source=source)
    if entry.get("identitytoken"):
        return Credential(identity_token=str(entry["identitytoken"]), source=source)
    auth = str(entry.get("auth") or "").strip()
    if auth:
        try:
            text = base64.b64decode(auth + "=" * (-len(auth) % 4)).decode().rstrip("\0")
        except (binascii.Error, UnicodeDecodeError) as error:
            raise ConfigError("an `auth` entry is not base64", where=source) from error
        user, colon, password = text.partition(":")
        return Credential(user, password, source=source) if colon else None
    if entry.get("username") is not None and entry.get("password") is not None:
        return Credential(str(entry["username"]), str(entry["password"]), source=source)
    return None
