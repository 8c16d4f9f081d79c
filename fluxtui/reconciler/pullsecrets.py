"""Registry credentials named by an OCIRepository: pull Secrets, directly or by a ServiceAccount.

Values are handed on in memory and never logged.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fluxtui.artifacts import PullSecret
from fluxtui.cluster.port import ApiResource, Cluster
from fluxtui.reconciler.objects import items, mapping, text

_SECRETS = ApiResource("", "v1", "Secret", "secrets")
_ACCOUNTS = ApiResource("", "v1", "ServiceAccount", "serviceaccounts")


async def pull_secrets(
    cluster: Cluster, namespace: str, spec: Mapping[str, Any]
) -> tuple[PullSecret, ...]:
    """In the order in which they count; empty without secretRef and serviceAccountName.

    Raises ClusterError when one cannot be read, ConfigError when it holds no docker config.
    """
    names = []
    secret = text(mapping(spec.get("secretRef")).get("name"))
    if secret:
        names.append(secret)
    account = text(spec.get("serviceAccountName"))
    if account:
        holder = await cluster.get(_ACCOUNTS, namespace, account)
        names += [text(item.get("name")) for item in items(holder.get("imagePullSecrets"))]
    return tuple([await _secret(cluster, namespace, n) for n in dict.fromkeys(names) if n])


async def _secret(cluster: Cluster, namespace: str, name: str) -> PullSecret:
    body = await cluster.get(_SECRETS, namespace, name)
    return PullSecret.of(body, f"secret {namespace}/{name}")
