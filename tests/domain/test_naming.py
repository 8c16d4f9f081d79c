"""One digest, several tags: each Environment reads it by the name that it used itself."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
from builders import deployment, digest, ks, revision, snapshot, source, tag_list

from fluxtui.domain.board import HealthLine, Level
from fluxtui.domain.marks import PIN_INVERSE, inverse_text
from fluxtui.domain.naming import (
    dressed,
    dressed_of,
    names_in,
    policy_text,
    remembered,
    tables_of,
    worn,
    worn_health,
)
from fluxtui.domain.resource import Resource
from fluxtui.domain.revision import version_text
from fluxtui.domain.selection import Policy
from fluxtui.domain.snapshot import TagFacts

A, B = digest("a"), digest("b")
PROMOTED = {"1.4.2-build-7": "a", "1.4.2": "a", "1.4.1": "b"}
BUILDS = {"semver": ">=0.0.0-0", "semverFilter": "-build-"}
AT = "2026-11-22T02:00:00Z"


def named(ref: Any, *ran: str, tags: Any = PROMOTED, **notes: str) -> str:
    """What the digest `a` is called where that ran, under that policy."""
    history = [(revision(tag, "a"), "ReconciliationSucceeded", AT) for tag in ran]
    one = source(ref=ref, annotations=notes)
    seen = snapshot(one, ks(history=history), tags=[tag_list(tags)] if tags else ())
    return version_text(A, names_in(seen, one))


def test_what_ran_here_and_the_policy_takes_is_the_name() -> None:
    assert named({"semver": "1.x"}) == "1.4.2"
    assert named(BUILDS) == "1.4.2-build-7"
    assert named(BUILDS, "1.4.2", "1.4.2-build-7") == "1.4.2-build-7"
    assert named({"semver": "1.x"}, "1.4.2", "1.4.2-build-7") == "1.4.2"
    assert named({"semver": "1.x"}, "1.4.2-build-7") == "1.4.2-build-7", "it ran by that name"
    assert named({"semver": "1.x"}, tags=None) == "sha256:aaaaaaaa"


def test_a_pin_is_read_by_the_tag_that_it_was_chosen_by() -> None:
    note = {PIN_INVERSE: inverse_text(A, None, "1.4.2-build-7")}
    held = {"semver": "1.x", "digest": A}
    assert named(held, "1.4.2-other", **note) == "1.4.2-build-7"
    assert named(held, "1.4.2", **note) == "1.4.2", "the policy takes what ran here"
    assert named(held, tags={"1.4.2": "a"}) == "1.4.2"


def test_a_history_names_its_digests_newest_first() -> None:
    runs = [(revision("2.0.0", "b"), "x", AT), (revision("1.0.0", "a"), "x", AT)]
    again = [*runs, (revision("2.0.0", "c"), "x", AT), (digest("d"), "x", AT)]
    assert {t: f.digest for t, f in remembered(ks(history=again)).items()} == {
        "2.0.0": B, "1.0.0": A,
    }  # fmt: skip
    first, second = {"t": TagFacts("t", A)}, {"t": TagFacts("t", B)}
    both, held, ran, admitted, all_ = tables_of(source(), (first, second), {})
    assert ran == first and not (both or held or admitted or all_)


def test_what_has_no_tags_has_no_names_whatever_its_users_ran_before() -> None:
    body = source().as_object()
    spec = {"url": "https://git.test/fleet"}
    git = Resource.from_object("staging", {**body, "kind": "GitRepository", "spec": spec})
    user = ks(history=[(revision("1.0.0", "a"), "x", AT)]).as_object()
    user["spec"] = {"sourceRef": {"kind": "GitRepository", "name": git.key.name}}
    assert names_in(snapshot(git, Resource.from_object("staging", user)), git) == ()


def test_a_digest_is_worn_by_its_name_and_never_twice() -> None:
    names = ({"1.4.2": TagFacts("1.4.2", A)},)
    assert worn(A, names) == "1.4.2 (sha256:aaaaaaaa)"
    assert worn(B, names) == "sha256:bbbbbbbb"
    assert worn("main", names) == "main" and worn("", names) == ""
    text = f"stored {A}, was 1.4.1@{B}, {B} before"
    assert dressed(text, lambda: names) == (
        f"stored 1.4.2 (sha256:aaaaaaaa), was 1.4.1@{B}, sha256:bbbbbbbb before"
    )


def test_names_are_looked_up_only_for_a_bare_digest() -> None:
    def never() -> Any:
        raise AssertionError("nobody asked")

    for text in ("well", f"1.4.1@{B}", "sha256:abc"):
        assert dressed(text, never) == text
    well, tagged = HealthLine(Level.OK, "well"), HealthLine(Level.OK, f"stored 1@{A}")
    assert worn_health(well, ()) is well and worn_health(tagged, ()) is tagged
    bare = worn_health(HealthLine(Level.FAILED, f"no {A}"), ({"1": TagFacts("1", A)},))
    assert bare == HealthLine(Level.FAILED, "no 1 (sha256:aaaaaaaa)")


def test_a_policy_in_words_says_what_a_pin_overrides() -> None:
    names = ({"1.4.2": TagFacts("1.4.2", A)},)
    assert policy_text(Policy(semver="1.x"), names) == "semver 1.x"
    pinned = "digest 1.4.2 (sha256:aaaaaaaa)"
    assert policy_text(Policy(digest=A), names) == pinned
    assert policy_text(Policy(semver="1.x", digest=A), names) == f"{pinned}, over semver 1.x"
    assert policy_text(Policy(tag="main", digest=A), names) == f"{pinned}, over tag main"


def test_a_text_about_an_object_is_dressed_by_the_source_behind_it() -> None:
    one, user, other = source(), ks(), deployment("api")
    seen = snapshot(one, user, other, tags=[tag_list(PROMOTED)])
    for key in (one.key, user.key):
        assert dressed_of(f"at {A}", key, seen) == "at 1.4.2 (sha256:aaaaaaaa)"
    for key in (other.key, ks(name="gone").key):
        assert dressed_of(f"at {A}", key, seen) == "at sha256:aaaaaaaa"
