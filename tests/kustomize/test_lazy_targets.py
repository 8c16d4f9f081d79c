"""A target that makes no sense harms nobody until it is looked at."""

from __future__ import annotations

import pytest

from fluxtui.domain.errors import BuildError
from tests.kustomize.trees import names, reconciled, rendered

PLAIN = "resources: [settings.yaml]\n"


def patched(patch: str, target: dict[str, str]) -> list[str]:
    return names(reconciled(PLAIN, {"patches": [{"patch": patch, "target": target}]}))


@pytest.mark.parametrize("patch", ["{}", "# nothing", "[]"])
@pytest.mark.parametrize("target", [{"kind": "["}, {"labelSelector": "("}])
def test_an_empty_patch_never_looks_at_its_target(patch: str, target: dict[str, str]) -> None:
    assert patched(patch, target) == ["ConfigMap/settings"]


CHANGE = "{kind: ConfigMap, metadata: {name: settings}, data: {colour: red}}"
OPERATION = "- {op: add, path: /data/x, value: y}"


@pytest.mark.parametrize("patch", [CHANGE, OPERATION])
def test_labels_are_looked_at_where_kind_and_name_fit_only(patch: str) -> None:
    for target in ({"kind": "Secret", "labelSelector": "("}, {"name": "x", "labelSelector": "("}):
        assert patched(patch, target) == ["ConfigMap/settings"]
    aside = {"labelSelector": "colour", "annotationSelector": "("}
    assert patched(patch, aside) == ["ConfigMap/settings"]
    with pytest.raises(BuildError, match="does not parse"):
        patched(patch, {"kind": "ConfigMap", "labelSelector": "("})
    with pytest.raises(BuildError, match="does not parse"):
        patched(patch, {"kind": "Secret", "name": "["})


@pytest.mark.parametrize("header", ["kind: Component\n", "Kind: Component\n"])
def test_flux_takes_a_component_without_a_version_for_a_broken_kustomization(header: str) -> None:
    assert names(rendered(header + PLAIN)) == ["ConfigMap/settings"]
    with pytest.raises(BuildError, match="apiVersion"):
        reconciled(header + PLAIN, {})
    version = "apiVersion: kustomize.config.k8s.io/v1alpha1\n"
    whole = version + "kind: Component\n" + PLAIN
    assert names(reconciled(whole, {})) == ["ConfigMap/settings"]
