"""The distribution spec's endpoints for blobs and their uploads.

Functions of the Store and one Request. The knobs that spoil a download (cut, lie, redirect) strike
here, because only blob bodies are concerned.
"""

from __future__ import annotations

import re

from fluxtui.world.faults import Rule
from fluxtui.world.registry.knobs import Panel
from fluxtui.world.registry.store import Store, StoreError
from fluxtui.world.registry.wire import Request, Response, error


def blob(store: Store, panel: Panel, request: Request, name: str, digest: str) -> Response:
    """GET, HEAD and DELETE of `/v2/<name>/blobs/<digest>`."""
    if request.method == "DELETE":
        store.delete_blob(name, digest)
        return Response(202)
    if request.method not in {"GET", "HEAD"}:
        return error(405, "UNSUPPORTED", f"no {request.method} here")
    data = store.blob(name, digest)
    target = panel.now.redirect_blobs
    if target and request.method == "GET":
        base = "" if target == "self" else target.rstrip("/")
        return Response(307, {"Location": f"{base}/_store/{digest}?signature=world"})
    return download(panel, request, digest, data)


def download(panel: Panel, request: Request, digest: str, data: bytes) -> Response:
    """The bytes, or the part that `Range` asks for, spoiled when a knob says so."""
    headers = {
        "Content-Type": "application/octet-stream",
        "Docker-Content-Digest": digest,
        "Accept-Ranges": "bytes",
    }
    if request.method == "GET" and panel.strikes("lying_blobs"):
        data = bytes([data[0] ^ 0xFF]) + data[1:] if data else b"?"
    wanted = re.fullmatch(r"bytes=(\d*)-(\d*)", request.headers.get("range", ""))
    status, body = 200, data
    if wanted and any(wanted.groups()):
        first, last = wanted.groups()
        begin = int(first) if first else max(0, len(data) - int(last))
        end = min(int(last), len(data) - 1) if first and last else len(data) - 1
        if begin > end:
            answer = error(416, "RANGE_INVALID", "the blob is shorter")
            return Response(
                416, {**answer.headers, "Content-Range": f"bytes */{len(data)}"}, answer.body
            )
        status, body = 206, data[begin : end + 1]
        headers["Content-Range"] = f"bytes {begin}-{end}/{len(data)}"
    cut = request.method == "GET" and panel.strikes("cut_blobs")
    return Response(status, headers, body, fault=Rule(cut="middle") if cut else None)


def begin(store: Store, request: Request, name: str, may_read: bool) -> Response:
    """POST `/v2/<name>/blobs/uploads/`: monolithic, mount, or the start of a session.

    `may_read`: the caller may read the repository named by `from`.
    """
    if digest := request.asked("digest"):
        return _created(name, store.put_blob(name, request.body, digest))
    mounted = request.asked("mount")
    if mounted and may_read and store.mount(name, mounted, request.asked("from")):
        return _created(name, mounted)
    upload = store.begin_upload(name)
    return _session(202, name, upload, 0)


def upload(store: Store, request: Request, name: str, session: str) -> Response:
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
        digest = request.asked("digest")
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
    found = re.fullmatch(r"(?:bytes[ =])?(\d+)-(\d+)(?:/.*)?", header.strip())
    if not found or int(found[2]) - int(found[1]) + 1 != len(request.body):
        raise StoreError(416, "BLOB_UPLOAD_INVALID", f"Content-Range {header!r} does not fit")
    return int(found[1])


def _created(name: str, digest: str) -> Response:
    headers = {"Location": f"/v2/{name}/blobs/{digest}", "Docker-Content-Digest": digest}
    return Response(201, headers)


def _session(status: int, name: str, session: str, size: int) -> Response:
    headers = {
        "Location": f"/v2/{name}/blobs/uploads/{session}",
        "Range": f"0-{max(0, size - 1)}",
        "Docker-Upload-UUID": session,
    }
    return Response(status, headers)
