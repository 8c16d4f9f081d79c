"""Who may come in, and what a read-only token may do."""

from __future__ import annotations

import base64
import json
import stat
from pathlib import Path

from fluxtui.world.apiserver.server import ApiServer
from tests.world.apiserver.client import MAPS, Client


def test_a_given_token_is_accepted() -> None:
    with ApiServer("staging", token="given", crds=()) as server:
        api = Client(server, "given")
        assert api.get(MAPS).status == 200
        api.close()


def test_the_kubeconfig_is_private_and_complete(server: ApiServer, tmp_path: Path) -> None:
    path = tmp_path / "deep" / "config"
    server.write_kubeconfig(path, namespace="flux-system")
    server.write_kubeconfig(path, namespace="flux-system")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    config = json.loads(path.read_text())
    assert config["current-context"] == "staging"
    assert config["contexts"][0]["context"]["namespace"] == "flux-system"
    cluster = config["clusters"][0]["cluster"]
    assert cluster["server"] == server.url
    assert server.url.startswith("https://127.0.0.1:")
    assert base64.b64decode(cluster["certificate-authority-data"]) == server.ca_pem
