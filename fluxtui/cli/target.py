"""What a person means by `activity`, `ks/activity-ui` or `ocirepo/ns/name`: text to a Target.

A Service may be named by its whole path or by its last part, when only one ends so. Anything that
fits several things is refused with the candidates: guessing is for machines that pay no price.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fluxtui.cli.nearest import nearest
from fluxtui.cli.patience import FEEDS, within
from fluxtui.commands.target import Target
from fluxtui.domain import roles
from fluxtui.domain.errors import ClusterError, FluxtuiError, UsageError
from fluxtui.domain.kinds import ALL, APPLIERS, TAGGED, by_short
from fluxtui.domain.kinds.kind import Kind
from fluxtui.domain.knowledge import Knowing, Knowledge
from fluxtui.domain.known import kind_known
from fluxtui.domain.resource import Key
from fluxtui.domain.snapshot import Snapshot

_BOARD = (*TAGGED, *APPLIERS)  # what a Service is made of
# What people may type, as flux and kubectl know it, and no verb is about.
OTHER_KINDS = frozenset({
    "bucket", "buckets", "cm", "configmap", "deploy", "deployment", "deployments", "hc",
    "helmchart", "helmrelease", "helmrepo", "helmrepository", "hr", "job", "ns", "namespace", "po",
    "pod", "pods", "secret", "sts", "svc",
})  # fmt: skip


def find(text: str, environment: str, snapshot: Snapshot) -> Target:
    """The Target of `text` in `environment` ("" = any). Raises UsageError with candidates."""
    if not text:
        return Target(environment=environment)
    word, slash, path = text.partition("/")
    kind = by_short(word) if slash else None
    if kind is not None:
        return _object(kind, path, environment, snapshot)
    return _service(text, environment, snapshot)


def _service(text: str, environment: str, snapshot: Snapshot) -> Target:
    names = [row.service for row in snapshot.board.rows]
    fitting = [n for n in names if n == text] or [n for n in names if n.rpartition("/")[2] == text]
    if len(fitting) == 1:
        return Target(environment=environment, service=fitting[0])
    if fitting:
        raise UsageError(f"{text!r} fits several services", next=f"one of {', '.join(fitting)}")
    kind = text.lower().partition("/")[0].partition(".")[0]
    if "/" in text and kind in OTHER_KINDS:
        kinds = ", ".join(f"{k.short}/NAME" for k in ALL)
        raise UsageError(f"{text} is of a kind that no verb takes", next=f"verbs take {kinds}")
    near = nearest(text, [*names, *(n.rpartition("/")[2] for n in names)])
    hint = f"did you mean {near}? " if near else ""
    raise _absent(
        f"a service {text!r}",
        f"{hint}known: {', '.join(names) or 'none'}",
        environment,
        snapshot,
    )


def _absent(
    subject: str, next: str, environment: str, snapshot: Snapshot, kinds: Sequence[Kind] = _BOARD
) -> FluxtuiError:
    """That it is not there; where not all of `kinds` could be read, that this is not known."""
    names = [e.name for e in snapshot.config.environments if environment in ("", e.name)]
    there = f" in {environment}" if environment and kinds is not _BOARD else ""
    return unknown(f"there is {subject}", names, snapshot, kinds) or UsageError(
        f"there is no {subject.removeprefix('a ')}{there}", next=next + _narrow(snapshot)
    )


def unknown(
    clause: str, names: Sequence[str], snapshot: Snapshot, kinds: Sequence[Kind]
) -> FluxtuiError | None:
    """That it is not known whether `clause` is true, which was seen nowhere in these Environments:
    in one of them not all of `kinds` could be read. None where all were."""
    unread = _not_read(snapshot, names, kinds)
    if not unread:
        return None
    elsewhere = [name for name in names if name not in unread]
    away = f" (it is not in {', '.join(elsewhere)})" if elsewhere else ""
    steps = dict.fromkeys(knowledge.step for knowledge in unread.values() if knowledge.step)
    return ClusterError(
        f"whether {clause} is not known{away}: {_reasons(unread)}",
        where=", ".join(unread),
        next="; ".join(steps),
    )


def _not_read(
    snapshot: Snapshot, names: Sequence[str], kinds: Sequence[Kind]
) -> dict[str, Knowledge]:
    """Of these Environments those where not all of `kinds` could be read."""
    unread = {}
    for name in names:
        knowledge = max((kind_known(snapshot, name, k.id) for k in kinds), key=lambda k: k.state)
        if knowledge.state not in (Knowing.KNOWN, Knowing.ABSENT):
            unread[name] = knowledge
    return unread


def _reasons(unread: Mapping[str, Knowledge]) -> str:
    silence = f"gave no answer {within(FEEDS)}"
    return "; ".join(
        f"{name} {silence if knowledge.pending else knowledge.clause}"
        for name, knowledge in unread.items()
    )


def refuse_unread(text: str, found: Sequence[str], snapshot: Snapshot) -> None:
    """Raises UsageError where `text` may be in more Environments than `found`, as one of them could
    not be read: an outage must not say which of several is meant."""
    kind = by_short(text.partition("/")[0]) if "/" in text else None
    names = [e.name for e in snapshot.config.environments]
    unread = _not_read(snapshot, names, (kind,) if kind is not None else _BOARD)
    if len(names) > 1 and unread:
        fitting = [name for name in names if name in found or name in unread]
        raise UsageError(
            f"in which environment? {text!r} may be in more than {', '.join(found)}:"
            f" {_reasons(unread)}",
            next=f"-e {' or -e '.join(fitting)}",
        )


def _narrow(snapshot: Snapshot) -> str:
    """Where it may be after all."""
    return "".join(
        f"; {e.name} was looked into in {', '.join(e.namespaces)} only: -A looks into all"
        for e in snapshot.config.environments
        if e.namespaces
    )


def _object(kind: Kind, path: str, environment: str, snapshot: Snapshot) -> Target:
    namespace, slash, name = path.rpartition("/")
    present = [
        r.key for r in snapshot.of_kind(kind) if not environment or r.key.environment == environment
    ]
    keys = [k for k in present if k.name == name and (not slash or k.namespace == namespace)]
    if not keys:
        near = nearest(name, sorted({k.name for k in present}))
        typed = sorted(f"{kind.short}/{k.namespace}/{k.name}" for k in present if k.name == near)
        lists = f"fluxtui chain -e {environment}" if environment else "fluxtui chain"
        hint = f"did you mean {typed[0]}?" if near else f"{lists} lists them"
        raise _absent(f"a {kind.kind} {path}", hint, environment, snapshot, (kind,))
    if len(keys) > 1:
        ways = " or ".join(
            f"{kind.short}/{k.namespace}/{k.name} -e {k.environment}" for k in sorted(keys)
        )
        many = f"{len(keys)} objects are called {kind.kind} {path}"
        raise UsageError(many, next=f"say which: {ways}")
    return target_of(keys[0], snapshot)


def target_of(key: Key, snapshot: Snapshot) -> Target:
    """The Target of an object: its Service is filled in."""
    source = roles.source_key(snapshot, key)
    service = next(
        (
            row.service
            for row in snapshot.board.rows
            for line in row.lines.get(key.environment, ())
            if line.key in (key, source) or key in line.appliers
        ),
        "",
    )
    return Target(key.environment, service, key)
