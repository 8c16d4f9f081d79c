"""`-o json` prints one documented schema, whatever the verb and whatever comes of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml
from cli_delivery import REPOSITORY, Shell
from cli_objects import BUILD
from documents import checked, validators

VIEWS = (
    ("versions", "Versions"),
    ("versions app -e staging", "Versions"),
    ("status", "Status"),
    ("chain", "Chain"),
    ("events", "Events"),
    ("journal", "Journal"),
    ("tags app", "Tags"),
    ("tags app --facts 0", "Tags"),
    ("tags app --what-if v2.0.0", "TagEffects"),
    ("tags app --what-if-deleted v1.0.0", "TagEffects"),
    ("diff app -e staging --patches", "Diff"),
    ("diff app -e staging --to v1.0.0", "Diff"),
    ("diff app -e staging --to v9", "Diff"),
    ("diff app --env staging --env production", "Diff"),
    ("build ks/web -e staging", "Build"),
    ("build ks/web -e staging --explain", "Build"),
    ("suspend app -e staging --reason x --dry-run", "Plan"),
    ("pin app -e staging --version v1.0.0 --reason x --dry-run", "Plan"),
    ("artifact list oci://registry.example.com/acme/app", "ArtifactTags"),
    ("artifact diff oci://registry.example.com/acme/app:v1.0.0 {build}", "ArtifactDiff"),
    ("artifact tag oci://registry.example.com/acme/app:v1.0.0 --tag v3.0.0 --dry-run", "Plan"),
    ("artifact pull oci://registry.example.com/acme/app:v1.0.0 -d {out}", "ArtifactPull"),
    ("artifact tag oci://registry.example.com/acme/app:v1.0.0 --tag x --yes", "ArtifactWrite"),
)


def test_every_verb_prints_its_schema(blocked: Shell) -> None:
    build = f"{REPOSITORY}:{BUILD}"
    for words, kind in VIEWS:
        typed = [w.format(build=build, out=blocked.folder / "out") for w in words.split()]
        said = blocked(*typed, "-o", "json")
        checked(said.out, kind)
        assert "(staging)" not in said.out and "(production)" not in said.out, words


def test_yaml_is_the_same_document(blocked: Shell) -> None:
    for words in ("versions", "diff app -e staging --patches"):
        body = json.loads(blocked(*words.split(), "-o", "json").out)
        assert yaml.safe_load(blocked(*words.split(), "-o", "yaml").out) == body


def test_an_act_prints_plan_and_receipts(blocked: Shell) -> None:
    said = blocked(*["suspend", "app", "-e", "staging", "--reason", "x", "--yes", "-o", "json"])
    document = checked(said.out, "Act")
    assert said.code == 0 and document["receipts"][0]["outcome"] == "done"
    journal = checked(blocked("journal", "app", "-o", "json").out, "Journal")
    assert journal["items"][0]["type"] == "plan"
    assert checked(blocked("journal", "other", "-o", "json").out, "Journal")["items"] == []


def test_levels_have_one_set_of_words(blocked: Shell) -> None:
    words = {
        one["health"]["level"]
        for verb in ("versions", "chain")
        for one in json.loads(blocked(verb, "-o", "json").out)["items"]
    }
    assert words == {"failed", "waiting", "ready"}


def test_what_is_unknown_is_null_with_its_reason(blocked: Shell) -> None:
    items = checked(blocked("chain", "-o", "json").out, "Chain")["items"]
    new = next(i for i in items if i["kustomization"]["name"] == "new")
    assert new["version"] is None and new["versionReason"] == "nothing was applied yet"
    pinned = next(i for i in items if i["environment"] == "production" and i["digest"])
    assert pinned["version"] is None and "no tag" in pinned["versionReason"]
    blocked.registry.stop()
    line = checked(blocked("versions", "-e", "staging", "-o", "json").out, "Versions")["items"][0]
    assert line["version"] == BUILD and line["wouldPick"] is None and line["behind"] is None
    assert "cannot be listed" in line["wouldPickReason"] or "refused" in line["wouldPickReason"]


def test_a_suspended_member_is_seen_although_its_source_is_ready(blocked: Shell) -> None:
    (line,) = json.loads(blocked("versions", "-e", "staging", "-o", "json").out)["items"]
    assert line["suspended"] is True
    assert [held["object"]["name"] for held in line["suspensions"]] == ["idle"]
    assert "idle is suspended" in blocked("versions", "-e", "staging").out


MISTAKES = (
    ("versions nope -o json", "usage", 2, "there is no service 'nope'"),
    ("versions -e nope -o json", "usage", 2, "there is no environment 'nope'"),
    ("versions --nonsense -o json", "usage", 2, "--nonsense"),
    ("versions -ojson --nonsense", "usage", 2, "--nonsense"),
    ("chain --output=json ks/web extra", "usage", 2, "extra"),
    ("satus -o json", "usage", 2, "satus"),
    ("get ks -o json -o bogus", "usage", 2, "'bogus' is none of them"),
    ("get ks -o json --output=bogus", "usage", 2, "'bogus' is none of them"),
    ("get ks -o json -obogus", "usage", 2, "'bogus' is none of them"),
    ("get ks -o json -o", "usage", 2, "-o"),
    ("resume app -e staging --yes -o json", "refused", 3, ""),
    ("suspend app -e production --reason x -o json", "refused", 3, "production is protected"),
    ("artifact list oci://127.0.0.1:1/a -o json", "registry", 1, ""),
    ("build nowhere -o json", "usage", 2, "there is no such folder"),
    ("tags -o json", "usage", 2, "tags of which service?"),
)


def test_refusals_and_errors_are_documents_too(blocked: Shell) -> None:
    for words, code, exit_code, what in MISTAKES:
        said = blocked(*words.split())
        document = checked(said.out, "Error")
        codes = (document["code"], document["exitCode"], said.code)
        assert codes == (code, exit_code, exit_code), words
        assert what in document["what"] and said.err.startswith("fluxtui: "), words
        if code == "refused":
            assert document["where"] == words.partition("-e ")[2].split()[0], words
            assert f"{document['where']}: {document['where']} " not in said.err, "said once"


def test_a_person_reads_errors_on_stderr_alone(blocked: Shell) -> None:
    said = blocked("versions", "nope")
    assert said.out == "" and "there is no service 'nope'" in said.err
    assert blocked("versions", "nope", "-o", "json", "-o", "table").out == ""


def test_the_forms_of_kubectl(blocked: Shell) -> None:
    assert blocked("versions", "-e", "staging", "-o", "name").out == "ocirepo/apps/app\n"
    names = blocked("chain", "-e", "staging", "-o", "name").out.split()
    assert names == ["ks/apps/db", "ks/apps/web", "ks/apps/idle"]
    wide = blocked("versions", "-e", "staging", "-o", "wide").out
    assert "SOURCE" in wide and "OCIRepository/apps/app" in wide
    template = '{range .items[*]}{.environment}{"\\t"}{.health.level}{"\\n"}{end}'
    said = blocked("versions", "-o", f"jsonpath={template}")
    assert said.out == "production\twaiting\nstaging\tfailed\n"
    broken = blocked("versions", "-o", "jsonpath={.items[*")
    assert broken.code == 2 and "template" in broken.err


def test_every_schema_is_written_down() -> None:
    page = (Path(__file__).parents[2] / "docs" / "json.md").read_text()
    for kind in validators():
        assert f"`{kind}`" in page, kind


def test_the_schema_tells_a_form_apart() -> None:
    """A check that takes anything would prove nothing."""
    good: dict[str, Any] = {"schemaVersion": 1, "kind": "Events", "items": [], "problems": []}
    assert not list(validators()["Events"].iter_errors(good))
    broken: list[dict[str, Any]] = [
        {"items": [{}]},
        {"schemaVersion": 2},
        {"extra": 1},
        {"kind": "Chain"},
    ]
    for bad in broken:
        assert list(validators()["Events"].iter_errors(good | bad)), bad
