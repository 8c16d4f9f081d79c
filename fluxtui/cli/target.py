"""What a person means by `activity`, `ks/activity-ui` or `ocirepo/ns/name`: text to a Target.

A Service may be named by its whole path or by its last part, when only one ends so. Anything that
fits several things is refused with the candidates: guessing is for machines that pay no price.
"""

from __future__ import annotations

from fluxtui.commands.command import Target
from fluxtui.domain.errors import UsageError
from fluxtui.domain.kinds import by_short, kustomization
from fluxtui.domain.kinds.kind import Kind
from fluxtui.domain.resource import Key
from fluxtui.domain.snapshot import Snapshot


def find(text: str, environment: str, snapshot: Snapshot) -> Target:
    """The Target of `text` in `environment` ("" = any). Raises UsageError with candidates."""
    if not text:
        return Target(environment=environment)
    word, slash, rest = text.partition("/")
    kind = by_short(word) if slash else None
    if kind is not None:
        return _object(kind, rest, environment, snapshot)
    names = [row.service for row in snapshot.board.rows]
    found = [n for n in names if n == text] or [n for n in names if n.rpartition("/")[2] == text]
    if len(found) == 1:
        return Target(environment=environment, service=found[0])
    if found:
        raise UsageError(f"{text!r} fits several services", next=f"one of {', '.join(found)}")
    unread = "".join(
        f"; {name} cannot be reached: {why}" for name, why in snapshot.unreachable.items()
    )
    raise UsageError(
        f"there is no service {text!r}", next=f"known: {', '.join(names) or 'none yet'}{unread}"
    )


def _object(kind: Kind, rest: str, environment: str, snapshot: Snapshot) -> Target:
    namespace, slash, name = rest.rpartition("/")
    keys = [
        r.key
        for r in snapshot.of_kind(kind)
        if r.key.name == name
        and (not slash or r.key.namespace == namespace)
        and (not environment or r.key.environment == environment)
    ]
    where = f" in {environment}" if environment else ""
    if not keys:
        raise UsageError(f"there is no {kind.kind} {rest}{where}")
    if len(keys) > 1:
        raise UsageError(
            f"{kind.kind} {rest} is there {len(keys)} times",
            next=f"say which: {'; '.join(str(k) for k in sorted(keys))}",
        )
    return target_of(keys[0], snapshot)


def target_of(key: Key, snapshot: Snapshot) -> Target:
    """The Target of an object: its source and Service are filled in."""
    resource = snapshot.get(key)
    is_member = key.kind == kustomization.KIND.kind
    source = kustomization.source(resource) if is_member and resource else key
    service = next(
        (
            row.service
            for row in snapshot.board.rows
            for line in row.lines.get(key.environment, ())
            if line.source == source or key in line.kustomizations
        ),
        "",
    )
    return Target(
        environment=key.environment,
        service=service,
        source=source,
        kustomization=key if is_member else None,
    )
