"""One connection to one registry host, and the rules of asking it, whichever way a request takes.

Time limits, a token per scope renewed when it dies, short retries of reads only, no credentials
along redirects, size caps, and errors of our own tree. What reads a short answer straight from a
host goes over `brief`; transfers, writes, proxies and redirects take `session`, which loads oras
and requests.
"""

from __future__ import annotations

import io
import re
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from fluxtui.artifacts.brief import Brief
from fluxtui.artifacts.certificates import certificates
from fluxtui.artifacts.challenges import Challenge
from fluxtui.artifacts.faults import passes, refusal, unreachable
from fluxtui.artifacts.paths import Paths
from fluxtui.artifacts.reference import host_name
from fluxtui.artifacts.settings import RegistrySettings
from fluxtui.artifacts.tokens import Tokens
from fluxtui.domain.errors import (
    RefusedError,
    RegistryError,
    RegistryUnreachable,
)
from fluxtui.domain.proxies import environment_proxy
from fluxtui.kit.answers import NoAnswer, TooLong

if TYPE_CHECKING:
    from fluxtui.artifacts.session import Session

TRIES = 3
_CONNECT = 5.0
_LONGEST_WAIT = 10.0
_PASSING = {408, 429, 499, 500, 502, 503, 504, 522}
_BODY_LIMIT = 32 << 20
_READS = {"GET", "HEAD"}
_PROXY_SCHEMES = ("http", "https", "socks5h")
_LOADING = threading.Lock()


class Cancel(Protocol):
    """A threading.Event, or anything that can say it was set."""

    def is_set(self) -> bool: ...


class Upload:
    """A request body that can be sent again and reports what has gone out."""

    def __init__(self, data: bytes, progress: Callable[[int, int], None] | None = None) -> None:
        self._data = data
        self._progress = progress

    def open(self) -> io.BytesIO | bytes:
        return _Counted(self._data, self._progress) if self._progress else self._data


class _Counted(io.BytesIO):
    def __init__(self, data: bytes, progress: Callable[[int, int], None]) -> None:
        super().__init__(data)
        self._size = len(data)
        self._report = progress

    def __len__(self) -> int:
        return self._size

    def read(self, size: int | None = -1, /) -> bytes:
        chunk = super().read(size)
        self._report(self.tell(), self._size)
        return chunk


class FluxRegistry:
    """A registry at `host`. Used by one thread at a time; tokens are shared."""

    def __init__(
        self,
        host: str,
        settings: RegistrySettings,
        tokens: Tokens,
        environ: Mapping[str, str],
        pause: Callable[[float], None],
        scheme: str = "",
    ) -> None:
        self.host = host
        self.prefix = scheme or settings.scheme(host)
        self._settings = settings
        self._tokens = tokens
        self._environ = environ
        self._pause = pause
        self._certificates = certificates(host, settings, environ)
        self._brief = Brief(host, self._certificates)
        self._session: Session | None = None

    def paths(self, repository: str) -> Paths:
        """Where the parts of a repository are on this host."""
        return Paths(self.host, repository)

    def url(self, path: str) -> str:
        """`path` as of `Paths`: host and path without a scheme."""
        return f"{self.prefix}://{path}"

    def serves(self, url: str) -> bool:
        """Whether `url` is on this very host; its scheme does not matter."""
        port = ":80" if self.prefix == "http" else ":443"
        netloc = urlsplit(url).netloc.lower()
        return netloc.removesuffix(port) == self.host.lower().removesuffix(port)

    def ours(self, url: str) -> str:
        """`url` in our own scheme when it is on this host.

        Registries behind a proxy that ends TLS hand out http:// links to themselves: following one
        would carry the token in clear text.
        """
        if not self.serves(url):
            return url
        return urlsplit(url)._replace(scheme=self.prefix, netloc=self.host).geturl()

    def close(self) -> None:
        self._brief.close()
        if self._session is not None:
            self._session.close()

    def do_request(
        self,
        url: str,
        method: str = "GET",
        data: Any = None,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        stream: bool = False,
        cancel: Cancel | None = None,
    ) -> Any:
        """One request, authenticated; reads are tried three times. Returns a requests.Response, or
        what answers as one does (`brief.Answer`).

        Any status may come back, but 401, 403 and, after the tries, passing faults raise. Raises
        RegistryDenied, RegistryUnreachable, RegistryError, RefusedError (read-only).
        """
        if self._settings.read_only and method not in _READS:
            raise RefusedError("read-only: registries are not written to", where=self.host)
        url = self.ours(url)
        tries = TRIES if method in _READS else 1
        for attempt in range(1, tries + 1):
            if cancel is not None and cancel.is_set():
                raise RegistryError("cancelled", where=self.host)
            try:
                response = self._authenticated(url, method, data, headers, json, stream)
            except RegistryUnreachable as error:
                if attempt == tries or not passes(error.__cause__):
                    raise
                self._pause(0.2 * attempt)
                continue
            if response.status_code not in _PASSING or attempt == tries:
                return response
            wait = _wait(response.headers.get("Retry-After", ""), 0.3 * attempt)
            if wait > _LONGEST_WAIT:
                return response
            response.close()
            self._pause(wait)
        raise RegistryUnreachable("no answer", where=self.host)

    def _authenticated(
        self, url: str, method: str, data: Any, headers: Mapping[str, str] | None,
        json: Any, stream: bool,
    ) -> Any:  # fmt: skip
        own_host = self.serves(url)
        repository, scope = _scope(url, method, self.host) if own_host else ("", "")
        used = self._tokens.header(self.host, scope) if own_host else ""
        for last in (False, True):
            response = self._send(url, method, data, headers, json, stream, used)
            landed = self.serves(str(response.url))
            if response.status_code not in {401, 403} or not (own_host and landed):
                break
            challenges = Challenge.parse(response.headers.get("WWW-Authenticate", ""))
            if last or not challenges or response.status_code == 403:
                raise refusal(response, self.host)
            response.close()
            used = self._tokens.answer(
                self.prefix, self.host, repository, scope, challenges, used, self._token_request
            )
        return response

    def _send(
        self, url: str, method: str, data: Any, headers: Mapping[str, str] | None,
        json: Any, stream: bool, authorization: str,
    ) -> Any:  # fmt: skip
        all_headers = dict(headers or {})
        if authorization:
            all_headers["Authorization"] = authorization
        return self._exchange(
            method,
            url,
            stream,
            data=data.open() if isinstance(data, Upload) else data,
            json=json,
            headers=all_headers,
            allow_redirects=method in _READS,
        )

    def _token_request(
        self,
        method: str,
        url: str,
        *,
        params: object = None,
        data: object = None,
        authorization: str = "",
    ) -> Any:
        headers = {"Authorization": authorization} if authorization else {}
        for attempt in range(1, TRIES + 1):
            response = self._exchange(
                method, url, False, params=params, data=data, headers=headers, allow_redirects=False
            )
            wait = _wait(response.headers.get("Retry-After", ""), 0.3 * attempt)
            if response.status_code not in _PASSING or wait > _LONGEST_WAIT or attempt == TRIES:
                break
            self._pause(wait)
        return response

    def _exchange(self, method: str, url: str, stream: bool, **arguments: Any) -> Any:
        where = urlsplit(url).netloc
        limits = (min(_CONNECT, self._settings.timeout), self._settings.timeout)
        proxies = self._proxies(url)
        try:
            if method in _READS and not (stream or proxies or arguments.get("data")):
                answer = self._brief.ask(
                    method,
                    url,
                    params=arguments.get("params"),
                    headers=arguments.get("headers") or {},
                    limits=limits,
                    size=_BODY_LIMIT,
                )
                if not (answer.leads_on and arguments.get("allow_redirects")):
                    return answer
            response = self._long().request(
                method, url, stream=True, timeout=limits, proxies=proxies, **arguments
            )
            if not stream:
                response._content = read_body(response, _BODY_LIMIT, where)
                response._content_consumed = True
            return response
        except TooLong as error:
            raise _too_long(where) from error
        except (OSError, NoAnswer) as error:
            raise unreachable(error, where) from error

    def _long(self) -> Session:
        if self._session is None:
            with _LOADING:  # packages that import each other, from two threads: half-made modules
                from fluxtui.artifacts.session import Session

            self._session = Session(self.host, self.prefix == "http", self._certificates)
        return self._session

    def _proxies(self, url: str) -> dict[str, str]:
        """The environment's proxy for `url`; never for loopback. A SOCKS proxy looks names up."""
        proxy = environment_proxy(url, self._environ, others="ALL_PROXY")
        if not proxy:
            return {}
        scheme, _, address = proxy.partition("://")
        scheme = scheme.lower().replace("socks5h", "socks5").replace("socks5", "socks5h")
        if scheme not in _PROXY_SCHEMES:
            raise RegistryUnreachable(
                f"the proxy is neither http, https nor socks5: {scheme}://{address.rpartition('@')[2]}",
                where=self.host,
                next="mend HTTPS_PROXY or ALL_PROXY",
            )
        return {urlsplit(url).scheme: f"{scheme}://{address}"}


def speaks_tls(host: str, timeout: float) -> bool | None:
    """Whether `host[:port]` answers a TLS greeting; None when it cannot be reached. Sends nothing
    but the greeting, and trusts nobody.
    """
    name = host_name(host)
    port = host.rpartition(":")[2] if re.search(r":\d+$", host) else "443"
    greeting = ssl.create_default_context()
    greeting.check_hostname, greeting.verify_mode = False, ssl.CERT_NONE
    try:
        with (
            socket.create_connection((name, int(port)), timeout) as line,
            greeting.wrap_socket(line, server_hostname=name),
        ):
            return True
    except (ssl.SSLError, ConnectionResetError):
        return False
    except OSError:
        return None


def read_body(response: Any, limit: int, where: str) -> bytes:
    """The whole body, at most `limit` bytes. Raises RegistryError when it is longer."""
    body = bytearray()
    for chunk in response.iter_content(1 << 16):
        body += chunk
        if len(body) > limit:
            response.close()
            raise _too_long(where)
    return bytes(body)


def _too_long(where: str) -> RegistryError:
    return RegistryError(f"the answer is longer than {_BODY_LIMIT} bytes", where=where)


def _scope(url: str, method: str, host: str) -> tuple[str, str]:
    """The repository of `url` and the scope a request needs, as registries name them."""
    path = urlsplit(url).path
    match = re.match(r"^/v2/(.+?)/(?:manifests|tags|blobs|referrers)/", path)
    if not match:
        return "", "registry:catalog:*" if path.endswith("/_catalog") else ""
    actions = "pull" if method in _READS else "pull,push"
    if method == "DELETE":
        actions = "delete"
    return match[1], f"repository:{match[1]}:{actions}"


def _wait(header: str, otherwise: float) -> float:
    """Seconds of a Retry-After header; dates and nonsense count as none."""
    return float(header) if re.fullmatch(r"\d+(\.\d+)?", header.strip()) else otherwise
