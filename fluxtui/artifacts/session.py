"""The long way to a registry: oras' Registry with requests' session, for what `brief` cannot do.

Streams, uploads, proxies and redirects. Imported when the first of them is asked for, as it loads
oras and requests; what may be sent and what an answer means is decided in `transport`.
"""

from __future__ import annotations

import logging
from typing import Any

import oras.provider
import requests.adapters

from fluxtui.artifacts.certificates import Certificates, context

# oras logs to stderr, which would be drawn across the screen.
logging.getLogger("oras").handlers.clear()
logging.getLogger("oras").addHandler(logging.NullHandler())


class Session(oras.provider.Registry):  # type: ignore[misc]
    """oras' connections to one host; used by one thread at a time."""

    def __init__(self, host: str, insecure: bool, certificates: Certificates) -> None:
        super().__init__(hostname=host, insecure=insecure)
        # No .netrc: it would answer for hosts the user never listed here.
        self.session.trust_env = False
        self.session.max_redirects = 5
        self.session.headers.update(
            {"Accept-Encoding": "identity", "User-Agent": "fluxtui", "Accept": "*/*"}
        )
        self.session.mount("https://", _Trusting(certificates.of_others))
        if certificates.pairs:
            self.session.mount(f"https://{host}/", _Trusting(certificates))

    def request(self, method: str, url: str, **arguments: Any) -> Any:
        """A requests.Response. Raises requests' errors, which are OSErrors."""
        return self.session.request(method, url, **arguments)

    def close(self) -> None:
        """End the connections."""
        self.session.close()


class _Trusting(requests.adapters.HTTPAdapter):
    """TLS with the system's roots and what is named besides for the host."""

    def __init__(self, certificates: Certificates) -> None:
        self._context = context(certificates)
        super().__init__(pool_connections=2, pool_maxsize=2)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs, ssl_context=self._context)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        """Through a proxy the registry is trusted by the same authorities as without."""
        return super().proxy_manager_for(proxy, **kwargs, ssl_context=self._context)
