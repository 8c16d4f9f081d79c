"""The other cluster that a Kustomization with spec.kubeConfig applies to (docs/flux.md#remote).

The kubeconfig comes out of a Secret that others may write, so it may only say where and with which
token or certificate: no plugins to run, no files of this machine, no unchecked TLS (as in Flux).
"""

from __future__ import annotations

import base64
import binascii
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import yaml

from fluxtui.cluster.client import connect
from fluxtui.cluster.port import ApiResource, Cluster
from fluxtui.domain.errors import ClusterError, ConfigError
from fluxtui.reconciler.objects import items, mapping, text

_SECRETS = ApiResource("", "v1", "Secret", "secrets")
_REFUSED = {
    "users": ("exec", "auth-provider", "tokenFile", "client-certificate", "client-key"),
    "clusters": ("certificate-authority", "insecure-skip-tls-verify"),
}


@asynccontextmanager
async def target_cluster(
    local: Cluster, namespace: str, spec: Mapping[str, Any]
) -> AsyncIterator[Cluster]:
    """The cluster to apply to: `local` itself without spec.kubeConfig.

    Raises ConfigError when the Secret is missing or its kubeconfig is refused.
    """
    reference = mapping(mapping(spec.get("kubeConfig")).get("secretRef"))
    if not reference:
        yield local
        return
    name = text(reference.get("name"))
    where = f"Secret {namespace}/{name}"
    document = _checked(await _read(local, namespace, name, text(reference.get("key"))), where)
    with tempfile.TemporaryDirectory(prefix="fluxtui-") as folder:
        path = Path(folder) / "kubeconfig"
        path.touch(mode=0o600)
        path.write_text(yaml.safe_dump(document))
        remote = await connect(str(path), None, name=f"{local.name} via {name}")
        try:
            yield remote
        finally:
            await remote.close()


async def _read(local: Cluster, namespace: str, name: str, key: str) -> str:
    try:
        secret = await local.get(_SECRETS, namespace, name)
    except ClusterError as error:
        raise ConfigError(
            f"unable to read KubeConfig secret '{namespace}/{name}' error: {error.what}"
        ) from error
    data = mapping(secret.get("data"))
    for candidate in [key] if key else ["value", "value.yaml"]:
        if candidate in data:
            try:
                return base64.b64decode(str(data[candidate])).decode()
            except (binascii.Error, UnicodeDecodeError) as error:
                raise ConfigError(
                    f"KubeConfig secret '{namespace}/{name}' is no text at key '{candidate}'"
                ) from error
    expected = key or "value"
    raise ConfigError(f"KubeConfig secret '{namespace}/{name}' does not contain a '{expected}' key")


def _checked(raw: str, where: str) -> Mapping[str, Any]:
    try:
        document = mapping(yaml.safe_load(raw))
    except yaml.YAMLError as error:
        raise ConfigError("the kubeconfig is no YAML", where=where) from error
    for section, refused in _REFUSED.items():
        for entry in items(document.get(section)):
            forbidden = [k for k in refused if mapping(entry.get(section[:-1])).get(k)]
            if forbidden:
                raise ConfigError(
                    f"the kubeconfig may not use {forbidden[0]}",
                    where=where,
                    next="put tokens, certificates and the CA into it as data",
                )
    return document
