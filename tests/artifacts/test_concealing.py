"""A comparison of bundles by lines shows where a Secret's value has changed, never to what."""

from __future__ import annotations

import pytest

from fluxtui.artifacts import diff_files

OLD, NEW = "hunter2", "correct-horse"


def manifest(value: str, image: str = "a:1") -> bytes:
    return f"""\
# what the web needs
apiVersion: v1
kind: Secret
metadata:
  name: login
  namespace: shop
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: '{{"data": "{value}"}}'
stringData:
  user: web-{value}  # who
  "key.pem": |
    begin {value}
    end
data: {{b: "{value}"}}
---
kind: Pod
spec: {{image: {image}}}
""".encode()


def shown(before: dict[str, bytes], after: dict[str, bytes]) -> str:
    changes = diff_files(before, after)
    text = "\n".join(
        line for change in changes for line in (change.path, change.why_no_lines, *change.lines)
    )
    assert OLD not in text and NEW not in text, text
    return text


def test_a_changed_value_is_named_and_the_lines_around_it_are_as_they_were() -> None:
    text = shown({"s.yaml": manifest(OLD)}, {"s.yaml": manifest(NEW, "a:2")})
    for line in (
        "-  user: (secret shop/login#user)  # who",
        "+  user: (secret shop/login#user, changed)  # who",
        '+  "key.pem": (secret shop/login#key.pem, changed)',
        "+data: {b: (secret shop/login#b, changed)}",
        "+spec: {image: a:2}",
        " kind: Pod",
    ):
        assert line in text.splitlines(), text


def test_an_equal_value_is_no_difference() -> None:
    text = shown({"s.yaml": manifest(OLD)}, {"s.yaml": manifest(OLD, "a:2")})
    assert "changed" not in text and "-spec: {image: a:1}" in text


@pytest.mark.parametrize("side", ["before", "after"])
def test_a_file_on_one_side_shows_none_either(side: str) -> None:
    file = {"s.yaml": manifest(OLD)}
    text = shown(*((file, {}) if side == "before" else ({}, file)))
    assert "user: (secret shop/login#user)" in text


def test_what_a_generator_takes_is_not_shown() -> None:
    def bundle(value: str) -> dict[str, bytes]:
        generator = f"secretGenerator:\n- name: made\n  literals: ['a={value}', 'b=2']\n"
        generator += "  envs: [deep/made.env]\n  files: [k=key.pem, ../up.txt]\n"
        return {
            "app/kustomization.yaml": generator.encode(),
            "app/deep/made.env": f"A={value}\n".encode(),
            "app/key.pem": value.encode(),
            "up.txt": value.encode(),
            "plain.txt": b"open",
        }

    text = shown(bundle(OLD), {**bundle(NEW), "plain.txt": b"shut"})
    assert "(secret made#a, changed)" in text and "(secret made#b)" in text
    assert text.count("a Secret's values, not shown") == 3 and "+shut" in text


def test_lists_patches_and_json_hold_secrets_too() -> None:
    def bundle(value: str) -> dict[str, bytes]:
        patch = f"patches:\n- patch: |\n    kind: Secret\n    stringData: {{a: {value}}}\n"
        listed = f"kind: List\nitems:\n- kind: Secret\n  stringData: &x {{a: {value}}}\n"
        json = f'{{"kind": "Secret", "metadata": {{"name": "j"}}, "data": {{"a": "{value}"}}}}'
        return {
            "kustomization.yaml": patch.encode(), "list.yml": listed.encode(),
            "one.json": json.encode(),
        }  # fmt: skip

    text = shown(bundle(OLD), bundle(NEW))
    assert text.count(", changed)") == 3


def test_a_patch_for_secrets_is_one_whatever_it_says() -> None:
    def bundle(value: str) -> dict[str, bytes]:
        operation = f"- {{op: replace, path: /stringData/a, value: {value}}}"
        patches = f"patches:\n- target: {{kind: Secret}}\n  patch: |-\n    {operation}\n"
        patches += "- target: {kind: Secret, name: x}\n  path: p.yaml\n"
        patches += "patchesJson6902:\n- target: {kind: Secret, name: x}\n  path: old.yaml\n"
        return {
            "kustomization.yaml": patches.encode(),
            "p.yaml": operation.encode(),
            "old.yaml": operation.encode(),
        }

    text = shown(bundle(OLD), bundle(NEW))
    assert text.count(", changed)") == 1 and text.count("a Secret's values, not shown") == 2


def test_what_does_not_parse_is_not_shown_when_it_speaks_of_a_secret() -> None:
    broken = b"kind: Secret\nstringData: {a: "
    text = shown({"s.yaml": broken + b"hunter2"}, {"s.yaml": broken + b"correct-horse"})
    assert "not YAML, and it speaks of a Secret: not shown" in text
    text = shown({"s.yaml": b"a: {{ b }}: c\n"}, {"s.yaml": b"a: {{ c }}: c\n"})
    assert "+a: {{ c }}: c" in text
