"""Whatever is typed wrong is answered in our words, with a command line that would do."""

from __future__ import annotations

import argparse
import json
import re
import shlex

import pytest

from fluxtui.cli import arguments, misuse, vocabulary
from fluxtui.cli.main import main
from fluxtui.cli.misuse import Parser
from fluxtui.domain.errors import UsageError

PARSERS = [
    one for one in misuse.each_parser(arguments.parser(vocabulary.verbs().values()))
    if isinstance(one, Parser)
]  # fmt: skip
# How argparse speaks: of its own variables, to whoever wrote the program.
RAW = re.compile(
    "argument |expected |invalid |required|choose from|unrecognized|ambiguous|ignored|  |: $"
)
FLAGS = [
    (one, action)
    for one in PARSERS
    for action in one._actions
    if action.option_strings and not isinstance(action, argparse._HelpAction)
]


def words_of(one: Parser) -> list[str]:
    return one.prog.split()[1:]


def refused(words: list[str]) -> UsageError:
    with pytest.raises(UsageError) as caught:
        arguments.parse(words)
    assert not RAW.search(str(caught.value)), caught.value
    return caught.value


def example_in(error: UsageError) -> list[str]:
    """The words of the line that would do: they parse."""
    line = re.search("for example fluxtui ?(.*)$", error.next)
    assert line, error.next
    arguments.parse(words := shlex.split(line[1]))
    return words


@pytest.mark.parametrize(("one", "action"), FLAGS, ids=lambda v: getattr(v, "prog", None) or v.dest)
def test_a_flag_that_is_not_given_its_value_says_what_it_needs(
    one: Parser, action: argparse.Action
) -> None:
    for flag in action.option_strings:
        if action.nargs is None:
            error = refused([*words_of(one), flag])
            assert f"{flag}" in error.what and str(action.metavar) in error.what
            assert set(action.option_strings) & set(example_in(error))
        elif action.nargs == 0 and flag.startswith("--") and flag != "--version":
            error = refused([*words_of(one), f"{flag}=maybe"])
            assert f"{flag} takes no value" in error.what
            example_in(error)


@pytest.mark.parametrize("one", PARSERS, ids=lambda one: one.prog)
def test_what_must_be_given_is_asked_for(one: Parser) -> None:
    assert one.example.startswith(one.prog)
    arguments.parse(shlex.split(one.example)[1:])
    given = words_of(one)
    for name, question in one.needs.items():
        error = refused(given)
        assert question in error.what and one.words in error.what
        whole = example_in(error)
        action = next(a for a in one._actions if a.dest == name)
        if action.option_strings:
            given = [*given, action.option_strings[-1], "x"]
        else:
            given = [*given, whole[len(given)]]
    if not one._subparsers and one.prog != "fluxtui":
        arguments.parse(given)


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("config foo", "config takes check or schema: 'foo' is none"),
        ("config chek", "Did you mean `check`"),
        ("completion tcsh", "completion takes bash, zsh or fish: 'tcsh'"),
        ("artifact psh", "Did you mean `push`"),
        ("reconciler start", "reconciler takes run: 'start'"),
        ("promote x -o wide", "takes table, json, yaml or markdown: 'wide'"),
        ("versions -o foo", "takes table, wide, name, json, yaml or jsonpath="),
        ("tags x --facts many", "--facts takes a whole number: 'many'"),
        ("tags x --facts -1", "--facts takes a whole number: '-1'"),
        ("demo --speed fast", "--speed takes a number above 0: 'fast'"),
        ("demo --speed 0", "--speed takes a number above 0: '0'"),
        ("-o json", r"the screen has no flag -o: it belongs to versions, .* more verbs"),
        ("ks/web -w", r"the screen has no flag -w: it belongs to versions"),
        ("open web --dry-run", r"the screen has no flag --dry-run: it belongs to reconcile"),
        ("suspend web --version v1", "it belongs to promote, rollback, pin and publish"),
        ("artifact list --tag x", "artifact list has no flag --tag: it belongs to artifact tag"),
        ("publish web --failure", "publish activity -e staging --failure 'crash loop' --bad"),
    ],
)
def test_each_mistake_is_told_in_words_of_ours(words: str, answer: str) -> None:
    error = refused(words.split())
    assert re.search(answer, str(error)), error
    example_in(error)


def test_a_switch_may_be_given_true_or_false_as_kubectl_s_may() -> None:
    args = arguments.parse(["versions", "--watch=true", "--read-only=True", "-A=false"])
    assert (args.watch, args.read_only, args.all_namespaces) == (True, True, False)
    assert arguments.parse(["versions", "--", "--watch=true"]).target == "--watch=true"


@pytest.mark.parametrize("words", ["-o json", "config -o json", "versions -o json -e",
                                   "tags --facts=x -ojson"])  # fmt: skip
def test_a_program_that_mistypes_reads_json_as_well(
    words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main(words.split())
    printed = capsys.readouterr()
    body = json.loads(printed.out)
    assert (end.value.code, body["code"], body["exitCode"]) == (2, "usage", 2)
    assert body["what"] in printed.err and body["next"]
