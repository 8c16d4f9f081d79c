"""Registry authentication: challenges read, tokens fetched, kept and renewed.

One token per (host, scope) with its life span, fetched once however many threads ask. Credentials
leave only over TLS, to loopback, or to hosts the user listed; to a realm on another host only over
HTTPS (docs/safety.md#credentials).
"""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Sequence
from typing import Any, Protocol
from urllib.parse import urlsplit

from fluxtui.artifacts.challenges import Challenge
from fluxtui.artifacts.credentials import Keychain
from fluxtui.artifacts.dockerconfig import Credential
from fluxtui.artifacts.settings import RegistrySettings
from fluxtui.domain.errors import RegistryDenied, RegistryError
from fluxtui.kit.values import frozen

_DEFAULT_LIFE = 60.0
_CLIENT = "fluxtui"
_ANY = "*"
"""Basic credentials hold for every scope of a host."""


class Send(Protocol):
    """One HTTP request to a token endpoint; returns a requests.Response."""

    def __call__(
        self,
        method: str,
        url: str,
        *,
        params: object = None,
        data: object = None,
        authorization: str = "",
    ) -> Any: ...


@frozen
class _Token:
    header: str
    expires: float

    __repr__ = object.__repr__  # a token is shown to nobody


class Tokens:
    """Authorization headers by (host, scope). Thread-safe; shared by all connections."""

    def __init__(
        self, settings: RegistrySettings, keychain: Keychain, clock: Callable[[], float]
    ) -> None:
        self._settings = settings
        self._keychain = keychain
        self._clock = clock
        self._lock = threading.Lock()
        self._flights: dict[tuple[str, str], threading.Lock] = {}
        self._tokens: dict[tuple[str, str], _Token] = {}

    def header(self, host: str, scope: str) -> str:
        """The Authorization header that is good now, or empty."""
        token = self._tokens.get((host, scope)) or self._tokens.get((host, _ANY))
        if token is None or token.expires <= self._clock():
            return ""
        return token.header

    def answer(
        self,
        scheme: str,
        host: str,
        repository: str,
        scope: str,
        challenges: Sequence[Challenge],
        used: str,
        send: Send,
    ) -> str:
        """The header that answers the first of `challenges` that can be answered; `used` is the one
        that was refused.

        Raises RegistryDenied when there is no (other) way in.
        """
        with self._lock:
            flight = self._flights.setdefault((host, scope), threading.Lock())
        with flight:
            header = self.header(host, scope)
            if header and header != used:
                return header
            if used:
                self._tokens.pop((host, scope), None)
                self._tokens.pop((host, _ANY), None)
                self._keychain.forget()
            credential = self._keychain.find(host, repository)
            challenge = _answerable(challenges, credential)
            if credential is not None and credential.registry_token:
                token, token_scope = self._registry_token(scheme, host, credential, used), scope
            elif challenge.scheme == "basic":
                token = self._basic(scheme, host, credential, used)
                token_scope = scope if credential is not None and credential.lent else _ANY
            else:
                token, token_scope = (
                    self._bearer(scheme, host, scope, challenge, credential, send),
                    scope,
                )
            self._tokens[host, token_scope] = token
            return token.header

    def _basic(self, scheme: str, host: str, credential: Credential | None, used: str) -> _Token:
        if credential is None or not credential.user:
            raise RegistryDenied(
                "credentials are needed and none are known",
                where=host,
                next=f"run `docker login {host}` or name them in the configuration",
                status=401,
            )
        self._guard(scheme, host)
        header = basic_header(credential.user, credential.password)
        if header == used:
            raise refused_credential(host, credential)
        return _Token(header, float("inf"))

    def _registry_token(self, scheme: str, host: str, credential: Credential, used: str) -> _Token:
        self._guard(scheme, host)
        header = f"Bearer {credential.registry_token}"
        if header == used:
            raise refused_credential(host, credential)
        return _Token(header, float("inf"))

    def _guard(self, scheme: str, host: str) -> None:
        if not self._settings.may_send_secrets(scheme, host):
            raise RegistryDenied(
                "credentials are not sent over plain HTTP",
                where=host,
                next=f"use HTTPS, or list {host} under plain HTTP hosts of `registries:`",
                status=401,
            )

    def _bearer(
        self,
        scheme: str,
        host: str,
        scope: str,
        challenge: Challenge,
        credential: Credential | None,
        send: Send,
    ) -> _Token:
        realm = challenge.parameters.get("realm", "")
        parts = urlsplit(realm)
        if parts.scheme not in {"http", "https"} or not parts.netloc or "@" in parts.netloc:
            raise RegistryDenied(f"names no usable token endpoint: {realm!r}", where=host)
        if credential is not None:
            self._guard(scheme, host)
            self._guard_realm(host, parts.scheme, parts.netloc)
        service = challenge.parameters.get("service", "")
        scopes = challenge.parameters.get("scope", "") or scope
        parameters: list[tuple[str, str]] = [("service", service)] if service else []
        began = self._clock()
        if credential is not None and credential.identity_token:
            form = [*parameters, ("scope", scopes), ("client_id", _CLIENT)]
            form += [("grant_type", "refresh_token")]
            form += [("refresh_token", credential.identity_token)]
            response = send("POST", realm, data=form)
        else:
            parameters += [("scope", single) for single in scopes.split()]
            header = ""
            if credential is not None:
                header = basic_header(credential.user, credential.password)
                parameters.append(("account", credential.user))
            response = send("GET", realm, params=parameters, authorization=header)
        return self._read(host, response, credential, began)

    def _guard_realm(self, host: str, scheme: str, netloc: str) -> None:
        """Another host's realm gets credentials over HTTPS only; our own as the registry itself."""
        if scheme == "https":
            return
        if netloc != host and netloc not in self._settings.plain_http:
            raise RegistryDenied(
                f"sends its credentials to http://{netloc}: refused",
                where=host,
                next="a token endpoint on another host must use HTTPS",
                status=401,
            )
        self._guard(scheme, netloc)

    def _read(
        self, host: str, response: Any, credential: Credential | None, began: float
    ) -> _Token:
        if response.status_code in {400, 401, 403}:
            if credential is None:
                raise RegistryDenied(
                    "gives no anonymous access",
                    where=host,
                    next=f"run `docker login {host}` or name credentials in the configuration",
                    status=response.status_code,
                )
            raise refused_credential(host, credential)
        try:
            body = response.json() if response.status_code == 200 else {}
            text = str(body.get("token") or body.get("access_token") or "")
            life = float(body.get("expires_in") or _DEFAULT_LIFE)
        except (ValueError, AttributeError, TypeError):
            text, life = "", 0.0
        if not text:
            raise RegistryError(
                "the token endpoint gave no token", where=host, status=response.status_code
            )
        # Renewed a little early, so that a token does not die on the way.
        return _Token(f"Bearer {text}", began + life * 0.9)


def _answerable(challenges: Sequence[Challenge], credential: Credential | None) -> Challenge:
    """The first that can be answered: Basic needs a user, Bearer a realm; else the first."""
    user = credential is not None and bool(credential.user)
    for challenge in challenges:
        if challenge.parameters.get("realm") if challenge.scheme == "bearer" else user:
            return challenge
    return challenges[0]


def basic_header(user: str, password: str) -> str:
    """In UTF-8, as registries expect it."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def refused_credential(host: str, credential: Credential) -> RegistryDenied:
    return RegistryDenied(
        f"does not accept the credentials from {credential.source}",
        where=host,
        next=f"run `docker login {host}` again",
        status=401,
    )
