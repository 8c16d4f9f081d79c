"""Ways in that registries offer: several challenges, joined or apart, in any order and case."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluxtui.artifacts import PullSecret, Reference
from fluxtui.artifacts.challenges import Challenge
from fluxtui.domain.errors import RegistryDenied
from tests.artifacts.conftest import ClientMaker
from tests.artifacts.scripted_registry import Answer, Asked, ScriptedRegistry, scripted_registry

BEARER = 'Bearer realm="http://{host}/token",service="s"'
BASIC = 'Basic realm="Sonatype Nexus, Repository Manager"'


@pytest.fixture
def scripted() -> Iterator[ScriptedRegistry]:
    with scripted_registry() as registry:
        yield registry


def closed(scripted: ScriptedRegistry, *headers: str) -> Reference:
    """A registry that offers these challenges and takes the token `good` or any Basic."""

    def answer(asked: Asked) -> Answer:
        if asked.path.startswith("/token"):
            return 200, [], {"token": "good"}
        if asked.authorization == "Bearer good" or asked.authorization.startswith("Basic "):
            return 200, [], {"tags": ["1"]}
        offered = [("WWW-Authenticate", h.format(host=scripted.address)) for h in headers]
        return 401, offered, {}

    scripted.answer = answer
    return Reference.parse(f"oci://{scripted.address}/acme/app")


@pytest.mark.parametrize(
    "headers",
    [
        [BEARER, BASIC],
        [f"{BEARER}, {BASIC}"],
        [BASIC, BEARER],
        [f"{BASIC}, {BEARER}"],
        ["Negotiate", BEARER],
        ["Negotiate abc==, " + BEARER],
        ['NTLM, bEARER Realm = "http://{host}/token" , Service="s",basic realm=x'],
        ["Bearer realm=http://{host}/token, Basic"],
        ["Basic", BEARER],
    ],
)
def test_without_credentials_the_bearer_challenge_is_answered(
    scripted: ScriptedRegistry, make_client: ClientMaker, headers: list[str]
) -> None:
    reference = closed(scripted, *headers)
    assert make_client().list_tags(reference) == ["1"]
    assert scripted.asked[-1].authorization == "Bearer good"


@pytest.mark.parametrize(
    ("headers", "sent"),
    [
        ([BEARER, BASIC], "Bearer good"),
        ([BASIC, BEARER], "Basic dTpw"),
        (["BASIC"], "Basic dTpw"),
        (['Negotiate, Basic realm="x", Bearer realm="http://{host}/token"'], "Basic dTpw"),
    ],
)
def test_with_credentials_the_first_way_in_is_taken(
    scripted: ScriptedRegistry, make_client: ClientMaker, headers: list[str], sent: str
) -> None:
    reference = closed(scripted, *headers)
    client = make_client(credentials={scripted.address: ("u", "p")})
    assert client.list_tags(reference) == ["1"]
    assert scripted.asked[-1].authorization == sent


def test_an_identity_token_goes_to_the_token_endpoint_whatever_stands_first(
    scripted: ScriptedRegistry, make_client: ClientMaker
) -> None:
    reference = closed(scripted, BASIC, BEARER)
    client = make_client()
    raw = b'{"auths": {"%s": {"auth": "MDAwMDo=", "identitytoken": "refresh"}}}'
    secret = PullSecret(raw % scripted.address.encode(), "Secret a/b")
    assert client.lend(reference, [secret])
    assert client.list_tags(reference) == ["1"]
    (asked,) = (a for a in scripted.asked if a.method == "POST")
    assert "grant_type=refresh_token" in asked.body and "refresh_token=refresh" in asked.body


def test_a_registry_token_is_sent_as_it_is(
    scripted: ScriptedRegistry, make_client: ClientMaker
) -> None:
    reference = closed(scripted, BEARER)
    for token in ("good", "bad"):
        client = make_client()
        raw = json.dumps({"auths": {scripted.address: {"registrytoken": token}}})
        assert client.lend(reference, [PullSecret(raw.encode(), "Secret a/b")])
        if token == "good":
            assert client.list_tags(reference) == ["1"]
        else:
            with pytest.raises(RegistryDenied, match="access denied"):
                client.list_tags(reference)
    assert not [a for a in scripted.asked if a.path.startswith("/token")]


def test_each_challenge_has_its_own_parameters() -> None:
    header = (
        'Digest realm="d", nonce="x,y", Bearer realm="https://t/a?b=c",scope="repository:a:pull,push"'
        ', error="insufficient \\"scope\\"", Basic realm="r"'
    )
    assert Challenge.parse(header) == (
        Challenge(
            "bearer",
            {
                "realm": "https://t/a?b=c",
                "scope": "repository:a:pull,push",
                "error": 'insufficient "scope"',
            },
        ),
        Challenge("basic", {"realm": "r"}),
    )
    assert Challenge.parse("") == () and Challenge.parse("Negotiate, ,") == ()


@given(st.text(alphabet='Bbearsic ,="\\lm\tx', max_size=60))
def test_no_challenge_is_a_traceback(header: str) -> None:
    assert all(c.scheme in ("bearer", "basic") for c in Challenge.parse(header))


def test_a_long_challenge_costs_no_more_than_its_length() -> None:
    assert Challenge.parse("Bearer realm=" + '"a' * 30_000)[0].scheme == "bearer"
    assert Challenge.parse("Basic " + " ," * 30_000)[0].scheme == "basic"
