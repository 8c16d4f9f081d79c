"""The installed program, as it is typed: what it answers, what it costs, and that it ends."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from fluxtui.cli.main import main

VERBS = (
    *("versions", "tags", "chain", "diff", "events", "journal", "status", "build", "artifact"),
    *("reconcile", "suspend", "resume", "promote", "rollback", "pin", "unpin", "publish"),
    *("apply", "demo", "config", "reconciler"),
)
ARTIFACT = ("push", "pull", "tag", "list", "diff", "delete")
PROBE = """
import sys
from fluxtui.cli.main import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
print(*sorted(sys.modules), file=sys.stderr)
"""
KUBECONFIG = """
current-context: one
clusters: [{name: c, cluster: {server: 'https://127.0.0.1:1'}}]
users: [{name: u, user: {}}]
contexts: [{name: one, context: {cluster: c, user: u}}]
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with nothing but a kubeconfig that leads nowhere, and its environment `demo`."""
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "KUBECONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".kube").mkdir()
    (tmp_path / ".kube" / "config").write_text(KUBECONFIG)
    file = tmp_path / ".config" / "fluxtui" / "fluxtui.yaml"
    file.parent.mkdir(parents=True)
    file.write_text("environments: {demo: {context: one}, build: {context: one}}\n")
    return tmp_path


def typed(*words: str) -> tuple[int, str, str]:
    """Exit code, standard output, standard error; nobody types anything."""
    done = subprocess.run(
        [sys.executable, "-m", "fluxtui", *words],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("satus", "Did you mean `status`?"),
        ("Versions", "Did you mean `versions`?"),
        ("web", "fluxtui open web"),
        ("bootstrap", "flux does that"),
    ],
)
def test_an_unknown_word_ends_with_the_nearest_verb(home: Path, words: str, says: str) -> None:
    code, out, err = typed(*words.split())
    assert (code, out) == (2, "") and says in err


@pytest.mark.parametrize(
    "words",
    ["", "--slow", "-e demo ks/web", "--context one ks/web", "--namespace status ks/x",
     "-e build", "acme/activity", "ocirepo/apps/web"],
)  # fmt: skip
def test_the_screen_without_a_terminal_is_refused_at_once(home: Path, words: str) -> None:
    """Also when the value of a flag is a verb's name."""
    code, out, err = typed(*words.split())
    assert (code, out) == (2, "")
    assert "the screen needs a terminal" in err and "fluxtui versions" in err


def test_a_value_that_is_a_verb_leaves_the_verb_alone(home: Path) -> None:
    for words in ("-e build journal", "--reason status journal", "--context one -n demo journal"):
        assert typed(*words.split())[0] in (0, 2)
    assert typed("-e", "build", "journal")[0] == 0
    assert typed("--namespace", "status", "journal")[0] == 0
    assert typed("journal", "--namespace", "demo")[0] == 0


HELPS = [(verb,) for verb in VERBS] + [("artifact", action) for action in ARTIFACT]


@pytest.mark.parametrize("words", HELPS, ids=" ".join)
def test_every_flag_in_the_help_has_a_sentence(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main([*words, "--help"])
    assert end.value.code == 0
    text = capsys.readouterr().out
    entries = re.findall(r"^  (-\S.*?)(?:  +|\n {20,})(?=\S)(.*(?:\n {20,}.*)*)", text, re.M)
    flags = re.findall(r"^  -\S.*", text, re.M)
    assert len(entries) == len(flags) >= 10
    for flag, sentence in entries:
        assert re.fullmatch(r"[A-Z].*\s.*[.)]", " ".join(sentence.split())), (flag, sentence)


def modules(*words: str) -> set[str]:
    """What is imported after these words."""
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *words], capture_output=True, text=True, check=True
    )
    return set(done.stderr.splitlines()[-1].split())


@pytest.mark.parametrize("words", [("--help",), ("--version",), ("pin", "--help")], ids=" ".join)
def test_help_and_version_import_our_light_words_only(words: tuple[str, ...]) -> None:
    imported = modules(*words)
    assert not imported & {"dataclasses", "typing", "json", "yaml", "asyncio"}
    families = {"pin", "promote", "publish", "reconcile", "suspend"}
    assert not imported & {f"fluxtui.commands.{name}" for name in families}


def test_a_small_build_imports_the_renderer_alone(tmp_path: Path) -> None:
    (tmp_path / "kustomization.yaml").write_text("namePrefix: a-\n")
    imported = modules("build", str(tmp_path))
    assert "fluxtui.kustomize" in imported
    ours = {m for m in imported if m.startswith("fluxtui.")}
    assert not {m for m in ours if re.match(r"fluxtui\.(commands|engine|cluster|world|ui)\b", m)}
    assert not ours & {"fluxtui.domain.snapshot", "fluxtui.domain.plan"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("keys: {promote: R}\n", "1 keys.promote: R is the key of Reconcile"),
        ("\nkeys: {nonsense: x}\n", "2 keys: unknown command 'nonsense'"),
        ("theme: nope\n", "1 theme: there is no theme 'nope'"),
        ("theme: nord\ntheme: dracula\n", "2: theme stands twice"),
        ("theme: nord\nkeys: {}\nthem: x\n", "3: unknown field 'them'"),
    ],
)
def test_a_mistake_in_the_file_is_refused_with_its_line(home: Path, text: str, says: str) -> None:
    (home / "team.yaml").write_text(text)
    code, _out, err = typed("--config", "team.yaml", "config", "check")
    assert code == 2 and f"team.yaml:{says}" in err


def test_an_unknown_theme_by_flag_is_refused(home: Path) -> None:
    code, _out, err = typed("--theme", "nope", "config", "check")
    assert code == 2 and "there is no theme 'nope'" in err and "fluxtui-night" in err


def test_the_check_names_where_it_looked_though_nothing_is_there(home: Path) -> None:
    (home / ".kube" / "config").unlink()
    (home / ".config" / "fluxtui" / "fluxtui.yaml").unlink()
    code, out, _err = typed("config", "check")
    assert code == 0
    for place in (".kube/config", ".config/fluxtui/fluxtui.yaml", "fluxtui.yaml"):
        assert f"{home / place}: " in out
