"""Files, flags and the environment become one Config; who may set what."""

from __future__ import annotations

from pathlib import Path

import pytest

from fluxtui.cli.configuration import load, load_registries
from fluxtui.cli.options import Options
from fluxtui.domain.config import Config, Overrides
from fluxtui.domain.errors import ConfigError

KUBECONFIG = """
apiVersion: v1
kind: Config
current-context: one
clusters: [{name: c, cluster: {server: 'https://127.0.0.1:1'}}]
users: [{name: u, user: {}}]
contexts:
- {name: one, context: {cluster: c, user: u}}
- {name: two, context: {cluster: c, user: u}}
"""


class Place:
    """A home with a user's folder and a working directory."""

    def __init__(self, root: Path) -> None:
        self.user = root / "config" / "fluxtui" / "fluxtui.yaml"
        self.cwd = root / "work"
        self.kubeconfig = root / "kubeconfig"
        self.user.parent.mkdir(parents=True)
        self.cwd.mkdir()
        self.kubeconfig.write_text(KUBECONFIG)
        self.environ = {
            "HOME": str(root),
            "XDG_CONFIG_HOME": str(root / "config"),
            "KUBECONFIG": str(self.kubeconfig),
            "USER": "anna",
        }

    def load(self, **options: object) -> Config:
        return load(Options(**options), self.environ, self.cwd)  # type: ignore[arg-type]

    def local(self, text: str) -> None:
        (self.cwd / "fluxtui.yaml").write_text(text)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_without_a_file_the_current_context_is_one_protected_environment(place: Place) -> None:
    (only,) = place.load().environments
    assert (only.name, only.context, only.protected) == ("one", "one", True)


def test_a_working_directory_may_only_map_services_and_choose_a_theme(place: Place) -> None:
    place.local(
        "theme: night\nreadOnly: false\nenvironments: {evil: {protected: false}}\n"
        "registries: {plainHttp: [evil.example]}\nkeys: {pin: x}\njournal: /tmp/x\n"
        "services: {app: {urls: [acme/app], folder: /, publish: 'oci://evil.example/x'}}\n"
    )
    config = place.load()
    assert config.theme == "night"
    assert [e.name for e in config.environments] == ["one"]
    assert config.registries.plain_http == frozenset() and config.keys == {}
    assert config.journal != "/tmp/x"
    (service,) = config.services
    assert service.urls == ("acme/app",)
    assert (service.folder, service.publish_url) == ("", "")
    assert "not from a working directory: environments" in config.sources[0]


def test_the_users_file_wins_entry_by_entry(place: Place) -> None:
    place.local("services: {app: {urls: [local/app]}, other: {urls: [local/other]}}\ntheme: a\n")
    place.user.write_text("services: {app: {urls: [mine/app], folder: src}}\ntheme: b\n")
    config = place.load()
    assert config.theme == "b"
    assert {s.name: s.urls for s in config.services} == {
        "app": ("mine/app",),
        "other": ("local/other",),
    }
    app = config.service("app")
    assert app is not None and app.folder == str((place.user.parent / "src").resolve())


def test_a_config_flag_replaces_the_users_file_and_flags_win(place: Place, tmp_path: Path) -> None:
    place.user.write_text("theme: user\n")
    named = tmp_path / "team.yaml"
    named.write_text(
        "theme: team\nenvironments: {staging: {context: two, protected: false, stage: pre}}\n"
        "registries: {mirrors: {a.example: b.example}}\n"
    )
    config = place.load(config=str(named), mirrors=("a.example=c.example:5000",), namespaces=("x",))
    (staging,) = config.environments
    assert (staging.protected, staging.stage_name, staging.namespaces) == (False, "pre", ("x",))
    assert config.theme == "team" and config.registries.mirrors == {"a.example": "c.example:5000"}
    assert place.load(config=str(named), theme="flag").theme == "flag"
    assert place.load(config=str(named), read_only=True).read_only


def test_the_cache_of_blobs_can_be_off(place: Place, tmp_path: Path) -> None:
    for text, kept in (("cache: off", ""), ("cache: here", str(tmp_path / "here"))):
        named = tmp_path / "team.yaml"
        named.write_text(f"{text}\nenvironments: {{staging: {{}}}}\n")
        assert place.load(config=str(named)).cache == kept
    named.write_text("environments: {staging: {}}\n")
    assert place.load(config=str(named)).cache.endswith("fluxtui")


def test_a_context_by_flag_is_protected_unless_the_file_names_it(place: Place) -> None:
    place.user.write_text("environments: {staging: {context: two, protected: false}}\n")
    found = place.load(contexts=("one", "two")).environments
    assert [(e.name, e.protected) for e in found] == [("one", True), ("staging", False)]


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("", {}),
        ("", {"contexts": ("two",)}),
        ("", {"overrides": Overrides(cluster="c")}),
        ("environments: {staging: {context: two, namespaces: [elsewhere]}}\n", {}),
    ],
    ids=["current context", "context by flag", "cluster by flag", "file"],
)
def test_a_namespace_by_flag_counts_whatever_the_environment_came_from(
    place: Place, text: str, options: dict[str, object]
) -> None:
    place.user.write_text(text)
    (only,) = place.load(**options, namespaces=("apps",)).environments
    assert only.namespaces == ("apps",)
    (only,) = place.load(**options, all_namespaces=True).environments
    assert only.namespaces == ()


def test_an_unknown_context_is_named_with_those_that_are_there(place: Place) -> None:
    with pytest.raises(ConfigError, match=r"no context 'nope'.*known: one, two"):
        place.load(contexts=("nope",))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("enviroments: {}\n", "fluxtui.yaml:1: unknown field 'enviroments'"),
        ("1: {}\nx: y\n", "unknown field '1'"),
        ("environments: {a: {protect: true}}\n", "environments.a: unknown field 'protect'"),
        ("environments: {a: {protected: maybe}}\n", "a.protected: must be true or false"),
        ("services: {a: {urls: [{x: y}]}}\n", "services.a.urls: must be a list of texts"),
        ("- a\n", "must be a mapping"),
        ("a: [\n", "fluxtui.yaml"),
    ],
)
def test_a_mistake_is_named_with_its_place(place: Place, text: str, said: str) -> None:
    place.user.write_text(text)
    with pytest.raises(ConfigError) as caught:
        place.load()
    assert said in str(caught.value)


def test_a_named_file_that_is_not_there_and_a_broken_mirror_are_errors(place: Place) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        place.load(config="/nowhere/x.yaml")
    with pytest.raises(ConfigError, match="it is no file"):
        place.load(config="/")
    with pytest.raises(ConfigError, match="is no mirror"):
        place.load(mirrors=("a.example",))


def test_ssh_means_a_slow_link(place: Place) -> None:
    assert not place.load().slow
    assert place.load(slow=True).slow
    place.environ["SSH_CONNECTION"] = "1.2.3.4 5 6.7.8.9 22"
    assert place.load().slow


def test_registries_need_no_kubeconfig(place: Place) -> None:
    place.kubeconfig.unlink()
    assert load_registries(Options(), place.environ, place.cwd).environments == ()
