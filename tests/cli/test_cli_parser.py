"""Which words are verbs, which are values, and what is said to words that are neither."""

from __future__ import annotations

import argparse
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluxtui.cli import arguments, flags, misuse, unknown, vocabulary
from fluxtui.cli.main import main
from fluxtui.cli.subjects import named
from fluxtui.domain.errors import UsageError

VERBS = vocabulary.verbs()
TOP = arguments.parser(VERBS.values())
PARSERS = list(misuse.each_parser(TOP))
# What each of the flags that every verb takes may be given, a verb's own name among it.
SHARED = {
    "--config": st.sampled_from(["f.yaml", "config"]),
    "-e": st.sampled_from([*VERBS, "prod"]),
    "--environment": st.sampled_from([*VERBS, "prod"]),
    "--context": st.sampled_from([*VERBS, "a/b"]),
    "-n": st.sampled_from([*VERBS, "apps"]),
    "--kubeconfig": st.sampled_from(["build", "k/config"]),
    "--mirror": st.just("a=b"),
    "--theme": st.sampled_from(["demo", "x"]),
}
SWITCHES = ("--read-only", "--slow", "-A", "--all-namespaces")


@st.composite
def given_flags(draw: st.DrawFn) -> list[str]:
    words: list[str] = []
    for _ in range(draw(st.integers(0, 4))):
        if draw(st.booleans()):
            words.append(draw(st.sampled_from(SWITCHES)))
            continue
        flag = draw(st.sampled_from(list(SHARED)))
        value = draw(SHARED[flag])
        joined = draw(st.booleans())
        words += [f"{flag}={value}"] if joined else [flag, value]
    return words


# -- one rule finds the verb


@given(given_flags(), st.sampled_from(list(VERBS)), given_flags())
def test_flags_may_stand_before_or_after_the_verb(
    before: list[str], verb: str, after: list[str]
) -> None:
    needed = {
        "build": ["."], "config": ["check"], "reconciler": ["run"], "completion": ["bash"],
        "artifact": ["list", "oci://h/a"],
    }.get(verb, [])  # fmt: skip
    first = arguments.parse([*before, verb, *needed, *after])
    last = arguments.parse([verb, *needed, *before, *after])
    assert first.verb == verb
    assert vars(first) == vars(last)


@pytest.mark.parametrize(
    ("words", "verb"),
    [
        ("-e demo ks/web", "open"),
        ("--context build ks/apps/web", "open"),
        ("--namespace status ks/x", "open"),
        ("-e status versions", "versions"),
        ("-n=demo tags x", "tags"),
        ("-ndemo tags x", "tags"),
        ("-An demo tags x", "tags"),
        ("--to v9 --from demo diff web", "diff"),
        ("--reason status suspend web", "suspend"),
        ("-o json events", "events"),
        ("ocirepo/apps/web", "open"),
        ("hr/web", "open"),
        ("acme/activity", "open"),
        ("open activity", "open"),
    ],
)
def test_a_value_is_never_the_verb(words: str, verb: str) -> None:
    assert arguments.parse(words.split()).verb == verb


def test_no_word_at_all_is_the_screen() -> None:
    for words in ("", "-e demo", "--context build --read-only", "--theme=x"):
        assert arguments.parse(words.split()).verb is None


def test_a_flag_with_a_value_has_one_with_every_verb() -> None:
    """Else where the verb stands would change what a word means."""
    seen: dict[str, bool] = {}
    for one in PARSERS:
        for action in one._actions:
            for option in action.option_strings:
                # `--version` before the verb is the program's own; `-f` is a file for `apply` and
                # follows for `logs`, as with kubectl: it stands behind its verb.
                if option not in ("--version", "-f"):
                    assert seen.setdefault(option, action.nargs is None) == (action.nargs is None)


def test_values_given_on_both_sides_are_all_kept() -> None:
    args = arguments.parse(["-e", "a", "-n", "x", "versions", "-e", "b", "-n", "y"])
    assert (args.environment, args.namespace) == (["a", "b"], ["x", "y"])


def test_kubectl_and_flux_name_kind_and_object_in_two_words() -> None:
    def words(*typed: str) -> list[str]:
        return named(arguments.parse(list(typed)))

    assert words("suspend", "ks", "web") == ["ks/web"]
    assert words("reconcile", "kustomization", "apps/web") == ["kustomization/apps/web"]
    assert words("resume", "source", "oci", "web") == ["ocirepo/web"]
    assert words("suspend", "ks", "web", "db") == ["ks/web", "ks/db"]
    assert words("suspend", "hr/a", "-e", "staging", "ks/b") == ["hr/a", "ks/b"]
    assert words("suspend", "-e", "staging", "hr/a", "app") == ["hr/a", "app"]
    assert words("suspend", "hr", "-l", "app=web") == ["hr"]
    assert words("pin", "ks", "web") == ["ks/web"]
    with pytest.raises(UsageError, match="one word less: what is 'b'"):
        arguments.parse(["pin", "a", "b"])


# -- what every view and act declares


@pytest.mark.parametrize(
    "verb", ["versions", "tags", "chain", "diff", "events", "journal", "status"]
)
def test_every_view_takes_the_same_flags(verb: str) -> None:
    args = arguments.parse([verb, "-A", "-l", "app=web", "-w", "-o", "jsonpath={.a}"])
    assert (args.all_namespaces, args.selector, args.watch) == (True, "app=web", True)
    assert args.output == "jsonpath={.a}"
    args = arguments.parse([verb])
    assert (args.all_namespaces, args.selector, args.watch, args.output) == (
        False, "", False, "table"
    )  # fmt: skip


@pytest.mark.parametrize("form", ["xml", "jsonpath", "jsonpath=", "JSON", ""])
def test_a_form_that_is_none_is_refused_with_those_there_are(form: str) -> None:
    with pytest.raises(UsageError, match="table, wide, name, json, yaml or jsonpath="):
        arguments.parse(["versions", "-o", form])


@pytest.mark.parametrize("one", PARSERS, ids=lambda p: p.prog)
def test_every_flag_of_every_verb_has_a_sentence(one: argparse.ArgumentParser) -> None:
    assert one.prog == "fluxtui" or (one.description or "").endswith(".")
    for action in one._actions:
        if isinstance(action, argparse._SubParsersAction):
            continue
        name = "/".join(action.option_strings) or action.dest
        assert action.help and action.help is not argparse.SUPPRESS, f"{one.prog} {name}"
        assert re.fullmatch(r"[A-Z].*\s.*[.\)]", action.help), f"{one.prog} {name}: {action.help}"
    one.format_help()


# -- words that are no verbs


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("satus", r"'satus' is no verb\. Did you mean `status`\?.*fluxtui open satus"),
        ("Versions", "Did you mean `versions`"),
        ("susp web", "Did you mean `suspend`"),
        ("complete", "Did you mean `completion`"),
        ("web", "is no verb.*fluxtui --help.*fluxtui open web"),
        ("-e demo stauts", "Did you mean `status`"),
        ("delete ks/web", "`fluxtui artifact delete`"),
        ("./base", "fluxtui build ./base"),
        ("oci://host/app", "fluxtui artifact list oci://host/app"),
        ("bootstrap github", "flux does that"),
        ("versions --watc", r"no flag --watc.*did you mean --watch\?"),
        ("events --for ks/web", "fluxtui events ks/NS/NAME"),
        ("--nonsense", "no flag --nonsense"),
        ("--nonsense=1 versions", "no flag --nonsense"),
        ("artifact", "push, pull, tag"),
        ("artifact pusch", "pusch"),
        ("config", "check .* or schema"),
    ],
)
def test_an_unknown_word_is_answered_with_the_nearest(
    words: str, answer: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main(words.split())
    printed = capsys.readouterr()
    assert (end.value.code, printed.out) == (2, "")
    assert printed.err.startswith("fluxtui: ") and re.search(answer, printed.err)


@given(st.text(st.characters(exclude_characters="/-", codec="utf-8"), min_size=1))
def test_any_bare_word_is_a_verb_or_is_refused(word: str) -> None:
    if word not in (*VERBS, "help"):
        with pytest.raises(UsageError):
            arguments.parse([word])


@pytest.mark.parametrize("sentence", unknown.OTHERS.values())
def test_what_is_named_instead_can_be_typed(sentence: str) -> None:
    for line in re.findall("`fluxtui ([^`]+)`", sentence):
        words = line.split()
        verb = vocabulary.verb(words[0])
        assert verb is not None, line
        if verb.actions and len(words) > 1:
            assert words[1] in [action.name for action in verb.actions], line
        known = {o for one in misuse.each_parser(arguments.parser((verb,)))
                 for a in one._actions for o in a.option_strings}  # fmt: skip
        assert {w for w in words if w.startswith("-")} <= known, line


def test_words_of_others_are_no_verbs_of_ours() -> None:
    assert not set(unknown.OTHERS) & set(VERBS)


@pytest.mark.parametrize(
    ("verb", "says"),
    [
        ("suspend", "Say why (must be given); "),
        ("pin", "Say why (must be given); "),
        ("rollback", "Say why (must be given where none is proposed); "),
        ("freeze", "Say why (must be given where none is proposed); "),
        ("resume", "Say why; "),
        ("range", "Say why; "),
    ],
)
def test_help_says_where_a_reason_must_be_given(
    verb: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        arguments.parse([verb, "--help"])
    assert says in " ".join(capsys.readouterr().out.split())


def test_help_is_a_word_too(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["help", "pin"], ["pin", "--help"], ["-e", "x", "pin", "-h"]):
        with pytest.raises(SystemExit) as end:
            main(words)
        assert end.value.code == 0
        assert "usage: fluxtui pin" in capsys.readouterr().out


# -- one flag, one meaning


def test_short_and_long_flags_of_all_verbs_are_one_thing() -> None:
    assert flags.form("wide") == "wide"
    meanings: dict[str, set[str]] = {}
    for one in PARSERS:
        for action in one._actions:
            for option in action.option_strings:
                if len(option) == 2:
                    meanings.setdefault(option, set()).add(max(action.option_strings, key=len))
    twofold = {option: names for option, names in meanings.items() if len(names) > 1}
    # Each as flux and kubectl have it.
    assert twofold == {"-f": {"--path", "--filename", "--follow"}}


@pytest.mark.parametrize(
    "words",
    [
        ["rollback", "activity", "-e", "staging", "--version", ""],
        ["pin", "activity", "--version", " ", "--reason", "x"],
        ["pin", "activity", "--version", "v1", "--reason", ""],
        ["promote", "activity", "--from="],
        ["publish", "activity", "--image", ""],
        ["suspend", ""],
        ["unpin", "activity", "-e", ""],
        ["suspend", "activity", "--confirm", "", "--reason", "x"],
        ["tags", "activity", "--what-if", ""],
    ],
)
def test_an_empty_value_is_refused_and_never_means_what_no_flag_means(words: list[str]) -> None:
    with pytest.raises(UsageError, match="it is empty: give a value, or leave it out"):
        arguments.parse(words)
