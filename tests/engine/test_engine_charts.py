"""Versions of charts out of an index and out of a registry, from the cluster to the board."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from engine_stage import PATIENCE, QUICK, MakeEngine, MakePlace, Place, Registry, got, ready

from fluxtui.domain.ask import ListTags, ReadFacts, VersionsDiff
from fluxtui.domain.board import Line
from fluxtui.domain.errors import UsageError
from fluxtui.domain.resource import Key
from fluxtui.domain.snapshot import Snapshot
from fluxtui.domain.tagrows import runs_in
from tests.artifacts.scripted_registry import Answer, Asked, ScriptedRegistry, scripted_registry

CHARTS = ("hr", "hc", "helmrepo")


@dataclass
class Index:
    """An index.yaml over HTTP; its ETag is what it holds. `status`: what is answered instead."""

    server: ScriptedRegistry
    versions: dict[str, dict[str, str]] = field(default_factory=dict)
    status: int = 200
    new: int = 0
    unchanged: int = 0

    @property
    def url(self) -> str:
        return f"http://{self.server.address}/charts"

    def answer(self, asked: Asked) -> Answer:
        if self.status != 200:
            return self.status, [], b""
        lines = ["apiVersion: v1", "entries:"]
        for chart, versions in self.versions.items():
            lines.append(f"  {chart}:")
            for version, created in versions.items():
                lines += [f'  - created: "{created}"', f"    version: {version}"]
        body = "\n".join([*lines, ""]).encode()
        etag = f'"{hash(body)}"'
        if asked.headers.get("if-none-match") == etag:
            self.unchanged += 1
            return 304, [], b""
        self.new += 1
        return 200, [("ETag", etag)], body


@pytest.fixture
async def index() -> AsyncIterator[Index]:
    with scripted_registry() as server:
        made = Index(server)
        server.answer = made.answer
        yield made


async def release(staging: Place, name: str, version: str, running: str) -> Key:
    """A release of the chart `name` as Flux leaves it; the key of its chart's object."""
    chart = {"chart": name, "version": version, "interval": "1m"}
    chart["sourceRef"] = {"kind": "HelmRepository", "name": "charts"}  # type: ignore[assignment]
    deployed = {"version": 1, "chartName": name, "chartVersion": running, "status": "deployed"}
    good: dict[str, Any] = {"observedGeneration": 1, "conditions": [ready("True", "Ok", "done")]}
    await staging.put("hr", name, {"chart": {"spec": chart}}, {**good, "history": [deployed]})
    artifact = {"revision": running, "lastUpdateTime": "2026-11-23T18:00:00Z"}
    return await staging.put("hc", f"apps-{name}", chart, {**good, "artifact": artifact})


def line(seen: Snapshot, name: str) -> Line | None:
    lines = (e for row in seen.board.rows for e in row.lines.get("staging", ()))
    return next((each for each in lines if each.key.name == name), None)


async def test_a_release_says_what_its_index_has(
    place: MakePlace, engine: MakeEngine, index: Index
) -> None:
    index.versions = {
        "web": {"2.0.0": "2026-01-03T00:00:00Z", "1.5.0": "2026-01-02T00:00:00Z", "1.4.2": ""},
        "worker": {"0.1.0": ""},
    }
    staging = await place("staging")
    await staging.namespace()
    await staging.serve(*CHARTS)
    await staging.put("helmrepo", "charts", {"url": index.url, "interval": "1m"})
    web = await release(staging, "web", "1.x", "1.4.2")
    await release(staging, "worker", "*", "0.1.0")
    running = engine(staging)

    def listed(seen: Snapshot) -> bool:
        lines = [line(seen, name) for name in ("web", "worker")]
        return all(each is not None and each.listed_at for each in lines)

    seen = await got(running.wait_for(listed, PATIENCE))
    of_web, of_worker = line(seen, "web"), line(seen, "worker")
    assert of_web is not None and of_worker is not None
    assert of_web.source == web and of_web.has_list
    texts = (of_web.running_text, of_web.pick_text, of_web.newest_text, of_web.behind)
    assert texts == ("1.4.2", "1.5.0", "2.0.0", True)
    assert (of_worker.pick_text, of_worker.newest_text, of_worker.behind) == ("0.1.0",) * 2 + (
        False,
    )
    tags = seen.tags[f"{index.url}#web"]
    assert tags.tags == ("2.0.0", "1.5.0", "1.4.2")
    assert tags.facts["1.5.0"].created == "2026-01-02T00:00:00Z"
    assert runs_in(seen, tags) == {"1.4.2": ("staging",)}
    reasons = {v.tag: v.reason for v in seen.selections[web].verdicts}
    assert reasons["2.0.0"] == 'refused by "1.x"'
    assert {f.code for f in seen.findings} & {"registry", "no-pick"} == set()

    sent = index.new
    assert sent <= 2, "one index, asked for once for both"
    await got(running.wait_for(lambda _seen: index.unchanged > 2, PATIENCE))
    assert index.new == sent, "what has not changed is not sent again"

    index.versions["web"] = {"1.6.0": "2026-01-04T00:00:00Z", **index.versions["web"]}
    await got(running.ask(ListTags(f"{index.url}#web")))
    now = line(running.snapshot, "web")
    assert now is not None and now.pick_text == "1.6.0", "asked for, it is there at once"
    with pytest.raises(UsageError, match="no Kustomization uses HelmChart/apps/apps-web"):
        await got(running.ask(VersionsDiff(web, after="1.5.0")))
    answer = await got(running.ask(ReadFacts(f"{index.url}#web", ("1.6.0",))))
    assert answer.facts["1.6.0"].created == "2026-01-04T00:00:00Z"


async def test_what_its_controller_has_fetched_anew_is_looked_at_at_once(
    place: MakePlace, engine: MakeEngine, index: Index
) -> None:
    index.versions = {"web": {"1.5.0": ""}}
    staging = await place("staging")
    await staging.namespace()
    await staging.serve(*CHARTS)
    one, two = ({"artifact": {"revision": f"sha256:{digit * 64}"}} for digit in "12")
    where = await staging.put("helmrepo", "charts", {"url": index.url}, one)
    chart = await release(staging, "web", "1.x", "1.5.0")
    running = engine(staging, pace=replace(QUICK, listing=3600.0))
    await got(running.wait_for(lambda s: chart in s.selections, PATIENCE))
    index.versions = {"web": {"1.6.0": "", "1.5.0": ""}}
    await staging.patch(where, {"status": two}, "status")

    def picked(seen: Snapshot) -> bool:
        return seen.selections[chart].chosen == "1.6.0"

    await got(running.wait_for(picked, PATIENCE))


async def test_an_index_that_is_away_is_said_once(
    place: MakePlace, engine: MakeEngine, index: Index
) -> None:
    index.status = 503
    index.versions = {"web": {"1.5.0": ""}, "worker": {"0.1.0": ""}}
    staging = await place("staging")
    await staging.namespace()
    await staging.serve(*CHARTS)
    await staging.put("helmrepo", "charts", {"url": index.url})
    await release(staging, "web", "1.x", "1.4.2")
    await release(staging, "worker", "1.x", "1.4.2")
    running = engine(staging)

    def away(seen: Snapshot) -> bool:
        return len([t for t in seen.tags.values() if t.error]) == 2

    seen = await got(running.wait_for(away, PATIENCE))
    of_web = line(seen, "web")
    assert of_web is not None
    assert (of_web.running_text, of_web.newest_text) == ("1.4.2", "?")
    assert "503" in of_web.listed.reason
    (finding,) = [f for f in seen.findings if f.code == "registry"]
    assert finding.message.startswith(f"charts of {index.url} cannot be listed: ")

    index.status = 200
    seen = await got(running.wait_for(lambda s: not away(s) and "web" in str(s.tags), PATIENCE))
    seen = await got(running.wait_for(lambda s: bool(s.selections), PATIENCE))
    assert [f for f in seen.findings if f.code == "registry"] == []


async def test_a_chart_of_a_registry_is_picked_from_its_tags(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    for tag in ("1.4.2", "1.5.0_b", "v1.9.0", "2.0.0-rc.1"):
        registry.push("charts/web", tag, {"a.yaml": tag})
    staging = await place("staging")
    await staging.namespace()
    await staging.serve(*CHARTS)
    await staging.put("helmrepo", "charts", {"type": "oci", "url": registry.url("charts")})
    chart = await release(staging, "web", "1.x", "1.4.2")
    running = engine(staging)

    def listed(seen: Snapshot) -> bool:
        of_web = line(seen, "web")
        return of_web is not None and bool(of_web.listed_at)

    seen = await got(running.wait_for(listed, PATIENCE))
    of_web = line(seen, "web")
    assert of_web is not None
    texts = (of_web.pick_text, of_web.newest_text, of_web.behind)
    assert texts == ("1.5.0+b", "2.0.0-rc.1", True)
    assert seen.selections[chart].chosen == "1.5.0_b", "a registry's tag is as it spells it"


async def test_what_nobody_takes_any_more_is_not_asked_for(
    place: MakePlace, engine: MakeEngine, index: Index
) -> None:
    index.versions = {"web": {"1.5.0": ""}}
    staging = await place("staging")
    await staging.namespace()
    await staging.serve(*CHARTS)
    await staging.put("helmrepo", "charts", {"url": index.url})
    running = engine(staging)
    await got(running.wait_for(lambda s: bool(s.resources.get("staging")), PATIENCE))
    assert index.new == 0, "an index alone is none of ours"
    chart = await release(staging, "web", "1.x", "1.4.2")
    await got(running.wait_for(lambda s: chart in s.selections, PATIENCE))
    type_ = await staging.api.find("source.toolkit.fluxcd.io/v1", "HelmChart")
    await staging.api.delete(type_, chart.namespace, chart.name)
    seen = await got(running.wait_for(lambda s: not s.tags, PATIENCE))
    assert chart not in seen.selections
    of_web = line(seen, "web")
    assert of_web is not None and not of_web.has_list
