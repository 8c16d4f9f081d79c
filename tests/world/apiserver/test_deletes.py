"""Deleting: finalizers, preconditions, owners and dependents, collections, namespaces."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.world.apiserver.client import (
    MAPS,
    Client,
    config_map,
    deployment,
)


@contextmanager
def until_gone(api: Client, path: str, name: str) -> Iterator[None]:
    """Wait, by a watch, until an object that is there at the start has been removed."""
    rv = api.get(path).ok()["metadata"]["resourceVersion"]
    with api.watch(path, resourceVersion=rv, fieldSelector=f"metadata.name={name}") as stream:
        yield
        for change, _ in stream:
            if change == "DELETED":
                return


def test_a_namespace_takes_its_content_along(api: Client) -> None:
    api.post("/api/v1/namespaces", {"metadata": {"name": "shop"}}).ok()
    maps = "/api/v1/namespaces/shop/configmaps"
    api.post(maps, config_map("a")).ok()
    api.post("/apis/apps/v1/namespaces/shop/deployments", deployment("web")).ok()
    with until_gone(api, "/api/v1/namespaces", "shop"):
        ending = api.delete("/api/v1/namespaces/shop").ok()
        assert ending["status"]["phase"] == "Terminating"
    assert api.get("/api/v1/namespaces/shop").status == 404
    assert api.get("/apis/apps/v1/deployments").ok()["items"] == []


def test_the_default_namespace_cannot_be_deleted(api: Client) -> None:
    refused = api.delete("/api/v1/namespaces/default")
    assert refused.status == 403
    assert "this namespace may not be deleted" in refused.json["message"]


def test_a_name_is_taken_until_its_object_is_really_gone(api: Client) -> None:
    api.post(MAPS, config_map("a", finalizers=["x.io/hold"])).ok()
    api.delete(f"{MAPS}/a").ok()
    again = api.post(MAPS, config_map("a"))
    assert again.json["message"] == ('object is being deleted: configmaps "a" already exists')
