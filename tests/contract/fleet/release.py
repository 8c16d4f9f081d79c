"""One release's life on the real helm-controller: installed, upgraded, with values out of a Secret.

`released` tells it on a fleet that has begun; tests ask fluxtui about it, and as a program this
writes down what Helm stored: `python -m tests.contract.fleet.release` makes tests/recordings/helm.
"""

from __future__ import annotations

import base64
import json
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from tests.contract.fleet.cases import met
from tests.contract.fleet.story import Fleet, begun
from tests.contract.server import wait_until

RECORDED = Path(__file__).parents[2] / "recordings" / "helm" / "shop.json"
PASSWORD = "correct-horse-battery"
_WAIT = 120
_FOLDER = "/apis/helm.toolkit.fluxcd.io/v2/namespaces/apps/helmreleases"
_PLACE = f"{_FOLDER}/shop"
_CORE = "/api/v1/namespaces/apps"
_COMMON = {"metadata": {"name": "shop-common"}, "data": {"values.yaml": "greeting: good day\n"}}
_LOGIN = {
    "metadata": {"name": "shop-login"},
    "data": {"password": base64.b64encode(PASSWORD.encode()).decode()},
}


def _spec(version: str, replicas: int) -> dict[str, Any]:
    chart = {"chart": "shop", "version": version, "interval": "10m"}
    return {
        "interval": "10m",
        "install": {"disableWait": True},
        "upgrade": {"disableWait": True},
        "chart": {"spec": {**chart, "sourceRef": {"kind": "HelmRepository", "name": "shop"}}},
        "values": {"replicas": replicas},
        "valuesFrom": [
            {"kind": "ConfigMap", "name": "shop-common"},
            {
                "kind": "Secret",
                "name": "shop-login",
                "valuesKey": "password",
                "targetPath": "db.password",
            },
        ],
    }


def released(fleet: Fleet) -> None:
    """HelmRelease apps/shop, installed as 1.0.0 and upgraded to 1.1.0 with more replicas."""
    api = fleet.api
    api.post(f"{_CORE}/configmaps", _COMMON).ok()
    api.post(f"{_CORE}/secrets", _LOGIN).ok()
    sources = "/apis/source.toolkit.fluxcd.io/v1/namespaces/apps/helmrepositories"
    url = f"{fleet.places['SHOP']}/charts"
    api.post(sources, {**_head("HelmRepository"), "spec": {"interval": "10m", "url": url}}).ok()
    api.post(_FOLDER, {**_head("HelmRelease"), "spec": _spec("1.0.0", 1)}).ok()
    wait_until(api, _PLACE, partial(_settled, "InstallSucceeded"), _WAIT)
    api.patch(_PLACE, {"spec": _spec("1.1.0", 2)}).ok()
    wait_until(api, _PLACE, partial(_settled, "UpgradeSucceeded"), _WAIT)


def _settled(reason: str, found: dict[str, Any]) -> bool:
    """Whether the history is written too: Ready says so one write sooner."""
    observed = (found.get("status") or {}).get("observedGeneration")
    return met((f"Ready=True {reason}",), found) and observed == found["metadata"]["generation"]


def _head(kind: str) -> dict[str, Any]:
    group = "helm" if kind == "HelmRelease" else "source"
    version = "v2" if kind == "HelmRelease" else "v1"
    metadata = {"name": "shop", "namespace": "apps"}
    return {
        "apiVersion": f"{group}.toolkit.fluxcd.io/{version}",
        "kind": kind,
        "metadata": metadata,
    }


def _recorded(fleet: Fleet) -> dict[str, Any]:
    names = [f"sh.helm.release.v1.shop.v{number}" for number in (1, 2)]
    stored = [fleet.api.get(f"{_CORE}/secrets/{name}").ok() for name in names]
    release = fleet.api.get(_PLACE).ok()
    for obj in (release, *stored):
        obj["metadata"] = {
            name: obj["metadata"][name]
            for name in ("name", "namespace", "labels")
            if name in obj["metadata"]
        }
    held = [{"kind": "ConfigMap", **_COMMON}, {"kind": "Secret", **_LOGIN}]
    for obj in held:
        obj["metadata"] = {**obj["metadata"], "namespace": "apps"}  # type: ignore[dict-item]
    return {"release": release, "storage": stored, "values": held}


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="fluxtui-release-") as folder:
        with begun(Path(folder)) as fleet:
            released(fleet)
            told = _recorded(fleet)
    RECORDED.parent.mkdir(parents=True, exist_ok=True)
    RECORDED.write_text(json.dumps(told, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
    print(f"{len(told['storage'])} releases in {RECORDED}")


if __name__ == "__main__":
    main()
