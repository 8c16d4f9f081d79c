"""In which form a client wants its answer: JSON, the Table that kubectl asks for in its place, or
of one object no more than its metadata; compressed where it is long.

Decides and renders; what an answer says is decided elsewhere. Needed by `kubectl get`, by reviews
(whether a Secret is there, tests/engine/test_engine_standing.py) and by the benchmarks' long lists.
"""

from __future__ import annotations

import gzip

from fluxtui.world.apiserver.http.exchange import JSON, ApiRequest
from fluxtui.world.apiserver.status import StatusError
from fluxtui.world.http import exchange
from fluxtui.world.http.exchange import Response

_COMPRESSED_FROM = 128 * 1024


def wants_table(request: ApiRequest) -> bool:
    """Whether a Table is the first form asked for that we have. Raises 406 where there is none."""
    for clause in (request.accept or "*/*").split(","):
        media, *options = (part.strip() for part in clause.split(";"))
        words = dict(word.split("=", 1) for word in options if "=" in word)
        if media in ("*/*", "application/*", JSON):
            if "as" not in words:
                return False
            if (words["as"], words.get("g"), words.get("v")) == ("Table", "meta.k8s.io", "v1"):
                return True
    text = f"only the following media types are accepted: {JSON}"
    raise StatusError(406, "NotAcceptable", text)


def wants_metadata(request: ApiRequest) -> bool:
    """Whether nothing but an object's metadata is asked for."""
    media, *options = (part.strip() for part in request.accept.split(";"))
    wanted = {"as=PartialObjectMetadata", "g=meta.k8s.io", "v=v1"}
    return media == JSON and set(options) == wanted


def rendered(request: exchange.Request, response: Response) -> Response:
    """The response as the client can read it: a line of JSON, compressed where it is long."""
    if response.media == JSON and response.body:
        response.body += b"\n"
    if len(response.body) > _COMPRESSED_FROM and "gzip" in _encodings(request):
        response.body = gzip.compress(response.body, 1)
        response.headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    return response


def _encodings(request: exchange.Request) -> list[str]:
    return [part.strip() for part in request.headers.get("accept-encoding", "").split(",")]
