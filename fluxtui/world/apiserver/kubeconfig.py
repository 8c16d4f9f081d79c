"""The kubeconfig that leads to one embedded API server.

Holds a token: the file is private.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path

from fluxtui.kit.private import write_private


def write_kubeconfig(
    path: Path, *, name: str, url: str, ca_pem: bytes, token: str, namespace: str = ""
) -> None:
    """Write a kubeconfig with one context called `name`, mode 0600, replacing what is there."""
    context: dict[str, str] = {"cluster": name, "user": name}
    if namespace:
        context["namespace"] = namespace
    ca = base64.b64encode(ca_pem).decode()
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": name, "cluster": {"server": url, "certificate-authority-data": ca}}],
        "users": [{"name": name, "user": {"token": token}}],
        "contexts": [{"name": name, "context": context}],
        "current-context": name,
    }
    write_private(path, json.dumps(config, indent=2) + "\n")  # JSON is YAML
