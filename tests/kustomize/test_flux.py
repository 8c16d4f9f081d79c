"""Flux reconciles a Kustomization: its spec is merged into the bundle, variables are put in."""

from __future__ import annotations

from typing import Any

import pytest

from fluxtui.domain.errors import BuildError, SubstitutionError
from fluxtui.kustomize import collect_variables, flux_build
from fluxtui.kustomize.files import MemoryFiles
from fluxtui.kustomize.variables import Variables
from tests.kustomize.trees import field, names, reconciled

PLAIN = "resources: [settings.yaml]\n"
SPECS: list[Any] = [
    pytest.param(PLAIN, {}, ["ConfigMap/settings"]),
    pytest.param(PLAIN, {"targetNamespace": "prod"}, ["ConfigMap/prod/settings"]),
    pytest.param(PLAIN + "namespace: own", {"targetNamespace": "prod"},
                 ["ConfigMap/prod/settings"], id="targetNamespace replaces"),
    pytest.param(PLAIN + "namePrefix: own-", {"namePrefix": "p-", "nameSuffix": "-s"},
                 ["ConfigMap/p-settings-s"], id="affixes replace"),
    pytest.param(PLAIN + "components: [c]\n== c/kustomization.yaml\nkind: Component\n"
                 "nameSuffix: -c\n== d/kustomization.yaml\nkind: Component\nnameSuffix: -d",
                 {"components": ["d"]}, ["ConfigMap/settings-c-d"], id="components are added"),
    pytest.param(PLAIN, {"components": ["nope"], "ignoreMissingComponents": True},
                 ["ConfigMap/settings"], id="a missing component may be ignored"),
    pytest.param(PLAIN, {"components": ["../up"], "ignoreMissingComponents": True},
                 ["ConfigMap/settings"], id="outside of the bundle all is missing"),
    pytest.param(PLAIN + "whatIsThis: 1", {}, ["ConfigMap/settings"],
                 id="an unknown field is dropped, as Flux does"),
    pytest.param(PLAIN + "namespace: own\nnamePrefix: own-",
                 {"targetNamespace": "", "namePrefix": ""}, ["ConfigMap/settings"],
                 id="an empty text takes the file's away"),
    pytest.param(PLAIN + "components: [gh.d]\n== gh.d/kustomization.yaml\nkind: Component\n"
                 "nameSuffix: -c\n== github.com.d/kustomization.yaml\nkind: Component\n"
                 "nameSuffix: -d",
                 {"components": ["github.com.d"]}, ["ConfigMap/settings-c-d"],
                 id="a folder may be called nearly as a host"),
    pytest.param(PLAIN, {"buildMetadata": ["whatIsThis"]}, ["ConfigMap/settings"],
                 id="an option that nobody knows is no error"),
    pytest.param(PLAIN, {"patches": [{"target": {}, "patch": "{kind: X, metadata: {name: any}, "
                                      "$patch: delete}"}]}, [],
                 id="an empty target selects every object"),
    pytest.param(PLAIN + "commonLabels: {a: 1}", {}, ["ConfigMap/settings"],
                 id="numbers for text are read as text"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "spec", "expected"), SPECS)
def test_the_spec_is_merged_into_the_file(
    text: str, spec: dict[str, Any], expected: list[str]
) -> None:
    assert names(reconciled(text, spec)) == expected


def test_an_unknown_field_that_flux_drops_is_a_finding() -> None:
    assert reconciled(PLAIN + "whatIsThis: 1", {}).findings == (
        "kustomization.yaml: unknown field whatIsThis is dropped",
    )


def test_patches_of_the_spec_come_after_those_of_the_file() -> None:
    patch = "- {{op: {}, path: /data/colour, value: {}}}"
    text = (
        PLAIN
        + f"patches: [{{target: {{kind: ConfigMap}}, patch: '{patch.format('replace', 'red')}'}}]"
    )
    spec = {
        "patches": [
            {"target": {"kind": "ConfigMap"}, "patch": patch.format("test", "red")},
            {"target": {"kind": "ConfigMap"}, "patch": patch.format("replace", "green")},
            {"target": {"kind": "Nope"}, "patch": patch.format("replace", "black")},
        ]
    }
    built = reconciled(text, spec)
    assert field(built, "ConfigMap/settings data.colour") == "green"
    assert built.findings == ("patch 3 of Kustomization apps/demo matches no object",)


IMAGES: list[Any] = [
    pytest.param("newTag: '1'", {"newName": "n"}, "n:1"),
    pytest.param("digest: sha256:a", {"newName": "n"}, "n@sha256:a"),
    pytest.param("newTag: '1'", {"digest": "sha256:b"}, "app@sha256:b"),
    pytest.param("{newName: o, digest: sha256:a}", {"newTag": "2"}, "o:2"),
    pytest.param("newTag: '1'", {"newTag": "2", "digest": "sha256:b"}, "app:2@sha256:b"),
]


@pytest.mark.parametrize(("mine", "theirs", "expected"), IMAGES)
def test_images_are_merged_by_name(mine: str, theirs: dict[str, str], expected: str) -> None:
    built = reconciled(
        f"""
        resources: [p.yaml]
        images: [{{name: app, {mine.strip("{}")}}}]
        == p.yaml
        {{apiVersion: v1, kind: Pod, metadata: {{name: p}}, spec: {{containers: [{{image: app}}]}}}}
        """,
        {"images": [{"name": "app", **theirs}]},
    )
    assert field(built, "Pod/p spec.containers[0].image") == expected


GENERATED: list[Any] = [
    pytest.param("== d/a.yaml\n{kind: A, apiVersion: v1, metadata: {name: a}}\n", ["A/a"]),
    pytest.param("== d/b.yaml\n{kind: B, apiVersion: v1, metadata: {name: b}}\n== d/a.yml\n"
                 "{kind: A, apiVersion: v1, metadata: {name: a}}\n", ["A/a", "B/b"],
                 id="in the order of bytes"),
    pytest.param("== d/sub/kustomization.yaml\n{resources: [x], namePrefix: p-}\n== d/sub/x\n"
                 "{kind: A, apiVersion: v1, metadata: {name: a}}\n", ["A/p-a"],
                 id="a folder with its own file"),
    pytest.param("== d/x/y/z.yaml\n{kind: A, apiVersion: v1, metadata: {name: a}}\n", ["A/a"],
                 id="deep below"),
    pytest.param("== d/README.md\nhello\n", [], id="nothing there"),
    pytest.param("== d/.yaml\n{kind: A, apiVersion: v1, metadata: {name: a}}\n", ["A/a"],
                 id="a name that is all extension"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), GENERATED)
@pytest.mark.parametrize("path", ["d", "./d", "/d/", "x/../d"])
def test_a_folder_without_a_file_gets_one(text: str, expected: list[str], path: str) -> None:
    assert names(reconciled(text, {}, path)) == expected


def test_a_file_without_resources_notes_origins() -> None:
    built = reconciled("configMapGenerator: [{name: m}]", {})
    assert "origin" in str(built.objects[0]["metadata"]["annotations"])


WRONG: list[Any] = [
    pytest.param("== d/v.yaml\nreplicas: 1\n", {}, "d", "d/v.yaml", "kind"),
    pytest.param(PLAIN, {}, "nope", "nope", ""),
    pytest.param(PLAIN, {"components": ["/abs"]}, ".", "kustomization.yaml", "spec.components[0]"),
    pytest.param(PLAIN, {"components": ["https://x/y"]}, ".", "kustomization.yaml",
                 "spec.components[0]"),
    pytest.param(PLAIN, {"components": ["nope"]}, ".", "kustomization.yaml", "components[0]"),
    pytest.param(PLAIN + "resources2: [", {}, ".", "kustomization.yaml", ""),
    pytest.param("== d/a.yaml\n{kind: A, metadata: {name: a}}\n", {}, "d", "", "apiVersion"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "spec", "path", "file", "where"), WRONG)
def test_what_flux_refuses_is_refused(
    text: str, spec: dict[str, Any], path: str, file: str, where: str
) -> None:
    with pytest.raises(BuildError) as caught:
        reconciled(text, spec, path)
    assert (caught.value.file, caught.value.field) == (file, where)


KNOWN = Variables({"N": "3", "T": "text", "E": "", "Q": 'a"b', "Y": "true"})
PUT_IN: list[Any] = [
    pytest.param("${T}", "text"),
    pytest.param('"${T}"', "text", id="quotes are lost on the way"),
    pytest.param("${N}", 3, id="a bare number becomes one"),
    pytest.param("${Y}", True, id="so does a boolean"),
    pytest.param("v${N}", "v3"),
    pytest.param("${NOPE:=d}", "d"),
    pytest.param("${E:-d}", "d"),
    pytest.param("$${T}", "${T}", id="escaped"),
    pytest.param("$T", "$T", id="without braces"),
]


@pytest.mark.parametrize(("value", "expected"), PUT_IN)
def test_variables_are_put_into_the_objects_text(value: str, expected: Any) -> None:
    text = (
        "resources: [a.yaml]\n== a.yaml\napiVersion: v1\nkind: A\nmetadata: {name: a}\nx: "
        f"{value}\n"
    )
    assert field(reconciled(text, {}, variables=KNOWN), "A/a x") == expected


@pytest.mark.parametrize("where", ["labels", "annotations"])
def test_an_object_can_opt_out(where: str) -> None:
    text = f"""
    resources: [a.yaml]
    == a.yaml
    apiVersion: v1
    kind: A
    metadata: {{name: a, {where}: {{kustomize.toolkit.fluxcd.io/substitute: disabled}}}}
    x: ${{{{ matrix }}}}
    y: "${{NOPE}}"
    """
    assert field(reconciled(text, {}, variables=KNOWN), "A/a y") == "${NOPE}"


def test_without_variables_nothing_is_touched_unless_asked() -> None:
    text = "resources: [a.yaml]\n== a.yaml\n{apiVersion: v1, kind: A, metadata: {name: a}, x: $$}\n"
    assert field(reconciled(text, {}), "A/a x") == "$$"
    always = {"postBuild": {"substituteStrategy": "Always"}}
    assert field(reconciled(text, always), "A/a x") == "$"


@pytest.mark.parametrize(
    ("value", "error"), [('"${NOPE}"', SubstitutionError), ('"${!x}"', SubstitutionError)]
)
def test_a_variable_that_is_not_set_names_the_object(value: str, error: type[Exception]) -> None:
    text = f"resources: [a.yaml]\n== a.yaml\n{{apiVersion: v1, kind: A, metadata: {{name: a}}, x: {value}}}\n"  # noqa: E501
    with pytest.raises(error, match="post build failed for 'v1/A/a'"):
        reconciled(text, {}, variables=KNOWN)


def test_a_value_that_breaks_the_yaml_is_an_error() -> None:
    text = "resources: [a.yaml]\n== a.yaml\n{apiVersion: v1, kind: A, metadata: {name: a}, x: '${B}'}\n"  # noqa: E501
    with pytest.raises(BuildError, match="not valid YAML"):
        reconciled(text, {}, variables=Variables({"B": "a: b: c"}))


def kustomization(post: dict[str, Any]) -> dict[str, Any]:
    """A Flux Kustomization with a postBuild."""
    return {"metadata": {"name": "demo", "namespace": "apps"}, "spec": {"postBuild": post}}


def test_later_sources_win_and_inline_wins_over_all() -> None:
    found = collect_variables(
        kustomization(
            {
                "substituteFrom": [
                    {"kind": "ConfigMap", "name": "one"},
                    {"kind": "Secret", "name": "two"},
                    {"kind": "ConfigMap", "name": "missing", "optional": True},
                ],
                "substitute": {"c": "inline"},
            }
        ),
        {"apps/one": {"a": "1\n2", "b": "one"}},
        {"apps/two": {"b": "two", "c": "two"}},
    )
    assert found.values == {"a": "12", "b": "two", "c": "inline"}
    assert found.secret == {"b"}, "what inline text covers is no secret any more"


@pytest.mark.parametrize(
    "post",
    [
        {"substituteFrom": [{"kind": "ConfigMap", "name": "missing"}]},
        {"substituteFrom": [{"kind": "ConfigMap", "name": "bad"}]},
        {"substitute": {"a-b": "c"}},
    ],
)
def test_a_missing_source_or_a_bad_name_fails_where_an_object_takes_variables(
    post: dict[str, Any],
) -> None:
    found = collect_variables(kustomization(post), {"apps/bad": {"1a": "x"}}, {})
    with pytest.raises(SubstitutionError, match=r"not found|var name is invalid"):
        reconciled(PLAIN, {}, variables=found)
    aside = PLAIN + "commonAnnotations: {kustomize.toolkit.fluxcd.io/substitute: disabled}"
    assert names(reconciled(aside, {}, variables=found)) == ["ConfigMap/settings"]
    gone = "{kind: X, metadata: {name: any}, $patch: delete}"
    emptied = {"patches": [{"target": {}, "patch": gone}]}
    assert names(reconciled(PLAIN, emptied, variables=found)) == []


def test_a_substring_that_cuts_a_character_breaks_the_build_as_its_yaml_would() -> None:
    text = "resources: [a.yaml]\n== a.yaml\n{apiVersion: v1, kind: A, metadata: {name: a}, x: '${T:0:2}'}\n"  # noqa: E501
    with pytest.raises(BuildError, match=r"post build failed for 'v1/A/a'.*UTF-8"):
        reconciled(text, {}, variables=Variables({"T": "Köln"}))


def test_a_number_put_into_an_annotation_is_a_number_as_the_api_will_say() -> None:
    text = "resources: [a.yaml]\n== a.yaml\n{apiVersion: v1, kind: A, metadata: {name: a, annotations: {x: '${N}'}}}\n"  # noqa: E501
    assert field(reconciled(text, {}, variables=KNOWN), "A/a metadata.annotations.x") == 3


def test_patch_fields_of_an_older_api_are_still_read() -> None:
    target = {"version": "v1", "kind": "ConfigMap", "name": "settings"}
    spec = {
        "patchesStrategicMerge": [
            {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"},
             "data": {"colour": "red"}}
        ],
        "patchesJson6902": [
            {"target": target, "patch": [{"op": "add", "path": "/data/shape", "value": "round"}]}
        ],
    }  # fmt: skip
    built = reconciled(PLAIN, spec)
    assert field(built, "ConfigMap/settings data.colour") == "red"
    assert field(built, "ConfigMap/settings data.shape") == "round"


def test_bytes_of_a_secret_that_are_no_text_break_the_build() -> None:
    text = "resources: [a.yaml]\n== a.yaml\n{apiVersion: v1, kind: A, metadata: {name: a}, x: '${K}'}\n"  # noqa: E501
    with pytest.raises(BuildError, match="UTF-8"):
        reconciled(text, {}, variables=Variables({"K": b"\xff".decode("utf-8", "surrogateescape")}))


@pytest.mark.parametrize("value", ["\\x7f", "\\u0085", "\\u009b", "\\x07", "\\uFFFE", "\\t", "ü"])
def test_a_text_that_no_yaml_can_hold_breaks_the_build(value: str) -> None:
    text = f'resources: [a.yaml]\n== a.yaml\n{{apiVersion: v1, kind: A, metadata: {{name: a}}, x: "{value}"}}\n'  # noqa: E501
    if value in ("\\x07", "\\u0085", "\\t", "ü"):  # what JSON escapes, and what is a character
        assert names(reconciled(text, {})) == ["A/a"]
        return
    with pytest.raises(BuildError, match="control characters"):
        reconciled(text, {})


@pytest.mark.parametrize("value", ["\x01", "\x1b[2J", "a\x7f", "\x0b"])
@pytest.mark.parametrize("quote", ["", "'"])
def test_a_control_character_put_in_by_a_variable_breaks_the_build(value: str, quote: str) -> None:
    text = f"resources: [a.yaml]\n== a.yaml\napiVersion: v1\nkind: A\nmetadata: {{name: a}}\nx: {quote}${{T}}{quote}\n"  # noqa: E501
    with pytest.raises(BuildError, match="control characters"):
        reconciled(text, {}, variables=Variables({"T": value}))


def test_an_object_without_an_api_version_is_refused_unless_only_the_build_is_asked_for() -> None:
    files = MemoryFiles({"a.yaml": b"{kind: Widget, metadata: {name: w}}"})
    with pytest.raises(BuildError, match="no apiVersion"):
        flux_build(files, ".", {})
    (obj,) = flux_build(files, ".", {}, untyped=True).objects
    assert obj == {"kind": "Widget", "metadata": {"name": "w"}}
