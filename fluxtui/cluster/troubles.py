"""Why an exchange with an API broke off, as one of our errors: each cause has its own sentence.

A refused port, an unknown name, a certificate that is not trusted and a silent network need
different people; so none of them is told as another. Libraries' errors are told apart by the names
of their classes, so that nothing heavy is imported for it. Nothing here performs I/O.
"""

from __future__ import annotations

import errno
import ssl
from collections.abc import Iterator

from fluxtui.domain.errors import Unreachable
from fluxtui.domain.knowledge import Trouble

_BY_ERRNO = {
    errno.ECONNREFUSED: (
        Trouble.REFUSED,
        "connection refused",
        "check that the API is up, and its port",
    ),
    errno.EHOSTUNREACH: (Trouble.ROUTE, "no route to the host", "check VPN and network"),
    errno.ENETUNREACH: (Trouble.ROUTE, "the network is unreachable", "check VPN and network"),
    errno.ETIMEDOUT: (Trouble.TIMEOUT, "no answer in time", "check VPN, firewall and address"),
    errno.ECONNRESET: (Trouble.CUT, "the connection was reset", "check what stands in between"),
    errno.EPIPE: (Trouble.CUT, "the connection was reset", "check what stands in between"),
}
_SILENT = "check VPN, firewall and address"
# What OpenSSL says -> what helps.
_TLS = (
    ("self-signed", "name its CA in the kubeconfig: certificate-authority-data"),
    ("self signed", "name its CA in the kubeconfig: certificate-authority-data"),
    ("unable to get local issuer", "name its CA in the kubeconfig: certificate-authority-data"),
    ("ostname mismatch", "mend server or tls-server-name in the kubeconfig"),
    ("IP address mismatch", "mend server or tls-server-name in the kubeconfig"),
    ("expired", "renew the server's certificate, or mend this machine's clock"),
    ("not yet valid", "mend this machine's clock"),
    ("wrong version number", "the port speaks no TLS: mend server in the kubeconfig"),
    ("record layer", "the port speaks no TLS: mend server in the kubeconfig"),
)
_CUT = frozenset(
    {
        "ServerDisconnectedError",
        "ClientPayloadError",
        "ContentLengthError",
        "IncompleteRead",
        "IncompleteReadError",
        "RemoteDisconnected",
        "ClientConnectionResetError",
    }
)


def unreachable(error: BaseException, where: str) -> Unreachable:
    """The error for an exchange that broke off; `reason` is its `Trouble`."""
    trouble, message, way = _read(error)
    host = _host(error) or _host(error.__cause__)
    at = f" by {host}" if trouble is Trouble.REFUSED else f": {host}"
    message = message + (at if host and host not in message else "")
    return Unreachable(message, where=where, next=way, reason=trouble.value)


def _read(error: BaseException) -> tuple[Trouble, str, str]:
    chain = list(_causes(error))
    names = {cls.__name__ for cause in chain for cls in type(cause).__mro__}
    if any(name.startswith("ClientProxy") or "ProxyError" in name for name in names) or (
        "ClientHttpProxyError" in names
    ):
        why = str(error) or type(error).__name__
        return Trouble.PROXY, f"the proxy failed: {why}", "check proxy-url, HTTPS_PROXY, NO_PROXY"
    tls = next((cause for cause in chain if isinstance(cause, ssl.SSLError)), None)
    if tls is not None or "ClientSSLError" in names:
        return _tls(tls or error)
    if "ClientConnectorDNSError" in names or "gaierror" in names:
        return Trouble.NAME, "the host name is not known", "mend server in the kubeconfig, or DNS"
    if isinstance(error, TimeoutError) or "ServerTimeoutError" in names:
        return Trouble.TIMEOUT, "no answer in time", _SILENT
    for cause in chain:
        code = cause.errno if isinstance(cause, OSError) else None
        if code in _BY_ERRNO:
            return _BY_ERRNO[code]
    if names & _CUT:
        why = str(error) or "the server hung up"
        return Trouble.CUT, f"the connection broke: {why}", "check what stands in between"
    why = str(error) or type(error).__name__
    return Trouble.OTHER, why, "check that the API is up and the network reaches it"


def _tls(error: BaseException) -> tuple[Trouble, str, str]:
    text = getattr(error, "verify_message", "") or str(getattr(error, "reason", "") or error)
    text = text.replace("_", " ").strip(". ")
    text = text.lower() if text.isupper() else text
    way = next((way for part, way in _TLS if part in text), "check certificate and server name")
    return Trouble.TLS, f"TLS failed: {text}", way


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error, and what libraries wrapped into it; each once."""
    visited: set[int] = set()
    todo: list[BaseException | None] = [error]
    while todo:
        cause = todo.pop(0)
        if cause is None or id(cause) in visited:
            continue
        visited.add(id(cause))
        yield cause
        for name in ("certificate_error", "os_error", "__cause__"):
            inner = getattr(cause, name, None)
            if isinstance(inner, BaseException):
                todo.append(inner)


def _host(error: BaseException | None) -> str:
    """`10.0.0.7:6443`, when the error says."""
    host, port = getattr(error, "host", ""), getattr(error, "port", "")
    return f"{host}:{port}" if host and port else str(host or "")
