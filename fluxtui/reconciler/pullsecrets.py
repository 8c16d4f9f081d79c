"""Registry credentials named by an OCIRepository: pull Secrets, directly or by a ServiceAccount.

Values are handed on in memory and never logged.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from fluxtui.artifacts.credentials import docker_config_credentials
from fluxtui.cluster.port import ApiResource, Cluster
from fluxtui.domain.errors import ConfigError
from fluxtui.reconciler.objects import items, mapping, text

_SECRETS = ApiResource("", "v1", "Secret", "secrets")
_ACCOUNTS = ApiResource("", "v1", "ServiceAccount", "serviceaccounts")
_KEY = ".dockerconfigjson"


async def credentials(
    cluster: Cluster, namespace: str, spec: Mapping[str, Any]
) -> dict[str, tuple[str, str]]:
    """host -> (user, password); empty without secretRef and serviceAccountName.

    Raises ClusterError when one cannot be read, ConfigError when it holds no docker config.
    """
    names = []
    secret = text(mapping(spec.get("secretRef")).get("name"))
    if secret:
        names.append(secret)
    account = text(spec.get("serviceAccountName"))
    if account:
        found = await cluster.get(_ACCOUNTS, namespace, account)
        names += [text(item.get("name")) for item in items(found.get("imagePullSecrets"))]
    merged: dict[str, tuple[str, str]] = {}
    for name in names:
        merged = {**await _of_secret(cluster, namespace, name), **merged}
    return merged


async def _of_secret(cluster: Cluster, namespace: str, name: str) -> dict[str, tuple[str, str]]:
    where = f"secret {namespace}/{name}"
    data = mapping((await cluster.get(_SECRETS, namespace, name)).get("data"))
    raw = text(data.get(_KEY))
    if not raw:
        raise ConfigError(f"has no key {_KEY}", where=where)
    try:
        return docker_config_credentials(base64.b64decode(raw))
    except binascii.Error as error:
        raise ConfigError(f"{_KEY} is no base64", where=where) from error
    except ConfigError as error:
        raise ConfigError(error.what, where=where) from error
