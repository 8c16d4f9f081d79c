"""Who we are to a Git remote, out of a Secret as Flux reads one (docs/flux.md#git).

Values are kept in memory, shown by nothing and sent by the wire alone.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from fluxtui.artifacts.settings import RegistrySettings
from fluxtui.domain.errors import ConfigError
from fluxtui.domain.proxies import bare


@dataclass(frozen=True, slots=True)
class GitLogin:
    """User and password, or a token; authority, certificate and key are PEM, b"" for none."""

    username: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    authority: bytes = field(default=b"", repr=False)
    certificate: bytes = field(default=b"", repr=False)
    key: bytes = field(default=b"", repr=False)

    @classmethod
    def of(cls, secret: Mapping[str, Any] | None, url: str) -> GitLogin:
        """From a Secret object (None: none) and what the URL holds. Raises ConfigError.

        Shapes: `data` maps names to base64 text.
        """
        data = (secret or {}).get("data")
        values = {name: _decoded(text, name) for name, text in data.items()} if data else {}
        tls: Any = {
            "authority": values.get("ca.crt") or values.get("caFile") or b"",
            "certificate": values.get("tls.crt", b""),
            "key": values.get("tls.key", b""),
        }
        parts = urlsplit(url)
        if "bearerToken" in values:
            login = cls(token=_text(values["bearerToken"]), **tls)
        else:
            user = _text(values.get("username", b"")) or unquote(parts.username or "")
            password = _text(values.get("password", b"")) or unquote(parts.password or "")
            login = cls(user, password, **tls)
        if login.password and not login.username:
            raise ConfigError(
                f"invalid '{parts.scheme}' auth option: 'password' requires 'username' to be set"
            )
        return login

    @property
    def authorization(self) -> str:
        """The header's value, "" for none."""
        if self.username or self.password:
            pair = f"{self.username}:{self.password}".encode()
            return f"Basic {base64.b64encode(pair).decode()}"
        return f"Bearer {self.token}" if self.token else ""

    def refusal(self, url: str, settings: RegistrySettings) -> str:
        """Why these credentials do not go to `url`, "" when they may (docs/safety.md)."""
        parts = urlsplit(url)
        if not self.authorization or settings.may_send_secrets(parts.scheme, bare(parts)):
            return ""
        return (
            "bearer token cannot be sent over HTTP"
            if self.token
            else ("basic auth cannot be sent over HTTP")
        )


def _decoded(text: object, name: str) -> bytes:
    try:
        return base64.b64decode(str(text), validate=True)
    except binascii.Error as error:
        raise ConfigError(f"{name} is not base64") from error


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
