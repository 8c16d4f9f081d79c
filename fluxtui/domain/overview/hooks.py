"""Helm's hooks that a release waits for: no inventory has them, and Flux is silent until a timeout.

A hook is a Job with `helm.sh/hook` in the release's namespace, made since the run began; the label
`app.kubernetes.io/instance` says of whom, where a chart sets it. Only Jobs that the Engine has live
are looked at. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from fluxtui.domain.board import ChainNode, ObjectLine
from fluxtui.domain.kinds import releases
from fluxtui.domain.overview.judgement import object_lines
from fluxtui.domain.resource import Resource
from fluxtui.domain.snapshot import Snapshot
from fluxtui.kit.moments import seconds

JOB = ("batch", "Job")
HOOK, INSTANCE = "helm.sh/hook", "app.kubernetes.io/instance"
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
    name, place = releases.released_as(resource)
    for job in snapshot.table(resource.key.environment, JOB).values():
        if job.key.namespace != place or HOOK not in job.annotations or _is_done(job):
            continue
        made = seconds(job.created)
        if began is None or made is None or made < began - _SKEW:
            continue
        instance = job.labels.get(INSTANCE, "")
        if instance in ("", name):
            yield job


def _is_done(job: Resource) -> bool:
    complete = job.condition("Complete")
    return complete is not None and complete.status == "True"
