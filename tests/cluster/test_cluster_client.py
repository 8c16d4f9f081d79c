"""What the client sends, and how it takes what an API answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from cluster_connected import DEPLOYMENTS, PODS, connected
from cluster_scripted import Scripted, status

from fluxtui.cluster.client import connect
from fluxtui.cluster.port import ApiResource
from fluxtui.domain import errors
from fluxtui.domain.knowledge import Trouble, trouble_of
from fluxtui.domain.resource import Page

pytestmark = pytest.mark.usefixtures("each_way")


@pytest.mark.parametrize(
    ("code", "reason", "kind"),
    [
        (400, "BadRequest", errors.Invalid),
        (401, "Unauthorized", errors.Unauthorized),
        (403, "Forbidden", errors.Forbidden),
        (404, "NotFound", errors.NotFound),
        (409, "Conflict", errors.Conflict),
        (410, "Expired", errors.Expired),
        (422, "Invalid", errors.Invalid),
        (429, "TooManyRequests", errors.Throttled),
        (500, "InternalError", errors.ClusterError),
        (503, "ServiceUnavailable", errors.Unreachable),
    ],
)
async def test_a_status_becomes_an_error_that_says_where(
    api: Scripted, code: int, reason: str, kind: type[errors.ClusterError]
) -> None:
    details = {
        "causes": [{"field": ".spec.replicas", "message": "conflict with x"}],
        "retryAfterSeconds": 3,
    }
    api.answers(status(code, reason, "no", **details), status=code)
    cluster = await connected(api)
    try:
        with pytest.raises(errors.ClusterError) as caught:
            await cluster.get(DEPLOYMENTS, "shop", "web")
    finally:
        await cluster.close()
    assert type(caught.value) is kind
    assert caught.value.where == "staging Deployment/shop/web"
    assert (caught.value.status, caught.value.reason) == (code, reason)
    assert caught.value.causes == ((".spec.replicas", "conflict with x"),)
    assert caught.value.retry_after == 3.0


async def test_no_server_is_unreachable(api: Scripted) -> None:
    path = api.kubeconfig()
    text = Path(path).read_text()
    Path(path).write_text(text.replace(api.address, "http://127.0.0.1:1"))
    cluster = await connect(path, None, name="staging")
    try:
        with pytest.raises(errors.Unreachable, match="check that the API is up"):
            await cluster.get(PODS, "ns", "a")
    finally:
        await cluster.close()


HTML = ("<html><body>welcome</body></html>", "text/html")


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [(200, *HTML), (200, '{"hello": 1}', "application/json"), (200, "[]", "application/json")],
)
async def test_what_is_no_kubernetes_api_is_told_so(
    api: Scripted, status: int, body: str, kind: str
) -> None:
    async def handler(_: web.Request) -> web.StreamResponse:
        return web.Response(status=status, text=body, content_type=kind)

    api.handler = handler
    cluster = await connected(api)
    try:
        for asking in (cluster.list(PODS, "ns"), cluster.discover()):
            with pytest.raises(errors.ClusterError, match="but not as a Kubernetes API") as caught:
                await asking
            assert trouble_of(caught.value) is Trouble.FOREIGN
            assert "<" not in str(caught.value)
    finally:
        await cluster.close()


@pytest.mark.parametrize(("body", "kind"), [HTML, ("404 page not found", "text/plain")])
async def test_a_server_without_discovery_is_no_kubernetes_api(
    api: Scripted, body: str, kind: str
) -> None:
    """A kind that is not there is a 404 too, from an API that says what is."""

    async def handler(_: web.Request) -> web.StreamResponse:
        return web.Response(status=404, text=body, content_type=kind)

    api.handler = handler
    cluster = await connected(api)
    try:
        with pytest.raises(errors.ClusterError, match="but not as a Kubernetes API") as caught:
            await cluster.find("v1", "Pod")
        assert not isinstance(caught.value, errors.NotFound)
    finally:
        await cluster.close()


@pytest.mark.parametrize("status", [401, 403, 500, 502])
async def test_a_page_is_never_the_reason(api: Scripted, status: int) -> None:
    async def handler(_: web.Request) -> web.StreamResponse:
        return web.Response(status=status, text=HTML[0], content_type=HTML[1])

    api.handler = handler
    cluster = await connected(api)
    try:
        with pytest.raises(errors.ClusterError, match=f"HTTP {status}") as caught:
            await cluster.get(PODS, "ns", "a")
        assert "<" not in str(caught.value)
    finally:
        await cluster.close()


async def test_a_list_takes_all_pages_and_starts_again_when_a_token_expires(api: Scripted) -> None:
    expired = [True]

    async def handler(request: web.Request) -> web.StreamResponse:
        token = request.query.get("continue", "")
        if token == "two/+=" and expired.pop():
            expired.append(False)
            return web.json_response(status(410, "Expired"), status=410)
        name = "b" if token else "a"
        meta = {"resourceVersion": "7", "continue": "" if token else "two/+="}
        items = [{"metadata": {"name": name}}]
        return web.json_response({"kind": "PodList", "items": items, "metadata": meta})

    api.handler = handler
    cluster = await connected(api)
    try:
        listing = await cluster.list(PODS, "ns", label_selector="a in (b,c)", page=1)
    finally:
        await cluster.close()
    assert [item["metadata"]["name"] for item in listing.items] == ["a", "b"]
    assert listing.items[0]["kind"] == "Pod" and listing.items[0]["apiVersion"] == "v1"
    assert listing.resource_version == "7"
    assert len(api.requests) == 4


async def test_pages_are_handed_over_as_they_come_and_a_list_that_begins_anew_says_so(
    api: Scripted,
) -> None:
    expired = [True]

    async def handler(request: web.Request) -> web.StreamResponse:
        token = request.query.get("continue", "")
        if token == "3" and expired.pop():
            expired.append(False)
            return web.json_response(status(410, "Expired"), status=410)
        number = int(token or "1")
        meta = {"resourceVersion": "7", "continue": str(number + 1) if number < 3 else ""}
        items = [{"metadata": {"name": f"page-{number}"}}]
        return web.json_response({"kind": "PodList", "items": items, "metadata": meta})

    taken: list[str] = []

    async def part(objects: list[dict[str, Any]], begins: bool) -> None:
        taken.extend(["begins"] * begins + [obj["metadata"]["name"] for obj in objects])

    api.handler = handler
    cluster = await connected(api)
    try:
        listing = await cluster.list(PODS, "ns", page=1, part=part)
    finally:
        await cluster.close()
    assert taken == ["begins", "page-1", "page-2", "begins", "page-1", "page-2"]
    assert [item["metadata"]["name"] for item in listing.items] == ["page-3"]


async def test_a_page_that_can_be_read_whole_is_and_the_others_are_read_one_by_one(
    api: Scripted,
) -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        last = "continue" in request.query
        meta = {"resourceVersion": "7", "continue": "" if last else "two"}
        items = [{"metadata": {"name": "last" if last else "first", "uid": "u"}}]
        return web.json_response({"kind": "PodList", "items": items, "metadata": meta})

    def read(data: bytes, type_: ApiResource) -> Page | None:
        assert type_ == PODS
        return Page("PodList", "7", "two", [{"read": "whole"}]) if b"first" in data else None

    def kept(item: dict[str, Any]) -> dict[str, Any]:
        return {"kept": item["metadata"]["name"]}

    api.handler = handler
    cluster = await connected(api)
    try:
        listing = await cluster.list(PODS, "ns", kept=kept, read=read)
    finally:
        await cluster.close()
    assert listing.items == ({"read": "whole"}, {"kept": "last"})
    assert listing.resource_version == "7"


async def test_names_from_manifests_cannot_lead_to_other_paths(api: Scripted) -> None:
    api.answers({"kind": "Pod"})
    cluster = await connected(api)
    try:
        await cluster.get(PODS, "ns", "../../secrets/a")
        with pytest.raises(errors.Invalid):
            await cluster.get(PODS, "..", "a")
    finally:
        await cluster.close()
    assert [path for _, path, _ in api.requests] == [
        "/api/v1/namespaces/ns/pods/..%2F..%2Fsecrets%2Fa"
    ]


async def test_writes_carry_the_field_manager_and_the_right_content_type(api: Scripted) -> None:
    seen: list[tuple[str, str, Any]] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        body = await request.json()
        seen.append((str(request.rel_url), request.headers["Content-Type"], body))
        return web.json_response({})

    api.handler = handler
    cluster = await connected(api)
    obj = {"kind": "Pod", "metadata": {"name": "a", "namespace": "n"}}
    base = "/api/v1/namespaces/n/pods/a"
    try:
        await cluster.apply(PODS, obj, field_manager="f", force=True, dry_run=True)
        await cluster.patch(PODS, "n", "a", {"x": None}, field_manager="f", subresource="status")
        await cluster.patch(PODS, "n", "a", [{"op": "remove", "path": "/x"}], field_manager="f")
        await cluster.delete(PODS, "n", "a", uid="u", propagation="Orphan")
    finally:
        await cluster.close()
    assert seen[0] == (
        f"{base}?fieldManager=f&dryRun=All&force=true",
        "application/apply-patch+yaml",
        obj,
    )
    assert seen[1] == (
        f"{base}/status?fieldManager=f",
        "application/merge-patch+json",
        {"x": None},
    )
    assert seen[2][1:] == ("application/json-patch+json", [{"op": "remove", "path": "/x"}])
    assert seen[3][2] == {
        "kind": "DeleteOptions",
        "apiVersion": "v1",
        "propagationPolicy": "Orphan",
        "preconditions": {"uid": "u"},
    }


async def test_discovery_falls_back_to_one_document_per_group(api: Scripted) -> None:
    documents = {
        "/api": {"kind": "APIVersions", "versions": ["v1"]},
        "/apis": {
            "kind": "APIGroupList",
            "groups": [
                {
                    "name": "apps",
                    "versions": [{"groupVersion": "apps/v1beta1"}, {"groupVersion": "apps/v1"}],
                    "preferredVersion": {"groupVersion": "apps/v1"},
                },
                {"name": "broken", "versions": [{"groupVersion": "broken/v1"}]},
            ],
        },
        "/api/v1": {
            "resources": [
                {"name": "pods", "kind": "Pod", "namespaced": True},
                {"name": "pods/log", "kind": "Pod", "namespaced": True},
            ]
        },
        "/apis/apps/v1": {
            "resources": [{"name": "deployments", "kind": "Deployment", "namespaced": True}]
        },
        "/apis/apps/v1beta1": {
            "resources": [{"name": "deployments", "kind": "Deployment", "namespaced": True}]
        },
    }

    async def handler(request: web.Request) -> web.StreamResponse:
        if request.path in documents:
            return web.json_response(documents[request.path])
        return web.json_response(status(503, "ServiceUnavailable"), status=503)

    api.handler = handler
    cluster = await connected(api)
    try:
        assert dict(await cluster.discover()) == {
            ("", "Pod"): PODS,
            ("apps", "Deployment"): DEPLOYMENTS,
        }
        assert (await cluster.find("apps/v1beta1", "Deployment")).version == "v1beta1"
        asked = len(api.requests)
        await cluster.find("apps/v1", "Deployment")
        assert len(api.requests) == asked
        with pytest.raises(errors.NotFound, match='no matches for kind "Nope"'):
            await cluster.find("apps/v1", "Nope")
        assert len(api.requests) > asked
    finally:
        await cluster.close()


async def test_passwords_from_netrc_are_not_sent(
    api: Scripted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("default login me password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    api.answers({"kind": "Pod"})
    cluster = await connected(api)
    try:
        await cluster.get(PODS, "ns", "a")
    finally:
        await cluster.close()
    assert [token for _, _, token in api.requests] == ["t"]
