"""The kubeconfig that leads to one embedded API server.

Holds a token, so the file is made private before anything is written into it.
"""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path


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
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(config, file, indent=2)  # JSON is YAML
        file.write("\n")
    draft.replace(path)
