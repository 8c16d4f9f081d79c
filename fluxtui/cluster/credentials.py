"""Turns a context into a Wire to its API and the headers that say who asks, and renews both.

Exec plugins are run by ourselves (see `plugin`); a token is renewed shortly before it ends and once
after a 401. Nothing here sends a request to the API.
"""

from __future__ import annotations

import asyncio
import base64
import importlib
import os
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal

from fluxtui.cluster.identity import Headers, authorization, impersonation
from fluxtui.cluster.kubeconfig import Access, access
from fluxtui.cluster.wire import Wire, certificate_of
from fluxtui.domain.config import Overrides
from fluxtui.domain.errors import ConfigError
from fluxtui.domain.proxies import environment_proxy

if TYPE_CHECKING:
    from fluxtui.cluster.plugin import PluginCredential
    from fluxtui.cluster.proxies import Proxy

Way = Literal["full", "brief", "early"]
"""What is asked for: anything; a few reads; first lists, and anything later (a file for each)."""
_SKEW = 300.0
_AT_MOST_EVERY = 30.0


class Credentials:
    """The credentials of one context; hands out the Wire to use and the headers of now.
    `wire`: for what."""

    def __init__(
        self,
        kubeconfig: str | None,
        context: str | None,
        environ: Mapping[str, str] | None = None,
        *,
        overrides: Overrides = Overrides(),
        wire: Way = "full",
        now: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._kubeconfig = kubeconfig
        self._environ = os.environ if environ is None else environ
        self._overrides = overrides
        self._way: Way = wire
        self._access = access(kubeconfig, context, environ, overrides)
        self._now = now
        self._monotonic = monotonic
        self._lock = asyncio.Lock()
        self._expires: float | None = None
        self._ran = float("-inf")
        self._wire: Wire | None = None
        self._wires: list[Wire] = []
        self._certificate: tuple[str, ...] = ()
        self._headers: Headers = ()
        self.serial = 0
        self.withheld = False
        """Whether a token or password is not sent, because others could read it on the way."""

    @property
    def access(self) -> Access:
        """The context these credentials belong to."""
        return self._access

    async def wire(self) -> tuple[Wire, Headers]:
        """What to send with; renewed first when its token is about to end.

        Raises ConfigError, Unauthorized.
        """
        if self._wire is None or self._soon_over():
            async with self._lock:
                if self._wire is None or self._soon_over():
                    await self._load()
        assert self._wire is not None
        return self._wire, self._headers

    async def renew(self, serial: int) -> bool:
        """After a 401 to a request sent with serial `serial`: True when trying again makes sense.

        Many requests may fail together; only the first of them renews.
        """
        async with self._lock:
            if self.serial != serial:
                return True
            before = (self._wire, self._headers)
            self._access = access(
                self._kubeconfig, self._access.context or None, self._environ, self._overrides
            )
            await self._load()
            return (self._wire, self._headers) != before

    async def moved(self, serial: int) -> bool:
        """After nobody answered a request sent with serial `serial`: whether the kubeconfig says
        another way to the API by now, which is taken from then on. Raises Unauthorized."""
        async with self._lock:
            if self.serial != serial:
                return True
            try:
                now = access(
                    self._kubeconfig, self._access.context or None, self._environ, self._overrides
                )
            except ConfigError:  # it is being written, or is gone: what was known stays
                return False
            if (now.cluster, now.user) == (self._access.cluster, self._access.user):
                return False
            self._access = now
            await self._load()
            return True

    async def close(self) -> None:
        """Close every connection ever made here."""
        wires, self._wires, self._wire = self._wires, [], None
        for wire in wires:
            await wire.close()

    def _soon_over(self) -> bool:
        return (
            self._expires is not None
            and self._now() + _SKEW >= self._expires
            and self._monotonic() - self._ran >= _AT_MOST_EVERY
        )

    async def _load(self) -> None:
        user: dict[str, Any] = dict(self._access.user)
        where = f"context {self._access.context}".strip()
        spec = user.pop("exec", None)
        if spec and not user.get("token") and not user.get("tokenFile"):
            self._ran = self._monotonic()
            from fluxtui.cluster.plugin import run_plugin

            credential = await run_plugin(
                spec,
                cluster=self._access.cluster,
                folder=self._access.folder,
                where=where,
                environ=self._environ,
            )
            self._expires = credential.expires
            _take(user, credential)
        acting = impersonation(user, where)
        wire = self._wire_for(user)
        authorization = await self._authorization(user, where)
        self.withheld = bool(authorization) and not wire.may_carry_secrets
        authorization = "" if self.withheld else authorization
        self._headers = (*((("Authorization", authorization),) if authorization else ()), *acting)
        self.serial += 1

    async def _authorization(self, user: Mapping[str, Any], where: str) -> str:
        if user.get("auth-provider"):
            from fluxtui.cluster.providers import provider_authorization

            return await provider_authorization(user, self._access.server, where)
        return authorization(user, where)

    def _wire_for(self, user: Mapping[str, Any]) -> Wire:
        """The Wire in use, or a new one when certificates or the way to the API are others."""
        cluster = self._access.cluster
        proxy = self._proxy(str(cluster.get("proxy-url") or ""))
        certificate = (*certificate_of(user), str(sorted(cluster.items(), key=str)), str(proxy))
        if self._wire is None or self._certificate != certificate:
            self._wire = _kind_of_wire(self._way)(self._access, user, proxy)
            self._wires.append(self._wire)
            self._certificate = certificate
        return self._wire

    def _proxy(self, named: str) -> Proxy | None:
        server = self._access.server
        if not named and not environment_proxy(server, self._environ):
            return None
        from fluxtui.cluster.proxies import proxy_for

        return proxy_for(server, named, self._environ)


def _kind_of_wire(way: Way) -> type[Wire]:
    if way == "brief":
        from fluxtui.cluster.briefwire import BriefWire

        return BriefWire
    if way == "early":
        from fluxtui.cluster.earlywire import EarlyWire

        return EarlyWire
    from fluxtui.cluster.fullwire import FullWire

    return FullWire


def preload() -> None:
    """Import what a first connection needs, for those who have that time before it."""
    importlib.import_module("aiohttp")


def _take(user: dict[str, Any], credential: PluginCredential) -> None:
    if credential.token:
        user["token"] = credential.token
    if credential.certificate:
        user["client-certificate-data"] = base64.b64encode(credential.certificate.encode()).decode()
        user["client-key-data"] = base64.b64encode(credential.key.encode()).decode()
