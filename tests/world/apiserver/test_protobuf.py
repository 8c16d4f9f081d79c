"""Protobuf bodies, hand-made byte by byte."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluxtui.world.apiserver import protobuf
from fluxtui.world.apiserver.status import StatusError
from tests.world.apiserver.client import MAPS, Client


def varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def field(number: int, value: bytes | str | int) -> bytes:
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    data = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


def body(api_version: str, kind: str, raw: bytes) -> bytes:
    return b"k8s\x00" + field(1, field(1, api_version) + field(2, kind)) + field(2, raw)


def test_a_config_map_is_created_from_protobuf(api: Client) -> None:
    metadata = (
        field(1, "settings")
        + field(2, "")
        + field(3, "")
        + field(11, field(1, "a") + field(2, "b"))
    )
    raw = field(1, metadata) + field(2, field(1, "key") + field(2, "value"))
    raw += field(3, field(1, "raw") + field(2, b"\x00\x01"))
    answer = api.send("POST", MAPS, body("v1", "ConfigMap", raw), media=protobuf.MEDIA)
    made = answer.ok()
    assert made["data"] == {"key": "value"}
    assert made["binaryData"] == {"raw": "AAE="}
    assert made["metadata"]["labels"] == {"a": "b"}


def test_nested_lists_inlined_messages_and_special_types() -> None:
    selector = field(1, field(1, "settings")) + field(2, "key")
    env = field(1, "A") + field(3, field(3, selector))
    resources = field(1, field(1, "cpu") + field(2, field(1, "100m")))
    probe = field(1, field(2, field(2, field(1, 1) + field(3, "http")))) + field(2, 0)
    container = (
        field(1, "app") + field(2, "a:1") + field(7, env) + field(8, resources) + field(10, probe)
    )
    volume = field(1, "v") + field(2, field(19, field(1, field(1, "settings"))))
    spec = field(1, volume) + field(2, container) + field(4, 0)
    created = field(8, field(1, 1_790_000_000))
    raw = field(1, field(1, "p") + created) + field(2, spec)
    made = protobuf.decode(body("v1", "Pod", raw))
    assert made["metadata"]["creationTimestamp"] == "2026-09-21T14:13:20Z"
    assert made["spec"]["terminationGracePeriodSeconds"] == 0, "a zero that was meant"
    found = made["spec"]["containers"][0]
    assert found["env"][0]["valueFrom"]["configMapKeyRef"] == {"name": "settings", "key": "key"}
    assert found["resources"] == {"limits": {"cpu": "100m"}}
    assert found["livenessProbe"] == {"httpGet": {"port": "http"}}
    assert made["spec"]["volumes"] == [{"name": "v", "configMap": {"name": "settings"}}]


@pytest.mark.parametrize("data", [b"", b"json", b"k8s\x00\x0a\xff", b"k8s\x00\x07"])
def test_what_is_no_message_is_a_bad_request(data: bytes) -> None:
    with pytest.raises(StatusError) as caught:
        protobuf.decode(data)
    assert caught.value.code == 400


@given(st.binary(max_size=60))
def test_random_bytes_never_do_more_than_fail(data: bytes) -> None:
    try:
        protobuf.decode(body("v1", "Pod", data))
    except StatusError as error:
        assert error.code == 400
