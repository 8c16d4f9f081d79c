"""The distribution spec's endpoints for blobs and their uploads.

Functions of the OciStore and one Request. The knobs that spoil a download (lie, redirect) strike
here, because only blob bodies are concerned.
"""

from __future__ import annotations

import re

from fluxtui.world.http.exchange import Request, Response
from fluxtui.world.registry.answers import error
from fluxtui.world.registry.knobs import Knobs
from fluxtui.world.registry.store import OciStore, StoreError


def blob(store: OciStore, knobs: Knobs, request: Request, name: str, digest: str) -> Response:
    """GET, HEAD and DELETE of `/v2/<name>/blobs/<digest>`."""
    if request.method == "DELETE":
        store.delete_blob(name, digest)
        return Response(202)
    if request.method not in {"GET", "HEAD"}:
        return error(405, "UNSUPPORTED", f"no {request.method} here")
    data = store.blob(name, digest)
    target = knobs.redirect_blobs
    if target and request.method == "GET":
        base = "" if target == "self" else target.rstrip("/")
        place = f"{base}/_store/{digest}?signature=world"
        return Response(307, headers={"Location": place})
    return download(knobs, request, digest, data)


def download(knobs: Knobs, request: Request, digest: str, data: bytes) -> Response:
    """The bytes, or the part that `Range` asks for, spoiled when a knob says so."""
    headers = {"Docker-Content-Digest": digest, "Accept-Ranges": "bytes"}
    if request.method == "GET" and knobs.lying_blobs:
        data = bytes([data[0] ^ 0xFF]) + data[1:] if data else b"?"
    span = re.fullmatch(r"bytes=(\d*)-(\d*)", request.headers.get("range", ""))
    status, body = 200, data
    if span and any(span.groups()):
        first, last = span.groups()
        begin = int(first) if first else max(0, len(data) - int(last))
        end = min(int(last), len(data) - 1) if first and last else len(data) - 1
        if begin > end:
            size = {"Content-Range": f"bytes */{len(data)}"}
            return error(416, "RANGE_INVALID", "the blob is shorter", size)
        status, body = 206, data[begin : end + 1]
        headers["Content-Range"] = f"bytes {begin}-{end}/{len(data)}"
    return Response(status, body, "application/octet-stream", headers)


def begin(store: OciStore, request: Request, name: str, may_read: bool) -> Response:
    """POST `/v2/<name>/blobs/uploads/`: monolithic, mount, or the start of a session.

    `may_read`: the caller may read the repository named by `from`.
    """
    if digest := request.query.get("digest", ""):
        return _created(name, store.put_blob(name, request.body, digest))
    mounted = request.query.get("mount", "")
    if mounted and may_read and store.mount(name, mounted, request.query.get("from", "")):
        return _created(name, mounted)
    upload = store.begin_upload(name)
    return _session(202, name, upload, 0)


def upload(store: OciStore, request: Request, name: str, session: str) -> Response:
    """PATCH, PUT, GET and DELETE of an upload session."""
    if request.method == "GET":
        return _session(204, name, session, store.upload_size(name, session))
    if request.method == "DELETE":
        store.cancel_upload(name, session)
        return Response(204)
    if request.method == "PATCH":
        size = store.append(name, session, request.body, _start(request))
        return _session(202, name, session, size)
    if request.method == "PUT":
        digest = request.query.get("digest", "")
        if not digest:
            raise StoreError(400, "DIGEST_INVALID", "no digest is given")
        if request.body:
            store.append(name, session, request.body, _start(request))
        return _created(name, store.finish_upload(name, session, digest))
    return error(405, "UNSUPPORTED", f"no {request.method} here")


def _start(request: Request) -> int | None:
    header = request.headers.get("content-range", "")
    if not header:
        return None
    match = re.fullmatch(r"(?:bytes[ =])?(\d+)-(\d+)(?:/.*)?", header.strip())
    if not match or int(match[2]) - int(match[1]) + 1 != len(request.body):
        raise StoreError(416, "BLOB_UPLOAD_INVALID", f"Content-Range {header!r} does not fit")
    return int(match[1])


def _created(name: str, digest: str) -> Response:
    headers = {"Location": f"/v2/{name}/blobs/{digest}", "Docker-Content-Digest": digest}
    return Response(201, headers=headers)


def _session(status: int, name: str, session: str, size: int) -> Response:
    headers = {
        "Location": f"/v2/{name}/blobs/uploads/{session}",
        "Range": f"0-{max(0, size - 1)}",
        "Docker-Upload-UUID": session,
    }
    return Response(status, headers=headers)
