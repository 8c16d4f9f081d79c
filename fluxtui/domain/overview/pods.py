"""Why a workload is not ready, from its Pods: the container and its reason, not just "1 of 3".

Only what the Engine has live is looked at (the Interest of the visible panes); without Pods nothing
is said. The Pods are found by the workload's own selector, as its controller does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from fluxtui.domain.counts import counted
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.snapshot import Snapshot
from fluxtui.kit.records import NamedTuple

POD, CLAIM = ("", "Pod"), ("", "PersistentVolumeClaim")
_FAILS = 1  # the worst rank of a container that cannot start or keeps ending
PATIENT = frozenset({"ContainerCreating", "PodInitializing"})
"""What a container waits for without anything being wrong."""
_BY_IMAGE = frozenset({"ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "InvalidImageName"})
_BY_MESSAGE = frozenset({"CreateContainerConfigError", "CreateContainerError", "RunContainerError"})
# The word of a sentence that says what is wrong, as `_trouble` and a failed Job write it.
_REASON = (
    " ((?:"
    + "|".join(sorted((*_BY_IMAGE, *_BY_MESSAGE, "CrashLoopBackOff", "BackoffLimitExceeded")))
    + r"|exited with [0-9]+)(?: \([A-Za-z]+\))?)"
)


def reason_apart(text: str) -> tuple[str, str]:
    """The word that says what is wrong ("" when there is none), and the sentence without it."""
    match = re.search(_REASON, text)
    if match is None:
        return "", text
    return match[1], text[: match.start()].rstrip(":") + text[match.end() :]


def reason_first(text: str) -> str:
    """The sentence with the word that says what is wrong before the object that it is about: what
    comes last is cut off in a narrow place."""
    reason, remark = reason_apart(text)
    return f"{reason}: {remark}" if reason else text


def pods_of(workload: Resource, snapshot: Snapshot) -> Iterator[Resource]:
    """Live Pods that the workload's own selector matches; one that selects all owns none."""
    from fluxtui.kit import labels

    selector = workload.spec.get("selector")
    terms = labels.of_selector(selector) if isinstance(selector, Mapping) else ()
    if not terms:
        return
    for pod in snapshot.table(workload.key.environment, POD).values():
        beside = pod.key.namespace == workload.key.namespace
        if beside and labels.fulfilled(terms, pod.labels):
            yield pod


class Blame(NamedTuple):
    """The Pod to blame and one sentence; the lowest `rank` is the worst."""

    rank: int
    pod: Key
    text: str

    @property
    def fails(self) -> bool:
        """A container of it cannot start or keeps ending: waiting alone will not mend it."""
        return self.rank <= _FAILS


def culprit(workload: Resource, snapshot: Snapshot) -> Blame | None:
    """The Pod most to blame; None when no Pod says anything."""
    return min(
        (
            Blame(rank, pod.key, text)
            for pod in pods_of(workload, snapshot)
            for rank, text in (_trouble(pod, snapshot),)
            if text
        ),
        default=None,
    )


def claim_trouble(claim: Resource, snapshot: Snapshot) -> str:
    """Why a claim is not bound, or does not go away; "" when it is fine.

    A claim being deleted stays as long as a Pod that is on a node mounts it (claim protection).
    """
    if claim.deleting:
        users = [
            pod.key.name
            for pod in snapshot.table(claim.key.environment, POD).values()
            if claim.key.namespace == pod.key.namespace
            and pod.spec.get("nodeName")
            and claim.key.name in _claims(pod)
        ]
        return f"kept while Pod {', '.join(sorted(users))} uses it" if users else ""
    phase = str(claim.status.get("phase") or "Pending")
    if phase == "Bound":
        return ""
    name = claim.spec.get("storageClassName")
    return f"{phase}, " + (f"StorageClass {name}" if name else "no StorageClass is set")


def _trouble(pod: Resource, snapshot: Snapshot) -> tuple[int, str]:
    """(rank, sentence); the lowest rank is the worst, "" is no trouble."""
    starting = ""
    for word, status in _containers(pod):
        state = _mapping(status.get("state"))
        name = f"{word} {status.get('name', '')}"
        reason = str(_mapping(state.get("waiting")).get("reason") or "")
        if reason and reason not in PATIENT:
            return 0, f"{name} {_waiting(reason, status)}"
        ended = _mapping(state.get("terminated"))
        if ended.get("exitCode"):
            return 1, f"{name} {_ended(ended)}"
        if state.get("running") and status.get("ready") is False and word == "container":
            last = _mapping(_mapping(status.get("lastState")).get("terminated"))
            if last.get("exitCode"):
                return 1, f"{name} {_ended(last)}{_again(status)}, runs again but is not ready"
            starting = starting or f"{name} runs but is not ready"
    scheduled = pod.condition("PodScheduled")
    if scheduled is not None and scheduled.status == "False":
        return 2, f"{scheduled.reason}: {scheduled.message}{_waits_for_claims(pod, snapshot)}"
    return (3, starting) if starting else (9, "")


def _waiting(reason: str, status: Mapping[str, Any]) -> str:
    """What keeps a container from running, with what a person needs to repair it."""
    if reason in _BY_IMAGE:
        return f"{reason}: image {status.get('image') or 'not named'}"
    message = str(_mapping(_mapping(status.get("state")).get("waiting")).get("message") or "")
    if reason in _BY_MESSAGE and message:
        return f"{reason}: {message}"
    last = _mapping(_mapping(status.get("lastState")).get("terminated")).get("reason")
    killed = f" ({last})" if last not in (None, "", "Error", "Completed") else ""
    return f"{reason}{killed}{_again(status)}"


def _ended(terminated: Mapping[str, Any]) -> str:
    """`exited with 137 (OOMKilled)`."""
    reason = terminated.get("reason")
    why = f" ({reason})" if reason not in (None, "", "Error") else ""
    return f"exited with {terminated['exitCode']}{why}"


def _again(status: Mapping[str, Any]) -> str:
    restarts = status.get("restartCount")
    return (
        f", restarted {counted(restarts, 'time')}" if isinstance(restarts, int) and restarts else ""
    )


def _waits_for_claims(pod: Resource, snapshot: Snapshot) -> str:
    """The claims, live here, for which it has no node: `; PersistentVolumeClaim data Pending...`"""
    claims = snapshot.table(pod.key.environment, CLAIM)
    names = _claims(pod)
    unbound = [
        f"; PersistentVolumeClaim {claim.key.name} {why}"
        for claim in claims.values()
        if claim.key.namespace == pod.key.namespace and claim.key.name in names
        for why in (claim_trouble(claim, snapshot),)
        if why
    ]
    return "".join(sorted(unbound))


def _claims(pod: Resource) -> frozenset[str]:
    volumes = pod.spec.get("volumes")
    sources = (
        _mapping(_mapping(volume).get("persistentVolumeClaim"))
        for volume in (volumes if isinstance(volumes, list) else [])
    )
    return frozenset(str(source.get("claimName")) for source in sources if source)


def _containers(pod: Resource) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """(what it is, its status), init containers first."""
    for word, field in (
        ("init container", "initContainerStatuses"),
        ("container", "containerStatuses"),
    ):
        statuses = pod.status.get(field)
        for status in statuses if isinstance(statuses, list) else []:
            if isinstance(status, Mapping):
                yield word, status


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
