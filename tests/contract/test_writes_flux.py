"""Flux's own kinds: what their schemas fill in and refuse, and who owns which of their fields."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.writing import causes_of, managers_of, warnings_of
from tests.world.apiserver.client import Client, Json

INVALID, TYPE = "FieldValueInvalid", "FieldValueTypeInvalid"
REQUIRED, UNSUPPORTED = "FieldValueRequired", "FieldValueNotSupported"


def kustomization(name: str, **spec: Any) -> Json:
    source = {"kind": "OCIRepository", "name": "app"}
    return {
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "kind": "Kustomization",
        "metadata": {"name": name},
        "spec": {"interval": "1h", "prune": True, "sourceRef": source, **spec},
    }


def repository(name: str, **spec: Any) -> Json:
    return {
        "apiVersion": "source.toolkit.fluxcd.io/v1",
        "kind": "OCIRepository",
        "metadata": {"name": name},
        "spec": {"interval": "5m", "url": "oci://127.0.0.1/x", **spec},
    }


@pytest.fixture
def chain(ns: str) -> str:
    return f"/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/{ns}/kustomizations"


@pytest.fixture
def sources(ns: str) -> str:
    return f"/apis/source.toolkit.fluxcd.io/v1/namespaces/{ns}/ocirepositories"


def wrong(field: str, wanted: str, found: str) -> tuple[str, str, str]:
    text = f'Invalid value: "{found}": {field} in body must be of type {wanted}: "{found}"'
    return (TYPE, field, text)


def test_defaults_are_filled_in(api: Client, chain: str, sources: str) -> None:
    made = api.post(chain, kustomization("k")).ok()
    assert made["spec"] == kustomization("k")["spec"] | {"force": False}
    assert "status" not in made or made["status"] == {"observedGeneration": -1}
    source = api.post(sources, repository("o")).ok()
    defaults = {"provider": "generic", "timeout": "60s"}
    assert source["spec"] == repository("o")["spec"] | defaults


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"interval": 5}, [wrong("spec.interval", "string", "integer")]),
        ({"prune": "yes"}, [wrong("spec.prune", "boolean", "string")]),
        (
            {"sourceRef": {"name": "a"}},
            [(REQUIRED, "spec.sourceRef.kind", "Required value")],
        ),
        (
            {"dependsOn": [{"namespace": "a"}]},
            [(REQUIRED, "spec.dependsOn[0].name", "Required value")],
        ),
        (
            {"postBuild": {"substitute": {"a": 1}}},
            [wrong("spec.postBuild.substitute.a", "string", "integer")],
        ),
        (
            {"deletionPolicy": "X"},
            [
                (
                    UNSUPPORTED,
                    "spec.deletionPolicy",
                    'Unsupported value: "X": supported values: "MirrorPrune", "Delete", '
                    '"WaitForTermination", "Orphan"',
                )
            ],
        ),
        (
            {"targetNamespace": "a" * 64},
            [
                (
                    "FieldValueTooLong",
                    "spec.targetNamespace",
                    "Too long: may not be more than 63 bytes",
                )
            ],
        ),
    ],
)
def test_a_kustomization_is_refused_for_its_fields(
    api: Client, chain: str, spec: Json, expected: Any
) -> None:
    answer = api.post(chain, kustomization("k", **spec), dryRun="All")
    assert (answer.status, causes_of(answer)) == (422, expected)


def test_durations_have_units(api: Client, chain: str, sources: str) -> None:
    for path, body in [
        (chain, kustomization("k", interval="soon")),
        (chain, kustomization("k", retryInterval="5")),
        (sources, repository("o", timeout="1x")),
    ]:
        ((reason, field, text),) = causes_of(api.post(path, body, dryRun="All"))
        assert reason == INVALID
        assert f"{field} in body should match '^" in text


def test_a_repository_is_an_oci_one(api: Client, sources: str) -> None:
    answer = api.post(sources, repository("o", url="http://x"), dryRun="All")
    text = "Invalid value: \"http://x\": spec.url in body should match '^oci://.*$'"
    assert causes_of(answer) == [(INVALID, "spec.url", text)]
    typed = api.post(sources, repository("o", ref={"semver": 5}), dryRun="All")
    assert causes_of(typed) == [wrong("spec.ref.semver", "string", "integer")]


def test_unknown_fields_are_refused_only_if_asked(api: Client, chain: str) -> None:
    body = kustomization("k", frob=1)
    refused = api.post(chain, body, fieldValidation="Strict")
    assert (refused.status, refused.json["message"]) == (
        400,
        'Kustomization in version "v1" cannot be handled as a Kustomization: strict decoding '
        'error: unknown field "spec.frob"',
    )
    made = api.post(chain, body)
    assert warnings_of(made) == ['unknown field "spec.frob"']
    assert "frob" not in made.ok()["spec"]


def test_suspending_by_hand_conflicts_with_who_applies(api: Client, chain: str) -> None:
    body = kustomization("k", suspend=False)
    api.apply(f"{chain}/k", body, "kustomize-controller").ok()
    held = api.patch(f"{chain}/k", {"spec": {"suspend": True}}, fieldManager="flux").ok()
    assert managers_of(held)["flux"] == {"f:spec": {"f:suspend": {}}}
    refused = api.apply(f"{chain}/k", body, "kustomize-controller")
    assert (refused.status, refused.json["message"]) == (
        409,
        'Apply failed with 1 conflict: conflict with "flux" using kustomize.toolkit.fluxcd.io/v1: '
        ".spec.suspend",
    )
    forced = api.apply(f"{chain}/k", body, "kustomize-controller", force="true").ok()
    assert forced["spec"]["suspend"] is False
    assert "flux" not in managers_of(forced)
