"""Reconcile: ask the controllers to look now; one object, with its source, or a chain in order."""

from __future__ import annotations

from fluxtui.commands.candidates import next_cautions
from fluxtui.commands.command import Context, Values
from fluxtui.commands.planning import plan_for
from fluxtui.commands.safety import read_only_reason
from fluxtui.commands.subject import in_order, no_object, object_of, source_of
from fluxtui.domain import kinds
from fluxtui.domain.errors import UsageError
from fluxtui.domain.kinds import appliers, sources, suspended
from fluxtui.domain.plan import AT_WRITE, AnyStep, AwaitStep, Plan, RequestReconcile, Until
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.roles import users_of

NO_UNDO = "a reconciliation cannot be taken back; it changes nothing that is not already declared"


def request(resource: Resource, number: int, needs: tuple[str, ...]) -> list[AnyStep]:
    """The two Steps that ask one object and wait until it has answered."""
    name = resource.key.label
    ask = RequestReconcile(
        f"request-{number}",
        f"ask {name} to reconcile",
        needs,
        NO_UNDO,
        target=resource.key,
        at=AT_WRITE,
    )
    wait = AwaitStep(
        f"handled-{number}",
        f"wait until {name} has reconciled",
        (ask.id,),
        target=resource.key,
        until=Until.HANDLED,
        value=AT_WRITE,
        timeout=900.0,
    )
    return [ask, wait]


def requests(resources: tuple[Resource, ...], needs: tuple[str, ...] = ()) -> list[AnyStep]:
    """Ask several in dependsOn order: each the moment what it depends on has answered."""
    steps: list[AnyStep] = []
    waits: dict[object, str] = {}
    for number, resource in enumerate(resources, start=1):
        source = appliers.source(resource)
        before = (*appliers.depends_on(resource), *((source,) if source else ()))
        after = tuple(waits[key] for key in before if key in waits) or needs
        steps += request(resource, number, after)
        waits[resource.key] = f"handled-{number}"
    return steps


def one(context: Context) -> tuple[Resource, ...]:
    """The object meant, alone."""
    resource = object_of(context)
    return (resource,) if resource else ()


def with_source(context: Context) -> tuple[Resource, ...]:
    """The source, then what is meant of its users, dependencies first."""
    source = source_of(context)
    if source is None:
        return ()
    if context.target.applier is not None:
        resource = context.snapshot.get(context.target.applier)
        return (source, resource) if resource else ()
    return (source, *in_order(users_of(context.snapshot, source.key)))


def chain(context: Context) -> tuple[Resource, ...]:
    """The source and every Kustomization that uses it, dependencies first."""
    source = source_of(context)
    if source is None:
        return ()
    members = in_order(users_of(context.snapshot, source.key))
    return (source, *members)


def refusal(context: Context, members: tuple[Resource, ...]) -> str | None:
    """Why these cannot be asked now."""
    if not members:
        return no_object(context)
    deaf = next((r.key for r in members if not _hears(r.key)), None)
    if deaf is not None:
        return f"a {deaf.kind} cannot be asked to reconcile"
    # Of a whole Service, suspended members are left out with a warning; what is named is refused.
    targets = members if context.target.applier is not None else members[:1]
    paused = next((r for r in (members[0], *targets) if suspended(r)), None)
    if paused is not None:
        return f"{paused.key.label} is suspended: resume it first (a request would be ignored)"
    return read_only_reason(context, (members[0].key.environment,))


def _hears(key: Key) -> bool:
    kind = kinds.of(key)
    return kind is not None and kind.reconciles


def _plan(context: Context, values: Values, command: str, members: tuple[Resource, ...]) -> Plan:
    if not members:
        raise UsageError(no_object(context))
    environment = members[0].key.environment
    skipped = tuple(r for r in members[1:] if suspended(r))
    active = tuple(r for r in members if r not in skipped)
    effects = [f"{r.key.label} is reconciled now" for r in active]
    source = next((r for r in active if sources.is_source(r.key)), None)
    line = context.snapshot.board.line(source.key) if source else None
    if line is not None and line.would_pick:
        effects.insert(0, f"{environment} would pick {line.would_pick}")
    return plan_for(
        context,
        values,
        command,
        f"reconcile {members[0].key.label} in {environment}",
        requests(active),
        effects=effects,
        warnings=(
            *(f"{r.key.label} is suspended and is left out" for r in skipped),
            *next_cautions(context, *active),
        ),
    )


def reconcile_plan(context: Context, values: Values) -> Plan:
    """Ask one object."""
    return _plan(context, values, "reconcile", one(context))


def source_plan(context: Context, values: Values) -> Plan:
    """Ask the source, then its users."""
    return _plan(context, values, "reconcile-with-source", with_source(context))


def chain_plan(context: Context, values: Values) -> Plan:
    """Ask the whole chain, each as soon as it can."""
    return _plan(context, values, "reconcile-chain", chain(context))
