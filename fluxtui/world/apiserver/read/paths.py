"""The paths that are no resources: health, version, discovery and OpenAPI.

kubectl asks for discovery and OpenAPI, the product for /version and discovery. Whether the client
may ask is decided before; the documents themselves are made elsewhere.
"""

from __future__ import annotations

from fluxtui.world.apiserver.http.exchange import ApiRequest, answer, text
from fluxtui.world.apiserver.read import discovery, openapi
from fluxtui.world.apiserver.state import State
from fluxtui.world.apiserver.status import method_not_allowed
from fluxtui.world.apiserver.store import dumps
from fluxtui.world.http.exchange import Response

_HEALTH = ("/livez", "/readyz", "/healthz")


class Discovery:
    """Answers from the catalog."""

    def __init__(self, state: State) -> None:
        self._catalog = state.catalog

    def respond(self, request: ApiRequest) -> Response:
        """Answer. Raises StatusError; what nobody knows is answered with 404 in plain text."""
        path = request.path.rstrip("/")
        parts = path.strip("/").split("/")
        if request.method not in ("GET", "HEAD"):
            raise method_not_allowed()
        if path in _HEALTH:
            return text("ok")
        if path == "/version":
            return answer(discovery.VERSION)
        if path == "/openapi/v2":
            return Response(200, openapi.header(), openapi.V2)
        if parts[:2] == ["openapi", "v3"]:
            return self._openapi(parts[2:])
        if path in ("/api", "/apis"):
            body = dumps(discovery.aggregated(self._catalog, core=path == "/api"))
            return Response(200, body, discovery.AGGREGATED)
        return not_there()

    def _openapi(self, parts: list[str]) -> Response:
        """The index of /openapi/v3, or a document below it."""
        if not parts:
            return answer(openapi.index(self._catalog))
        group, _, version = "/".join(parts[1:]).rpartition("/")
        if not discovery.served(self._catalog, group, version):
            return not_there()
        return answer(openapi.document(self._catalog, group, version))


def not_there() -> Response:
    return text("404 page not found\n", 404)
