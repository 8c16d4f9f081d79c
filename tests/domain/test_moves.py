"""Which builds an act brings where: derived from its Steps alone, so that none is left out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fluxtui.domain.following import tag_effects
from fluxtui.domain.moves import moves_of, picked_anew
from fluxtui.domain.plan import AnyStep, Move, PatchStep, PushStep, RequestReconcile, TagStep
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.selection import Policy
from fluxtui.domain.snapshot import Snapshot, TagFacts, TagList
from tests.builders import NOW, URL, digest, ks, revision, snapshot, source, tag_list

A, B = revision("1.4.2", "a"), revision("1.5.0", "b")
TAGS = tag_list({"1.4.2": "a", "1.5.0": "b"})
SOURCE = source(stored=A, ref={"semver": "1.4.x"})
USER = ks(applied=A)


def seen(*resources: Resource, tags: TagList = TAGS) -> Snapshot:
    return snapshot(*resources, tags=(tags,))


def patch(target: Key, spec: dict[str, Any] | None, **notes: str | None) -> PatchStep:
    body: dict[str, Any] = {"metadata": {"annotations": notes}} if notes else {}
    if spec is not None:
        body["spec"] = spec
    return PatchStep("p", "patch", target=target, patch=body, resource_version="7")


def ask(target: Key) -> RequestReconcile:
    return RequestReconcile("ask", "ask", target=target, at=NOW)


def moves(*steps: AnyStep, where: Snapshot) -> list[tuple[str, str, str]]:
    """(source or applier, before, after)."""
    found = moves_of(where, steps)
    return [((move.applier or move.source).name, move.before, move.after) for move in found]


def test_a_source_that_would_pick_another_build_moves_to_it() -> None:
    where = seen(SOURCE, USER)
    step = patch(SOURCE.key, {"ref": {"semver": "1.x"}})
    assert moves_of(where, (step,)) == (Move(SOURCE.key, "", "1.5.0"),)
    assert moves(patch(SOURCE.key, {"ref": {"semver": "<=1.4.2"}}), where=where) == []
    assert moves(patch(SOURCE.key, {"interval": "1m"}), where=where) == []
    assert moves(patch(SOURCE.key, None, note="x"), where=where) == [], "no spec at all"


def test_to_ask_a_source_is_to_take_what_it_would_pick_now() -> None:
    behind = source(stored=A, ref={"semver": "1.x"})
    assert moves(ask(behind.key), where=seen(behind, USER)) == [("activity", "", "1.5.0")]
    assert moves(ask(SOURCE.key), where=seen(SOURCE, USER)) == []
    assert moves(ask(behind.key), where=seen(USER)) == [], "a source that is not there"


def test_the_last_of_several_patches_counts_on_top_of_the_ones_before() -> None:
    where = seen(SOURCE, USER)
    wide = patch(SOURCE.key, {"ref": {"semver": "1.x"}})
    stop = patch(SOURCE.key, {"suspend": True})
    assert moves(wide, stop, where=where) == [], "suspended, it fetches nothing"
    assert moves(stop, patch(SOURCE.key, {"suspend": None}), wide, where=where) == [
        ("activity", "", "1.5.0")
    ]
    assert moves(wide, ask(SOURCE.key), where=where) == [("activity", "", "1.5.0")]


def test_what_an_applier_has_not_taken_it_takes_once_it_runs() -> None:
    """Resumed or asked, it takes what its source has; who has it, or is suspended, does not."""
    where = seen(source(stored=B, ref={"semver": "1.x"}), ks(applied=A, suspend=True))
    resume = patch(USER.key, {"suspend": None})
    assert moves_of(where, (resume,)) == (Move(SOURCE.key, digest("a"), "", USER.key),)
    assert moves(ask(USER.key), where=where) == [], "it stays suspended"
    ready = seen(source(stored=B, ref={"semver": "1.x"}), ks(applied=B))
    assert moves(ask(USER.key), where=ready) == []


@pytest.mark.parametrize(
    "holder", [None, source(ref={"semver": "1.x"}), source(stored="", ref={"digest": digest("a")})]
)
def test_a_source_that_is_gone_or_empty_has_nothing_to_take(holder: Resource | None) -> None:
    resources = [ks(applied=A), *([holder] if holder is not None else [])]
    assert moves(ask(USER.key), where=seen(*resources)) == []


def test_several_appliers_of_one_source_are_each_told() -> None:
    two = ks(name="web", applied=A)
    where = seen(source(stored=B, ref={"semver": "1.x"}), ks(applied=A), two)
    assert moves(ask(USER.key), ask(two.key), where=where) == [
        ("api", digest("a"), ""), ("web", digest("a"), ""),
    ]  # fmt: skip


def test_a_source_that_moves_brings_its_appliers_along_once() -> None:
    where = seen(source(stored=B, ref={"semver": "1.5.x"}), ks(applied=A))
    both = (patch(SOURCE.key, {"ref": {"semver": "1.4.x"}}), ask(USER.key))
    assert moves(*both, where=where) == [("activity", "", "1.4.2")]


def other(kind: str, spec: dict[str, Any], status: dict[str, Any]) -> Resource:
    group = {"GitRepository": "source", "HelmRelease": "helm", "Kustomization": "kustomize"}[kind]
    versions = {"GitRepository": "v1", "HelmRelease": "v2", "Kustomization": "v1"}
    body = {"apiVersion": f"{group}.toolkit.fluxcd.io/{versions[kind]}", "kind": kind,
            "metadata": {"name": "infra", "namespace": "flux-system"},
            "spec": spec, "status": status}  # fmt: skip
    return Resource.from_object("staging", body)


def test_to_ask_a_git_source_or_a_release_makes_no_move_that_nobody_can_know() -> None:
    """What the remote has was not asked; a release takes the chart that its source has."""
    git = other("GitRepository", {"url": "https://x.example/r"},
                {"artifact": {"revision": "main@sha1:" + "1" * 40}})  # fmt: skip
    user = other("Kustomization", {"sourceRef": {"kind": "GitRepository", "name": "infra"}}, {})
    assert moves(ask(git.key), ask(user.key), where=seen(git, user)) == []
    chart = {
        "chartRef": {"kind": "OCIRepository", "name": "activity", "namespace": SOURCE.key.namespace}
    }
    release = other("HelmRelease", chart, {})
    assert moves(ask(release.key), where=seen(SOURCE, release)) == []


def of_git(stored: str, applied: str) -> list[tuple[str, str, str]]:
    """What it does to ask a Kustomization that has applied one commit of a source with another."""
    artifact = {"artifact": {"revision": f"main@sha1:{stored}"}} if stored else {}
    git = other("GitRepository", {"url": "https://x.example/r"}, artifact)
    spec = {"sourceRef": {"kind": "GitRepository", "name": "infra"}}
    ran = {"lastAppliedRevision": f"main@sha1:{applied}"} if applied else {}
    user = other("Kustomization", spec, ran)
    return moves(ask(user.key), where=seen(git, user))


def test_who_stands_on_git_takes_the_commit_that_its_source_has() -> None:
    one, two = "1" * 40, "2" * 40
    assert of_git(two, one) == [("infra", f"sha1:{one}", "")]
    assert of_git(one, one) == [], "it has that already"
    assert of_git("", one) == [], "the source has nothing"
    assert of_git(two, "") == [], "it never ran: what it goes from is not known"


def charted(kind: str, name: str, spec: dict[str, Any], **status: Any) -> Resource:
    body = {"apiVersion": "source.toolkit.fluxcd.io/v1", "kind": kind, "spec": spec,
            "metadata": {"name": name, "namespace": "flux-system"}, "status": status}  # fmt: skip
    return Resource.from_object("staging", body)


def test_a_chart_that_is_set_on_a_version_goes_there_whoever_takes_it() -> None:
    index = charted("HelmRepository", "index", {"url": "https://charts.test"})
    spec = {
        "chart": "web",
        "version": "1.x",
        "sourceRef": {"kind": index.key.kind, "name": "index"},
    }
    chart = charted("HelmChart", "web", spec, artifact={"revision": "1.4.2"})
    where = seen(chart, index)
    exact = patch(chart.key, {"version": "1.5.0"})
    assert moves_of(where, (exact,)) == (Move(chart.key, "", "1.5.0"),), "listed or not"
    assert moves(patch(chart.key, {"version": "1.4.2"}), where=where) == []
    assert moves(patch(chart.key, {"version": ">=1"}), where=where) == [], "nobody knows the list"


def test_a_chart_that_would_pick_the_new_tag_has_no_content_of_a_bundle() -> None:
    """Of a chart nobody can say what it holds by the digest that a bundle's step names."""
    base = URL.rpartition("/")
    index = charted("HelmRepository", "index", {"url": base[0], "type": "oci"})
    spec = {"chart": base[2], "version": "1.x", "sourceRef": {"kind": "HelmRepository",
            "name": "index"}}  # fmt: skip
    chart = charted("HelmChart", "web", spec, artifact={"revision": "1.5.0"})
    where = seen(chart, index)
    picks = tag_effects(where, URL, "1.6.0")
    assert [taken.source.key for taken in picks.taken] == [chart.key]
    assert moves_of(where, (tag("1.6.0", "a"),), picks) == ()


def tag(name: str, letter: str) -> TagStep:
    return TagStep("t", "tag", repository=URL, digest=digest(letter), tag=name)


def test_a_new_tag_moves_those_who_would_pick_it_to_its_content() -> None:
    wide = source(stored=B, ref={"semver": "1.x"})
    where = seen(wide, USER)
    picks = tag_effects(where, URL, "1.6.0")
    step = tag("1.6.0", "a")
    assert moves_of(where, (step,), picks) == (Move(wide.key, "", digest("a")),)
    assert moves_of(where, (step,)) == (), "nobody said who follows"
    pushed = PushStep("p", "p", repository=URL, tag="1.6.0", folder="f", images={})
    assert moves_of(where, (pushed,), picks) == (), "it is in no registry yet"
    # Whoever follows is told once, whatever else is done to it.
    assert moves_of(where, (step, ask(wide.key)), picks) == (Move(wide.key, "", digest("a")),)
    late = source(stored=A, ref={"semver": "1.x"})
    where = seen(late, USER)
    picks = tag_effects(where, URL, "1.6.0")
    assert moves(ask(late.key), where=where) == [("activity", "", "1.5.0")]
    assert moves_of(where, (step, ask(late.key)), picks) == (Move(late.key, "", digest("a")),)


def test_who_falls_back_takes_what_is_left() -> None:
    from fluxtui.domain.following import registry_effects

    wide = source(stored=B, ref={"semver": "1.x"})
    where = seen(wide, USER)
    back = registry_effects(where, URL, remove=("1.5.0",))
    assert moves_of(where, (), back) == (Move(wide.key, "", "1.4.2"),)
    nothing = registry_effects(where, URL, remove=("1.5.0", "1.4.2"))
    assert moves_of(where, (), nothing) == ()


DIGEST_ONLY = source(stored=digest("b"))


@pytest.mark.parametrize(
    ("stored", "policy", "tags", "pick"),
    [
        # A digest is what it says, listed or not.
        (A, Policy(digest=digest("b")), None, digest("b")),
        (A, Policy(digest=digest("a")), None, ""),
        # Without a list, or an empty one, nobody can say.
        (A, Policy(semver="1.x"), None, ""),
        (A, Policy(semver="1.x"), TagList(URL, (), 100.0), ""),
        (A, Policy(semver="1.x"), TAGS, "1.5.0"),
        (B, Policy(semver="1.x"), TAGS, ""),
        # The same content under another name is nothing new; other content under one is.
        (revision("1.4.2", "b"), Policy(semver="1.x"), TAGS, ""),
        (revision("1.5.0", "c"), Policy(semver="1.x"), TAGS, "1.5.0"),
        (digest("b"), Policy(semver="1.x"), TAGS, ""),
        # Where no manifest was read, the name has to do.
        (B, Policy(semver="1.x"), replace(TAGS, facts={}), ""),
        (A, Policy(semver="1.x"), replace(TAGS, facts={}), "1.5.0"),
        (B, Policy(semver="1.x"), replace(TAGS, facts={"1.5.0": TagFacts("1.5.0", "")}), ""),
        (A, Policy(semver="1.x"), replace(TAGS, facts={"1.5.0": TagFacts("1.5.0", "")}), "1.5.0"),
        (A, Policy(semver="9.x"), TAGS, ""),
    ],
)
def test_what_a_policy_picks_is_told_by_content_where_that_is_known(
    stored: str, policy: Policy, tags: TagList | None, pick: str
) -> None:
    one = source(stored=stored)
    where = snapshot(one, tags=(tags,) if tags is not None else ())
    assert picked_anew(where, one, policy) == pick
