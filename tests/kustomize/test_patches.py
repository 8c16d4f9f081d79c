"""A person patches objects: by merging a partial object or by a list of operations."""

from __future__ import annotations

from textwrap import indent
from typing import Any

import pytest

from fluxtui.domain.errors import BuildError
from tests.kustomize.trees import field, names, rendered

WEB = "Deployment/web spec.template.spec"


def patched(patch: str, resources: str = "deploy.yaml", target: str = "") -> Any:
    """The build of an overlay with one inline patch."""
    text = f"resources: [{resources}]\npatches:\n- patch: |\n{indent(patch.strip(), '    ')}\n"
    return rendered(text + (f"  target: {target}\n" if target else ""))


def web(spec: str) -> str:
    """A merge patch of the Deployment's pod, written in flow style."""
    return (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n"
        f"spec: {{template: {{spec: {spec}}}}}"
    )


MERGED: list[Any] = [
    pytest.param("{containers: [{name: web, image: new}]}",
                 {"containers[0].image": "new", "containers[0].env[0].name": "A"},
                 id="lists merge by key"),
    pytest.param("{containers: [{name: side, image: s}]}",
                 {"containers[0].name": "side", "containers[1].name": "web"},
                 id="new elements come first"),
    pytest.param("{containers: [{name: web, env: [{name: A, value: '2'}, {name: B, value: x}]}]}",
                 {"containers[0].env[0]": {"name": "A", "value": "2"},
                  "containers[0].env[1]": {"name": "B", "value": "x"},
                  "containers[0].env[2].name": "COLOUR"}, id="nested lists merge too"),
    pytest.param("{containers: [{name: web, ports:"
                 " [{containerPort: 80, protocol: TCP, name: p}]}]}",
                 {"containers[0].ports": [{"containerPort": 80, "protocol": "TCP",
                                           "name": "p"}]}, id="ports by two keys"),
    pytest.param("{containers: [{name: web, ports: [{containerPort: 80, protocol: UDP}]}]}",
                 {"containers[0].ports": [{"containerPort": 80, "protocol": "UDP"},
                                          {"containerPort": 80, "protocol": "TCP"}]},
                 id="ports that differ in one key"),
    pytest.param("{containers: [{name: web, command: [a]}]}",
                 {"containers[0].command": ["a"]}, id="lists without keys are replaced"),
    pytest.param("{serviceAccountName: null}", {"serviceAccountName": None}, id="null deletes"),
    pytest.param("{containers: [{name: web, env: null}]}", {"containers[0].env": None},
                 id="null deletes a list"),
    pytest.param("{nodeSelector: {a: null, b: c}}", {"nodeSelector": {"b": "c"}},
                 id="null in what is new is left out"),
    pytest.param("{containers: [{name: web, $patch: delete}, {name: x, image: y}]}",
                 {"containers": [{"name": "x", "image": "y"}]}, id="$patch deletes an element"),
    pytest.param("{$patch: replace, containers: [{name: x}]}",
                 {"containers": [{"name": "x"}], "volumes": None},
                 id="$patch replaces a mapping"),
    pytest.param("{volumes: [{$patch: replace}, {name: v, emptyDir: {}}]}",
                 {"volumes": [{"name": "v", "emptyDir": {}}]}, id="$patch replaces a list"),
    pytest.param("{volumes: [{$patch: delete}]}", {"volumes": None},
                 id="$patch deletes a list"),
    pytest.param("{volumes: [{name: conf, configMap: null, emptyDir: {}}]}",
                 {"volumes": [{"name": "conf", "emptyDir": {}}]}, id="a volume changes its kind"),
    pytest.param("{tolerations: [{key: k}]}", {"tolerations": [{"key": "k"}]}, id="atomic list"),
    pytest.param("{topologySpreadConstraints: [{topologyKey: zone, maxSkew: 1}]}",
                 {"topologySpreadConstraints[0].maxSkew": 1}, id="a list that was not there"),
    pytest.param("{imagePullSecrets: [{name: a}]}", {"imagePullSecrets": [{"name": "a"}]},
                 id="pull secrets"),
    pytest.param("{containers: [{name: web, env: [{name: A, value: 5}]}]}",
                 {"containers[0].env[0].value": "5"}, id="a quoted field keeps its quotes"),
]  # fmt: skip


@pytest.mark.parametrize(("spec", "expected"), MERGED)
def test_a_partial_object_is_laid_over_the_whole(spec: str, expected: dict[str, Any]) -> None:
    built = patched(web(spec))
    assert {path: field(built, f"{WEB}.{path}") for path in expected} == expected


def test_directives_of_other_tools_stay_as_they_are_written() -> None:
    built = patched(web("{$retainKeys: [a], $setElementOrder/containers: [{name: web}]}"))
    assert field(built, f"{WEB}.$retainKeys") == ["a"]


CUSTOM: list[Any] = [
    pytest.param("{parts: [{name: a, size: 9}]}", {"spec.parts": [{"name": "a", "size": 9}]},
                 id="lists of unknown kinds are replaced"),
    pytest.param("{config: null}", {"spec.config": None}, id="null deletes"),
    pytest.param("{parts: null, more: {x: 1}}", {"spec.parts": None, "spec.more.x": 1},
                 id="mappings merge"),
]  # fmt: skip


@pytest.mark.parametrize(("spec", "expected"), CUSTOM)
def test_custom_resources_merge_without_keys(spec: str, expected: dict[str, Any]) -> None:
    built = patched(
        f"apiVersion: example.com/v1\nkind: Widget\nmetadata: {{name: dial}}\nspec: {spec}",
        "widget.yaml",
    )
    assert {path: field(built, f"Widget/dial {path}") for path in expected} == expected


def test_an_openapi_document_gives_custom_lists_their_keys() -> None:
    built = rendered(
        """
        resources: [widget.yaml]
        openapi: {path: schema.json}
        patches:
        - patch: |
            apiVersion: example.com/v1
            kind: Widget
            metadata: {name: dial}
            spec: {parts: [{name: b, size: 9}]}
        == schema.json
        {"definitions": {"v1.Widget": {
          "x-kubernetes-group-version-kind":
            [{"group": "example.com", "version": "v1", "kind": "Widget"}],
          "properties": {"spec": {"properties": {"parts": {
            "type": "array", "items": {"type": "object"},
            "x-kubernetes-patch-strategy": "merge", "x-kubernetes-patch-merge-key": "name"}}}}}}}
        """
    )
    parts = field(built, "Widget/dial spec.parts")
    assert sorted((p["name"], p["size"]) for p in parts) == [("a", 1), ("b", 9)]


def test_the_named_openapi_version_is_built_in() -> None:
    assert names(rendered("resources: [team.yaml]\nopenapi: {version: v1.21.2}\n"))


def test_an_openapi_document_of_a_base_counts_too() -> None:
    built = rendered(
        """
        resources: [base]
        == base/kustomization.yaml
        resources: [../widget.yaml]
        openapi: {path: schema.json}
        == base/schema.json
        {"definitions": {}}
        """
    )
    assert names(built) == ["Widget/dial"]


DELETED: list[Any] = [
    pytest.param("", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n$patch: delete",
                 ["Service/web"], id="by its name"),
    pytest.param("{kind: Service}", "apiVersion: v1\nkind: X\nmetadata: {name: x}\n$patch: delete",
                 ["Deployment/web"], id="by a target"),
    pytest.param("{name: web}", "apiVersion: v1\nkind: X\nmetadata: {name: x}\n$patch: delete",
                 [], id="several"),
]  # fmt: skip


@pytest.mark.parametrize(("target", "patch", "left"), DELETED)
def test_a_patch_can_delete_objects(target: str, patch: str, left: list[str]) -> None:
    assert names(patched(patch, "deploy.yaml, service.yaml", target)) == left


OPERATIONS: list[Any] = [
    pytest.param("- {op: replace, path: /data/colour, value: red}", {"data.colour": "red"}),
    pytest.param('[{"op": "replace", "path": "/data/colour", "value": "red"}]',
                 {"data.colour": "red"}, id="json"),
    pytest.param("- {op: add, path: /data/new, value: x}\n- {op: remove, path: /data/size}",
                 {"data": {"colour": "blue", "new": "x"}}, id="add and remove"),
    pytest.param("- {op: add, path: /metadata/labels, value: {a.b/c: d}}\n"
                 "- {op: replace, path: /metadata/labels/a.b~1c, value: e}",
                 {"metadata.labels": {"a.b/c": "e"}}, id="escaped slash"),
    pytest.param("- {op: move, from: /data/colour, path: /data/moved}",
                 {"data": {"moved": "blue", "size": "3"}}, id="move"),
    pytest.param("- {op: copy, from: /data/colour, path: /data/twin}",
                 {"data.twin": "blue", "data.colour": "blue"}, id="copy"),
    pytest.param("- {op: test, path: /data/size, value: '3'}", {"data.size": "3"}, id="test"),
    pytest.param("- {op: test, path: /data/nope, value: null}", {"data.size": "3"},
                 id="test of nothing"),
    pytest.param("- {op: add, path: /l, value: [b]}\n- {op: add, path: /l/0, value: a}\n"
                 "- {op: add, path: /l/-, value: c}\n- {op: remove, path: /l/-1}",
                 {"l": ["a", "b"]}, id="places in lists"),
    pytest.param("- {op: replace, path: /data/size, value: 5}", {"data.size": 5}, id="numbers"),
    pytest.param("- {op: replace, path: /data/nope, value: x}", {"data.nope": "x"},
                 id="replace need not find"),
    pytest.param("# nothing", {"data.size": "3"}, id="only a comment"),
]  # fmt: skip


@pytest.mark.parametrize(("patch", "expected"), OPERATIONS)
def test_operations_change_one_field_each(patch: str, expected: dict[str, Any]) -> None:
    built = patched(patch, "settings.yaml", "{kind: ConfigMap}")
    assert {path: field(built, f"ConfigMap/settings {path}") for path in expected} == expected


FAILING: list[Any] = [
    pytest.param("- {op: remove, path: /data/nope}", "/data/nope"),
    pytest.param("- {op: add, path: /no/way, value: 1}", "/no/way"),
    pytest.param("- {op: test, path: /data/size, value: 3}", "/data/size"),
    pytest.param("- {op: copy, from: /x/y, path: /z}", "/z"),
    pytest.param("- {op: add, path: /data/0/x, value: 1}", "/data/0/x"),
    pytest.param("- {op: replace, path: '', value: 1}", ""),
    pytest.param("- {op: add, path: /metadata, value: 1}", ""),
]


@pytest.mark.parametrize(("patch", "pointer"), FAILING)
def test_an_operation_that_cannot_be_done_names_its_path(patch: str, pointer: str) -> None:
    with pytest.raises(BuildError) as caught:
        patched(patch, "settings.yaml", "{kind: ConfigMap}")
    assert (caught.value.file, caught.value.field) == ("kustomization.yaml", "patches[0]")
    assert pointer in str(caught.value)


MARK = "apiVersion: v1\nkind: Any\nmetadata: {name: any, labels: {hit: 'yes'}}"
TARGETS: list[Any] = [
    pytest.param("{kind: Deployment}", {"Deployment/web"}),
    pytest.param("{name: web}", {"Deployment/web", "Service/web"}),
    pytest.param("{name: w.*}", {"Deployment/web", "Service/web"}, id="pattern"),
    pytest.param("{name: we}", set(), id="anchored pattern"),
    pytest.param("{kind: Deployment|Service, name: web}", {"Deployment/web", "Service/web"},
                 id="alternatives"),
    pytest.param("{group: apps}", {"Deployment/web"}, id="group"),
    pytest.param("{version: v1, kind: Service}", {"Service/web"}, id="version"),
    pytest.param("{labelSelector: app=web}", {"Deployment/web"}, id="label"),
    pytest.param("{labelSelector: '!app'}", {"Service/web", "ConfigMap/settings"}, id="no label"),
    pytest.param("{labelSelector: 'app in (web, api)'}", {"Deployment/web"}, id="label in"),
    pytest.param("{labelSelector: 'app notin (web)'}", {"Service/web", "ConfigMap/settings"},
                 id="label notin"),
    pytest.param("{labelSelector: 'app!=api,app'}", {"Deployment/web"}, id="two label terms"),
    pytest.param("{annotationSelector: x=y}", set(), id="annotation"),
    pytest.param("{annotationSelector: '!x', kind: Service}", {"Service/web"}, id="no annotation"),
    pytest.param("{namespace: default, kind: Service}", {"Service/web"}, id="effective namespace"),
    pytest.param("{namespace: other}", set(), id="another namespace"),
    pytest.param("{}", {"Deployment/web", "Service/web", "ConfigMap/settings"}, id="everything"),
]  # fmt: skip


@pytest.mark.parametrize(("target", "hit"), TARGETS)
def test_a_target_selects_objects(target: str, hit: set[str]) -> None:
    built = patched(MARK, "deploy.yaml, service.yaml, settings.yaml", target)
    found = {
        name for name in names(built) if (field(built, f"{name} metadata.labels") or {}).get("hit")
    }
    assert found == hit
    expected = () if hit else ("patch 1 of kustomization.yaml matches no object",)
    assert built.findings == expected, "a patch that hits nothing is a finding"


def test_names_before_and_after_renaming_both_select() -> None:
    text = """
    resources: [base]
    patches:
    - {{target: {{name: {name}}}, patch: '[{{"op": "add", "path": "/x", "value": 1}}]'}}
    == base/kustomization.yaml
    namePrefix: p-
    resources: [../settings.yaml]
    """
    for name in ("settings", "p-settings"):
        assert rendered(text.format(name=name)).objects[0]["x"] == 1


RENAMING: list[Any] = [
    pytest.param("", "Deployment/web", id="not allowed"),
    pytest.param("options: {allowNameChange: true}", "Deployment/other", id="name"),
    pytest.param("options: {allowKindChange: true}", "StatefulSet/web", id="kind"),
    pytest.param("options: {allowNameChange: true, allowKindChange: true}", "StatefulSet/other",
                 id="both"),
]  # fmt: skip


@pytest.mark.parametrize(("options", "expected"), RENAMING)
def test_a_patch_renames_only_when_it_may(options: str, expected: str) -> None:
    built = rendered(
        f"""
        resources: [deploy.yaml]
        patches:
        - target: {{kind: Deployment}}
          patch: |
            apiVersion: apps/v1
            kind: StatefulSet
            metadata: {{name: other}}
          {options}
        """
    )
    assert names(built) == [expected]


IN_FILES: list[Any] = [
    pytest.param("patches: [{path: p.yaml}]", id="patches"),
    pytest.param("patchesStrategicMerge: [p.yaml]", id="patchesStrategicMerge"),
    pytest.param("patches: [{path: p.yaml, target: {kind: Deployment}}]", id="with a target"),
    pytest.param("patchesStrategicMerge:\n- |\n  apiVersion: apps/v1\n  kind: Deployment\n"
                 "  metadata: {name: web}\n  spec: {replicas: 7}", id="legacy inline"),
]  # fmt: skip


@pytest.mark.parametrize("fields", IN_FILES)
def test_patches_stand_in_files_or_inline(fields: str) -> None:
    built = rendered(
        f"resources: [deploy.yaml]\n{fields}\n== p.yaml\n"
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 7}\n"
    )
    assert field(built, "Deployment/web spec.replicas") == 7


LEGACY: list[Any] = [
    pytest.param("path: ops.yaml", id="yaml file"),
    pytest.param("path: ops.json", id="json file"),
    pytest.param("patch: '- {op: replace, path: /spec/replicas, value: 7}'", id="inline yaml"),
]


@pytest.mark.parametrize("how", LEGACY)
def test_the_old_json_patches_work_on(how: str) -> None:
    built = rendered(
        f"""
        resources: [deploy.yaml]
        patchesJson6902:
        - target: {{version: v1, group: apps, kind: Deployment, name: web}}
          {how}
        == ops.yaml
        - op: replace
          path: /spec/replicas
          value: 7
        == ops.json
        [{{"op": "replace", "path": "/spec/replicas", "value": 7}}]
        """
    )
    assert field(built, "Deployment/web spec.replicas") == 7


def test_the_old_json_patches_run_after_names_and_labels() -> None:
    built = rendered(
        """
        resources: [settings.yaml]
        namePrefix: p-
        commonLabels: {a: b}
        patchesJson6902:
        - target: {version: v1, kind: ConfigMap, name: settings}
          patch: '[{"op": "test", "path": "/metadata/labels/a", "value": "b"}]'
        """
    )
    assert names(built) == ["ConfigMap/p-settings"]


def test_several_documents_of_one_patch_each_find_their_object() -> None:
    built = patched(
        web("{serviceAccountName: other}")
        + "\n---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {type: NodePort}",
        "deploy.yaml, service.yaml",
    )
    assert field(built, f"{WEB}.serviceAccountName") == "other"
    assert field(built, "Service/web spec.type") == "NodePort"


def test_one_patch_on_many_objects_leaves_nothing_shared() -> None:
    built = patched(
        "apiVersion: v1\nkind: X\nmetadata: {name: x}\nspec: {deep: {list: [1]}}",
        "deploy.yaml, service.yaml",
        "{name: web}",
    )
    one, two = (o["spec"]["deep"] for o in built.objects)
    assert one == two and one is not two and one["list"] is not two["list"]


def test_doubled_keys_of_a_list_become_one_when_the_object_is_patched() -> None:
    built = rendered(
        """
        resources: [pod.yaml]
        patches:
        - {target: {kind: Pod}, patch: '{apiVersion: v1, kind: Pod, metadata: {name: p}}'}
        == pod.yaml
        apiVersion: v1
        kind: Pod
        metadata: {name: p}
        spec: {containers: [{name: c, env: [{name: A, value: x}, {name: A, value: y}]}]}
        """
    )
    assert field(built, "Pod/p spec.containers[0].env") == [{"name": "A", "value": "y"}]
