"""Bundles of real repositories that were refused, or built otherwise than kustomize and Flux do."""

from __future__ import annotations

import pytest

from tests.kustomize.trees import field, reconciled, rendered

CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n"


@pytest.mark.parametrize("sha", ["12e3456", "1e400", "9999e9999"])
def test_a_short_commit_hash_that_no_float_holds_is_a_text(sha: str) -> None:
    """One of a hundred hashes of seven digits: the build was refused."""
    built = rendered(
        f"resources: [a.yaml]\ncommonLabels: {{sha: {sha}}}\ncommonAnnotations: {{sha: {sha}}}\n"
        f"configMapGenerator: [{{name: made, literals: [sha={sha}]}}]\n"
        f"patches:\n- target: {{kind: ConfigMap, name: a}}\n  patch: |\n"
        f"    - {{op: add, path: /data/o, value: {sha}}}\n"
        f"== a.yaml\n{CONFIG_MAP}data: {{sha: {sha}}}\n"
    )
    assert field(built, "ConfigMap/a data") == {"sha": sha, "o": sha}
    assert field(built, "ConfigMap/a metadata.labels.sha") == sha


def test_flux_prints_a_number_that_becomes_a_text_as_go_does() -> None:
    """Where a float holds the hash, Flux makes another text of it; fluxtui showed a third."""
    built = reconciled(
        "resources: [pod.yaml]\nimages: [{name: web, newTag: 553640e6}]\n"
        "== pod.yaml\napiVersion: v1\nkind: Pod\nmetadata: {name: p}\n"
        "spec: {containers: [{name: a, image: 'web:1'}]}\n",
        {"targetNamespace": "n"},
    )
    assert field(built, "Pod/p spec.containers[0].image") == "web:5.5364e+11"


@pytest.mark.parametrize("style", [">", ">-", ">+"])
def test_a_folded_block_gets_the_newline_that_kustomize_writes(style: str) -> None:
    """Flux applies it, so that a live diff showed a change that never went away."""
    text = f"{CONFIG_MAP}data:\n  k: {style}\n    all(c,\n      c.ok\n    )\n"
    built = rendered(f"resources: [a.yaml]\n== a.yaml\n{text}")
    assert str(field(built, "ConfigMap/a data.k")).rstrip("\n") == "all(c,\n\n  c.ok\n)"
