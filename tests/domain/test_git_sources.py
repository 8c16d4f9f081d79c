"""Git sources: what they follow, how a commit is read, and what such a source feeds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fluxtui.domain import kinds, roles
from fluxtui.domain.kinds import gitrepository
from fluxtui.domain.resource import Resource
from fluxtui.domain.revision import commit_text, tag_of, version_text
from tests.builders import NS, failed, ks, snapshot

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


@pytest.mark.parametrize(
    ("ref", "words"),
    [
        (None, "branch master"),
        ("main", "branch master"),
        ({}, "branch master"),
        ({"branch": "main"}, "branch main"),
        ({"branch": "main", "tag": "v1"}, "tag v1"),
        ({"tag": "v1", "semver": "^1.0"}, "tag v1"),
        ({"semver": "^1.0", "name": "refs/pull/1/head"}, "refs/pull/1/head"),
        ({"name": "refs/heads/x", "branch": "b", "commit": "4f2c"}, "commit 4f2c of branch b"),
        ({"commit": "4f2c"}, "commit 4f2c"),
    ],
)  # fmt: skip
def test_the_strongest_of_what_a_git_source_follows_is_told(ref: Any, words: str) -> None:
    assert gitrepository.follows(git(spec={"url": "https://g", "ref": ref})) == words


@pytest.mark.parametrize(
    ("ref", "why"),
    [
        ({"semver": "^1.0"}, ""),
        ({"semver": "^1.0", "branch": "main"}, ""),  # the range is the stronger
        ({"branch": "main"}, "it follows branch main, and not its tags by a range"),
        ({"semver": "^1.0", "tag": "v1"}, "it follows tag v1, and not"),
        ({"semver": "^1.0", "name": "refs/pull/1/head"}, "it follows refs/pull/1/head, and not"),
    ],
)
def test_a_range_is_heeded_where_nothing_stronger_stands_beside_it(ref: Any, why: str) -> None:
    one = git(spec={"url": "https://g", "ref": ref})
    field = kinds.ranged(one)
    assert field is not None
    assert field.bar(one).startswith(why) and bool(field.bar(one)) is bool(why)


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
    (row,) = seen.board.rows
    (line,) = row.lines["staging"]
    assert (row.service, line.key) == (f"{NS}/{member.key.name}", member.key)
    assert (line.running_text, line.newest_text) == ("main@4f2c9e1", "–")
    assert [r.key for r in roles.users_of(seen, git().key)] == [member.key]
    assert roles.source_of(seen, member.key) == git()
    assert roles.bundle_of(seen, member.key) is roles.bundle_of(seen, git().key) is None


def test_a_git_source_that_fails_is_a_finding_although_nobody_uses_it() -> None:
    broken = git(status={"conditions": [failed("GitOperationFailed", "no such host")]})
    (finding,) = (f for f in snapshot(broken).findings if f.subject == broken.key)
    assert finding.code == "source" and "no such host" in finding.message
