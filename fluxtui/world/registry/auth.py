"""Who may do what in the World's registry: Basic, or Bearer tokens bound to scopes.

Follows the distribution project's token protocol as far as clients can see it. Tokens are opaque
and live in memory; the clock is handed in, so that tests age a token without waiting.
Needed by the artifact client's tests of Basic and Bearer registries.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from urllib.parse import parse_qs

from fluxtui.world.http.exchange import Request, Response
from fluxtui.world.registry.answers import error, json_response
from fluxtui.world.registry.knobs import Knobs

SERVICE = "fluxtui-world"
_MAX_TOKENS = 10_000


def basic(header: str) -> tuple[str, str] | None:
    """User and password of an Authorization header; None when it is not a Basic one."""
    scheme, _, value = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, colon, password = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (user, password) if colon else None


class TokenGate:
    """Checks requests against credentials and knobs."""

    def __init__(
        self,
        credentials: tuple[str, str] | None,
        knobs: Callable[[], Knobs],
        clock: Callable[[], float],
    ) -> None:
        self._credentials = credentials
        self._knobs = knobs
        self._clock = clock
        self._lock = threading.Lock()
        self._tokens: OrderedDict[str, tuple[float, frozenset[str]]] = OrderedDict()
        self.identity_token = secrets.token_urlsafe(24)
        """A refresh token, as `docker login` keeps it for some registries."""

    def known(self, login: tuple[str, str] | None) -> bool:
        if self._credentials is None:
            return True
        if login is None:
            return False
        pairs = zip(login, self._credentials, strict=True)
        return all([hmac.compare_digest(a.encode(), b.encode()) for a, b in pairs])

    def allows(self, request: Request, scopes: Iterable[str]) -> bool:
        """Whether the request carries what every scope (`repository:a/b:pull`) needs."""
        knobs = self._knobs()
        header = request.headers.get("authorization", "")
        if not knobs.bearer:
            reading = all(scope.endswith(":pull") for scope in scopes)
            return (knobs.anonymous_pull and reading) or self.known(basic(header))
        scheme, token = request.authorization
        if scheme != "bearer":
            return False
        with self._lock:
            expires, granted = self._tokens.get(token, (0.0, frozenset[str]()))
        return expires > self._clock() and granted.issuperset(scopes)

    def challenge(self, request: Request, scopes: Iterable[str], base: str) -> Response:
        """401, saying how to authenticate."""
        knobs = self._knobs()
        if not knobs.bearer:
            how = f'Basic realm="{SERVICE}"'
        else:
            realm = knobs.realm or f"{base}/token"
            how = f'Bearer realm="{realm}",service="{SERVICE}"'
            if joined := " ".join(_joined(scopes)):
                how += f',scope="{joined}"'
            if request.headers.get("authorization"):
                how += ',error="invalid_token"'
        return error(
            401,
            "UNAUTHORIZED",
            "authentication required",
            {"WWW-Authenticate": how, "Docker-Distribution-Api-Version": "registry/2.0"},
        )

    def token(self, request: Request) -> Response:
        """The token endpoint: GET with Basic or nobody, POST with a password or refresh token."""
        knobs = self._knobs()
        form = parse_qs(request.body.decode("latin-1")) if request.method == "POST" else {}
        query = parse_qs(request.search)
        scopes = [s for value in (form or query).get("scope", []) for s in value.split()]
        header = request.headers.get("authorization", "")
        if form:
            refresh = (form.get("refresh_token") or [""])[0]
            pair = ((form.get("username") or [""])[0], (form.get("password") or [""])[0])
            trusted = hmac.compare_digest(refresh, self.identity_token) or self.known(pair)
        else:
            trusted = self.known(basic(header))
        if not trusted and (header or form or not knobs.anonymous_pull):
            return error(401, "UNAUTHORIZED", "unknown user or wrong password")
        granted = {part for scope in scopes for part in _split(scope)}
        if not trusted:
            granted = {scope for scope in granted if scope.endswith(":pull")}
        token = secrets.token_urlsafe(24)
        with self._lock:
            self._tokens[token] = (self._clock() + knobs.token_ttl, frozenset(granted))
            while len(self._tokens) > _MAX_TOKENS:
                self._tokens.popitem(last=False)
        answer: dict[str, object] = {"token": token, "access_token": token}
        if knobs.expires_in:
            answer["expires_in"] = int(knobs.token_ttl)
        return json_response(200, answer)


def _split(scope: str) -> list[str]:
    """`repository:a/b:pull,push` as one scope per action."""
    kind, _, path = scope.partition(":")
    name, _, actions = path.rpartition(":")
    return [f"{kind}:{name}:{action}" for action in actions.split(",") if action]


def _joined(scopes: Iterable[str]) -> list[str]:
    """The reverse of `_split`, one scope per resource."""
    actions: dict[str, list[str]] = {}
    for scope in scopes:
        resource, _, action = scope.rpartition(":")
        actions.setdefault(resource, []).append(action)
    return [f"{resource}:{','.join(names)}" for resource, names in actions.items()]
