"""Pull Secrets: which of their entries opens a repository, decided as Flux's library decides it.

Keys may name a path, a port, a `*` in each part of the host (`*.azurecr.io`), or docker hub by one
of its old addresses; the most exact one counts, of the Secret that is named first. Values go into
credentials and nowhere else; nothing is read or sent here.
"""

from __future__ import annotations

import base64
import binascii
import fnmatch
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fluxtui.artifacts.dockerconfig import (
    HUB,
    HUB_NAMES,
    Credential,
    auths,
    credential_of,
    normal,
    parsed,
)
from fluxtui.domain.errors import ConfigError

_FIELD = ".dockerconfigjson"
_OLD_FIELD = ".dockercfg"


@dataclass(frozen=True, slots=True, repr=False)
class PullSecret:
    """A docker config out of a Secret; `source` names that Secret."""

    raw: bytes
    source: str

    @classmethod
    def of(cls, secret: Mapping[str, object], source: str) -> PullSecret:
        """From a Secret object, in its present or its old form. Raises ConfigError if it is none.

        Shapes: `data` maps names to base64 text.
        """
        data = secret.get("data")
        data = data if isinstance(data, Mapping) else {}
        name = next((n for n in (_FIELD, _OLD_FIELD) if data.get(n)), "")
        if not name:
            raise ConfigError(f"has no {_FIELD}", where=source)
        try:
            raw = base64.b64decode(str(data[name]), validate=True)
        except binascii.Error as error:
            raise ConfigError(f"{name} is not base64", where=source) from error
        config = parsed(raw, source)
        if name == _OLD_FIELD:
            raw = json.dumps({"auths": dict(config)}).encode()
        return cls(raw, source)


def opening(secrets: Sequence[PullSecret], host: str, repository: str) -> Credential | None:
    """What the Secrets have for `host/repository`. Raises ConfigError for one that is no config."""
    entries = [
        (_key(key), secret.source, entry)
        for secret in secrets
        for key, entry in auths(parsed(secret.raw, secret.source)).items()
    ]
    # By name backwards, as Kubernetes: longer paths before shorter, exact hosts before wild ones.
    for _key_text, source, entry in sorted(
        (e for e in entries if _matches(e[0], host, repository)), key=lambda e: e[0], reverse=True
    ):
        credential = credential_of(entry, source)
        if credential is not None:
            return credential
    return None


def _key(text: str) -> str:
    host, slash, path = normal(text).partition("/")
    return (HUB if host in HUB_NAMES else host) + slash + path


def _matches(key: str, host: str, repository: str) -> bool:
    name, _, path = key.partition("/")
    host = HUB if host in HUB_NAMES else host
    wild, port = _split(name)
    parts, real_port = _split(host)
    if port != real_port or len(wild) != len(parts) or not repository.startswith(path):
        return False
    return all(_part(pattern, part) for pattern, part in zip(wild, parts, strict=True))


def _part(pattern: str, part: str) -> bool:
    return pattern == part or fnmatch.fnmatchcase(part, pattern)


def _split(host: str) -> tuple[list[str], str]:
    name, _, port = host.partition(":")
    return name.split("."), port
