"""The HTTP below a Git remote: who we are, whom we trust, which way we go, and when we give up.

dulwich speaks Git; this is the pool of connections it is given. No git configuration, credential
helper or netrc of the user is read here. Credentials go to the origin they are for and never along
a redirect to another. Loaded at a remote's first request.
"""

from __future__ import annotations

import base64
import ssl
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

import urllib3
from urllib3.exceptions import HTTPError, ProxyError, SSLError

from fluxtui.artifacts.faults import unreachable
from fluxtui.artifacts.gitlogin import GitLogin
from fluxtui.artifacts.settings import RegistrySettings
from fluxtui.domain.errors import GitError
from fluxtui.domain.proxies import environment_proxy

_LONGEST_REASON = 300
_REFUSALS = {
    401: "authentication required",
    403: "authorization failed",
    404: "repository not found",
}
_PORTS = {"http": 80, "https": 443}


@dataclass(slots=True)
class Patience:
    """When to give up: at a moment of `clock`, or when `stop` says so."""

    seconds: float
    stopped: Callable[[], bool] = lambda: False
    clock: Callable[[], float] = time.monotonic
    until: float = field(init=False)

    def __post_init__(self) -> None:
        self.until = self.clock() + self.seconds

    def left(self) -> float:
        """Seconds. Raises GitError when there are none, or nobody waits any more."""
        left = self.until - self.clock()
        if left <= 0 or self.stopped():
            raise GitError("no answer in time")
        return left


class GitWire:
    """What dulwich takes for a pool of urllib3: `headers` and `request`."""

    def __init__(
        self,
        url: str,
        login: GitLogin,
        settings: RegistrySettings,
        environ: Mapping[str, str],
        patience: Patience,
    ) -> None:
        self.headers = {"User-Agent": "git/fluxtui"}  # hosts look for git's name there
        self._parts = urlsplit(url)
        self._patience = patience
        self._authorization = login.authorization
        tls = _tls(self._parts, login, settings) if self._parts.scheme == "https" else None
        self._pool = _pool(environment_proxy(url, environ, others="ALL_PROXY"), tls)

    def request(self, method: str, url: str, *, headers: Mapping[str, str], **more: Any) -> Any:
        """One exchange, redirects followed; its body is read by the caller. Raises GitError."""
        sent = {name: text for name, text in headers.items() if name.lower() != "authorization"}
        if self._authorization and _origin(urlsplit(url)) == _origin(self._parts):
            sent["Authorization"] = self._authorization
        more["timeout"] = urllib3.Timeout(total=self._patience.left())
        # Of a redirect to another origin urllib3 takes the Authorization away itself.
        more["retries"] = urllib3.Retry(connect=0, read=0, status=0, other=0, redirect=5)
        try:
            response = self._pool.request(method, url, headers=sent, **more)
        except HTTPError as error:
            raise broken(error) from error
        if response.status != 200:
            raise _refusal(response)
        return _Watched(response, self._patience)

    def close(self) -> None:
        """End all connections."""
        self._pool.clear()


class _Watched:
    """A response whose body is read no longer than somebody waits for it."""

    def __init__(self, response: Any, patience: Patience) -> None:
        self._response = response
        self._patience = patience
        self.content_type = ""
        self.redirect_location = ""

    def read(self, *words: Any, **more: Any) -> bytes:
        self._patience.left()
        try:
            data: bytes = self._response.read(*words, **more)
        except HTTPError as error:
            raise broken(error) from error
        return data

    def __getattr__(self, name: str) -> Any:
        return getattr(self._response, name)


def broken(error: Exception) -> GitError:
    """What broke an exchange off, in a person's words."""
    inner = getattr(error, "reason", None)  # urllib3 wraps what it would have tried again
    told = inner if isinstance(inner, ProxyError | SSLError) else error
    return GitError(unreachable(told, "").what)


def _refusal(response: Any) -> GitError:
    """An answer that is no success, with the server's own words in one line."""
    try:
        text = response.read(_LONGEST_REASON * 4).decode("utf-8", "replace")
    except HTTPError:
        text = ""
    response.close()
    reason = " ".join(text.split())[:_LONGEST_REASON]
    words = _REFUSALS.get(
        response.status, f"unexpected client error: status code {response.status}"
    )
    return GitError(f"{words}: {reason}" if reason else words)


def _origin(parts: SplitResult) -> tuple[str, str, int]:
    return parts.scheme, parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)


def _tls(parts: SplitResult, login: GitLogin, settings: RegistrySettings) -> ssl.SSLContext:
    """The system's authorities, and those named for the host or in the Secret."""
    tls = ssl.create_default_context()
    host = parts.netloc.rpartition("@")[2]
    try:
        if host in settings.ca_files:
            tls.load_verify_locations(cafile=settings.ca_files[host])
        if login.authority:
            tls.load_verify_locations(cadata=login.authority.decode("ascii", "replace"))
        if login.certificate:
            with tempfile.NamedTemporaryFile(prefix="fluxtui-tls-") as file:  # private from birth
                Path(file.name).write_bytes(login.certificate + b"\n" + login.key)
                tls.load_cert_chain(file.name, password="")
    except (OSError, ssl.SSLError) as error:
        raise GitError(f"a certificate cannot be used: {error}") from error
    return tls


def _pool(proxy: str, tls: ssl.SSLContext | None) -> Any:
    more: Any = {"ssl_context": tls} if tls is not None else {}
    if not proxy:
        return urllib3.PoolManager(**more)
    if proxy.startswith("socks"):
        from urllib3.contrib.socks import SOCKSProxyManager

        return SOCKSProxyManager(proxy.replace("socks5://", "socks5h://"), **more)
    parts = urlsplit(proxy)
    headers = {}
    if parts.username is not None:
        pair = f"{parts.username}:{parts.password or ''}".encode()
        headers["Proxy-Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
    return urllib3.ProxyManager(proxy, proxy_headers=headers, **more)
