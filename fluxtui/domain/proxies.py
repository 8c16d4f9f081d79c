"""Which proxy the environment names for an address, by the rules of Go's httpproxy package.

kubectl, Flux and docker decide by them, so a machine set up for those is set up for us. The HTTP
libraries' own switches for it differ in details, and would also read ~/.netrc and send what they
find there. Pure: variables in, an address out.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

_PORTS = {"http": 80, "https": 443, "socks5": 1080, "socks5h": 1080}
_CIDR = re.compile(r"^[0-9A-Fa-f.:]+/[0-9]+$")

if TYPE_CHECKING:
    Ip = ipaddress.IPv4Address | ipaddress.IPv6Address


def is_loopback_url(address: str) -> bool:
    """Whether a URL's host is this machine's own."""
    host = (urlsplit(address).hostname or "").rstrip(".")
    if host in ("localhost", "127.0.0.1", "::1") or host.endswith(".localhost"):
        return True
    ip = _ip(host)
    return ip is not None and ip.is_loopback


def environment_proxy(address: str, environ: Mapping[str, str], *, others: str = "") -> str:
    """The proxy's URL for `address` (a URL), "" for a direct way.

    HTTPS_PROXY for https, HTTP_PROXY for the rest, upper case first; never for loopback or what
    NO_PROXY names. `others`: a variable that serves any scheme when the scheme's own is empty.
    """
    parts = urlsplit(address)
    proxy = _variable(environ, "HTTPS_PROXY" if parts.scheme == "https" else "HTTP_PROXY")
    proxy = proxy or _variable(environ, others)
    host = parts.hostname or ""
    if not proxy or is_loopback_url(address) or not host:
        return ""
    port = parts.port or _PORTS.get(parts.scheme, 80)
    if any(_covers(entry, host, port) for entry in _variable(environ, "NO_PROXY").split(",")):
        return ""
    return with_scheme(proxy)


def with_scheme(proxy: str) -> str:
    """A proxy written without a scheme is an HTTP proxy."""
    return proxy if "://" in proxy else f"http://{proxy}"


def _variable(environ: Mapping[str, str], name: str) -> str:
    return environ.get(name) or environ.get(name.lower()) or ""


def _covers(entry: str, host: str, port: int) -> bool:
    """Whether one entry of NO_PROXY names the host: `*`, an address or network, a domain with its
    sub-domains (`.example.com` and `*.example.com`: those alone), each but a network with a port.
    """
    entry = entry.strip().lower()
    if entry == "*":
        return True
    ip = _ip(host)
    if _CIDR.match(entry):
        try:
            return ip is not None and ip in ipaddress.ip_network(entry, strict=False)
        except ValueError:
            pass
    name, named_port = _split_port(entry)
    if not name or (named_port and named_port != str(port)):
        return False
    return _domain_covers(name, host) if ip is None else _ip(name) == ip


def _domain_covers(name: str, host: str) -> bool:
    name, host = _ascii(name.removeprefix("*") if name.startswith("*.") else name), _ascii(host)
    if name.startswith("."):
        return host.endswith(name)
    return host == name or host.endswith(f".{name}")


def _split_port(entry: str) -> tuple[str, str]:
    """`host:port` or `[v6]:port` in two; a bare IPv6 address has no port."""
    if entry.startswith("["):
        inner, _, tail = entry[1:].partition("]")
        return inner, tail.removeprefix(":")
    if entry.count(":") == 1:
        name, _, port = entry.partition(":")
        return name, port
    return entry, ""


def _ip(text: str) -> Ip | None:
    if ":" not in text and not text[-1:].isdigit():
        return None  # what most are is seen without reading a module
    try:
        ip = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
    return mapped or ip


def _ascii(name: str) -> str:
    try:
        return name.encode("idna").decode("ascii") if not name.isascii() else name
    except UnicodeError:
        return name


def bare(parts: SplitResult) -> str:
    """Host and port of a split URL, without user and password."""
    return parts.netloc.rpartition("@")[2]
