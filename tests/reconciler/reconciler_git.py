"""A repository behind an HTTP server, a GitRepository of it, and what is read off its status."""

from __future__ import annotations

import base64
from typing import Any

from reconciler_stage import NS, Stage, condition, config_map

from fluxtui.artifacts.unpacking import unpack_files
from tests.contract.fleet.servers import Shop

DEPLOY = {"apps/cm.yaml": config_map("one", color="red"), "README.md": "hello"}
MINUTES = 60.0


def source(shop: Shop, name: str = "deploy", path: str = "git/deploy.git", **spec: Any) -> Any:
    return {
        "apiVersion": "source.toolkit.fluxcd.io/v1",
        "kind": "GitRepository",
        "metadata": {"name": name, "namespace": NS},
        "spec": {
            "interval": "5m",
            "url": f"{shop.url}/{path}",
            "ref": {"branch": "main"},
            **spec,
        },
    }


def secret(name: str, **values: str) -> Any:
    data = {
        key.replace("_", "."): base64.b64encode(v.encode()).decode() for key, v in values.items()
    }
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": NS},
            "data": data}  # fmt: skip


def artifact(obj: Any) -> Any:
    return ((obj or {}).get("status") or {}).get("artifact") or {}


def revision(obj: Any) -> str:
    return str(artifact(obj).get("revision", ""))


def conditions(obj: Any) -> list[tuple[str, str, str]]:
    return [(c["type"], c["status"], c["reason"]) for c in obj["status"]["conditions"]]


def kept(stage: Stage, obj: Any) -> dict[str, bytes]:
    """The files of what is stored."""
    name = artifact(obj)["digest"].removeprefix("sha256:")
    return unpack_files((stage.folder / "storage" / f"{name}.tar.gz").read_bytes())


async def refused(stage: Stage, reason: str, name: str = "deploy") -> str:
    """The message with which it is not ready."""
    found = await stage.until_condition("GitRepository", name, "Ready", "False", reason)
    return str(condition(found, "Ready")["message"])
