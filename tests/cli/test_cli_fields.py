"""`fluxtui.yaml`: what may stand in it, said once, and every mistake with its file and line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from fluxtui.cli import fields, linedyaml
from fluxtui.cli.fields import FieldPlace, check, schema
from fluxtui.cli.main import main
from fluxtui.commands.registry import ALL
from fluxtui.domain.errors import ConfigError
from fluxtui.ui.keys import each_key
from fluxtui.ui.ownkeys import own_keys

ROOT = Path(__file__).parents[2]
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.sampled_from(["", "x"])
)


def values(node: fields.Node) -> st.SearchStrategy[Any]:
    """Values about as declared: a wrong one now and then, at any depth."""
    wrong = st.one_of(SCALARS, st.lists(SCALARS, max_size=2), st.just({"nonsense": 1}))
    if isinstance(node, fields.Flag):
        right: st.SearchStrategy[Any] = st.booleans()
    elif isinstance(node, fields.Text):
        right = st.sampled_from(["x", 1])
    elif isinstance(node, fields.Texts):
        right = st.lists(st.sampled_from(["x", 1]), max_size=2)
    elif isinstance(node, fields.Names):
        names = list(node.known()) if node.known else ["a", "b"]
        right = st.dictionaries(st.sampled_from(names), values(node.value), max_size=2)
    else:
        each = {name: values(inner) for name, inner in node.fields.items()}
        right = st.fixed_dictionaries({}, optional=each)
    return st.one_of(*[right] * 6, wrong)


@given(values(fields.FILE))
def test_the_schema_and_the_check_take_the_same_files(value: Any) -> None:
    try:
        check(value, FieldPlace("f"))
        taken = True
    except ConfigError:
        taken = False
    valid = jsonschema.Draft202012Validator(schema()).is_valid(value)
    assert taken == valid


def test_the_schema_in_docs_is_the_one_that_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "schema"]) == 0
    printed = capsys.readouterr().out
    jsonschema.Draft202012Validator.check_schema(json.loads(printed))
    assert (ROOT / "docs" / "fluxtui.schema.json").read_text() == printed


def test_what_the_readme_shows_is_valid() -> None:
    text = (ROOT / "README.md").read_text()
    example = text.split("```yaml\n")[1].split("```")[0]
    wrong = jsonschema.Draft202012Validator(schema()).iter_errors(yaml.safe_load(example))
    assert [error.message for error in wrong] == []


def test_every_field_has_a_sentence() -> None:
    def walk(node: fields.Node) -> None:
        assert node.help.endswith(".")
        inner = node.fields.values() if isinstance(node, fields.FieldRecord) else ()
        for each in (node.value,) if isinstance(node, fields.Names) else inner:
            walk(each)

    walk(fields.FILE)


# -- a mistake, where it stands


BAD = [
    ("theme: nord\n\nenviroments: {}\n", 3, r"unknown field 'enviroments' \(did you mean env"),
    ("environments:\n  a:\n    contxt: x\n", 3, "environments.a: unknown field 'contxt'"),
    ("services:\n  a: {}\n  b: {url: x}\n", 3, "services.b: unknown field 'url'"),
    ("registries:\n  mirors: {}\n", 2, "registries: unknown field 'mirors'"),
    ("keys:\n  promote: x\n  promoet: z\n", 3, "unknown command 'promoet'.*did you mean promote"),
    ("theme: nord\nkeys: {}\ntheme: dracula\n", 3, "theme stands twice: the first in line 1"),
    ("environments:\n  a: {}\n  b: {}\n  a: {}\n", 4, "a stands twice: the first in line 2"),
    ("environments:\n  a: {protected: true, protected: false}\n", 2, "protected stands twice"),
    ("registries:\n  mirrors:\n    x: y\n    x: z\n", 4, "x stands twice"),
    ("theme: a\nenvironments:\n  a: [\n", 4, "did not find expected"),
    ("theme: a\n---\ntheme: b\n", 2, "another document"),
    ("environments:\n  ? [a, b]\n  : {}\n", 2, "a name must be a text"),
    ("\nreadOnly: maybe\n", 2, "readOnly: must be true or false"),
    ("environments:\n  a:\n    namespaces: {x: y}\n", 3, "must be a list of texts"),
    ("environments:\n  a:\n    stage: on\n", 3, "put quotes around it"),
    ("environments: &a\n  x: *a\n", 1, "recursive"),
    (
        "registries:\n  mirrors:\n    a.example: https://b.example/x\n",
        3,
        "mirrors.a.example: .* no sch",
    ),
    ("registries:\n  mirrors:\n    a.example: b.example/x\n", 3, "no scheme and no path"),
    ("registries:\n  mirrors:\n    oci://a.example: b\n", 3, "'oci://a.example' is not a host"),
    ("registries:\n  mirrors:\n    a: ''\n", 3, "'' is not a host"),
    ("registries:\n  caFiles:\n    https://a: x.pem\n", 3, "caFiles.https://a: 'https://a' is not"),
    ("registries:\n  plainHttp: [ok:80, 'http://a']\n", 2, "plainHttp: 'http://a' is not a host"),
    (
        "services:\n  a:\n    urls: [acme/a, 'https://h/a']\n",
        3,
        "'https://h/a' is not an oci:// url",
    ),
    ("services:\n  a:\n    publish: h/a\n", 3, "publish: 'h/a' is not an oci:// url"),
    ("services:\n  a:\n    images: [a b]\n", 3, "'a b' is not the name of an image"),
    (
        "environments:\n  a:\n    namespaces: [Not_One]\n",
        3,
        "'Not_One' is not the name of a namesp",
    ),
    ("environments:\n  a b: {}\n", 2, "'a b' is not a name: it has a space"),
    ("theme: !!python/object:os.system x\n", 1, "could not determine a constructor"),
]


@pytest.mark.parametrize(("text", "line", "says"), BAD, ids=[says[:30] for _t, _l, says in BAD])
def test_a_mistake_is_refused_with_file_and_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, line: int, says: str
) -> None:
    file = tmp_path / "team.yaml"
    file.write_text(text)
    # Whoever starts, with a screen or without: the file is read first.
    for words in (["config", "check"], ["versions"], ["status", "-o", "json"]):
        assert main(["--config", str(file), *words]) == 2
        captured = capsys.readouterr()
        assert f"{file}:{line}" in captured.err + captured.out
    with pytest.raises(ConfigError, match=says):
        check(linedyaml.read(file), FieldPlace(str(file)))


def test_names_and_numbers_are_as_they_are_written(tmp_path: Path) -> None:
    file = tmp_path / "team.yaml"
    file.write_text("no: {a: 1.10, b: 010, c: 2024-01-01, d: 1e3, e: off}\n")
    assert linedyaml.read(file) == {
        "no": {"a": "1.10", "b": "010", "c": "2024-01-01", "d": "1e3", "e": False}
    }


def test_a_merge_is_no_double_and_keeps_its_lines(tmp_path: Path) -> None:
    file = tmp_path / "team.yaml"
    file.write_text("a: &a {x: 1, y: 2}\nb:\n  <<: *a\n  x: 3\n")
    data = linedyaml.read(file)
    assert data == {"a": {"x": "1", "y": "2"}, "b": {"x": "3", "y": "2"}}


# -- themes and keys, at the check and at the screen's start


LOOKS = [
    ("theme: nope\n", 1, "there is no theme 'nope'"),
    ("theme: nrd\n", 1, r"did you mean nord\?"),
    ("theme: nord\nkeys:\n  promote: R\n", 3, r"R is the key of Reconcile \(reconcile\) already"),
    ("keys:\n  promote: K\n  pin: K\n", 3, "K is the key of Promote"),
    ("keys:\n  promote: 'ctrl+o,t'\n", 2, "t is the key of Tags"),
    ("keys: {promote: Q}\n", 1, "Q is the key of 'Quit'"),
    ("keys: {promote: '?'}\n", 1, "question_mark is the key of Help"),
    ("keys: {promote: '/'}\n", 1, "slash is the key of 'Filter'"),
    ("keys: {promote: S}\n", 1, "S is the key of 'Sort by state'"),
    ("keys: {promote: crtl+p}\n", 1, r"there is no key 'crtl\+p'"),
    ("keys: {promote: RR}\n", 1, "there is no key 'RR'"),
]


@pytest.mark.parametrize(("text", "line", "says"), LOOKS, ids=[says for _t, _l, says in LOOKS])
def test_two_commands_on_one_key_and_unknown_looks_are_refused(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    text: str,
    line: int,
    says: str,
) -> None:
    monkeypatch.setattr("fluxtui.cli.screen.on_terminal", lambda: True)
    file = tmp_path / "team.yaml"
    file.write_text(text)
    for words in (["config", "check"], [], ["open", "web"]):
        assert main(["--config", str(file), *words]) == 2
        said = capsys.readouterr().err
        assert f"{file}:{line}" in said
        with pytest.raises(AssertionError, match=says):
            raise AssertionError(said)


def test_keys_may_be_given_to_others_when_their_owner_gets_another(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "team.yaml"
    file.write_text("keys: {promote: R, reconcile: 'ctrl+r,f5', tags: '@'}\ntheme: fluxtui-day\n")
    assert main(["--config", str(file), "config", "check"]) == 0


def test_a_theme_by_flag_is_asked_for_too(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fluxtui.cli.screen.on_terminal", lambda: True)
    for words in (["config", "check"], [], ["demo"]):
        assert main(["--theme", "nope", *words]) == 2
        assert "--theme: there is no theme 'nope'" in capsys.readouterr().err


def test_no_command_stands_on_a_key_of_the_screens_own() -> None:
    taken = own_keys()
    assert taken and any(command.keys for command in ALL)
    for command in ALL:
        for key in each_key(",".join(command.keys)):
            assert key not in taken, f"{command.id}: {key} is {taken.get(key)}"


# -- the check says where it looked


@pytest.fixture
def nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without anything."""
    monkeypatch.delenv("KUBECONFIG", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_nothing_at_all_is_an_answer_that_names_every_place(
    nobody: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["config", "check"]) == 0
    said = capsys.readouterr().out
    for place in ("fluxtui.yaml", "config/fluxtui/fluxtui.yaml", ".kube/config"):
        assert f"{nobody / place}: " in said
    assert said.count("not there") == 2 and "no kubeconfig is there" in said
    assert "no environment" in said and "--context" in said


def test_what_is_there_is_checked_though_the_rest_is_not(
    nobody: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (nobody / "fluxtui.yaml").write_text("services: {a: {urls: [x]}}\n")
    assert main(["config", "check"]) == 0
    assert f"{nobody}/fluxtui.yaml: services" in capsys.readouterr().out
    (nobody / "fluxtui.yaml").write_text("services: {a: {url: [x]}}\n")
    assert main(["config", "check"]) == 2
    capsys.readouterr()
    (nobody / "fluxtui.yaml").write_text("")
    monkeypatch.setenv("KUBECONFIG", f"{nobody}/k1:{nobody}/k2")
    (nobody / "k2").write_text("apiVersion: v1\nkind: Config\n")
    assert main(["config", "check"]) == 0
    said = capsys.readouterr().out
    assert f"{nobody}/k1: no kubeconfig" in said and f"{nobody}/k2: a kubeconfig" in said


def test_an_environment_without_its_context_is_wrong(
    nobody: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = nobody / "config" / "fluxtui" / "fluxtui.yaml"
    file.parent.mkdir(parents=True)
    file.write_text("environments: {prod: {context: eu, kubeconfig: kube}}\n")
    assert main(["config", "check"]) == 1
    said = capsys.readouterr().out
    assert (
        f"wrong: {file}:1 environments.prod.kubeconfig: there is no file {file.parent}/kube" in said
    )
    assert said.count("wrong: ") == 1  # told once, where it is written
    (file.parent / "kube").write_text(
        "contexts: [{name: us, context: {cluster: c, user: u}}]\ncurrent-context: us\n"
    )
    assert main(["config", "check"]) == 1
    said = capsys.readouterr().out
    at = f"wrong: {file}:1 environments.prod.context: there is no context 'eu' in "
    assert f"{at}{file.parent}/kube (known: us)" in said


FILES = """\
environments:
  prod:
    context: us
registries:
  caFiles:
    a.example: ~/nope.pem
    b.example: ca.pem
  credentialsFile: nope.json
services:
  web: {folder: nope}
  here: {folder: .}
"""


def test_files_and_contexts_that_are_not_there_are_wrong_with_their_lines(
    nobody: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    kubeconfig = nobody / "k"
    kubeconfig.write_text("contexts: [{name: use, context: {cluster: c, user: u}}]\n")
    monkeypatch.setenv("KUBECONFIG", str(kubeconfig))
    file = nobody / "team.yaml"
    file.write_text(FILES)
    (nobody / "ca.pem").write_text("")
    assert main(["--config", str(file), "config", "check"]) == 1
    wrong = [ln for ln in capsys.readouterr().out.splitlines() if ln.startswith("wrong: ")]
    known = "(did you mean use? known: use)"
    where = f"{file}:3 environments.prod.context"
    assert wrong == [
        f"wrong: {where}: there is no context 'us' in {kubeconfig} {known}",
        f"wrong: {file}:6 registries.caFiles.a.example: there is no file {Path.home()}/nope.pem",
        f"wrong: {file}:8 registries.credentialsFile: there is no file {nobody}/nope.json",
        f"wrong: {file}:10 services.web.folder: there is no folder {nobody}/nope",
    ]


@pytest.mark.parametrize("value", ["a", "a=", "=b", "https://a=b", "a=https://b/x", "a=b/x"])
def test_a_mirror_by_flag_is_held_to_the_same(
    nobody: Path, capsys: pytest.CaptureFixture[str], value: str
) -> None:
    assert main(["--mirror", value, "config", "check"]) == 2
    assert "no scheme and no path" in capsys.readouterr().err
