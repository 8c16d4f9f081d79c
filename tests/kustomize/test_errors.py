"""A person makes mistakes; each is told by file and field, and never crashes the renderer."""

from __future__ import annotations

from textwrap import dedent
from typing import Any

import pytest

from fluxtui.domain.errors import BuildError
from tests.kustomize.trees import rendered

TOP = "kustomization.yaml"
ONE = "resources: [settings.yaml]\n"
WRONG: list[Any] = [
    # the file itself
    pytest.param("nope: 1", TOP, "nope", "unknown field"),
    pytest.param(ONE + "patches: [{nope: 1}]", TOP, "patches[0].nope", "unknown field"),
    pytest.param(ONE + "images: [{name: a, tag: b}]", TOP, "images[0].tag", "unknown field"),
    pytest.param("resources: settings.yaml", TOP, "resources", "must be a list"),
    pytest.param("resources: [1]", TOP, "resources[0]", "must be a string"),
    pytest.param(ONE + "namePrefix: 1", TOP, "namePrefix", "must be a string"),
    pytest.param(ONE + "commonLabels: {a: 1}", TOP, "commonLabels.a", "must be a string"),
    pytest.param(ONE + "commonLabels: [a]", TOP, "commonLabels", "must be a mapping"),
    pytest.param(ONE + "replicas: [{name: a, count: x}]", TOP, "replicas[0].count", "whole number"),
    pytest.param(
        ONE + "replicas: [{name: a, count: 9223372036854775808}]", TOP, "replicas[0].count",
        "64 bits",
    ),
    pytest.param(ONE + "labels: [{pairs: {a: b}, includeSelectors: 1}]", TOP,
                 "labels[0].includeSelectors", "true or false"),
    pytest.param("[a]", TOP, "", "is a mapping"),
    pytest.param("kind: Kustomization", TOP, "", "is empty"),
    pytest.param("kind: Other\n" + ONE, TOP, "kind", "should be"),
    pytest.param("apiVersion: v1\n" + ONE, TOP, "apiVersion", "should be"),
    pytest.param(ONE + "helmCharts: [{name: x}]", TOP, "helmCharts", "Helm"),
    pytest.param(ONE + "helmChartInflationGenerator: [{chartName: x}]", TOP,
                 "helmChartInflationGenerator", "Helm"),
    pytest.param("resources: [a]\n  b: c", TOP, "", "not valid YAML"),
    # resources
    pytest.param("resources: [nope.yaml]", TOP, "resources[0]", "neither a file nor a folder"),
    pytest.param("resources: ['']", TOP, "resources[0]", "empty path"),
    pytest.param("resources: [b]\n== b/x.yaml\na: b", "b", "resources[0]", "no kustomization.yaml"),
    pytest.param("resources: [settings.yaml, settings.yaml]", "settings.yaml", "resources[1]",
                 "already there"),
    pytest.param("resources: [.]", TOP, "resources[0]", "cycle"),
    pytest.param("resources: [b]\n== b/kustomization.yaml\nresources: [../c]\n"
                 "== c/kustomization.yaml\nresources: [../b]", "c/kustomization.yaml",
                 "resources[0]", "cycle"),
    pytest.param("resources: [../x]", TOP, "resources[0]", "out of the bundle"),
    pytest.param("resources: [/etc/passwd]", TOP, "resources[0]", "absolute"),
    pytest.param("resources: ['https://x.io/a.yaml']", TOP, "resources[0]", "remote"),
    pytest.param("resources: ['github.com/a/b?ref=main']", TOP, "resources[0]", "remote"),
    pytest.param("resources: ['git@github.com:a/b']", TOP, "resources[0]", "remote"),
    pytest.param("resources: [b]\n== b/kustomization.yaml\nkind: Component\nnamePrefix: a",
                 "b/kustomization.yaml", "kind", "not a Kustomization"),
    pytest.param(ONE + "components: [b]\n== b/kustomization.yaml\nnamePrefix: a",
                 "b/kustomization.yaml", "kind", "not a Component"),
    pytest.param(ONE + "components: [settings.yaml]", TOP, "components[0]", "neither"),
    pytest.param("resources: [b]\n== b/kustomization.yaml\nnamePrefix: a\n== b/Kustomization\na: b",
                 "b", "resources[0]", "several"),
    pytest.param("resources: [a.yaml]\n== a.yaml\nmetadata: {name: a}", "a.yaml", "kind",
                 "missing kind"),
    pytest.param("resources: [a.yaml]\n== a.yaml\nkind: A", "a.yaml", "metadata.name", "missing"),
    pytest.param("resources: [a.yaml]\n== a.yaml\n- a", "a.yaml", "resources[0]",
                 "not a Kubernetes object"),
    pytest.param("resources: [a.yaml]\n== a.yaml\n{kind: AList, items: 1}", "a.yaml", "items",
                 "must be a list"),
    # patches
    pytest.param(ONE + "patches: [{}]", TOP, "patches[0]", "must be set"),
    pytest.param(ONE + "patches: [{patch: a, path: b}]", TOP, "patches[0]", "only one"),
    pytest.param(ONE + "patches: [{path: nope.yaml}]", TOP, "patches[0]", "no such file"),
    pytest.param(ONE + "patches: [{patch: nonsense}]", TOP, "patches[0]", "neither"),
    pytest.param(ONE + "patches: [{patch: '[{\"op\": \"remove\", \"path\": \"/x\"}]'}]", TOP,
                 "patches[0]", "target"),
    pytest.param(ONE + "patches: [{patch: '[{\"op\": \"dance\", \"path\": \"/x\"}]',"
                 " target: {}}]", TOP, "patches[0]", "unknown operation"),
    pytest.param(ONE + "patches: [{patch: '{apiVersion: v1, kind: A, metadata: {name: a}}'}]",
                 TOP, "patches[0]", "no resource matches"),
    pytest.param(ONE + "patches: [{patch: '{apiVersion: v1, kind: A, metadata: {name: a}}',"
                 " target: {name: '('}}]", TOP, "patches[0]", "does not parse"),
    pytest.param(ONE + "patches: [{patch: '{apiVersion: v1, kind: A, metadata: {name: a}}',"
                 " target: {labelSelector: 'a b'}}]", TOP, "patches[0]", "does not parse"),
    pytest.param(ONE + "patches: [{patch: '{apiVersion: v1, kind: ConfigMap, metadata: {name:"
                 " settings}, $patch: dance}'}]", TOP, "patches[0]", "unknown patch strategy"),
    pytest.param(ONE + "patches: [{patch: '{apiVersion: v1, kind: ConfigMap, metadata: {name:"
                 " settings}, data: [a]}'}]", TOP, "patches[0]", "data"),
    pytest.param(ONE + "patchesStrategicMerge: [nope.yaml]", TOP,
                 "patchesStrategicMerge[0]", "no such file"),
    pytest.param(ONE + "patchesStrategicMerge: ['# nothing']", TOP, "patchesStrategicMerge",
                 "empty"),
    pytest.param(ONE + "patchesJson6902: [{path: settings.yaml, target: {kind: A}}]", TOP,
                 "patchesJson6902[0]", "target"),
    # generators
    pytest.param("configMapGenerator: [{literals: [a=b]}]", TOP, "name", "needs a name"),
    pytest.param("configMapGenerator: [{name: a, literals: [novalue]}]", TOP, "literals",
                 "not key=value"),
    pytest.param("configMapGenerator: [{name: a, literals: [a=1, a=2]}]", TOP, "a", "repeats"),
    pytest.param("configMapGenerator: [{name: a, literals: ['5=x']}]", TOP, "5", "reads as"),
    pytest.param("configMapGenerator: [{name: a, files: [nope]}]", TOP,
                 "configMapGenerator[0]", "no such file"),
    pytest.param("configMapGenerator: [{name: a, files: ['a=b=c']}]", TOP, "files", "path"),
    pytest.param("configMapGenerator: [{name: a, files: ['https://x.io/y']}]", TOP,
                 "configMapGenerator[0]", "network"),
    pytest.param("secretGenerator: [{name: a, envs: [nope]}]", TOP, "secretGenerator[0]",
                 "no such file"),
    pytest.param("configMapGenerator: [{name: a, behavior: merge}]", TOP,
                 "configMapGenerator[0]", "does not exist"),
    pytest.param(ONE + "configMapGenerator: [{name: settings}]", TOP, "configMapGenerator[0]",
                 "exists already"),
    # fields and references
    pytest.param(ONE + "replicas: [{name: nope, count: 1}]", TOP, "replicas[0]", "nope"),
    pytest.param("resources: [two.yaml]\nnamespace: prod\n== two.yaml\n"
                 "{apiVersion: v1, kind: A, metadata: {name: a, namespace: x}}\n---\n"
                 "{apiVersion: v1, kind: A, metadata: {name: a, namespace: y}}", "two.yaml",
                 "namespace", "two objects"),
    pytest.param(ONE + "commonLabels: {'5': x}", TOP, "5", "reads as"),
    pytest.param("resources: [a.yaml]\ncommonLabels: {a: b}\n== a.yaml\n"
                 "{kind: A, metadata: {name: a, labels: [x]}}", TOP, "labels", "mapping"),
    pytest.param(ONE + "replacements: [{source: {name: nope}, targets: [{select: {}}]}]", TOP,
                 "source", "nothing is selected"),
    pytest.param(ONE + "replacements: [{source: {name: settings}}]", TOP, "replacements[0]",
                 "at least one target"),
    pytest.param(ONE + "replacements: [{source: {name: settings, fieldPath: a.b}, targets:"
                 " [{select: {}}]}]", TOP, "source.fieldPath", "has no a.b"),
    pytest.param(ONE + "replacements: [{source: {name: settings}, targets: [{select: {name:"
                 " settings}, fieldPaths: [data.nope]}]}]", "settings.yaml", "data.nope",
                 "has no field"),
    pytest.param(ONE + "replacements: [{source: {name: settings}, targets: [{fieldPaths: [a]}]}]",
                 TOP, "replacements[0].targets[0].select", "select"),
    pytest.param(ONE + "vars: [{name: A, objref: {kind: Pod, name: p}}]", TOP, "vars", "not there"),
    pytest.param(ONE + "vars: [{name: A}, {name: A}]", TOP, "vars", "twice"),
    pytest.param(ONE + "sortOptions: {order: nope}", TOP, "sortOptions.order", "fifo or legacy"),
    pytest.param(ONE + "sortOptions: {order: fifo, legacySortOptions: {}}", TOP,
                 "sortOptions.legacySortOptions", "fifo"),
    # configuration and plugins
    pytest.param(ONE + "configurations: [c.yaml]\n== c.yaml\nnope: []", "c.yaml", "nope",
                 "unknown field"),
    pytest.param(ONE + "configurations: [c.yaml]\n== c.yaml\nimages: 1", "c.yaml", "images",
                 "list of mappings"),
    pytest.param(ONE + "configurations: [c.yaml]\n== c.yaml\nnamePrefix: [{path: metadata/name,"
                 " create: true}]", "c.yaml", "metadata/name", "conflicting"),
    pytest.param(ONE + "crds: [c.yaml]\n== c.yaml\n- a", "c.yaml", "crds[0]", "mapping"),
    pytest.param(ONE + "openapi: {version: v9}", TOP, "openapi.version", "not built in"),
    pytest.param(ONE + "openapi: {version: v1.21.2, path: x}", TOP, "openapi", "exclude"),
    pytest.param(ONE + "openapi: {path: nope.json}", TOP, "openapi.path", "no such file"),
    pytest.param(ONE + "transformers: ['{apiVersion: x.io/v1, kind: T, metadata: {name: t}}']",
                 TOP, "apiVersion", "programs and containers are not run"),
    pytest.param(ONE + "transformers: ['{apiVersion: builtin, kind: T, metadata: {name: t}}']",
                 TOP, "kind", "not a built-in transformer"),
    pytest.param("generators: ['{apiVersion: builtin, kind: G, metadata: {name: g}}']", TOP,
                 "kind", "not a built-in generator"),
    pytest.param(ONE + "transformers: ['{apiVersion: builtin, kind: PrefixTransformer, metadata:"
                 " {name: t}, prefix: a}']", TOP, "fieldSpecs", "must be given"),
    pytest.param(ONE + "transformers: ['{apiVersion: builtin, kind: NamespaceTransformer,"
                 " metadata: {name: t}, setRoleBindingSubjects: x}']", TOP,
                 "setRoleBindingSubjects", "one of"),
    pytest.param(ONE + "validators: ['{apiVersion: builtin, kind: AnnotationsTransformer,"
                 " metadata: {name: t}, annotations: {a: b}, fieldSpecs: [{path:"
                 " metadata/annotations, create: true}]}']", TOP, "validators", "changed"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "file", "field", "what"), WRONG)
def test_a_mistake_names_its_file_and_field(text: str, file: str, field: str, what: str) -> None:
    with pytest.raises(BuildError) as caught:
        rendered(dedent(text))
    problem = caught.value
    assert (problem.file, problem.field) == (file, field)
    assert what in problem.what


def test_an_ambiguous_reference_names_who_could_be_meant() -> None:
    with pytest.raises(BuildError, match="may mean any of") as caught:
        rendered(
            """
            resources: [left, right, binding.yaml]
            == binding.yaml
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata: {name: all}
            roleRef: {apiGroup: x, kind: ClusterRole, name: r}
            subjects: [{kind: ServiceAccount, name: sa}]
            == left/kustomization.yaml
            {namespace: left, resources: [../sa.yaml]}
            == right/kustomization.yaml
            {namespace: right, resources: [../sa.yaml]}
            == sa.yaml
            {apiVersion: v1, kind: ServiceAccount, metadata: {name: sa}}
            """
        )
    assert (caught.value.file, caught.value.field) == ("binding.yaml", "subjects")


def test_a_message_reads_as_one_sentence_with_its_place() -> None:
    with pytest.raises(BuildError) as caught:
        rendered("resources: [a.yaml]\n== a.yaml\nkind: A\n---\nkind: B\nmetadata: {}\n")
    assert str(caught.value) == "a.yaml:1 metadata.name: missing metadata.name in A"


LINES: list[Any] = [
    pytest.param("resources:\n- settings.yaml\n- ../x\n", 3, id="a path out of the root"),
    pytest.param("resources:\n- settings.yaml\n- nope.yaml\n", 3, id="a missing file"),
    pytest.param("resources:\n- .\n", 2, id="a base of itself"),
    pytest.param("resources:\n- settings.yaml\n- https://x.io/a.yaml\n", 3, id="a remote base"),
    pytest.param(ONE + "helmCharts:\n- name: x\n", 3, id="Helm"),
    pytest.param(ONE + "patches:\n- path: nope.yaml\n", 3, id="a missing patch"),
    pytest.param(ONE + "namePrefix: p\nnope: 1\n", 3, id="an unknown field"),
    pytest.param(ONE + "replicas:\n- name: nope\n  count: 1\n", 3, id="nothing to count"),
    pytest.param(ONE + "transformers:\n- tool.yaml\n== tool.yaml\nkind: T\napiVersion: x.io/v1\n"
                 "metadata: {name: t}\n", 2, id="a program"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line"), LINES)
def test_a_mistake_names_its_line(text: str, line: int) -> None:
    with pytest.raises(BuildError) as caught:
        rendered(text)
    assert caught.value.line == line
    assert f":{line} " in str(caught.value)
