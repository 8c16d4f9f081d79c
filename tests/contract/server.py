"""What a contract test stands before: one server, whichever it is.

Nothing here knows how either is started; a test sees only how to reach it.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.world.apiserver.client import CRDS, Client


@dataclass(frozen=True, slots=True)
class Server:
    """`name` is "world" or "real" (and that of the kubeconfigs' context). `token` is a cluster
    admin's; `readonly_token` belongs to the user fluxtui-read-only, who may get, list and watch."""

    name: str
    url: str
    ca_file: Path
    token: str
    readonly_token: str
    kubeconfig: Path
    readonly_kubeconfig: Path
    store: str = ""  # the real one's etcd
    forget: Callable[[], None] | None = None  # the World's history

    @property
    def ca_pem(self) -> bytes:
        return self.ca_file.read_bytes()

    def save(self, path: Path) -> None:
        """Write it, complete or not at all: its presence says that the server is ready."""
        draft = path.with_name(path.name + ".new")
        draft.write_text(json.dumps({k: str(v) for k, v in asdict(self).items() if k != "forget"}))
        draft.replace(path)

    @classmethod
    def load(cls, path: Path) -> Server:
        told = json.loads(path.read_text())
        files = ("ca_file", "kubeconfig", "readonly_kubeconfig")
        return cls(**told | {name: Path(told[name]) for name in files})


def crd(
    group: str,
    kind: str = "Widget",
    plural: str = "",
    *,
    schema: dict[str, Any] | None = None,
    scope: str = "Namespaced",
    **version: Any,
) -> dict[str, Any]:
    """A CRD of one version, v1; `schema` is that of `spec` (default: anything goes); `version`
    overrides fields of the version, e.g. `subresources={"status": {}}`."""
    free = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    properties = {"spec": schema or free, "status": free}
    plural = plural or f"{kind.lower()}s"
    names = {"kind": kind, "plural": plural, "singular": kind.lower()}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {
            "group": group,
            "scope": scope,
            "names": {**names, "listKind": f"{kind}List"},
            "versions": [
                {
                    "name": "v1",
                    "served": True,
                    "storage": True,
                    "schema": {"openAPIV3Schema": {"type": "object", "properties": properties}},
                    **version,
                }
            ],
        },
    }


def define(api: Client, definition: dict[str, Any]) -> None:
    """Create a CRD and return once its kind is served (a real server takes a moment)."""
    made = api.post(CRDS, definition).ok()
    spec, name = made["spec"], made["metadata"]["name"]

    def established(crd: dict[str, Any]) -> bool:
        conditions = (crd.get("status") or {}).get("conditions") or ()
        return any(c["type"] == "Established" and c["status"] == "True" for c in conditions)

    wait_until(api, f"{CRDS}/{name}", established)
    # Served a moment after it is Established, with nothing to watch for it.
    place = f"/apis/{spec['group']}/{spec['versions'][0]['name']}/{spec['names']['plural']}"
    pause, deadline = threading.Event(), time.monotonic() + 60
    while (listed := api.get(place)).status != 200:
        assert time.monotonic() < deadline, (name, listed.data.decode())
        pause.wait(0.02)


def wait_until(
    api: Client, path: str, good: Callable[[dict[str, Any]], bool], seconds: int = 60
) -> dict[str, Any]:
    """The object at `path` once `good(object)`, by a watch on that one object. Raises
    AssertionError with the last state where that does not come in time."""
    folder, _, name = path.rpartition("/")
    found = api.get(path).ok()
    if good(found):
        return found
    query = {
        "fieldSelector": f"metadata.name={name}",
        "resourceVersion": found["metadata"]["resourceVersion"],
        "timeoutSeconds": str(seconds),
    }
    with api.watch(folder, **query) as stream:
        for change, found in stream:
            if change in ("ADDED", "MODIFIED") and good(found):
                return found
    raise AssertionError(f"{path} after {seconds} s: {json.dumps(found)}")


def wait_gone(api: Client, path: str, seconds: int = 60) -> None:
    """Return once nothing is at `path` (with the same uid) any more; AssertionError if it stays."""
    folder, _, name = path.rpartition("/")
    found = api.get(path)
    if found.status == 404:
        return
    metadata = found.ok()["metadata"]
    query = {
        "fieldSelector": f"metadata.name={name}",
        "resourceVersion": metadata["resourceVersion"],
        "timeoutSeconds": str(seconds),
    }
    with api.watch(folder, **query) as stream:
        for change, found_now in stream:
            if change == "DELETED" and found_now["metadata"]["uid"] == metadata["uid"]:
                return
    raise AssertionError(f"{path} is still there after {seconds} s")
