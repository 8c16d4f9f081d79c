"""Two objects that variables give one identity fail the build, as they do in Flux."""

from __future__ import annotations

from typing import Any

import pytest

from fluxtui.domain.errors import BuildError
from fluxtui.kustomize import collect_variables
from fluxtui.kustomize.variables import Variables
from tests.kustomize.trees import names, reconciled

TWO = """\
resources: [one.yaml, two.yaml]
== one.yaml
apiVersion: v1
kind: ConfigMap
metadata: {{name: "{one}"{more}}}
== two.yaml
apiVersion: {version}
kind: ConfigMap
metadata:
  name: "{two}"
"""
A = Variables({"A": "one", "N": "default"})


def text(one: str = "x-${A}", two: str = "x-one", more: str = "", version: str = "v1") -> str:
    return TWO.format(one=one, two=two, more=more, version=version)


@pytest.mark.parametrize(
    "tree",
    [text(), text("x-one", "x-${A}"), text("${A}", "${A:-b}"),
     text("one", "${A}", ", namespace: default"), text("${A}", "one", ", namespace: '${N}'")],
)  # fmt: skip
def test_both_are_named_with_the_places_they_come_from(tree: str) -> None:
    with pytest.raises(BuildError, match="id matched 2 resources") as caught:
        reconciled(tree, {}, variables=A)
    assert "one.yaml:3" in str(caught.value)
    assert "two.yaml:4" in str(caught.value)


def test_the_name_before_substitution_is_said() -> None:
    with pytest.raises(BuildError, match=r"x-\$\{A\} of one.yaml:3 and x-one of two.yaml:4"):
        reconciled(text(), {}, variables=A)


@pytest.mark.parametrize(
    "tree",
    [text("x-${A}", "x-two"), text(version="example.com/v1"),
     text(more=", namespace: other"), text("$${A}", "one")],
)  # fmt: skip
def test_different_identities_build(tree: str) -> None:
    assert len(names(reconciled(tree, {}, variables=A))) == 2


def test_an_object_that_no_variable_enters_counts_too() -> None:
    off = ", labels: {kustomize.toolkit.fluxcd.io/substitute: disabled}"
    with pytest.raises(BuildError, match="id matched 2"):
        reconciled(text("one", "${A}", off), {}, variables=A)


def test_without_variables_nothing_is_put_back() -> None:
    assert len(names(reconciled(text(), {}))) == 2
    with pytest.raises(BuildError, match="id matched 2"):
        reconciled(text("x", "x${A:-}"), {"postBuild": {"substituteStrategy": "Always"}})


NULLS: list[Any] = [
    pytest.param({"substitute": {"SIZE": None}}, {}, id="inline"),
    pytest.param({"substituteFrom": [{"kind": "ConfigMap", "name": "v"}]},
                 {"apps/v": {"SIZE": None}}, id="of a ConfigMap"),
    pytest.param({"substituteFrom": [{"kind": "ConfigMap", "name": "v"}],
                  "substitute": {"SIZE": None}}, {"apps/v": {"SIZE": "large"}}, id="over another"),
]  # fmt: skip


@pytest.mark.parametrize(("post", "configmaps"), NULLS)
def test_a_variable_without_a_value_is_empty_so_that_its_default_applies(
    post: dict[str, Any], configmaps: dict[str, Any]
) -> None:
    spec = {"metadata": {"name": "demo", "namespace": "apps"}, "spec": {"postBuild": post}}
    variables = collect_variables(spec, configmaps, {})
    assert dict(variables.values) == {"SIZE": ""}
    tree = "resources: [settings.yaml]\nnameSuffix: ${SIZE:-medium}${SIZE}\n"
    built = reconciled(tree, {"postBuild": post}, variables=variables)
    assert names(built) == ["ConfigMap/settingsmedium"]
