"""A fleet of Flux objects as the Kubernetes API tells them: real shapes and sizes, no meaning.

Every Service is one OCIRepository and nine Kustomizations in a chain; each with labels, history, an
inventory, conditions and managedFields. No measuring here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fluxtui.domain.config import Config, Environment
from fluxtui.domain.kinds import kustomization, ocirepository
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.snapshot import Snapshot, TagFacts, TagList

ENVIRONMENTS = ("dev", "staging", "eu", "us")
CHAIN = 9
SPACES = 40
AT = "2026-11-23T03:12:00Z"
DIGEST = "sha256:" + "ab" * 32
REVISION = f"v1.4.2@{DIGEST}"


def config(environments: tuple[str, ...] = ENVIRONMENTS) -> Config:
    """The Environments of the fleet."""
    return Config(environments=tuple(Environment(name, name) for name in environments))


def objects(many: int) -> Iterator[dict[str, Any]]:
    """So many Flux objects of one Environment, a tenth of them OCIRepositories."""
    for number in range(many):
        service, place = divmod(number, CHAIN + 1)
        yield source(service) if place == 0 else changed(service, place - 1)


def url(service: int) -> str:
    """Where a Service's bundles are."""
    return f"oci://registry.example.com/acme/service-{service}"


def meta(kind: str, name: str, service: int, version: int) -> dict[str, Any]:
    paths: dict[str, dict[str, str]] = {f"f:field{n}": {} for n in range(12)}
    return {
        "name": name,
        "namespace": f"team-{service % SPACES}",
        "uid": f"5f0c4a52-0000-4000-8000-{hash((kind, name)) & 0xFFFFFFFFFFFF:012x}",
        "resourceVersion": str(version),
        "generation": 1,
        "creationTimestamp": AT,
        "labels": {
            "kustomize.toolkit.fluxcd.io/name": "apps",
            "kustomize.toolkit.fluxcd.io/namespace": "flux-system",
            "app.kubernetes.io/part-of": f"service-{service}",
        },
        "annotations": {"reconcile.fluxcd.io/requestedAt": AT},
        "finalizers": ["finalizers.fluxcd.io"],
        "managedFields": [
            {
                "manager": manager,
                "operation": "Apply",
                "apiVersion": "v1",
                "time": AT,
                "fieldsType": "FieldsV1",
                "fieldsV1": {"f:spec": paths, "f:metadata": {"f:labels": paths}},
            }
            for manager in ("kustomize-controller", "gotk-kustomize-controller")
        ],
    }


def condition(type_: str, reason: str, message: str) -> dict[str, Any]:
    return {
        "type": type_,
        "status": "True",
        "reason": reason,
        "message": message,
        "observedGeneration": 1,
        "lastTransitionTime": AT,
    }


def source(service: int, version: int = 1) -> dict[str, Any]:
    stored = f"stored artifact for digest '{REVISION}'"
    return {
        "apiVersion": ocirepository.KIND.api_version,
        "kind": "OCIRepository",
        "metadata": meta("oci", f"service-{service}", service, version),
        "spec": {
            "interval": "5m0s",
            "provider": "generic",
            "ref": {"semver": ">=0.0.0"},
            "timeout": "60s",
            "url": url(service),
        },
        "status": {
            "artifact": {
                "digest": DIGEST,
                "lastUpdateTime": AT,
                "path": f"ocirepository/team/service-{service}/{'ab' * 32}.tar.gz",
                "revision": REVISION,
                "size": 20481,
                "url": f"http://source-controller/ocirepository/service-{service}.tar.gz",
            },
            "conditions": [
                condition("Ready", "Succeeded", stored),
                condition("ArtifactInStorage", "Succeeded", stored),
            ],
            "observedGeneration": 1,
            "url": f"http://source-controller/ocirepository/service-{service}/latest.tar.gz",
        },
    }


def changed(service: int, place: int, version: int = 1, message: str = "") -> dict[str, Any]:
    """One Kustomization of a Service's chain, as of that resourceVersion."""
    name = f"service-{service}-{place}"
    space = f"team-{service % SPACES}"
    entries = [
        {"id": f"{space}_{name}-{n}_{group}_{kind}", "v": "v1"}
        for n, (group, kind) in enumerate(
            [("apps", "Deployment"), ("", "Service"), ("", "ConfigMap"), ("", "ServiceAccount")]
        )
    ]
    past = [
        {
            "digest": f"sha256:{n:064x}",
            "firstReconciled": AT,
            "lastReconciled": AT,
            "lastReconciledDuration": "1.2s",
            "lastReconciledStatus": "ReconciliationSucceeded",
            "metadata": {"revision": f"v1.4.{2 - n}@sha256:{n:064x}"},
            "totalReconciliations": 7,
        }
        for n in range(3)
    ]
    return {
        "apiVersion": kustomization.KIND.api_version,
        "kind": "Kustomization",
        "metadata": meta("ks", name, service, version),
        "spec": {
            "dependsOn": [{"name": f"service-{service}-{place - 1}"}] if place else [],
            "force": False,
            "interval": "1h0m0s",
            "path": f"./components/{place}",
            "prune": True,
            "sourceRef": {"kind": "OCIRepository", "name": f"service-{service}"},
            "targetNamespace": space,
            "timeout": "5m0s",
            "wait": True,
        },
        "status": {
            "conditions": [
                condition(
                    "Ready", "ReconciliationSucceeded", message or f"Applied revision: {REVISION}"
                ),
                condition("Healthy", "Succeeded", "Health check passed in 40ms"),
            ],
            "history": past,
            "inventory": {"entries": entries},
            "lastAppliedRevision": REVISION,
            "lastAttemptedRevision": REVISION,
            "observedGeneration": 1,
        },
    }


def snapshot(many: int, environments: tuple[str, ...] = ENVIRONMENTS) -> Snapshot:
    """The whole fleet, `many` objects over all Environments; board and findings still empty."""
    tables: dict[str, dict[tuple[str, str], dict[Key, Resource]]] = {}
    for name in environments:
        kinds = tables.setdefault(name, {})
        for obj in objects(many // len(environments)):
            one = Resource.from_object(name, obj)
            kinds.setdefault((one.key.group, one.key.kind), {})[one.key] = one
    facts = {f"v1.4.{n}": TagFacts(f"v1.4.{n}", f"sha256:{n:064x}") for n in range(3)}
    tags = {
        url(service): TagList(url(service), tuple(facts), 1.0, facts=facts)
        for service in range(many // len(environments) // (CHAIN + 1) + 1)
    }
    return Snapshot(config=config(environments), resources=tables, tags=tags)
