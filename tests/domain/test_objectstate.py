"""What a table says of an object of whatever kind: its readiness, and what it holds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fluxtui.domain import kinds
from fluxtui.domain.objectstate import no_revision, ready_word, revision_of, revision_text
from fluxtui.domain.resource import Resource
from tests.builders import condition, digest, failed, ks, revision, snapshot, source, tag_list

COMMIT = "main@sha1:" + "1" * 40


def other(short: str, status: dict[str, Any], spec: Any = None) -> Resource:
    kind = kinds.by_short(short)
    assert kind is not None
    meta = {"name": "web", "namespace": "apps"}
    body = {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": meta}
    return Resource.from_object("staging", {**body, "spec": spec or {}, "status": status})


def foreign(status: dict[str, Any], name: str = "Boat") -> Resource:
    """Of a kind that no file is about."""
    meta = {"name": "web", "namespace": "apps", "generation": 1}
    body = {"apiVersion": "sea.example.com/v1", "kind": name, "metadata": meta}
    return Resource.from_object("staging", {**body, "spec": {}, "status": status})


@pytest.mark.parametrize(
    ("resource", "word"),
    [
        (ks(), "True"),
        (ks(conditions=[condition("Ready", "Unknown")]), "Unknown"),
        (ks(conditions=[]), ""),
        (other("alert", {}), "static"),
        (other("alert", {"conditions": [condition("Ready", "True")]}), "static"),
        (foreign({"conditions": [condition("Ready", "False")]}), "False"),
        (foreign({"conditions": [condition("Stalled", "True")]}), "Failed"),
        (foreign({}), "Current"),
    ],
)
def test_readiness_is_the_controllers_word_or_none(resource: Resource, word: str) -> None:
    assert ready_word(resource) == word


def test_each_role_holds_something_else() -> None:
    """What runs, not what was tried; what is stored; what another kind's own place says."""
    tried = ks(
        applied=revision("1.4.2", "a"),
        attempted=revision("1.5.0", "b"),
        conditions=[failed("BuildFailed")],
    )
    assert revision_of(tried) == revision("1.4.2", "a")
    assert revision_of(source(stored=revision("1.5.0", "b"))) == revision("1.5.0", "b")
    assert revision_of(source()) == ""
    picked = {"latestRef": {"name": "ghcr.io/acme/web", "tag": "5.0.1"}}
    assert revision_of(other("imagepol", picked)).endswith("5.0.1")
    assert revision_of(foreign({"artifact": {"revision": "v3"}})) == "v3"
    assert revision_of(foreign({})) == ""


@pytest.mark.parametrize(
    ("resource", "why"),
    [
        (other("hr", {}), "nothing was applied yet"),
        (other("hr", {"lastAttemptedRevision": "1.0.0"}),
         "none runs; the newest that was tried: 1.0.0"),
        (other("hr", {"history": [{"chartVersion": "1.0.0", "status": "failed", "version": 1}]}),
         "none runs; the newest that was tried, 1.0.0: failed"),
        (other("hr", {"history": [{"version": 1}]}),
         "none runs; the newest that was tried: not known how"),
        (source(), "nothing was stored yet"),
        (other("helmrepo", {}, {"type": "oci"}), "it is static: nothing is stored for it"),
        (other("receiver", {}), "its kind has no revision"),
        (other("alert", {}), "its kind has no revision"),
        (other("imagepol", {}), "its status names none"),
        (foreign({}), "its status names none"),
    ],
)  # fmt: skip
def test_what_has_no_revision_says_why(resource: Resource, why: str) -> None:
    assert revision_of(resource) == "" and no_revision(resource) == why


def test_a_revision_is_printed_as_people_name_it() -> None:
    held, names = source(stored=digest("a")), tag_list({"1.4.2": "a"})

    def text(resource: Resource) -> str:
        return revision_text(resource, snapshot(resource, tags=(names,)))

    assert text(source(stored=revision("1.5.0", "b"))) == "1.5.0@sha256:bbbbbbbb"
    assert text(held) == "1.4.2 (sha256:aaaaaaaa)", "worn by its tag"
    assert text(source(stored="1.5.0")) == "1.5.0", "a chart's version has no digest"
    assert text(source()) == ""
    git = replace(ks(), status={**ks().status, "lastAppliedRevision": COMMIT})
    assert text(git) == "main@1111111"
