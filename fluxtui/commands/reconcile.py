"""Reconcile: ask the controllers to look now; one object, with its source, or a chain in order.

A request may carry a demand (force, reset). What no controller looks at is passed by, and what it
stands on is asked in its place.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace

from fluxtui.commands.command import Context, Values
from fluxtui.commands.planning import plan_for
from fluxtui.commands.safety import read_only_reason
from fluxtui.commands.subject import in_order, no_object, object_of, source_of
from fluxtui.domain import kinds, roles
from fluxtui.domain.errors import UsageError
from fluxtui.domain.feeding import feeders
from fluxtui.domain.kinds import appliers, is_static, sources, suspended
from fluxtui.domain.plan import AT_WRITE, AnyStep, AwaitStep, Plan, RequestReconcile, Until
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.snapshot import Snapshot

NO_UNDO = "a reconciliation cannot be taken back; it changes nothing that is not already declared"


def request(
    resource: Resource, number: int, needs: tuple[str, ...], demands: tuple[str, ...] = ()
) -> list[AnyStep]:
    """The two Steps that ask one object and wait until it has answered."""
    name = resource.key.label
    more = f" ({', '.join(demands)})" if demands else ""
    ask = RequestReconcile(
        f"request-{number}",
        f"ask {name} to reconcile{more}",
        needs,
        NO_UNDO,
        target=resource.key,
        at=AT_WRITE,
        demands=demands,
    )
    wait = AwaitStep(
        f"handled-{number}",
        f"wait until {name} has reconciled{more}",
        (ask.id,),
        target=resource.key,
        until=Until.HANDLED,
        value=AT_WRITE,
        timeout=900.0,
        demands=demands,
    )
    return [ask, wait]


def _requests(
    snapshot: Snapshot, resources: tuple[Resource, ...], demands: tuple[str, ...]
) -> list[AnyStep]:
    """Ask several: each the moment what it depends on and what it stands on have answered. What is
    demanded is demanded of the last of them."""
    steps: list[AnyStep] = []
    waits: dict[Key, str] = {}
    for number, resource in enumerate(resources, start=1):
        after = tuple(dict.fromkeys(waits[key] for key in before(snapshot, resource.key, waits)))
        is_last = number == len(resources)
        steps += request(resource, number, after, demands if is_last else ())
        waits[resource.key] = f"handled-{number}"
    return steps


def before(snapshot: Snapshot, key: Key, asked: Collection[Key]) -> tuple[Key, ...]:
    """Which of those that are asked come before it: the nearest that it depends on or stands on."""
    resource = snapshot.get(key)
    if resource is None:
        return ()
    needed = _asked_by(snapshot, resource, asked, {key}, appliers.depends_on)
    above = _asked_by(snapshot, resource, asked, {key}, feeders)
    return tuple(dict.fromkeys((*needed, *above)))


def _asked_by(
    snapshot: Snapshot,
    resource: Resource,
    asked: Collection[Key],
    seen: set[Key],
    needs: Callable[[Resource], tuple[Key, ...]],
) -> Iterator[Key]:
    """The nearest of what it needs that is asked; what is passed by is looked through."""
    for key in needs(resource):
        above = snapshot.get(key)
        if key in asked:
            yield key
        elif above is not None and key not in seen:
            seen.add(key)
            yield from _asked_by(snapshot, above, asked, seen, needs)


def one(context: Context) -> tuple[Resource, ...]:
    """The object meant, alone."""
    resource = object_of(context)
    return (resource,) if resource else ()


def with_source(context: Context) -> tuple[Resource, ...]:
    """What is meant behind all that it stands on; of a source also what stands on it."""
    subject = _subject(context)
    if subject is None:
        return ()
    above = roles.stands_on(context.snapshot, subject)
    return (*above, subject, *_below(context.snapshot, subject))


def chain(context: Context) -> tuple[Resource, ...]:
    """The source and all that stands on it, dependencies first."""
    source = _root(context)
    return (source, *_below(context.snapshot, source)) if source is not None else ()


def _subject(context: Context) -> Resource | None:
    """What is asked last; None when there is nothing that it could be asked with."""
    resource = object_of(context)
    if resource is None or sources.is_source(resource.key):
        return source_of(context)
    return resource if roles.stands_on(context.snapshot, resource) else None


def _root(context: Context) -> Resource | None:
    """The source that is meant; of what takes a chart the repository, as each has a chart of its
    own."""
    source, resource = source_of(context), object_of(context)
    if not _takes_a_chart(resource) or source is None:
        return source
    return next(iter(roles.stands_on(context.snapshot, source)), source)


def _takes_a_chart(resource: Resource | None) -> bool:
    if resource is None:
        return False
    return appliers.is_applier(resource.key) and not appliers.takes_bundles(resource.key)


def _below(snapshot: Snapshot, source: Resource) -> tuple[Resource, ...]:
    if not sources.is_source(source.key):
        return ()
    below = roles.standing_on(snapshot, source.key)
    between = tuple(r for r in below if not appliers.is_applier(r.key))
    return (*between, *in_order(tuple(r for r in below if appliers.is_applier(r.key))))


def _without(context: Context) -> str:
    """Why there is no source; also of the one object that a Service is in an Environment."""
    resource = object_of(context)
    if resource is not None:
        context = replace(context, target=replace(context.target, object=resource.key))
    return no_object(context)


def refusal(context: Context) -> str | None:
    """Why the object cannot be asked now."""
    resource = object_of(context)
    if resource is None:
        return no_object(context)
    return _deaf(context.snapshot, resource) or _held(context, (resource,))


def source_refusal(context: Context) -> str | None:
    """Why what is meant cannot be asked with its source now."""
    subject = _subject(context)
    if subject is None:
        return _without(context)
    if not any(map(_hears, with_source(context))):
        return _deaf(context.snapshot, subject)
    # Of a whole Service, suspended members are left out with a warning; what is named is refused.
    fed = appliers.source(subject)
    source = context.snapshot.get(fed) if fed is not None else None
    return _held(context, tuple(r for r in (source, subject) if r is not None))


def chain_refusal(context: Context) -> str | None:
    """Why the chain cannot be asked now."""
    source = _root(context)
    if source is None:
        return _without(context)
    if not _hears(source) and not any(map(_hears, chain(context))):
        return _deaf(context.snapshot, source)
    return _held(context, (source,))


def demand_refusal(context: Context, word: str) -> str | None:
    """Why that cannot be demanded of the object now."""
    resource = object_of(context)
    kind = kinds.of(resource.key) if resource is not None else None
    if kind is not None and word not in kind.demands:
        others = " or ".join(k.one for k in kinds.ALL if word in k.demands)
        return f"{kind.one} knows no {word}: {others} does"
    return refusal(context)


def demand_with_source_refusal(context: Context, word: str) -> str | None:
    """Why that cannot be demanded after its source was fetched."""
    return demand_refusal(context, word) or source_refusal(context)


def _deaf(snapshot: Snapshot, resource: Resource) -> str:
    """Why no request reaches it; "" when one does."""
    if _hears(resource):
        return ""
    kind, name = kinds.of(resource.key), resource.key.label
    if kind is not None and kind.reconciles:
        return (
            f"{name} cannot be asked to reconcile: it is an address, and no controller looks at it"
        )
    maker = next((r.key for r in roles.stands_on(snapshot, resource)[::-1] if _hears(r)), None)
    more = (
        f"; ask {maker.label}, which it comes from"
        if maker and sources.is_source(resource.key)
        else ""
    )
    return f"{kind.one if kind else name} cannot be asked to reconcile{more}"


def _hears(resource: Resource) -> bool:
    kind = kinds.of(resource.key)
    return kind is not None and kind.reconciles and not is_static(resource)


def _held(context: Context, members: tuple[Resource, ...]) -> str | None:
    paused = next((r for r in members if suspended(r)), None)
    if paused is not None:
        return f"{paused.key.label} is suspended: resume it first (a request would be ignored)"
    return read_only_reason(context, (members[0].key.environment,))


def _plan(
    context: Context,
    values: Values,
    command: str,
    members: tuple[Resource, ...],
    demands: tuple[str, ...] = (),
    subject: str = "",
) -> Plan:
    """`subject`: what is asked, in the words of the title; the first of the members else."""
    if not members:
        raise UsageError(_without(context))
    environment = members[0].key.environment
    heard = tuple(r for r in members if _hears(r))
    skipped = tuple(r for r in heard if suspended(r))
    active = tuple(r for r in heard if r not in skipped)
    if not active:
        raise UsageError(_deaf(context.snapshot, members[0]))
    effects = [f"{r.key.label} is reconciled now" for r in active]
    picks = (context.snapshot.board.line(r.key) for r in active if sources.is_source(r.key))
    effects[:0] = [f"{environment} would pick {p.would_pick}" for p in picks if p and p.would_pick]
    kind = kinds.of(active[-1].key)
    effects += [kind.demanded[word] for word in demands if kind and word in kind.demanded]
    return plan_for(
        context,
        values,
        command,
        f"reconcile {subject or active[0].key.label} in {environment}",
        _requests(context.snapshot, active, demands),
        effects=effects,
        warnings=(*(f"{r.key.label} is suspended and is left out" for r in skipped),),
    )


def reconcile_plan(context: Context, values: Values, demands: tuple[str, ...] = ()) -> Plan:
    """Ask one object, and what is demanded of it."""
    command = "-".join(("reconcile", *demands))
    return _plan(context, values, command, one(context), demands)


def source_plan(context: Context, values: Values, demands: tuple[str, ...] = ()) -> Plan:
    """Ask the source, then its users; what is demanded is demanded of the object that is meant."""
    command = "-".join(("reconcile-with-source", *demands))
    members = with_source(context)
    return _plan(context, values, command, members, demands, _meant(_subject(context), members))


def _meant(subject: Resource | None, members: tuple[Resource, ...]) -> str:
    """The object that is meant, and which others are asked with it."""
    if subject is None:
        return ""
    if members == (subject,):
        return subject.key.label
    more = "with its source" if members[-1] is subject else "and what it feeds"
    return f"{subject.key.label} {more}"


def chain_plan(context: Context, values: Values) -> Plan:
    """Ask the whole chain, each as soon as it can."""
    members = chain(context)
    subject = f"all that stands on {members[0].key.label}" if members else ""
    return _plan(context, values, "reconcile-chain", members, (), subject)
