"""As whom requests arrive: impersonation as kubectl's, tokens of files, no secret in the clear."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from cluster_scripted import Scripted

from fluxtui.cluster.client import connect
from fluxtui.cluster.identity import escaped
from fluxtui.cluster.kubeconfig import access
from fluxtui.cluster.port import ApiResource
from fluxtui.domain.config import Overrides
from fluxtui.domain.errors import ConfigError, Unauthorized

pytestmark = pytest.mark.usefixtures("each_way")
PODS = ApiResource("", "v1", "Pod", "pods")


async def headers_of(
    api: Scripted, path: str, overrides: Overrides = Overrides()
) -> list[tuple[str, str]]:
    """The headers with which a write arrives."""
    arrived: list[tuple[str, str]] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        arrived.extend(request.headers.items())
        return web.json_response({"kind": "Pod"})

    api.handler = handler
    cluster = await connect(path, None, name="staging", overrides=overrides)
    try:
        await cluster.patch(PODS, "ns", "a", {}, field_manager="test")
    finally:
        await cluster.close()
    return arrived


def impersonated(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in headers if name.startswith("Impersonate-")]


async def test_whom_the_kubeconfig_acts_as_arrives_as_kubectl_sends_it(api: Scripted) -> None:
    user = {
        "token": "t",
        "as": "sudo",
        "as-groups": ["g1", "g2"],
        "as-uid": "42",
        "as-user-extra": {"reason": ["x", "y"], "acme.com/team": ["ü"]},
    }
    assert impersonated(await headers_of(api, api.kubeconfig(user))) == [
        ("Impersonate-User", "sudo"),
        ("Impersonate-Uid", "42"),
        ("Impersonate-Group", "g1"),
        ("Impersonate-Group", "g2"),
        ("Impersonate-Extra-acme.com%2Fteam", "ü"),
        ("Impersonate-Extra-reason", "x"),
        ("Impersonate-Extra-reason", "y"),
    ]


async def test_flags_win_over_whom_the_kubeconfig_acts_as(api: Scripted) -> None:
    path = api.kubeconfig({"token": "t", "as": "sudo", "as-groups": ["g1"]})
    given = Overrides(as_user="jane", as_groups=("devs", "ops"), as_uid="7")
    assert impersonated(await headers_of(api, path, given)) == [
        ("Impersonate-User", "jane"),
        ("Impersonate-Uid", "7"),
        ("Impersonate-Group", "devs"),
        ("Impersonate-Group", "ops"),
    ]


@pytest.mark.parametrize(
    "user", [{"as-groups": ["g"]}, {"as-uid": "1"}, {"as-user-extra": {"reason": ["x"]}}]
)
async def test_groups_without_a_user_to_act_as_are_refused(
    api: Scripted, user: dict[str, Any]
) -> None:
    with pytest.raises(ConfigError, match="no user to act as"):
        await connect(api.kubeconfig(user), None, name="staging")


def test_keys_of_extras_are_escaped_as_client_go_does() -> None:
    assert escaped("a.b_c-d~|!") == "a.b_c-d~|!"
    assert escaped("a/b c%é") == "a%2Fb%20c%25%C3%A9"


@pytest.mark.parametrize("text", ["secret\n", " secret \r\n\n", "secret"])
async def test_white_space_around_a_token_is_none_of_its_own(
    api: Scripted, tmp_path: Path, text: str
) -> None:
    (tmp_path / "token").write_text(text)
    for user in ({"tokenFile": "token"}, {"token": text}):
        assert ("Authorization", "Bearer secret") in await headers_of(api, api.kubeconfig(user))


async def test_a_token_file_wins_over_a_token_while_it_can_be_read(
    api: Scripted, tmp_path: Path
) -> None:
    path = api.kubeconfig({"token": "old", "tokenFile": "token"})
    assert ("Authorization", "Bearer old") in await headers_of(api, path)
    (tmp_path / "token").write_text("new\n")
    assert ("Authorization", "Bearer new") in await headers_of(api, path)


async def test_a_token_file_that_gives_nothing_is_named(api: Scripted, tmp_path: Path) -> None:
    path = api.kubeconfig({"tokenFile": "token"})
    with pytest.raises(ConfigError, match=r"/token: the tokenFile cannot be read"):
        await connect(path, None, name="staging")
    (tmp_path / "token").write_text("\n")
    with pytest.raises(ConfigError, match=r"/token: the tokenFile is empty"):
        await connect(path, None, name="staging")
    (tmp_path / "token").write_text("two\nlines")
    with pytest.raises(Unauthorized, match="control character"):
        await connect(path, None, name="staging")


async def test_user_name_and_password_arrive_as_basic(api: Scripted) -> None:
    path = api.kubeconfig({"username": "jane", "password": "p:w"})
    assert ("Authorization", "Basic amFuZTpwOnc=") in await headers_of(api, path)


async def test_a_token_is_not_sent_in_clear_text_to_another_machine(api: Scripted) -> None:
    """Through the proxy it would leave this machine, and that is said when the API refuses us."""
    arrived: list[dict[str, str]] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        arrived.append(dict(request.headers))
        return web.json_response({"kind": "Status", "code": 401}, status=401)

    api.handler = handler
    path = api.kubeconfig(server="http://api.example.com", **{"proxy-url": api.address})
    cluster = await connect(path, None, name="staging")
    try:
        with pytest.raises(Unauthorized, match="not sent over plain HTTP"):
            await cluster.get(PODS, "ns", "a")
    finally:
        await cluster.close()
    assert arrived and all("Authorization" not in headers for headers in arrived)


def test_flags_name_another_cluster_and_user(tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_text(
        "contexts: [{name: a, context: {cluster: one, user: u, namespace: n}}]\n"
        "clusters: [{name: one, cluster: {server: 'https://one'}},"
        " {name: two, cluster: {server: 'https://two'}}]\n"
        "users: [{name: u, user: {token: t}}, {name: v, user: {token: w}}]\n"
    )
    both = access(str(path), "a", overrides=Overrides(cluster="two", user="v"))
    assert (both.server, both.user["token"], both.namespace) == ("https://two", "w", "n")
    # Without any context a cluster is enough, as for kubectl.
    alone = access(str(path), None, overrides=Overrides(cluster="two"))
    assert (alone.server, dict(alone.user)) == ("https://two", {})
    with pytest.raises(ConfigError, match=r"--cluster names unknown cluster 'three'.*one, two"):
        access(str(path), "a", overrides=Overrides(cluster="three"))
    with pytest.raises(ConfigError, match=r"--user names unknown user 'x'.*known: u, v"):
        access(str(path), "a", overrides=Overrides(user="x"))


@pytest.mark.parametrize(
    ("more", "server"),
    [
        ({}, "http://api:6443"),
        ({"insecure-skip-tls-verify": True}, "https://api:6443"),
        ({"certificate-authority": "ca.pem"}, "https://api:6443"),
    ],
)
def test_a_server_without_a_scheme_speaks_tls_where_tls_is_meant(
    tmp_path: Path, more: dict[str, Any], server: str
) -> None:
    scripted = Scripted(tmp_path)
    assert access(scripted.kubeconfig(server="api:6443", **more), None).server == server


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
async def test_an_old_auth_provider_entry_still_gives_its_token(api: Scripted) -> None:
    """kubectl knows oidc to this day; only who has such an entry pays for the package's loader."""
    claims = base64.urlsafe_b64encode(b'{"exp": 4102444800}').decode().rstrip("=")
    token = f"e30.{claims}.sig"
    provider = {"name": "oidc", "config": {"id-token": token, "client-id": "c"}}
    path = api.kubeconfig({"auth-provider": provider})
    assert ("Authorization", f"Bearer {token}") in await headers_of(api, path)
    broken = {"name": "oidc", "config": {"id-token": "no-jwt"}}
    with pytest.raises(Unauthorized, match="auth-provider gives no token"):
        await connect(api.kubeconfig({"auth-provider": broken}), None, name="staging")
