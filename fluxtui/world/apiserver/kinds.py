"""What the API serves: kinds as data, and the catalog they are looked up in.

Built-in kinds are rows of one table: those that the demo's services, the bundles of the product's
tests and the simulator are made of. Custom kinds are added and removed while the server runs. The
catalog answers lookups only; it never stores objects.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from fluxtui.world.apiserver.shape import Shape, builtin
from fluxtui.world.apiserver.status import ErrorSubject

# apiextensions-apiserver lists them in this order, and discovery passes it on.
ALL_VERBS = ("delete", "deletecollection", "get", "list", "patch", "create", "update", "watch")


@dataclass(frozen=True, slots=True)
class PrinterColumn:
    """A printer column: `path` is a JSONPath for custom kinds, empty for built-in code."""

    name: str
    type: str = "string"
    path: str = ""
    priority: int = 0
    format: str = ""
    description: str = ""


_COUNTED = frozenset(
    (
        *("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob", "Pod"),
        *("PodDisruptionBudget", "Ingress", "NetworkPolicy", "CustomResourceDefinition"),
    )
)


@dataclass(frozen=True, slots=True)
class ApiKind:
    """One served kind. `storage_version` differs from `version` for extra versions of a CRD."""

    group: str
    version: str
    kind: str
    plural: str
    singular: str
    shape: Shape
    short_names: tuple[str, ...] = ()
    namespaced: bool = True
    verbs: tuple[str, ...] = ALL_VERBS
    categories: tuple[str, ...] = ()
    subresources: tuple[str, ...] = ()
    list_kind: str = ""
    columns: tuple[PrinterColumn, ...] = ()
    schema: Mapping[str, Any] | None = None
    scale: Mapping[str, Any] | None = None
    storage_version: str = ""
    custom: bool = False

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def resource(self) -> tuple[str, str]:
        """Where its objects are stored: all versions share one place."""
        return (self.group, self.plural)

    @property
    def list_name(self) -> str:
        return self.list_kind or f"{self.kind}List"

    @property
    def counts_generation(self) -> bool:
        """Whether changes of the spec are counted in metadata.generation."""
        return self.custom or self.kind in _COUNTED

    @property
    def needs_version(self) -> bool:
        """Whether a PUT must name the resourceVersion it replaces."""
        return self.custom or self.group == "apiextensions.k8s.io"

    def named(self, name: str) -> ErrorSubject:
        return ErrorSubject(self.plural, self.group, self.kind, name)


# group/version, plural, kind, n(amespaced) or c(luster), short names, subresources, categories
_TABLE = """
v1 pods Pod n po status,log,binding all
v1 services Service n svc status all
v1 configmaps ConfigMap n cm - -
v1 secrets Secret n - - -
v1 namespaces Namespace c ns status -
v1 serviceaccounts ServiceAccount n sa - -
v1 persistentvolumeclaims PersistentVolumeClaim n pvc status -
v1 persistentvolumes PersistentVolume c pv status -
v1 nodes Node c no status -
v1 endpoints Endpoints n ep - -
v1 events Event n ev - -
v1 limitranges LimitRange n limits - -
v1 resourcequotas ResourceQuota n quota status -
apps/v1 deployments Deployment n deploy status,scale all
apps/v1 statefulsets StatefulSet n sts status,scale all
apps/v1 daemonsets DaemonSet n ds status all
apps/v1 replicasets ReplicaSet n rs status,scale all
autoscaling/v2 horizontalpodautoscalers HorizontalPodAutoscaler n hpa status all
batch/v1 jobs Job n - status all
batch/v1 cronjobs CronJob n cj status all
networking.k8s.io/v1 ingresses Ingress n ing status -
networking.k8s.io/v1 networkpolicies NetworkPolicy n netpol - -
policy/v1 poddisruptionbudgets PodDisruptionBudget n pdb status -
rbac.authorization.k8s.io/v1 roles Role n - - -
rbac.authorization.k8s.io/v1 rolebindings RoleBinding n - - -
rbac.authorization.k8s.io/v1 clusterroles ClusterRole c - - -
rbac.authorization.k8s.io/v1 clusterrolebindings ClusterRoleBinding c - - -
storage.k8s.io/v1 storageclasses StorageClass c sc - -
apiextensions.k8s.io/v1 customresourcedefinitions CustomResourceDefinition c crd,crds status -
apiregistration.k8s.io/v1 apiservices APIService c - status -
scheduling.k8s.io/v1 priorityclasses PriorityClass c pc - -
coordination.k8s.io/v1 leases Lease n - - -
"""

_REVIEWS = """
authorization.k8s.io/v1 selfsubjectaccessreviews SelfSubjectAccessReview
authentication.k8s.io/v1 selfsubjectreviews SelfSubjectReview
"""


def _names(cell: str) -> tuple[str, ...]:
    return () if cell == "-" else tuple(cell.split(","))


def builtin_kinds() -> list[ApiKind]:
    """Every kind that is served from the start, reviews included."""
    out = []
    for line in _TABLE.strip().splitlines():
        api, plural, kind, scope, short, subs, categories = line.split()
        group, _, version = api.rpartition("/")
        out.append(
            ApiKind(
                group,
                version,
                kind,
                plural,
                kind.lower(),
                builtin(kind),
                _names(short),
                scope == "n",
                # Namespaces go one by one.
                tuple(v for v in ALL_VERBS if (kind, v) != ("Namespace", "deletecollection")),
                subresources=_names(subs),
                categories=_names(categories),
                list_kind="EndpointsList" if kind == "Endpoints" else "",
            )
        )
    for line in _REVIEWS.strip().splitlines():
        api, plural, kind = line.split()
        group, _, version = api.rpartition("/")
        shape = builtin(kind)
        out.append(
            ApiKind(group, version, kind, plural, kind.lower(), shape, (), False, ("create",))
        )
    return out


class Catalog:
    """The kinds served now. Lookups are lock-free: the maps are replaced, never changed."""

    def __init__(self, kinds: Iterable[ApiKind]) -> None:
        self._by_path: dict[tuple[str, str, str], ApiKind] = {}
        self.add(kinds)

    def add(self, kinds: Iterable[ApiKind]) -> None:
        by_path = dict(self._by_path)
        for kind in kinds:
            by_path[kind.group, kind.version, kind.plural] = kind
        self._by_path = by_path

    def remove(self, group: str, plural: str) -> None:
        kinds = {k: v for k, v in self._by_path.items() if (k[0], k[2]) != (group, plural)}
        self._by_path = kinds

    def find(self, group: str, version: str, plural: str) -> ApiKind | None:
        return self._by_path.get((group, version, plural))

    def all(self) -> list[ApiKind]:
        return list(self._by_path.values())

    def stored(self) -> list[ApiKind]:
        """One kind per stored resource: the storage version of those that can be listed."""
        return [
            k
            for k in self._by_path.values()
            if "list" in k.verbs and k.storage_version in ("", k.version)
        ]

    def versions(self) -> list[tuple[str, str]]:
        """(group, version) pairs, core first, in the order they were added."""
        return list(dict.fromkeys((g, v) for g, v, _ in self._by_path))
