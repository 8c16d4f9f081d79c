"""Kinds by role: what the registry answers, and that a kind needs no file but its own.

The last story makes up a kind and names it in the registry, nowhere else: board, chain, findings
and acts must know it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from fluxtui.domain import kinds, roles
from fluxtui.domain.kinds import appliers, gitrepository, sources
from fluxtui.domain.kinds.kind import Kind
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.revision import commit_text, tag_of, version_text
from tests.builders import NS, failed, ks, snapshot, source

SHA = "4f2c9e1aa6b0c3d4e5f60718293a4b5c6d7e8f90"


def git(name: str = "platform", *, spec: Any = None, status: Any = None) -> Resource:
    body = {
        "apiVersion": "source.toolkit.fluxcd.io/v1",
        "kind": "GitRepository",
        "metadata": {"name": name, "namespace": NS, "resourceVersion": "1"},
        "spec": {"url": "https://git.test/platform"} if spec is None else spec,
        "status": status or {},
    }
    return Resource.from_object("staging", body)


@pytest.mark.parametrize("kind", (*kinds.ALL, *kinds.NAMED))
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
    ("ref", "words"),
    [
        (None, "branch master"),
        ("main", "branch master"),
        ({"branch": "main"}, "branch main"),
        ({"branch": "main", "tag": "v1"}, "tag v1"),
        ({"tag": "v1", "semver": "^1.0"}, "semver ^1.0"),
        ({"semver": "^1.0", "name": "refs/pull/1/head"}, "refs/pull/1/head"),
        ({"name": "refs/heads/x", "branch": "b", "commit": "4f2c"}, "commit 4f2c of branch b"),
        ({"commit": "4f2c"}, "commit 4f2c"),
    ],
)  # fmt: skip
def test_the_strongest_of_what_a_git_source_follows_is_told(ref: Any, words: str) -> None:
    assert gitrepository.follows(git(spec={"url": "https://g", "ref": ref})) == words


def test_a_commit_is_read_by_its_branch_and_first_digits_and_is_no_tag() -> None:
    assert version_text(f"main@sha1:{SHA}") == "main@4f2c9e1"
    assert version_text(f"feat/a@b@sha1:{SHA}") == "feat/a@b@4f2c9e1"
    assert version_text(f"sha1:{SHA}") == "4f2c9e1"
    assert tag_of(f"main@sha1:{SHA}") == "" and tag_of(f"v1.4.2@sha256:{'a' * 64}") == "v1.4.2"
    assert commit_text(f"v1.4.2@sha256:{'a' * 64}") == "" and commit_text("sha1:4f2c") == ""


def test_what_a_git_source_feeds_runs_its_commit() -> None:
    member = replace(ks(of="platform"), status={"lastAppliedRevision": f"main@sha1:{SHA}"})
    spec = {"sourceRef": {"kind": "GitRepository", "name": "platform"}}
    seen = snapshot(git(), replace(member, spec=spec))
    (node,) = seen.board.chains["staging"]
    assert node.running == "main@4f2c9e1"
    assert seen.board.rows == (), "nothing of it can be picked, pinned or promoted"
    assert [r.key for r in roles.users_of(seen, git().key)] == [member.key]
    assert roles.source_of(seen, member.key) == git()
    assert roles.bundle_of(seen, member.key) is None


def test_a_git_source_that_fails_is_a_finding_although_nobody_uses_it() -> None:
    broken = git(status={"conditions": [failed("GitOperationFailed", "no such host")]})
    (finding,) = (f for f in snapshot(broken).findings if f.subject == broken.key)
    assert finding.code == "source" and "no such host" in finding.message


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
    assert line.kustomizations == (one.key,)
    assert seen.findings[0].subject == one.key and "line 3: no" in seen.findings[0].message
    assert kinds.by_short("pl") is pipeline
