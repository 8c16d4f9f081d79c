"""What a cluster can be asked, as a Protocol and the values that cross it.

Everything that talks to a Kubernetes API does so through this port, so that the transport (and its
traps) stays in one file. Objects are plain JSON dicts as the API sent them. This module must import
nothing heavy: callers type against it before any transport is loaded.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Any, Literal, Protocol

from fluxtui.kit.records import NamedTuple
from fluxtui.kit.values import frozen

if TYPE_CHECKING:
    from fluxtui.cluster.streams import LogOptions, WatchEvent
    from fluxtui.domain.resource import Page

Json = dict[str, Any]
JsonPatch = list[Json]
"""Operations of RFC 6902."""
WATCHES_AT_ONCE = 96
"""Watches that one API may have open; HTTP/1.1 takes a connection for each. Further ones wait."""


@frozen
class ApiResource:
    """One served resource type. `group` is empty for the core group. `short`: what kubectl takes
    for it; `categories`: in which of its groups of kinds it is."""

    group: str
    version: str
    kind: str
    plural: str
    namespaced: bool = True
    short: tuple[str, ...] = field(default=(), compare=False)
    categories: tuple[str, ...] = field(default=(), compare=False)

    @property
    def api_version(self) -> str:
        """`apps/v1`, or `v1` in the core group."""
        return f"{self.group}/{self.version}" if self.group else self.version

    def path(self, namespace: str = "", name: str = "", subresource: str = "") -> str:
        """URL path of the collection, of one object, or of its subresource."""
        root = f"/apis/{self.group}/{self.version}" if self.group else f"/api/{self.version}"
        scope = f"/namespaces/{namespace}" if self.namespaced and namespace else ""
        tail = "".join(f"/{part}" for part in (self.plural, name, subresource) if part)
        return f"{root}{scope}{tail}"


Reader = Callable[[bytes, ApiResource], "Page | None"]
"""Reads an answer that is a page of a list of that type; None: that is for somebody else."""


class Listing(NamedTuple):
    """A whole, consistent list (all pages) and the resourceVersion a watch continues from."""

    items: tuple[Json, ...]
    resource_version: str


TakePart = Callable[[list[Json], bool], Awaitable[None]]
"""(objects of one page, whether a list begins): what came of one that began before counts no more.
"""


class Cluster(Protocol):
    """A Kubernetes API. Every method raises the ClusterError family of `domain.errors`."""

    @property
    def name(self) -> str:
        """The Environment's name, for messages."""

    async def discover(self) -> Mapping[tuple[str, str], ApiResource]:
        """Served types by (group, kind), preferred versions; cached until `forget_discovery`."""

    async def find(self, api_version: str, kind: str) -> ApiResource:
        """The served type for an object's apiVersion and kind.

        Refreshes discovery once when unknown (a CRD may be new). Raises NotFound.
        """

    def forget_discovery(self) -> None:
        """Drop cached discovery (after a CRD was applied)."""

    async def get(self, type_: ApiResource, namespace: str, name: str) -> Json:
        """One object. Raises NotFound."""

    async def exists(self, type_: ApiResource, namespace: str, name: str) -> bool:
        """Whether the object is there, by its metadata alone: of a Secret no value is sent."""

    async def metadata(self, type_: ApiResource, namespace: str, name: str) -> Json:
        """An object's metadata alone: of a Secret no value is sent. Raises NotFound."""

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
        """All objects, page by page; restarts when a continue token expires.

        `kept`: what to keep of each object, asked as its page arrives; `read` reads a whole page so
        at once, and what it does not read (None) goes the other way. `named`: no more than their
        metadata is wanted; an API may send more. `most`: ask for no further page when there are as
        many; 0 for all. `part` takes every page but the last as it comes: the Listing has the
        rest.
        """

    def watch(
        self,
        type_: ApiResource,
        namespace: str = "",
        *,
        resource_version: str,
        label_selector: str = "",
        field_selector: str = "",
        timeout: float = 300.0,
    ) -> AsyncIterator[WatchEvent]:
        """Events after `resource_version`, bookmarks included, until the server ends the watch.

        Raises Expired on 410 (as HTTP or as ERROR event), Unreachable when the line is cut or idle.
        """

    async def create(
        self, type_: ApiResource, obj: Json, *, field_manager: str, dry_run: bool = False
    ) -> Json:
        """POST. Raises Conflict when it exists."""

    async def update(
        self,
        type_: ApiResource,
        obj: Json,
        *,
        field_manager: str,
        subresource: str = "",
    ) -> Json:
        """PUT with the object's resourceVersion as optimistic lock. Raises Conflict."""

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
        """Server-side apply. Raises Conflict with its causes."""

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
        """Merge patch (a mapping) or JSON patch (a list).

        A `metadata.resourceVersion` inside a merge patch is an optimistic lock. Raises Conflict.
        """

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
        """DELETE, with the uid as precondition when given. Raises NotFound, Conflict.

        `grace`: seconds a Pod has to end (0: it is gone at once); None: as its spec says.
        """

    async def logs(self, namespace: str, pod: str, options: LogOptions) -> str:
        """The last lines of a container's log."""

    def follow_logs(self, namespace: str, pod: str, options: LogOptions) -> AsyncIterator[str]:
        """Lines of a container's log without their ends, as they are written, until its end.

        Raises the ClusterError family, Unreachable when the connection breaks.
        """

    async def can_i(
        self, verb: str, type_: ApiResource, namespace: str = "", name: str = ""
    ) -> bool:
        """SelfSubjectAccessReview; `name` "": for every object of the type there."""

    async def close(self) -> None:
        """Close connections; the object is of no use afterwards."""
