"""Acts on tags and objects that are cut off around their write: read back, finished or undone.

The program is a process of its own that is killed when its intent is noted, or when its write is
done and nobody has heard of it. What is not there is an answer, not an error.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from cli_delivery import REPOSITORY, Shell
from cli_objects import KUSTOMIZE, pushed
from cut_acts import AFTER, BEFORE, killed
from documents import checked

from fluxtui.artifacts import Reference

YES = ("--yes", "--confirm", "staging")
TAG = ("artifact", "tag", f"{REPOSITORY}:v1.0.0", "--tag", "stable", "--yes")
MOVE = ("artifact", "tag", f"{REPOSITORY}:v1.1.0", "--tag", "stable", "--move", "--yes")
DELETE = ("artifact", "delete", f"{REPOSITORY}:stable", "--yes")
ROOT = f"""apiVersion: {KUSTOMIZE}
kind: Kustomization
metadata: {{name: new, namespace: fresh}}
spec: {{interval: 10m, path: ./, prune: true, sourceRef: {{kind: OCIRepository, name: app}}}}
"""


@pytest.fixture
def tagged(shell: Shell) -> Shell:
    """Two releases, and staging that takes the newest."""
    pushed(shell, "v1.0.0", b"1")
    pushed(shell, "v1.1.0", b"2")
    shell.cluster("staging", semver=">=1.0.0")
    return shell


def tags(shell: Shell) -> dict[str, str]:
    """Tag -> digest, as the registry has it."""
    place = Reference.parse(REPOSITORY)
    with shell.client() as client:
        names = client.list_tags(place)
        return {name: client.resolve(place.with_tag(name)).digest for name in names}


def test_a_tag_that_was_not_put_is_put_and_one_that_was_is_deleted_alone(tagged: Shell) -> None:
    before = tags(tagged)
    id_ = killed(tagged, BEFORE, *TAG)
    said = tagged("plan", "undo", id_, *YES)
    assert said.code == 3 and "stable is not there, as before; nothing to undo" in said.err, said
    said = tagged("plan", "finish", id_, *YES, "-o", "json")
    assert said.code == 0 and checked(said.out, "Act")["plan"]["continues"] == id_, said
    assert tags(tagged) == {**before, "stable": before["v1.0.0"]}
    said = tagged("plan", "undo", id_, "--dry-run")
    assert said.code == 0 and "delete the tag stable" in said.out, said
    assert "stable is deleted, and nothing else with it" in said.out
    assert tagged("plan", "undo", id_, *YES).code == 0
    assert tags(tagged) == before


def test_a_tag_that_was_put_is_not_put_again(tagged: Shell) -> None:
    before = tags(tagged)
    id_ = killed(tagged, AFTER, *TAG)
    said = tagged("plan", "finish", id_, *YES)
    assert said.code == 3 and "nothing is left to do: read back, not done again" in said.err, said
    assert tagged("plan", "undo", id_, *YES).code == 0
    assert tags(tagged) == before


def test_a_tag_that_somebody_picks_by_now_is_a_release_and_stays(tagged: Shell) -> None:
    id_ = killed(tagged, AFTER, *TAG[:-2], "v1.2.0", "--yes", "--confirm", "staging")
    said = tagged("plan", "undo", id_, *YES)
    assert said.code == 3 and "nothing of it can be undone: delete the tag" in said.err, said
    assert "v1.2.0" in tags(tagged)


def test_a_tag_that_was_moved_goes_back_to_where_it_was(tagged: Shell) -> None:
    assert tagged(*TAG).code == 0
    before = tags(tagged)
    id_ = killed(tagged, AFTER, *MOVE)
    assert tags(tagged)["stable"] == before["v1.1.0"]
    said = tagged("plan", "undo", id_, "--dry-run")
    assert said.code == 0 and "tag-moves" in said.out, "it is as dangerous as the way there"
    assert tagged("plan", "undo", id_, *YES).code == 0
    assert tags(tagged) == before


def test_a_tag_that_was_deleted_beside_others_is_put_again(tagged: Shell) -> None:
    assert tagged(*TAG).code == 0
    before = tags(tagged)
    id_ = killed(tagged, BEFORE, *DELETE)
    said = tagged("plan", "undo", id_, *YES)
    assert said.code == 3 and "nothing to undo" in said.err, said
    assert tagged("plan", "finish", id_, *YES).code == 0
    assert "stable" not in tags(tagged)
    assert tagged("plan", "undo", id_, *YES).code == 0
    assert tags(tagged) == before


def test_content_that_went_with_its_last_tag_is_said_to_be_gone(tagged: Shell) -> None:
    words = ("artifact", "delete", f"{REPOSITORY}:v1.1.0", "--yes", "--confirm", "staging")
    id_ = killed(tagged, AFTER, *words)
    said = tagged("plan", "finish", id_, *YES)
    assert said.code == 3 and "v1.1.0 is not there" in said.err, said
    said = tagged("plan", "undo", id_, *YES)
    assert said.code == 3 and "pushing the same folder again" in said.err, said


def test_a_push_is_done_once(tagged: Shell) -> None:
    folder = tagged.bundle(kustomization_yaml=b"namePrefix: a-\n")
    about = ("-f", folder, "--source", "git", "--revision", "main", "--yes")
    words = ("artifact", "push", f"{REPOSITORY}:v1.2.0", *about)
    id_ = killed(tagged, BEFORE, *words, "--confirm", "staging")
    said = tagged("plan", "finish", id_, "--dry-run")
    assert said.code == 0 and "would pick v1.2.0" in said.out, said
    assert tagged("plan", "finish", id_, *YES).code == 0
    assert "v1.2.0" in tags(tagged)
    again = tagged("plan", "finish", id_, *YES)
    assert again.code == 3 and "is done: 1 of 1 step done" in again.err, again
    said = tagged("plan", "undo", id_, *YES)
    assert said.code == 3 and "delete the tag; whoever took it falls back" in said.err, said


def test_a_push_that_may_be_done_is_compared_before_anything_is_said_of_it(tagged: Shell) -> None:
    folder = tagged.bundle(kustomization_yaml=b"namePrefix: a-\n")
    about = ("-f", folder, "--source", "git", "--revision", "main", "--yes")
    words = ("artifact", "push", f"{REPOSITORY}:v1.2.0", *about)
    id_ = killed(tagged, AFTER, *words, "--confirm", "staging")
    said = tagged("plan", "finish", id_, *YES)
    assert said.code == 3 and "nothing is left to do: read back, not done again" in said.err, said
    assert f"v1.2.0 holds what {folder} packs to" in said.err, said

    before = tags(tagged)
    file = Path(folder) / "kustomization.yaml"
    file.write_text("namePrefix: b-\n")
    said = tagged("plan", "finish", id_, *YES)
    assert said.code == 3 and f"v1.2.0 holds something else than {folder}" in said.err, said
    shutil.rmtree(folder)
    said = tagged("plan", "finish", id_, *YES)
    assert said.code == 3 and f"whether it holds {folder} is not known: " in said.err, said
    assert tags(tagged) == before


@pytest.mark.parametrize("when", [BEFORE, AFTER])
def test_what_was_applied_or_not_is_applied(when: tuple[int, bool], tagged: Shell) -> None:
    file = tagged.folder / "root.yaml"
    file.write_text(ROOT)
    id_ = killed(tagged, when, "apply", str(file), "-e", "staging", "--yes")
    told = tagged("status").out
    assert "apply Namespace/fresh: it cannot be read" in told, "namespaces are not watched"
    said = tagged("plan", "undo", id_, *YES)
    unread = "Namespace/fresh was not read, for no Namespace is watched; it is left as it is"
    assert said.code == 3 and unread in said.err, said
    said = tagged("plan", "finish", id_, *YES)
    assert said.code == 0, said
    names = tagged("get", "ks", "-e", "staging", "-o", "name").out.split()
    assert names == ["ks/fresh/new"]
