"""Tags are listed, Selections follow, and a registry that is down costs only its own lists."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from engine_stage import PATIENCE, MakeEngine, MakePlace, Registry, got

from fluxtui.artifacts.settings import RegistrySettings
from fluxtui.domain.ask import ListTags, ReadFacts
from fluxtui.domain.config import Registries
from fluxtui.engine.pace import Pace
from fluxtui.world.faults import Rule

PATIENT = Pace(first=0.05, most=0.2, parked=0.1, listing=3600)
BUNDLE = {"kustomization.yaml": "resources: []\n"}


async def test_a_new_tag_is_seen_and_picked(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    staging = await place("staging")
    await staging.namespace()
    registry.push("web", "1.4.0", BUNDLE)
    await staging.source("web", registry.url("web"), semver=">=1.0.0 <2")
    key = staging.source_key("web")
    running = engine(staging)

    first = await got(running.wait_for(lambda s: key in s.selections, PATIENCE))
    assert first.selections[key].chosen == "1.4.0"
    registry.push("web", "1.5.0", BUNDLE | {"a": "new"})
    registry.push("web", "2.0.0", BUNDLE | {"a": "too new"})
    seen = await got(
        running.wait_for(
            lambda s: key in s.selections and s.selections[key].newest == "2.0.0", PATIENCE
        )
    )
    assert seen.selections[key].chosen == "1.5.0"
    line = seen.board.line(key)
    assert line is not None and (line.would_pick, line.newest) == ("1.5.0", "2.0.0")


async def test_an_edited_range_selects_anew_without_listing(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    staging = await place("staging")
    await staging.namespace()
    for tag in ("1.4.0", "1.5.0"):
        registry.push("web", tag, BUNDLE | {"a": tag})
    await staging.source("web", registry.url("web"), semver="1.x")
    key = staging.source_key("web")
    running = engine(staging, pace=PATIENT)
    first = await got(running.wait_for(lambda s: key in s.selections, PATIENCE))
    assert first.selections[key].chosen == "1.5.0"
    await staging.patch(key, {"spec": {"ref": {"semver": "<1.5.0"}}})
    seen = await got(running.wait_for(lambda s: s.selections[key].chosen == "1.4.0", PATIENCE))
    before, after = first.tags[registry.url("web")], seen.tags[registry.url("web")]
    assert after.listed_at == before.listed_at and after.tags is before.tags


async def test_a_registry_that_is_down_keeps_the_tags_it_listed_last(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    staging = await place("staging")
    await staging.namespace()
    registry.push("web", "1.4.0", BUNDLE)
    url = registry.url("web")
    await staging.source("web", url, semver="1.x")
    running = engine(staging)
    await got(running.wait_for(lambda s: url in s.tags and s.tags[url].tags != (), PATIENCE))

    registry.server.faults.unreachable = True
    down = await got(running.wait_for(lambda s: bool(s.tags[url].error), PATIENCE))
    assert down.tags[url].tags == ("1.4.0",)
    assert down.selections[staging.source_key("web")].chosen == "1.4.0"
    assert any(f.code.startswith("registry") or "tags" in f.message for f in down.findings)

    registry.server.faults.unreachable = False
    await got(running.wait_for(lambda s: not s.tags[url].error, PATIENCE))


async def test_a_registry_that_stays_away_brings_nothing_new(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    staging = await place("staging")
    await staging.namespace()
    url = registry.url("web")
    registry.server.faults.unreachable = True
    await staging.source("web", url, semver="1.x")
    running = engine(staging)
    down = await got(running.wait_for(lambda s: url in s.tags, PATIENCE))
    again = await got(running.ask(ListTags(url)))
    assert again.error and again == down.tags[url]
    assert running.snapshot.tags[url] is down.tags[url], "the same answer is no news"


async def test_asking_lists_at_once_and_facts_are_read_on_demand(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    staging = await place("staging")
    await staging.namespace()
    digest = registry.push("web", "1.4.0", BUNDLE)
    url = registry.url("web")
    await staging.source("web", url, semver="1.x")
    running = engine(staging, pace=PATIENT)
    await got(running.wait_for(lambda s: url in s.tags and s.tags[url].tags != (), PATIENCE))

    registry.push("web", "1.5.0", BUNDLE | {"a": "new"}, minute=5)
    listed = await got(running.ask(ListTags(url)))
    assert listed.tags == ("1.4.0", "1.5.0")
    known = await got(running.ask(ReadFacts(url, ("1.4.0", "1.5.0", "9.9.9"))))
    assert known.facts["1.4.0"].digest == digest
    assert known.facts["1.5.0"].created == "2026-11-23T17:05:00Z"
    assert known.facts["1.5.0"].revision == "1.5.0@sha1:0123"
    assert "9.9.9" not in known.facts
    assert running.snapshot.tags[url] == known, "the answer is in the Snapshot, too"

    nothing = await got(running.ask(ReadFacts(url, ("9.9.9",))))
    # That it is not there is an answer: acts that were cut off ask so.
    assert "9.9.9" not in nothing.facts and nothing.facts["1.4.0"].digest == digest


async def test_a_digest_that_runs_without_a_tag_is_mapped_back(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    staging = await place("staging")
    await staging.namespace()
    digest = registry.push("web", "1.4.0", BUNDLE)
    url = registry.url("web")
    await staging.source("web", url, digest=digest)
    await staging.stored("web", digest)
    running = engine(staging)
    seen = await got(running.wait_for(lambda s: url in s.tags and s.tags[url].facts, PATIENCE))
    assert seen.tags[url].facts["1.4.0"].digest == digest
    seen = await got(running.wait_for(lambda s: digest in s.tags[url].pinned, PATIENCE))
    assert seen.tags[url].pinned[digest].revision == "1.4.0@sha1:0123"


async def test_the_board_says_that_the_tag_published_last_is_not_the_highest(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    staging = await place("staging")
    await staging.namespace()
    old, new = "v0.0.0-staging-test-deploy-fe10", "v0.0.0-staging-test-deploy-03ab"
    registry.push("web", old, BUNDLE)
    registry.push("web", new, BUNDLE | {"a": "new"}, minute=30)
    await staging.source("web", registry.url("web"), semver=">=0.0.0-0")
    key = staging.source_key("web")
    running = engine(staging, pace=PATIENT)
    seen = await got(
        running.wait_for(lambda s: any(f.code == "pick" for f in s.findings), PATIENCE)
    )
    assert seen.selections[key].chosen == old
    (finding,) = [f for f in seen.findings if f.code == "pick"]
    assert finding.environment == "staging" and finding.subject == key
    assert old in finding.message and new in finding.message
    assert "timestamp" in finding.message


async def test_signatures_are_looked_for_where_somebody_looks(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    staging = await place("staging")
    await staging.namespace()
    signed = registry.push("web", "1.4.0", BUNDLE)
    registry.push("web", "1.5.0", BUNDLE | {"a": "new"})
    mark = signed.replace(":", "-") + ".sig"
    registry.push("web", mark, {"signature": "x"})
    url = registry.url("web")
    await staging.source("web", url, semver="1.x")
    running = engine(staging, pace=PATIENT)
    seen = await got(running.wait_for(lambda s: url in s.tags and s.tags[url].facts, PATIENCE))
    assert seen.tags[url].facts["1.5.0"].signed is None, "the board needs no signature"
    known = await got(running.ask(ReadFacts(url, ("1.4.0", "1.5.0"))))
    assert known.facts["1.4.0"].signed == mark and known.facts["1.5.0"].signed == ""


async def test_a_signature_that_may_not_be_read_says_why(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    staging = await place("staging")
    await staging.namespace()
    registry.push("web", "1.5.0", BUNDLE)
    url = registry.url("web")
    await staging.source("web", url, semver="1.x")
    registry.server.faults.set_rules(Rule(path="/referrers/", status=403, reason="DENIED"))
    running = engine(staging, pace=PATIENT)
    await got(running.wait_for(lambda s: url in s.tags and s.tags[url].facts, PATIENCE))
    known = await got(running.ask(ReadFacts(url, ("1.5.0",))))
    fact = known.facts["1.5.0"]
    assert fact.digest and fact.signed is None and "access denied" in fact.blind, fact


@pytest.mark.parametrize("by_account", [False, True])
async def test_a_pull_secret_opens_the_repository_for_who_turned_that_on(
    place: MakePlace, engine: MakeEngine, registry: Registry, by_account: bool
) -> None:
    staging = await place("staging")
    await staging.namespace()
    registry.push("web", "1.4.0", BUNDLE)
    url = registry.url("web")
    login = {"username": registry.server.username, "password": registry.server.password}
    config = json.dumps({"auths": {registry.server.address: login}}).encode()
    await staging.create(
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "type": "kubernetes.io/dockerconfigjson",
            "metadata": {"name": "pull", "namespace": "apps"},
            "data": {".dockerconfigjson": base64.b64encode(config).decode()},
        }
    )
    named: dict[str, Any] = {"secretRef": {"name": "pull"}}
    if by_account:
        account = {
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": {"name": "puller", "namespace": "apps"},
            "imagePullSecrets": [{"name": "pull"}],
        }
        await staging.create(account)
        named = {"serviceAccountName": "puller"}
    await staging.source("web", url, semver="1.x")
    await staging.patch(staging.source_key("web"), {"spec": named})
    registry.settings = RegistrySettings(timeout=5)

    closed = engine(staging)
    seen = await got(closed.wait_for(lambda s: url in s.tags and s.tags[url].error, PATIENCE))
    assert "credentials are needed" in seen.tags[url].error

    opened = engine(staging, registries=Registries(use_pull_secrets=True))
    seen = await got(opened.wait_for(lambda s: url in s.tags and s.tags[url].tags, PATIENCE))
    assert seen.tags[url].tags == ("1.4.0",)
    assert not [f for f in seen.findings if f.code == "pull-secret"]
    assert registry.server.password not in repr(opened.snapshot)


async def test_a_pull_secret_that_cannot_be_used_is_said(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    staging = await place("staging")
    await staging.namespace()
    registry.push("web", "1.4.0", BUNDLE)
    await staging.source("web", registry.url("web"), semver="1.x")
    key = staging.source_key("web")
    await staging.patch(key, {"spec": {"secretRef": {"name": "nowhere"}}})
    running = engine(staging, registries=Registries(use_pull_secrets=True))
    seen = await got(
        running.wait_for(lambda s: any(f.code == "pull-secret" for f in s.findings), PATIENCE)
    )
    (finding,) = [f for f in seen.findings if f.code == "pull-secret"]
    assert finding.subject == key and "nowhere" in finding.message


async def test_a_source_that_goes_takes_its_list_along(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    staging = await place("staging")
    await staging.namespace()
    registry.push("web", "1.4.0", BUNDLE)
    url = registry.url("web")
    await staging.source("web", url, semver="1.x")
    key = staging.source_key("web")
    running = engine(staging)
    await got(running.wait_for(lambda s: key in s.selections, PATIENCE))
    type_ = await staging.api.find("source.toolkit.fluxcd.io/v1", "OCIRepository")
    await staging.api.delete(type_, "apps", "web")
    await got(running.wait_for(lambda s: key not in s.selections and url not in s.tags, PATIENCE))
