"""A person lets the renderer make ConfigMaps and Secrets; names carry a hash of the content."""

from __future__ import annotations

from typing import Any

import pytest

from tests.kustomize.trees import field, names, rendered

FILES = """
== app.env
# colours
COLOUR=red
EMPTY=
ALONE
  INDENTED=yes
== sub/config.ini
[main]
size = 3
"""

CONTENT: list[Any] = [
    pytest.param("literals: [a=b, c=d=e]", {"a": "b", "c": "d=e"}, id="literals"),
    pytest.param("literals: [\"a='x y'\", 'b=\"z\"', 'c=\"']",
                 {"a": "x y", "b": "z", "c": '"'}, id="literal quotes"),
    pytest.param("literals: [n=1, t=true]", {"n": "1", "t": "true"}, id="literals are text"),
    pytest.param("files: [sub/config.ini]", {"config.ini": "[main]\nsize = 3\n"}, id="file"),
    pytest.param("files: [conf=sub/config.ini]", {"conf": "[main]\nsize = 3\n"}, id="named file"),
    pytest.param("files: [k=sub/config.ini, sub/config.ini]",
                 {"config.ini": "[main]\nsize = 3\n", "k": "[main]\nsize = 3\n"}, id="two files"),
    pytest.param("envs: [app.env]",
                 {"COLOUR": "red", "EMPTY": "", "ALONE": "", "INDENTED": "yes"}, id="env file"),
    pytest.param("env: app.env",
                 {"COLOUR": "red", "EMPTY": "", "ALONE": "", "INDENTED": "yes"}, id="old env"),
    pytest.param("{envs: [app.env], literals: [x=y]}",
                 {"COLOUR": "red", "EMPTY": "", "ALONE": "", "INDENTED": "yes", "x": "y"},
                 id="env file and literals"),
]  # fmt: skip


def entry(args: str) -> str:
    """A generator entry called `made` with further fields."""
    return "{name: made, " + args.strip("{}") + "}"


@pytest.mark.parametrize(("args", "expected"), CONTENT)
def test_a_config_map_holds_what_the_sources_say(args: str, expected: dict[str, str]) -> None:
    built = rendered(f"configMapGenerator:\n- {entry(args)}\n{FILES}")
    assert built.objects[0]["data"] == expected


def test_bytes_that_are_no_text_become_binary_data() -> None:
    from fluxtui.kustomize import build
    from fluxtui.kustomize.files import MemoryFiles

    files = MemoryFiles(
        {
            "kustomization.yaml": b"configMapGenerator:\n- {name: m, files: [x.bin, t.txt]}\n",
            "x.bin": b"\xff\xfe\x00",
            "t.txt": "grün".encode(),
        }
    )
    obj = build(files).objects[0]
    assert (obj["binaryData"], obj["data"]) == ({"x.bin": "//4A"}, {"t.txt": "grün"})


SECRETS: list[Any] = [
    pytest.param("literals: [a=b]", "Opaque", {"a": "Yg=="}, id="literals"),
    pytest.param("{type: kubernetes.io/tls, literals: [tls.key=k]}", "kubernetes.io/tls",
                 {"tls.key": "aw=="}, id="type"),
    pytest.param("envs: [app.env]", "Opaque",
                 {"COLOUR": "cmVk", "EMPTY": "", "ALONE": "", "INDENTED": "eWVz"}, id="env file"),
    pytest.param("files: [long.txt]", "Opaque",
                 {"long.txt": "eHh4" * 17 + "eH\nh4eHh4eHh4\n"}, id="long values are broken"),
    pytest.param("env: app.env", "Opaque",
                 {"COLOUR": "cmVk", "EMPTY": "", "ALONE": "", "INDENTED": "eWVz"}, id="old env"),
]  # fmt: skip


@pytest.mark.parametrize(("args", "kind", "expected"), SECRETS)
def test_a_secret_holds_base64(args: str, kind: str, expected: dict[str, str]) -> None:
    long = "== long.txt\n" + "x" * 60
    obj = rendered(f"secretGenerator:\n- {entry(args)}\n{FILES}{long}").objects[0]
    assert (obj["type"], obj["data"]) == (kind, expected)


HASHES: list[Any] = [
    pytest.param("configMapGenerator: [{name: m, literals: [a=b]}]", "ConfigMap/m-4h2mbtbbt6"),
    pytest.param("secretGenerator: [{name: m, literals: [a=b]}]", "Secret/m-k695gkmbtk"),
    pytest.param("configMapGenerator: [{name: m, literals: [a=b], options: "
                 "{disableNameSuffixHash: true}}]", "ConfigMap/m", id="switched off for one"),
    pytest.param("{configMapGenerator: [{name: m, literals: [a=b]}], "
                 "generatorOptions: {disableNameSuffixHash: true}}", "ConfigMap/m",
                 id="switched off for all"),
    pytest.param("{secretGenerator: [{name: m}], generatorOptions: "
                 "{disableNameSuffixHash: true}}", "Secret/m", id="an empty Secret"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), HASHES)
def test_names_carry_a_hash_unless_told_not_to(text: str, expected: str) -> None:
    assert field(rendered(text), f"{expected} metadata.name")


def test_the_hash_follows_the_content_and_nothing_else() -> None:
    def name(args: str) -> str:
        return names(rendered(f"configMapGenerator: [{{name: m, literals: [a=b]{args}}}]"))[0]

    assert name("") == name(", options: {labels: {k: v}}")
    assert name("") != name(", files: [settings.yaml]")


def test_references_follow_the_hash() -> None:
    built = rendered(
        """
        resources: [deploy.yaml]
        configMapGenerator: [{name: settings, literals: [colour=red]}]
        """
    )
    name = names(built)[1].removeprefix("ConfigMap/")
    assert name != "settings"
    spec = "Deployment/web spec.template.spec"
    assert field(built, f"{spec}.volumes[0].configMap.name") == name
    assert field(built, f"{spec}.containers[0].env[1].valueFrom.configMapKeyRef.name") == name


OPTIONS: list[Any] = [
    pytest.param("labels", {"team": "own", "of": "all"}),
    pytest.param("annotations", {"team": "own", "of": "all"}),
]


@pytest.mark.parametrize(("kind", "expected"), OPTIONS)
@pytest.mark.parametrize("generator", ["configMapGenerator", "secretGenerator"])
def test_own_options_win_over_general_ones(
    generator: str, kind: str, expected: dict[str, str]
) -> None:
    built = rendered(
        f"""
        {generator}: [{{name: m, options: {{{kind}: {{team: own}}}}}}]
        generatorOptions: {{{kind}: {{team: all, of: all}}}}
        """
    )
    assert built.objects[0]["metadata"][kind] == expected


@pytest.mark.parametrize(
    "text",
    [
        "configMapGenerator: [{name: m, options: {immutable: true}}]",
        "secretGenerator: [{name: m, options: {immutable: true}}]",
        "{configMapGenerator: [{name: m}], generatorOptions: {immutable: true}}",
    ],
)
def test_generated_objects_can_be_immutable(text: str) -> None:
    assert rendered(text).objects[0]["immutable"] is True


BEHAVIOR: list[Any] = [
    pytest.param("merge", {"colour": "red", "size": "3"}, id="merge"),
    pytest.param("replace", {"colour": "red"}, id="replace"),
]


@pytest.mark.parametrize(("behavior", "expected"), BEHAVIOR)
@pytest.mark.parametrize("prefix", ["", "namePrefix: p-"])
def test_an_overlay_changes_a_generated_config_map(
    behavior: str, expected: dict[str, str], prefix: str
) -> None:
    built = rendered(
        f"""
        resources: [base]
        configMapGenerator:
        - {{name: settings, behavior: {behavior}, literals: [colour=red]}}
        == base/kustomization.yaml
        configMapGenerator:
        - {{name: settings, literals: [colour=blue, size=3]}}
        {prefix}
        """
    )
    assert [o["data"] for o in built.objects] == [expected]
    assert built.objects[0]["metadata"]["name"].startswith("p-settings-" if prefix else "settings-")


@pytest.mark.parametrize(("behavior", "keys"), [("merge", {"a", "b"}), ("replace", {"b"})])
def test_an_overlay_changes_a_generated_secret(behavior: str, keys: set[str]) -> None:
    built = rendered(
        f"""
        resources: [base]
        secretGenerator: [{{name: s, behavior: {behavior}, literals: [b=2]}}]
        == base/kustomization.yaml
        secretGenerator: [{{name: s, literals: [a=1]}}]
        """
    )
    assert built.objects[0]["data"].keys() == keys


@pytest.mark.parametrize("generator", ["configMapGenerator", "secretGenerator"])
def test_a_namespace_tells_generated_objects_apart(generator: str) -> None:
    built = rendered(
        f"{generator}: [{{name: m, namespace: one}}, {{name: m, namespace: two}}, {{name: m}}]"
    )
    assert [o["metadata"].get("namespace") for o in built.objects] == ["one", "two", None]


def test_merging_into_a_listed_object_adds_no_hash() -> None:
    built = rendered(
        """
        resources: [settings.yaml]
        configMapGenerator: [{name: settings, behavior: merge, literals: [colour=red]}]
        """
    )
    assert names(built) == ["ConfigMap/settings"]
    assert field(built, "ConfigMap/settings data") == {"colour": "red", "size": "3"}
