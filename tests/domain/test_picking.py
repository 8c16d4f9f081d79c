"""Which list a source picks from: its own tags, or those of a chart in another source."""

from __future__ import annotations

from typing import Any

import pytest

from fluxtui.domain.following import registry_effects
from fluxtui.domain.picking import (
    address_of,
    concerns,
    index_of,
    pickers,
    picking,
    picks,
    remotes_of,
    scanned_by,
)
from fluxtui.domain.resource import Resource
from fluxtui.domain.selection import Charts, Policy
from fluxtui.domain.snapshot import TagList
from tests.builders import NS, snapshot, source

API = "source.toolkit.fluxcd.io/v1"


def made(kind: str, name: str, spec: Any) -> Resource:
    meta = {"name": name, "namespace": NS, "resourceVersion": "1", "generation": 1}
    body = {"apiVersion": API, "kind": kind, "metadata": meta, "spec": spec, "status": {}}
    return Resource.from_object("staging", body)


def chart(name: str = "web", version: str = "1.x", kind: str = "HelmRepository") -> Resource:
    whence = {"kind": kind, "name": "charts"}
    return made("HelmChart", "web", {"chart": name, "version": version, "sourceRef": whence})


def holder(url: str, **spec: str) -> Resource:
    return made("HelmRepository", "charts", {"url": url, **spec})


@pytest.mark.parametrize(
    ("where", "name", "address"),
    [
        (holder("https://charts.test/a/"), "web", "https://charts.test/a#web"),
        (holder("http://charts.test?x=1"), "web", "http://charts.test?x=1#web"),
        (holder("https://ann:word@charts.test"), "web", "https://charts.test#web"),
        (holder("oci://r.test/charts/", type="oci"), "web", "oci://r.test/charts/web"),
        (holder("oci://r.test/charts"), "web", ""),  # an index is never at such an address
        (holder("https://charts.test", type="oci"), "web", ""),
        (holder("https://[charts"), "web", ""),
        (holder(""), "web", ""),
        (holder("https://charts.test"), "", ""),
        (holder("https://charts.test"), "a#b", ""),
    ],
)
def test_where_the_versions_of_a_chart_are(where: Resource, name: str, address: str) -> None:
    of_chart = chart(name)
    seen = snapshot(of_chart, where)
    assert address_of(seen, of_chart.key) == address
    assert [(r.key, p.address) for r, p in pickers(seen)] == (
        [(of_chart.key, address)] if address else []
    )


def test_what_picks_one_of_them() -> None:
    of_chart = chart(version="")
    in_index = picking(snapshot(of_chart, holder("https://charts.test")), of_chart)
    assert in_index is not None and in_index.policy == Policy(semver="*", chart=Charts.INDEX)
    where = holder("oci://r.test/charts", type="oci")
    in_registry = picking(snapshot(of_chart, where), of_chart)
    assert in_registry is not None
    assert in_registry.policy == Policy(semver="*", helm=True, chart=Charts.REGISTRY)
    assert in_registry.policy.describe() == "version *"


def test_a_chart_out_of_git_or_out_of_nowhere_has_no_list() -> None:
    of_git = chart(kind="GitRepository")
    repository = made("GitRepository", "charts", {"url": "https://git.test/charts"})
    assert picking(snapshot(of_git, repository), of_git) is None
    assert picking(snapshot(chart()), chart()) is None


def test_a_source_with_tags_picks_from_its_own() -> None:
    resource = source("staging", "web", ref={"semver": "1.x"})
    picked = picking(snapshot(resource), resource)
    assert picked is not None and picked.policy.semver == "1.x"
    assert index_of(picked.address) is None


def test_whose_change_may_move_a_list() -> None:
    resource, where = source("staging", "web"), holder("https://charts.test")
    assert [picks(r.key) for r in (resource, chart(), where)] == [True, True, False]
    assert [concerns(r.key) for r in (resource, chart(), where)] == [True, True, True]
    repository = made("GitRepository", "charts", {})
    assert not concerns(repository.key)


def test_the_index_and_the_chart_of_an_address() -> None:
    assert index_of("https://charts.test/a#web") == ("https://charts.test/a", "web")
    assert index_of("https://charts.test/a") is None
    assert index_of("oci://r.test/a#b") is None


def test_a_chart_that_picks_from_a_registry_follows_what_is_written_there() -> None:
    of_chart, repository = chart(), "oci://r.test/charts/web"
    listed = TagList(repository, ("1.4.2", "1.5.0"), listed_at=1.0)
    seen = snapshot(of_chart, holder("oci://r.test/charts", type="oci"), tags=[listed])
    gone = registry_effects(seen, repository, remove=("1.5.0",))
    assert [(t.source.key, t.before, t.after) for t in gone.taken] == [
        (of_chart.key, "1.5.0", "1.4.2")
    ]
    unseen_by_ranges = registry_effects(seen, repository, add=("v1.9.0",))
    assert unseen_by_ranges.taken == () and unseen_by_ranges.followers == (of_chart,)


def test_only_who_picks_from_a_scan_has_one() -> None:
    scan = made("ImageRepository", "web", {"image": "r.test/web"})
    body = {
        "apiVersion": "image.toolkit.fluxcd.io/v1", "kind": "ImagePolicy",
        "metadata": {"name": "web", "namespace": NS},
        "spec": {"imageRepositoryRef": {"name": "web"}, "policy": {"semver": {"range": "*"}}},
    }  # fmt: skip
    policy = Resource.from_object("staging", body)
    scanned = Resource.from_object(
        "staging", {**scan.as_object(), "apiVersion": "image.toolkit.fluxcd.io/v1"}
    )
    both = snapshot(policy, scanned)
    assert scanned_by(both, policy) == scanned
    assert scanned_by(snapshot(policy), policy) is None
    for other in (scanned, chart(), source()):
        assert scanned_by(snapshot(scanned, other), other) is None


def test_remotes_are_of_what_follows_something_in_git() -> None:
    git = made("GitRepository", "infra", {"url": "https://x.example/r"})
    seen = snapshot(git, source(), holder("https://charts.test"))
    assert list(remotes_of(seen)) == [git]


@pytest.mark.parametrize(
    ("kind", "does"),
    [
        ("OCIRepository", (True, True)),
        ("HelmChart", (True, True)),
        ("HelmRepository", (False, True)),  # it holds what others pick from
        ("GitRepository", (False, False)),
        ("Bucket", (False, False)),
    ],
)
def test_what_picks_and_what_is_picked_from_concerns_lists(
    kind: str, does: tuple[bool, bool]
) -> None:
    key = made(kind, "x", {}).key
    assert (picks(key), concerns(key)) == does
