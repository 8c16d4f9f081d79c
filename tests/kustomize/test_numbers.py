"""Numbers are Go's: what float64 cannot hold is text, and what went through JSON is a float64."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluxtui.domain.errors import BuildError
from fluxtui.kustomize import load_manifests
from fluxtui.kustomize.numbers import float_text, number
from fluxtui.kustomize.scalars import text_of
from fluxtui.kustomize.variables import Variables
from tests.kustomize.trees import field, reconciled, rendered

CONFIG = (
    "resources: [a.yaml]\n{more}== a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n"
)
TOO_LARGE = ["12e3456", "1e400", "-1e400", "+1e309", ".5e400", "1_0e400", "1.7976931348623159e308"]


@pytest.mark.parametrize("text", TOO_LARGE)
@pytest.mark.parametrize("mode", ["kustomize", "kubectl"])
def test_digits_beyond_float64_are_text(text: str, mode: str) -> None:
    assert load_manifests(f"a: {text}\n", mode=mode) == [{"a": text}]


@given(st.from_regex(r"[0-9]{1,3}e[0-9]{1,4}", fullmatch=True))
def test_every_short_commit_hash_that_looks_like_a_number_can_be_read(text: str) -> None:
    value = load_manifests(f"a: {text}\n")[0]["a"]
    assert value == text if isinstance(value, str) else float(text) == value


def test_such_a_hash_stays_what_it_is_everywhere_in_a_build() -> None:
    built = rendered(
        "resources: [deploy.yaml, a.yaml]\n"
        "images: [{name: ghcr.io/acme/web, newTag: 12e3456}]\n"
        "commonLabels: {sha: 12e3456}\ncommonAnnotations: {commit: 1e10000}\n"
        "configMapGenerator: [{name: made, literals: [sha=12e3456]}]\n"
        "patches:\n- patch: |\n"
        "    apiVersion: v1\n    kind: ConfigMap\n    metadata: {name: a}\n    data: {p: 12e3456}\n"
        "- target: {kind: ConfigMap, name: a}\n  patch: |\n"
        "    - {op: add, path: /data/o, value: 12e3456}\n"
        "== a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n"
        "  annotations: {own: 12e3456}\ndata: {sha: 12e3456}\n"
    )
    assert field(built, "ConfigMap/a data") == dict.fromkeys(("sha", "p", "o"), "12e3456")
    assert field(built, "ConfigMap/a metadata.labels.sha") == "12e3456"
    assert field(built, "ConfigMap/a metadata.annotations") == {
        "own": "12e3456",
        "commit": "1e10000",
    }
    image = field(built, "Deployment/web spec.template.spec.containers[0].image")
    assert image == "ghcr.io/acme/web:12e3456"
    assert field(built, "ConfigMap/made* data.sha") == "12e3456"


@pytest.mark.parametrize(
    ("value", "expected"),
    [("12e3456", "12e3456"), ("553640e6", 553640000000), ("1e-400", 0), ("1e21", 1e21)],
)
def test_a_variable_becomes_the_number_that_go_reads(value: str, expected: Any) -> None:
    text = CONFIG.format(more="") + "data:\n  bare: ${V}\n  in: x${V}\n"
    built = reconciled(text, {}, variables=Variables({"V": value}))
    assert field(built, "ConfigMap/a data") == {"bare": expected, "in": f"x{value}"}


@pytest.mark.parametrize(
    ("text", "written"),
    [("18446744073709551616", "18446744073709552000"), ("-9223372036854775809",
     "-9223372036854776000"), ("1234567890123456789.5", "1234567890123456800"),
     ("18446744073709551615", "18446744073709551615"), ("1e15", "1000000000000000")],
)  # fmt: skip
def test_a_whole_number_has_the_digits_that_go_writes(text: str, written: str) -> None:
    assert json.dumps(load_manifests(f"a: {text}\n")[0]["a"]) == written


@pytest.mark.parametrize("patched", [True, False])
def test_what_went_through_json_is_a_float64(patched: bool) -> None:
    """A list of operations and post-build variables take the whole object through JSON."""
    operation = (
        "patches:\n- target: {kind: ConfigMap}\n  patch: |\n"
        "    - {op: add, path: /data/b, value: 9007199254740993}\n"
    )
    text = CONFIG.format(more=operation * patched) + (
        "data: {a: 9007199254740993, c: 9223372036854775807}\n"
    )
    variables = None if patched else Variables({"UNUSED": "1"})
    data = field(reconciled(text, {}, variables=variables), "ConfigMap/a data")
    assert data.pop("b", None) == (9007199254740992 if patched else None)
    assert data == {"a": 9007199254740992, "c": 9223372036854776000}


@pytest.mark.parametrize(
    ("value", "text"),
    [(1e21, "1e+21"), (1e6, "1e+06"), (999999.0, "999999"), (1234567.5, "1.2345675e+06"),
     (0.0001, "0.0001"), (0.00001, "1e-05"), (-1.5e-7, "-1.5e-07"), (0.0, "0"), (-2.0, "-2"),
     (5.5364e11, "5.5364e+11"), (100000.0, "100000")],
)  # fmt: skip
def test_floats_print_as_go_prints_them(value: float, text: str) -> None:
    assert float_text(value) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_printed_float_reads_as_the_same_number(value: float) -> None:
    assert float(number(float_text(value))) == value


def test_a_patched_number_that_becomes_text_is_printed_as_a_float() -> None:
    text = CONFIG.format(
        more="patches:\n- target: {kind: ConfigMap}\n"
        '  patch: \'[{"op": "add", "path": "/data/n", "value": 3000000}]\'\n'
        "replacements:\n- source: {kind: ConfigMap, fieldPath: data.n}\n  targets:\n"
        "  - {select: {kind: ConfigMap}, fieldPaths: [data.t], options: {delimiter: ':'}}\n"
    )
    built = rendered(text + "data: {t: 'a:b'}\n")
    assert field(built, "ConfigMap/a data") == {"n": 3000000, "t": "3e+06:b"}


@pytest.mark.parametrize(
    ("tag", "image"),
    [("553640e6", "web:5.5364e+11"), ("3.14159265358979", "web:3.1415927"), ("1e308", "web:+Inf"),
     ("12e3456", "web:12e3456"), ("0x10", "web:16"), ("1.10", "web:1.1"), ("1e3", "web:1000")],
)  # fmt: skip
def test_flux_reads_a_number_into_a_text_as_float32(tag: str, image: str) -> None:
    text = (
        f"resources: [pod.yaml]\nimages: [{{name: web, newTag: {tag}}}]\n"
        "== pod.yaml\napiVersion: v1\nkind: Pod\nmetadata: {name: p}\n"
        "spec: {containers: [{name: a, image: 'web:1'}]}\n"
    )
    built = reconciled(text, {"targetNamespace": "n"})
    assert field(built, "Pod/p spec.containers[0].image") == image


@pytest.mark.parametrize("text", [".inf", "-.Inf", ".nan"])
def test_no_number_is_a_text_in_annotations_and_quoted_fields_else_an_error(text: str) -> None:
    note = CONFIG.format(more="") + f"  annotations:\n    n: {text}\n"
    assert field(rendered(note), "ConfigMap/a metadata.annotations.n") == text
    patch = (
        "patches:\n- patch: |\n    apiVersion: v1\n    kind: ConfigMap\n"
        f"    metadata: {{name: a}}\n    data: {{n: {text}}}\n"
    )
    quoted = rendered(CONFIG.format(more=patch) + "data: {n: 'x'}\n")
    assert field(quoted, "ConfigMap/a data.n") == text
    with pytest.raises(BuildError, match="cannot be written as JSON"):
        rendered(CONFIG.format(more="") + f"data: {{n: {text}}}\n")


@pytest.mark.parametrize("text", ["True", "FALSE", "~", "Null", "0x1F", "1e3", "0.0", "False"])
def test_a_scalar_keeps_its_text_until_it_is_written(text: str) -> None:
    assert text_of(load_text(text)) == text
    note = CONFIG.format(more="") + f"  annotations:\n    n: {text}\n"
    assert field(rendered(note), "ConfigMap/a metadata.annotations.n") == text
    if text not in ("~", "Null"):
        patch = (
            "patches:\n- patch: |\n    apiVersion: v1\n    kind: ConfigMap\n"
            f"    metadata: {{name: a}}\n    data: {{n: {text}}}\n"
        )
        quoted = rendered(CONFIG.format(more=patch) + "data: {n: 'x'}\n")
        assert field(quoted, "ConfigMap/a data.n") == text


def load_text(text: str) -> Any:
    from fluxtui.kustomize.reader import load_values

    return load_values(f"a: {text}\n")[0]["a"]


def test_json_knows_no_infinity() -> None:
    with pytest.raises(BuildError, match="a JSON patch"):
        rendered(
            "resources: [settings.yaml]\npatches:\n- target: {kind: ConfigMap}\n"
            '  patch: \'[{"op": "add", "path": "/data/n", "value": Infinity}]\'\n'
        )
