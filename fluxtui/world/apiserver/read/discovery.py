"""Discovery: which groups, versions and resources there are, in the aggregated form alone, which
the product and every kubectl since 1.27 ask for first. Made from the catalog on every question.
"""

from __future__ import annotations

from fluxtui.world.apiserver.kinds import ApiKind, Catalog
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
    "platform": "linux/amd64",
}
AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
_SUB_KINDS = {
    "scale": (
        {"group": "autoscaling", "version": "v1", "kind": "Scale"},
        ["get", "patch", "update"],
    ),
    "binding": ({"group": "", "version": "v1", "kind": "Binding"}, ["create"]),
    "log": ({"group": "", "version": "v1", "kind": "Pod"}, ["get"]),
}


def _entry(kind: ApiKind) -> Json:
    whole = {"group": kind.group, "version": kind.version, "kind": kind.kind}
    out: Json = {
        "resource": kind.plural,
        "responseKind": whole,
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
        response, verbs = _SUB_KINDS.get(name, (whole, ["get", "patch", "update"]))
        subs.append({"subresource": name, "responseKind": response, "verbs": verbs})
    return out | ({"subresources": subs} if subs else {})


def served(catalog: Catalog, name: str, version: str) -> bool:
    return (name, version) in catalog.versions()


def aggregated(catalog: Catalog, *, core: bool) -> Json:
    """An APIGroupDiscoveryList for /api (core) or /apis."""
    groups: dict[str, list[str]] = {}
    for group, version in catalog.versions():
        if core != bool(group):
            groups.setdefault(group, []).append(version)
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
