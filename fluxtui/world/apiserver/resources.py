"""One resource request to one answer: verbs dispatched, lists, watches and objects rendered.

Knows requests and responses but no sockets, and leaves every rule to the modules it calls.
"""

from __future__ import annotations

import threading
from typing import Any

from fluxtui.world.apiserver import (
    deletes,
    discovery,
    list_options,
    negotiation,
    reviews,
    subresources,
    write_requests,
    writes,
)
from fluxtui.world.apiserver.exchange import (
    Request,
    Response,
    answer,
    object_or_empty,
)
from fluxtui.world.apiserver.faults import Faults
from fluxtui.world.apiserver.kinds import Kind
from fluxtui.world.apiserver.listing import page
from fluxtui.world.apiserver.patches import json_patch, merge_patch
from fluxtui.world.apiserver.paths import not_there
from fluxtui.world.apiserver.reading import Reading
from fluxtui.world.apiserver.routing import Target
from fluxtui.world.apiserver.state import Options, State
from fluxtui.world.apiserver.status import (
    Json,
    StatusError,
    method_not_allowed,
    not_found,
    success,
    unknown_path,
)
from fluxtui.world.apiserver.store import Key

_BY_METHOD = {"POST": "create", "PUT": "update", "PATCH": "patch"}
_ON_COLLECTION = ("create", "list", "watch", "deletecollection")
_ORPHAN_WARNING = (
    "child pods are preserved by default when jobs are deleted; set propagationPolicy=Background "
    "to remove them or set propagationPolicy=Orphan to suppress this warning"
)
_DEPRECATED = {
    ("v1", "Endpoints"): "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 "
    "EndpointSlice"
}
_NEED_NODES = ("exec", "attach", "portforward")
_WRITE_SUBS = ("status", "ephemeralcontainers")


class Resources:
    """The resource half of the API. `closing` ends every watch."""

    def __init__(self, state: State, faults: Faults, closing: threading.Event) -> None:
        self._state = state
        self._reading = Reading(state, faults, closing)

    def respond(self, request: Request, target: Target) -> Response:
        """Answer a request of somebody who may: is it there, can it be done. Raises StatusError."""
        verb = verb_of(request, target)
        kind = self._state.catalog.find(target.group, target.version, target.plural)
        if not _is_there(kind, target):
            if kind is not None and kind.plural == "pods" and target.subresource in _NEED_NODES:
                raise subresources.unsupported(target.subresource)
            if kind is not None and kind.custom and target.subresource:
                raise not_found(kind.named(target.name))
            if discovery.builtin_group(self._state.catalog, target.group):
                raise unknown_path()
            return not_there()
        assert kind is not None
        if not kind.custom:
            negotiation.check(request)
        _check_method(request, verb, target, kind)
        warning = kind.warning or _DEPRECATED.get((kind.api_version, kind.kind), "")
        told = [warning] if warning else []
        try:
            response = self._answered(request, verb, target, kind)
        except StatusError as error:
            error.warnings = told + list(error.warnings)
            raise
        response.warnings = told + response.warnings
        return response

    def _answered(self, request: Request, verb: str, target: Target, kind: Kind) -> Response:
        if kind.verbs == ("create",):
            return answer(reviews.review(request.user, kind, object_or_empty(request)), 201)
        if kind.namespaced and not target.namespace and verb not in ("list", "watch"):
            raise unknown_path() if target.name else method_not_allowed()
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
        return self._write(request, kind, key, verb, target.subresource)

    # writing

    def _write(self, request: Request, kind: Kind, key: Key, verb: str, sub: str) -> Response:
        options = write_requests.options_of(request, sub)
        try:
            return self._written(request, kind, key, verb, options)
        except StatusError as error:  # what was odd about the body is told in any case
            error.warnings = [*options.warnings, *error.warnings]
            raise

    def _written(
        self, request: Request, kind: Kind, key: Key, verb: str, options: Options
    ) -> Response:
        sub = options.subresource
        if kind.view is not None:
            return self._write_view(request, kind, key, verb, options)
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
        response = self._reading.object(request, kind, stored, 201 if verb == "create" else 200)
        response.warnings = options.warnings
        return response

    def _write_view(
        self, request: Request, kind: Kind, key: Key, verb: str, options: Options
    ) -> Response:
        """Write an object that is stored as another kind: in that kind's form."""
        assert kind.view is not None
        kept = self._state.catalog.by_kind(*kind.view.stored)
        assert kept is not None
        if verb == "patch":
            body = write_requests.patch_of(request, kind, options)
            if "apply-patch" in request.media:
                body = kind.view.keep(body)
                stored, made = writes.patch(self._state, kept, key, request.media, body, options)
                return self._reading.object(request, kind, stored, 201 if made else 200)
            found = self._state.store.get(kept.resource, key)
            if found is None:
                raise not_found(kind.named(key[1]))
            change: Any = json_patch if "json-patch" in request.media else merge_patch
            body = change(kind.view.show(found.obj), body)
        else:
            body = write_requests.body_of(request, kind, options)
        if isinstance(body, dict) and (body.get("apiVersion") or kind.api_version) == (
            kind.api_version
        ):
            body = kind.view.keep(body)
        if verb == "create":
            stored = writes.create(self._state, kept, key[0], body, options)
        else:
            stored = writes.replace(self._state, kept, key, body, options)
        response = self._reading.object(request, kind, stored, 201 if verb == "create" else 200)
        response.warnings = options.warnings
        return response

    def _patch(self, request: Request, kind: Kind, key: Key, options: Options) -> Response:
        media = request.media
        body = write_requests.patch_of(request, kind, options)
        if options.subresource == "scale" and "apply-patch" in media:
            return answer(subresources.apply_scale(self._state, kind, key, body, options))
        if options.subresource == "scale":
            current = subresources.read_scale(self._state, kind, key)
            change: Any = json_patch if "json-patch" in media else merge_patch
            scale = change(current, body)
            return answer(subresources.write_scale(self._state, kind, key, scale, options))
        if options.subresource and options.subresource not in _WRITE_SUBS:
            raise method_not_allowed()
        stored, created = writes.patch(self._state, kind, key, media, body, options)
        response = self._reading.object(request, kind, stored, 201 if created else 200)
        response.warnings = options.warnings
        return response

    def _delete(self, request: Request, kind: Kind, key: Key) -> Response:
        options = write_requests.delete_options_of(request, kind)
        stored, gone = deletes.delete(self._state, kind, key, options)
        response = self._reading.object(request, kind, stored)
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
        asked = list_options.parse(request.query)
        wanted, name = self._reading.selection(asked, kind)
        found = page(self._state.store, kind.resource, namespace, asked, wanted, name)
        for stored in found.items:
            metadata = stored.obj["metadata"]
            try:
                place = (metadata.get("namespace", ""), metadata["name"])
                deletes.delete(self._state, kind, place, options)
            except StatusError as error:
                if error.code != 404:  # gone meanwhile is as good as deleted
                    raise
        answered: Json = {"resourceVersion": str(found.rv)}
        if found.token:
            answered["continue"] = found.token
        return Response(200, self._reading.listed(kind, answered, found.items))


def verb_of(request: Request, target: Target) -> str:
    """What the request is for, as authorization sees it; whether that is possible comes later."""
    method = request.method
    if method in ("GET", "HEAD"):
        if target.watch or (list_options.flag(request.query, "watch") and not target.name):
            return "watch"
        return "get" if target.name else "list"
    if method == "DELETE":
        return "delete" if target.name else "deletecollection"
    return _BY_METHOD.get(method, "")


def _is_there(kind: Kind | None, target: Target) -> bool:
    if kind is None or (target.namespace and not kind.namespaced):
        return False
    return not target.subresource or target.subresource in kind.subresources


def _check_method(request: Request, verb: str, target: Target, kind: Kind) -> None:
    """Raise 405 for what cannot be done here. HEAD is understood for custom kinds alone."""
    fine = verb in kind.verbs or bool(target.subresource)
    if target.subresource and verb in ("delete", "watch"):
        raise method_not_allowed()
    if not target.name:
        fine = fine and verb in _ON_COLLECTION
    elif verb == "create":
        fine = bool(target.subresource)
    if not fine or (request.method == "HEAD" and not kind.custom):
        raise method_not_allowed()
