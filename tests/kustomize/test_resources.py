"""A person lists files and folders; the renderer gathers their objects in the order listed."""

from __future__ import annotations

import pytest

from tests.kustomize.trees import field, names, rendered

ORDER = [
    pytest.param("resources: [deploy.yaml, service.yaml]", ["Deployment/web", "Service/web"]),
    pytest.param("resources: [service.yaml, deploy.yaml]", ["Service/web", "Deployment/web"]),
    pytest.param(
        """
        resources: [account.yaml]
        """,
        ["ServiceAccount/runner", "RoleBinding/runner", "Role/runner"],
        id="several documents of one file",
    ),
    pytest.param(
        """
        resources: [team.yaml, base]
        == base/kustomization.yaml
        resources: [../deploy.yaml]
        """,
        ["Namespace/team", "Deployment/web"],
        id="a base beside a file",
    ),
    pytest.param(
        """
        bases: [base]
        resources: [team.yaml]
        == base/kustomization.yml
        resources: [../deploy.yaml]
        """,
        ["Namespace/team", "Deployment/web"],
        id="bases come after resources",
    ),
    pytest.param(
        """
        resources: [mid]
        == mid/Kustomization
        resources: [../low]
        namePrefix: m-
        == low/kustomization.yaml
        resources: [../settings.yaml]
        namePrefix: l-
        """,
        ["ConfigMap/m-l-settings"],
        id="nested overlays",
    ),
    pytest.param(
        """
        resources: [left, right]
        == left/kustomization.yaml
        resources: [../base]
        namePrefix: left-
        == right/kustomization.yaml
        resources: [../base]
        namePrefix: right-
        == base/kustomization.yaml
        resources: [../settings.yaml]
        """,
        ["ConfigMap/left-settings", "ConfigMap/right-settings"],
        id="a diamond of two names",
    ),
    pytest.param(
        """
        resources: [all.yaml]
        == all.yaml
        apiVersion: v1
        kind: List
        items:
        - {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}
        - {apiVersion: v1, kind: ConfigMap, metadata: {name: b}}
        """,
        ["ConfigMap/a", "ConfigMap/b"],
        id="a List is taken apart",
    ),
    pytest.param(
        """
        resources: [all.yaml]
        == all.yaml
        {apiVersion: v1, kind: ConfigMapList, items: [
          {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}]}
        ---
        {apiVersion: v1, kind: Secret, metadata: {name: s}}
        """,
        ["Secret/s", "ConfigMap/a"],
        id="objects of a typed list come last",
    ),
    pytest.param(
        """
        resources: [one.json]
        == one.json
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}
        """,
        ["ConfigMap/a"],
        id="JSON is YAML",
    ),
    pytest.param(
        """
        resources: [hole.yaml, settings.yaml]
        == hole.yaml
        # nothing but a comment
        ---
        """,
        ["ConfigMap/settings"],
        id="an empty file",
    ),
]


@pytest.mark.parametrize(("text", "expected"), ORDER)
def test_objects_come_in_the_order_they_are_listed(text: str, expected: list[str]) -> None:
    assert names(rendered(text)) == expected


def test_a_file_outside_of_the_overlay_may_be_listed() -> None:
    built = rendered("== ov/kustomization.yaml\nresources: [../settings.yaml]\n", "ov")
    assert names(built) == ["ConfigMap/settings"]


def test_anchors_and_merge_keys_are_written_out() -> None:
    built = rendered(
        """
        resources: [a.yaml]
        == a.yaml
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: a}
        base: &base {x: 1, y: 2}
        again: *base
        more: {<<: *base, y: 3}
        most: {<<: [{z: 0}, *base], x: 9}
        """
    )
    obj = built.objects[0]
    assert obj["again"] == {"x": 1, "y": 2}
    assert obj["more"] == {"x": 1, "y": 3}
    assert obj["most"] == {"x": 9, "y": 2, "z": 0}
    assert obj["again"] is not obj["base"], "objects share nothing"


LOCAL = [
    pytest.param('config.kubernetes.io/local-config: "true"', [], id="true"),
    pytest.param('config.kubernetes.io/local-config: ""', [], id="any value"),
    pytest.param('config.kubernetes.io/local-config: "false"', ["ConfigMap/a"], id="false"),
]


@pytest.mark.parametrize(("annotation", "expected"), LOCAL)
def test_a_local_object_is_used_and_then_dropped(annotation: str, expected: list[str]) -> None:
    built = rendered(
        f"""
        resources: [a.yaml, settings.yaml]
        replacements:
        - source: {{kind: ConfigMap, name: a, fieldPath: data.x}}
          targets:
          - select: {{name: settings}}
            fieldPaths: [data.colour]
        == a.yaml
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: a
          annotations:
            {annotation}
        data: {{x: red}}
        """
    )
    assert names(built) == [*expected, "ConfigMap/settings"]
    assert field(built, "ConfigMap/settings data.colour") == "red"


SORTED = [
    pytest.param("{order: fifo}", ["Deployment/web", "Service/web", "Namespace/team"], id="fifo"),
    pytest.param(
        "{order: legacy}", ["Namespace/team", "Service/web", "Deployment/web"], id="kinds"
    ),
    pytest.param(
        "{order: legacy, legacySortOptions: {orderFirst: [Deployment], orderLast: [Namespace]}}",
        ["Deployment/web", "Service/web", "Namespace/team"],
        id="own kinds first and last",
    ),
]


@pytest.mark.parametrize(("options", "expected"), SORTED)
def test_sort_options_order_the_result(options: str, expected: list[str]) -> None:
    built = rendered(f"resources: [deploy.yaml, service.yaml, team.yaml]\nsortOptions: {options}\n")
    assert names(built) == expected


COMPONENTS = [
    pytest.param(
        """
        resources: [settings.yaml]
        components: [part]
        == part/kustomization.yaml
        apiVersion: kustomize.config.k8s.io/v1alpha1
        kind: Component
        namePrefix: part-
        """,
        ["ConfigMap/part-settings"],
        id="it works on what its parent has",
    ),
    pytest.param(
        """
        resources: [settings.yaml]
        components: [one, two]
        == one/kustomization.yaml
        kind: Component
        nameSuffix: '-1'
        == two/kustomization.yaml
        kind: Component
        resources: [../service.yaml]
        nameSuffix: '-2'
        """,
        ["ConfigMap/settings-1-2", "Service/web-2"],
        id="in their order",
    ),
    pytest.param(
        """
        resources: [settings.yaml]
        components: [outer]
        namePrefix: own-
        == outer/kustomization.yaml
        kind: Component
        components: [../inner]
        namePrefix: o-
        == inner/kustomization.yaml
        kind: Component
        namePrefix: i-
        """,
        ["ConfigMap/own-o-i-settings"],
        id="nested, before the parent's own transformers",
    ),
]


@pytest.mark.parametrize(("text", "expected"), COMPONENTS)
def test_components_change_what_their_parent_gathered(text: str, expected: list[str]) -> None:
    assert names(rendered(text)) == expected
