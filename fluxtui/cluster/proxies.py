"""Which proxy leads to an API: the kubeconfig's, whatever the server, else the environment's.

As kubectl: `proxy-url` is used as it stands, for a server on this machine too, and NO_PROXY has no
say in it. Nothing is contacted.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit, urlunsplit

from fluxtui.domain.errors import ConfigError
from fluxtui.domain.proxies import bare, environment_proxy, is_loopback_url, with_scheme

_SOCKS = ("socks5", "socks5h")


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy's address without user and password; an HTTP proxy gets those as `headers`, a SOCKS
    proxy as `user` and `password`.
    """

    url: str
    headers: Mapping[str, str]
    user: str = ""
    password: str = ""

    @property
    def socks(self) -> bool:
        """Whether it speaks SOCKS5; names are resolved by the proxy then."""
        return urlsplit(self.url).scheme in _SOCKS

    @property
    def local(self) -> bool:
        """Whether what is said to it in clear text stays on this machine."""
        return is_loopback_url(self.url)


def proxy_for(server: str, proxy_url: str, environ: Mapping[str, str]) -> Proxy | None:
    """The proxy for the API; `proxy_url` is the kubeconfig's proxy-url ('' for none).

    Raises ConfigError for a kind of proxy that cannot be used.
    """
    address = with_scheme(proxy_url) if proxy_url else environment_proxy(server, environ)
    if not address:
        return None
    try:
        proxy = urlsplit(address)
        usable = proxy.scheme in ("http", "https", *_SOCKS) and bool(proxy.hostname)
        usable = usable and (proxy.port is None or proxy.port > 0)
    except ValueError:
        usable = False
    if not usable:
        raise ConfigError(
            f"the proxy {_shown(address)!r} cannot be used",
            where=server,
            next="write http://, https:// or socks5://HOST:PORT as proxy-url or in HTTPS_PROXY",
        )
    url = urlunsplit((proxy.scheme, bare(proxy), proxy.path, "", ""))
    user, password = unquote(proxy.username or ""), unquote(proxy.password or "")
    if proxy.scheme in _SOCKS:
        return Proxy(url, {}, user, password)
    headers = {}
    if user:
        token = base64.b64encode(f"{user}:{password}".encode()).decode()
        headers["Proxy-Authorization"] = f"Basic {token}"
    return Proxy(url, headers)


def _shown(address: str) -> str:
    """The address without what may be a password."""
    scheme, _, location = address.partition("://")
    return f"{scheme}://{location.rpartition('@')[2]}"
