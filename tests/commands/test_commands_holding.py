"""Pins of a HelmRelease on a version of its chart, and the way back to the range."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from flux_objects import (
    INDEX,
    at,
    awaited,
    chart_of,
    charts,
    obj,
    on_row,
    patched,
    plan,
    refusal,
    release,
)
from held_objects import BACK, FAILED, ONE, WELL, default, git, helm, inverse, user

from fluxtui.commands.command import Context
from fluxtui.commands.registry import by_id
from fluxtui.domain.errors import RefusedError, UsageError
from fluxtui.domain.marks import PIN_INVERSE, PIN_KEYS, pin
from fluxtui.domain.plan import AT_WRITE
from fluxtui.domain.resource import Resource
from fluxtui.domain.snapshot import TagList
from tests.builders import NS

PARENT = {
    "kustomize.toolkit.fluxcd.io/name": "apps",
    "kustomize.toolkit.fluxcd.io/namespace": "flux",
}


# -- a release


def test_a_pin_sets_the_version_and_keeps_the_range() -> None:
    made = plan("pin", helm(), version="1.4.2", reason="the audit")
    patch = patched(made)
    assert patch["spec"] == {"chart": {"spec": {"version": "1.4.2"}}}
    assert inverse(patch) == {"before": "^1.4", "pinned": "1.4.2"}
    assert patch["metadata"]["annotations"]["fluxtui.dev/pinned-at"] == AT_WRITE
    assert awaited(made) == [("picked", "1.4.2"), ("applied", "1.4.2")]
    assert [s.needs for s in made.steps] == [(), ("pin",), ("picked",)]
    assert made.effects == (
        f"HelmRelease/{NS}/web goes to 1.4.2 in staging; it runs 1.5.0 now",
        "spec.chart.spec.version was ^1.4: unpin puts that back",
    )
    assert "values are not undone: only the chart's version goes back" in made.warnings


def test_what_runs_is_held_without_a_word_of_going_back() -> None:
    where = helm()
    assert default("pin", where) == "1.5.0"
    made = plan("pin", where, version="1.5.0", reason="x")
    assert made.effects[0].endswith("web stays on 1.5.0 in staging, which it runs now")
    assert made.warnings == () and made.unseen == ()


@pytest.mark.parametrize(
    ("history", "tried", "version"),
    [
        (WELL, "", "1.4.2"),
        (FAILED, "", "1.4.2"),  # the failed upgrade is live, or half of it
        (BACK, "1.5.0", "1.4.2"),  # helm-controller has gone back to it already
        ([("1.5.0", "deployed"), ("1.4.2", "failed"), ("1.4.1", "superseded")], "", "1.4.1"),
    ],
)
def test_a_rollback_goes_to_the_release_before(history: Any, tried: str, version: str) -> None:
    where = helm(history, tried=tried)
    assert default("rollback", where) == version
    made = plan("rollback", where, version=version, reason="crash loop")
    assert patched(made)["spec"] == {"chart": {"spec": {"version": version}}}
    assert made.command == "rollback"


def test_what_helm_went_back_to_already_is_held_and_what_failed_given_up() -> None:
    made = plan("rollback", helm(BACK, tried="1.5.0"), version="1.4.2", reason="x")
    assert made.effects[0].endswith("web stays on 1.4.2 in staging, and 1.5.0 is tried no more")
    assert made.warnings == (), "nothing goes back"


def test_without_an_earlier_release_there_is_no_way_back() -> None:
    first = [("1.4.0", "deployed")]
    assert refusal("rollback", helm(first)).startswith("no earlier good version of HelmRelease/")
    assert refusal("rollback", helm([("1.5.0", "deployed"), ("1.4.0", "failed")]))
    assert refusal("pin", helm(first)) == ""


def test_a_choice_says_how_it_went() -> None:
    where, command = helm(FAILED), by_id("pin")
    field = command.arguments[0]
    assert field.choices(where)[:2] == ("1.4.2", "1.5.0")
    assert field.note(where, "1.4.2") == "runs here"
    assert field.note(where, "1.5.0") == "failed here: failed"
    assert field.note(where, "9.9.9") == "never ran here, as far as is known"
    made = plan("pin", where, version="1.5.0", reason="x")
    assert "1.5.0 failed here: failed" in made.warnings


def test_what_never_ran_runs_nothing() -> None:
    made = plan("pin", helm([]), version="1.4.0", reason="x")
    assert made.effects[0].endswith("it runs nothing now")
    assert "web goes to 1.4.0 in staging if that is there to be had; " in made.effects[0]
    assert default("pin", helm([])) == "" and default("rollback", helm([])) == ""


def test_a_version_that_nobody_had_is_taken_and_its_being_there_not_promised() -> None:
    made = plan("pin", helm(), version="1.3.9", reason="x")
    assert made.unseen == ("whether 1.3.9 is there to be had: nothing lists what there is",)


@pytest.mark.parametrize("version", ["^1.4", "1.4", ">=1.0.0", "latest", "1.4.2 || 2.0.0", ""])
def test_a_range_is_no_version(version: str) -> None:
    with pytest.raises(UsageError, match=r"no version that spec\.chart\.spec\.version can hold"):
        plan("pin", helm(), version=version, reason="x")


def test_a_suffix_that_flux_made_for_values_files_is_not_pinned() -> None:
    one = release(history=[("1.5.0+3", "deployed"), ("1.4.2+2", "superseded")])
    spec = {**one.spec["chart"]["spec"], "valuesFiles": ["prod.yaml"]}
    one = Resource.from_object("staging", {**one.as_object(), "spec": {"chart": {"spec": spec}}})
    where = at(one, charts(), chart_of(revision="1.5.0+3"), on=one)
    assert default("rollback", where) == "1.4.2"


def test_who_declares_the_range_puts_it_back_within_its_interval() -> None:
    one = release(history=WELL, labels=PARENT)
    one = replace(one, declared=frozenset({"spec.chart.spec.version"}))
    parent = obj("ks", "apps", {"interval": "5m"}, namespace="flux")
    made = plan("pin", at(one, chart_of(), parent, on=one), version="1.4.2", reason="x")
    assert made.warnings[0] == (
        "Kustomization/flux/apps declares spec.chart.spec.version and puts it back at its next "
        "run, within 5m; suspend Kustomization/flux/apps to keep the change"
    )


def test_a_suspended_release_is_pinned_and_nobody_is_waited_for() -> None:
    one = release(history=WELL)
    held = Resource.from_object(
        "staging", {**one.as_object(), "spec": {**one.spec, "suspend": True}}
    )
    made = plan("pin", at(held, chart_of(), on=held), version="1.4.2", reason="x")
    assert len(made.steps) == 1 and any("acts when it is resumed" in w for w in made.warnings)
    stopped = at(one, chart_of(suspend=True), on=one)
    waits = plan("pin", stopped, version="1.4.2", reason="x")
    assert awaited(waits) == [("applied", "1.4.2")]
    assert any("HelmChart" in w and "stays on what it has" in w for w in waits.warnings)


def test_the_chart_that_a_release_made_is_pinned_by_the_release() -> None:
    one, chart = release(history=WELL), chart_of()
    made = plan("pin", at(one, chart, on=chart), version="1.4.2", reason="x")
    assert made.steps[0].target == one.key  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("chart", "why"),
    [
        ({"spec": {"chart": "./web", "sourceRef": {"kind": "GitRepository", "name": "fleet"}}},
         "out of GitRepository fleet, where Flux ignores a version: pin that to a commit"),
        ({"kind": "OCIRepository", "spec": {"url": "oci://r/web"}}, "set a digest there"),
    ],
)  # fmt: skip
def test_where_a_version_would_not_be_heeded_the_pin_is_refused(chart: Any, why: str) -> None:
    one = obj("hr", "web", {"chart": chart})
    for command in ("pin", "rollback"):
        assert why in refusal(command, at(one, on=one))


def test_a_chart_of_its_own_that_a_release_names_is_pinned_itself() -> None:
    one = obj("hr", "web", {"chartRef": {"kind": "HelmChart", "name": "web"}})
    spec = {"chart": "web", "version": "1.x", "sourceRef": {"kind": "HelmRepository", "name": "c"}}
    chart = obj("hc", "web", spec, {"artifact": {"revision": "1.5.0"}})
    made = plan("pin", at(one, chart, on=one), version="1.4.0", reason="x")
    assert patched(made)["spec"] == {"version": "1.4.0"}
    assert any(f"HelmRelease/{NS}/web" in effect for effect in made.effects)


def test_a_row_of_the_board_is_pinned_where_its_version_is_picked() -> None:
    seen = (release(history=WELL), charts(), chart_of(), git(), user())
    of_chart = plan("pin", on_row(*seen, service="web"), version="1.4.2", reason="x")
    assert of_chart.steps[0].target.kind == "HelmRelease"  # type: ignore[union-attr]
    of_git = plan("pin", on_row(*seen, service="apps"), version=ONE, reason="x")
    assert of_git.steps[0].target.kind == "GitRepository"  # type: ignore[union-attr]


# -- unpinned again


def pinned_release(now: str = "1.4.2", before: str | None = "^1.4", wish: str = "") -> Resource:
    note = json.dumps({"before": before, "pinned": now})
    notes = {PIN_INVERSE: note, "fluxtui.dev/pinned-by": "ben"}
    return release(wish=wish or now, history=WELL, annotations=notes)


@pytest.mark.parametrize("before", ["^1.4", None])
def test_unpin_puts_the_range_back(before: str | None) -> None:
    one = pinned_release(before=before)
    assert pin(one) is not None
    made = plan("unpin", at(one, chart_of(), on=one))
    assert patched(made) == {
        "metadata": {"annotations": dict.fromkeys(PIN_KEYS)},
        "spec": {"chart": {"spec": {"version": before}}},
    }
    assert awaited(made) == [("ready", "")]
    assert "was pinned by ben" in made.effects[0] and made.unseen


LISTED = TagList(f"{INDEX}#web", ("2.0.0", "1.6.0", "1.4.2", "1.4"), listed_at=1.0)


def listed(one: Resource, **more: Any) -> Context:
    """Where the versions of the chart are listed."""
    return at(one, charts(), chart_of(revision="1.5.0"), on=one, tags=[LISTED], **more)


def test_what_is_listed_is_offered_and_known_to_be_there() -> None:
    where = listed(release(history=WELL))
    offered = by_id("pin").arguments[0].choices(where)
    assert offered == ("1.5.0", "1.4.2", "1.4.1", "1.6.0", "2.0.0"), "had, picked, the others"
    assert plan("pin", where, version="2.0.0", reason="x").unseen == ()
    with pytest.raises(RefusedError, match=f"{INDEX}#web has no version 3.0.0"):
        plan("pin", where, version="3.0.0", reason="x")


def test_an_unpin_says_what_is_picked_then_where_that_is_listed() -> None:
    made = plan("unpin", listed(pinned_release(before="^1.4")))
    assert made.effects[-1].endswith("^1.4 picks at once: 1.6.0 now") and made.unseen == ()
    free = plan("unpin", listed(pinned_release(before=None)))
    assert free.effects[-1].endswith("at once: 2.0.0 now")


def test_a_row_of_the_list_is_what_a_pin_holds() -> None:
    where = listed(release(history=WELL))
    of_chart = replace(where, target=replace(where.target, object=chart_of().key, tag="1.6.0"))
    assert default("pin", of_chart) == "1.6.0"
    made = plan("pin", of_chart, version="1.6.0", reason="x")
    assert made.steps[0].target.kind == "HelmRelease"  # type: ignore[union-attr]


def test_a_version_that_somebody_else_set_since_stays() -> None:
    one = pinned_release(wish="^1.6")
    assert pin(one) is None, "what stands there is not the pin's"
    made = plan("unpin", at(one, chart_of(), on=one))
    assert "spec" not in patched(made) and len(made.steps) == 1
    assert made.steps[0].title == f"take the notes off HelmRelease/{NS}/web"
    assert "was changed since the pin and stays" in made.warnings[0]
    assert made.unseen == (), "nothing is picked anew"
    assert not any("takes what" in effect for effect in made.effects)


def test_pinning_again_keeps_the_way_back_to_before_the_first() -> None:
    one = pinned_release()
    made = plan("pin", at(one, chart_of(), on=one), version="1.4.1", reason="x")
    assert inverse(patched(made)) == {"before": "^1.4", "pinned": "1.4.1"}
    other = pinned_release(wish="^1.6")
    made = plan("pin", at(other, chart_of(), on=other), version="1.4.1", reason="x")
    assert inverse(patched(made)) == {"before": "^1.6", "pinned": "1.4.1"}


def test_what_fluxtui_did_not_pin_is_not_unpinned() -> None:
    assert refusal("unpin", helm()) == f"HelmRelease/{NS}/web is not pinned"
    assert "was set elsewhere" in refusal("unpin", helm(wish="1.5.0"))
    broken = release(annotations={PIN_INVERSE: "{"})
    with pytest.raises(UsageError, match=r"unreadable.*by hand"):
        plan("unpin", at(broken, on=broken))


def test_a_kustomization_that_is_named_goes_back_to_what_it_ran_itself() -> None:
    """Its source is moved, and others on it may remember more, or other commits."""
    settings, fleet = user("settings"), git()
    now = [
        run for run in settings.status["history"] if not run["metadata"]["revision"].endswith(ONE)
    ]
    settings = replace(settings, status={**settings.status, "history": now})
    where = at(fleet, user("apps"), settings, on=settings)
    (_goes, _stands, says, *_rest) = plan("rollback", where, version=ONE, reason="x").effects
    label = settings.key.label.rpartition("/")[0]
    never = f"and never in {label}/settings as far as Flux remembers"
    assert says == f"1111111 ran well in {label}/apps, {never}"
    three = "3" * 40
    done = {**now[0], "metadata": {"revision": f"main@sha1:{three}"}}
    done["lastReconciled"] = "2026-11-20T02:00:00Z"
    own = replace(settings, status={**settings.status, "history": [*now, done]})
    itself = at(fleet, user("apps"), own, on=own)
    assert default("rollback", itself) == three
    said = plan("rollback", itself, version=three, reason="x").effects
    assert not any("ran well in" in text for text in said)
    assert default("rollback", at(fleet, user("apps"), own, on=fleet)) == ONE, "of all the newest"
