"""The distribution spec's endpoints for manifests, tags, referrers and the catalogue.

Each is a function of the OciStore, the Knobs and one Request; faults at HTTP level (throttling,
latency) are not theirs. Uploads and blobs are in `blobs`.
"""

from __future__ import annotations

from urllib.parse import urlencode

from fluxtui.world.http.exchange import Request, Response
from fluxtui.world.registry.answers import error, json_response
from fluxtui.world.registry.knobs import Knobs
from fluxtui.world.registry.store import OciStore, StoredManifest, StoreError

INDEX = "application/vnd.oci.image.index.v1+json"


def manifests(store: OciStore, knobs: Knobs, request: Request, name: str, ref: str) -> Response:
    """GET, HEAD, PUT and DELETE of `/v2/<name>/manifests/<ref>`."""
    if request.method == "PUT":
        new = store.put_manifest(name, ref, request.body, request.media)
        headers = {
            "Location": f"/v2/{name}/manifests/{new.digest}",
            "Docker-Content-Digest": new.digest,
        }
        if new.subject and knobs.referrers:
            headers["OCI-Subject"] = new.subject
        return Response(201, headers=headers)
    if request.method == "DELETE":
        if ":" in ref:
            store.delete_manifest(name, ref)
        elif knobs.delete_by_tag:
            store.delete_tag(name, ref)
        else:
            raise StoreError(400, "UNSUPPORTED", "delete by digest, not by tag")
        return Response(202)
    if request.method == "HEAD" and not knobs.head_manifests:
        return error(405, "UNSUPPORTED", "HEAD is not served")
    if request.method not in {"GET", "HEAD"}:
        return error(405, "UNSUPPORTED", f"no {request.method} here")
    manifest = _read(store, knobs, name, ref)
    if not _accepts(request.headers.get("accept", ""), manifest.media_type):
        raise StoreError(404, "MANIFEST_UNKNOWN", f"{manifest.media_type} is not accepted")
    headers = {"Docker-Content-Digest": manifest.digest}
    return Response(200, manifest.raw, manifest.media_type, headers)


def _read(store: OciStore, knobs: Knobs, name: str, ref: str) -> StoredManifest:
    try:
        return store.manifest(name, ref)
    except StoreError:
        plain = next((ref.removesuffix(e) for e in knobs.rehearsed if ref.endswith(e)), "")
        if not plain:
            raise
        return store.manifest(name, plain)


def _accepts(header: str, media_type: str) -> bool:
    accepted = {part.partition(";")[0].strip() for part in header.split(",")} - {""}
    return not accepted or bool(accepted & {media_type, "*/*", "application/*"})


def _page(count: str, page_size: int) -> int | None:
    if not count:
        return page_size or None
    if not count.isdecimal():
        raise StoreError(400, "PAGINATION_NUMBER_INVALID", f"not a number of entries: {count!r}")
    return min(int(count), page_size) if page_size else int(count)


def _next(path: str, last: str, count: int) -> dict[str, str]:
    return {"Link": f'<{path}?{urlencode({"last": last, "n": count})}>; rel="next"'}


def tags(store: OciStore, knobs: Knobs, request: Request, name: str) -> Response:
    """`/v2/<name>/tags/list?n=&last=`, in byte order, pages by `Link`."""
    count = _page(request.query.get("n", ""), knobs.page_size)
    page, more = store.tags(name, request.query.get("last", ""), count)
    path = f"/v2/{name}/tags/list"
    headers = _next(path, page[-1], count) if more and page and count else {}
    return json_response(200, {"name": name, "tags": page}, headers)


def catalog(store: OciStore, knobs: Knobs, request: Request) -> Response:
    """`/v2/_catalog?n=&last=`."""
    count = _page(request.query.get("n", ""), knobs.page_size)
    names = [name for name in store.repositories() if name > request.query.get("last", "")]
    page = names if count is None else names[:count]
    more = len(page) < len(names) and page and count
    headers = _next("/v2/_catalog", page[-1], count) if more and count else {}
    return json_response(200, {"repositories": page}, headers)


def referrers(store: OciStore, knobs: Knobs, request: Request, name: str, digest: str) -> Response:
    """`/v2/<name>/referrers/<digest>?artifactType=`: an image index, possibly empty."""
    if not knobs.referrers:
        return error(404, "NOT_FOUND", "this registry has no referrers API")
    kind = request.query.get("artifactType", "")
    items = store.referrers(name, digest, kind)
    headers = {"OCI-Filters-Applied": "artifactType"} if kind else {}
    body = {"schemaVersion": 2, "mediaType": INDEX, "manifests": items}
    return json_response(200, body, headers, INDEX)
