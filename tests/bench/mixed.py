"""A fleet of every applier as the Kubernetes API tells it: bundles, Kustomizations from Git, Helm.

Of one Environment: Services of `fleet` (a source and nine Kustomizations each), Kustomizations from
Git in groups, and HelmReleases, half by a chart of a HelmRepository (with the HelmChart that
helm-controller makes for each), half by an OCIRepository. Real shapes and sizes, no meaning; no
measuring here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fluxtui.domain.kinds import gitrepository, helmchart, helmrelease, helmrepository
from fluxtui.domain.kinds.kind import Kind
from tests.bench import fleet

ENVIRONMENTS = ("eu", "us")
SERVICES, GIT, HELM, CHARTS = 75, 25, 25, 25  # sources of one Environment: 150
OF_GIT, RELEASES = 33, 1000
KUSTOMIZATIONS = SERVICES * fleet.CHAIN + GIT * OF_GIT
OBJECTS = SERVICES + KUSTOMIZATIONS + GIT + HELM + CHARTS + RELEASES + RELEASES // 2
KINDS = (gitrepository.KIND, helmrepository.KIND, helmchart.KIND, helmrelease.KIND)
"""What a bench's API must serve besides the kinds of `fleet`."""
_COMMIT = "af227a91da85425da60c8277112d0669f900061b"
_CONFIG = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def objects() -> Iterator[dict[str, Any]]:
    """Of one Environment: 1,500 Kustomizations, 1,000 HelmReleases, 150 sources, and the 500
    HelmCharts that come with releases by name of a chart."""
    yield from fleet.objects(SERVICES * (fleet.CHAIN + 1))
    for number in range(GIT):
        yield _git(number)
        yield from (_from_git(number, place) for place in range(OF_GIT))
    for number in range(HELM):
        yield _repository(number)
    for number in range(CHARTS):
        yield _chart_source(number)
    for number in range(RELEASES):
        if number % 2:
            yield _chart(number)
        yield _release(number)


def _object(kind: Kind, name: str, group: int, spec: Any, status: Any) -> dict[str, Any]:
    return {
        "apiVersion": kind.api_version,
        "kind": kind.kind,
        "metadata": fleet.meta(kind.kind, name, group, 1),
        "spec": spec,
        "status": {**status, "observedGeneration": 1},
    }


def _stored(revision: str, path: str) -> dict[str, Any]:
    said = f"stored artifact for revision '{revision}'"
    return {
        "artifact": {
            "digest": fleet.DIGEST,
            "lastUpdateTime": fleet.AT,
            "path": path,
            "revision": revision,
            "size": 20481,
            "url": f"http://source-controller.flux-system.svc.cluster.local./{path}",
        },
        "conditions": [
            fleet.condition("Ready", "Succeeded", said),
            fleet.condition("ArtifactInStorage", "Succeeded", said),
        ],
    }


def _git(number: int) -> dict[str, Any]:
    name = f"deploy-{number}"
    url = f"https://git.example.com/acme/{name}.git"
    spec = {"interval": "1m", "timeout": "60s", "ref": {"branch": "main"}, "url": url}
    stored = _stored(f"main@sha1:{_COMMIT}", f"gitrepository/team/{name}/{_COMMIT}.tar.gz")
    return _object(gitrepository.KIND, name, number, spec, stored)


def _from_git(number: int, place: int) -> dict[str, Any]:
    obj = fleet.changed(number, place)
    name, revision = f"deploy-{number}-{place}", f"main@sha1:{_COMMIT}"
    obj["metadata"] = fleet.meta("ks", name, number, 1)
    obj["spec"]["sourceRef"] = {"kind": "GitRepository", "name": f"deploy-{number}"}
    obj["spec"]["dependsOn"] = [{"name": f"deploy-{number}-{place - 1}"}] if place else []
    obj["status"].update(lastAppliedRevision=revision, lastAttemptedRevision=revision)
    obj["status"]["conditions"][0]["message"] = f"Applied revision: {revision}"
    for entry in obj["status"]["inventory"]["entries"]:
        entry["id"] = entry["id"].replace(f"service-{number}-{place}", name)
    for entry in obj["status"]["history"]:
        entry["metadata"] = {"revision": revision}
    return obj


def _repository(number: int) -> dict[str, Any]:
    name = f"charts-{number}"
    spec = {"interval": "10m", "timeout": "60s", "url": f"https://charts.example.com/{name}"}
    stored = _stored(_CONFIG, f"helmrepository/team/{name}/index.yaml")
    return _object(helmrepository.KIND, name, number, spec, stored)


def _chart_source(number: int) -> dict[str, Any]:
    obj = fleet.source(number)
    obj["metadata"] = fleet.meta("OCIRepository", f"chart-{number}", number, 1)
    media = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"
    obj["spec"]["layerSelector"] = {"mediaType": media, "operation": "copy"}
    obj["spec"]["url"] = f"oci://registry.example.com/charts/chart-{number}"
    return obj


def _chart(number: int) -> dict[str, Any]:
    group = number % HELM
    spec = {
        "chart": f"app-{number % 7}",
        "interval": "10m",
        "reconcileStrategy": "ChartVersion",
        "sourceRef": {"kind": "HelmRepository", "name": f"charts-{group}"},
        "version": "1.x",
    }
    name = f"team-{group % fleet.SPACES}-release-{number}"
    stored = _stored("1.4.2", f"helmchart/team/{name}/app-1.4.2.tgz")
    return _object(helmchart.KIND, name, group, spec, stored)


def _release(number: int) -> dict[str, Any]:
    group, name = number % HELM, f"release-{number}"
    space, by_name = f"team-{group % fleet.SPACES}", bool(number % 2)
    source = {"kind": "HelmRepository", "name": f"charts-{group}"}
    template = {"spec": {"chart": f"app-{number % 7}", "version": "1.x", "sourceRef": source}}
    whence = {"chartRef": {"kind": "OCIRepository", "name": f"chart-{group}"}}
    spec = {
        **({"chart": template} if by_name else whence),
        "interval": "10m",
        "install": {"remediation": {"retries": 3}},
        "upgrade": {"remediation": {"retries": 3}, "cleanupOnFailure": True},
        "driftDetection": {"mode": "enabled"},
        "values": {
            "replicaCount": 2,
            "image": {"repository": f"registry.example.com/acme/{name}", "pullPolicy": "Always"},
            "ingress": {"enabled": True, "hosts": [{"host": f"{name}.example.com"}]},
            "resources": {"limits": {"memory": "256Mi"}, "requests": {"cpu": "100m"}},
        },
    }
    said = f"Helm upgrade succeeded for release {space}/{name}.v3 with chart app@1.4.2"
    status = {
        "conditions": [
            fleet.condition("Ready", "UpgradeSucceeded", said),
            fleet.condition("Released", "UpgradeSucceeded", said),
        ],
        "history": [_run(name, space, version) for version in (3, 2, 1)],
        "inventory": {
            "entries": [
                {"id": f"{space}_{name}_apps_Deployment", "v": "v1"},
                *({"id": f"{space}_{name}__{k}", "v": "v1"} for k in ("Service", "ConfigMap")),
            ]
        },
        "lastAttemptedConfigDigest": _CONFIG,
        "lastAttemptedGeneration": 1,
        "lastAttemptedReleaseAction": "upgrade",
        "lastAttemptedReleaseActionDuration": "4s",
        "lastAttemptedRevision": "1.4.2",
        "storageNamespace": space,
    }
    if by_name:
        status["helmChart"] = f"{space}/{space}-{name}"
    return _object(helmrelease.KIND, name, group, spec, status)


def _run(name: str, space: str, version: int) -> dict[str, Any]:
    return {
        "action": "upgrade" if version > 1 else "install",
        "apiVersion": "v2",
        "appVersion": f"1.4.{version - 1}",
        "chartName": "app",
        "chartVersion": f"1.4.{version - 1}",
        "configDigest": _CONFIG,
        "digest": f"sha256:{version:064x}",
        "firstDeployed": fleet.AT,
        "lastDeployed": fleet.AT,
        "name": name,
        "namespace": space,
        "status": "deployed" if version == 3 else "superseded",
        "version": version,
    }
