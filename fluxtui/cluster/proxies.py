"""Which proxy leads to an API: the kubeconfig's, else the environment's, and never for loopback.

Decided here and not by the HTTP library, whose switch for it would also read ~/.netrc and send
what it finds there. Nothing is contacted.
"""

from __future__ import annotations

import base64
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit, urlunsplit

from fluxtui.domain.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy's address without user and password, and the headers that carry those."""

    url: str
    headers: Mapping[str, str]


def is_loopback(server: str) -> bool:
    """Whether an address is this machine's own."""
    host = urlsplit(server).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def proxy_for(server: str, named: str, environ: Mapping[str, str]) -> Proxy | None:
    """The proxy for the API; `named` is the kubeconfig's proxy-url ('' for none).

    Raises ConfigError for a kind of proxy that cannot be used.
    """
    if is_loopback(server):
        return None
    parts = urlsplit(server)
    if not named and not _bypassed(parts.hostname or "", parts.port, environ):
        named = _variable(environ, f"{parts.scheme}_proxy")
    if not named:
        return None
    proxy = urlsplit(named if "://" in named else f"http://{named}")
    if proxy.scheme not in ("http", "https") or not proxy.hostname:
        raise ConfigError(
            f"a proxy must be http or https, not {proxy.scheme!r}",
            where=server,
            next="set another proxy-url, or HTTPS_PROXY",
        )
    headers = {}
    if proxy.username:
        pair = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
        token = base64.b64encode(pair.encode()).decode()
        headers["Proxy-Authorization"] = f"Basic {token}"
    bare = proxy.netloc.rpartition("@")[2]
    return Proxy(urlunsplit((proxy.scheme, bare, proxy.path, "", "")), headers)


def _variable(environ: Mapping[str, str], name: str) -> str:
    return environ.get(name) or environ.get(name.upper()) or ""


def _bypassed(host: str, port: int | None, environ: Mapping[str, str]) -> bool:
    """Whether no_proxy names the host: `*`, a host with its sub-domains, host:port, a network."""
    for entry in _variable(environ, "no_proxy").split(","):
        name = entry.strip().lower()
        if not name:
            continue
        if name == "*" or name in (host, f"{host}:{port}"):
            return True
        domain = name.removeprefix("*").lstrip(".")
        if domain and host.endswith(f".{domain}"):
            return True
        try:
            if ipaddress.ip_address(host) in ipaddress.ip_network(name, strict=False):
                return True
        except ValueError:
            continue
    return False
