"""Which ConfigMaps and Secrets the Pods of an object cannot start without, and what of them."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from fluxtui.domain.review.references import PULL, references


def of(container: str = "", spec: str = "") -> list[tuple[str, str, str, str]]:
    text = f"""
kind: Deployment
spec:
  template:
    spec:
      containers: [{{name: web, image: a{container}}}]
{spec}"""
    obj: Any = yaml.safe_load(text)
    return [(r.kind, r.name, r.use, r.key) for r in references(obj)]


def env(value: str) -> str:
    return f", env: [{{name: A, valueFrom: {{{value}}}}}]"


def volume(value: str, more: str = "") -> tuple[str, str]:
    return more, f"      volumes: [{{name: v, {value}}}]\n"


@pytest.mark.parametrize(
    ("container", "found"),
    [
        ("", []),
        (env("secretKeyRef: {name: db, key: k}"), [("Secret", "db", "A of web", "k")]),
        (env("configMapKeyRef: {name: c, key: k}"), [("ConfigMap", "c", "A of web", "k")]),
        (env("secretKeyRef: {name: db, key: k, optional: true}"), []),
        (env("secretKeyRef: {name: db, key: k, optional: false}"),
         [("Secret", "db", "A of web", "k")]),
        (env("fieldRef: {fieldPath: x}"), []),
        (env("secretKeyRef: {key: k}"), []),  # it names none
        (", envFrom: [{secretRef: {name: s}}, {configMapRef: {name: c}}, {configMapRef: {}}]",
         [("Secret", "s", "envFrom of web", ""), ("ConfigMap", "c", "envFrom of web", "")]),
        (env("configMapKeyRef: {name: kube-root-ca.crt, key: k}"), []),  # every namespace has it
        (env("secretKeyRef: {name: kube-root-ca.crt, key: k}"),
         [("Secret", "kube-root-ca.crt", "A of web", "k")]),
    ],
)  # fmt: skip
def test_variables_come_out_of_what_they_name(container: str, found: list[Any]) -> None:
    assert of(container) == found


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        (volume("secret: {secretName: s}"), [("Secret", "s", "volume v", "")]),
        (volume("configMap: {name: c, items: [{key: a}, {key: b}]}"),
         [("ConfigMap", "c", "volume v", "a"), ("ConfigMap", "c", "volume v", "b")]),
        (volume("configMap: {name: c, items: [{path: x}]}"), [("ConfigMap", "c", "volume v", "")]),
        (volume("configMap: {name: c, optional: true}"), []),
        (volume("emptyDir: {}"), []),
        (volume("projected: {sources: [{secret: {name: s}}, {configMap: {name: c}}]}"),
         [("Secret", "s", "volume v", ""), ("ConfigMap", "c", "volume v", "")]),
    ],
)  # fmt: skip
def test_volumes_are_made_of_what_they_name(parts: tuple[str, str], found: list[Any]) -> None:
    assert of(*parts) == found


@pytest.mark.parametrize(
    ("mount", "file"),
    [
        ("{name: v, subPath: a.yaml}", "a.yaml"),
        ("{name: v, subPath: /a.yaml/}", "a.yaml"),
        ("{name: v, subPath: dir/a.yaml}", ""),
        ("{name: v}", ""),
        ("{name: other, subPath: a.yaml}", ""),
    ],
)
def test_a_file_that_is_mounted_by_itself_has_to_be_in_it(mount: str, file: str) -> None:
    mounts = f", volumeMounts: [{mount}]"
    whole = ("ConfigMap", "c", "volume v", "")
    one = ("ConfigMap", "c", "a file of web", file)
    assert of(*volume("configMap: {name: c}", mounts)) == ([whole, one] if file else [whole])
    listed = volume("configMap: {name: c, items: [{key: k}]}", mounts)
    assert of(*listed) == [("ConfigMap", "c", "volume v", "k")], "its entries are named already"


def test_pull_secrets_are_needed_too_and_what_makes_no_pods_needs_nothing() -> None:
    secrets = "      imagePullSecrets: [{name: p}, {}]\n"
    assert of("", secrets) == [("Secret", "p", PULL, "")]
    assert list(references({"kind": "Service", "spec": {"template": {}}})) == []
