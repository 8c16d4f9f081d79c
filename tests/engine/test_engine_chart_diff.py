"""A person asks what another version of a release's chart would bring: files, values, images."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from engine_stage import MakeEngine, MakePlace, Place, Registry, got
from test_engine_charts import CHARTS, release
from test_engine_releases import only, told
from test_engine_values import held

from fluxtui.artifacts.publish import put_blob
from fluxtui.artifacts.reference import Reference
from fluxtui.domain.ask import ChartDiff, Comparison
from fluxtui.domain.errors import UsageError
from fluxtui.domain.kinds import releases
from fluxtui.domain.picking import address_of
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.selection import HELM_CHART
from fluxtui.engine.engine import Engine
from tests.artifacts.scripted_registry import Answer, Asked, ScriptedRegistry, scripted_registry
from tests.helm_storage import chart

VALUES = (
    "# how many\nreplicas: {n}\nimage:\n  repository: registry.example.com/web\n  tag: '{tag}'\n"
)
TEMPLATE = "kind: Pod\nspec:\n  containers:\n  - image: registry.example.com/side:{tag}\n"
OLD = chart(
    "1.4.2",
    {
        "values.yaml": VALUES.format(n=1, tag="1.4"),
        "templates/pod.yaml": TEMPLATE.format(tag="1"),
        "templates/gone.yaml": "kind: Gone\n",
    },
    "web",
)
NEW = chart(
    "1.5.0",
    {
        "values.yaml": VALUES.format(n=2, tag="1.5"),
        "templates/pod.yaml": TEMPLATE.format(tag="1") + "  - image: new.example.com/helper:3\n",
        "logo.png": "\x00",
    },
    "web",
)


@dataclass
class Repository:
    """An index.yaml with archives beside it. `wrong`: versions whose digest is not theirs."""

    server: ScriptedRegistry
    charts: dict[str, bytes] = field(default_factory=lambda: {"1.4.2": OLD, "1.5.0": NEW})
    wrong: set[str] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://{self.server.address}/charts"

    def answer(self, asked: Asked) -> Answer:
        name = asked.path.rpartition("/")[2]
        if name == "index.yaml":
            return 200, [], json.dumps({"apiVersion": "v1", "entries": self.entries()}).encode()
        version = name.removeprefix("web-").removesuffix(".tgz")
        if asked.path != f"/charts/packed/{name}" or version not in self.charts:
            return 404, [], {}
        return 200, [], self.charts[version]

    def entries(self) -> dict[str, Any]:
        def digest(version: str) -> str:
            if version in self.wrong:
                return "0" * 64
            return hashlib.sha256(self.charts[version]).hexdigest()

        return {
            "web": [
                {"version": v, "digest": digest(v), "urls": [f"packed/web-{v}.tgz"]}
                for v in self.charts
            ]
        }


@pytest.fixture
async def repository() -> AsyncIterator[Repository]:
    with scripted_registry() as server:
        made = Repository(server)
        server.answer = made.answer
        yield made


async def with_release(place: MakePlace, repository: Repository) -> tuple[Place, Key]:
    staging = await place("staging")
    await staging.namespace()
    await staging.serve(*CHARTS)
    await staging.put("helmrepo", "charts", {"url": repository.url, "interval": "1m"})
    await release(staging, "web", "1.x", "1.4.2")
    return staging, Key("staging", "helm.toolkit.fluxcd.io", "HelmRelease", "apps", "web")


async def asked(running: Engine, question: ChartDiff) -> Comparison:
    source = Key("staging", "source.toolkit.fluxcd.io", "HelmChart", "apps", "apps-web")
    await got(
        running.wait_for(
            lambda s: bool(address_of(s, source)) and s.get(question.release) is not None, 30
        )
    )
    answer: Comparison = await got(running.ask(question))
    return answer


async def test_what_another_version_brings(
    place: MakePlace, engine: MakeEngine, repository: Repository
) -> None:
    _staging, key = await with_release(place, repository)
    part = only(await asked(engine(_staging), ChartDiff(key, "1.5.0")))
    assert (part.before, part.after) == ("1.4.2", "1.5.0")
    assert told(part) == {
        "added Image/new.example.com/helper": {},
        "changed Image/registry.example.com/web": {"tag": ("1.4", "1.5")},
        "changed File/Chart.yaml": {
            "version": ("1.4.2", "1.5.0"),
            "appVersion": ("1.4.2", "1.5.0"),
        },
        "changed File/values.yaml": {"replicas": (1, 2), "image.tag": ("1.4", "1.5")},
        "added File/logo.png": {},
        "removed File/templates/gone.yaml": {},
        "changed File/templates/pod.yaml": {"lines": (4, 5)},
    }


async def test_two_versions_that_are_named(
    place: MakePlace, engine: MakeEngine, repository: Repository
) -> None:
    staging, key = await with_release(place, repository)
    part = only(await asked(engine(staging), ChartDiff(key, "1.4.2", "1.5.0")))
    assert told(part)["changed File/values.yaml"]["replicas"] == (2, 1)


async def test_what_is_not_what_the_index_says_is_not_looked_into(
    place: MakePlace, engine: MakeEngine, repository: Repository
) -> None:
    repository.wrong = {"1.5.0"}
    staging, key = await with_release(place, repository)
    running = engine(staging)
    (part,) = (await asked(running, ChartDiff(key, "1.5.0"))).parts
    assert "it is not what the index says" in part.error and part.changes == ()
    (part,) = (await asked(running, ChartDiff(key, "9.9.9"))).parts
    assert "the index has no version 9.9.9 of web" in part.error


async def test_an_archive_that_leads_out_of_itself_is_refused(
    place: MakePlace, engine: MakeEngine, repository: Repository
) -> None:
    repository.charts["1.5.0"] = chart("1.5.0", {"../../escaped": "x"}, "web")
    staging, key = await with_release(place, repository)
    (part,) = (await asked(engine(staging), ChartDiff(key, "1.5.0"))).parts
    assert "leads out of the archive" in part.error


async def test_a_chart_out_of_a_registry_is_what_the_digest_says(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    staging = await place("staging")
    await staging.namespace()
    await staging.serve(*CHARTS)
    url = registry.url("charts")
    await staging.put("helmrepo", "charts", {"url": url, "type": "oci"})
    for version, archive in (("1.4.2", OLD), ("1.5.0", NEW)):
        push_chart(registry, f"{url}/web:{version}", archive)
    await release(staging, "web", "1.x", "1.4.2")
    key = Key("staging", "helm.toolkit.fluxcd.io", "HelmRelease", "apps", "web")
    part = only(await asked(engine(staging), ChartDiff(key, "1.5.0")))
    assert told(part)["changed File/values.yaml"]["replicas"] == (1, 2)


async def test_what_runs_is_fetched_by_its_digest_wherever_its_tag_has_gone(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    staging = await place("staging")
    await staging.namespace()
    await staging.serve(*CHARTS)
    url = registry.url("charts/web")
    ran = push_chart(registry, f"{url}:1.4.2", OLD)
    push_chart(registry, f"{url}:1.4.2", NEW)  # the tag was moved
    push_chart(registry, f"{url}:1.5.0", NEW)
    await staging.source("web", url, semver="1.x")
    reference = {"kind": "OCIRepository", "name": "web"}
    version = f"1.4.2+{ran.removeprefix('sha256:')[:12]}"
    runs = {"version": 1, "chartVersion": version, "ociDigest": ran, "status": "deployed"}
    key = await staging.put("hr", "web", {"chartRef": reference}, {"history": [runs]})
    running = engine(staging)
    source = staging.source_key("web")
    await got(
        running.wait_for(lambda s: bool(address_of(s, source)) and bool(deployed(s.get(key))), 30)
    )
    answer: Comparison = await got(running.ask(ChartDiff(key, "1.5.0")))
    part = only(answer)
    assert part.before == "1.4.2"
    assert told(part)["changed File/values.yaml"]["replicas"] == (1, 2)


def deployed(resource: Resource | None) -> object:
    return resource is not None and releases.deployed(resource)


async def test_a_chart_out_of_git_has_no_versions_to_fetch(
    place: MakePlace, engine: MakeEngine
) -> None:
    staging = await place("staging")
    await staging.namespace()
    await staging.serve(*CHARTS)
    spec = {"chart": "./web", "sourceRef": {"kind": "GitRepository", "name": "deploy"}}
    key = await staging.put("hr", "web", {"chart": {"spec": spec}}, {})
    running = engine(staging)
    await got(running.wait_for(lambda s: s.get(key) is not None, 30))
    with pytest.raises(UsageError, match="neither an index nor a registry"):
        await got(running.ask(ChartDiff(key, "1.5.0")))


HELM = """#!/bin/sh
cat > {folder}/values.json
printf '%s\\n' "$*" >> {folder}/words
tar xzOf "$3" web/values.yaml | grep -q 'replicas: 2' && n=2 || n=1
printf 'kind: ConfigMap\\napiVersion: v1\\nmetadata: {{name: web}}\\n'
printf 'data: {{number: "%s", url: "pg://correct-horse@db"}}\\n' $n
"""


async def test_helm_renders_both_with_the_releases_values(
    place: MakePlace,
    engine: MakeEngine,
    repository: Repository,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    helm(tmp_path, HELM.format(folder=tmp_path))
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    staging, key = await with_release(place, repository)
    await staging.create(held("Secret", "login", {"values.yaml": "password: correct-horse"}))
    reference = {"values": {"a": 1}, "valuesFrom": [{"kind": "Secret", "name": "login"}]}
    await staging.patch(key, {"spec": reference})
    running = engine(staging)
    await got(running.wait_for(lambda s: "values" in getattr(s.get(key), "spec", {}), 30))
    answer = await asked(running, ChartDiff(key, "1.5.0", rendered=True))
    assert told(only(answer)) == {"changed ConfigMap/web": {"data.number": ("1", "2")}}
    assert "correct-horse" not in repr(answer)
    assert json.loads((tmp_path / "values.json").read_text()) == {
        "a": 1,
        "password": "correct-horse",
    }
    assert "correct-horse" not in (tmp_path / "words").read_text()
    (offer,) = only(await asked(running, ChartDiff(key, "1.5.0"))).findings
    assert "--rendered" in offer


async def test_what_helm_says_against_it_is_told_without_a_secret(
    place: MakePlace,
    engine: MakeEngine,
    repository: Repository,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    helm(tmp_path, "#!/bin/sh\ncat >&2\nexit 1\n")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    staging, key = await with_release(place, repository)
    at = {"kind": "Secret", "name": "login", "valuesKey": "k", "targetPath": "db.password"}
    await staging.create(held("Secret", "login", {"k": "correct-horse"}))
    await staging.patch(key, {"spec": {"valuesFrom": [at]}})
    running = engine(staging)
    await got(running.wait_for(lambda s: "valuesFrom" in getattr(s.get(key), "spec", {}), 30))
    (part,) = (await asked(running, ChartDiff(key, "1.5.0", rendered=True))).parts
    assert "helm does not render 1.4.2" in part.error and "correct-horse" not in part.error


async def test_without_a_helm_it_is_said_what_to_install(
    place: MakePlace,
    engine: MakeEngine,
    repository: Repository,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    staging, key = await with_release(place, repository)
    running = engine(staging)
    (part,) = (await asked(running, ChartDiff(key, "1.5.0", rendered=True))).parts
    assert "there is none on PATH" in part.error and "helm.sh/docs/intro/install" in part.error
    (offer,) = only(await asked(running, ChartDiff(key, "1.5.0"))).findings
    assert "no `helm` on PATH" in offer


def helm(folder: Path, text: str) -> None:
    program = folder / "helm"
    program.write_text(text)
    program.chmod(0o755)


def push_chart(registry: Registry, where: str, archive: bytes) -> str:
    """As `helm push` does; the manifest's digest."""
    reference = Reference.parse(where)
    blobs = {HELM_CHART: archive, "application/vnd.cncf.helm.config.v1+json": b"{}"}
    told = {}
    for media, data in blobs.items():
        digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
        put_blob(registry.client, reference, data, digest)
        told[media] = {"mediaType": media, "digest": digest, "size": len(data)}
    layer, config = told.values()
    media = "application/vnd.oci.image.manifest.v1+json"
    manifest = {"schemaVersion": 2, "mediaType": media, "config": config, "layers": [layer]}
    return registry.client.put_manifest(reference, json.dumps(manifest).encode(), media)
