"""What each kind's fields mean: whom it names, what it follows and holds, and what is nonsense."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fluxtui.domain import kinds
from fluxtui.domain.gitreference import RemoteQuestion
from fluxtui.domain.kinds import (
    alert,
    appliers,
    artifactgenerator,
    bucket,
    externalartifact,
    fluxreport,
    gitrepository,
    helmchart,
    helmrepository,
    imagepolicy,
    imagerepository,
    imageupdateautomation,
    kustomization,
    releases,
    sources,
)
from fluxtui.domain.kinds.reading import is_among, mappings_at, text_at, value_at, whole_at
from fluxtui.domain.resource import Resource
from tests.builders import READY, condition, digest, failed, ks, revision, source

A, B = revision("1.4.2", "a"), revision("1.5.0", "b")


def of(short: str, spec: Any = None, status: Any = None, **meta: Any) -> Resource:
    kind = kinds.by_short(short)
    assert kind is not None
    head = {"name": "web", "namespace": "apps", **meta}
    body = {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": head}
    return Resource.from_object("staging", {**body, "spec": spec or {}, "status": status or {}})


def labels(resource: Resource) -> list[str]:
    return [key.label for key in kinds.needs(resource)]


@pytest.mark.parametrize(
    ("one", "needs"),
    [
        (of("imagepol", {"imageRepositoryRef": {"name": "r"}}), ["ImageRepository/apps/r"]),
        (of("imagepol"), []),
        (of("alert", {"providerRef": {"name": "p"}}), ["Provider/apps/p"]),
        (of("alert"), []),
        (of("iua", {"sourceRef": {"name": "g", "namespace": "x"}}), ["GitRepository/x/g"]),
        (of("iua"), []),
        (of("hc", {"sourceRef": {"kind": "HelmRepository", "name": "h"}}),
         ["HelmRepository/apps/h"]),
        (of("rset", {"inputsFrom": [{"name": "i"}, {"selector": {}}]}),
         ["ResourceSetInputProvider/apps/i"]),
        (of("gitrepo", {"include": [{"repository": {"name": "g"}}, {}]}), ["GitRepository/apps/g"]),
        (of("hr", {"chartRef": {"kind": "HelmChart", "name": "c"}}), ["HelmChart/apps/c"]),
        (of("hr"), []),
        (of("hc"), []),
    ],
)  # fmt: skip
def test_what_an_object_stands_on_is_what_it_names(one: Resource, needs: list[str]) -> None:
    assert labels(one) == needs


def test_an_external_artifact_stands_on_whoever_makes_it() -> None:
    entry = {"apiVersion": "source.extensions.fluxcd.io/v1beta1", "kind": "ArtifactGenerator",
             "name": "g"}  # fmt: skip
    one = of("ea", {"sourceRef": entry})
    assert labels(one) == ["ArtifactGenerator/apps/g"]
    assert externalartifact.follows(one) == "ArtifactGenerator g"
    assert externalartifact.follows(of("ea")) == "whoever makes it"
    assert labels(of("ea")) == []


def test_a_generator_keeps_what_its_inventory_says() -> None:
    inventory = [{"name": "a"}, {"kind": "Namespace", "name": "n", "namespace": "x"}, {}]
    one = of("ag", {"sources": [{"kind": "GitRepository", "name": "g"}, {"name": "no kind"}]},
             {"inventory": inventory, "observedSourcesDigest": digest("a")})  # fmt: skip
    assert [key.label for key in artifactgenerator.makes(one)] == [
        "ExternalArtifact/apps/a", "Namespace/n",
    ]  # fmt: skip
    assert labels(one) == ["GitRepository/apps/g"]
    assert artifactgenerator.revision(one) == "sha256:aaaaaaaa"


# -- images


@pytest.mark.parametrize(
    ("image", "address"),
    [
        ("ghcr.io/acme/web", "oci://ghcr.io/acme/web"),
        ("localhost/web", "oci://localhost/web"),
        ("registry:5000/web", "oci://registry:5000/web"),
        ("acme/web", "oci://index.docker.io/acme/web"),
        ("web", "oci://index.docker.io/library/web"),
        ("ghcr.io/acme/web:1.0", ""),
        ("ghcr.io/acme/web@sha256:1", ""),
        ("https://ghcr.io/acme/web", ""),
        ("", ""),
    ],
)
def test_an_image_s_tags_are_where_docker_would_look(image: str, address: str) -> None:
    assert imagerepository.address(of("imagerepo", {"image": image})) == address


def test_the_name_that_its_controller_made_of_it_comes_first() -> None:
    one = of("imagerepo", {"image": "web"}, {"canonicalImageName": "r.example/x/web"})
    assert imagerepository.address(one) == "oci://r.example/x/web"


def test_a_scan_tells_its_tags_as_far_as_they_have_a_shape() -> None:
    last = {"tagCount": 12, "latestTags": ["1.1", 3, "1.0"], "scanTime": "monday"}
    one = of("imagerepo", {}, {"lastScanResult": last})
    assert imagerepository.latest(one) == ("1.1", "1.0")
    assert imagerepository.tags(one) == "12 tags"
    assert imagerepository.scanned(one) == "monday"
    bare = of("imagerepo", {}, {"lastScanResult": {"tagCount": "many", "latestTags": "1.0"}})
    assert (imagerepository.latest(bare), imagerepository.tags(bare)) == ((), "")
    assert imagerepository.exclusions(of("imagerepo", {"exclusionList": ["^x"]})) == ("^x",)
    assert imagerepository.exclusions(of("imagerepo", {"exclusionList": []})) == ()
    assert imagerepository.exclusions(of("imagerepo")) == ("^.*\\.sig$",)


@pytest.mark.parametrize(
    ("status", "picked"),
    [
        ({"latestRef": {"tag": "1.1"}}, "1.1"),
        ({"latestRef": {"tag": "1.1", "digest": "sha256:1"}}, "1.1@sha256:1"),
        ({"latestImage": "ghcr.io/acme/web:1.0"}, "1.0"),
        ({"latestRef": {"digest": "sha256:1"}}, ""),
        ({}, ""),
    ],
)
def test_a_policy_tells_what_it_picked(status: Any, picked: str) -> None:
    assert imagepolicy.picked(of("imagepol", {}, status)) == picked


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        ({"semver": {"range": "^1.0"}}, "semver ^1.0"),
        ({"alphabetical": {"order": "desc"}}, "alphabetical desc"),
        ({"numerical": {}}, "numerical asc"),
        ({}, ""),
    ],
)
def test_a_policy_says_how_it_picks(policy: Any, words: str) -> None:
    assert imagepolicy.policy(of("imagepol", {"policy": policy})) == words


def test_a_policy_s_rule_is_read_as_its_controller_would() -> None:
    rule, semver = imagepolicy.rule(of("imagepol", {"policy": {"semver": {"range": "^1"}}}))
    assert (rule.way, rule.order, rule.pattern, rule.extract) == ("semver", "asc", "", "")
    assert (rule.digests, semver) == ("Never", "^1")
    spec = {"policy": {"numerical": {"order": "desc"}, "semver": "odd"},
            "filterTags": {"pattern": "^v", "extract": "$1"},
            "digestReflectionPolicy": "Always"}  # fmt: skip
    rule, semver = imagepolicy.rule(of("imagepol", spec))
    assert (rule.way, rule.order, rule.pattern, rule.extract) == ("numerical", "desc", "^v", "$1")
    assert (rule.digests, semver) == ("Always", "")


def test_an_automation_writes_the_policies_of_its_namespace_that_it_has_seen() -> None:
    auto = of("iua", {}, {"observedPolicies": {"web": {}}, "lastPushCommit": "a" * 40})
    own = of("imagepol")
    writes = imageupdateautomation.writes
    assert writes(auto, own)
    assert not writes(auto, replace(own, key=own.key._replace(namespace="x")))
    assert not writes(auto, replace(own, key=own.key._replace(name="other")))
    assert not writes(auto, of("imagerepo"))
    assert imageupdateautomation.pushed(auto) == "a" * 7


# -- sources


def test_a_git_source_tells_what_it_follows_and_where_that_moves() -> None:
    def follows(ref: Any) -> str:
        return gitrepository.follows(of("gitrepo", {"ref": ref}))

    assert follows({"commit": "a" * 40, "branch": "b"}) == f"commit {'a' * 40} of branch b"
    assert follows({"commit": "a" * 40}) == f"commit {'a' * 40}"
    assert follows({"tag": "v1", "branch": "b"}) == "tag v1"
    assert follows({"branch": "b"}) == "branch b"


STORED = {"artifact": {"revision": "main@sha1:" + "1" * 40}}


@pytest.mark.parametrize(
    ("url", "ref", "status", "asked"),
    [
        ("https://x.example/r", {"branch": "main"}, STORED, True),
        ("http://x.example/r", {"branch": "main"}, STORED, True),
        ("https://x.example/r", {"name": "refs/heads/b", "tag": "v1"}, STORED, True),
        ("ssh://git@x.example/r", {"branch": "main"}, STORED, False),
        ("https://x.example/r", {"branch": "main"}, {}, False),
        ("https://x.example/r", {"commit": "a" * 40}, STORED, False),
        ("https://x.example/r", {"tag": "v1"}, STORED, False),
    ],
)
def test_a_remote_is_asked_for_what_moves_and_was_stored(
    url: str, ref: Any, status: Any, asked: bool
) -> None:
    question = sources.question(of("gitrepo", {"url": url, "ref": ref}, status))
    assert isinstance(question, RemoteQuestion) is asked
    assert question is None or (question.url, question.stored) == (
        url,
        STORED["artifact"]["revision"],
    )
    assert sources.question(source(stored=A)) is None, "no Git"


@pytest.mark.parametrize(("mode", "bar"), [("HEAD", False), ("Tag", True), ("TagAndHEAD", True)])
def test_a_source_that_verifies_tags_takes_no_commit(mode: str, bar: bool) -> None:
    one = of("gitrepo", {"verify": {"mode": mode}})
    hold = kinds.hold(one)
    assert hold is not None and bool(hold.bar(one)) is bar


def test_a_bucket_is_named_by_its_endpoint_and_says_what_of_it_is_taken() -> None:
    assert bucket.url(of("bucket", {"endpoint": "s3.example", "bucketName": "b"})) == "s3.example/b"
    assert bucket.url(of("bucket", {"bucketName": "b"})) == "b"
    assert bucket.follows(of("bucket")) == "all of it"
    assert bucket.follows(of("bucket", {"prefix": "p/"})) == "what begins with p/"


def test_a_chart_repository_is_an_index_or_an_address() -> None:
    index, address = of("helmrepo"), of("helmrepo", {"type": "oci"})
    assert [helmrepository.follows(one) for one in (index, address)] == [
        "its index", "no index: a registry",
    ]  # fmt: skip
    assert [kinds.is_static(one) for one in (index, address)] == [False, True]
    assert helmrepository.charts(index) is not helmrepository.charts(address)


def test_a_chart_wishes_a_version_of_what_it_names() -> None:
    spec = {"chart": "web", "version": "^1", "sourceRef": {"kind": "HelmRepository", "name": "h"}}
    wish = helmchart.wish(of("hc", spec))
    assert wish is not None
    assert (wish.holder.name, wish.chart, wish.version) == ("h", "web", "^1")
    assert helmchart.wish(of("hc", {**spec, "chart": ""})) is None
    assert helmchart.wish(of("hc", {"chart": "web"})) is None
    assert helmchart.follows(of("hc", spec)) == "web ^1"
    assert helmchart.follows(of("hc", {"chart": "web"})) == "web *"
    assert helmchart.follows(of("hc", {"version": "^1"})) == "^1"


@pytest.mark.parametrize(
    ("text", "version"),
    [("1.4.2", "1.4.2"), ("v1.4.2-rc.1+b", "v1.4.2-rc.1+b"), ("1.4", ""), ("^1.4.2", ""), ("", "")],
)
def test_only_an_exact_version_is_one(text: str, version: str) -> None:
    assert helmchart.named(text) == version


def test_what_reports_and_alerts_say_in_a_column() -> None:
    parts = [{"name": "a", "ready": False}, {"name": "b", "ready": True}, {"name": "c"}]
    assert fluxreport._unready(of("fluxreport", {"components": parts})) == "a"
    events = [{"kind": "Kustomization", "name": "*"}, {"kind": "HelmRelease", "name": "web"}]
    assert (
        alert.listens(of("alert", {"eventSources": events})) == "Kustomization/*, HelmRelease/web"
    )


# -- a Kustomization's live revision and its failures

WELL = "ReconciliationSucceeded"
CHECKS = condition("Healthy", "Unknown", "Progressing", f"Running health checks for revision {B}")
OLD_CHECKS = condition("Healthy", "Unknown", "Progressing", f"Running checks for revision {A}")


@pytest.mark.parametrize(
    ("conditions", "history", "live"),
    [
        ((failed("BuildFailed"),), (), A),
        ((failed("HealthCheckFailed"),), (), B),
        ((failed("PruneFailed"),), (), B),
        ((CHECKS,), (), B),
        ((OLD_CHECKS,), (), A),
        (({**CHECKS, "status": "True"},), (), A),
        ((), ((B, "HealthCheckFailed", "t"),), B),
        ((), ((B, "BuildFailed", "t"),), A),
        ((), ((A, WELL, "t"),), A),
    ],
)
def test_what_is_tried_is_live_once_it_was_applied(
    conditions: Any, history: Any, live: str
) -> None:
    one = ks(applied=A, attempted=B, conditions=conditions, history=history)
    assert appliers.running(one) == live


def test_only_the_newest_run_of_what_is_tried_is_a_failure_before() -> None:
    def before(history: Any, *conditions: Any, attempted: str = B) -> str | None:
        one = ks(applied=A, attempted=attempted, conditions=conditions, history=history)
        run = kustomization.before(one)
        return run.status if run is not None else None

    bad, well = (B, "HealthCheckFailed", "t"), (B, WELL, "t")
    trying = condition("Ready", "Unknown", "Progressing")
    assert before([bad], trying) == "HealthCheckFailed"
    assert before([bad]) == "HealthCheckFailed"
    assert before([bad], READY) is None
    assert before([well, bad], trying) is None
    assert before([bad], trying, attempted=A) is None
    assert before([], trying) is None
    assert before([("", "BuildFailed", "t")], trying, attempted="") is None


# -- releases by role


def test_the_release_before_is_the_newest_below_the_one_that_runs() -> None:
    def entry(number: int, status: str) -> dict[str, Any]:
        return {"version": number, "status": status}

    history = [entry(4, "failed"), entry(3, "deployed"), entry(2, "failed"), entry(1, "superseded")]
    one = of("hr", {}, {"history": history})
    now, before = releases.deployed(one), releases.previous(one)
    assert (now and now.number, before and before.number) == (3, 2)
    lost = of("hr", {}, {"history": [entry(2, "failed"), entry(1, "failed")]})
    assert releases.deployed(lost) is None and releases.previous(lost) is None
    first = of("hr", {}, {"history": [entry(1, "deployed")]})
    assert releases.previous(first) is None


def test_what_makes_no_releases_has_none_of_their_parts() -> None:
    one = ks()
    assert not releases.has_releases(one.key)
    assert releases.own_values(one) == {} and releases.values_from(one) == ()
    assert releases.stored(one) == () and releases.deployed(one) is None
    assert releases.storage(one) == releases.released_as(one) == ("", "")


def test_a_release_goes_to_the_namespace_that_it_names() -> None:
    assert releases.released_as(of("hr")) == ("web", "apps")
    assert releases.released_as(of("hr", {"targetNamespace": "x"})) == ("x-web", "x")


# -- reading


ODD: dict[str, Any] = {"a": {"text": "x", "number": 3, "flag": True, "list": [{"n": 1}, 2, "x"]}}


def test_what_is_of_another_shape_is_not_there() -> None:
    assert text_at(ODD, "a", "text") == "x" and text_at(ODD, "a", "number") == ""
    assert text_at(ODD, "a", "text", "more") == "" and text_at(ODD, "b", "c") == ""
    assert value_at(ODD, "a", "number") == 3 and value_at(ODD, "a", "text", "more") is None
    assert whole_at(ODD, "a", "number") == 3 and whole_at(ODD, "a", "text") == 0
    assert list(mappings_at(ODD, "a", "list")) == [{"n": 1}]
    assert list(mappings_at(ODD, "a", "text")) == []


@pytest.mark.parametrize(
    ("entry", "named"),
    [
        ({"kind": "Kustomization", "name": "api"}, True),
        ({"kind": "Kustomization", "name": "*"}, True),
        ({"kind": "Kustomization", "name": "*", "matchLabels": {"team": "a"}}, True),
        ({"kind": "Kustomization", "name": "*", "matchLabels": {"team": "b"}}, False),
        ({"kind": "Kustomization", "name": "*", "matchLabels": {"team": "a", "x": "y"}}, False),
        ({"kind": "Kustomization", "name": "other"}, False),
        ({"kind": "HelmRelease", "name": "api"}, False),
        ({"kind": "Kustomization", "name": "api", "namespace": "x"}, False),
        ({"kind": "Kustomization"}, False),
    ],
)
def test_an_entry_names_one_object_or_all_with_its_labels(entry: Any, named: bool) -> None:
    one = ks(labels={"team": "a"})
    teller = replace(of("alert"), key=of("alert").key._replace(namespace=one.key.namespace))
    assert is_among(teller, [{}, entry], one) is named


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("ks", "Kustomization"),
        ("KS", "Kustomization"),
        ("kustomizations", "Kustomization"),
        ("kustomization.kustomize.toolkit.fluxcd.io", "Kustomization"),
        ("kustomization.example.com", None),
        ("boat", None),
    ],
)
def test_a_word_means_a_kind_of_its_own_group(text: str, kind: str | None) -> None:
    found = kinds.by_short(text)
    assert (found and found.kind) == kind
