"""How the Steps of an act that is over stand now: so, as before, neither, or not to be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from fluxtui.domain.kinds.kind import REQUESTED_AT
from fluxtui.domain.plan import (
    AT_WRITE,
    AnyStep,
    ApplyStep,
    AwaitStep,
    DeleteStep,
    Outcome,
    PatchStep,
    Plan,
    PushStep,
    Receipt,
    RequestReconcile,
    TagStep,
    Until,
)
from fluxtui.domain.pushcontent import PushContent
from fluxtui.domain.resource import Resource
from fluxtui.domain.snapshot import Act, Snapshot, TagFacts, TagList
from fluxtui.domain.standing import Stands, digest_on, read_back, standing
from tests.builders import NOW, URL, digest, ks, revision, snapshot, source, tag_list

BEFORE, AFTER = "2026-11-23T03:11:59Z", "2026-11-23T03:12:01Z"
SOURCE = source(stored=revision("1.4.2", "a"))
TAGS = tag_list({"1.4.2": "a", "live": "b"})
THERE, ASKED = tag_list({"2.0.0": "c"}), PushContent(URL, "2.0.0", "f")


def of(*steps: AnyStep, **more: Any) -> Act:
    return Act(Plan("c", "act", steps, ("staging",)), began=BEFORE, **more)


def stands(step: AnyStep, *resources: Resource, tags: TagList | None = TAGS, **more: Any) -> Stands:
    seen = snapshot(*resources, tags=(tags,) if tags is not None else ())
    return standing(step, of(step, **more), seen).stands


def text(step: AnyStep, *resources: Resource, tags: TagList = TAGS) -> str:
    return standing(step, of(step), snapshot(*resources, tags=(tags,))).text


def patch(
    wanted: Mapping[str, Any], before: Mapping[str, Any] | None = None, version: str = "7"
) -> PatchStep:
    return PatchStep(
        "p", "patch it", target=SOURCE.key, patch=wanted, resource_version=version,
        before=before or {},
    )  # fmt: skip


RANGE = {"spec": {"ref": {"semver": ">=2"}}}
AS_IT_IS = {"spec": {"ref": {"semver": ">=0.0.0"}}}
OTHER = {"spec": {"ref": {"semver": ">=1"}}}


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (patch(AS_IT_IS), Stands.SO),
        (patch(AS_IT_IS, before=OTHER), Stands.SO),
        (patch({**AS_IT_IS, "metadata": {"annotations": {"at": AT_WRITE}}}), Stands.SO),
        (patch(RANGE, before=AS_IT_IS), Stands.OPEN),
        (patch(RANGE, before=AS_IT_IS, version="6"), Stands.OPEN),
        (patch(RANGE, before=OTHER), Stands.MOVED),
        (patch(RANGE), Stands.OPEN),
        (patch(RANGE, version="6"), Stands.MOVED),
    ],
)
def test_a_patch_is_told_by_its_fields_and_else_by_the_version(
    step: PatchStep, expected: Stands
) -> None:
    assert stands(step, SOURCE) is expected


def test_what_was_changed_since_is_shown_with_both_values() -> None:
    assert text(patch(RANGE, before=OTHER), SOURCE) == (
        "OCIRepository/activity-system/activity has other values now than the act set: "
        "spec.ref.semver '>=2' -> '>=0.0.0'"
    )


def test_what_is_not_there_or_cannot_be_reached_is_unread() -> None:
    step = patch(RANGE, before=AS_IT_IS)
    assert stands(step) is Stands.UNREAD
    lost = replace(snapshot(SOURCE), unreachable={"staging": "connection refused"})
    seen = standing(step, of(step), lost)
    assert seen == (Stands.UNREAD, "staging cannot be reached: connection refused")
    elsewhere = replace(lost, unreachable={"production": "connection refused"})
    assert standing(step, of(step), elsewhere).stands is Stands.OPEN


def ask(at: str = AT_WRITE, demands: tuple[str, ...] = ()) -> RequestReconcile:
    return RequestReconcile("ask", "ask", target=SOURCE.key, at=at, demands=demands)


def asked(at: str) -> Resource:
    return source(annotations={REQUESTED_AT: at})


@pytest.mark.parametrize(
    ("step", "resource", "expected"),
    [
        (ask(NOW), asked(NOW), Stands.SO),
        (ask(NOW), asked(AFTER), Stands.SO),
        (ask(NOW), asked(BEFORE), Stands.OPEN),
        (ask(NOW), SOURCE, Stands.OPEN),
        # Its own time is that of its line in the Journal, and of the act's where that has none.
        (ask(), asked(BEFORE), Stands.SO),
        (ask(), asked("2026-11-23T03:11:58Z"), Stands.OPEN),
    ],
)
def test_a_request_is_so_when_it_or_a_later_one_was_made(
    step: RequestReconcile, resource: Resource, expected: Stands
) -> None:
    assert stands(step, resource) is expected


def test_a_request_without_a_time_of_its_own_counts_from_its_line() -> None:
    assert stands(ask(), asked(BEFORE), started={"ask": NOW}) is Stands.OPEN
    assert stands(ask(), asked(AFTER), started={"ask": NOW}) is Stands.SO
    nameless = replace(of(ask()), began="")
    assert standing(ask(), nameless, snapshot(asked(AFTER))).stands is Stands.OPEN


def test_a_demand_is_asked_for_beside_the_request() -> None:
    from fluxtui.domain import kinds

    kind = kinds.by_short("hr")
    assert kind is not None
    force = kind.demands["force"]

    def release(**notes: str) -> Resource:
        meta = {"name": "web", "namespace": "apps", "annotations": notes}
        body = {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": meta}
        return Resource.from_object("staging", body)

    step = replace(ask(NOW, ("force",)), target=release().key)
    assert stands(step, release(**{REQUESTED_AT: NOW, force: NOW})) is Stands.SO
    assert stands(step, release(**{REQUESTED_AT: NOW})) is Stands.OPEN
    assert stands(step, release(**{REQUESTED_AT: NOW, force: BEFORE})) is Stands.OPEN
    assert stands(step, release(**{REQUESTED_AT: BEFORE, force: NOW})) is Stands.OPEN


def test_a_wait_is_so_when_it_has_come_and_open_whatever_else() -> None:
    def wait(value: str) -> AwaitStep:
        return AwaitStep("w", "wait", target=SOURCE.key, until=Until.PICKED, value=value)

    assert stands(wait("1.4.2"), SOURCE) is Stands.SO
    assert stands(wait("1.5.0"), SOURCE) is Stands.OPEN


def test_a_wait_for_a_request_counts_from_when_that_was_written() -> None:
    """What another object was asked, or this one later, says nothing of it."""
    wait = AwaitStep(
        "w", "wait", target=SOURCE.key, until=Until.HANDLED, value=AT_WRITE, needs=("ask",)
    )
    elsewhere = RequestReconcile("other", "ask", target=ks().key, at=AT_WRITE)
    also = patch(RANGE)
    act = of(also, elsewhere, ask(), wait, started={"p": BEFORE, "other": AFTER, "ask": NOW})

    def handled(at: str) -> Stands:
        seen = replace(SOURCE, status={**SOURCE.status, "lastHandledReconcileAt": at})
        return standing(wait, act, snapshot(seen)).stands

    assert [handled(at) for at in (BEFORE, NOW, AFTER)] == [Stands.OPEN, Stands.SO, Stands.SO]
    unnoted = replace(act, started={"other": AFTER})
    seen = replace(SOURCE, status={**SOURCE.status, "lastHandledReconcileAt": BEFORE})
    assert standing(wait, unnoted, snapshot(seen)).stands is Stands.SO, "since the act began"


def test_what_was_applied_is_told_by_what_it_says_of_the_object() -> None:
    body = {"apiVersion": "v1", "kind": "OCIRepository", "metadata": {"labels": {"a": "b"}}}
    same = ApplyStep("a", "apply", target=SOURCE.key, object={**body, **AS_IT_IS})
    other = ApplyStep("a", "apply", target=SOURCE.key, object={**body, **RANGE})
    assert stands(same, SOURCE) is Stands.SO
    assert stands(other, SOURCE) is Stands.OPEN
    assert stands(same) is Stands.UNREAD, "it may be there, and not looked at"


def tag(name: str, to: str, expect: str = "") -> TagStep:
    return TagStep(
        "t", "tag", repository=URL, digest=digest(to), tag=name,
        expect=digest(expect) if expect else "",
    )  # fmt: skip


UNREAD_FACT = replace(TAGS, facts={"1.4.2": TagFacts("1.4.2", digest("a"))})


@pytest.mark.parametrize(
    ("step", "expected", "says"),
    [
        (tag("live", "b"), Stands.SO, "live is on sha256:bbbbbbbb"),
        (tag("live", "c", "b"), Stands.OPEN, "live is sha256:bbbbbbbb, as before"),
        (tag("live", "c", "a"), Stands.MOVED, "live is on sha256:bbbbbbbb now"),
        (tag("live", "c"), Stands.MOVED, "live is on sha256:bbbbbbbb now"),
        (tag("2.0.0", "a"), Stands.OPEN, "2.0.0 is not there, as before"),
        (tag("2.0.0", "a", "b"), Stands.MOVED, "2.0.0 is on nothing now"),
    ],
)
def test_a_tag_is_where_it_was_put_where_it_was_or_elsewhere(
    step: TagStep, expected: Stands, says: str
) -> None:
    assert stands(step) is expected
    assert text(step) == says


def test_a_tag_whose_manifest_was_not_read_is_not_taken_for_gone() -> None:
    assert stands(tag("live", "b"), tags=UNREAD_FACT) is Stands.UNREAD
    delete = DeleteStep("d", "delete", repository=URL, digest=digest("b"), tag="live")
    assert stands(delete, tags=UNREAD_FACT) is Stands.UNREAD


@pytest.mark.parametrize(
    ("listed", "expected", "says"),
    [
        (None, Stands.UNREAD, "it was not listed"),
        (TagList(URL), Stands.UNREAD, "it was not listed"),
        (replace(TAGS, error="401"), Stands.UNREAD, "401"),
        (TagList(URL, absent=True), Stands.OPEN, "2.0.0 is not there"),
        (TAGS, Stands.OPEN, "2.0.0 is not there"),
        (THERE, Stands.UNCOMPARED, "whether it holds f is not known: it was not compared"),
        (replace(THERE, compared={ASKED: True}), Stands.SO, "2.0.0 holds what f packs to"),
        (
            replace(THERE, compared={ASKED: False}),
            Stands.MOVED,
            "holds something else than f",
        ),
        (replace(THERE, compared={ASKED: "gone"}), Stands.UNCOMPARED, "is not known: gone"),
    ],
)
def test_a_push_is_told_by_what_its_tag_holds_where_that_was_compared(
    listed: TagList | None, expected: Stands, says: str
) -> None:
    push = PushStep("p", "push", repository=URL, tag="2.0.0", folder="f", images={})
    assert stands(push, tags=listed) is expected
    seen = snapshot(tags=(listed,) if listed is not None else ())
    assert standing(push, of(push), seen).text.endswith(says)


def delete(name: str, on: str, shared: tuple[str, ...] = ()) -> DeleteStep:
    return DeleteStep(
        "d", "delete", repository=URL, digest=digest(on), tag=name, shared=shared
    )  # fmt: skip


@pytest.mark.parametrize(
    ("step", "expected", "says"),
    [
        (delete("2.0.0", "a"), Stands.SO, "2.0.0 is not there"),
        (delete("live", "b"), Stands.OPEN, "live is on sha256:bbbbbbbb"),
        (delete("live", "a"), Stands.MOVED, "live is on sha256:bbbbbbbb"),
        (delete("", "b", ("live",)), Stands.OPEN, "live is on sha256:bbbbbbbb"),
        (delete("", "c", ("x",)), Stands.SO, "no tag is on sha256:cccccccc"),
        # No tag was on it: a list says nothing of what has none.
        (delete("", "c"), Stands.OPEN, "no tag is on sha256:cccccccc"),
    ],
)
def test_what_was_to_be_deleted_is_gone_there_or_another(
    step: DeleteStep, expected: Stands, says: str
) -> None:
    assert stands(step) is expected
    assert text(step) == says


def test_the_digest_of_a_tag_that_is_gone_is_not_that_of_its_old_facts() -> None:
    assert digest_on(replace(TAGS, tags=("1.4.2",)), "live") == ""
    assert digest_on(TAGS, "live") == digest("b")
    assert digest_on(replace(TAGS, facts={}), "live") == ""


def test_reading_back_names_the_unheard_writes_and_counts_the_rest() -> None:
    writes = [replace(tag("live", "b"), id=f"t{n}", title=f"write {n}") for n in range(5)]
    wait = AwaitStep("w", "wait", target=SOURCE.key, until=Until.READY)
    seen: Snapshot = snapshot(SOURCE, tags=(TAGS,))

    def back(*outcomes: Outcome) -> str:
        act = of(*writes, wait)
        pairs = zip((*writes, wait), outcomes, strict=False)
        said = tuple(Receipt(act.plan.id, step.id, how, "", NOW) for step, how in pairs)
        return read_back(replace(act, receipts=said), seen)

    lost, done = Outcome.UNKNOWN, Outcome.DONE
    assert back(done, done, done, done, done, lost) == "", "a wait writes nothing"
    assert back(done, lost) == "read back, write 1: it is so"
    three = "read back, write 0: it is so, write 1: it is so, write 2: it is so"
    assert back(lost, lost, lost, done) == three
    assert back(lost, lost, lost, lost, lost) == f"{three}, and 2 more"


def test_an_act_of_one_step_does_not_repeat_its_title() -> None:
    act = of(tag("live", "b"))
    lost = Receipt(act.plan.id, "t", Outcome.UNKNOWN, "", NOW)
    seen = snapshot(tags=(TAGS,))
    assert read_back(replace(act, receipts=(lost,)), seen) == "read back, it is so"
    assert read_back(act, seen) == "", "nothing is unheard"
