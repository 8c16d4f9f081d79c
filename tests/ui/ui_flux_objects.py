"""A source and a Kustomization as a cluster holds them, for the hand-made delivery."""

from __future__ import annotations

from typing import Any

from fluxtui.domain.resource import Key, Resource

HOST = "oci://registry.example.com/acme"


def source(key: Key, path: str, stored: str, **ref: str) -> Resource:
    body: dict[str, Any] = {
        "apiVersion": "source.toolkit.fluxcd.io/v1",
        "kind": key.kind,
        "metadata": {
            "name": key.name,
            "namespace": key.namespace,
            "resourceVersion": "41",
            "uid": f"uid-{key.environment}-{key.name}",
            "generation": 2,
            "creationTimestamp": "2026-09-01T08:00:00Z",
        },
        "spec": {"interval": "5m", "url": f"{HOST}/{path}", "ref": ref},
        "status": {
            "observedGeneration": 2,
            "artifact": {"lastUpdateTime": stored, "revision": "v1.4.2@sha256:" + "ab" * 32},
            "conditions": [
                {
                    "type": "Ready",
                    "status": "True",
                    "reason": "Succeeded",
                    "message": "stored artifact for digest 'v1.4.2@sha256:abab'",
                    "lastTransitionTime": stored,
                    "observedGeneration": 2,
                }
            ],
        },
    }
    return Resource.from_object(key.environment, body)


def kustomization(key: Key, source_name: str, path: str, *needs: str) -> Resource:
    body: dict[str, Any] = {
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "kind": key.kind,
        "metadata": {
            "name": key.name,
            "namespace": key.namespace,
            "resourceVersion": "77",
            "generation": 1,
            "creationTimestamp": "2026-09-01T08:00:00Z",
            "labels": {
                "kustomize.toolkit.fluxcd.io/name": "activity",
                "kustomize.toolkit.fluxcd.io/namespace": "flux-system",
            },
        },
        "spec": {
            "interval": "1h",
            "path": path,
            "sourceRef": {"kind": "OCIRepository", "name": source_name},
            "dependsOn": [{"name": n} for n in needs],
        },
        "status": {
            "observedGeneration": 1,
            "lastAppliedRevision": "v1.4.2@sha256:" + "ab" * 32,
            "conditions": [
                {
                    "type": "Ready",
                    "status": "False",
                    "reason": "HealthCheckFailed",
                    "message": "timeout waiting for: [Job/activity-system/migrate: Failed]",
                    "lastTransitionTime": "2026-11-23T03:04:00Z",
                }
            ],
            "history": [
                {
                    "metadata": {"revision": "v1.4.2@sha256:" + "ab" * 32},
                    "lastReconciled": "2026-11-22T09:00:00Z",
                    "lastReconciledStatus": "ReconciliationSucceeded",
                }
            ],
            "inventory": {"entries": [{"id": "activity-system_migrate_batch_Job", "v": "v1"}]},
        },
    }
    return Resource.from_object(key.environment, body)
