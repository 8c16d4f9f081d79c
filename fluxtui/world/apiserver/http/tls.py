"""A certificate of our own for 127.0.0.1, from a CA made for this server.

client-go sends no token over plain HTTP, so even the demo speaks TLS. The CA's key stays in memory.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass

import trustme


@dataclass(frozen=True, slots=True)
class Tls:
    """The server's context and the CA certificate clients trust, as PEM."""

    context: ssl.SSLContext
    ca_pem: bytes


def make_tls() -> Tls:
    authority = trustme.CA(organization_name="fluxtui World")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    return Tls(context, authority.cert_pem.bytes())
