"""The reading half of the API: get, list and watch, each in the form the client asked for.

Knows requests and responses but no sockets. Which objects are seen is decided in listing.py and
watching.py, what they look like in tables.py.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterable

from fluxtui.world.apiserver.http.exchange import JSON, ApiRequest, answer
from fluxtui.world.apiserver.http.negotiation import wants_metadata, wants_table
from fluxtui.world.apiserver.http.routing import PathTarget
from fluxtui.world.apiserver.kinds import ApiKind
from fluxtui.world.apiserver.print.tables import table
from fluxtui.world.apiserver.read import list_options, listing, podlogs, selectors
from fluxtui.world.apiserver.read.list_options import ListOptions
from fluxtui.world.apiserver.read.watching import Watch
from fluxtui.world.apiserver.state import State
from fluxtui.world.apiserver.status import Json, StatusError, expired, method_not_allowed, not_found
from fluxtui.world.apiserver.store import Key, Stored, dumps
from fluxtui.world.apiserver.write import subresources
from fluxtui.world.faults import Faults
from fluxtui.world.http.exchange import Response


class ReadAnswers:
    """Answers what changes nothing. `closing` ends every watch."""

    def __init__(self, state: State, faults: Faults, closing: threading.Event) -> None:
        self._state = state
        self._faults = faults
        self._closing = closing

    def get(self, request: ApiRequest, kind: ApiKind, key: Key, sub: str) -> Response:
        """Answer a GET of one object or subresource. Raises StatusError."""
        if sub == "scale":
            return answer(subresources.read_scale(self._state, kind, key))
        if sub == "log":
            return podlogs.read(self._state, kind, key, request.query, self._closing)
        if sub not in ("", "status"):
            raise method_not_allowed()
        stored = self._state.store.get(kind.resource, key)
        if stored is None:
            raise not_found(kind.named(key[1]))
        return self.object(request, kind, stored)

    def object(
        self, request: ApiRequest, kind: ApiKind, stored: Stored, status: int = 200
    ) -> Response:
        """One object in the form asked for. Raises 406."""
        if wants_metadata(request):
            head = {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1"}
            return answer(head | {"metadata": stored.obj["metadata"]}, status)
        if wants_table(request):
            meta = {"resourceVersion": stored.obj["metadata"].get("resourceVersion", "")}
            return answer(self._table(request, kind, [stored], meta), status)
        return Response(status, self._data(kind, stored), JSON)

    def _table(
        self, request: ApiRequest, kind: ApiKind, items: Iterable[Stored], meta: Json
    ) -> Json:
        include = request.query.get("includeObject") or "Metadata"
        return table(kind, items, meta, self._state.clock(), include=include)

    def _data(self, kind: ApiKind, stored: Stored) -> bytes:
        """The bytes of an object in the version asked for."""
        if kind.storage_version in ("", kind.version):
            return stored.data
        return dumps(stored.obj | {"apiVersion": kind.api_version})

    def selection(
        self, options: ListOptions, kind: ApiKind
    ) -> tuple[selectors.Predicate | None, str]:
        """The predicate of the selectors and the one name they ask for. Raises 400."""
        labels = selectors.label_selector(options.labels)
        fields = selectors.field_selector(options.fields, kind)
        return selectors.both(labels, fields), selectors.single_name(options.fields)

    def list(self, request: ApiRequest, target: PathTarget, kind: ApiKind) -> Response:
        """Answer a list. Raises StatusError."""
        as_table = wants_table(request)
        options = list_options.parse(request.query)
        test, name = self.selection(options, kind)
        store = self._state.store
        page = listing.page(store, kind.resource, target.namespace, options, test, name)
        metadata: Json = {"resourceVersion": str(page.rv)}
        if page.token:
            metadata["continue"] = page.token
            if page.remaining is not None:
                metadata["remainingItemCount"] = page.remaining
        if as_table:
            return answer(self._table(request, kind, page.items, metadata))
        return Response(200, self.listed(kind, metadata, page.items), JSON)

    def listed(self, kind: ApiKind, metadata: Json, items: Iterable[Stored]) -> bytes:
        """A list's bytes, joined from the bytes of its items.

        Items of built-in lists carry no apiVersion and kind of their own, those of custom kinds do.
        """
        head = dumps({"kind": kind.list_name, "apiVersion": kind.api_version, "metadata": metadata})
        if kind.custom:
            parts = [self._data(kind, s) for s in items]
        else:
            prefix = len(f'{{"apiVersion":"{kind.api_version}","kind":"{kind.kind}",')
            parts = [b"{" + self._data(kind, s)[prefix:] for s in items]
        return head[:-1] + b',"items":[' + b",".join(parts) + b"]}"

    def watch(self, request: ApiRequest, target: PathTarget, kind: ApiKind) -> Response:
        """Answer a watch; what is wrong with its version comes as an ERROR event, as apiserver
        has it. Raises StatusError for what is wrong with the request."""
        as_table = wants_table(request)
        options = list_options.parse(request.query, watch=True)
        test, name = self.selection(options, kind)

        def sees(stored: Stored) -> bool:
            metadata = stored.obj["metadata"]
            if target.namespace and metadata.get("namespace") != target.namespace:
                return False
            if name and metadata["name"] != name:
                return False
            return test is None or test(stored.obj)

        seconds = float(options.seconds if options.seconds > 0 else random.uniform(1800, 3600))
        store = self._state.store
        render, bookmark = self._renderers(request, kind, as_table)
        watch = Watch(
            store,
            store.bucket(kind.resource),
            options,
            seconds,
            sees,
            render,
            bookmark if options.bookmarks else None,
            self._stopper(),
        )
        return Response(200, b"", JSON, stream=watch.lines())

    def _stopper(self) -> Callable[[], StatusError | bool]:
        faults, closing = self._faults, self._closing
        epoch, expiry = faults.epoch, faults.expired_epoch

        def stopped() -> StatusError | bool:
            if closing.is_set() or faults.epoch != epoch or faults.unreachable:
                return True
            if faults.expired_epoch != expiry:
                return expired("The resourceVersion for the provided watch is too old.")
            return False

        return stopped

    def _renderers(
        self, request: ApiRequest, kind: ApiKind, as_table: bool
    ) -> tuple[Callable[[str, Stored], bytes], Callable[[int, bool], bytes]]:
        first = [True]

        def shown(stored: Stored) -> bytes:
            if not as_table:
                return self._data(kind, stored)
            meta = {"resourceVersion": stored.obj["metadata"]["resourceVersion"]}
            value = self._table(request, kind, [stored], meta)
            if not first[0]:
                value["columnDefinitions"] = None
            first[0] = False
            return dumps(value)

        def render(change: str, stored: Stored) -> bytes:
            return b'{"type":"' + change.encode() + b'","object":' + shown(stored) + b"}\n"

        def bookmark(version: int, initial_end: bool) -> bytes:
            metadata: Json = {"resourceVersion": str(version)}
            if initial_end:
                metadata["annotations"] = {"k8s.io/initial-events-end": "true"}
            obj: Json = {"kind": kind.kind, "apiVersion": kind.api_version, "metadata": metadata}
            return render("BOOKMARK", Stored(obj, version))

        return render, bookmark
