"""Pins of a source: Git on a commit, a chart out of a registry on its digest."""

from __future__ import annotations

import json

import pytest
from flux_objects import (
    at,
    awaited,
    chart_of,
    obj,
    patched,
    plan,
    refusal,
    release,
)
from held_objects import FAILED, ONE, TWO, default, git, inverse, user

from fluxtui.commands.registry import by_id
from fluxtui.domain.errors import UsageError
from fluxtui.domain.marks import PIN_INVERSE
from fluxtui.domain.resource import Resource
from fluxtui.domain.selection import HELM_CHART
from tests.builders import NS, digest, ks, revision, tag_list

# -- Git


@pytest.mark.parametrize("on", [git(), user()], ids=["the source", "its user"])
def test_a_git_source_is_held_on_a_commit(on: Resource) -> None:
    where = at(git(), user(), on=on)
    assert default("pin", where) == TWO and default("rollback", where) == ONE
    assert by_id("pin").arguments[0].note(where, TWO) == "2222222, runs here"
    made = plan("pin", where, version=ONE, reason="bad merge")
    assert made.title == "pin GitRepository/activity-system/fleet in staging to 1111111"
    assert patched(made)["spec"] == {"ref": {"commit": ONE}}
    assert inverse(patched(made)) == {"before": None, "pinned": ONE}
    assert awaited(made) == [("picked", ONE), ("applied", ONE)]
    assert made.effects == (
        f"GitRepository/{NS}/fleet goes to 1111111 in staging; it runs 2222222 now",
        f"1 object stands on it: Kustomization/{NS}/apps",
        "spec.ref.commit was not set: unpin takes it away, and branch main decides again",
    )


def test_before_anything_was_fetched_again_what_runs_is_nothing_to_go_back_to() -> None:
    empty = obj("git", "fleet", {"url": "https://git.test/fleet", "ref": {"branch": "main"}})
    where = at(empty, user(), on=empty)
    assert default("pin", where) == TWO
    assert default("rollback", where) == ONE


def test_what_a_user_ran_of_another_kind_of_source_is_no_commit_to_go_back_to() -> None:
    done = "ReconciliationSucceeded"
    runs = [(f"main@sha1:{TWO}", done, "2026-11-23T02:00:00Z"),
            (revision("1.4.2", "a"), done, "2026-11-22T02:00:00Z")]  # fmt: skip
    moved = ks(name="apps", applied=runs[0][0], history=runs)
    reference = {"kind": "GitRepository", "name": "fleet"}
    body = moved.as_object()
    moved = Resource.from_object("staging", {**body, "spec": {"sourceRef": reference}})
    where = at(git(), moved, on=git())
    assert default("rollback", where) == ""
    assert refusal("rollback", where)
    assert by_id("pin").arguments[0].choices(where) == (TWO,)


def test_a_commit_may_be_shortened_where_it_is_known() -> None:
    where = at(git(), user(), on=git())
    assert patched(plan("pin", where, version="1111111", reason="x"))["spec"]["ref"] == {
        "commit": ONE
    }
    whole = plan("pin", where, version=f"main@sha1:{ONE}", reason="x")
    assert patched(whole)["spec"]["ref"] == {"commit": ONE}
    for unknown in ("3333333", "111111", "main"):
        with pytest.raises(UsageError, match="give a whole one"):
            plan("pin", where, version=unknown, reason="x")


def test_a_suspended_user_stays_and_the_others_are_waited_for() -> None:
    seen = (git(), user(), user("held", suspend=True))
    made = plan("pin", at(*seen, on=git()), version=ONE, reason="x")
    assert len(awaited(made)) == 2
    assert f"Kustomization/{NS}/held is suspended and stays on what it has" in made.warnings


def test_who_is_stalled_is_not_waited_for_unless_another_chart_mends_it() -> None:
    why = {"type": "Stalled", "status": "True", "reason": "InvalidCELExpression"}
    broken = user("broken")
    broken = Resource.from_object(
        "staging", {**broken.as_object(), "status": {**broken.status, "conditions": [why]}}
    )
    made = plan("pin", at(git(), user(), broken, on=git()), version=ONE, reason="x")
    assert [s.target.name for s in made.steps] == ["fleet", "fleet", "apps"]  # type: ignore[union-attr]
    label = f"Kustomization/{NS}/broken"
    assert f"{label} is stalled (InvalidCELExpression) and is not waited for" in made.warnings
    gave_up = {"type": "Stalled", "status": "True", "reason": "RetriesExceeded"}
    one = release(history=FAILED)
    one = Resource.from_object(
        "staging", {**one.as_object(), "status": {**one.status, "conditions": [gave_up]}}
    )
    again = plan("rollback", at(one, chart_of(), on=one), version="1.4.2", reason="x")
    assert ("applied", "1.4.2") in awaited(again)


def test_a_source_that_verifies_tags_takes_no_commit() -> None:
    one = git(verify={"mode": "Tag"})
    assert "verifies tags" in refusal("pin", at(one, on=one))


def test_a_commit_is_let_go_of_again() -> None:
    note = {PIN_INVERSE: json.dumps({"before": None, "pinned": ONE})}
    one = Resource.from_object("staging", {
        **git({"branch": "main", "commit": ONE}).as_object(),
        "metadata": {"name": "fleet", "namespace": NS, "annotations": note},
    })  # fmt: skip
    made = plan("unpin", at(one, user(), on=one))
    assert patched(made)["spec"] == {"ref": {"commit": None}}
    assert made.effects[-1] == "staging takes what is picked without spec.ref.commit at once"


# -- a chart out of a registry, by the digest that its source holds


CHART = {"layerSelector": {"mediaType": HELM_CHART, "operation": "copy"}}
URL = "oci://registry.example.com/charts/web"


def oci(**ref: str) -> Resource:
    spec = {"url": URL, "ref": ref or {"semver": "1.x"}, **CHART}
    return obj("oci", "web", spec, {"artifact": {"revision": revision("1.5.0", "b")}})


def taker(name: str) -> Resource:
    """A HelmRelease of that chart: 1.5.0 runs, 1.4.2 ran before."""
    entries = [
        {"version": 2, "chartVersion": f"1.5.0+{'b' * 12}", "status": "deployed",
         "ociDigest": digest("b"), "lastDeployed": "2026-11-23T00:00:00Z"},
        {"version": 1, "chartVersion": f"1.4.2+{'a' * 12}", "status": "superseded",
         "ociDigest": digest("a"), "lastDeployed": "2026-11-22T00:00:00Z"},
    ]  # fmt: skip
    status = {"history": entries, "lastAttemptedRevision": f"1.5.0+{'b' * 12}",
              "lastAttemptedRevisionDigest": digest("b")}  # fmt: skip
    return obj("hr", name, {"chartRef": {"kind": "OCIRepository", "name": "web"}}, status)


def test_a_chart_that_is_held_on_what_runs_is_applied_by_nobody_once_more() -> None:
    one = taker("web")
    where = at(oci(), one, on=one, tags=[tag_list({"1.5.0": "b"}, URL)])
    made = plan("pin", where, version="1.5.0", reason="keep")
    assert made.effects[0].startswith("staging stays on 1.5.0")
    assert not any("Kustomization" in effect for effect in made.effects), made.effects


def test_a_chart_of_a_registry_goes_back_for_all_that_take_it() -> None:
    one = taker("web")
    listed = [tag_list({"1.4.2": "a", "1.5.0": "b"}, URL)]
    where = at(oci(), one, taker("api"), on=one, tags=listed)
    assert default("rollback", where) == "1.4.2"
    made = plan("rollback", where, version="1.4.2", reason="x")
    assert patched(made)["spec"] == {"ref": {"digest": digest("a")}}
    assert made.effects[:2] == (
        f"staging goes to 1.4.2 ({digest('a')[:15]}); it runs 1.5.0 now",
        f"2 HelmReleases take the chart from it: HelmRelease/{NS}/api, HelmRelease/{NS}/web",
    )
    assert any("values are not undone" in warning for warning in made.warnings)
    assert awaited(made) == [("picked", digest("a")), *[("applied", digest("a"))] * 2]


def test_a_chart_is_not_promoted_because_its_tag_is_its_version() -> None:
    one = taker("web")
    said = refusal("promote", at(oci(), one, on=one))
    assert "its tag is its version" in said
    plain = obj("oci", "web", {"url": URL, "ref": {"semver": "1.x"}})
    assert "its tag is its version" in refusal("promote", at(plain, one, on=one))
    bundles = ks(name="app", of="web", applied=revision("1.5.0", "b"))
    both = refusal("promote", at(plain, one, bundles, on=plain))
    assert "its tag is its version" not in both, "somebody takes it as a bundle"


def test_who_takes_no_bundle_is_not_called_a_kustomization() -> None:
    one = taker("web")
    made = plan("pin", at(oci(), one, on=one), version=digest("b"), reason="x")
    assert not any("Kustomization" in effect for effect in made.effects)
    assert any("1 HelmRelease takes the chart" in effect for effect in made.effects)
