"""Opens repositories with the pull Secrets that the objects name, for who turned that on.

Only with `usePullSecrets` (docs/safety.md#credentials), only the Secrets that a source or its
service account names, each for that source's repository alone, and only where the user has no
credentials of their own. Values go to the registry client and nowhere else. Nothing is listed or
written here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from fluxtui.cluster.port import ApiResource, Cluster
from fluxtui.domain import kinds, roles
from fluxtui.domain.board import Finding, Severity
from fluxtui.domain.errors import FluxtuiError
from fluxtui.domain.kinds import sources
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.snapshot import Snapshot
from fluxtui.engine.publication.store import Store
from fluxtui.engine.registries import RegistryDoor

_SECRETS = ApiResource("", "v1", "Secret", "secrets")
_ACCOUNTS = ApiResource("", "v1", "ServiceAccount", "serviceaccounts")


class PullSecrets:
    """Lives on the Engine's loop."""

    def __init__(
        self, store: Store, registries: RegistryDoor, cluster: Callable[[str], Cluster]
    ) -> None:
        self._store = store
        self._registries = registries
        self._cluster = cluster

    async def lend(self, repository: str) -> None:
        """Read the Secrets of every source of the repository. What fails is a finding."""
        for source in list(_holders(self._store.latest)):
            if _address(source) == repository:
                try:
                    await self._of(source, repository)
                except FluxtuiError as error:
                    self._say(source.key, str(error))
                else:
                    self._say(source.key, "")

    async def _of(self, source: Resource, repository: str) -> None:
        from fluxtui.artifacts.pullsecrets import PullSecret

        cluster = self._cluster(source.key.environment)
        secrets = []
        for name in await self._names(cluster, source):
            body = await cluster.get(_SECRETS, source.key.namespace, name)
            where = f"Secret {source.key.namespace}/{name} in {source.key.environment}"
            secrets.append(PullSecret.of(body, where))
        if secrets:
            await self._registries.lend(repository, secrets)

    async def _names(self, cluster: Cluster, source: Resource) -> list[str]:
        """As Flux (docs/flux.md#authentication): `secretRef`, the account's pull Secrets."""
        names = [_name(source.spec.get("secretRef"))]
        account = source.spec.get("serviceAccountName")
        if isinstance(account, str) and account:
            body = await cluster.get(_ACCOUNTS, source.key.namespace, account)
            listed = body.get("imagePullSecrets")
            names += [_name(entry) for entry in listed] if isinstance(listed, list) else []
        return [name for name in dict.fromkeys(names) if name]

    def _say(self, key: Key, why: str) -> None:
        finding = Finding(
            Severity.WARNING,
            "pull-secret",
            key.environment,
            f"{key.label}: its pull secret cannot be used: {why}",
            "ask for `get` on it, or log in with docker",
            key,
        )
        self._store.note(("pull-secret", key), finding if why else None)


def _name(value: object) -> str:
    name = value.get("name") if isinstance(value, Mapping) else None
    return name if isinstance(name, str) else ""


def _holders(snapshot: Snapshot) -> Iterator[Resource]:
    """What may name a Secret for a repository: sources with tags, and who has them read."""
    yield from roles.tagged(snapshot)
    yield from (one for kind in kinds.ALL if kind.scan for one in snapshot.of_kind(kind))


def _address(resource: Resource) -> str:
    kind = kinds.of(resource.key)
    scan = kind.scan if kind is not None else None
    return scan.address(resource) if scan is not None else sources.url(resource)
