"""The registry of kinds: words and objects it knows, and that a kind needs no file but its own.

The last story makes up a kind and names it in the registry, nowhere else: board, chain, findings
and acts must know it.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fluxtui.domain import kinds
from fluxtui.domain.kinds import appliers, sources
from fluxtui.domain.kinds.kind import Kind
from fluxtui.domain.resource import Key, Resource
from tests.builders import NS, deployment, failed, ks, snapshot, source

GIT = "source.toolkit.fluxcd.io"


@pytest.mark.parametrize("kind", kinds.ALL)
def test_every_kind_answers_for_an_object_with_nothing_in_it(kind: Kind) -> None:
    meta = {"name": "x", "namespace": "ns"}
    for junk in ({}, {"spec": [], "status": "?"}, {"spec": {"ref": 3, "url": None}}):
        body = {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": meta, **junk}
        one = Resource.from_object("staging", body)
        assert sources.url(one) == "" and sources.revision(one) == ""
        assert isinstance(sources.follows(one), str) and not sources.policy(one).digest
        assert appliers.source(one) is None and appliers.depends_on(one) == ()
        assert appliers.running(one) == "" and appliers.history(one) == ()
        assert appliers.failing_since(one) == "" and appliers.failed_before(one) is None


@pytest.mark.parametrize("kind", kinds.ALL)
def test_a_kind_is_known_by_every_word_that_people_type(kind: Kind) -> None:
    for word in (*kind.called, kind.kind, f"{kind.plural}.{kind.group}"):
        assert kinds.by_short(word) is kind
    assert kinds.by_short(f"{kind.plural}.example.com") is None
    assert kinds.of(Key("any", kind.group, kind.kind, "", "")) is kind


def test_a_word_means_one_kind() -> None:
    words = [word for kind in kinds.ALL for word in kind.called]
    assert len(words) == len(set(words))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("ks", "Kustomization"),
        ("Kustomizations", "Kustomization"),
        ("kustomization.kustomize.toolkit.fluxcd.io", "Kustomization"),
        ("kustomization.source.toolkit.fluxcd.io", None),
        ("oci", "OCIRepository"),
        ("ocirepositories", "OCIRepository"),
        ("ocirepo.source.toolkit.fluxcd.io", "OCIRepository"),
        ("pod", None),
        ("", None),
    ],
)
def test_a_kind_is_meant_by_what_people_type(text: str, kind: str | None) -> None:
    found = kinds.by_short(text)
    assert (found.kind if found else None) == kind


def test_which_objects_are_ours_and_what_many_of_them_are_called() -> None:
    assert kinds.is_ours(source().key) and kinds.is_ours(ks().key)
    assert not kinds.is_ours(deployment("api").key)
    assert kinds.is_ours(Key("staging", GIT, "GitRepository", NS, "fleet"))
    assert kinds.is_ours(Key("staging", "source.toolkit.fluxcd.io", "Bucket", "ns", "store"))
    many = {found.many for k in (source().key, ks().key) if (found := kinds.of(k))}
    assert many == {"OCIRepositories", "Kustomizations"}


# -- one file


@pytest.fixture
def pipeline(monkeypatch: pytest.MonkeyPatch) -> Iterator[Kind]:
    """A kind that nobody has heard of: it applies what a source of some kind gives it."""
    known = kinds.by_short("ks")
    assert known is not None and known.applier is not None
    kind = Kind("acme.test", "v1", "Pipeline", "pipelines", "pl", applier=known.applier)
    monkeypatch.setattr(kinds, "ALL", (*kinds.ALL, kind))
    monkeypatch.setattr(kinds, "_BY_ID", {**kinds._BY_ID, kind.id: kind})
    appliers_now = (*kinds.APPLIERS, kind)
    for module in ("", ".overview.members", ".overview.place", ".record", ".known"):
        where = "kinds" if not module else module.removeprefix(".")
        monkeypatch.setattr(f"fluxtui.domain.{where}.APPLIERS", appliers_now)
    yield kind


def test_a_kind_that_is_only_named_in_the_registry_is_on_board_chain_and_findings(
    pipeline: Kind,
) -> None:
    spec = {"sourceRef": {"kind": "OCIRepository", "name": "activity"}}
    status = {
        "conditions": [failed("BuildFailed", "line 3: no")],
        "lastAttemptedRevision": "v1.4.2@sha256:" + "a" * 64,
    }
    body = {
        "apiVersion": pipeline.api_version,
        "kind": pipeline.kind,
        "metadata": {"name": "build", "namespace": NS, "resourceVersion": "1"},
        "spec": spec,
        "status": status,
    }
    one = Resource.from_object("staging", body)
    seen = snapshot(source(stored="v1.4.2@sha256:" + "a" * 64), one)
    (node,) = seen.board.chains["staging"]
    assert node.key == one.key
    (line,) = seen.board.rows[0].lines["staging"]
    assert line.appliers == (one.key,)
    assert seen.findings[0].subject == one.key and "line 3: no" in seen.findings[0].message
    assert kinds.by_short("pl") is pipeline
