"""What fluxtui says of a release that the real helm-controller made and upgraded.

What Helm stored, what the API made of it and what differs, as a person types it. Skipped where the
controllers are not built; tests/domain/test_recorded_release.py asks the same of a recording.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.contract.fleet.hand import fluxtui
from tests.contract.fleet.release import PASSWORD, released
from tests.contract.fleet.story import Fleet, begun
from tests.contract.programs import CONTROL_PLANE, program_or_skip

NEEDED = (*CONTROL_PLANE, "source-controller", "helm-controller")
DEPLOYMENT = "/apis/apps/v1/namespaces/apps/deployments/shop"
RBAC = "/apis/rbac.authorization.k8s.io/v1"


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    for name in NEEDED:
        program_or_skip(name)
    with begun(tmp_path_factory.mktemp("fleet")) as found:
        released(found)
        yield found


def diff(fleet: Fleet, home: Path, *words: str) -> tuple[int, dict[str, Any]]:
    """(exit code, the one part); whatever is asked, no answer holds the password."""
    where = ("diff", "hr/shop", "-e", fleet.server.name)
    code, document = fluxtui(fleet.server.kubeconfig, home, *where, *words)
    assert PASSWORD not in json.dumps(document) and "fluxtui-secret" not in json.dumps(document)
    (part,) = document["items"][0]["parts"]
    return code, part


def told(part: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{c['change']} {c['object']['kind']}/{c['object']['name']}": {
            f["path"]: (f.get("before"), f.get("after")) for f in c["fields"]
        }
        for c in part["changes"]
    }


def test_what_the_upgrade_changed(fleet: Fleet, tmp_path: Path) -> None:
    code, part = diff(fleet, tmp_path)
    assert code == 0
    assert (part["before"], part["after"]) == ("release 1, shop-1.0.0", "release 2, shop-1.1.0")
    image = "spec.template.spec.containers[name=shop].image"
    assert told(part) == {
        "changed Values/shop": {"replicas": (1, 2)},
        "added ConfigMap/shop": {},
        "changed Deployment/shop": {
            "spec.replicas": (1, 2),
            image: ("registry.example.com/shop:1.0.0", "registry.example.com/shop:1.1.0"),
        },
    }


def test_what_the_version_before_consists_of(fleet: Fleet, tmp_path: Path) -> None:
    code, part = diff(fleet, tmp_path, "--chart", "1.0.0", "1.1.0")
    assert code == 0
    assert told(part) == {
        "changed File/Chart.yaml": {
            "version": ("1.0.0", "1.1.0"),
            "appVersion": ("1.0.0", "1.1.0"),
        },
        "added File/templates/greeting.yaml": {},
    }


def test_who_may_not_read_secrets_is_told_so(fleet: Fleet, tmp_path: Path) -> None:
    rule = {"verbs": ["get", "list", "watch"], "resources": ["*"]}
    rules = [{**rule, "apiGroups": [f"{group}.toolkit.fluxcd.io"]} for group in ("helm", "source")]
    named = {"metadata": {"name": "looker"}}
    fleet.api.post(f"{RBAC}/clusterroles", {**named, "rules": rules}).ok()
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "looker"}
    jane = {"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "jane"}
    binding = {**named, "roleRef": role, "subjects": [jane]}
    fleet.api.post(f"{RBAC}/clusterrolebindings", binding).ok()
    code, part = diff(fleet, tmp_path, "--as", "jane")
    assert code == 1 and part["changes"] is None
    assert "you may not get secrets in namespace apps" in part["changesReason"]


def test_what_is_live_is_no_drift_until_somebody_edits_it(fleet: Fleet, tmp_path: Path) -> None:
    code, part = diff(fleet, tmp_path, "--live")
    assert code == 0 and part["changes"] == [], part
    fleet.api.patch(DEPLOYMENT, {"spec": {"replicas": 5, "paused": True}}).ok()
    fleet.api.delete("/api/v1/namespaces/apps/configmaps/shop").ok()
    secret = {"stringData": {"password": "another-horse"}}
    fleet.api.patch("/api/v1/namespaces/apps/secrets/shop", secret).ok()
    code, part = diff(fleet, tmp_path, "--live")
    label = "secret apps/shop#password"
    assert told(part) == {
        "removed ConfigMap/shop": {},
        "changed Secret/shop": {"data.password": (label, f"{label}, changed")},
        "changed Deployment/shop": {"spec.replicas": (2, 5)},
    }
