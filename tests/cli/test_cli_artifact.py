"""`fluxtui artifact` where no environment is configured: what a build machine does."""

from __future__ import annotations

import json

import pytest
from cli_delivery import REPOSITORY, Shell

V1, V2 = f"{REPOSITORY}:v1.0.0", f"{REPOSITORY}:v2.0.0"


def digest_of(shell: Shell, tag: str) -> str:
    with shell.client() as client:
        from fluxtui.artifacts import Reference

        return client.resolve(Reference.parse(f"{REPOSITORY}:{tag}")).digest


def pushed(shell: Shell, url: str, **files: bytes) -> str:
    said = shell("artifact", "push", url, "--path", shell.bundle(**files), "-o", "json")
    assert said.code == 0, said.err
    digest: str = json.loads(said.out)["digest"]
    return digest


def test_a_build_is_pushed_listed_and_pulled_although_nobody_can_be_asked(shell: Shell) -> None:
    folder = shell.bundle(app_yaml=b"a: 1\n")
    words = ("artifact", "push", V1, "--path", folder, "--revision", "anything at all", "-o")
    said = shell(*words, "json")
    assert said.code == 0, said.err
    body = json.loads(said.out)
    assert body["url"] == f"{REPOSITORY}@{body['digest']}" and body["tag"] == "v1.0.0"
    assert body["repository"] == REPOSITORY and body["unchanged"] is False
    assert "no environment is configured: nobody's pick was looked at" in said.err
    assert shell("artifact", "list", REPOSITORY).out.split() == ["v1.0.0"]
    out = shell.folder / "out"
    told = json.loads(shell("artifact", "pull", V1, "-d", str(out), "-o", "json").out)
    assert (out / "app.yaml").read_bytes() == b"a: 1\n"
    assert told["revision"] == f"v1.0.0@{body['digest']}"
    notes = {note["name"]: note["value"] for note in told["annotations"]}
    assert notes["org.opencontainers.image.revision"] == "anything at all"


def test_an_unchanged_folder_is_not_pushed_again(shell: Shell) -> None:
    digest = pushed(shell, V1, a=b"1")
    shell.registry.served.clear()
    said = shell("artifact", "push", V1, "--path", shell.bundle())
    assert said.code == 0 and "unchanged" in said.out and digest in said.out
    assert {s.method for s in shell.registry.served} <= {"GET", "HEAD"}


def test_an_image_is_set_inside_the_bundle_while_packing(shell: Shell) -> None:
    text = b"images:\n- name: app\n  newTag: old\n"
    folder = shell.bundle(kustomization_yaml=text)
    said = shell("artifact", "push", V1, "--path", folder, "--image", "app=reg.example/app:v7")
    assert said.code == 0, said.err
    out = shell.folder / "out"
    shell("artifact", "pull", V1, "-d", str(out))
    assert b"newName: reg.example/app" in (out / "kustomization.yaml").read_bytes()
    assert (shell.folder / "bundle" / "kustomization.yaml").read_bytes() == text
    assert shell("artifact", "push", V2, "--path", folder, "--image", "app").code == 2
    assert shell("artifact", "push", V2, "--path", folder, "--image", "nope=x:1").code == 2


def test_a_tag_is_not_taken_away_unasked(shell: Shell) -> None:
    one = pushed(shell, V1, a=b"1")
    two = pushed(shell, V2, a=b"2")
    assert shell("artifact", "tag", V1, "--tag", "stable").code == 0
    assert digest_of(shell, "stable") == one, "the same bytes under a second name"
    said = shell("artifact", "tag", V2, "--tag", "stable", "--yes")
    assert said.code == 3 and "stable exists" in said.err and "--move" in said.err
    assert digest_of(shell, "stable") == one
    said = shell("artifact", "tag", V2, "--tag", "stable", "--move")
    assert said.code == 0 and f"moves away from {one[:15]}" in said.err
    assert digest_of(shell, "stable") == two
    again = shell("artifact", "tag", V2, "--tag", "stable")
    assert again.code == 0 and digest_of(shell, "stable") == two
    assert shell("artifact", "tag", V2, "--tag", "no+plus").code == 2
    assert shell("artifact", "tag", f"{REPOSITORY}:v9", "--tag", "x").code == 1


def test_a_tag_is_deleted_alone_and_its_siblings_are_named(shell: Shell) -> None:
    digest = pushed(shell, V1, a=b"1")
    shell("artifact", "tag", V1, "--tag", "stable")
    said = shell("artifact", "delete", V1)
    assert said.code == 3 and "stable" in said.err and "--yes" in said.err
    said = shell("artifact", "delete", V1, "--yes")
    assert said.code == 0 and f"still on {digest}: stable" in said.out
    assert shell("artifact", "list", REPOSITORY).out.split() == ["stable"]
    assert digest_of(shell, "stable") == digest


@pytest.mark.parametrize("words", [(V1, "--all-tags"), ()])
def test_a_digest_goes_with_every_tag_on_it_only_when_that_is_said(
    shell: Shell, words: tuple[str, ...]
) -> None:
    digest = pushed(shell, V1, a=b"1")
    shell("artifact", "tag", V1, "--tag", "stable")
    pushed(shell, V2, a=b"2")
    said = shell("artifact", "delete", *(words or (f"{REPOSITORY}@{digest}",)), "--yes")
    assert said.code == 0, said.err
    assert "stable" in said.out and "v1.0.0" in said.out and "go with it" in said.err
    assert shell("artifact", "list", REPOSITORY).out.split() == ["v2.0.0"]


def test_a_registry_that_deletes_by_digest_only_never_takes_siblings_along(shell: Shell) -> None:
    pushed(shell, V1, a=b"1")
    shell("artifact", "tag", V1, "--tag", "stable")
    shell.registry.turn(delete_by_tag=False)
    said = shell("artifact", "delete", V1, "--yes")
    assert said.code == 1 and "by digest only" in said.out and "stable" in said.out
    assert shell("artifact", "list", REPOSITORY).out.split() == ["stable", "v1.0.0"]
    pushed(shell, V2, a=b"2")
    assert shell("artifact", "delete", V2, "--yes").code == 0, "nobody shares its digest"
    assert shell("artifact", "list", REPOSITORY).out.split() == ["stable", "v1.0.0"]


def test_a_diff_goes_file_by_file_and_line_by_line(shell: Shell) -> None:
    pushed(shell, V1, a_yaml=b"a: 1\nb: 2", logo=b"\0\1", gone=b"x\n")
    (shell.folder / "bundle" / "gone").unlink()
    pushed(shell, V2, a_yaml=b"a: 1\nb: 3\n", logo=b"\0\2", new=b"n\n")
    said = shell("artifact", "diff", V1, V2)
    assert said.code == 1
    lines = said.out.splitlines()
    assert "changed a.yaml" in lines and "-b: 2" in lines and "+b: 3" in lines
    assert "\\ No newline at end of file" in lines
    assert "changed logo  (binary, 2 -> 2 bytes)" in lines
    assert "added   new" in lines and "removed gone" in lines
    body = json.loads(shell("artifact", "diff", V1, V2, "-o", "json").out)
    assert {c["file"]: c["change"] for c in body["items"]} == {
        "a.yaml": "changed", "gone": "removed", "logo": "changed", "new": "added"
    }  # fmt: skip
    same = shell("artifact", "diff", V2, shell.bundle())
    assert same.code == 0 and same.out.strip() == "no file differs"
    assert shell("artifact", "diff", V2, str(shell.folder / "no such")).code == 2


def test_a_bundle_that_is_too_large_is_refused_by_name(shell: Shell) -> None:
    pushed(shell, V1, big=bytes(3 << 20), small=b"x")
    words = ("artifact", "pull", V1, "-d", str(shell.folder / "out"))
    said = shell(*words, "--max-size", "2")
    assert said.code == 1 and "'big'" in said.err and "exceed" in said.err
    said = shell(*words, "--max-entries", "2")
    assert said.code == 1 and "more than 2 entries" in said.err
    assert shell(*words).code == 0


def test_a_bundle_comes_over_the_wire_once_and_never_when_it_is_here(shell: Shell) -> None:
    pushed(shell, V1, a=b"1")
    words = ("artifact", "pull", V1, "-d", str(shell.folder / "out"))
    for _ in range(3):
        assert shell(*words).code == 0
    asked = [s for s in shell.registry.served if s.method == "GET" and "/blobs/" in s.path]
    assert len(asked) == 1
    kept = [p for p in (shell.folder / "cache").rglob("*") if p.is_file()]
    assert kept and all(p.stat().st_mode & 0o077 == 0 for p in kept)


def test_a_dry_run_and_read_only_send_reads_only(shell: Shell) -> None:
    pushed(shell, V1, a=b"1")
    shell.registry.served.clear()
    folder = shell.bundle(a=b"2")
    plan = shell("artifact", "push", V2, "--path", folder, "--dry-run", "-o", "json")
    assert plan.code == 0 and json.loads(plan.out)["steps"][0]["type"] == "push"
    assert shell("artifact", "delete", V1, "--dry-run").code == 0
    assert shell("artifact", "tag", V1, "--tag", "x", "--dry-run").code == 0
    for words in (("push", V2, "--path", folder), ("tag", V1, "--tag", "x"), ("delete", V1)):
        said = shell("--read-only", "artifact", *words, *(() if words[0] == "push" else ("--yes",)))
        assert said.code == 3 and "read-only" in said.err
    assert {s.method for s in shell.registry.served} <= {"GET", "HEAD"}


def test_a_registry_that_is_down_is_said_with_exit_1(shell: Shell) -> None:
    pushed(shell, V1, a=b"1")
    shell.registry.stop()
    for words in (
        ("list", REPOSITORY),
        ("pull", V1, "-d", str(shell.folder / "out")),
        ("diff", V1, shell.bundle()),
        ("push", V2, "--path", shell.bundle()),
        ("tag", V1, "--tag", "x"),
        ("delete", V1, "--yes"),
    ):
        said = shell("artifact", *words)
        assert said.code == 1 and "connection refused" in said.err, words


def test_what_was_done_is_in_the_journal(shell: Shell) -> None:
    pushed(shell, V1, a=b"1")
    shell("artifact", "delete", V1, "--yes", "--reason", "wrong build")
    lines = [json.loads(t) for t in (shell.folder / "journal.jsonl").read_text().splitlines()]
    assert [line["type"] for line in lines] == ["plan", "intent", "receipt"] * 2
    assert lines[3]["body"]["reason"] == "wrong build"
