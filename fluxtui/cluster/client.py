"""The one implementation of the port `Cluster`: a real Kubernetes API over HTTPS.

Objects go in and out as plain JSON; no typed models, no informers, no retries of writes. What to do
after an error (back off, list again, give up) is the caller's decision.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal, cast

from fluxtui.cluster.addresses import called, identity, path_of, selectors, writing
from fluxtui.cluster.credentials import Credentials, Way
from fluxtui.cluster.discovery import (
    AGGREGATED,
    ROOTS,
    Served,
    aggregated_types,
    group_versions,
    is_aggregated,
    listed_types,
)
from fluxtui.cluster.port import (
    ApiResource,
    Cluster,
    Json,
    JsonPatch,
    Listing,
    Reader,
    TakePart,
)
from fluxtui.cluster.status import error_of, not_an_api
from fluxtui.cluster.transport import Query, Transport
from fluxtui.cluster.wire import Timeouts
from fluxtui.domain.config import Overrides
from fluxtui.domain.errors import ClusterError, Expired, NotFound, Unreachable
from fluxtui.domain.resource import Page

if TYPE_CHECKING:
    from fluxtui.cluster.streams import LogOptions, WatchEvent

_LIST_RESTARTS = 3
JSON = "application/json"
_NAMES = f"{JSON};as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,{JSON}"
_METADATA = f"{JSON};as=PartialObjectMetadata;g=meta.k8s.io;v=v1"


async def connect(
    kubeconfig: str | None,
    context: str | None,
    *,
    name: str,
    environ: Mapping[str, str] | None = None,
    timeouts: Timeouts | None = None,
    overrides: Overrides = Overrides(),
    wire: Way = "full",
) -> Cluster:
    """The API behind a kubeconfig context (None: the current one); nothing is sent yet.
    `overrides`: what flags put in place of what the context says. `wire`: what it is for.

    Raises ConfigError for a missing file or an unknown context (the message names the known ones),
    Unauthorized when an exec plugin fails.
    """
    credentials = Credentials(kubeconfig, context, environ, overrides=overrides, wire=wire)
    await credentials.wire()
    limits = (timeouts or Timeouts()).within(overrides.request_timeout)
    return KubeCluster(Transport(name, credentials, limits))


class KubeCluster:
    """One Kubernetes API. Methods as documented by the port `Cluster`."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._served: Served | None = None
        self._discovering = asyncio.Lock()

    @property
    def name(self) -> str:
        return self._transport.name

    async def discover(self) -> Mapping[tuple[str, str], ApiResource]:
        return (await self._discovered()).preferred

    async def find(self, api_version: str, kind: str) -> ApiResource:
        before = self._served
        served = await self._discovered()
        type_ = served.find(api_version, kind)
        if type_ is None and served is before:  # it may have come since that was asked
            type_ = (await self._discovered(unless=served)).find(api_version, kind)
        if type_ is None:
            raise NotFound(
                f'no matches for kind "{kind}" in version "{api_version}"',
                where=self.name,
                next="install its CustomResourceDefinition, or mend apiVersion and kind",
                status=404,
                reason="NoKindMatch",
            )
        return type_

    def forget_discovery(self) -> None:
        self._served = None

    async def get(self, type_: ApiResource, namespace: str, name: str) -> Json:
        return await self._transport.json(
            "GET", path_of(type_, namespace, name), where=called(type_, namespace, name)
        )

    async def exists(self, type_: ApiResource, namespace: str, name: str) -> bool:
        try:
            await self.metadata(type_, namespace, name)
        except NotFound:
            return False
        return True

    async def metadata(self, type_: ApiResource, namespace: str, name: str) -> Json:
        path, where = path_of(type_, namespace, name), called(type_, namespace, name)
        document = await self._transport.json("GET", path, accept=_METADATA, where=where)
        meta: Json = document.get("metadata") or {}
        return meta

    async def list(
        self,
        type_: ApiResource,
        namespace: str = "",
        *,
        label_selector: str = "",
        field_selector: str = "",
        page: int = 500,
        kept: Callable[[Json], Json] | None = None,
        read: Reader | None = None,
        named: bool = False,
        most: int = 0,
        part: TakePart | None = None,
    ) -> Listing:
        query = selectors(label_selector, field_selector)
        for restart in range(_LIST_RESTARTS + 1):
            try:
                return await self._pages(
                    type_, namespace, query, page, kept, read, named, most, part
                )
            except Expired:
                if restart == _LIST_RESTARTS:
                    raise
        raise AssertionError("the loop above returns or raises")

    async def _pages(
        self,
        type_: ApiResource,
        namespace: str,
        query: Query,
        page: int,
        kept: Callable[[Json], Json] | None,
        read: Reader | None,
        named: bool,
        most: int,
        part: TakePart | None,
    ) -> Listing:
        items: list[Json] = []
        token, where = "", called(type_, namespace)
        if part is not None:
            await part([], True)
        while True:
            more: Query = [("limit", str(page))] + ([("continue", token)] if token else [])
            data = await self._transport.data(
                "GET",
                path_of(type_, namespace),
                query=[*query, *more],
                accept=_NAMES if named else JSON,
                where=where,
                bulk=True,
            )
            whole = read(data, type_) if read is not None else None
            if whole is None:
                whole = _page(self._transport.document(data, where), type_, kept)
            del data
            if not whole.kind.endswith("List"):
                raise not_an_api(f"{self.name} {where}")
            items += whole.items
            token = whole.token
            if not token or 0 < most <= len(items):
                return Listing(tuple(items), whole.version)
            if part is not None:
                await part(items, False)
                items = []

    async def watch(
        self,
        type_: ApiResource,
        namespace: str = "",
        *,
        resource_version: str,
        label_selector: str = "",
        field_selector: str = "",
        timeout: float = 300.0,
    ) -> AsyncIterator[WatchEvent]:
        from fluxtui.cluster.streams import WatchEvent

        where = called(type_, namespace)
        lines = self._transport.lines(
            path_of(type_, namespace),
            query=[
                ("watch", "true"),
                ("allowWatchBookmarks", "true"),
                ("resourceVersion", resource_version),
                ("timeoutSeconds", str(max(1, int(timeout)))),
                *selectors(label_selector, field_selector),
            ],
            where=where,
        )
        try:
            async for line in lines:
                kind, obj = line.get("type"), line.get("object")
                if not isinstance(obj, dict):
                    raise Unreachable("a watch event has no object", where=f"{self.name} {where}")
                if kind == "ERROR":
                    raise error_of(obj, where=f"{self.name} {where}")
                if kind in ("ADDED", "MODIFIED", "DELETED", "BOOKMARK"):
                    yield WatchEvent(
                        cast(Literal["ADDED", "MODIFIED", "DELETED", "BOOKMARK"], kind), obj
                    )
        finally:
            await lines.aclose()

    async def create(
        self, type_: ApiResource, obj: Json, *, field_manager: str, dry_run: bool = False
    ) -> Json:
        namespace, name = identity(obj)
        return await self._transport.json(
            "POST",
            path_of(type_, namespace),
            query=writing(field_manager, dry_run),
            body=obj,
            where=called(type_, namespace, name),
        )

    async def update(
        self, type_: ApiResource, obj: Json, *, field_manager: str, subresource: str = ""
    ) -> Json:
        namespace, name = identity(obj)
        return await self._transport.json(
            "PUT",
            path_of(type_, namespace, name, subresource),
            query=writing(field_manager, False),
            body=obj,
            where=called(type_, namespace, name),
        )

    async def apply(
        self,
        type_: ApiResource,
        obj: Json,
        *,
        field_manager: str,
        force: bool = False,
        dry_run: bool = False,
        subresource: str = "",
    ) -> Json:
        namespace, name = identity(obj)
        force_query = [("force", "true")] if force else []
        return await self._transport.json(
            "PATCH",
            path_of(type_, namespace, name, subresource),
            query=writing(field_manager, dry_run) + force_query,
            body=obj,
            content_type="application/apply-patch+yaml",
            where=called(type_, namespace, name),
        )

    async def patch(
        self,
        type_: ApiResource,
        namespace: str,
        name: str,
        patch: Mapping[str, Any] | JsonPatch,
        *,
        field_manager: str,
        subresource: str = "",
        dry_run: bool = False,
    ) -> Json:
        kind = "json-patch" if isinstance(patch, list) else "merge-patch"
        return await self._transport.json(
            "PATCH",
            path_of(type_, namespace, name, subresource),
            query=writing(field_manager, dry_run),
            body=patch if isinstance(patch, list) else dict(patch),
            content_type=f"application/{kind}+json",
            where=called(type_, namespace, name),
        )

    async def delete(
        self,
        type_: ApiResource,
        namespace: str,
        name: str,
        *,
        propagation: Literal["Background", "Foreground", "Orphan"] = "Background",
        uid: str = "",
        grace: int | None = None,
        dry_run: bool = False,
    ) -> None:
        body: Json = {
            "kind": "DeleteOptions",
            "apiVersion": "v1",
            "propagationPolicy": propagation,
        }
        if uid:
            body["preconditions"] = {"uid": uid}
        if grace is not None:
            body["gracePeriodSeconds"] = grace
        if dry_run:
            body["dryRun"] = ["All"]
        await self._transport.json(
            "DELETE",
            path_of(type_, namespace, name),
            body=body,
            where=called(type_, namespace, name),
        )

    async def logs(self, namespace: str, pod: str, options: LogOptions) -> str:
        from fluxtui.cluster import podlogs

        return await podlogs.read(self._transport, namespace, pod, options)

    def follow_logs(self, namespace: str, pod: str, options: LogOptions) -> AsyncIterator[str]:
        from fluxtui.cluster import podlogs

        return podlogs.follow(self._transport, namespace, pod, options)

    async def can_i(
        self, verb: str, type_: ApiResource, namespace: str = "", name: str = ""
    ) -> bool:
        from fluxtui.cluster import access

        return await access.allowed(self._transport, verb, type_, namespace, name)

    async def close(self) -> None:
        await self._transport.close()

    async def _discovered(self, unless: Served | None = None) -> Served:
        """The served types; asked anew when nothing is known but `unless`."""
        async with self._discovering:
            if self._served is None or self._served is unless:
                self._served = await self._ask()
            return self._served

    async def _ask(self) -> Served:
        core, groups = await asyncio.gather(self._root("/api"), self._root("/apis"))
        if is_aggregated(core) and is_aggregated(groups):
            return Served([*aggregated_types(core), *aggregated_types(groups)])
        names = ["v1", *group_versions(groups)]
        listed = await asyncio.gather(*(self._one_group(name) for name in names))
        return Served(
            type_
            for name, document in zip(names, listed, strict=True)
            for type_ in listed_types(name, document)
        )

    async def _root(self, path: str) -> Json:
        """What every Kubernetes API has; something else does not, or says other things there."""
        try:
            document = await self._transport.json("GET", path, accept=AGGREGATED, where="discovery")
        except NotFound as error:
            raise not_an_api(f"{self.name} discovery", error.status) from error
        if document.get("kind") not in ROOTS:
            raise not_an_api(f"{self.name} discovery")
        return document

    async def _one_group(self, group_version: str) -> Json:
        root = "apis" if "/" in group_version else "api"
        try:
            return await self._transport.json(
                "GET", f"/{root}/{group_version}", where=f"discovery of {group_version}"
            )
        except ClusterError as error:
            # A broken aggregated API (its backend is down) must not hide all the others.
            if error.status in (404, 500, 503):
                return {}
            raise


def _page(document: Json, type_: ApiResource, kept: Callable[[Json], Json] | None) -> Page:
    items = []
    for item in document.get("items") or []:
        # Lists of built-in kinds leave these out.
        item.setdefault("apiVersion", type_.api_version)
        item.setdefault("kind", type_.kind)
        items.append(item if kept is None else kept(item))
    meta = document.get("metadata") or {}
    version, token = str(meta.get("resourceVersion") or ""), meta.get("continue") or ""
    return Page(str(document.get("kind", "")), version, token, items)
