"""The form of an answer: JSON, YAML, pretty, compressed, metadata alone, and what cannot be had."""

from __future__ import annotations

import gzip
import json

import pytest
import yaml

from tests.contract.reads import (
    METADATA,
    METADATA_LIST,
    TABLE,
    ask,
    make_maps,
    maps_of,
    take,
    version_of,
)
from tests.contract.server import crd, define
from tests.world.apiserver.client import FLUX, Client, config_map, kustomization

JSON, YAML = "application/json", "application/yaml"


def accepting(accept: str) -> dict[str, str]:
    return {"Accept": accept}


@pytest.mark.parametrize(
    "accept",
    ["", "*/*", JSON, "text/html,*/*;q=0.1", f"application/pdf,{JSON}", f"{JSON};pretty=0"],
)
def test_json_is_what_most_get(api: Client, ns: str, accept: str) -> None:
    make_maps(api, ns, "a")
    for path in (maps_of(ns), f"{maps_of(ns)}/a", "/api/v1", "/apis"):
        answer = ask(api, path, headers=accepting(accept))
        assert answer.status == 200 and answer.headers["Content-Type"] == JSON
        assert answer.data.endswith(b"}\n") and answer.data.count(b"\n") == 1


@pytest.mark.parametrize("accept", [YAML, f"{JSON};q=0.1,{YAML}"])
def test_yaml_for_who_prefers_it(api: Client, ns: str, accept: str) -> None:
    make_maps(api, ns, "a")
    for path in (maps_of(ns), f"{maps_of(ns)}/a", f"{maps_of(ns)}/none", "/apis/apps/v1"):
        answer = ask(api, path, headers=accepting(accept))
        assert answer.headers["Content-Type"] == YAML
        plain = ask(api, path, headers=accepting(JSON)).json
        told = yaml.safe_load(answer.data)
        assert told["kind"] == plain["kind"] and set(told) == set(plain)


@pytest.mark.parametrize("accept", ["application/pdf", "text/html", "text/plain", "text/*"])
def test_other_forms_are_not_acceptable(api: Client, ns: str, accept: str) -> None:
    for path in (maps_of(ns), f"{maps_of(ns)}/a", "/api/v1", "/apis/apps/v1", "/version"):
        answer = ask(api, path, headers=accepting(accept))
        assert (answer.status, answer.json["reason"]) == (406, "NotAcceptable"), path
        assert answer.json["message"].startswith("406: Not Acceptable\n\nAvailable represen")
        assert answer.headers["Content-Type"] == JSON


def test_custom_kinds_and_lists_of_groups_say_it_in_other_words(api: Client) -> None:
    beginning = "only the following media types are accepted: application/json, application/yaml"
    for path in (FLUX, "/apis", "/apis/apps"):
        answer = ask(api, path, headers=accepting("application/pdf"))
        assert (answer.status, answer.json["reason"]) == (406, "NotAcceptable")
        assert answer.json["message"].startswith(beginning)
    assert ask(api, FLUX, headers=accepting("application/*")).status == 200
    assert ask(api, "/api/v1/pods", headers=accepting("application/*")).status == 406


@pytest.mark.parametrize(
    "accept",
    [
        f"{JSON};as=Table",
        f"{JSON};as=Table;v=v2;g=meta.k8s.io",
        f"{JSON};as=Tableau;v=v1;g=meta.k8s.io",
        f"{JSON};as=Table;v=v1;g=example.com",
    ],
)
def test_an_unknown_conversion_is_passed_over(api: Client, ns: str, accept: str) -> None:
    make_maps(api, ns, "a")
    answer = ask(api, maps_of(ns), headers=accepting(accept))
    assert (answer.status, answer.json["reason"]) == (406, "NotAcceptable")
    fallback = ask(api, maps_of(ns), headers=accepting(f"{accept},{JSON}"))
    assert fallback.ok()["kind"] == "ConfigMapList"


def test_pretty_is_for_people(api: Client, ns: str) -> None:
    make_maps(api, ns, "a")
    one = f"{maps_of(ns)}/a"
    pretty = [
        ask(api, one, pretty="true"),
        ask(api, one, pretty="1"),
        ask(api, one, headers=accepting(f"{JSON};pretty=1")),
        ask(api, one, headers={"User-Agent": "curl/8.5.0"}),
        ask(api, one, headers={"User-Agent": "Mozilla/5.0 (X11)"}),
    ]
    for answer in pretty:
        assert answer.data.startswith(b'{\n  "') and answer.ok()["kind"] == "ConfigMap"
    plain = [
        ask(api, one, headers={"User-Agent": "curl/8"}, pretty="false"),
        ask(api, one, pretty=""),
    ]
    for answer in plain:
        assert answer.data.startswith(b'{"')


def test_metadata_alone(api: Client, ns: str) -> None:
    version = make_maps(api, ns, "a")
    one = ask(api, f"{maps_of(ns)}/a", headers=accepting(METADATA)).ok()
    assert (one["kind"], one["apiVersion"]) == ("PartialObjectMetadata", "meta.k8s.io/v1")
    assert set(one) == {"kind", "apiVersion", "metadata"} and one["metadata"]["name"] == "a"
    listed = ask(api, maps_of(ns), headers=accepting(METADATA_LIST)).ok()
    assert listed["kind"] == "PartialObjectMetadataList"
    assert listed["items"] == [one] and version_of(listed) >= version
    older = METADATA.replace("v1", "v1beta1")
    assert ask(api, f"{maps_of(ns)}/a", headers=accepting(older)).ok()["apiVersion"] == (
        "meta.k8s.io/v1beta1"
    )


def test_a_list_is_no_object_and_an_object_no_list(api: Client, ns: str) -> None:
    make_maps(api, ns, "a")
    answers = [
        (ask(api, maps_of(ns), headers=accepting(METADATA)), "is a list ("),
        (ask(api, f"{maps_of(ns)}/a", headers=accepting(METADATA_LIST)), "is not a list ("),
    ]
    for answer, words in answers:
        assert (answer.status, answer.json["reason"]) == (406, "NotAcceptable")
        assert f", but the requested object {words}" in answer.json["message"]


def test_metadata_of_custom_objects(api: Client, ns: str) -> None:
    place = FLUX.replace("default", ns)
    api.post(place, kustomization("apps")).ok()
    listed = ask(api, place, headers=accepting(METADATA_LIST)).ok()
    assert [set(item) for item in listed["items"]] == [{"kind", "apiVersion", "metadata"}]


def test_a_watch_of_metadata(api: Client, ns: str) -> None:
    version = make_maps(api, ns, "a")
    make_maps(api, ns, "b")
    with api.watch(maps_of(ns), accept=METADATA, resourceVersion=version) as stream:
        change, told = stream.next()
    assert (change, told["kind"]) == ("ADDED", "PartialObjectMetadata")
    assert set(told) == {"kind", "apiVersion", "metadata"}


def test_a_watch_speaks_no_yaml(api: Client, ns: str) -> None:
    answer = ask(api, maps_of(ns), headers=accepting(YAML), watch="true", timeoutSeconds=1)
    assert answer.status == 406
    told = yaml.safe_load(answer.data)
    assert told["message"].startswith("only the following media types are accepted: ")
    assert "application/json;stream=watch" in told["message"]
    with api.watch(maps_of(ns), accept=f"{JSON};stream=watch") as stream:
        make_maps(api, ns, "a")
        assert take(stream, 1) == [("ADDED", "a")]


def test_a_large_answer_is_compressed_for_who_can_read_it(api: Client, ns: str) -> None:
    api.post(maps_of(ns), config_map("large", {"text": "word " * 60_000})).ok()
    api.post(maps_of(ns), config_map("small", {"text": "word"})).ok()
    path = f"{maps_of(ns)}/large"
    packed = ask(api, path, headers={"Accept-Encoding": "deflate, gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Vary"] == "Accept-Encoding"
    assert len(packed.data) < 100_000
    assert json.loads(gzip.decompress(packed.data)) == ask(api, path).json
    for headers in ({}, {"Accept-Encoding": "deflate"}):
        assert "Content-Encoding" not in ask(api, path, headers=headers).headers
    small = ask(api, f"{maps_of(ns)}/small", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in small.headers and small.ok()["data"] == {"text": "word"}


def test_large_lists_of_custom_objects_and_tables_are_compressed(
    api: Client, ns: str, group: str
) -> None:
    define(api, crd(group))
    widgets = f"/apis/{group}/v1/namespaces/{ns}/widgets"
    head = {"apiVersion": f"{group}/v1", "kind": "Widget", "metadata": {"name": "w"}}
    api.post(widgets, head | {"spec": {"text": "word " * 60_000}}).ok()
    for accept in (JSON, f"{TABLE},{JSON}"):
        headers = accepting(accept) | {"Accept-Encoding": "gzip"}
        answer = ask(api, widgets, headers=headers, includeObject="Object")
        assert answer.headers["Content-Encoding"] == "gzip"
        assert json.loads(gzip.decompress(answer.data))["kind"] in ("WidgetList", "Table")


def test_bodies_in_unknown_forms_are_refused(api: Client, ns: str) -> None:
    for media in ("text/plain", "application/xml", "application/cbor"):
        answer = api.send("POST", maps_of(ns), config_map("a"), media=media)
        assert (answer.status, answer.json["reason"]) == (415, "UnsupportedMediaType")
