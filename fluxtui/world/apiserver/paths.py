"""The paths that are no resources: health, version, discovery and OpenAPI.

Whether the client may ask is decided before; the documents themselves are made elsewhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from email.utils import formatdate

from fluxtui.world.apiserver import discovery, negotiation, openapi, swagger
from fluxtui.world.apiserver.exchange import JSON, Request, Response, answer, text
from fluxtui.world.apiserver.negotiation import YAML
from fluxtui.world.apiserver.state import State
from fluxtui.world.apiserver.status import Json, method_not_allowed, unknown_path
from fluxtui.world.apiserver.store import dumps

_HEALTH = ("livez", "readyz", "healthz")
_CHECKS = ("ping", "log", "etcd", "informer-sync")
_FOREVER = "public, immutable"


class Paths:
    """`address` gives host and port of the server, once it listens."""

    def __init__(self, state: State, address: Callable[[], str]) -> None:
        self._state = state
        self._address = address
        self._documents: dict[str, bytes] = {}
        self._generation = -1
        self._started = formatdate(usegmt=True)

    def respond(self, request: Request) -> Response:
        """Answer. Raises StatusError; what nobody knows is answered with 404 in plain text."""
        path = request.path.rstrip("/") or "/"
        parts = path.strip("/").split("/")
        if parts[0] in _HEALTH:
            return _health(request, parts)
        if request.method != "GET":
            raise method_not_allowed()
        if parts[0] == "openapi":
            return self._openapi(request, parts[1:])
        if path == "/version":
            negotiation.check(request, JSON)
            return answer(discovery.VERSION)
        if path == "/metrics":
            return text(f"world_objects_version {self._state.store.rv}\n")
        if path == "/":
            return answer({"paths": discovery.paths(self._state.catalog)})
        if parts[0] in ("api", "apis"):
            return self._discovery(request, parts)
        return not_there()

    def _discovery(self, request: Request, parts: list[str]) -> Response:
        catalog = self._state.catalog
        if len(parts) == 1:
            return self._roots(request, core=parts[0] == "api")
        found: Json | None = None
        if parts[0] == "api" and len(parts) == 2:
            found = discovery.resource_list(catalog, "", parts[1])
        elif len(parts) == 3:
            found = discovery.resource_list(catalog, parts[1], parts[2])
        elif len(parts) == 2:
            found = discovery.group(catalog, parts[1])
        group = parts[1] if parts[0] == "apis" else ""
        builtin = discovery.builtin_group(catalog, group)
        if found is not None:
            if builtin and (not group or len(parts) == 3):
                negotiation.check(request)
            negotiation.form_of(request)
            return answer(found)
        if builtin:
            raise unknown_path()  # a group that is there, in a version that is not
        return not_there()

    def _roots(self, request: Request, *, core: bool) -> Response:
        """/api or /apis, aggregated where the client can read that."""
        if core:
            negotiation.check(request)
        catalog = self._state.catalog
        if discovery.wants_aggregated(request.accept):
            body = dumps(discovery.aggregated(catalog, core=core))
            tag = f'"{hashlib.sha512(body).hexdigest().upper()}"'
            headers = {"ETag": tag, "Vary": "Accept", "Cache-Control": "public"}
            if tag in request.headers.get("if-none-match", ""):
                return Response(304, media="", headers=headers)
            return Response(200, body, discovery.AGGREGATED, headers)
        negotiation.form_of(request)
        if core:
            return answer(discovery.api_versions(self._address()))
        return answer(discovery.group_list(catalog))

    def _openapi(self, request: Request, parts: list[str]) -> Response:
        """/openapi/v2, the index of /openapi/v3 and the documents below it."""
        catalog = self._state.catalog
        if parts == ["v3"]:
            return Response(200, dumps(openapi.index(catalog)), "text/plain; charset=utf-8")
        if parts == ["v2"]:
            digest = openapi.digest(catalog)
        elif parts[:1] == ["v3"] and len(parts) > 2:
            group, _, version = "/".join(parts[2:]).rpartition("/")
            if not discovery.served(catalog, group, version):
                return Response(404, media="")
            digest = openapi.digest(catalog, group, version)
        else:
            return Response(404, media="") if parts[:1] == ["v3"] else not_there()
        return self._document(request, parts, digest)

    def _document(self, request: Request, parts: list[str], digest: str) -> Response:
        headers = {"Vary": "Accept"}
        if parts == ["v2"] and swagger.PROTOBUF in request.accept:
            return Response(200, swagger.header(), swagger.SENT_AS, headers)
        form = negotiation.negotiate(request.accept, transforms=False)
        if form is None or form.media == YAML:
            return Response(406, media="", headers=headers)
        headers["ETag"] = f'"{digest}"'
        asked = request.query.get("hash", "")
        if asked and asked != digest and parts != ["v2"]:
            location = f"/openapi/{'/'.join(parts)}?hash={digest}"
            return Response(301, media=JSON, headers=headers | {"Location": location})
        if asked and parts != ["v2"]:
            year = formatdate(self._state.clock() + 365 * 86_400, usegmt=True)
            headers |= {"Cache-Control": _FOREVER, "Expires": year}
        if digest in request.headers.get("if-none-match", ""):
            return Response(304, media="", headers=headers)
        headers |= {"Accept-Ranges": "bytes", "Last-Modified": self._started}
        return Response(200, self._made(parts), JSON, headers)

    def _made(self, parts: list[str]) -> bytes:
        """A document's bytes, kept until the catalog changes."""
        catalog = self._state.catalog
        if self._generation != catalog.generation:
            self._documents, self._generation = {}, catalog.generation
        name = "/".join(parts)
        if name not in self._documents:
            if parts == ["v2"]:
                made: Json | None = swagger.document(catalog)
            else:
                group, _, version = "/".join(parts[2:]).rpartition("/")
                made = openapi.document(catalog, group, version)
            self._documents[name] = dumps(made)
        return self._documents[name]


def not_there() -> Response:
    return text("404 page not found\n", 404)


def _health(request: Request, parts: list[str]) -> Response:
    if len(parts) > 1:
        return text("ok") if parts[1:] == [parts[1]] and parts[1] in _CHECKS else not_there()
    if "verbose" not in request.query:
        return text("ok")
    lines = [f"[+]{name} ok" for name in _CHECKS]
    return text("\n".join([*lines, f"{parts[0]} check passed", ""]))
