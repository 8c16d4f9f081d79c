"""Objects of a delivery as a cluster has them, status and all: written as a controller would."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from cli_delivery import REPOSITORY, Shell

from fluxtui.cluster.client import connect
from fluxtui.domain.errors import Conflict

Object = Mapping[str, Any]
READY = {
    "type": "Ready",
    "status": "True",
    "reason": "ReconciliationSucceeded",
    "message": "Applied revision",
    "lastTransitionTime": "2026-11-23T03:12:00Z",
}
RELEASE, BUILD = "v1.0.0", "v0.0.0-build-1"
SOURCE = "source.toolkit.fluxcd.io/v1"
KUSTOMIZE = "kustomize.toolkit.fluxcd.io/v1"


def failed(reason: str, message: str) -> dict[str, Any]:
    return {**READY, "status": "False", "reason": reason, "message": message}


def oci(name: str, revision: str, url: str = REPOSITORY, **ref: str) -> Object:
    return _object(
        SOURCE, "OCIRepository", name,
        {"interval": "1m", "url": url, "ref": ref},
        {"observedGeneration": 1, "conditions": [READY], "artifact": _artifact(revision)},
    )  # fmt: skip


def ks(
    name: str,
    revision: str = "",
    *,
    of: str = "app",
    kind: str = "OCIRepository",
    condition: Mapping[str, Any] = READY,
    **spec: Any,
) -> Object:
    return _object(
        KUSTOMIZE, "Kustomization", name,
        {
            "interval": "10m", "path": "./", "prune": True,
            "sourceRef": {"kind": kind, "name": of}, **spec,
        },
        {
            "observedGeneration": 1, "conditions": [dict(condition)],
            "lastAppliedRevision": revision, "lastAttemptedRevision": revision,
        },
    )  # fmt: skip


def git(name: str, namespace: str) -> Object:
    """A source that feeds nobody."""
    obj = _object(SOURCE, "GitRepository", name,
                  {"interval": "1m", "url": "https://git.example.com/acme/app"}, {})  # fmt: skip
    return {**obj, "metadata": {**obj["metadata"], "namespace": namespace}}


def _artifact(revision: str) -> dict[str, Any]:
    return {
        "revision": revision,
        "digest": "sha256:" + "0" * 64,
        "path": "x",
        "url": "http://source.example/x",
        "lastUpdateTime": "2026-11-23T03:12:00Z",
    }


def _object(api: str, kind: str, name: str, spec: Any, status: Any) -> Object:
    metadata = {"name": name, "namespace": "apps", "labels": {"app": name}}
    return {"apiVersion": api, "kind": kind, "metadata": metadata, "spec": spec, "status": status}


def put(shell: Shell, environment: str, objects: Iterable[Object]) -> None:
    """Create them and their namespaces, then write their status."""
    asyncio.run(_put(shell, environment, list(objects)))


async def _put(shell: Shell, environment: str, objects: list[Object]) -> None:
    kubeconfig = shell.folder / f"{environment}.kubeconfig"
    cluster = await connect(str(kubeconfig), environment, name="test")
    names = dict.fromkeys(("apps", *(obj["metadata"].get("namespace", "apps") for obj in objects)))
    namespaces: list[Object] = [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}} for name in names
    ]
    try:
        for obj in (*namespaces, *objects):
            type_ = await cluster.find(str(obj["apiVersion"]), str(obj["kind"]))
            body = {name: value for name, value in obj.items() if name != "status"}
            with contextlib.suppress(Conflict):  # the namespace may be there
                await cluster.create(type_, body, field_manager="test")
            if "status" in obj:
                name, namespace = obj["metadata"]["name"], obj["metadata"].get("namespace", "apps")
                await cluster.patch(
                    type_, namespace, name, {"status": obj["status"]},
                    field_manager="test", subresource="status",
                )  # fmt: skip
    finally:
        await cluster.close()


def pushed(shell: Shell, tag: str, data: bytes) -> str:
    """The digest of a bundle pushed under that tag, without asking the program under test."""
    from fluxtui.artifacts import Reference, pack

    text = b"kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\ndata: {a: '%s'}\n" % data
    kustomization = b"resources: [cm.yaml]\n"
    folder = shell.bundle(cm_yaml=text, kustomization_yaml=kustomization)
    with shell.client() as client:
        packed = pack(Path(folder))
        reference = Reference.parse(f"{REPOSITORY}:{tag}")
        when = "2026-11-23T03:00:00Z"
        digest: str = client.push(
            reference, packed, source="git", revision="main", created=when
        ).digest
    return digest


def blocked_delivery(shell: Shell) -> None:
    """Staging runs a build and waits for a dependency; production is pinned to a bare digest."""
    build, release = pushed(shell, BUILD, b"1"), pushed(shell, RELEASE, b"2")
    shell.cluster("staging")
    shell.cluster("production", protected=True)
    here = f"{BUILD}@{build}"
    broken = failed("HealthCheckFailed", "Deployment/apps/db: 0 of 1 available")
    waits = failed("DependencyNotReady", "dependency 'apps/db' is not ready")
    put(
        shell,
        "staging",
        (
            oci("app", here, semver=">=0.0.0-0", semverFilter=".*build.*"),
            ks("db", here, condition=broken),
            ks("web", here, condition=waits, dependsOn=[{"name": "db"}]),
            ks("idle", here, suspend=True),
        ),
    )
    put(
        shell,
        "production",
        (oci("app", release, digest=release), ks("web", release), ks("new", condition=waits)),
    )
