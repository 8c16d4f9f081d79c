"""What helm-controller stored of a release is read as it wrote it: no value of a Secret gets out.

The recording is the real controller's (tests/contract/fleet/release.py made it).
"""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from fluxtui.domain.ask import ComparedKustomization
from fluxtui.domain.chartvalues import Referent
from fluxtui.domain.kinds import releases
from fluxtui.domain.resource import Resource
from fluxtui.engine.builds.livebuilds import Beside
from fluxtui.engine.builds.releasediffs import compare_live, compare_releases, deployed_objects
from fluxtui.engine.builds.releaseparts import ValueInputs, values
from fluxtui.engine.builds.releasestorage import stored_content
from fluxtui.engine.builds.secretmarks import TOKEN
from tests.contract.fleet.release import PASSWORD, RECORDED

SESSION = b"0123456789abcdef" * 2
IMAGE = "spec.template.spec.containers[name=shop].image"


@pytest.fixture(scope="module")
def told() -> Any:
    return json.loads(RECORDED.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def release(told: Any) -> Resource:
    return Resource.from_object("staging", told["release"])


@pytest.fixture(scope="module")
def inputs(told: Any, release: Resource) -> ValueInputs:
    found = {
        (obj["kind"], obj["metadata"]["name"]): Referent(obj["data"]) for obj in told["values"]
    }
    own, references = releases.own_values(release), releases.values_from(release)
    return ValueInputs("apps", own, references, found)


def compared(release: Resource) -> ComparedKustomization:
    return ComparedKustomization(release.key, "", "")


def test_its_status_names_what_the_storage_holds(told: Any, release: Resource) -> None:
    now, before = releases.deployed(release), releases.previous(release)
    assert now is not None and before is not None
    names = [f"sh.helm.release.v1.{one.name}.v{one.number}" for one in (before, now)]
    assert names == [obj["metadata"]["name"] for obj in told["storage"]]
    assert {one.namespace for one in (before, now)} == {"apps"}
    assert (before.version, now.version) == ("1.0.0", "1.1.0")


def test_it_is_read_as_it_was_stored(told: Any) -> None:
    contents = [stored_content(obj) for obj in told["storage"]]
    assert [(c.number, c.chart, c.status) for c in contents] == [
        (1, "shop-1.0.0", "superseded"),
        (2, "shop-1.1.0", "deployed"),
    ]
    assert contents[0].values == {
        "greeting": "good day",
        "replicas": 1,
        "db": {"password": PASSWORD},
    }
    assert [obj["kind"] for obj in contents[1].objects] == ["Secret", "ConfigMap", "Deployment"]


def test_the_values_it_was_made_with_are_those_that_are_merged(
    told: Any, inputs: ValueInputs
) -> None:
    shown = values(SESSION, inputs)
    assert {line.path: str(line.value) for line in shown.lines} == {
        "greeting": "good day",
        "replicas": "2",
        "db.password": "secret apps/shop-login#password",
    }
    stored = stored_content(told["storage"][1]).values
    plain = {line.path: line.value for line in shown.lines if not line.secret}
    assert plain == {"greeting": stored["greeting"], "replicas": stored["replicas"]}


def test_what_the_upgrade_changed(told: Any, release: Resource, inputs: ValueInputs) -> None:
    old, new = told["storage"]
    part = compare_releases(SESSION, old, new, inputs, compared(release))
    assert {f"{c.kind} {c.id.kind}": [f.path for f in c.fields] for c in part.changes} == {
        "changed Values": ["replicas"],
        "added ConfigMap": [],
        "changed Deployment": ["spec.replicas", IMAGE],
    }
    assert PASSWORD not in repr(part) and "fluxtui-secret" not in repr(part)


def test_what_the_api_made_of_it_is_no_drift(
    told: Any, release: Resource, inputs: ValueInputs
) -> None:
    stored = told["storage"][1]
    deployed = deployed_objects(SESSION, stored, inputs)
    assert PASSWORD not in repr([o for o in deployed.objects if o["kind"] != "Secret"])
    beside = tuple(Beside(obj, live(obj)) for obj in deployed.objects)
    part = compare_live(SESSION, stored, inputs, deployed.labels, beside, compared(release))
    assert part.changes == ()


def live(obj: dict[str, Any]) -> dict[str, Any]:
    """As a kube-apiserver keeps it: defaults in, empty fields out, amounts in its own words."""
    text = json.dumps(obj)
    for token in set(TOKEN.findall(text)):
        text = text.replace(token, f"postgres://shop:{PASSWORD}@db")
    kept: dict[str, Any] = json.loads(text)
    kept["metadata"] |= {"uid": "1", "resourceVersion": "7", "managedFields": []}
    if kept["kind"] == "Secret":
        value = base64.b64encode(PASSWORD.encode()).decode()
        return {**{k: v for k, v in kept.items() if k != "stringData"}, "data": {"password": value}}
    if kept["kind"] == "Deployment":
        pod = kept["spec"]["template"]
        del pod["metadata"]["annotations"], pod["spec"]["nodeSelector"], pod["spec"]["hostNetwork"]
        (container,) = pod["spec"]["containers"]
        container["resources"] = {"limits": {"cpu": "1", "memory": "1Gi"}}
        container["imagePullPolicy"] = "IfNotPresent"
        del container["env"][1]["value"]
        kept["status"] = {"readyReplicas": 2}
    return kept
