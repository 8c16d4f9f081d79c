"""One resource request to one answer: is it there, can it be done, and who does it.

Knows requests and responses but no sockets, and leaves every rule to the modules it calls.
"""

from __future__ import annotations

import threading

from fluxtui.world.apiserver import reviews
from fluxtui.world.apiserver.http.exchange import JSON, ApiRequest, answer, warned
from fluxtui.world.apiserver.http.routing import PathTarget
from fluxtui.world.apiserver.kinds import ApiKind
from fluxtui.world.apiserver.read import list_options
from fluxtui.world.apiserver.read.listing import page
from fluxtui.world.apiserver.read.reading import ReadAnswers
from fluxtui.world.apiserver.shape import ANY
from fluxtui.world.apiserver.state import ApiOptions, State
from fluxtui.world.apiserver.status import (
    StatusError,
    method_not_allowed,
    success,
    unknown_path,
)
from fluxtui.world.apiserver.store import Key, Stored
from fluxtui.world.apiserver.write import deletes, patches, requests, subresources, writes
from fluxtui.world.faults import Faults
from fluxtui.world.http.exchange import Response

_BY_METHOD = {"POST": "create", "PUT": "update", "PATCH": "patch"}
_ON_COLLECTION = ("create", "list", "watch", "deletecollection")


class Resources:
    """The resource half of the API. `closing` ends every watch."""

    def __init__(self, state: State, faults: Faults, closing: threading.Event) -> None:
        self._state = state
        self._reading = ReadAnswers(state, faults, closing)

    def respond(self, request: ApiRequest, target: PathTarget) -> Response:
        """Answer a request of somebody who may: is it there, can it be done. Raises StatusError."""
        verb = verb_of(request, target)
        kind = self._state.catalog.find(target.group, target.version, target.plural)
        if kind is None or (target.namespace and not kind.namespaced):
            raise unknown_path()
        if target.subresource in ("exec", "attach", "portforward"):
            raise subresources.unsupported(target.subresource)
        if target.subresource and target.subresource not in kind.subresources:
            raise unknown_path()
        _check_method(request, verb, target, kind)
        return self._answered(request, verb, target, kind)

    def _answered(
        self, request: ApiRequest, verb: str, target: PathTarget, kind: ApiKind
    ) -> Response:
        if kind.verbs == ("create",):
            review = requests.body_of(request)
            return answer(reviews.review(request.user, kind, review), 201)
        if kind.namespaced and not target.namespace and verb not in ("list", "watch"):
            raise method_not_allowed()
        if verb == "watch":
            return self._reading.watch(request, target, kind)
        if verb == "list":
            return self._reading.list(request, target, kind)
        key = (target.namespace, target.name)
        if verb == "get":
            return self._reading.get(request, kind, key, target.subresource)
        if verb == "delete":
            return self._delete(request, kind, key)
        if verb == "deletecollection":
            return self._delete_all(request, kind, target.namespace)
        options = requests.options_of(request, target.subresource)
        if target.subresource == "scale":
            return self._scale(request, kind, key, options)
        if target.subresource not in ("", "status"):
            body = requests.body_of(request)
            code, out = subresources.create(self._state, kind, key, target.subresource, body)
            return answer(out, code)
        stored, code = self._written(request, kind, key, verb, options)
        return warned(self._reading.object(request, kind, stored, code), options.warnings)

    def _written(
        self, request: ApiRequest, kind: ApiKind, key: Key, verb: str, options: ApiOptions
    ) -> tuple[Stored, int]:
        if verb == "patch":
            body = requests.patch_of(request, kind)
            stored, new = writes.patch(self._state, kind, key, request.media, body, options)
            return stored, 201 if new else 200
        body = requests.body_of(request)
        if verb == "create":
            return writes.create(self._state, kind, key[0], body, options), 201
        return writes.replace(self._state, kind, key, body, options), 200

    def _scale(self, request: ApiRequest, kind: ApiKind, key: Key, options: ApiOptions) -> Response:
        """`kubectl scale`: a PUT or a patch of the Scale."""
        scale = subresources.read_scale(self._state, kind, key)
        if request.method == "PATCH":
            body = requests.patch_of(request, kind)
            scale = patches.changed(scale, request.media, body, ANY)
        else:
            scale = requests.body_of(request)
        return answer(subresources.write_scale(self._state, kind, key, scale, options))

    def _delete(self, request: ApiRequest, kind: ApiKind, key: Key) -> Response:
        options = requests.delete_options_of(request)
        stored, final = deletes.delete(self._state, kind, key, options)
        if final and kind.resource != ("", "pods"):
            return answer(success(kind.named(key[1]), stored.obj["metadata"]["uid"]))
        return self._reading.object(request, kind, stored)

    def _delete_all(self, request: ApiRequest, kind: ApiKind, namespace: str) -> Response:
        options = requests.delete_options_of(request)
        query = list_options.parse(request.query)
        test, name = self._reading.selection(query, kind)
        listed = page(self._state.store, kind.resource, namespace, query, test, name)
        for stored in listed.items:
            metadata = stored.obj["metadata"]
            try:
                place = (metadata.get("namespace", ""), metadata["name"])
                deletes.delete(self._state, kind, place, options)
            except StatusError as error:
                if error.code != 404:  # gone meanwhile is as good as deleted
                    raise
        metadata = {"resourceVersion": str(listed.rv)}
        return Response(200, self._reading.listed(kind, metadata, listed.items), JSON)


def verb_of(request: ApiRequest, target: PathTarget) -> str:
    """What the request is for, as authorization sees it; whether that is possible comes later."""
    method = request.method
    if method in ("GET", "HEAD"):
        if list_options.flag(request.query, "watch") and not target.name:
            return "watch"
        return "get" if target.name else "list"
    if method == "DELETE":
        return "delete" if target.name else "deletecollection"
    return _BY_METHOD.get(method, "")


def _check_method(request: ApiRequest, verb: str, target: PathTarget, kind: ApiKind) -> None:
    """Raise 405 for what cannot be done here."""
    fine = verb in kind.verbs or bool(target.subresource)
    if target.subresource and verb in ("delete", "watch"):
        fine = False
    if not target.name:
        fine = fine and verb in _ON_COLLECTION
    elif verb == "create":
        fine = bool(target.subresource)
    if not fine or request.method == "HEAD":
        raise method_not_allowed()
