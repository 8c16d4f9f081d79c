"""One resource request to one answer: verbs dispatched, lists, watches and objects rendered.

Knows requests and responses but no sockets, and leaves every rule to the modules it calls.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from fluxtui.world.apiserver import (
    deletes,
    reviews,
    selectors,
    subresources,
    write_requests,
    writes,
)
from fluxtui.world.apiserver import listing as lists
from fluxtui.world.apiserver.exchange import (
    Request,
    Response,
    answer,
    object_or_empty,
    wants,
)
from fluxtui.world.apiserver.faults import Faults
from fluxtui.world.apiserver.kinds import Kind
from fluxtui.world.apiserver.patches import json_patch, merge_patch
from fluxtui.world.apiserver.routing import Target
from fluxtui.world.apiserver.state import DeleteOptions, Options, State
from fluxtui.world.apiserver.status import (
    Json,
    StatusError,
    expired,
    forbidden_field,
    invalid_options,
    method_not_allowed,
    not_found,
    success,
    unknown_path,
)
from fluxtui.world.apiserver.store import Key, Stored, dumps
from fluxtui.world.apiserver.tables import partial, table
from fluxtui.world.apiserver.watching import Watch, WatchOptions

_BY_METHOD = {"POST": "create", "PUT": "update", "PATCH": "patch"}
_ORPHAN_WARNING = (
    "child pods are preserved by default when jobs are deleted; set propagationPolicy=Background "
    "to remove them or set propagationPolicy=Orphan to suppress this warning"
)
_WRITE_SUBS = ("status", "ephemeralcontainers")


class Resources:
    """The resource half of the API. `closing` ends every watch."""

    def __init__(self, state: State, faults: Faults, closing: threading.Event) -> None:
        self._state = state
        self._faults = faults
        self._closing = closing

    def respond(self, request: Request, target: Target) -> Response:
        """Answer a resource request. Raises StatusError."""
        kind = self._state.catalog.find(target.group, target.version, target.plural)
        if kind is None or (target.namespace and not kind.namespaced):
            raise unknown_path()
        if target.subresource and target.subresource not in kind.subresources:
            if kind.plural == "pods" and target.subresource in ("exec", "attach", "portforward"):
                raise subresources.unsupported(target.subresource)
            raise unknown_path()
        verb = self._verb(request, target, kind)
        reviews.check(request.user, verb, kind, target.namespace, target.name, target.subresource)
        if kind.verbs == ("create",):
            return answer(reviews.review(request.user, kind, object_or_empty(request)), 201)
        if kind.namespaced and not target.namespace and verb not in ("list", "watch"):
            raise unknown_path() if target.name else method_not_allowed()
        if verb == "watch":
            return self._watch(request, target, kind)
        if verb == "list":
            return self._list(request, target, kind)
        key = (target.namespace, target.name)
        if verb == "get":
            return self._get(request, kind, key, target.subresource)
        if verb == "delete":
            return self._delete(request, kind, key)
        if verb == "deletecollection":
            return self._delete_all(request, kind, target.namespace)
        return self._write(request, kind, key, verb, target.subresource)

    def _verb(self, request: Request, target: Target, kind: Kind) -> str:
        method = request.method
        if method in ("GET", "HEAD"):
            if target.watch or (request.flag("watch") and not target.name):
                verb = "watch"
            else:
                verb = "get" if target.name else "list"
        elif method == "DELETE":
            verb = "delete" if target.name else "deletecollection"
        else:
            verb = _BY_METHOD.get(method, "")
        on_collection = verb in ("create", "list", "watch", "deletecollection")
        posts = verb == "create" and target.subresource
        if not target.name and not on_collection:
            raise method_not_allowed()
        if target.name and verb == "create" and not posts:
            raise method_not_allowed()
        if not verb or (verb not in kind.verbs and not target.subresource):
            raise method_not_allowed()
        return verb

    # reading

    def _get(self, request: Request, kind: Kind, key: Key, sub: str) -> Response:
        if sub == "scale":
            return answer(subresources.read_scale(self._state, kind, key))
        if sub == "log":
            body = subresources.log(self._state, kind, key, request.query)
            return Response(200, body, "text/plain")
        if sub in ("binding", "eviction", "token", "finalize"):
            raise method_not_allowed()
        stored = self._state.store.get(kind.resource, key)
        if stored is None:
            raise not_found(kind.named(key[1]))
        version = request.query.get("resourceVersion", "")
        if version not in ("", "0"):
            asked = lists.parse_version(version)
            if asked > self._state.store.rv:
                raise lists.too_new(asked, self._state.store.rv)
        return self._object(request, kind, stored)

    def _data(self, kind: Kind, stored: Stored) -> bytes:
        """The bytes of an object in the version asked for."""
        if kind.storage_version in ("", kind.version):
            return stored.data
        return dumps(stored.obj | {"apiVersion": kind.api_version})

    def _object(self, request: Request, kind: Kind, stored: Stored, status: int = 200) -> Response:
        if wants(request, "Table"):
            now = self._state.clock()
            meta = {"resourceVersion": stored.obj["metadata"].get("resourceVersion", "")}
            include = request.query.get("includeObject") or "Metadata"
            return answer(table(kind, [stored], meta, now, include=include), status)
        if wants(request, "PartialObjectMetadata"):
            return answer(partial(stored.obj), status)
        return Response(status, self._data(kind, stored))

    def _selection(self, request: Request, kind: Kind) -> tuple[selectors.Predicate | None, str]:
        fields = request.query.get("fieldSelector", "")
        labels = selectors.label_selector(request.query.get("labelSelector", ""))
        wanted = selectors.field_selector(fields, kind.resource, kind.selectable)
        return selectors.both(labels, wanted), selectors.single_name(fields)

    def _list(self, request: Request, target: Target, kind: Kind) -> Response:
        wanted, name = self._selection(request, kind)
        page = lists.page(
            self._state.store, kind.resource, target.namespace, request.query, wanted, name
        )
        metadata: Json = {"resourceVersion": str(page.rv)}
        if page.token:
            metadata["continue"] = page.token
            if page.remaining is not None:
                metadata["remainingItemCount"] = page.remaining
        if wants(request, "Table"):
            include = request.query.get("includeObject") or "Metadata"
            now = self._state.clock()
            return answer(table(kind, page.items, metadata, now, include=include))
        if wants(request, "PartialObjectMetadataList"):
            items = [partial(s.obj) for s in page.items]
            head = {"kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1"}
            return answer(head | {"metadata": metadata, "items": items})
        return Response(200, self._listed(kind, metadata, page.items))

    def _listed(self, kind: Kind, metadata: Json, items: Iterable[Stored]) -> bytes:
        """A list's bytes, joined from the bytes of its items.

        Items of built-in lists carry no apiVersion and kind of their own, those of custom kinds do.
        """
        head = dumps({"kind": kind.list_name, "apiVersion": kind.api_version, "metadata": metadata})
        if kind.custom:
            parts = [self._data(kind, s) for s in items]
        else:
            prefix = len(f'{{"apiVersion":"{kind.api_version}","kind":"{kind.kind}",')
            parts = [b"{" + s.data[prefix:] for s in items]
        return head[:-1] + b',"items":[' + b",".join(parts) + b"]}"

    # watching

    def _watch(self, request: Request, target: Target, kind: Kind) -> Response:
        wanted, name = self._selection(request, kind)
        query = request.query
        version = query.get("resourceVersion", "")
        initial = request.flag("sendInitialEvents")
        if initial and query.get("resourceVersionMatch") != "NotOlderThan":
            cause = forbidden_field(
                "resourceVersionMatch",
                "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan",
            )
            raise invalid_options("ListOptions", cause)
        since = lists.parse_version(version, watch=True) if version else None
        seconds = query.get("timeoutSeconds", "")
        options = WatchOptions(
            since,
            target.namespace,
            name or target.name,
            wanted,
            request.flag("allowWatchBookmarks"),
            initial,
            float(seconds) if seconds.isdigit() and int(seconds) else random.uniform(1800, 3600),
        )
        store = self._state.store
        bucket = store.bucket(kind.resource)
        render, bookmark = self._renderers(request, kind)
        watch = Watch(store, bucket, options, render, bookmark, self._stopper())
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
        self, request: Request, kind: Kind
    ) -> tuple[Callable[[str, Stored], bytes], Callable[[int, bool], bytes]]:
        as_table = wants(request, "Table")
        as_partial = wants(request, "PartialObjectMetadata")
        include = request.query.get("includeObject") or "Metadata"
        first = [True]

        def render(change: str, stored: Stored) -> bytes:
            if as_table:
                meta = {"resourceVersion": stored.obj["metadata"]["resourceVersion"]}
                now = self._state.clock()
                value = table(kind, [stored], meta, now, include=include, header=first[0])
                first[0] = False
                return dumps({"type": change, "object": value}) + b"\n"
            data = dumps(partial(stored.obj)) if as_partial else self._data(kind, stored)
            return b'{"type":"' + change.encode() + b'","object":' + data + b"}\n"

        def bookmark(version: int, initial_end: bool) -> bytes:
            metadata: Json = {"resourceVersion": str(version)}
            if initial_end:
                metadata["annotations"] = {"k8s.io/initial-events-end": "true"}
            obj: Json = {
                "kind": kind.kind,
                "apiVersion": kind.api_version,
                "metadata": metadata,
            }
            if as_table:
                obj = table(kind, [], metadata, 0.0, header=False)
            elif as_partial:
                obj = partial(obj)
            return dumps({"type": "BOOKMARK", "object": obj}) + b"\n"

        return render, bookmark

    # writing

    def _write(self, request: Request, kind: Kind, key: Key, verb: str, sub: str) -> Response:
        options = write_requests.options_of(request, sub)
        if verb == "patch":
            return self._patch(request, kind, key, options)
        body = write_requests.body_of(request, kind, options)
        if verb == "create" and sub:
            code, out = subresources.create(self._state, kind, key, sub, body, options)
            return answer(out, code)
        if sub == "scale":
            return answer(subresources.write_scale(self._state, kind, key, body, options))
        if sub == "finalize":
            stored = subresources.finalize(self._state, kind, key, body, options)
        elif sub and sub not in _WRITE_SUBS:
            raise method_not_allowed()
        elif verb == "create":
            stored = writes.create(self._state, kind, key[0], body, options)
        else:
            stored = writes.replace(self._state, kind, key, body, options)
        response = self._object(request, kind, stored, 201 if verb == "create" else 200)
        response.warnings = options.warnings
        return response

    def _patch(self, request: Request, kind: Kind, key: Key, options: Options) -> Response:
        media = request.media
        body = write_requests.patch_of(request, kind, options)
        if options.subresource == "scale":
            current = subresources.read_scale(self._state, kind, key)
            change: Any = json_patch if "json-patch" in media else merge_patch
            scale = change(current, body)
            return answer(subresources.write_scale(self._state, kind, key, scale, options))
        if options.subresource and options.subresource not in _WRITE_SUBS:
            raise method_not_allowed()
        stored, created = writes.patch(self._state, kind, key, media, body, options)
        response = self._object(request, kind, stored, 201 if created else 200)
        response.warnings = options.warnings
        return response

    def _delete(self, request: Request, kind: Kind, key: Key) -> Response:
        options = write_requests.delete_options_of(request, kind)
        stored, gone = deletes.delete(self._state, kind, key, options)
        response = self._object(request, kind, stored)
        if gone and kind.resource != ("", "pods"):
            response = answer(success(kind.named(key[1]), stored.obj["metadata"]["uid"]))
        silent = b"propagationPolicy" not in request.body and not request.query.get(
            "propagationPolicy"
        )
        if kind.resource == ("batch", "jobs") and silent:
            response.warnings.append(_ORPHAN_WARNING)
        return response

    def _delete_all(self, request: Request, kind: Kind, namespace: str) -> Response:
        options = write_requests.delete_options_of(request, kind)
        wanted, _ = self._selection(request, kind)
        done = list(self._each_deleted(kind, namespace, wanted, options))
        metadata: Json = {"resourceVersion": str(self._state.store.rv)}
        return Response(200, self._listed(kind, metadata, done))

    def _each_deleted(
        self,
        kind: Kind,
        namespace: str,
        wanted: selectors.Predicate | None,
        options: DeleteOptions,
    ) -> Iterator[Stored]:
        for stored in self._state.store.each(kind.resource, namespace):
            if wanted is not None and not wanted(stored.obj):
                continue
            metadata = stored.obj["metadata"]
            key = (metadata.get("namespace", ""), metadata["name"])
            try:
                deletes.delete(self._state, kind, key, options)
            except StatusError as error:
                if error.code != 404:  # gone meanwhile is as good as deleted
                    raise
            yield stored
