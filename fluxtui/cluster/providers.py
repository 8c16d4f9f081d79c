"""Tokens of the kubeconfig's old `auth-provider` entries (oidc, gcp), by the kubernetes package.

The one thing its configuration loader is still wanted for; it costs hundreds of modules, so it is
imported for the users that have such an entry and for nobody else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fluxtui.domain.errors import ConfigError, Unauthorized


async def provider_authorization(user: Mapping[str, Any], server: str, where: str) -> str:
    """The Authorization header that the provider's entry gives, renewed where it has run out.

    Raises ConfigError, Unauthorized.
    """
    from kubernetes.aio.client.configuration import Configuration
    from kubernetes.aio.config.config_exception import ConfigException
    from kubernetes.aio.config.kube_config import load_kube_config_from_dict

    configuration = Configuration()
    try:
        await load_kube_config_from_dict(
            {
                "current-context": "it",
                "contexts": [{"name": "it", "context": {"cluster": "it", "user": "it"}}],
                "clusters": [{"name": "it", "cluster": {"server": server}}],
                "users": [{"name": "it", "user": {"auth-provider": user["auth-provider"]}}],
            },
            client_configuration=configuration,
        )
    except (ConfigException, OSError) as error:
        raise ConfigError(str(error), where=where) from error
    except Exception as error:
        raise Unauthorized(f"the auth-provider gives no token: {error}", where=where) from error
    return str(configuration.api_key.get("BearerToken", ""))
