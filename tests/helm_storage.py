"""Helm's storage as Helm writes it, for stories about releases: no rule lives here."""

from __future__ import annotations

import base64
import gzip
import io
import json
import tarfile
from typing import Any


def release(
    number: int,
    manifest: str,
    *,
    values: dict[str, Any] | None = None,
    hooks: tuple[str, ...] = (),
    version: str = "",
) -> dict[str, Any]:
    """What Helm keeps of the release `shop`."""
    return {
        "name": "shop",
        "namespace": "apps",
        "version": number,
        "info": {"status": "deployed", "last_deployed": "2026-01-01T00:00:00Z"},
        "chart": {"metadata": {"name": "shop", "version": version or f"1.{number}.0"}},
        "config": values or {},
        "manifest": manifest,
        "hooks": [{"name": f"hook-{n}", "manifest": text} for n, text in enumerate(hooks)],
    }


def packed(told: Any) -> str:
    """Helm's own form: base64 of gzip of JSON."""
    return base64.b64encode(gzip.compress(json.dumps(told).encode())).decode()


def storage(told: Any, number: int, kind: str = "Secret") -> dict[str, Any]:
    """The object that a release is kept in."""
    data = packed(told)
    if kind == "Secret":
        data = base64.b64encode(data.encode()).decode()
    obj: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": kind,
        "metadata": {"name": f"sh.helm.release.v1.shop.v{number}", "namespace": "apps"},
        "data": {"release": data},
    }
    return obj | ({"type": "helm.sh/release.v1"} if kind == "Secret" else {})


def history(*numbers: int) -> dict[str, Any]:
    """The status of a HelmRelease with these releases, the last one deployed."""
    entries = [
        {
            "name": "shop",
            "namespace": "apps",
            "version": number,
            "chartName": "shop",
            "chartVersion": f"1.{number}.0",
            "status": "deployed" if number == numbers[-1] else "superseded",
        }
        for number in numbers
    ]
    return {"history": entries, "storageNamespace": "apps"}


def chart(version: str, files: dict[str, str], name: str = "shop") -> bytes:
    """A packed chart with that version, and these files beside its Chart.yaml."""
    about = f"apiVersion: v2\nname: {name}\nversion: {version}\nappVersion: {version}\n"
    every = {"Chart.yaml": about, **files}
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for path, text in every.items():
            entry = tarfile.TarInfo(f"{name}/{path}")
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))
    return out.getvalue()
