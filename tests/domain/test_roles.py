"""Kinds are asked by role: whoever has none answers with nothing, and nobody is asked by name."""

from __future__ import annotations

from typing import Any

from fluxtui.domain import roles
from fluxtui.domain.kinds import appliers, sources, suspended
from fluxtui.domain.kinds.alert import needs
from fluxtui.domain.kinds.helmrelease import stored
from fluxtui.domain.kinds.kind import handled_request
from fluxtui.domain.kinds.reading import text_at
from fluxtui.domain.kinds.sources import question
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.selection import Policy
from tests.builders import NS, URL, deployment, digest, failed, ks, revision, snapshot, source

GIT = "source.toolkit.fluxcd.io"
AT = "2026-11-22T02:00:00Z"
REVISION = revision("1.4.2", "b")


def repository(ref: Any, **status: Any) -> Resource:
    obj = {"apiVersion": f"{GIT}/v1", "kind": "GitRepository", "status": status}
    meta = {"name": "fleet", "namespace": NS}
    spec = {"url": "https://git.example.com/fleet", "ref": ref}
    return Resource.from_object("staging", {**obj, "metadata": meta, "spec": spec})


def test_an_object_without_the_role_answers_with_nothing() -> None:
    plain, feeds = deployment("api"), source(stored=REVISION)
    for other in (plain, feeds):
        key = other.key
        assert appliers.role(key) is None and not appliers.is_applier(key)
        assert appliers.source(other) is None and appliers.failed_before(other) is None
        assert appliers.depends_on(other) == () and appliers.inventory(other) == ()
        assert appliers.history(other) == ()
        texts = (appliers.applied, appliers.attempted, appliers.running, appliers.failing_since)
        assert [ask(other) for ask in texts] == ["", "", "", ""]
        assert appliers.good(key) == "" and not appliers.is_good(key, "")
        assert not appliers.is_bad(key, "BuildFailed")
        assert not appliers.waits_for_health(key, "HealthCheckFailed")
    for other in (plain, ks()):
        assert sources.role(other.key) is None
        assert not sources.is_source(other.key) and not sources.is_tagged(other.key)
        assert sources.url(other) == sources.follows(other) == "" and not sources.revision(other)
        assert sources.policy(other) == Policy()


def test_an_applier_answers_by_its_kind() -> None:
    bad = (REVISION, "HealthCheckFailed", AT)
    one = ks(
        needs=["db"], applied=digest("a"), attempted=REVISION, history=[bad],
        inventory=["a_b_c_D"], conditions=[failed("HealthCheckFailed")],
    )  # fmt: skip
    assert appliers.is_applier(one.key) and not sources.is_source(one.key)
    assert appliers.source(one) == source().key
    assert [key.name for key in appliers.depends_on(one)] == ["db"]
    assert appliers.inventory(one) == (("a_b_c_D", "v1"),)
    assert [run.status for run in appliers.history(one)] == ["HealthCheckFailed"]
    assert (appliers.applied(one), appliers.attempted(one)) == (digest("a"), REVISION)
    assert appliers.running(one) == REVISION
    before = appliers.failed_before(one)
    assert before is not None and before.revision == REVISION
    since = ks(attempted=REVISION, conditions=[{**failed("x"), "lastTransitionTime": AT}])
    assert appliers.failing_since(since) == AT
    assert appliers.is_good(one.key, "ReconciliationSucceeded")
    assert not appliers.is_good(one.key, "BuildFailed") and not appliers.is_good(one.key, "")
    assert appliers.is_bad(one.key, "BuildFailed")
    assert not appliers.is_bad(one.key, "ReconciliationSucceeded")
    assert appliers.waits_for_health(one.key, "HealthCheckFailed")
    assert not appliers.waits_for_health(one.key, "BuildFailed")


def test_a_source_answers_by_its_kind() -> None:
    one = source(stored=REVISION)
    assert sources.is_source(one.key) and sources.is_tagged(one.key)
    assert (sources.url(one), sources.revision(one)) == (URL, REVISION)
    assert sources.follows(one) == "semver >=0.0.0"
    assert sources.policy(one) == Policy(semver=">=0.0.0")
    git = repository({"tag": "v1"}, artifact={"revision": "v1@sha1:01", "lastUpdateTime": AT})
    assert sources.is_source(git.key) and not sources.is_tagged(git.key)
    assert sources.policy(git) == Policy() and sources.revision(git) == "v1@sha1:01"
    assert sources.stored_at(git) == AT and sources.follows(git) == "tag v1"
    for odd in (repository({}, artifact="x"), repository({}, artifact={"revision": None})):
        assert sources.revision(odd) == sources.stored_at(odd) == ""


def test_a_chart_repository_is_told_by_its_layer() -> None:
    def policy(selector: Any) -> Policy:
        obj = {"apiVersion": f"{GIT}/v1", "kind": "OCIRepository", "metadata": {"name": "x"}}
        spec = {"ref": {"tag": "main"}, "layerSelector": selector}
        return sources.policy(Resource.from_object("staging", {**obj, "spec": spec}))

    chart = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"
    assert policy({"mediaType": chart}) == Policy(tag="main", helm=True)
    for other in ({"mediaType": "x"}, {"mediaType": None}, "x", None):
        assert policy(other) == Policy(tag="main")


def test_suspension_and_requests_are_read_as_far_as_they_have_a_shape() -> None:
    assert suspended(source(suspend=True)) and not suspended(source())
    odd = Resource.from_object(
        "staging", {"kind": "X", "metadata": {"name": "x"}, "spec": {"suspend": "yes"}}
    )
    assert not suspended(odd)
    handled = {"kind": "X", "metadata": {"name": "x"}, "status": {"lastHandledReconcileAt": AT}}
    assert handled_request(Resource.from_object("staging", handled)) == AT
    assert handled_request(odd) == ""
    assert text_at({"a": 1, "b": "x"}, "a") == "" and text_at({"b": "x"}, "b") == "x"


def test_who_feeds_whom_is_looked_up_within_one_environment() -> None:
    one, there = source(), source("production")
    second, first = ks(name="web"), ks(name="api")
    others = (ks("production", "api"), ks(name="else", of="other"), deployment("api"))
    seen = snapshot(one, there, second, first, *others)
    assert [r.key.name for r in roles.users_of(seen, one.key)] == ["api", "web"]
    assert roles.source_of(seen, first.key) is seen.get(one.key) is roles.source_of(seen, one.key)
    lost = others[1].key
    assert roles.source_of(seen, lost) is None and roles.bundle_of(seen, lost) is None
    wanted = roles.source_key(seen, lost)
    assert wanted is not None and wanted.name == "other"
    for nothing in (others[2].key, Key("staging", "", "Pod", NS, "x")):
        assert roles.source_key(seen, nothing) is None
        assert roles.source_of(seen, nothing) is None and roles.bundle_of(seen, nothing) is None
    assert roles.bundle_of(seen, first.key) is seen.get(one.key)
    assert {r.key for r in roles.tagged(seen)} == {one.key, there.key}
    assert [r.key for r in roles.tagged_in(seen, "production")] == [there.key]
    assert len(list(roles.appliers_in(seen, "staging"))) == 3


def test_an_object_names_the_applier_that_made_it() -> None:
    group = ks().key.group
    labels = {f"{group}/name": "apps", f"{group}/namespace": "flux-system"}
    found = appliers.parent(source(labels=labels))
    assert found == Key("staging", group, "Kustomization", "flux-system", "apps")
    assert appliers.parent(source(labels={f"{group}/namespace": "x"})) is None
    # A ResourceSet's labels have a group of their own.
    operator = "fluxcd.controlplane.io"
    labels = {f"resourceset.{operator}/name": "previews", f"resourceset.{operator}/namespace": NS}
    made_by = appliers.parent(source(labels=labels))
    assert made_by == Key("staging", operator, "ResourceSet", NS, "previews")
    assert appliers.parent(source()) is None


def test_a_commit_and_a_tag_are_followed_by_nobody() -> None:
    moves = {
        "branch": ({"branch": "main"}, "main"), "name": ({"name": "refs/heads/x"}, "refs/heads/x"),
        "both": ({"tag": "v1", "name": "refs/heads/x"}, "refs/heads/x"),
    }  # fmt: skip
    for ref, word in moves.values():
        assert word in sources.follows(repository(ref)), ref
    for ref in ({"tag": "v1"}, {"commit": "4f2c9e1"}, {"commit": "4f2c9e1", "branch": "main"}):
        assert question(repository(ref, artifact={"revision": "main@sha1:4f2c9e1"})) is None, ref
    stored = {"artifact": {"revision": "main@sha1:4f2c9e1"}}
    assert question(repository({"branch": "main"}, **stored)) is not None
    assert question(repository({"branch": "main"})) is None, "nothing is stored"


def test_a_resource_set_tries_what_it_has_applied_where_it_says_nothing_else() -> None:
    body = {
        "apiVersion": "fluxcd.controlplane.io/v1", "kind": "ResourceSet",
        "metadata": {"name": "x", "namespace": NS},
    }  # fmt: skip
    for status, tried in (
        ({"lastAppliedRevision": "a"}, "a"),
        ({"lastAppliedRevision": "a", "lastAttemptedRevision": "b"}, "b"),
    ):
        one = Resource.from_object("staging", {**body, "status": status})
        assert appliers.attempted(one) == tried


def test_an_alert_needs_the_provider_that_it_names_and_no_other() -> None:
    body = {
        "apiVersion": "notification.toolkit.fluxcd.io/v1beta3", "kind": "Alert",
        "metadata": {"name": "x", "namespace": NS},
    }  # fmt: skip
    named = Resource.from_object("staging", {**body, "spec": {"providerRef": {"name": "chat"}}})
    assert [key.name for key in needs(named)] == ["chat"]
    assert needs(Resource.from_object("staging", {**body, "spec": {}})) == ()


def test_a_release_without_history_is_the_one_that_an_old_api_calls_the_last() -> None:
    body = {
        "apiVersion": "helm.toolkit.fluxcd.io/v2", "kind": "HelmRelease",
        "metadata": {"name": "web", "namespace": NS},
    }  # fmt: skip
    old = {"lastReleaseRevision": 3, "lastAppliedRevision": "1.4.2"}
    for status, namespace, known in (
        ({}, "", []), ({**old, "lastReleaseRevision": "3"}, "", []),
        ({**old, "lastReleaseRevision": 0}, "", []), (old, "", [(3, NS, "1.4.2")]),
        (old, "other", [(3, "other", "1.4.2")]),
    ):  # fmt: skip
        spec = {"storageNamespace": namespace} if namespace else {}
        one = Resource.from_object("staging", {**body, "spec": spec, "status": status})
        assert [(r.number, r.namespace, r.version) for r in stored(one)] == known, status
