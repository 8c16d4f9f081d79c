"""Where the screen opens: the Target of the command line, once the objects it names are known.

`ks/NAME` comes without a namespace and often without an Environment; the Snapshot fills them in.
Pure.
"""

from __future__ import annotations

from fluxtui.commands.command import Target
from fluxtui.commands.subject import named
from fluxtui.domain.kinds import sources
from fluxtui.domain.knowledge import FeedState
from fluxtui.domain.resource import Key
from fluxtui.domain.snapshot import Snapshot

HOME = "versions"


def resolved(snapshot: Snapshot, target: Target) -> tuple[Target | None, str]:
    """Where to go, with the gaps filled, or what to say instead; neither while it may yet come.

    Nothing is chosen for a person: what two namespaces have is asked back, with both names. An
    Environment that was not said is the first that has it, for the screen shows them all.
    """
    if not _is_listed(snapshot, target):
        return None, ""
    key = target.object
    return _service(snapshot, target) if key is None else _object(snapshot, target, key)


def _is_listed(snapshot: Snapshot, target: Target) -> bool:
    """Whether all that could be meant is known, as far as it can be."""
    key = target.object
    environment = target.environment or (key.environment if key else "")
    feeds = [f for f in snapshot.feeds if key is None or f.kind == (key.group, key.kind)]
    for place in snapshot.config.environments:
        if environment not in ("", place.name) or place.name in snapshot.unreachable:
            continue
        states = [feed.state for feed in feeds if feed.environment == place.name]
        if (feeds and not states) or {FeedState.STARTING, FeedState.RETRYING} & set(states):
            return False
    return True


def _service(snapshot: Snapshot, target: Target) -> tuple[Target | None, str]:
    rows = [row for row in snapshot.board.rows if row.service == target.service] or [
        row for row in snapshot.board.rows if row.service.rpartition("/")[2] == target.service
    ]
    if len(rows) > 1:
        names = " and ".join(row.service for row in rows)
        return None, f"{names} end in {target.service}: say which"
    if not rows:
        return None, f"there is no service {target.service}" if snapshot.feeds else ""
    return Target(target.environment or next(iter(rows[0].lines), ""), rows[0].service), ""


def _object(snapshot: Snapshot, target: Target, key: Key) -> tuple[Target | None, str]:
    environment = target.environment or key.environment
    for name in [environment] if environment else list(snapshot.resources):
        keys = [
            k
            for k in snapshot.table(name, (key.group, key.kind))
            if k.name == key.name and key.namespace in ("", k.namespace)
        ]
        if len(keys) > 1:
            names = " and ".join(sorted(f"{k.namespace}/{k.name}" for k in keys))
            # Among its Kustomizations both can be seen, and one be chosen.
            chain = Target(name) if target.applier is not None else None
            return chain, f"{name} has {names}: say which, with its namespace"
        if keys and target.applier is not None:
            return Target(name, "", keys[0]), ""
        if keys:
            return named(snapshot, keys[0]), ""
    where = f" in {environment}" if environment else ""
    return None, f"there is no {key.label}{where}" if snapshot.feeds else ""


def view_of(target: Target) -> str:
    """The view that shows what was named best."""
    if target.object is None:
        return HOME
    if sources.is_tagged(target.object):
        return "tags"
    delivers = target.applier is not None or target.source is not None
    return "chain" if delivers else "objects"


def is_said(target: Target) -> bool:
    """Whether the command line named something to go to."""
    return bool(target.service or target.object)
