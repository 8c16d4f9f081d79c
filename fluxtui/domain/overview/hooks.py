"""Helm's hooks that a release waits for: no inventory has them, and Flux is silent until a timeout.

A hook is a Job with `helm.sh/hook` in the release's namespace, made since the run began, that says
of which release it is: by Flux's owner labels, which newer controllers set on hooks too, else by
Helm's annotation, else by the label `app.kubernetes.io/instance` of most charts. One that names
nobody blames nobody. Only Jobs that the Engine has live are looked at. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from fluxtui.domain import kinds
from fluxtui.domain.board import ChainNode, ObjectLine
from fluxtui.domain.kinds import appliers, releases
from fluxtui.domain.overview.judgement import object_lines
from fluxtui.domain.resource import Resource
from fluxtui.domain.snapshot import Snapshot
from fluxtui.kit.moments import seconds

JOB = ("batch", "Job")
HOOK, INSTANCE = "helm.sh/hook", "app.kubernetes.io/instance"
_RELEASE = "meta.helm.sh/release-name"
_RELEASE_SPACE = "meta.helm.sh/release-namespace"
_SKEW = 5.0  # seconds between a condition and what was made because of it


def may_wait(resource: Resource) -> bool:
    """Whether it is a release that is being made now."""
    if not releases.has_releases(resource.key):
        return False  # most of them: their conditions need not be read
    ready = resource.condition("Ready")
    return ready is not None and ready.status == "Unknown"


def releasing(nodes: Iterable[ChainNode], snapshot: Snapshot) -> tuple[ChainNode, ...]:
    """Those that a release is being made of now."""
    pairs = ((node, snapshot.get(node.key)) for node in nodes)
    return tuple(node for node, resource in pairs if resource is not None and may_wait(resource))


def hook_lines(resource: Resource, snapshot: Snapshot) -> tuple[ObjectLine, ...]:
    """The hooks of its run that have not ended well, as objects of it: why each is not done."""
    hooks = {job.key: job for job in _hooks(resource, snapshot)} if may_wait(resource) else {}
    return tuple(_told(hooks[line.key], line) for line in object_lines(hooks, snapshot))


def _told(job: Resource, line: ObjectLine) -> ObjectLine:
    return replace(line, message=f"hook {job.annotations[HOOK]}: {line.message or line.status}")


def _hooks(resource: Resource, snapshot: Snapshot) -> Iterator[Resource]:
    ready = resource.condition("Ready")
    began = seconds(ready.last_transition) if ready is not None else None
    place = releases.released_as(resource)[1]
    for job in snapshot.table(resource.key.environment, JOB).values():
        if job.key.namespace != place or HOOK not in job.annotations or _is_done(job):
            continue
        made = seconds(job.created)
        if began is None or made is None or made < began - _SKEW:
            continue
        if _is_of(job, resource):
            yield job


def _is_of(job: Resource, release: Resource) -> bool:
    """Whether that Job says that it is of that release."""
    owner = appliers.named_owner(job, kinds.of(release.key))
    if owner is not None:
        return owner == release.key
    name, place = releases.released_as(release)
    named = job.annotations.get(_RELEASE, "") or job.labels.get(INSTANCE, "")
    return (named, job.annotations.get(_RELEASE_SPACE, place)) == (name, place)


def _is_done(job: Resource) -> bool:
    complete = job.condition("Complete")
    return complete is not None and complete.status == "True"
