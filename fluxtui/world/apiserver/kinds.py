"""What the API serves: kinds as data, and the catalog they are looked up in.

Built-in kinds are rows of one table; custom kinds are added and removed while the server runs.
The catalog answers lookups only; it never stores objects.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from fluxtui.world.apiserver.shape import Shape, builtin
from fluxtui.world.apiserver.status import Resource
from fluxtui.world.apiserver.views import VIEWS, View

ALL_VERBS = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")


@dataclass(frozen=True, slots=True)
class Column:
    """A printer column: `path` is a JSONPath for custom kinds, empty for built-in code."""

    name: str
    type: str = "string"
    path: str = ""
    priority: int = 0
    format: str = ""
    description: str = ""


_NO_GENERATION = frozenset(
    (
        *("APIService", "CSIDriver", "CSINode", "CertificateSigningRequest", "Lease"),
        *("HorizontalPodAutoscaler", "LimitRange", "Namespace", "Node", "PersistentVolume"),
        *("PersistentVolumeClaim", "ResourceQuota", "Service", "VolumeAttachment"),
    )
)
_GENERATION_WITHOUT_SPEC = frozenset(
    (
        *("CustomResourceDefinition", "PriorityClass"),
        *("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"),
    )
)


@dataclass(frozen=True, slots=True)
class Kind:
    """One served kind. `storage_version` differs from `version` for extra versions of a CRD; `view`
    is set where objects are stored as another kind."""

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
    columns: tuple[Column, ...] = ()
    schema: Mapping[str, Any] | None = None
    scale: Mapping[str, Any] | None = None
    selectable: tuple[str, ...] = ()
    storage_version: str = ""
    custom: bool = False
    warning: str = ""
    view: View | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def resource(self) -> tuple[str, str]:
        """Where its objects are stored: all versions share one place."""
        group = self.group if self.view is None else self.view.stored[0].rpartition("/")[0]
        return (group, self.plural)

    @property
    def list_name(self) -> str:
        return self.list_kind or f"{self.kind}List"

    @property
    def counts_generation(self) -> bool:
        """Whether changes of the spec are counted in metadata.generation."""
        if self.custom or self.kind in _GENERATION_WITHOUT_SPEC:
            return True
        return "spec" in self.shape.fields and self.kind not in _NO_GENERATION

    @property
    def needs_version(self) -> bool:
        """Whether a PUT must name the resourceVersion it replaces."""
        return self.custom or self.group in ("apiextensions.k8s.io", "apiregistration.k8s.io")

    def named(self, name: str) -> Resource:
        return Resource(self.plural, self.group, self.kind, name)


# group/version, plural, kind, n(amespaced) or c(luster), short names, subresources, categories
_TABLE = """
v1 pods Pod n po status,log,binding,eviction,ephemeralcontainers all
v1 services Service n svc status all
v1 configmaps ConfigMap n cm - -
v1 secrets Secret n - - -
v1 namespaces Namespace c ns status,finalize -
v1 serviceaccounts ServiceAccount n sa token -
v1 persistentvolumeclaims PersistentVolumeClaim n pvc status -
v1 persistentvolumes PersistentVolume c pv status -
v1 nodes Node c no status -
v1 endpoints Endpoints n ep - -
v1 events Event n ev - -
v1 limitranges LimitRange n limits - -
v1 resourcequotas ResourceQuota n quota status -
v1 podtemplates PodTemplate n - - -
v1 replicationcontrollers ReplicationController n rc status,scale all
apps/v1 deployments Deployment n deploy status,scale all
apps/v1 statefulsets StatefulSet n sts status,scale all
apps/v1 daemonsets DaemonSet n ds status all
apps/v1 replicasets ReplicaSet n rs status,scale all
apps/v1 controllerrevisions ControllerRevision n - - -
batch/v1 jobs Job n - status all
batch/v1 cronjobs CronJob n cj status all
autoscaling/v2 horizontalpodautoscalers HorizontalPodAutoscaler n hpa status all
autoscaling/v1 horizontalpodautoscalers HorizontalPodAutoscaler n hpa status all
events.k8s.io/v1 events Event n ev - -
policy/v1 poddisruptionbudgets PodDisruptionBudget n pdb status -
networking.k8s.io/v1 ingresses Ingress n ing status -
networking.k8s.io/v1 ingressclasses IngressClass c - - -
networking.k8s.io/v1 networkpolicies NetworkPolicy n netpol - -
rbac.authorization.k8s.io/v1 roles Role n - - -
rbac.authorization.k8s.io/v1 rolebindings RoleBinding n - - -
rbac.authorization.k8s.io/v1 clusterroles ClusterRole c - - -
rbac.authorization.k8s.io/v1 clusterrolebindings ClusterRoleBinding c - - -
storage.k8s.io/v1 storageclasses StorageClass c sc - -
storage.k8s.io/v1 volumeattachments VolumeAttachment c - status -
storage.k8s.io/v1 csidrivers CSIDriver c - - -
storage.k8s.io/v1 csinodes CSINode c - - -
scheduling.k8s.io/v1 priorityclasses PriorityClass c pc - -
coordination.k8s.io/v1 leases Lease n - - -
discovery.k8s.io/v1 endpointslices EndpointSlice n - - -
node.k8s.io/v1 runtimeclasses RuntimeClass c - - -
CERT certificatesigningrequests CertificateSigningRequest c csr status -
EXT customresourcedefinitions CustomResourceDefinition c crd,crds status EXTCAT
REG apiservices APIService c - status EXTCAT
ADM mutatingwebhookconfigurations MutatingWebhookConfiguration c - - EXTCAT
ADM validatingwebhookconfigurations ValidatingWebhookConfiguration c - - EXTCAT
ADM validatingadmissionpolicies ValidatingAdmissionPolicy c - status EXTCAT
ADM validatingadmissionpolicybindings ValidatingAdmissionPolicyBinding c - - EXTCAT
"""

# Long words of the table, spelled out when it is read.
_WORDS = {
    "ADM": "admissionregistration.k8s.io/v1",
    "EXT": "apiextensions.k8s.io/v1",
    "REG": "apiregistration.k8s.io/v1",
    "CERT": "certificates.k8s.io/v1",
    "EXTCAT": "api-extensions",
}

_REVIEWS = """
authorization.k8s.io/v1 selfsubjectaccessreviews SelfSubjectAccessReview c
authorization.k8s.io/v1 selfsubjectrulesreviews SelfSubjectRulesReview c
authorization.k8s.io/v1 subjectaccessreviews SubjectAccessReview c
authorization.k8s.io/v1 localsubjectaccessreviews LocalSubjectAccessReview n
authentication.k8s.io/v1 selfsubjectreviews SelfSubjectReview c
authentication.k8s.io/v1 tokenreviews TokenReview c
"""


def _split(api_version: str) -> tuple[str, str]:
    group, _, version = api_version.rpartition("/")
    return group, version


def _names(cell: str) -> tuple[str, ...]:
    return () if cell == "-" else tuple(cell.split(","))


def _verbs(kind: str) -> tuple[str, ...]:
    """Namespaces go one by one."""
    return tuple(v for v in ALL_VERBS if (kind, v) != ("Namespace", "deletecollection"))


def builtin_kinds() -> list[Kind]:
    """Every kind that is served from the start, reviews included."""
    out = []
    for line in _TABLE.strip().splitlines():
        cells = (_WORDS.get(cell, cell) for cell in line.split())
        api, plural, kind, scope, short, subs, categories = cells
        group, version = _split(api)
        singular = kind.lower()
        view = VIEWS.get((api, kind))
        out.append(
            Kind(
                group,
                version,
                kind,
                plural,
                singular,
                builtin(view.shape if view is not None else kind),
                _names(short),
                scope == "n",
                _verbs(kind),
                subresources=_names(subs),
                categories=_names(categories),
                list_kind="EndpointsList" if kind == "Endpoints" else "",
                view=view,
            )
        )
    for line in _REVIEWS.strip().splitlines():
        api, plural, kind, scope = line.split()
        group, version = _split(api)
        out.append(
            Kind(
                group,
                version,
                kind,
                plural,
                kind.lower(),
                builtin(kind),
                namespaced=scope == "n",
                verbs=("create",),
            )
        )
    return out


@cache
def builtin_names() -> frozenset[tuple[str, str]]:
    """(apiVersion, kind) of everything served from the start."""
    return frozenset((k.api_version, k.kind) for k in builtin_kinds())


class Catalog:
    """The kinds served now. Lookups are lock-free: the maps are replaced, never changed."""

    def __init__(self, kinds: Iterable[Kind]) -> None:
        self._by_path: dict[tuple[str, str, str], Kind] = {}
        self._by_kind: dict[tuple[str, str], Kind] = {}
        self.generation = 0
        self.add(kinds)

    def add(self, kinds: Iterable[Kind]) -> None:
        by_path = dict(self._by_path)
        for kind in kinds:
            by_path[kind.group, kind.version, kind.plural] = kind
        self._replace(by_path)

    def remove(self, group: str, plural: str) -> None:
        self._replace({k: v for k, v in self._by_path.items() if (k[0], k[2]) != (group, plural)})

    def _replace(self, by_path: dict[tuple[str, str, str], Kind]) -> None:
        self._by_kind = {(k.api_version, k.kind): k for k in by_path.values()}
        self._by_path = by_path
        self.generation += 1

    def find(self, group: str, version: str, plural: str) -> Kind | None:
        return self._by_path.get((group, version, plural))

    def by_kind(self, api_version: str, kind: str) -> Kind | None:
        return self._by_kind.get((api_version, kind))

    def all(self) -> list[Kind]:
        return list(self._by_path.values())

    def stored(self) -> list[Kind]:
        """One kind per stored resource: the storage version of those that can be listed."""
        return [
            k
            for k in self._by_path.values()
            if "list" in k.verbs and k.storage_version in ("", k.version) and k.view is None
        ]

    def versions(self) -> list[tuple[str, str]]:
        """(group, version) pairs, core first, in the order they were added."""
        return list(dict.fromkeys((g, v) for g, v, _ in self._by_path))
