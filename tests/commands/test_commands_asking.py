"""What every kind can be asked, in which order, and what is said of those that cannot."""

from __future__ import annotations

import pytest
from flux_objects import (
    asked,
    at,
    awaited,
    chart_of,
    charts,
    obj,
    on_row,
    plan,
    refusal,
    release,
)

from fluxtui.commands import reconcile
from fluxtui.domain.errors import UsageError
from fluxtui.domain.plan import AT_WRITE, AwaitStep, RequestReconcile
from fluxtui.domain.resource import Resource
from tests.builders import NS, context, ks, snapshot


def artifact(name: str) -> Resource:
    """An ExternalArtifact, which ArtifactGenerator `gen` makes."""
    return obj("ea", name, {"sourceRef": {
        "apiVersion": "source.extensions.fluxcd.io/v1beta1", "kind": "ArtifactGenerator",
        "name": "gen",
    }})  # fmt: skip


GIT = obj("git", "fleet", {"url": "https://git.example.com/fleet"})
GENERATOR = obj("ag", "gen", {"sources": [{"kind": "GitRepository", "name": "fleet"}]})


# -- force and reset


@pytest.mark.parametrize("word", ["force", "reset"])
def test_a_demand_goes_with_the_request_and_is_awaited_with_it(word: str) -> None:
    made = plan(f"reconcile-{word}", at(release(), on=release()))
    ask, wait = made.steps
    assert isinstance(ask, RequestReconcile) and (ask.at, ask.demands) == (AT_WRITE, (word,))
    assert isinstance(wait, AwaitStep) and (wait.value, wait.demands) == (AT_WRITE, (word,))
    assert made.command == f"reconcile-{word}" and f"({word})" in ask.title
    plain = plan("reconcile", at(release(), on=release())).steps[0]
    assert plain.title.endswith(" to reconcile"), "a mere request demands nothing"
    said = {"force": "hooks and Jobs run again", "reset": "failed tries are forgotten"}[word]
    assert any(said in effect for effect in made.effects)


def test_who_knows_no_demand_says_who_does() -> None:
    instance, provider = obj("fi", "flux"), obj("rsip", "forge")
    for one in (instance, provider):
        assert len(plan("reconcile-force", at(one, on=one)).steps) == 2
        assert refusal("reconcile-reset", at(one, on=one)).startswith(f"a {one.key.kind} knows no")
    said = refusal("reconcile-force", at(GIT, on=GIT))
    assert said.startswith("a GitRepository knows no force") and "a HelmRelease" in said


def test_a_suspended_release_is_not_forced() -> None:
    held = obj("hr", "web", {"suspend": True, "chartRef": {"kind": "HelmChart", "name": "x"}})
    assert "is suspended: resume it first" in refusal("reconcile-force", at(held, on=held))
    off = {"fluxcd.controlplane.io/reconcile": "Disabled"}
    provider = obj("rsip", "forge", annotations=off)
    assert "is suspended: resume it first" in refusal("reconcile-force", at(provider, on=provider))


# -- with the source


def test_a_release_is_asked_after_its_chart_and_that_after_its_repository() -> None:
    seen = (release(), charts(), chart_of())
    made = plan("reconcile-with-source", at(*seen, on=release()))
    assert asked(made) == [
        ("HelmRepository/charts", ()),
        (f"HelmChart/{NS}-web", ("handled-1",)),
        ("HelmRelease/web", ("handled-2",)),
    ]
    assert {until for until, _value in awaited(made)} == {"handled"}


def test_a_demand_is_made_of_the_release_and_not_of_what_it_stands_on() -> None:
    seen = (release(), charts(), chart_of())
    made = plan("reconcile-with-source-force", at(*seen, on=release()))
    demands = [s.demands for s in made.steps if isinstance(s, RequestReconcile)]
    assert demands == [(), (), ("force",)] and made.command == "reconcile-with-source-force"
    assert "hooks and Jobs run again" in made.effects[-1]
    gone = refusal("reconcile-with-source-reset", at(release(), on=release()))
    assert gone.endswith("is not there")
    assert "knows no reset" in refusal("reconcile-with-source-reset", at(GIT, on=GIT))


def test_a_repository_that_is_an_address_is_passed_by() -> None:
    seen = (release(), charts(static=True), chart_of())
    made = plan("reconcile-with-source", at(*seen, on=release()))
    assert [name for name, _needs in asked(made)] == [f"HelmChart/{NS}-web", "HelmRelease/web"]
    assert made.warnings == ()
    said = refusal("reconcile", at(*seen, on=seen[1]))
    assert "it is an address, and no controller looks at it" in said


def test_a_suspended_repository_is_left_out_and_a_suspended_chart_refused() -> None:
    held = obj("helmrepo", "charts", {"url": "https://x", "suspend": True})
    made = plan("reconcile-with-source", at(release(), held, chart_of(), on=release()))
    assert made.warnings == (f"HelmRepository/{NS}/charts is suspended and is left out",)
    assert len(asked(made)) == 2
    stopped = chart_of(suspend=True)
    where = at(release(), charts(), stopped, on=release())
    assert refusal("reconcile-with-source", where).startswith(f"HelmChart/{NS}/{NS}-web is susp")


def test_what_nobody_reconciles_is_asked_of_who_makes_it() -> None:
    taker = ks()
    taker = Resource.from_object("staging", {
        **taker.as_object(),
        "spec": {"sourceRef": {"kind": "ExternalArtifact", "name": "app"}},
    })  # fmt: skip
    seen = (taker, artifact("app"), GENERATOR, GIT)
    made = plan("reconcile-with-source", at(*seen, on=taker))
    assert asked(made) == [
        ("GitRepository/fleet", ()),
        ("ArtifactGenerator/gen", ("handled-1",)),
        (f"Kustomization/{taker.key.name}", ("handled-2",)),
    ]
    of_artifact = at(*seen, on=seen[1])
    assert [name for name, _needs in asked(plan("reconcile-with-source", of_artifact))] == [
        "GitRepository/fleet", "ArtifactGenerator/gen", f"Kustomization/{taker.key.name}",
    ]  # fmt: skip
    said = refusal("reconcile", of_artifact)
    orphan = refusal("reconcile", at(artifact("app"), on=artifact("app")))
    assert orphan == "an ExternalArtifact cannot be asked to reconcile", "nobody seen makes it"
    assert said.startswith("an ExternalArtifact cannot be asked") and "ArtifactGenerator" in said


def test_inputs_and_scans_come_before_what_takes_them() -> None:
    entry = {"kind": "ResourceSetInputProvider", "name": "forge"}
    inputs = (obj("rset", "previews", {"inputsFrom": [entry]}), obj("rsip", "forge"))
    made = plan("reconcile-with-source", at(*inputs, on=inputs[0]))
    assert [name for name, _needs in asked(made)] == [
        "ResourceSetInputProvider/forge", "ResourceSet/previews",
    ]  # fmt: skip
    policy = obj("imagepol", "web", {"imageRepositoryRef": {"name": "web"}})
    scanned = plan("reconcile-with-source", at(policy, obj("imagerepo", "web"), on=policy))
    assert len(asked(scanned)) == 2


def test_who_stands_on_nothing_says_so() -> None:
    instance = obj("fi", "flux")
    where = at(instance, on=instance)
    assert refusal("reconcile-with-source", where).endswith("has no source")
    gone = release()
    said = refusal("reconcile-with-source", at(gone, on=gone))
    assert f"HelmChart/{NS}/{NS}-web" in said and said.endswith("is not there")
    known = at(gone, charts(), on=gone)  # a repository alone gives it nothing
    assert refusal("reconcile-with-source", known) == said == refusal("reconcile-chain", known)


def test_nothing_is_asked_where_nothing_is_selected() -> None:
    nothing = context(snapshot(GIT))
    for make in (reconcile.reconcile_plan, reconcile.source_plan, reconcile.chain_plan):
        with pytest.raises(UsageError, match="nothing is selected"):
            make(nothing, {})


def test_a_row_of_the_board_is_asked_for_the_one_object_that_it_is() -> None:
    fed = [
        Resource.from_object("staging", {
            **ks(name=name).as_object(),
            "spec": {"sourceRef": {"kind": "GitRepository", "name": "fleet"}},
        })
        for name in ("infra", "apps")
    ]  # fmt: skip
    seen = (GIT, *fed, release("web"), charts(), chart_of("web"), obj("rset", "previews"))
    assert asked(plan("reconcile", on_row(*seen, service="web"))) == [("HelmRelease/web", ())]
    of_row = asked(plan("reconcile-with-source", on_row(*seen, service="infra")))
    assert [name for name, _needs in of_row] == ["GitRepository/fleet", "Kustomization/infra"]
    whole = asked(plan("reconcile-chain", on_row(*seen, service="web")))
    assert next(name for name, _needs in whole) == "HelmRepository/charts"
    alone = refusal("reconcile-with-source", on_row(*seen, service="previews"))
    assert alone == f"ResourceSet/{NS}/previews has no source"


# -- the chain


def test_the_chain_of_a_release_is_all_that_its_repository_feeds() -> None:
    first, second = release("api"), release("web")
    second = Resource.from_object("staging", {
        **second.as_object(), "spec": {**second.spec, "dependsOn": [{"name": "api"}]},
    })  # fmt: skip
    seen = (charts(), chart_of("web"), chart_of("api"), second, first)
    made = plan("reconcile-chain", at(*seen, on=second))
    names = [name for name, _needs in asked(made)]
    assert names[0] == "HelmRepository/charts" and names[-2:] == [
        "HelmRelease/api", "HelmRelease/web",
    ]  # fmt: skip
    needs = dict(asked(made))
    assert "handled-4" in needs["HelmRelease/web"], "after the release that it depends on"
    assert {name for name in names if name.startswith("HelmChart")} == {
        f"HelmChart/{NS}-api", f"HelmChart/{NS}-web",
    }  # fmt: skip


def test_the_chain_of_a_registrys_address_is_what_stands_on_it() -> None:
    """Nobody looks at the address itself; its charts and releases are asked all the same."""
    address = charts(static=True)
    made = plan("reconcile-chain", at(address, chart_of("web"), release("web"), on=address))
    assert [name for name, _needs in asked(made)] == [f"HelmChart/{NS}-web", "HelmRelease/web"]


def test_the_chain_of_a_chart_itself_begins_with_it() -> None:
    chart = chart_of("web")
    made = plan("reconcile-chain", at(charts(), chart, release("web"), release("api"), on=chart))
    assert [name for name, _needs in asked(made)] == [f"HelmChart/{NS}-web", "HelmRelease/web"]


def test_the_chain_of_what_takes_files_begins_with_its_own_source_alone() -> None:
    base = obj("git", "base", {"url": "https://git.example.com/base"})
    whole = obj("git", "fleet", {"include": [{"repository": {"name": "base"}}]})
    apps = Resource.from_object("staging", {
        **ks(name="apps").as_object(),
        "spec": {"sourceRef": {"kind": "GitRepository", "name": "fleet"}},
    })  # fmt: skip
    made = plan("reconcile-chain", at(base, whole, apps, on=apps))
    assert [name for name, _needs in asked(made)] == ["GitRepository/fleet", "Kustomization/apps"]


def test_who_makes_artifacts_is_asked_with_what_it_takes_not_with_who_takes_them() -> None:
    taker = Resource.from_object("staging", {
        **ks().as_object(), "spec": {"sourceRef": {"kind": "ExternalArtifact", "name": "app"}},
    })  # fmt: skip
    seen = (taker, artifact("app"), GENERATOR, GIT)
    made = plan("reconcile-with-source", at(*seen, on=GENERATOR))
    assert [name for name, _needs in asked(made)] == [
        "GitRepository/fleet", "ArtifactGenerator/gen",
    ]  # fmt: skip


def test_an_automation_that_writes_to_git_is_no_part_of_a_chain() -> None:
    writer = obj("iua", "bot", {"sourceRef": {"kind": "GitRepository", "name": "fleet"}})
    made = plan("reconcile-chain", at(GIT, writer, on=GIT))
    assert [name for name, _needs in asked(made)] == ["GitRepository/fleet"]


# -- those without a controller


@pytest.mark.parametrize("short", ["alert", "provider"])
def test_who_has_no_controller_cannot_be_asked(short: str) -> None:
    one = obj(short, "pager", {"providerRef": {"name": "chat"}})
    where = at(one, obj("provider", "chat"), on=one)
    assert refusal("reconcile", where).endswith("cannot be asked to reconcile")
    assert refusal("reconcile-with-source", where)
    assert (
        refusal("pin", where) == f"{'an Alert' if short == 'alert' else 'a Provider'} has no "
        "versions to choose from"
    )
    with pytest.raises(UsageError, match="cannot be asked"):
        reconcile.reconcile_plan(at(one, on=one), {})
