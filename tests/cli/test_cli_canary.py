"""No secret leaves: canaries in every place that holds one, and everything that comes out searched.

One delivery in which each secret is a word that stands nowhere else. Every verb is typed, every
pane is drawn, and all of it (and every file that is written) is looked through for the words and
for what base64 and URLs make of them.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import yaml
from cli_delivery import REPOSITORY, Said, Shell
from cli_objects import RELEASE, ks, oci, put

from fluxtui.artifacts import Reference, RegistrySettings, pack
from fluxtui.artifacts import RegistryClient as Client
from fluxtui.cli.configuration import load
from fluxtui.cli.options import Options
from fluxtui.world.registry import RegistryServer
from tests.end_to_end.person import Person, at_the_screen

NEXT = "v1.1.0"
VARIABLE = "canary-variable-Zq7/+x"
OLD_VARIABLE = "canary-older-variable-Kd2"
IN_BUNDLE = "canary-in-the-bundle-1"
IN_NEXT_BUNDLE = "canary-in-the-next-bundle-2"
GENERATED = "canary-generated-Yw5"
LIVE = "canary-live-Bn4"
REGISTRY_PASSWORD = "canary-registry-Pf8"
PULL_PASSWORD = "canary-pull-secret-Tm1"
CANARIES = (
    VARIABLE, OLD_VARIABLE, IN_BUNDLE, IN_NEXT_BUNDLE, GENERATED, LIVE, REGISTRY_PASSWORD,
    PULL_PASSWORD,
)  # fmt: skip
USER = "robot"


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def deployment(password: str, image: str) -> dict[str, Any]:
    """Where people put a password: environment, argument, annotation, all by a variable."""
    container = {
        "name": "web",
        "image": image,
        "args": [f"--token={password}"],
        "env": [{"name": "DSN", "value": f"postgres://web:{password}@db/web"}],
    }
    template = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [container]}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {
            "name": "web",
            "namespace": "apps",
            "annotations": {"example.com/dsn": password},
        },
        "spec": {"selector": {"matchLabels": {"app": "web"}}, "template": template},
    }


def settings(password: str) -> dict[str, Any]:
    metadata = {"name": "settings", "namespace": "apps"}
    data = {"app.conf": f"user = web\npassword = {password}\n"}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}


def secret(name: str, type_: str = "Opaque", **values: str) -> dict[str, Any]:
    copy = json.dumps({"stringData": values})
    metadata = {
        "name": name,
        "namespace": "apps",
        "annotations": {"kubectl.kubernetes.io/last-applied-configuration": copy},
    }
    data = {key: encoded(value) for key, value in values.items()}
    return {"apiVersion": "v1", "kind": "Secret", "type": type_, "metadata": metadata, "data": data}


def bundle(shell: Shell, tag: str, image: str, own: str) -> str:
    """Pushes one version; its digest."""
    variable = "${PASSWORD}"
    objects = [deployment(variable, image), settings(variable), secret("own", word=own)]
    generator = f"  - name: generated\n    literals: [word={GENERATED}-{tag}]\n"
    folder = shell.bundle(
        all_yaml=yaml.safe_dump_all(objects).encode(),
        kustomization_yaml=f"resources: [all.yaml]\nsecretGenerator:\n{generator}".encode(),
    )
    registries = RegistrySettings(mirrors={"registry.example.com": shell.registry.address})
    with Client(registries, environ={"DOCKER_CONFIG": str(shell.folder)}) as client:
        reference = Reference.parse(f"{REPOSITORY}:{tag}")
        when = "2026-11-23T03:00:00Z"
        pushed = client.push(
            reference, pack(Path(folder)), source="git", revision="main", created=when
        )
    digest: str = pushed.digest
    return digest


@dataclass(frozen=True, slots=True)
class Guarded:
    """The delivery, and the words that must not come out of it."""

    shell: Shell
    words: tuple[str, ...]

    def betrayed(self, text: str) -> list[str]:
        """Which of them stand in the text, in whatever spelling."""
        spellings = {
            spelling: word
            for word in self.words
            for spelling in (
                word, encoded(word), encoded(word).rstrip("="), quote(word, safe=""),
                json.dumps(word)[1:-1], encoded(f"{USER}:{word}"),
            )
        }  # fmt: skip
        return sorted({word for spelling, word in spellings.items() if spelling in text})

    def types(self, *words: str) -> Said:
        """A verb; what it prints betrays nothing."""
        said = self.shell(*words)
        assert "Traceback" not in said.err, said.err
        assert not self.betrayed(said.out + said.err), (words, said)
        return said


@pytest.fixture
def guarded(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Iterator[Guarded]:
    shell.registry.stop()
    with RegistryServer(credentials=(USER, REGISTRY_PASSWORD)) as registry:
        shell.registry = registry
        auths = {"auths": {registry.address: {"auth": encoded(f"{USER}:{REGISTRY_PASSWORD}")}}}
        (shell.folder / "config.json").write_text(json.dumps(auths))
        monkeypatch.setenv("DOCKER_CONFIG", str(shell.folder))
        shell.settings["registries"] = {
            "mirrors": {"registry.example.com": registry.address}, "usePullSecrets": True
        }  # fmt: skip
        yield Guarded(shell, (*CANARIES, *_delivered(shell)))


def _delivered(shell: Shell) -> tuple[str, ...]:
    """Two versions, one of them applied with a variable from a Secret; the token of the API."""
    running = f"{RELEASE}@{bundle(shell, RELEASE, 'web:1', IN_BUNDLE)}"
    bundle(shell, NEXT, "web:2", IN_NEXT_BUNDLE)
    shell.cluster("staging")
    auths = {"auths": {shell.registry.address: {"username": USER, "password": PULL_PASSWORD}}}
    source = dict(oci("app", running, semver="1.0.x"))
    source["spec"] = {**source["spec"], "secretRef": {"name": "pull"}}
    inventory = [
        {"id": id_, "v": version}
        for id_, version in (
            ("apps_web_apps_Deployment", "v1"), ("apps_settings__ConfigMap", "v1"),
            ("apps_own__Secret", "v1"), ("apps_gone__ConfigMap", "v1"),
        )
    ]  # fmt: skip
    member = dict(
        ks(
            "web",
            running,
            postBuild={"substituteFrom": [{"kind": "Secret", "name": "variables"}]},
        )
    )
    member["status"] = {**member["status"], "inventory": {"entries": inventory}}
    gone = {**settings(OLD_VARIABLE), "metadata": {"name": "gone", "namespace": "apps"}}
    put(
        shell,
        "staging",
        (
            source, member, secret("variables", PASSWORD=VARIABLE), secret("own", word=LIVE),
            secret("pull", "kubernetes.io/dockerconfigjson",
                   **{".dockerconfigjson": json.dumps(auths)}),
            deployment(OLD_VARIABLE, "web:1"), settings(OLD_VARIABLE), gone,
        ),
    )  # fmt: skip
    kubeconfig = yaml.safe_load((shell.folder / "staging.kubeconfig").read_text())
    return (str(kubeconfig["users"][0]["user"]["token"]),)


READ = """\
versions
versions -o wide
status
tags app
chain
events
get ks
get all
get ks web -o yaml
get all -o json
describe ks/web
describe ks/web -o json
describe oci/app
tree ks/web
trace deploy/apps/web
trace cm/apps/settings
diff ks/web
diff ks/web --patches
diff ks/web --live
diff ks/web --live -o json
diff app --from v1.0.0 --to v1.1.0
diff app --from v1.0.0 --to v1.1.0 -o json
build ks/web
build ks/web -o json
build ks/web --explain
holds
journal
logs app
artifact list app
artifact diff {old} {new}
artifact diff {old} {new} -o json
config check""".format(old=f"{REPOSITORY}:{RELEASE}", new=f"{REPOSITORY}:{NEXT}").splitlines()
PIN = "pin app --version v1.1.0 --reason try"
ACTS = (PIN, "promote app --version v1.2.0", "suspend app --reason try", "reconcile app")


@pytest.mark.parametrize("words", READ)
def test_no_verb_prints_one(guarded: Guarded, words: str) -> None:
    everywhere = words.startswith(("artifact", "config"))
    said = guarded.types(*words.split(), *(() if everywhere else ("-e", "staging")))
    assert said.code in (0, 1), said


def test_a_comparison_shows_the_places_and_not_the_words(guarded: Guarded) -> None:
    said = guarded.types("diff", "ks/web", "-e", "staging", "--live")
    assert "secret apps/variables#PASSWORD" in said.out, said
    assert "secret apps/own#word" in said.out, said


def test_no_act_writes_one_into_its_review_its_plan_or_the_journal(guarded: Guarded) -> None:
    plan = str(guarded.shell.folder / "the.plan")
    reviews = [
        guarded.types(*words.split(), "-e", "staging", "--dry-run", "-o", "json").out
        for words in ACTS
    ]
    reviews.append(guarded.types(*PIN.split(), "--dry-run", "-o", "markdown").out)
    reviews.append(guarded.types(*PIN.split(), "--plan-out", plan).out)
    reviews.append(guarded.types("plan", "show", plan).out)
    for review in (reviews[0], reviews[-3]):
        assert "Secret/apps/own" in review, review
    said = guarded.types("suspend", "ks/web", "--reason", "try", "--yes", "-o", "json")
    assert said.code == 0, said
    written = guarded.types("journal", "-o", "json").out
    assert "suspend" in written
    _no_file_holds_one(guarded)


def _no_file_holds_one(guarded: Guarded) -> None:
    """Of those that fluxtui writes; blobs of bundles are kept as they were pulled."""
    ours = {"config.json", "all.yaml", "kustomization.yaml"}
    blobs = guarded.shell.folder / "cache"
    looked = 0
    for path in guarded.shell.folder.rglob("*"):
        if not path.is_file() or path.name in ours or path.suffix == ".kubeconfig":
            continue
        if blobs in path.parents and path.read_bytes()[:2] == b"\x1f\x8b":
            continue
        looked += 1
        assert not guarded.betrayed(path.read_text(errors="replace")), path
    assert looked > 1


ANSWERS = ("secret", "runs here, and none", "no second environment")
KEYS = ("enter", "d", "y")


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_no_pane_draws_one(guarded: Guarded, size: tuple[int, int]) -> None:
    guarded.shell("versions")  # writes the configuration
    config = load(Options(config=str(guarded.shell.folder / "fluxtui.yaml")))
    async with at_the_screen(config, size) as person:
        await person.sees("app", "staging")
        drawn = []
        for pane in "1234567":
            for key in ("", *KEYS):
                await person.presses(pane)
                if key:
                    await person.presses(key)
                drawn.append(person.screen)
                await person.closes()
        await _compares(person, drawn)
    frames = "\n".join(drawn)
    assert "secret" in frames and not guarded.betrayed(frames.replace("\n", ""))
    assert not guarded.betrayed(frames)


async def _compares(person: Person, drawn: list[str]) -> None:
    """The Diff pane: what patches do, and what is live beside what would be applied."""
    await person.presses("4")
    shown = 0
    while shown < 2:
        await person.presses("right")
        await person.waits("an answer", lambda: any(t in person.screen for t in ANSWERS))
        shown += "secret" in person.screen
        for _page in range(6):
            drawn.append(person.screen)
            await person.presses("pagedown")
