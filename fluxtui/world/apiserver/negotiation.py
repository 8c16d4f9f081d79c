"""In which form a client wants its answer: JSON or YAML, pretty, as a Table, compressed.

The order of preference, the transformations and the refusals are apiserver's (`negotiate.go`).
Decides and renders; what an answer says is decided elsewhere.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml

from fluxtui.world.apiserver.exchange import JSON, Request, Response
from fluxtui.world.apiserver.status import Details, StatusError

YAML = "application/yaml"
_SPOKEN = (JSON, YAML)
_META = ("v1", "v1beta1")
_TRANSFORMS = ("Table", "PartialObjectMetadata", "PartialObjectMetadataList")
_PEOPLE = ("curl", "Wget", "Mozilla/5.0")
_COMPRESSED_FROM = 128 * 1024


@dataclass(frozen=True, slots=True)
class Form:
    """`convert` is the kind asked for instead of the object's own, `version` its version."""

    media: str = JSON
    pretty: bool = False
    convert: str = ""
    version: str = "v1"

    @property
    def api_version(self) -> str:
        return f"meta.k8s.io/{self.version}"


@dataclass(frozen=True, slots=True)
class _Clause:
    type: str
    subtype: str
    quality: float
    parameters: tuple[tuple[str, str], ...]

    def before(self, other: _Clause) -> bool:
        if self.quality > other.quality or (self.type != "*" and other.type == "*"):
            return True
        return self.subtype != "*" and other.subtype == "*"


def _clauses(header: str) -> list[_Clause]:
    """The clauses of an Accept header, the most wanted first."""
    out: list[_Clause] = []
    for part in header.split(","):
        media, *rest = part.split(";")
        kind, slash, subtype = (p.strip(" ") for p in media.strip(" ").partition("/"))
        if not slash:
            subtype = "*"
            if kind != "*":
                continue
        pairs = [tuple(p.strip(" ") for p in r.split("=")) for r in rest if r.count("=") == 1]
        quality = 1.0
        for name, value in pairs:
            if name == "q":
                quality = _quality(value)
        parameters = tuple((n, v) for n, v in pairs if n != "q" and v)
        clause = _Clause(kind, subtype, quality, parameters)
        at = len(out)
        while at and clause.before(out[at - 1]):
            at -= 1
        out.insert(at, clause)
    return out


def _quality(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


@lru_cache(maxsize=256)
def negotiate(accept: str, *, transforms: bool = True) -> Form | None:
    """The form an Accept header asks for; None where there is none that we have."""
    if not accept:
        return Form()
    for clause in _clauses(accept):
        for media in _SPOKEN:
            if clause.type not in ("*", "application"):
                continue
            if clause.subtype not in ("*", media.partition("/")[2]):
                continue
            form = _allowed(media, dict(clause.parameters), transforms)
            if form is not None:
                return form
    return None


def _allowed(media: str, parameters: dict[str, str], transforms: bool) -> Form | None:
    if parameters.get("stream", "watch") != "watch" or parameters.get("sv"):
        return None
    pretty = parameters.get("pretty") == "1"
    kind, group, version = (parameters.get(name, "") for name in ("as", "g", "v"))
    if not (kind or group or version):
        return Form(media, pretty)
    known = kind in _TRANSFORMS and group == "meta.k8s.io" and version in _META
    return Form(media, pretty, kind, version) if known and transforms else None


def form_of(request: Request) -> Form:
    """How an object or list is to be sent. Raises 406."""
    form = negotiate(request.accept)
    if form is None:
        raise unacceptable()
    return form


def unacceptable(*, stream: bool = False) -> StatusError:
    medias = [f"{JSON};stream=watch"] if stream else _SPOKEN
    text = f"only the following media types are accepted: {', '.join(medias)}"
    return StatusError(406, "NotAcceptable", text)


def check(request: Request, *spoken: str) -> None:
    """Refuse whoever names no media type the path has, whatever its parameters. Raises 406.

    Wildcards but `*/*` do not count here: apiserver's router compares words.
    """
    accept = request.accept
    if accept in (JSON, "*/*", ""):
        return
    named = {part.partition(";")[0].strip() for part in accept.split(",")}
    if "*/*" in named or named & set(spoken or _SPOKEN):
        return
    known = ", ".join(spoken or _SPOKEN)
    text = f"406: Not Acceptable\n\nAvailable representations: {known}"
    raise StatusError(406, "NotAcceptable", text, Details())


def _pretty(request: Request) -> bool:
    if text := request.query.get("pretty"):
        return text in ("1", "t", "T", "true", "TRUE", "True")
    return request.headers.get("user-agent", "").startswith(_PEOPLE)


class _Dumper(yaml.CSafeDumper):
    """YAML as apiserver writes it: no aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def rendered(request: Request, response: Response) -> Response:
    """The response in the form the client wants: YAML, indented or compressed."""
    if response.media == JSON and response.body:
        form = negotiate(request.accept, transforms=response.status < 400)
        raw = form is None
        if not raw and form is not None and form.media == YAML:
            value = json.loads(response.body)
            text = yaml.dump(value, Dumper=_Dumper, allow_unicode=True, default_flow_style=False)
            response.body, response.media = text.encode(), YAML
        elif raw or (form is not None and form.pretty) or _pretty(request):
            value = json.loads(response.body)
            response.body = json.dumps(value, indent=2, ensure_ascii=False).encode()
        else:
            response.body += b"\n"
    if len(response.body) > _COMPRESSED_FROM and "gzip" in _encodings(request):
        response.body = gzip.compress(response.body, 1)
        response.headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    return response


def _encodings(request: Request) -> list[str]:
    return [part.strip() for part in request.headers.get("accept-encoding", "").split(",")]
