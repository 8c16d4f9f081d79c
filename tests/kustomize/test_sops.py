"""Encrypted objects are told apart, lose what Flux takes off, and are never called readable."""

from __future__ import annotations

from typing import Any

import pytest

from fluxtui.kustomize.variables import Variables
from tests.kustomize.trees import reconciled, rendered

VALUE = "ENC[AES256_GCM,data:3kQ=,iv:AAAA,tag:BBBB,type:str]"
NOTES = f"sops: {{mac: '{VALUE}', version: 3.9.0}}\n"
SOPS = {"decryption": {"provider": "sops"}}
HEAD = "resources: [a.yaml]\n== a.yaml\napiVersion: v1\n"
SECRET = f"kind: Secret\nmetadata: {{name: a%s}}\ndata: {{k: '{VALUE}', plain: eA==}}\n{NOTES}"
DISABLED = ", annotations: {kustomize.toolkit.fluxcd.io/decrypt: Disabled}"


@pytest.mark.parametrize(
    ("kind", "spec", "kept"),
    [
        pytest.param("Secret", SOPS, False, id="decrypted"),
        pytest.param("ConfigMap", SOPS, False, id="any kind is decrypted"),
        pytest.param("Secret", {}, True, id="no decryption"),
        pytest.param("Secret", {"decryption": {"provider": "other"}}, True, id="another provider"),
    ],
)
def test_the_notes_of_sops_go_where_flux_decrypts(
    kind: str, spec: dict[str, Any], kept: bool
) -> None:
    built = reconciled(HEAD + (SECRET % "").replace("Secret", kind), spec)
    assert ("sops" in built.objects[0]) is kept
    assert list(built.encrypted.values()) == [(("data", "k"),)]


def test_a_mark_keeps_an_object_as_it_is() -> None:
    built = reconciled(HEAD + SECRET % DISABLED, SOPS)
    assert "sops" in built.objects[0]


def test_a_field_called_sops_without_a_seal_is_a_field() -> None:
    text = HEAD + "kind: Tool\nmetadata: {name: a}\nsops: {version: 3.9.0}\n"
    built = reconciled(text, SOPS)
    assert built.objects[0]["sops"] == {"version": "3.9.0"}
    assert not built.encrypted


def test_variables_go_into_what_is_plain() -> None:
    text = HEAD + (SECRET % "").replace("name: a", "name: 'a${X}'")
    built = reconciled(text, SOPS, variables=Variables({"X": "b"}))
    (obj,) = built.objects
    assert obj["metadata"]["name"] == "ab"
    assert obj["data"]["k"] == VALUE
    assert list(built.encrypted) == [("v1", "Secret", "", "ab")]


GENERATED = (
    "secretGenerator:\n- name: g\n  %s\n  options: {disableNameSuffixHash: true}\n== f\n%s\n"
)
FILES: list[Any] = [
    ("files: [k=f]", f'{{"k": "{VALUE}", "sops": {{"mac": "{VALUE}"}}}}'),
    ("files: [k=f]", f"k: {VALUE}\nsops:\n  mac: {VALUE}\n"),
    ("files: [k=f]", f"k={VALUE}\nsops_mac={VALUE}\n"),
    ("envs: [f]", f"k={VALUE}\nsops_mac={VALUE}\nsops_version=3.9.0\n"),
]


@pytest.mark.parametrize(("source", "text"), FILES)
def test_encrypted_files_of_a_generated_secret_are_found(source: str, text: str) -> None:
    built = reconciled(GENERATED % (source, text), SOPS)
    assert list(built.objects[0]["data"]) == ["k"]
    assert ("data", "k") in built.encrypted["v1", "Secret", "", "g"]


def test_a_plain_build_changes_nothing() -> None:
    built = rendered(HEAD + SECRET % "")
    assert "sops" in built.objects[0]
    assert built.encrypted


def test_a_definition_that_flux_marks_keeps_its_dollars() -> None:
    text = (
        "resources: [a.yaml]\n== a.yaml\napiVersion: apiextensions.k8s.io/v1\n"
        "kind: CustomResourceDefinition\nmetadata:\n  name: tools.example.com\n"
        "  annotations: {kustomize.toolkit.fluxcd.io/substitute: disabled}\n"
        "spec: {group: example.com, names: {kind: Tool}, scope: '${UNSET}', pattern: 'a$$'}\n"
    )
    (obj,) = reconciled(text, {}, variables=Variables({"X": "1"})).objects
    assert (obj["spec"]["scope"], obj["spec"]["pattern"]) == ("${UNSET}", "a$$")
