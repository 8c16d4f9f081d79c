"""Finish or undo an act that is over: a Plan of the Steps that are not done, or of their undos.

Each Step is read back first (`domain/standing.py`): what is so is left out, what is as before is
planned anew with the versions of now, and where somebody has changed it since, the act is refused:
nothing is repeated blindly, and nobody else's change is taken back. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from fluxtui.commands.command import Context, Values
from fluxtui.commands.planning import plan_for
from fluxtui.commands.retagging import retagged
from fluxtui.domain.acts import succeeded, tally
from fluxtui.domain.ask import ComparePush, ListTags, Question, ReadFacts
from fluxtui.domain.counts import counted
from fluxtui.domain.errors import RefusedError, UsageError
from fluxtui.domain.following import TagEffects, registry_effects, tag_effects
from fluxtui.domain.kinds import suspended
from fluxtui.domain.patchfields import difference, touched
from fluxtui.domain.plan import (
    AT_WRITE,
    WRITES,
    AnyStep,
    ApplyStep,
    AwaitStep,
    DeleteStep,
    Outcome,
    PatchStep,
    Plan,
    PushStep,
    RegistryStep,
    RequestReconcile,
    TagStep,
    Until,
)
from fluxtui.domain.pushcontent import content_of
from fluxtui.domain.resource import Resource
from fluxtui.domain.snapshot import Act
from fluxtui.domain.standing import Stands, StepStanding, awaited, standing
from fluxtui.kit.mergepatch import merged

_NO_ACT = "no act is meant: choose one in the Journal, or name one: fluxtui journal"
_NO_WAY = "nothing is known that undoes it"
_LISTED = 12  # Steps that a refusal names
_ANEW = "look at it, and act anew on what is there now"


def whole_story(context: Context) -> Act | None:
    """The act that is meant, with what was done since to finish it."""
    act = context.target.act
    if act is None:
        return None
    later = [a for a in context.snapshot.acts if _finishes(a, _root(act))]
    receipts = tuple(r for one in later for r in one.receipts)
    started = {step: at for one in later for step, at in one.started.items()}
    done = {r.step for r in act.receipts if r.ok}
    more = tuple(r for r in receipts if r.step not in done)
    return replace(act, receipts=(*act.receipts, *more), started={**act.started, **started})


def _root(act: Act) -> str:
    """The id of the act that this one was begun to finish, else its own."""
    return act.plan.continues if act.plan.command == "finish" else act.plan.id


def _finishes(act: Act, root: str) -> bool:
    return act.plan.command == "finish" and act.plan.continues == root


def finish_refusal(context: Context) -> str | None:
    """Why there is nothing to finish."""
    act = whole_story(context)
    if act is None:
        return _NO_ACT
    if not act.finished:
        return f"{act.plan.title} is running{' in another terminal' if act.elsewhere else ''}"
    return f"{act.plan.title} is done: {tally(act)}" if succeeded(act) else None


def undo_refusal(context: Context) -> str | None:
    """Why there is nothing to undo."""
    act = whole_story(context)
    if act is None:
        return _NO_ACT
    if not act.finished:
        return f"{act.plan.title} is running{' in another terminal' if act.elsewhere else ''}"
    if not any(isinstance(step, WRITES) for step in act.plan.steps):
        return f"{act.plan.title} changed nothing"
    return None


def reason(context: Context) -> str:
    """Why it is undone, until somebody says it better."""
    act = context.target.act
    return f"undo of {act.plan.title}" if act is not None else ""


def questions(context: Context, _values: Values) -> tuple[Question, ...]:
    """What is read back of registries; of clusters the watch has it."""
    act = context.target.act
    steps = [s for s in act.plan.steps if isinstance(s, RegistryStep)] if act else []
    repositories = dict.fromkeys(step.repository for step in steps)
    listing = (ListTags(repository) for repository in repositories)
    facts = (
        ReadFacts(repository, tuple(s.tag for s in steps if s.tag and s.repository == repository))
        for repository in repositories
    )
    pushes = (ComparePush(content_of(step)) for step in steps if isinstance(step, PushStep))
    return (*listing, *facts, *pushes)


def finish_plan(context: Context, _values: Values) -> Plan:
    """The Steps that are not done, as they have to be now."""
    act = _required(context)
    stands = {step.id: standing(step, act, context.snapshot) for step in act.plan.steps}
    done = {s.id for s in act.plan.steps if _is_done(s, act, stands[s.id])}
    remaining = [step for step in act.plan.steps if step.id not in done]
    if not remaining:
        seen = "; ".join(dict.fromkeys(_read_back(act, stands, done)))
        why = f"nothing is left to do: {seen or tally(act)}"
        raise RefusedError(why, where=act.plan.title, next="nothing was written")
    _refuse_what_moved(act, stands, remaining, done)
    steps = tuple(_anew(step, act, context, done) for step in remaining)
    plan = plan_for(
        context,
        {"reason": act.plan.reason},
        "finish",
        f"finish: {act.plan.title}",
        steps,
        effects=(f"of {act.plan.title}: {tally(act)}", *_read_back(act, stands, done)),
        warnings=_failures(remaining, act),
        picks=_picks(context, steps),
    )
    return _belonging(plan, act, _root(act))


def undo_plan(context: Context, values: Values) -> Plan:
    """What undoes the Steps that were done, the last one first."""
    act = _required(context)
    steps: list[AnyStep] = []
    effects: list[str] = []
    lasting: list[tuple[AnyStep, str]] = []
    for step in reversed(act.plan.steps):
        if not isinstance(step, WRITES) or not _may_have_written(step, act):
            continue
        now = standing(step, act, context.snapshot)
        if isinstance(step, ApplyStep) and _was_done(step, act) and now.stands is Stands.UNREAD:
            # However it is by now, nothing here takes an object away.
            lasting.append((step, step.undo or _NO_WAY))
        elif now.stands is Stands.OPEN:
            effects.append(_said(step, act, f"{now.text}; nothing to undo"))
        elif now.stands is not Stands.SO:
            lasting.append((step, f"{now.text}; it is left as it is"))
        else:
            written = [s.id for s in steps if isinstance(s, WRITES)]
            undoing, says = _undone(step, context, tuple(written[-1:]))
            steps += undoing
            if undoing:
                effects.append(says)
            else:
                lasting.append((step, says))
    stays = _together(lasting, act)
    if not steps:
        seen = _listed(lasting, effects) if len(lasting) > 1 else "; ".join((*stays, *effects))
        why = f"nothing of it can be undone: {seen or tally(act)}"
        raise RefusedError(why, where=act.plan.title, next="nothing was written")
    plan = plan_for(
        context,
        values,
        "undo",
        f"undo: {act.plan.title}",
        steps,
        effects=effects,
        warnings=stays,
        picks=_picks(context, steps),
    )
    return _belonging(plan, act, act.plan.id)


def _required(context: Context) -> Act:
    act = whole_story(context)
    if act is None:
        raise UsageError(_NO_ACT)
    return act


def _is_done(step: AnyStep, act: Act, now: StepStanding) -> bool:
    """So by now, or seen to be done then."""
    receipt = act.receipt(step.id)
    return (receipt is not None and receipt.ok) or now.stands is Stands.SO


def _was_done(step: AnyStep, act: Act) -> bool:
    receipt = act.receipt(step.id)
    return receipt is not None and receipt.outcome is Outcome.DONE


def _may_have_written(step: AnyStep, act: Act) -> bool:
    """Whether the Step changed something, as far as is known; what was so already it did not."""
    receipt = act.receipt(step.id)
    return receipt is not None and receipt.outcome in (Outcome.DONE, Outcome.UNKNOWN)


def _refuse_what_moved(
    act: Act, stands: Mapping[str, StepStanding], remaining: Iterable[AnyStep], done: set[str]
) -> None:
    """Raises RefusedError where reading back finds what this act neither saw nor wrote."""
    wrong: list[str] = []
    for step in act.plan.steps:
        now = stands[step.id]
        if isinstance(step, AwaitStep | RequestReconcile):
            continue
        if step.id in done:
            if now.stands in (Stands.OPEN, Stands.MOVED):
                since = "put back" if now.stands is Stands.OPEN else "changed"
                wrong.append(f"“{step.title}” was done and is {since} since: {now.text}")
        elif isinstance(step, ApplyStep):
            continue  # applying again what is applied changes nothing
        elif now.stands in (Stands.MOVED, Stands.UNREAD, Stands.UNCOMPARED):
            wrong.append(_said(step, act, now.text))
    unread = [s for s in remaining if isinstance(s, AwaitStep | RequestReconcile)
              and stands[s.id].stands is Stands.UNREAD]  # fmt: skip
    wrong += dict.fromkeys(stands[step.id].text for step in unread)
    if wrong:
        raise RefusedError("; ".join(wrong), where=act.plan.title, next=_ANEW)


def _anew(step: AnyStep, act: Act, context: Context, done: set[str]) -> AnyStep:
    """The Step as it has to be now: under the version of now, waiting for none that is done."""
    needs = tuple(need for need in step.needs if need not in done)
    step = replace(step, needs=needs)
    if isinstance(step, PatchStep):
        return replace(step, resource_version=context.snapshot.as_of(step.target))
    if isinstance(step, RequestReconcile):
        return replace(step, at=AT_WRITE)
    if isinstance(step, AwaitStep):
        asks_again = any(
            isinstance(s, RequestReconcile) and s.target == step.target and s.id not in done
            for s in act.plan.steps
        )
        return step if asks_again else awaited(step, act)
    return step


def _read_back(act: Act, stands: Mapping[str, StepStanding], done: set[str]) -> Iterator[str]:
    """What reading back says of the Steps that nobody had seen end."""
    for step in act.plan.steps:
        receipt = act.receipt(step.id)
        if receipt is not None and receipt.ok:
            continue
        if step.id in done:
            yield f"read back, not done again: {_said(step, act, stands[step.id].text)}"
        elif receipt is not None and receipt.outcome is Outcome.UNKNOWN:
            yield f"read back, to be done: {_said(step, act, stands[step.id].text)}"


def _failures(remaining: Iterable[AnyStep], act: Act) -> Iterator[str]:
    """Why Steps that were tried did not do what they wanted."""
    for step in remaining:
        receipt = act.receipt(step.id)
        if receipt is not None and receipt.outcome in (Outcome.FAILED, Outcome.REFUSED):
            yield _said(step, act, f"{receipt.outcome}: {receipt.message}")


def _undone(step: AnyStep, context: Context, after: tuple[str, ...]) -> tuple[list[AnyStep], str]:
    """The Steps that undo one, and what they change; none, and why."""
    if isinstance(step, TagStep | DeleteStep):
        back, says = retagged(step, context.snapshot, after)
        return ([back] if back is not None else []), says
    if isinstance(step, PatchStep) and step.before:
        return _put_back(step, context, after)
    if isinstance(step, PatchStep):
        return [], f"what was there before is not in the Journal; {step.undo}"
    return [], step.undo or _NO_WAY


def _put_back(
    step: PatchStep, context: Context, after: tuple[str, ...]
) -> tuple[list[AnyStep], str]:
    resource = context.snapshot.get(step.target)
    assert resource is not None  # it was read back
    name, now = step.target.label, resource.as_object()
    then = merged(now, step.before)
    write = PatchStep(
        f"undo-{step.id}",
        f"put back {name}: undo “{step.title}”",
        after,
        "do it again",
        target=step.target,
        patch=step.before,
        resource_version=resource.resource_version,
    )
    spec = {"spec": step.before["spec"]} if step.before.get("spec") else step.before
    changes = difference(touched(now, spec), touched(then, spec))
    stops = suspended(Resource.from_object(step.target.environment, then))
    title = f"see {name} suspended" if stops else f"wait until {name} has reconciled"
    wait = AwaitStep(
        f"undone-{step.id}",
        title,
        (write.id,),
        target=step.target,
        until=Until.SUSPENDED if stops else Until.RESUMED,
        timeout=60.0 if stops else 900.0,
    )
    return [write, wait], f"{name} in {step.target.environment}: {changes}"


def _picks(context: Context, steps: Iterable[AnyStep]) -> TagEffects | None:
    """Who takes what the one registry write makes or falls back from what it deletes; of several
    the Steps themselves are judged."""
    written = [step for step in steps if isinstance(step, RegistryStep)]
    if len(written) != 1:
        return None
    step = written[0]
    if not isinstance(step, DeleteStep):
        return tag_effects(context.snapshot, step.repository, step.tag)
    going = (step.tag,) if step.tag else step.shared
    gone = step.digest if not (step.tag and step.shared) else ""
    return registry_effects(context.snapshot, step.repository, remove=going, gone=gone)


def _belonging(plan: Plan, act: Act, continues: str) -> Plan:
    """Marked as what it is, with all the environments of the act."""
    environments = tuple(dict.fromkeys((*plan.environments, *act.plan.environments)))
    return replace(plan, continues=continues, environments=environments)


def _said(step: AnyStep, act: Act, text: str) -> str:
    """The text, of which Step: where there is only one, whoever reads it knows."""
    return f"{step.title}: {text}" if len(act.plan.steps) > 1 else text


def _listed(lasting: Iterable[tuple[AnyStep, str]], effects: Iterable[str]) -> str:
    """Each reason once, above the Steps that stay for it, one in a line."""
    by_reason: dict[str, list[str]] = {}
    for step, reason in lasting:
        by_reason.setdefault(reason, []).append(f"  {step.title}")
    groups = ("\n".join((reason, *_first(titles))) for reason, titles in by_reason.items())
    return "\n".join((*groups, *effects))


def _first(titles: Sequence[str]) -> Sequence[str]:
    rest = len(titles) - _LISTED
    return (*titles[:_LISTED], f"  and {counted(rest, 'step')} more") if rest > 0 else titles


def _together(texts: Iterable[tuple[AnyStep, str]], act: Act) -> tuple[str, ...]:
    """Each text once; the Steps that share a reason are counted."""
    by_reason: dict[str, list[AnyStep]] = {}
    for step, reason in texts:
        by_reason.setdefault(reason, []).append(step)
    return tuple(_counted(steps, act, reason) for reason, steps in by_reason.items())


def _counted(steps: Sequence[AnyStep], act: Act, reason: str) -> str:
    if not steps[1:]:
        return _said(steps[0], act, reason)
    return f"{steps[0].title} and {counted(len(steps) - 1, 'step')} more: {reason}"
