"""A release with a history, a repository and who stands on it: pins hold them without any tags."""

from __future__ import annotations

import json
from typing import Any

from flux_objects import (
    at,
    chart_of,
    charts,
    obj,
    release,
)

from fluxtui.commands.command import Context
from fluxtui.commands.registry import by_id
from fluxtui.domain.marks import PIN_INVERSE
from fluxtui.domain.resource import Resource
from tests.builders import ks

FAILED = [("1.5.0", "failed"), ("1.4.2", "deployed"), ("1.4.1", "superseded")]
WELL = [("1.5.0", "deployed"), ("1.4.2", "superseded"), ("1.4.1", "superseded")]
BACK = [("1.4.2", "deployed"), ("1.5.0", "failed"), ("1.4.2", "superseded")]
ONE, TWO = "1" * 40, "2" * 40


def helm(history: Any = WELL, **more: Any) -> Context:
    one = release(history=history, **more)
    return at(one, charts(), chart_of(revision=history[0][0] if history else ""), on=one)


def default(command: str, where: Context) -> str:
    return by_id(command).arguments[0].default(where)


def inverse(patch: Any) -> Any:
    return json.loads(patch["metadata"]["annotations"][PIN_INVERSE])


def git(ref: Any = None, **more: Any) -> Resource:
    spec = {"url": "https://git.test/fleet", "ref": ref or {"branch": "main"}, **more}
    return obj("git", "fleet", spec, {"artifact": {"revision": f"main@sha1:{TWO}"}})


def user(name: str = "apps", suspend: bool = False) -> Resource:
    done = "ReconciliationSucceeded"
    runs = [(f"main@sha1:{TWO}", done, "2026-11-23T02:00:00Z"),
            (f"main@sha1:{ONE}", done, "2026-11-22T02:00:00Z")]  # fmt: skip
    one = ks(name=name, applied=runs[0][0], history=runs, suspend=suspend)
    reference = {"kind": "GitRepository", "name": "fleet"}
    return Resource.from_object(
        "staging", {**one.as_object(), "spec": {**one.spec, "sourceRef": reference}}
    )
