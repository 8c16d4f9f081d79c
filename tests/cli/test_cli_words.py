"""The command line: parser, targets, confirmation, exit codes and what is printed."""

from __future__ import annotations

import io
import json
import sys
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
import yaml

sys.path.insert(0, str(Path(__file__).parents[1]))
from builders import CONFIG, NOW, NS, ks, revision, snapshot, source, tag_list

from fluxtui.cli import acts, arguments, output, vocabulary
from fluxtui.cli.main import main
from fluxtui.cli.target import find
from fluxtui.commands.registry import ACTS, ALL
from fluxtui.domain.ask import ReviewRights
from fluxtui.domain.errors import FluxtuiError, RefusedError, UsageError
from fluxtui.domain.plan import Outcome, Receipt
from fluxtui.domain.protection import Confirmed, demand
from fluxtui.domain.snapshot import Snapshot

HOSTILE = "a\x1b[31m\u202eb\x9b"


class Engine:
    """Shows one Snapshot and says what every Step came to."""

    def __init__(self, seen: Snapshot, outcome: Outcome = Outcome.DONE) -> None:
        self.snapshot = seen
        self.outcome = outcome
        self.ran: list[Any] = []

    def ask(self, question: object) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_result(() if isinstance(question, ReviewRights) else None)
        return done

    def run(self, plan: Any, *, confirmed: Confirmed) -> Future[Any]:
        assert demand(plan, self.snapshot).missing(confirmed) == ""
        self.ran.append(plan)
        done: Future[Any] = Future()
        done.set_result(tuple(Receipt(plan.id, s.id, self.outcome, "", NOW) for s in plan.steps))
        return done


def delivery() -> Snapshot:
    stored = revision("1.4.2", "a")
    return snapshot(
        source(stored=stored),
        source("production", stored=stored),
        source("production", "mail", url="oci://registry.example.com/other/activity"),
        ks(applied=stored),
        ks("production", applied=stored),
        ks(name="twice"),
        ks(name="twice", namespace="canary"),
        tags=[tag_list({"1.4.2": "a"})],
        config=CONFIG,
    )


def run(words: str, outcome: Outcome = Outcome.DONE) -> tuple[int, Engine]:
    engine = Engine(delivery(), outcome)
    args = arguments.parse(words.split())
    return acts.act(engine, args), engine  # type: ignore[arg-type]


# -- the parser


def test_every_command_with_a_verb_can_be_typed() -> None:
    for command in ALL:
        if command.verb:
            args = arguments.parse([*command.verb.split(), "x"])
            assert args.verb == command.verb.split()[0]
            if command in ACTS:  # others are a verb's second word
                assert args.variant == command.id
    acting = {c.verb.split()[0] for c in ALL if c.verb}
    assert acting <= vocabulary.verbs().keys()


@pytest.mark.parametrize("words", ["--force --reset", "--chain --force", "--reset --chain"])
def test_of_two_acts_in_one_line_none_is_passed_over(words: str) -> None:
    first, second = words.split()
    with pytest.raises(UsageError, match=f"{second}: cannot be given with {first}: one act at a"):
        arguments.parse(["reconcile", "x", first, second])
    assert arguments.parse(["reconcile", "x", first, first]).variant


def test_shared_flags_stand_before_or_after_the_verb() -> None:
    for words in ("-e staging --read-only versions", "versions -e staging --read-only"):
        args = arguments.parse(words.split())
        assert args.environment == ["staging"] and arguments.options_of(args).read_only


@pytest.mark.parametrize(
    ("words", "code"),
    [("--version", 0), ("--help", 0), ("versions --nonsense", 2), ("tags -o xml", 2)],
)
def test_argparse_speaks_our_exit_codes(words: str, code: int) -> None:
    with pytest.raises(SystemExit) as end:
        main(words.split())
    assert end.value.code == code


def test_errors_become_exit_codes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "none"))
    monkeypatch.chdir(tmp_path)
    assert main(["versions"]) == 2
    assert main(["--config", "nowhere.yaml", "journal"]) == 2
    assert main(["build", "nowhere"]) == 2
    refused = ["--read-only", "artifact", "tag", "oci://127.0.0.1:1/a:b", "--tag", "c"]
    assert main(refused) == 3
    assert main(["artifact", "list", "oci://127.0.0.1:1/a"]) == 1
    assert capsys.readouterr().err.count("fluxtui: ") == 5


# -- targets


@pytest.mark.parametrize("text", ["acme/activity", "ocirepo/" + NS + "/activity"])
def test_a_service_by_its_path_or_a_source_by_its_name(text: str) -> None:
    assert find(text, "staging", delivery()).service == "acme/activity"


def test_a_last_part_is_enough_when_only_one_ends_so() -> None:
    one = snapshot(source())
    assert find("activity", "", one).service == "acme/activity"
    with pytest.raises(UsageError, match=r"several services.*acme/activity, other/activity"):
        find("activity", "", delivery())
    with pytest.raises(UsageError, match=r"no service 'x'.*known: acme/activity"):
        find("x", "staging", one)  # of production nothing is known


def test_a_kustomization_by_name_and_by_namespace() -> None:
    seen = delivery()
    target = find("ks/api", "staging", seen)
    assert target.applier == ks().key and target.service == "acme/activity"
    assert find("ks/canary/twice", "", seen).applier == ks(name="twice", namespace="canary").key
    with pytest.raises(UsageError, match=r"2 objects are called .*say which"):
        find("ks/twice", "staging", seen)
    with pytest.raises(UsageError, match="2 objects are called"):
        find("ks/api", "", seen)
    with pytest.raises(UsageError, match=r"ks/activity-system/twice -e staging or ks/canary/twice"):
        find("ks/twice", "staging", seen)
    with pytest.raises(UsageError, match=r"api -e production or ks/activity-system/api -e staging"):
        find("ks/api", "", seen)
    with pytest.raises(UsageError, match="no Kustomization nope in staging"):
        find("ks/nope", "staging", seen)


@pytest.mark.parametrize(
    "kind",
    ["ks", "KS", "Kustomization", "kustomizations", "kustomization.kustomize.toolkit.fluxcd.io"],
)
def test_a_kind_is_named_as_kubectl_and_flux_name_it(kind: str) -> None:
    assert find(f"{kind}/api", "staging", delivery()).applier == ks().key


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("ks/apii", r"no Kustomization apii in staging \(did you mean ks/activity-system/api\?"),
        ("ks/zzz", r"fluxtui chain -e staging lists them"),
        ("activty", r"no service 'activty' \(did you mean activity\?"),
        (
            "deploy/web",
            r"deploy/web is of a kind that no verb takes \(verbs take ocirepo/NAME, ks/NAME",
        ),
        ("kustomization.other.io/api", "no service"),
    ],
)
def test_what_is_not_there_is_answered_with_the_nearest(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        find(text, "staging", delivery())


# -- acts


def test_a_dry_run_prints_the_plan_and_runs_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    code, engine = run("suspend acme/activity -e production --reason x --dry-run -o json")
    printed = json.loads(capsys.readouterr().out)
    assert (code, engine.ran) == (0, [])
    assert printed["command"] == "suspend" and printed["confirm"] == "production"


def test_receipts_decide_the_exit_code() -> None:
    assert run("suspend acme/activity -e staging --reason x --yes")[0] == 0
    assert run("suspend acme/activity -e staging --reason x --yes", Outcome.FAILED)[0] == 1


@pytest.mark.parametrize(
    ("words", "runs"),
    [
        ("-e production --yes", True),
        ("-e production --confirm production", True),
        ("-e production", False),
        ("-e production --confirm staging", False),
        ("-e production --confirm staging,production", True),
        ("-e staging", False),
        ("-e staging --yes", True),
    ],
)
def test_a_protected_environment_is_named(
    words: str, runs: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    line = f"suspend acme/activity --reason x {words}"
    if runs:
        assert run(line)[0] == 0
    else:
        with pytest.raises(RefusedError, match=r"protected|nobody is there"):
            run(line)


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ("suspend -e staging --reason x", UsageError),
        ("suspend acme/activity --reason x", UsageError),
        ("suspend acme/activity -e nowhere --reason x", UsageError),
        ("suspend acme/activity -e staging -e production --reason x", UsageError),
        ("suspend acme/activity -e staging", UsageError),
        ("resume acme/activity -e staging", RefusedError),
    ],
)
def test_words_that_make_no_act(words: str, error: type[FluxtuiError]) -> None:
    with pytest.raises(error):
        run(words + " --yes")


# -- output


def test_hostile_text_is_visible_in_every_form() -> None:
    for form in ("table", "json", "yaml"):
        out = io.StringIO()
        output.emit(f"{HOSTILE}\nnext", {"x": HOSTILE}, form, out)
        assert not set("\x1b\u202e\x9b") & set(out.getvalue()), form
        if form == "json":
            assert json.loads(out.getvalue()) == {"x": HOSTILE}
        if form == "yaml":
            assert yaml.safe_load(out.getvalue()) == {"x": HOSTILE}


def test_plain_letters_stay_readable() -> None:
    out = io.StringIO()
    output.emit("", {"x": "Größe"}, "json", out)
    assert "Größe" in out.getvalue()


def test_tables_are_aligned_and_safe() -> None:
    text = output.table(("A", "B"), [("long cell", "x"), (HOSTILE, "y\nz")])
    assert len(text.splitlines()) == 3 and "y\\nz" in text and "\x1b" not in text


def test_json_has_values_for_programs() -> None:
    assert output.plain({"a": (1, None, {"b": True})}) == {"a": [1, None, {"b": True}]}
    for internal in (delivery().board, delivery().board.rows[0].lines["staging"][0].health.level):
        with pytest.raises(TypeError, match="has no form for programs"):
            output.plain({"value": internal})


def test_a_table_fits_the_screen_and_keeps_the_end_of_a_version() -> None:
    header = ("SERVICE", "RUNNING", "WOULD PICK", "NOTE")
    rows = [
        ("web", "v0.0.0-staging-deploy-0041", "v0.0.0-staging-deploy-0042", "x" * 40),
        ("db", "v1.4.2", "v1.4.2", ""),
    ]
    assert max(map(len, output.table(header, rows).splitlines())) > 80
    lines = output.table(header, rows, width=50, middle=(1, 2)).splitlines()
    assert max(map(len, lines)) <= 50 and "    " + "x" * 40 in lines
    row = next(line for line in lines if line.startswith("web"))
    assert "oy-0041" in row and "oy-0042" in row and "v0.0.0" in row
    assert lines[-1].split() == ["db", "v1.4.2", "v1.4.2"]
