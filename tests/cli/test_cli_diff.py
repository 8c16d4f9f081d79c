"""A person names a comparison in words; each word leads to one question, or to a way out."""

from __future__ import annotations

import pytest

from fluxtui.cli import arguments
from fluxtui.cli.comparing import diff_questions
from fluxtui.cli.forms import comparisons as form
from fluxtui.cli.output import plain
from fluxtui.cli.prints import comparisons
from fluxtui.domain.ask import (
    ComparedKustomization,
    Comparison,
    EnvironmentsDiff,
    LiveDiff,
    PatchesDiff,
    Question,
    VersionsDiff,
)
from fluxtui.domain.errors import UsageError
from fluxtui.domain.kinds import kustomization, ocirepository
from fluxtui.domain.masking import Masker
from fluxtui.domain.objectdiff import FieldChange, ObjectChange, diff_objects
from fluxtui.domain.objectid import ObjectId
from fluxtui.domain.resource import Key
from fluxtui.domain.snapshot import Snapshot
from tests.builders import NS, ks, snapshot, source

MEMBER = Key("staging", *kustomization.KIND.id, NS, "apiserver")
SOURCE = Key("staging", *ocirepository.KIND.id, NS, "activity")


@pytest.fixture
def known() -> Snapshot:
    both = ("staging", "production")
    return snapshot(*map(source, both), *(ks(each, "apiserver") for each in both))


def asked(words: str, known: Snapshot) -> list[Question]:
    args = arguments.parse(["diff", *words.split()])
    return diff_questions(args, tuple(args.environment or ()), known)


def test_each_comparison_has_its_words(known: Snapshot) -> None:
    assert asked("activity -e staging", known) == [PatchesDiff(MEMBER)]
    assert asked("activity -e staging --patches", known) == [PatchesDiff(MEMBER)]
    assert asked("ks/apiserver -e staging --live", known) == [LiveDiff(MEMBER)]
    assert asked("activity -e staging --from 1.0 --to 2.0", known) == [
        VersionsDiff(SOURCE, "2.0", "1.0")
    ]
    assert asked("activity --env staging --env production", known) == [
        EnvironmentsDiff("acme/activity", "staging", "production")
    ]


@pytest.mark.parametrize("first", ["-e", "--env", "--environment"])
@pytest.mark.parametrize("second", ["-e", "--env", "--environment"])
def test_the_environment_typed_first_is_the_left_side(
    known: Snapshot, first: str, second: str
) -> None:
    for before, after in (("staging", "production"), ("production", "staging")):
        wanted = [EnvironmentsDiff("acme/activity", before, after)]
        assert asked(f"activity {first} {before} {second} {after}", known) == wanted
        assert asked(f"{first} {before} activity {second} {after}", known) == wanted


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ("activity -e staging -e production --live", "about one: staging, production"),
        ("activity -e staging -e production -e staging", "two at most"),
        ("", "of what"),
        ("activity", "which environment"),
        ("activity -e staging --from 1.0", "needs --to"),
        ("activity -e staging --live --patches", "one comparison"),
        ("activity -e staging --live --to 2.0", "one comparison"),
    ],
)
def test_what_is_not_clear_is_asked_back(words: str, what: str, known: Snapshot) -> None:
    with pytest.raises(UsageError, match=what):
        asked(words, known)


def test_a_comparison_prints_who_did_what_and_what_was_not_read() -> None:
    id_ = ObjectId("apps", "web", "apps", "Deployment")
    change = FieldChange("spec.replicas", 1, 3, by="patch 1 of Kustomization apps/web")
    gone = ObjectId("apps", "old", "", "ConfigMap")
    objects = (ObjectChange("changed", id_, (change,)), ObjectChange("pruned", gone))
    part = ComparedKustomization(MEMBER, "1.0", "2.0", objects, ("patch 2 matches no object",))
    one = Comparison("title", (part,), ("Secret apps/vars",), "staging", "production")
    text = comparisons([one], unified=False)
    assert text.splitlines() == [
        "title",
        "  left (-): staging; right (+): production",
        "  not looked at: Secret apps/vars",
        f"Kustomization/{NS}/apiserver  1.0 -> 2.0",
        "  ! patch 2 matches no object",
        "  changed Deployment/apps/web",
        "    ~ spec.replicas: 1 -> 3  [patch 1 of Kustomization apps/web]",
        "  pruned ConfigMap/apps/old",
    ]


def test_a_changed_secret_is_data_too_with_its_label_for_its_value() -> None:
    body = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "db"}}
    masker = Masker(b"0123456789abcdef")
    sides = [[{**body, "stringData": {"password": text}}] for text in ("old-horse", "new-horse")]
    part = ComparedKustomization(MEMBER, "1", "2", diff_objects(sides[0], sides[1], masker))
    document = plain(form.comparisons([Comparison("", (part,))]))
    (change,) = document["items"][0]["parts"][0]["changes"]
    assert change["before"]["data"] == {"password": "secret /db#password"}
    assert change["fields"][0]["after"] == "secret /db#password, changed"
