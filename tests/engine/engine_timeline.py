"""Objects in, lines of the time line out: what the tests of changes tell their stories with."""

from __future__ import annotations

import itertools
from typing import Any

from fluxtui.domain.config import Config
from fluxtui.domain.kinds import kustomization
from fluxtui.domain.kinds.kind import Kind
from fluxtui.domain.resource import Resource
from fluxtui.domain.snapshot import Change
from fluxtui.engine.publication.changes import Timeline
from fluxtui.engine.publication.store import Batch, Store

NOON = 1_795_435_200.0  # 2026-11-23T12:00:00Z
OLD = "1.4.0@sha256:" + "a" * 64
NEW = "1.5.0@sha256:" + "b" * 64


class Story:
    """Objects in, lines of the time line out."""

    def __init__(self, kept: int = 500) -> None:
        self.store = Store(Config())
        self.timeline = Timeline(kept)
        self.versions = itertools.count(1)

    def see(self, kind: Kind, **parts: Any) -> tuple[Change, ...]:
        self.put(kind, **parts)
        return self.publish()

    def put(self, kind: Kind, **parts: Any) -> None:
        meta = {
            "name": "web",
            "namespace": "apps",
            "resourceVersion": str(next(self.versions)),
            "annotations": parts.pop("annotations", {}),
            **parts.pop("metadata", {}),
        }
        obj = {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": meta, **parts}
        self.store.put(Resource.from_object("prod", obj))

    def event(
        self,
        name: str,
        reason: str,
        at: str,
        type_: str = "Warning",
        message: str = "no such file\nand more",
        **more: Any,
    ) -> tuple[Change, ...]:
        about = {
            "apiVersion": kustomization.KIND.api_version,
            "kind": "Kustomization",
            "namespace": "apps",
            "name": "web",
        }
        meta = {"name": name, "namespace": "apps", "resourceVersion": str(next(self.versions))}
        obj = {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": meta,
            "involvedObject": about,
            "type": type_,
            "reason": reason,
            "message": message,
            "lastTimestamp": at,
            **more,
        }
        self.store.put(Resource.from_object("prod", obj))
        return self.publish()

    def publish(self) -> tuple[Change, ...]:
        return self.timeline.update(self.taken())

    def taken(self) -> Batch:
        batch = self.store.take(NOON)
        self.store.commit(batch.half)
        return batch


def lines(changes: tuple[Change, ...]) -> list[tuple[str, str]]:
    return [(change.at[11:19], change.what) for change in changes]


def artifact(revision: str, at: str) -> dict[str, Any]:
    return {"artifact": {"revision": revision, "lastUpdateTime": f"2026-11-23T{at}Z"}}
