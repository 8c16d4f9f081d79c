"""Labels and annotations of patched objects follow kustomize's own bookkeeping in them."""

from __future__ import annotations

from tests.kustomize.test_patches import patched
from tests.kustomize.trees import field, rendered


def test_a_null_label_in_a_patch_with_a_target_becomes_text() -> None:
    """kustomize copies labels and annotations of such a patch as texts before it merges."""
    target = "{kind: Deployment}"
    head = "apiVersion: v1\nkind: X\nmetadata: {name: x, %s}"
    built = patched(head % "labels: {app: null, n: 5}, annotations: null", target=target)
    assert field(built, "Deployment/web metadata.labels") == {"app": "null", "n": "5"}
    built = patched(head % "labels: null", target=target)
    assert field(built, "Deployment/web metadata.labels") == {"app": "web"}


def test_the_same_holds_for_patches_strategic_merge() -> None:
    patch = "{apiVersion: v1, kind: Service, metadata: {name: web, labels: {b: null}}}"
    built = rendered(f"resources: [service.yaml]\npatchesStrategicMerge: ['{patch}']\n")
    assert field(built, "Service/web metadata.labels") == {"b": "null"}


def test_an_operation_finds_annotations_on_every_object() -> None:
    """kustomize keeps notes of its own there, so that `add` needs no mapping to be made first."""
    add = '[{"op": "add", "path": "/metadata/annotations/a.io~1b", "value": "c"}]'
    built = patched(add, target="{kind: Deployment}")
    assert field(built, "Deployment/web metadata.annotations") == {"a.io/b": "c"}
    built = patched('[{"op": "add", "path": "/spec/x", "value": 1}]', target="{kind: Deployment}")
    assert field(built, "Deployment/web metadata.annotations") is None


def test_annotations_set_to_null_take_kustomizes_own_notes_along() -> None:
    """The hash suffix of a generated object is one of those notes, so are its former names."""
    built = rendered(
        """
        namePrefix: p-
        configMapGenerator: [{name: a, literals: [x=y]}]
        patches:
        - patch: '{apiVersion: v1, kind: ConfigMap, metadata: {name: a, annotations: null}}'
        """
    )
    assert field(built, "ConfigMap/p-a data.x") == "y"


def test_operations_see_annotations_without_quotes_as_what_they_read_as() -> None:
    built = rendered(
        """
        resources: [a.yaml, b.yaml]
        patches:
        - target: {name: a}
          patch: '[{"op": "add", "path": "/data", "value": {}}]'
        == a.yaml
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: a, annotations: {hex: 0x10, mode: 012, text: "012", yes: yes}}
        == b.yaml
        {apiVersion: v1, kind: ConfigMap, metadata: {name: b, annotations: {hex: 0x10, mode: 012}}}
        """
    )
    expected = {"hex": "16", "mode": "10", "text": "012", "yes": "yes"}
    assert field(built, "ConfigMap/a metadata.annotations") == expected
    assert field(built, "ConfigMap/b metadata.annotations") == {"hex": "0x10", "mode": "012"}
