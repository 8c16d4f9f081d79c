"""Discovery: which groups, versions and resources there are, aggregated and plain.

Made from the catalog on every question; kubectl, client libraries and Flux ask it first.
"""

from __future__ import annotations

import base64
import hashlib

from fluxtui.world.apiserver.kinds import Catalog, Kind
from fluxtui.world.apiserver.status import Json

VERSION: Json = {
    "major": "1",
    "minor": "36",
    "gitVersion": "v1.36.2",
    "gitCommit": "",
    "gitTreeState": "",
    "buildDate": "2026-01-01T00:00:00Z",
    "goVersion": "",
    "compiler": "",
    "emulationMajor": "1",
    "emulationMinor": "36",
    "minCompatibilityMajor": "1",
    "minCompatibilityMinor": "35",
    "platform": "linux/amd64",
}
OPENAPI_INFO: Json = {"title": "Kubernetes", "version": "1.36"}
AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
_SCALE = {"group": "autoscaling", "version": "v1", "kind": "Scale"}
_SUB_KINDS = {
    ("pods", "binding"): ("", "v1", "Binding", ("create",)),
    ("pods", "eviction"): ("policy", "v1", "Eviction", ("create",)),
    ("pods", "log"): ("", "v1", "Pod", ("get",)),
    ("serviceaccounts", "token"): ("authentication.k8s.io", "v1", "TokenRequest", ("create",)),
    ("namespaces", "finalize"): ("", "v1", "Namespace", ("update",)),
}
# Version order within a group, as Kubernetes prefers them.
_ORDER = (
    "apiregistration.k8s.io apps events.k8s.io authentication.k8s.io authorization.k8s.io "
    "autoscaling batch certificates.k8s.io networking.k8s.io policy rbac.authorization.k8s.io "
    "storage.k8s.io admissionregistration.k8s.io apiextensions.k8s.io scheduling.k8s.io "
    "coordination.k8s.io node.k8s.io discovery.k8s.io"
)


def _sub(kind: Kind, name: str) -> tuple[Json, list[str]]:
    """Response kind and verbs of a subresource."""
    special = _SUB_KINDS.get((kind.plural, name)) if not kind.custom else None
    if special is not None:
        group, version, title, verbs = special
        if group == kind.group:
            group = version = ""
        return {"group": group, "version": version, "kind": title}, list(verbs)
    if name == "scale":
        return dict(_SCALE), ["get", "patch", "update"]
    return _response(kind), ["get", "patch", "update"]


def _response(kind: Kind) -> Json:
    """What requests are answered with; empty means the same group and version."""
    group, version = (kind.group, kind.version) if kind.custom else ("", "")
    return {"group": group, "version": version, "kind": kind.kind}


def _entry(kind: Kind) -> Json:
    out: Json = {
        "resource": kind.plural,
        "responseKind": _response(kind),
        "scope": "Namespaced" if kind.namespaced else "Cluster",
        "singularResource": kind.singular,
        "verbs": list(kind.verbs),
    }
    if kind.short_names:
        out["shortNames"] = list(kind.short_names)
    if kind.categories:
        out["categories"] = list(kind.categories)
    subs = []
    for name in sorted(kind.subresources):
        response, verbs = _sub(kind, name)
        subs.append({"subresource": name, "responseKind": response, "verbs": verbs})
    if subs:
        out["subresources"] = subs
    return out


def _groups(catalog: Catalog) -> dict[str, list[str]]:
    """Versions by group, the core group left out, in Kubernetes' order."""
    found: dict[str, list[str]] = {}
    for group, version in catalog.versions():
        if group:
            found.setdefault(group, []).append(version)
    rank = {name: i for i, name in enumerate(_ORDER.split())}
    return {g: found[g] for g in sorted(found, key=lambda g: (rank.get(g, 99), g))}


def served(catalog: Catalog, name: str, version: str) -> bool:
    return (name, version) in catalog.versions()


def builtin_group(catalog: Catalog, name: str) -> bool:
    """Whether there is such a group that was there from the start."""
    return any(kind.group == name and not kind.custom for kind in catalog.all())


def wants_aggregated(accept: str) -> bool:
    """Whether an Accept header names the aggregated form before the plain one."""
    for part in accept.split(","):
        media, *rest = (p.strip() for p in part.split(";"))
        if media in ("application/json", "*/*"):
            wanted = {"g=apidiscovery.k8s.io", "v=v2", "as=APIGroupDiscoveryList"}
            if wanted <= set(rest):
                return True
            if not any(each.startswith(("g=", "v=", "as=")) for each in rest):
                return False
    return False


def paths(catalog: Catalog) -> list[str]:
    """What / lists."""
    found = ["/api", "/apis", "/apis/", "/healthz", "/livez", "/metrics", "/openapi/v2"]
    found += ["/openapi/v3", "/openapi/v3/", "/readyz", "/version"]
    for group, version in catalog.versions():
        found += [f"/apis/{group}", f"/apis/{group}/{version}"] if group else [f"/api/{version}"]
    return sorted(set(found))


def aggregated(catalog: Catalog, *, core: bool) -> Json:
    """An APIGroupDiscoveryList for /api (core) or /apis."""
    groups = {"": ["v1"]} if core else _groups(catalog)
    kinds = sorted(catalog.all(), key=lambda k: k.plural)
    items = []
    for group, versions in groups.items():
        listed = []
        for name in versions:
            resources = [_entry(k) for k in kinds if (k.group, k.version) == (group, name)]
            listed.append({"version": name, "resources": resources, "freshness": "Current"})
        items.append({"metadata": {"name": group} if group else {}, "versions": listed})
    return {
        "kind": "APIGroupDiscoveryList",
        "apiVersion": "apidiscovery.k8s.io/v2",
        "metadata": {},
        "items": items,
    }


def api_versions(host: str) -> Json:
    address = [{"clientCIDR": "0.0.0.0/0", "serverAddress": host}]
    return {
        "kind": "APIVersions",
        "versions": ["v1"],
        "serverAddressByClientCIDRs": address,
    }


def _group(name: str, versions: list[str]) -> Json:
    listed = [{"groupVersion": f"{name}/{v}", "version": v} for v in versions]
    return {"name": name, "versions": listed, "preferredVersion": listed[0]}


def group_list(catalog: Catalog) -> Json:
    groups = [_group(name, versions) for name, versions in _groups(catalog).items()]
    return {"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}


def group(catalog: Catalog, name: str) -> Json | None:
    versions = _groups(catalog).get(name)
    if versions is None:
        return None
    return {"kind": "APIGroup", "apiVersion": "v1"} | _group(name, versions)


def _storage_hash(kind: Kind) -> str:
    """A short name of the version that is stored, as apiserver makes it."""
    stored = f"{kind.group}/{kind.storage_version or kind.version}/{kind.kind}"
    if kind.view is not None:
        api, name = kind.view.stored
        stored = f"{api if '/' in api else '/' + api}/{name}"
    elif kind.kind == "CustomResourceDefinition":
        stored = f"{kind.group}/v1beta1/{kind.kind}"  # what real servers store to this day
    return base64.b64encode(hashlib.sha256(stored.encode()).digest()[:8]).decode()


def resource_list(catalog: Catalog, group_name: str, version: str) -> Json | None:
    """An APIResourceList; None where there is no such group and version."""
    kinds = [k for k in catalog.all() if (k.group, k.version) == (group_name, version)]
    kinds.sort(key=lambda k: k.plural)
    if not kinds:
        return None
    resources: list[Json] = []
    for kind in kinds:
        entry: Json = {
            "name": kind.plural,
            "singularName": kind.singular,
            "namespaced": kind.namespaced,
            "kind": kind.kind,
            "verbs": list(kind.verbs),
        }
        if kind.short_names:
            entry["shortNames"] = list(kind.short_names)
        if kind.categories:
            entry["categories"] = list(kind.categories)
        if "list" in kind.verbs:
            entry["storageVersionHash"] = _storage_hash(kind)
        resources.append(entry)
        for name in sorted(kind.subresources):
            response, verbs = _sub(kind, name)
            item: Json = {
                "name": f"{kind.plural}/{name}",
                "singularName": "",
                "namespaced": kind.namespaced,
                "kind": response["kind"],
                "verbs": verbs,
            }
            if response["group"] not in ("", kind.group):
                item |= {"group": response["group"], "version": response["version"]}
            resources.append(item)
    head: Json = {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": version}
    if group_name:
        head["groupVersion"] = f"{group_name}/{version}"
    else:
        del head["apiVersion"]  # real servers leave it out here, for clients from before groups
    return head | {"resources": resources}
