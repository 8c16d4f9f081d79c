"""What the programs of the World's Pods write: log lines worth reading, from the Pod alone.

The demo teaches how a failure reads, so a container that fails says why with its last words, as a
real one would. Everything follows from the Pod's status (who started when, ended how) and its
image: the same Pod writes the same lines, however often it is asked. It must not keep state.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from fluxtui.kit.moments import seconds
from fluxtui.world.simulator import fates

Json = dict[str, Any]

STEP = timedelta(milliseconds=40)
"""Between two lines of a start."""
BEAT = timedelta(seconds=5)
"""Between two lines of a program that does its work."""

_START = (
    'level=info msg="starting" program={name} version={tag}',
    'level=info msg="configuration loaded" files=1',
)
_HTTP = (
    'level=info msg="listening" address=:8080',
    'level=info msg="GET /v1/activities" status=200 duration={n}ms',
    'level=info msg="POST /v1/activities" status=201 duration={n}ms',
    'level=info msg="GET /v1/activities/{n}" status=200 duration=3ms',
    'level=warn msg="GET /v1/search" status=200 duration=1{n}7ms slow=true',
)
_WORKER = (
    'level=info msg="subscribed" queue=events',
    'level=info msg="batch processed" events={n} duration=41ms',
    'level=info msg="batch processed" events=1{n} duration=77ms',
    'level=info msg="checkpoint written" offset=90{n}1',
)
_NGINX = (
    "start worker processes",
    '10.244.0.{n} "GET / HTTP/1.1" 200 1824',
    '10.244.0.{n} "GET /assets/app.js HTTP/1.1" 200 182331',
    '10.244.0.{n} "GET /healthz HTTP/1.1" 200 2',
)
_DATABASE = (
    "<Information> Application: Ready for connections.",
    "<Debug> MergeTask: Merged 6 parts of activity.events in 0.0{n} sec.",
    "<Information> executeQuery: Read 40{n} rows, 1.2 MiB in 0.01{n} sec.",
)
_QUEUE = (
    "[INF] Server is ready",
    "[INF] JetStream: 2 streams, {n} consumers",
    "[DBG] Client connected cid:{n}",
)
_MIGRATION = (
    "001-audit-log: recorded already",
    "002-activities: recorded already",
    "003-search-index: recorded already",
)
_LAST_WORDS = {
    fates.CRASH: (
        'level=info msg="connecting" to=clickhouse:9000',
        'level=error msg="cannot start" error="required key storage.retention is not set" '
        "file=/etc/{name}/config.toml line=14",
        "panic: configuration is not complete",
        "",
        "goroutine 1 [running]:",
        "main.mustLoad(...)",
        "        /src/cmd/{name}/main.go:61",
        "main.main()",
        "        /src/cmd/{name}/main.go:24 +0x1d4",
    ),
    # The kernel kills without a word: what is there to read came before.
    fates.OUT_OF_MEMORY: (
        'level=info msg="loading cache" entries=1840000',
        'level=warn msg="memory is running out" used=201MiB limit=256MiB',
        'level=warn msg="memory is running out" used=249MiB limit=256MiB',
    ),
}
_FAILED_MIGRATION = (
    *_MIGRATION,
    "004-retention: applying",
    "Received exception from server (version 25.8.3):",
    "Code: 62. DB::Exception: Syntax error: failed at position 61 ('TLL') (line 2, col 20): "
    "TLL created + INTERVAL 90 DAY. Expected one of: TTL, ORDER BY, SETTINGS. (SYNTAX_ERROR)",
    "004-retention: FAILED, nothing of it was recorded",
)
_NOT_READY = 'level=warn msg="GET /readyz" status=503 check=database error="no migrations table"'


class NotStartedError(Exception):
    """There is no log; the text is a kubelet's."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """One line, and when it was written."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class _ContainerRun:
    """One run of a container; `end` None: it goes on, `code` is how it ended."""

    begin: datetime
    end: datetime | None
    code: int = 0


def spoken(pod: Json, name: str, now: datetime, *, previous: bool = False) -> list[Spoken]:
    """All lines of a container's present (or previous) run until `now`. Raises NotStartedError."""
    container, init = _container(pod, name)
    run = _run(pod, name, previous=previous)
    fault = fates.fault_of(pod, container)
    image = str(container.get("image") or "")
    lines = [
        Spoken(run.begin + STEP * number, text.format(name=name, tag=_tag(image)))
        for number, text in enumerate(_first(name, image, fault, run))
    ]
    until = run.end or now
    if run.end is None and not _ends(pod, init):
        lines += _working(pod, name, image, fault, run.begin + STEP * len(lines), until)
    return lines


def containers(pod: Json) -> list[str]:
    """Names of the containers that may be asked for, init containers last."""
    spec = pod.get("spec") or {}
    return [
        str(c.get("name"))
        for field in ("containers", "initContainers")
        for c in spec.get(field) or ()
    ]


def _container(pod: Json, name: str) -> tuple[Mapping[str, Any], bool]:
    spec = pod.get("spec") or {}
    for field in ("containers", "initContainers"):
        for container in spec.get(field) or ():
            if container.get("name") == name:
                return container, field == "initContainers"
    raise NotStartedError(f"container {name} is not valid for pod {pod['metadata']['name']}")


def _run(pod: Json, name: str, *, previous: bool) -> _ContainerRun:
    status = pod.get("status") or {}
    entries = [
        *(status.get("containerStatuses") or ()),
        *(status.get("initContainerStatuses") or ()),
    ]
    entry: Json = next((e for e in entries if e.get("name") == name), {})
    state, before = entry.get("state") or {}, (entry.get("lastState") or {}).get("terminated")
    over = before if previous else state.get("terminated") or before
    if "running" in state and not previous:
        return _ContainerRun(_time(state["running"]["startedAt"]), None)
    pod_name = pod["metadata"]["name"]
    if over:
        code = int(over.get("exitCode") or 0)
        return _ContainerRun(_time(over["startedAt"]), _time(over["finishedAt"]), code)
    if previous:
        raise NotStartedError(
            f'previous terminated container "{name}" in pod "{pod_name}" not found'
        )
    reason = str((state.get("waiting") or {}).get("reason") or "ContainerCreating")
    if reason in ("ErrImagePull", "ImagePullBackOff"):
        reason = "trying and failing to pull image"
    raise NotStartedError(f'container "{name}" in pod "{pod_name}" is waiting to start: {reason}')


def _first(name: str, image: str, fault: str, run: _ContainerRun) -> tuple[str, ...]:
    """What it writes when it starts, and its last words when it ended badly."""
    if "migrat" in name:
        if run.code:
            return _FAILED_MIGRATION
        lines = () if run.end is None else ("004-retention: done in 12 ms", "4 of 4 recorded")
        return (*_MIGRATION, *lines)
    if fault in _LAST_WORDS:
        return (*_START, *_LAST_WORDS[fault])
    return (*_START, _work(name, image)[0]) if _own(image) else (_work(name, image)[0],)


def _working(
    pod: Json, name: str, image: str, fault: str, begin: datetime, until: datetime
) -> Iterator[Spoken]:
    lines = (_NOT_READY,) if fault == fates.NEVER_READY else _work(name, image)[1:]
    if fault in _LAST_WORDS:
        return
    seed = f"{pod['metadata'].get('uid')}/{name}"
    for number in count(1):
        at = begin + BEAT * number
        if at > until:
            return
        dice = hashlib.sha256(f"{seed}/{number}".encode()).digest()
        yield Spoken(at, lines[dice[0] % len(lines)].format(n=dice[1] % 90 + 10))


def _work(name: str, image: str) -> tuple[str, ...]:
    for word, lines in (
        ("clickhouse", _DATABASE),
        ("nats", _QUEUE),
        ("ui", _NGINX),
        ("web", _NGINX),
        ("worker", _WORKER),
        ("processor", _WORKER),
        ("digest", _WORKER),
    ):
        if word in name or word in image.rpartition("/")[2]:
            return lines
    return _HTTP


def _own(image: str) -> bool:
    """An image of the team's, not one of a product that has a style of its own."""
    return not any(word in image for word in ("clickhouse", "nats", "nginx"))


def _ends(pod: Json, init: bool) -> bool:
    owners = pod["metadata"].get("ownerReferences") or ()
    return init or any(owner.get("kind") == "Job" for owner in owners)


def _tag(image: str) -> str:
    return image.partition("@")[0].rpartition("/")[2].partition(":")[2] or "latest"


def _time(text: str) -> datetime:
    return datetime.fromtimestamp(seconds(text) or 0.0, UTC)
