"""What a write sends: bodies that do not parse, say they are something else, or are too much."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.server import crd, define
from tests.contract.writing import Writer, causes_of, warnings_of
from tests.world.apiserver.client import MERGE, Answer, Client, Json, config_map

TYPE_META = (
    'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; '
    'Kind string "json:\\"kind,omitempty\\"" }'
)


def no_object(kind: str) -> str:
    return f"json: cannot unmarshal {kind} into Go value of type {TYPE_META}"


def said(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.json["message"]


@pytest.fixture
def maps(ns: str) -> str:
    return f"/api/v1/namespaces/{ns}/configmaps"


@pytest.mark.parametrize(
    ("body", "why", "shown"),
    [
        (b"{x", "invalid character 'x' looking for beginning of object key string", "{x"),
        (b'{"a":1', "unexpected end of JSON input", '{"a":1'),
        (b'{"a":1}}', "invalid character '}' after top-level value", '{"a":1}}'),
        (b'{"a" 1}', "invalid character '1' after object key", '{"a" 1}'),
        (b'{"a":1 "b":2}', "invalid character '\"' after object key:value pair", '{"a":1 "b":2}'),
        (b'{"a":[1 2]}', "invalid character '2' after array element", '{"a":[1 2]}'),
        (
            b"{'a':1}",
            "invalid character '\\'' looking for beginning of object key string",
            "{'a':1}",
        ),
        (b'{"a":tru}', "invalid character '}' in literal true (expecting 'e')", '{"a":tru}'),
        (b"nope", "invalid character 'o' in literal null (expecting 'u')", "6e6f7065"),
        (b"", "unexpected end of JSON input", "<empty>"),
        (b"  ", "unexpected end of JSON input", "2020"),
        (b"[]", no_object("array"), "5b5d"),
        (b'"x"', no_object("string"), "227822"),
        (b"5", no_object("number"), "35"),
        (
            b'{"apiVersion": "v1", "kind": 5, "metadata": {}}',
            "json: cannot unmarshal number into Go struct field .kind of type string",
            '{"apiVersion": "v1", "kind": 5 ...',
        ),
    ],
)
def test_a_body_that_does_not_parse(
    api: Client, maps: str, body: bytes, why: str, shown: str
) -> None:
    text = "the object provided is unrecognized (must be of type ConfigMap): "
    answer = api.post(maps, body)
    assert said(answer) == (
        400,
        f"{text}couldn't get version/kind; json parse error: {why} ({shown})",
    )
    assert answer.json["reason"] == "BadRequest"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"a: [", "yaml: line 1: did not find expected node content (613a205b)"),
        (
            b"a:\n\t- b",
            "yaml: line 2: found character that cannot start any token (613a0a092d2062)",
        ),
    ],
)
def test_yaml_that_does_not_parse(api: Client, maps: str, body: bytes, why: str) -> None:
    answer = api.send("POST", maps, body, media="application/yaml")
    text = f"the object provided is unrecognized (must be of type ConfigMap): {why}"
    assert said(answer) == (400, text)


def test_yaml_is_as_good_as_json(api: Client, maps: str) -> None:
    body = b"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: cfg\ndata:\n  a: b\n"
    assert api.send("POST", maps, body, media="application/yaml").ok()["data"] == {"a": "b"}
    for word in (b"y", b"off", b"No"):  # booleans, as in YAML 1.1
        answer = api.send("POST", maps, body.replace(b"cfg", word), media="application/yaml")
        assert "cannot unmarshal bool into" in answer.json["message"], word
    unknown = api.send("POST", maps, body, media="text/plain")
    assert said(unknown) == (
        415,
        "the body of the request was in an unknown format - accepted media types include: "
        "application/json, application/yaml, application/vnd.kubernetes.protobuf",
    )


def test_a_built_in_body_may_leave_out_what_it_is(api: Client, maps: str) -> None:
    for i, head in enumerate(({}, {"apiVersion": "v1"}, {"kind": "ConfigMap"})):
        made = api.post(maps, {**head, "metadata": {"name": f"c{i}"}}).ok()
        assert (made["apiVersion"], made["kind"]) == ("v1", "ConfigMap")
    nameless = api.post(maps, b"null")
    text = "Required value: name or generateName is required"
    assert causes_of(nameless) == [("FieldValueRequired", "metadata.name", text)]


def test_a_body_of_another_kind_is_refused(api: Client, maps: str) -> None:
    def start(api_version: str, kind: str) -> tuple[int, str]:
        body = {"apiVersion": api_version, "kind": kind, "metadata": {"name": "q"}}
        status, message = said(api.post(maps, body))
        return status, message.partition(" in scheme")[0]

    assert start("v2", "ConfigMap") == (
        400,
        'ConfigMap in version "v2" cannot be handled as a ConfigMap: no kind "ConfigMap" is '
        'registered for version "v2"',
    )
    assert start("v1", "Secret") == (
        400,
        'Secret in version "v1" cannot be handled as a ConfigMap: converting (v1.Secret) to '
        "(core.ConfigMap): unknown conversion",
    )
    assert start("foo/v1", "Foo") == (
        400,
        'Foo in version "v1" cannot be handled as a ConfigMap: no kind "Foo" is registered for '
        'version "foo/v1"',
    )
    assert start("a/b/c", "ConfigMap") == (
        400,
        "the object provided is unrecognized (must be of type ConfigMap): unexpected GroupVersion "
        'string: a/b/c ({"apiVersion": "a/b/c", "kind" ...)',
    )


def test_values_of_the_wrong_type_name_their_go_field(api: Client, maps: str, ns: str) -> None:
    def why(path: str, body: Json) -> str:
        status, message = said(api.post(path, body))
        assert status == 400
        return message.partition("cannot be handled as a ")[2].partition(": json: ")[2]

    wrong = "cannot unmarshal {} into Go struct field {} of type {}"
    assert why(maps, config_map("q") | {"metadata": "x"}) == wrong.format(
        "string", "ConfigMap.metadata", "v1.ObjectMeta"
    )
    assert why(maps, config_map(5)) == wrong.format(  # type: ignore[arg-type]
        "number", "ObjectMeta.metadata.name", "string"
    )
    assert why(maps, config_map("q") | {"data": {"a": 1}}) == wrong.format(
        "number", "ConfigMap.data", "string"
    )
    spec = {"selector": {}, "template": {}, "replicas": "three"}
    web = f"/apis/apps/v1/namespaces/{ns}/deployments"
    assert why(web, {"metadata": {"name": "q"}, "spec": spec}) == wrong.format(
        "string", "DeploymentSpec.spec.replicas", "int32"
    )


def test_names_and_namespaces_agree_with_the_path(api: Client, maps: str) -> None:
    api.post(maps, config_map("c")).ok()
    assert said(api.post(maps, config_map("q", namespace="other"))) == (
        400,
        "the namespace of the provided object does not match the namespace sent on the request",
    )
    assert said(api.put(f"{maps}/c", config_map("d"))) == (
        400,
        "the name of the object (d) does not match the name on the URL (c)",
    )
    assert said(api.put(f"{maps}/c", {"data": {}})) == (
        400,
        "the name of the object (c based on URL) was undeterminable: name must be provided",
    )
    assert api.put(f"{maps}/none", config_map("none")).status == 404


def test_custom_bodies_must_say_what_they_are(api: Client, ns: str, group: str) -> None:
    define(api, crd(group))
    folder = Writer(api, ns).place(group, "Widget")
    version = f"{group}/v1"
    meta: Json = {"metadata": {"name": "q"}}
    unrecognized = "the object provided is unrecognized (must be of type Widget): "
    assert said(api.post(folder, meta)) == (
        400,
        f'{unrecognized}Object \'Kind\' is missing in \'{{"metadata": {{"name": "q"}}}}\' '
        '({"metadata": {"name": "q"}})',
    )
    expected = f"does not match the expected API version ({version})"
    for sent in ("", f"{group}/v2", "x.y/v1"):
        body = meta | {"kind": "Widget"} | ({"apiVersion": sent} if sent else {})
        assert said(api.post(folder, body)) == (
            400,
            f"the API version in the data ({sent}) {expected}",
        )
    other = api.post(folder, meta | {"apiVersion": version, "kind": "Secret"})
    assert causes_of(other) == [
        ("FieldValueInvalid", "kind", 'Invalid value: "Secret": must be Widget')
    ]
    typed = {"apiVersion": version, "kind": "Widget"}
    wrong = 'Widget in version "v1" cannot be handled as a Widget: json: cannot unmarshal '
    for metadata, why in [
        ("x", "string into Go value of type v1.ObjectMeta"),
        ({"name": 5}, "number into Go struct field ObjectMeta.name of type string"),
        (
            {"name": "q", "labels": {"a": 1}},
            "number into Go struct field ObjectMeta.labels of type string",
        ),
        (
            {"name": "q", "labels": "x"},
            "string into Go struct field ObjectMeta.labels of type map[string]string",
        ),
    ]:
        assert said(api.post(folder, typed | {"metadata": metadata})) == (400, wrong + why)


def strict(kind: str, *found: str) -> str:
    name = f'{kind} in version "v1" cannot be handled as a {kind}'
    return f"{name}: strict decoding error: {', '.join(found)}"


def test_unknown_and_repeated_fields_are_refused_warned_of_or_ignored(
    api: Client, maps: str
) -> None:
    body = b'{"metadata":{"name":"%s","name":"%s"},"data":{"a":"1","a":"2"},"foo":1,"foo":2}'
    found = ['duplicate field "metadata.name"', 'duplicate field "data.a"', 'unknown field "foo"']
    refused = api.post(maps, body % (b"s", b"s"), fieldValidation="Strict")
    assert said(refused) == (400, strict("ConfigMap", *found))
    warned = api.post(maps, body % (b"w", b"w"))
    assert warned.ok()["data"] == {"a": "2"}
    assert warnings_of(warned) == found
    ignored = api.post(maps, body % (b"i", b"i"), fieldValidation="Ignore")
    assert (ignored.status, warnings_of(ignored)) == (201, [])


def test_yaml_tells_the_line_of_a_repeated_field(api: Client, maps: str) -> None:
    body = b"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: cfg\n  name: cfg\nfoo: 1\n"
    repeated = 'line 5: key "name" already set in map'
    warned = api.send("POST", maps, body, media="application/yaml", dryRun="All")
    assert warnings_of(warned) == [repeated, 'unknown field "foo"']
    refused = api.send("POST", maps, body, media="application/yaml", fieldValidation="Strict")
    text = strict("ConfigMap", f"yaml: unmarshal errors:\n  {repeated}", 'unknown field "foo"')
    assert said(refused) == (400, text)


def test_custom_fields_are_told_in_the_order_of_their_paths(
    api: Client, ns: str, group: str
) -> None:
    item = {"type": "object", "properties": {"name": {"type": "string"}}}
    spec = {"type": "object", "properties": {"list": {"type": "array", "items": item}}}
    define(api, crd(group, schema=spec))
    writer = Writer(api, ns)
    path = writer.place(group, "Widget")
    body = writer.custom(group, "Widget", "w", {"zeta": 1, "list": [{"foo": 1}]}, extra=1)
    found = [f'unknown field "{p}"' for p in ("extra", "spec.list[0].foo", "spec.zeta")]
    refused = api.post(path, body, fieldValidation="Strict")
    assert said(refused) == (400, strict("Widget", *found))
    made = api.post(path, body)
    assert warnings_of(made) == found
    assert made.ok()["spec"] == {"list": [{}]}
    head = f'{{"apiVersion":"{group}/v1","kind":"Widget","metadata":{{"name":"v"}},"spec":'
    twice = (head + '{"list":[{"name":"a","name":"b"}]}}').encode()
    assert warnings_of(api.post(path, twice)) == ['duplicate field "spec.list[0].name"']


def test_a_strict_patch_is_refused_as_a_patch(api: Client, maps: str) -> None:
    api.post(maps, config_map("c")).ok()
    refused = api.patch(f"{maps}/c", {"foo": 1}, MERGE, fieldValidation="Strict")
    ((reason, field, message),) = causes_of(refused)
    assert (refused.status, reason, field) == (422, "FieldValueInvalid", "patch")
    assert message.endswith(': strict decoding error: unknown field "foo"')
    repeated = b'{"data":{"a":"1","a":"2"},"foo":1}'
    warned = api.patch(f"{maps}/c", repeated, MERGE)
    assert warnings_of(warned) == ['duplicate field "data.a"', 'unknown field "foo"']


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
@pytest.mark.parametrize(
    ("query", "cause"),
    [
        (
            {"dryRun": "Some"},
            (
                "FieldValueNotSupported",
                "dryRun",
                'Unsupported value: ["Some"]: supported values: "All"',
            ),
        ),
        (
            {"fieldValidation": "Sometimes"},
            (
                "FieldValueNotSupported",
                "fieldValidation",
                'Unsupported value: "Sometimes": supported values: "", "Ignore", "Strict", "Warn"',
            ),
        ),
        (
            {"fieldManager": "m" * 129},
            (
                "FieldValueTooLong",
                "fieldManager",
                "Too long: may not be more than 128 bytes",
            ),
        ),
        (
            {"fieldManager": "a\x07b"},
            (
                "FieldValueInvalid",
                "fieldManager",
                'Invalid value: "a\\ab": invalid character U+0007 (at position 1)',
            ),
        ),
    ],
)
def test_options_are_checked_before_anything_else(
    api: Client, maps: str, method: str, query: Json, cause: tuple[str, str, str]
) -> None:
    path = maps if method == "POST" else f"{maps}/none"
    media = MERGE if method == "PATCH" else "application/json"
    answer = api.send(method, path, config_map("none"), media=media, **query)
    kinds = {"POST": "CreateOptions", "PUT": "UpdateOptions", "PATCH": "PatchOptions"}
    assert (answer.status, answer.json["details"]["kind"]) == (422, kinds[method])
    assert causes_of(answer) == [cause]


def test_there_is_a_most_of_everything(api: Client, maps: str) -> None:
    api.post(maps, config_map("c")).ok()
    huge: Any = {"data": {"a": "x" * (3 * 1024 * 1024)}}
    limit = (413, "Request entity too large: limit is 3145728")
    assert said(api.post(maps, config_map("q") | huge)) == limit
    assert said(api.patch(f"{maps}/c", huge)) == limit
    big = api.post(maps, config_map("q", {"a": "x" * (1024 * 1024 + 1)}))
    text = "Too long: may not be more than 1048576 bytes"
    assert causes_of(big) == [("FieldValueTooLong", "[]", text)]
    noted = api.post(maps, config_map("q", annotations={"a": "x" * (256 * 1024)}))
    text = "Too long: may not be more than 262144 bytes"
    assert causes_of(noted) == [("FieldValueTooLong", "metadata.annotations", text)]
