"""What `get` is about: flux's nouns as kinds, and what a static object says of its readiness."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from builders import snapshot
from cli_delivery import Shell
from documents import checked

from fluxtui.cli.forms import objects as form
from fluxtui.cli.nouns import kinds_found, kinds_of
from fluxtui.domain import foundkinds, kinds
from fluxtui.domain.errors import UsageError
from fluxtui.domain.resource import Resource

SOURCES = {kind.kind for kind in kinds.SOURCES}


@pytest.mark.parametrize(
    ("typed", "names", "more"),
    [
        ("", {kind.kind for kind in kinds.ALL}, []),
        ("all", {kind.kind for kind in kinds.ALL}, []),
        ("ks web", {"Kustomization"}, ["web"]),
        ("hr", {"HelmRelease"}, []),
        ("sources", SOURCES, []),
        ("source all", SOURCES, []),
        ("sources helm", {"HelmRepository"}, []),
        ("sources chart web", {"HelmChart"}, ["web"]),
        ("sources bucket", {"Bucket"}, []),
        ("sources external", {"ExternalArtifact"}, []),
        ("images all", {"ImageRepository", "ImagePolicy", "ImageUpdateAutomation"}, []),
        ("image repository", {"ImageRepository"}, []),
        ("image policy", {"ImagePolicy"}, []),
        ("image update", {"ImageUpdateAutomation"}, []),
        ("artifact generator", {"ArtifactGenerator"}, []),
        ("alerts", {"Alert"}, []),
        ("alert-providers", {"Provider"}, []),
        ("receivers", {"Receiver"}, []),
    ],
)
def test_the_nouns_of_flux_are_kinds(typed: str, names: set[str], more: list[str]) -> None:
    words = typed.split()
    assert {kind.kind for kind in kinds_of(words)} == names
    assert words == more


def test_a_kind_that_was_found_is_a_noun_too() -> None:
    tf = foundkinds.found("infra.example.com", "v1", "Terraform", "terraforms", ("tf",))
    for typed in ("tf", "terraform", "Terraforms", "terraform.infra.example.com"):
        words = [typed, "network"]
        assert kinds_found(words, (tf,)) == (tf,) and words == ["network"]
    words = ["ks", "web"]
    assert [kind.short for kind in kinds_found(words, (tf,))] == ["ks"] and words == ["web"]
    for words in ([], ["all"]):
        every = kinds_found(words, (tf,))
        assert every[-1] is tf and len(every) == len(kinds.ALL) + 1 and words == []
    with pytest.raises(UsageError, match="lists no terraform"):
        kinds_found(["terraform.other"], (tf,))


@pytest.mark.parametrize("typed", ["pods", "sources ks", "images tags", "artifacts bucket"])
def test_what_is_none_of_ours_says_who_has_it(typed: str) -> None:
    with pytest.raises(UsageError) as refusal:
        kinds_of(typed.split())
    assert "fluxtui lists no" in str(refusal.value)
    assert "get" in refusal.value.next


def test_a_static_object_is_not_said_to_be_ready() -> None:
    body = {
        "apiVersion": "notification.toolkit.fluxcd.io/v1beta3",
        "kind": "Provider",
        "metadata": {"name": "slack", "namespace": "apps"},
        "spec": {"type": "slack", "channel": "ops"},
    }
    provider = Resource.from_object("staging", body)
    kind = kinds.of(provider.key)
    assert kind is not None
    row = form.cells(provider, snapshot(provider), kind.columns)
    assert row[5:] == ("static", "slack", "ops", "static: no controller reports on it")
    document = form.one_object(provider)
    assert document["ready"] is None
    assert document["readyReason"] == "static: no controller reports on it"


@pytest.mark.parametrize("words", ["ks/web", "ks/apps/web", "ks web", "kustomization/web"])
def test_a_kind_and_a_name_may_be_one_word_as_kubectl_has_it(blocked: Shell, words: str) -> None:
    said = blocked("get", *words.split(), "-e", "staging", "-o", "name")
    assert said.code == 0 and said.out.split() == ["ks/apps/web"], said
    other = blocked("get", "ks/elsewhere/web", "-e", "staging", "-o", "name")
    assert "ks/apps/web" not in other.out


def test_several_names_print_those_that_are_there_and_name_the_others(blocked: Shell) -> None:
    for words in ("get ks web idle", "get ks/web ks/apps/idle"):
        said = blocked(*words.split(), "-e", "staging", "-o", "name")
        assert (said.code, said.out.split(), said.err) == (0, ["ks/apps/idle", "ks/apps/web"], "")
    said = blocked("get", "ks", "web", "nope", "idle", "-e", "staging", "-o", "json")
    document = checked(said.out, "Objects")
    assert said.code == 1
    assert [item["object"]["name"] for item in document["items"]] == ["idle", "web"]
    (problem,) = document["problems"]
    assert problem.startswith("staging: there is no Kustomization nope") and problem in said.err
    said = blocked("get", "ks", "nope", "nay", "-e", "staging")
    assert (said.code, said.out) == (1, "") and "nope" in said.err and "nay" in said.err


def test_a_name_that_a_filter_hides_is_not_said_to_be_missing(blocked: Shell) -> None:
    said = blocked("get", "ks", "web", "idle", "-e", "staging", "-l", "app=web")
    assert said.code == 1 and "kustomization/web" in said.out and "there is no" not in said.err
    assert "staging: the one object there has not the labels app=web" in said.err


def test_a_name_in_another_namespace_is_answered_with_where_it_is(blocked: Shell) -> None:
    said = blocked("get", "ks/elsewhere/web", "-e", "staging")
    assert said.code == 1 and "there is no Kustomization elsewhere/web" in said.err
    assert "did you mean ks/apps/web?" in said.err


def test_a_list_of_kinds_is_that_of_kubectl(blocked: Shell) -> None:
    said = blocked("get", "oci,ks", "-A", "-e", "staging", "-o", "name")
    assert said.code == 0, said
    assert said.out.split() == ["ocirepo/apps/app", "ks/apps/db", "ks/apps/idle", "ks/apps/web"]
    said = blocked("get", "oci,ks", "web", "-e", "staging", "-o", "name")
    assert (said.code, said.out.split()) == (1, ["ks/apps/web"])
    assert "there is no OCIRepository web" in said.err
    assert "HelmRelease is not served" in blocked("get", "hr,ks", "-e", "staging").err
    for words in ("ks,", ",", "ks,pods"):
        assert blocked("get", words).code == 2
