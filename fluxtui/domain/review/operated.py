"""Objects of operators: their fields are nobody's standard, what they are called is. Pure.

Names of fields and kinds are those that are common (databases, queues, streams, stores); one that
is not known means nothing, never that all is well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from fluxtui.domain.objectid import ObjectId
from fluxtui.domain.review.pods import Object

_DEEP = 12
_STORES = re.compile(
    r"(Cluster|Installation|Stream|Bucket|KeyValue|ObjectStore|Topic|Queue|Database|DB|Table"
    r"|Postgres\w*|PostgreSQL|MySQL|MongoDB\w*|Redis\w*|Kafka\w*|Cassandra\w*|Elasticsearch"
    r"|OpenSearch\w*|ClickHouse\w*|Keeper|Etcd\w*|Prometheus|Loki\w*|Tenant|Volume|Backup"
    r"|VMSingle|VMStorage|RabbitMQ\w*|Vault|Minio\w*)$",
    re.IGNORECASE,
)
_STORES_NOT = re.compile(
    r"(Role|User|Rule|Issuer|Policy|Monitor|SecretStore|Config|Secret|Connect|Connector|Bridge"
    r"|MirrorMaker2?|Rebalance|Binding|Class|Exporter|ScheduledBackup|NodePool)$"
)
_KEEPING = frozenset({"volumeClaimTemplate", "volumeClaimTemplates", "storageSize", "storageClass"})


def is_custom(group: str) -> bool:
    """Whether an API group is somebody's own: Kubernetes' have no dot, or end in k8s.io."""
    return "." in group and not group.endswith(".k8s.io")


def is_store(id: ObjectId) -> bool:
    """Whether a kind, which is somebody's own, is called like one that keeps data."""
    return bool(_STORES.search(id.kind)) and not _STORES_NOT.search(id.kind)


def keeps_data(id: ObjectId, obj: Object) -> bool:
    """Whether an operator keeps data for the object: by its kind's name, or by what it asks for."""
    if not is_custom(id.group):
        return False
    return is_store(id) or any(_asks(name, value) for name, value in _fields(obj.get("spec"), 0))


def _asks(name: str, value: Any) -> bool:
    if name == "storage":
        return isinstance(value, Mapping) and bool(value)
    return name in _KEEPING and bool(value)


def _fields(value: Any, depth: int) -> Iterator[tuple[str, Any]]:
    if depth > _DEEP:
        return
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield str(name), inner
            yield from _fields(inner, depth + 1)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _fields(inner, depth + 1)
