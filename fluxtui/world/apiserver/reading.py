"""The reading half of the API: get, list and watch, each in the form the client asked for.

Knows requests and responses but no sockets. Which objects are seen is decided in listing.py and
watching.py, what they look like in tables.py.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterable

from fluxtui.world.apiserver import list_options, listing, podlogs, selectors, subresources
from fluxtui.world.apiserver.crds import CONVERT
from fluxtui.world.apiserver.exchange import Request, Response, answer
from fluxtui.world.apiserver.faults import Faults
from fluxtui.world.apiserver.kinds import Kind
from fluxtui.world.apiserver.list_options import ListOptions
from fluxtui.world.apiserver.negotiation import YAML, Form, form_of, unacceptable
from fluxtui.world.apiserver.routing import Target
from fluxtui.world.apiserver.state import State
from fluxtui.world.apiserver.status import (
    Json,
    StatusError,
    bad_request,
    expired,
    method_not_allowed,
    not_found,
)
from fluxtui.world.apiserver.store import Key, Stored, dumps
from fluxtui.world.apiserver.tables import partial, table
from fluxtui.world.apiserver.watching import Watch, WatchOptions

_INCLUDED = ("", "None", "Metadata", "Object")


class Reading:
    """Answers what changes nothing. `closing` ends every watch."""

    def __init__(self, state: State, faults: Faults, closing: threading.Event) -> None:
        self._state = state
        self._faults = faults
        self._closing = closing

    def get(self, request: Request, kind: Kind, key: Key, sub: str) -> Response:
        """Answer a GET of one object or subresource. Raises StatusError."""
        if sub == "scale":
            return answer(subresources.read_scale(self._state, kind, key))
        if sub == "log":
            return podlogs.read(self._state, kind, key, request.query, self._closing)
        if sub in ("binding", "eviction", "token", "finalize"):
            raise method_not_allowed()
        form = form_of(request)
        if "export" in request.query and list_options.flag(request.query, "export"):
            text = "the export parameter, deprecated since v1.14, is no longer supported"
            raise bad_request(text)
        version = listing.plain_version(request.query.get("resourceVersion", ""))
        if version:
            listing.reached(self._state.store, version)
        stored = self._state.store.get(kind.resource, key)
        if stored is None:
            raise not_found(kind.named(key[1]))
        return self._formed(request, kind, stored, 200, form)

    def object(self, request: Request, kind: Kind, stored: Stored, status: int = 200) -> Response:
        """One object in the form asked for. Raises 400, 406."""
        return self._formed(request, kind, stored, status, form_of(request))

    def _formed(
        self, request: Request, kind: Kind, stored: Stored, status: int, form: Form
    ) -> Response:
        if form.convert == "Table":
            meta = {"resourceVersion": stored.obj["metadata"].get("resourceVersion", "")}
            return answer(self._table(request, kind, [stored], meta, form), status)
        if form.convert == "PartialObjectMetadata":
            return answer(partial(stored.obj, form.version), status)
        if form.convert:
            raise _mismatch(form, "is not a list", kind.kind)
        return Response(status, self._data(kind, stored))

    def _table(
        self, request: Request, kind: Kind, items: Iterable[Stored], meta: Json, form: Form
    ) -> Json:
        now, include = self._state.clock(), _included(request)
        return table(kind, items, meta, now, include=include, version=form.version)

    def _data(self, kind: Kind, stored: Stored) -> bytes:
        """The bytes of an object in the version asked for."""
        if kind.view is not None:
            return dumps(kind.view.show(stored.obj))
        if kind.storage_version in ("", kind.version):
            return stored.data
        return dumps(kind.extra[CONVERT](stored.obj))

    def selection(
        self, options: ListOptions, kind: Kind, name: str = ""
    ) -> tuple[selectors.Predicate | None, str]:
        """The predicate of the selectors and the one name they ask for. Raises 400."""
        labels = selectors.label_selector(options.labels)
        fields = selectors.field_selector(options.fields, kind)
        single = selectors.single_name(options.fields)
        if name and options.fields and single != name:
            raise bad_request("fieldSelector metadata.name doesn't match requested name")
        return selectors.both(labels, fields), single or name

    def list(self, request: Request, target: Target, kind: Kind) -> Response:
        """Answer a list. Raises StatusError."""
        form = form_of(request)
        options = list_options.parse(request.query)
        wanted, name = self.selection(options, kind)
        store = self._state.store
        page = listing.page(store, kind.resource, target.namespace, options, wanted, name)
        metadata: Json = {"continue": ""} if kind.custom and not form.convert else {}
        metadata["resourceVersion"] = str(page.rv)
        if page.token:
            metadata["continue"] = page.token
            if page.remaining is not None:
                metadata["remainingItemCount"] = page.remaining
        if form.convert == "Table":
            return answer(self._table(request, kind, page.items, metadata, form))
        if form.convert == "PartialObjectMetadataList":
            items = [partial(s.obj, form.version) for s in page.items]
            head = {"kind": form.convert, "apiVersion": form.api_version}
            return answer(head | {"metadata": metadata, "items": items or None})
        if form.convert:
            raise _mismatch(form, "is a list", kind.list_name)
        return Response(200, self.listed(kind, metadata, page.items))

    def listed(self, kind: Kind, metadata: Json, items: Iterable[Stored]) -> bytes:
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

    def watch(self, request: Request, target: Target, kind: Kind) -> Response:
        """Answer a watch; what is wrong with its version comes as an ERROR event, as apiserver
        has it. Raises StatusError for what is wrong with the request."""
        form = form_of(request)
        options = list_options.parse(request.query, watch=True)
        wanted, name = self.selection(options, kind, target.name)
        since = listing.plain_version(options.version)
        _included(request)
        if form.media == YAML:
            raise unacceptable(stream=True)
        asked = WatchOptions(
            since,
            options.initial_events,
            target.namespace,
            name,
            wanted,
            options.bookmarks,
            float(options.seconds if options.seconds > 0 else random.uniform(1800, 3600)),
        )
        store = self._state.store
        render, bookmark = self._renderers(request, kind, form)
        bucket = store.bucket(kind.resource)
        watch = Watch(store, bucket, asked, render, bookmark, self._stopper())
        return Response(200, stream=watch.lines())

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
        self, request: Request, kind: Kind, form: Form
    ) -> tuple[Callable[[str, Stored], bytes], Callable[[int, bool], bytes]]:
        first = [True]

        def shown(stored: Stored) -> bytes:
            if form.convert == "Table":
                meta = {"resourceVersion": stored.obj["metadata"]["resourceVersion"]}
                value = self._table(request, kind, [stored], meta, form)
                if not first[0]:
                    value["columnDefinitions"] = None
                first[0] = False
                return dumps(value)
            if form.convert == "PartialObjectMetadata":
                return dumps(partial(stored.obj, form.version))
            return self._data(kind, stored)

        def render(change: str, stored: Stored) -> bytes:
            return b'{"type":"' + change.encode() + b'","object":' + shown(stored) + b"}\n"

        def bookmark(version: int, initial_end: bool) -> bytes:
            metadata: Json = {"resourceVersion": str(version)}
            if initial_end:
                metadata["annotations"] = {"k8s.io/initial-events-end": "true"}
            obj: Json = {"kind": kind.kind, "apiVersion": kind.api_version, "metadata": metadata}
            return render("BOOKMARK", Stored(obj, version))

        return render, bookmark


def _included(request: Request) -> str:
    include = request.query.get("includeObject", "")
    if include not in _INCLUDED:
        why = f"\"{include}\": must be 'Metadata', 'Object', 'None', or empty"
        text = f"Unable to convert to Table as requested: includeObject: Invalid value: {why}"
        raise bad_request(text)
    return include or "Metadata"


def _mismatch(form: Form, why: str, kind: str) -> StatusError:
    text = f"you requested {form.convert}, but the requested object {why} (*{kind})"
    return StatusError(406, "NotAcceptable", text)
