"""Turns a context into a transport client of the kubernetes package, and renews its credentials.

Only the package's Configuration, kubeconfig loader and ApiClient are used. Exec plugins are run by
ourselves (see `plugin`); a token is renewed shortly before it ends and once after a 401. Nothing
here sends a request to the API.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import importlib
import os
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fluxtui.cluster.kubeconfig import Access, access
from fluxtui.cluster.plugin import PluginCredential, run_plugin
from fluxtui.cluster.proxies import proxy_for
from fluxtui.domain.errors import ConfigError, Unauthorized

_SKEW = timedelta(minutes=5)
_AT_MOST_EVERY = 30.0
CONNECTIONS = 128


class Credentials:
    """The credentials of one context; hands out an ApiClient that carries the present ones."""

    def __init__(
        self,
        kubeconfig: str | None,
        context: str | None,
        environ: Mapping[str, str] | None = None,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._kubeconfig = kubeconfig
        self._environ = os.environ if environ is None else environ
        self._access = access(kubeconfig, context, environ)
        self._now = now
        self._monotonic = monotonic
        self._lock = asyncio.Lock()
        self._expires: datetime | None = None
        self._ran = float("-inf")
        self._client: Any = None
        self._clients: list[Any] = []
        self._identity: tuple[str, ...] = ()
        self.serial = 0

    @property
    def access(self) -> Access:
        """The context these credentials belong to."""
        return self._access

    async def client(self) -> Any:
        """The ApiClient to send with; renewed first when its token is about to end."""
        if self._client is None or self._soon_over():
            async with self._lock:
                if self._client is None or self._soon_over():
                    await self._load()
        return self._client

    async def renew(self, seen: int) -> bool:
        """After a 401 to a request sent with serial `seen`: True when trying again makes sense.

        Many requests may fail together; only the first of them renews.
        """
        async with self._lock:
            if self.serial != seen:
                return True
            before = self._identity
            self._access = access(self._kubeconfig, self._access.context, self._environ)
            await self._load()
            return self._identity != before

    async def close(self) -> None:
        """Close every client ever made here."""
        clients, self._clients, self._client = self._clients, [], None
        for client in clients:
            await client.close()

    def _soon_over(self) -> bool:
        return (
            self._expires is not None
            and self._now() + _SKEW >= self._expires
            and self._monotonic() - self._ran >= _AT_MOST_EVERY
        )

    async def _load(self) -> None:
        user: dict[str, Any] = dict(self._access.user)
        spec = user.pop("exec", None)
        if spec and not user.get("token") and not user.get("tokenFile"):
            self._ran = self._monotonic()
            given = await run_plugin(
                spec,
                cluster=self._access.cluster,
                folder=self._access.folder,
                where=f"context {self._access.context}",
                environ=self._environ,
            )
            self._expires = given.expires
            _take(user, given)
        identity = tuple(
            str(user.get(key, "")) for key in ("client-certificate-data", "client-certificate")
        )
        configuration = await self._configuration(user)
        if self._client is None or self._identity[1:] != (*identity, configuration.host):
            self._client = _api_client(configuration, user)
            self._clients.append(self._client)
        else:
            self._client.configuration.api_key = configuration.api_key
        token = str(configuration.api_key.get("BearerToken", ""))
        self._identity = (token, *identity, configuration.host)
        self.serial += 1

    async def _configuration(self, user: dict[str, Any]) -> Any:
        from kubernetes.aio.client.configuration import Configuration
        from kubernetes.aio.config.config_exception import ConfigException
        from kubernetes.aio.config.kube_config import load_kube_config_from_dict

        cluster = dict(self._access.cluster)
        authority = cluster.pop("certificate-authority-data", None)
        # Certificates are loaded by ourselves: the loader would leave keys in the temp folder.
        plain = {k: v for k, v in user.items() if not k.startswith("client-")}
        configuration = Configuration()
        try:
            await load_kube_config_from_dict(
                {
                    "current-context": "it",
                    "contexts": [{"name": "it", "context": {"cluster": "it", "user": "it"}}],
                    "clusters": [{"name": "it", "cluster": cluster}],
                    "users": [{"name": "it", "user": plain}],
                },
                client_configuration=configuration,
            )
            if authority:
                configuration.ca_cert_data = base64.b64decode(authority).decode("ascii")
        except (ConfigException, OSError, binascii.Error, UnicodeDecodeError) as error:
            raise ConfigError(str(error), where=f"context {self._access.context}") from error
        except (ValueError, TypeError, KeyError) as error:
            raise Unauthorized(
                f"the user's credentials do not load: {error}",
                where=f"context {self._access.context}",
            ) from error
        proxy = proxy_for(configuration.host, str(cluster.get("proxy-url") or ""), self._environ)
        configuration.proxy = proxy.url if proxy else None
        configuration.proxy_headers = dict(proxy.headers) if proxy else None
        configuration.connection_pool_maxsize = CONNECTIONS
        configuration.retries = None
        configuration.disable_strict_ssl_verification = True  # as client-go: older CAs lack fields
        configuration.client_session_kwargs = {"trust_env": False}
        return configuration


def preload() -> None:
    """Import what a first connection needs (0.3 s), for those who have that time before it."""
    for name in ("kubernetes.aio.client.api_client", "kubernetes.aio.config.kube_config"):
        importlib.import_module(name)


def _take(user: dict[str, Any], given: PluginCredential) -> None:
    if given.token:
        user["token"] = given.token
    if given.certificate:
        user["client-certificate-data"] = base64.b64encode(given.certificate.encode()).decode()
        user["client-key-data"] = base64.b64encode(given.key.encode()).decode()


def _api_client(configuration: Any, user: Mapping[str, Any]) -> Any:
    """The client; certificate and key lie in a private folder only while they are being read."""
    import ssl

    from kubernetes.aio.client.api_client import ApiClient

    with tempfile.TemporaryDirectory(prefix="fluxtui-") as folder:
        try:
            configuration.cert_file = _pem(user, "client-certificate", Path(folder))
            configuration.key_file = _pem(user, "client-key", Path(folder))
            client = ApiClient(configuration)
        except (ssl.SSLError, OSError, binascii.Error) as error:
            raise ConfigError(
                f"a certificate of the context does not load: {error}", where=configuration.host
            ) from error
    client.user_agent = "fluxtui"
    return client


def _pem(user: Mapping[str, Any], key: str, folder: Path) -> str | None:
    data = user.get(f"{key}-data")
    if data:
        path = folder / key
        path.touch(mode=0o600)
        path.write_bytes(base64.b64decode(data))
        return str(path)
    name = user.get(key)
    return str(name) if name else None
