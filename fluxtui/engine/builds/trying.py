"""Has an API try what a build brings, by server-side dry runs: whether it would be refused.

A dry run changes nothing and counts as a write all the same: a person asks for it, and a read-only
Environment gets none (docs/safety.md#read-only). Secrets, and what holds something of one, are sent
nowhere. What an answer means is decided by the rule.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import Any

from fluxtui.cluster.port import Cluster
from fluxtui.domain.errors import ClusterError, Forbidden, Invalid, NotFound
from fluxtui.domain.objectid import ObjectId
from fluxtui.domain.resource import Key
from fluxtui.domain.review.asked import admission_refused
from fluxtui.domain.review.wanted import Heard, ObjectAsked, WantedFact
from fluxtui.engine.builds.livebuilds import MANAGER, Prepared
from fluxtui.engine.builds.secretmarks import Marks

LIMIT = 30.0
"""Seconds for all objects of one Kustomization together."""
_AT_ONCE = 4
# What stands in an object is in its diff; here it would hide why it is refused.
_VALUE = re.compile(r"Invalid value: (\{.*\}|\[.*\]|\"[^\"]*\"): ")
_MARK = "kustomize.toolkit.fluxcd.io"
# What Flux takes for a field that cannot change, and makes the object anew by (docs/flux.md#marks).
_LASTING = re.compile(r"immutable|updates to statefulset spec", re.IGNORECASE)
# RBAC says so; a quota and an admission policy answer 403 as well.
_RIGHTS = re.compile(r"cannot (create|patch|update) resource")
Answer = tuple[WantedFact, Heard]


async def tried(
    cluster: Cluster, kustomization: Key, prepared: Prepared, *, forced: bool
) -> tuple[Answer, ...]:
    """What the API makes of each object; those that may not be sent, or that Flux passes by, are
    left out. `forced`: the Kustomization lets Flux make anew what cannot be changed."""
    turn, marks = asyncio.Semaphore(_AT_ONCE), Marks(prepared.labels)
    sent = [
        obj
        for number, obj in enumerate(prepared.objects)
        if number not in prepared.guarded and obj.get("kind") != "Secret" and not _passed_by(obj)
    ]
    tasks = [asyncio.create_task(_one(cluster, obj, turn, forced=forced)) for obj in sent]
    if not tasks:
        return ()
    _done, late = await asyncio.wait(tasks, timeout=LIMIT)
    for task in late:
        task.cancel()
    await asyncio.gather(*late, return_exceptions=True)
    answers = []
    for obj, task in zip(sent, tasks, strict=True):
        name = ObjectId.of(obj)
        asked = ObjectAsked(str(obj.get("apiVersion")), name)
        no_answer = Heard(None, f"not tried within {LIMIT:.0f} s")
        heard = no_answer if task.cancelled() else task.result()
        heard = Heard(heard.there, marks.text(heard.why))
        answers.append((WantedFact(admission_refused.RULE.id, asked, kustomization, name), heard))
    return tuple(answers)


def _marks(obj: Mapping[str, Any], name: str) -> str:
    """What an annotation or label of the object says to Flux."""
    metadata = obj.get("metadata") or {}
    marks = {**(metadata.get("labels") or {}), **(metadata.get("annotations") or {})}
    return str(marks.get(f"{_MARK}/{name}", "")).lower()


def _passed_by(obj: Mapping[str, Any]) -> bool:
    return _marks(obj, "reconcile") == "disabled" or _marks(obj, "ssa") in (
        "ignore",
        "ifnotpresent",
    )


async def _one(
    cluster: Cluster, obj: Mapping[str, Any], turn: asyncio.Semaphore, *, forced: bool
) -> Heard:
    async with turn:
        try:
            type_ = await cluster.find(str(obj.get("apiVersion")), str(obj.get("kind")))
            body = dict(obj)
            if not type_.namespaced:
                meta = {k: v for k, v in body["metadata"].items() if k != "namespace"}
                body["metadata"] = meta
            await cluster.apply(type_, body, field_manager=MANAGER, force=True, dry_run=True)
        except NotFound as error:
            return Heard(None, f"not tried: {error.what}")  # its kind or namespace: another danger
        except Forbidden as error:
            known = None if _RIGHTS.search(error.what) else False
            return Heard(known, error.what if known is False else f"not permitted: {error.what}")
        except Invalid as error:
            if _LASTING.search(error.what) and (forced or _marks(obj, "force") == "enabled"):
                return Heard(True)  # it is deleted and made anew
            untried = "does not support dry run" in error.what
            return Heard(None if untried else False, _VALUE.sub("", error.what))
        except ClusterError as error:
            return Heard(None, str(error))
    return Heard(True)
