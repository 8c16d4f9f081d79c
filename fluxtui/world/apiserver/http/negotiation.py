"""In which form a client wants its answer: JSON, or what kubectl and informers ask for in its
place (a Table, metadata alone); compressed where it is long.

Decides and renders; what an answer says is decided elsewhere.
Needed by `kubectl get` and by the benchmarks' long lists.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from functools import lru_cache

from fluxtui.world.apiserver.http.exchange import JSON, Request
from fluxtui.world.apiserver.status import StatusError
from fluxtui.world.http import exchange
from fluxtui.world.http.exchange import Response

_TRANSFORMS = ("Table", "PartialObjectMetadata", "PartialObjectMetadataList")
_COMPRESSED_FROM = 128 * 1024


@dataclass(frozen=True, slots=True)
class Form:
    """`convert` is the kind asked for instead of the object's own, `version` its version."""

    convert: str = ""
    version: str = "v1"

    @property
    def api_version(self) -> str:
        return f"meta.k8s.io/{self.version}"


@lru_cache(maxsize=256)
def negotiate(accept: str) -> Form | None:
    """The first form an Accept header names that we have; None where there is none."""
    for clause in (accept or "*/*").split(","):
        media, *rest = (part.strip() for part in clause.split(";"))
        words = dict(word.split("=", 1) for word in rest if "=" in word)
        if media not in ("*/*", "application/*", JSON) or words.get("stream", "watch") != "watch":
            continue
        convert, version = words.get("as", ""), words.get("v", "v1")
        if not convert:
            return Form()
        fits = convert in _TRANSFORMS and words.get("g") == "meta.k8s.io"
        if fits and version in ("v1", "v1beta1"):
            return Form(convert, version)
    return None


def form_of(request: Request) -> Form:
    """How an object or list is to be sent. Raises 406."""
    form = negotiate(request.accept)
    if form is None:
        text = f"only the following media types are accepted: {JSON}"
        raise StatusError(406, "NotAcceptable", text)
    return form


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
