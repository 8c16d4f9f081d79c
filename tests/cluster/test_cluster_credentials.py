"""Credentials: exec plugins without a terminal, renewal on 401, certificates."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from cluster_scripted import Scripted, status

from fluxtui.cluster.client import connect
from fluxtui.cluster.credentials import Credentials
from fluxtui.cluster.plugin import run_plugin
from fluxtui.cluster.port import ApiResource
from fluxtui.domain.errors import ConfigError, Unauthorized, Unreachable
from fluxtui.kit.moments import seconds as moment

pytestmark = pytest.mark.usefixtures("each_way")
PODS = ApiResource("", "v1", "Pod", "pods")


def plugin(folder: Path, program: str) -> dict[str, Any]:
    """An exec section whose plugin is this Python program."""
    path = folder / "plugin.py"
    path.write_text(program)
    return {
        "apiVersion": "client.authentication.k8s.io/v1",
        "command": sys.executable,
        "args": [str(path)],
        "env": [{"name": "FLAVOUR", "value": "plain"}],
        "provideClusterInfo": True,
    }


COUNTING = """
import json, os, pathlib, sys
count = pathlib.Path(__file__).with_name("count")
n = int(count.read_text()) + 1 if count.exists() else 1
count.write_text(str(n))
print(json.dumps({"kind": "ExecCredential", "status": {"token": f"token-{n}"}}))
"""


async def run(spec: dict[str, Any], folder: Path, **more: Any) -> Any:
    return await run_plugin(
        spec,
        cluster=more.pop("cluster", {"server": "https://api"}),
        folder=folder,
        where="context here",
        environ={"PATH": "/usr/bin:/bin"},
        **more,
    )


async def test_a_plugin_sees_no_terminal_and_no_input_and_gets_the_cluster(tmp_path: Path) -> None:
    spec = plugin(
        tmp_path,
        "import json, os, sys\n"
        "info = json.loads(os.environ['KUBERNETES_EXEC_INFO'])\n"
        "said = [sys.stdin.read(), os.getsid(0) == os.getpid(), os.environ['FLAVOUR'],"
        " info['spec']['interactive'], info['spec']['cluster']['server']]\n"
        "print(json.dumps({'status': {'token': json.dumps(said),"
        " 'expirationTimestamp': '2030-01-01T00:00:00Z'}}))\n",
    )
    credential = await run(spec, tmp_path)
    assert json.loads(credential.token) == ["", True, "plain", False, "https://api"]
    assert credential.expires == moment("2030-01-01T00:00:00Z")


async def test_a_plugin_is_told_of_the_cluster_what_client_go_tells_it(tmp_path: Path) -> None:
    """Authorities as data although a file names them, and the extension meant for plugins."""
    (tmp_path / "ca.pem").write_text("PEM")
    spec = plugin(
        tmp_path,
        "import json, os\n"
        "print(json.dumps({'status': {'token': os.environ['KUBERNETES_EXEC_INFO']}}))\n",
    )
    cluster = {
        "server": "https://api",
        "certificate-authority": str(tmp_path / "ca.pem"),
        "tls-server-name": "other",
        "proxy-url": "socks5://p:1",
        "extensions": [
            {"name": "else", "extension": {"no": 1}},
            {"name": "client.authentication.k8s.io/exec", "extension": {"shoot": {"name": "x"}}},
        ],
    }
    info = json.loads((await run(spec, tmp_path, cluster=cluster)).token)
    assert info["spec"]["cluster"] == {
        "server": "https://api",
        "tls-server-name": "other",
        "certificate-authority-data": "UEVN",
        "proxy-url": "socks5://p:1",
        "config": {"shoot": {"name": "x"}},
    }
    both = {"certificate-authority-data": "REFUQQ==", "certificate-authority": "gone.pem"}
    info = json.loads((await run(spec, tmp_path, cluster={**cluster, **both})).token)
    assert info["spec"]["cluster"]["certificate-authority-data"] == "REFUQQ=="
    quiet = {**spec, "provideClusterInfo": False}
    info = json.loads((await run(quiet, tmp_path, cluster=cluster)).token)
    assert info["spec"] == {"interactive": False}


def until(text: str) -> str:
    """A program that gives a token until then."""
    status = {"token": "t", "expirationTimestamp": text}
    return f"print({json.dumps({'status': status})!r})"


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("import sys; sys.exit('please sign in')", "exit code 1: please sign in"),
        ("print('hello')", "printed no ExecCredential"),
        (until("tomorrow"), "printed no ExecCredential"),
        (until("2030-01-01T00:00:00"), "printed no ExecCredential"),
        ("print('{\"status\": {}}')", "neither a token nor a certificate"),
    ],
)
async def test_a_failing_plugin_is_an_error_with_its_own_words(
    tmp_path: Path, program: str, words: str
) -> None:
    with pytest.raises(Unauthorized, match=words):
        await run(plugin(tmp_path, program), tmp_path)


async def test_a_plugin_that_never_answers_is_ended(tmp_path: Path) -> None:
    spec = plugin(tmp_path, "import signal; signal.pause()")
    with pytest.raises(Unauthorized, match="no answer within"):
        await run(spec, tmp_path, time_limit=0.2)


async def test_a_missing_plugin_shows_its_install_hint(tmp_path: Path) -> None:
    spec = {"command": "./not-there", "installHint": "install it"}
    with pytest.raises(Unauthorized, match=r"cannot be started.*install it"):
        await run(spec, tmp_path)


async def test_a_plugin_that_wants_a_terminal_is_not_started(tmp_path: Path) -> None:
    with pytest.raises(Unauthorized, match="wants a terminal"):
        await run({"command": "x", "interactiveMode": "Always"}, tmp_path)


async def test_a_401_renews_the_credentials_once(api: Scripted, tmp_path: Path) -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        if request.headers["Authorization"] == "Bearer token-2":
            return web.json_response({"kind": "Pod", "metadata": {"name": "a"}})
        return web.json_response(status(401, "Unauthorized"), status=401)

    api.handler = handler
    cluster = await connect(
        api.kubeconfig({"exec": plugin(tmp_path, COUNTING)}), None, name="staging"
    )
    try:
        assert (await cluster.get(PODS, "ns", "a"))["kind"] == "Pod"
        assert [token for _, _, token in api.requests] == ["token-1", "token-2"]
    finally:
        await cluster.close()


async def test_a_401_with_nothing_to_renew_is_reported(api: Scripted) -> None:
    api.answers(status(401, "Unauthorized", "who are you"), status=401)
    cluster = await connect(api.kubeconfig(), None, name="staging")
    try:
        with pytest.raises(Unauthorized, match="staging Pod/ns/a: who are you"):
            await cluster.get(PODS, "ns", "a")
        assert len(api.requests) == 1
    finally:
        await cluster.close()


async def test_a_token_changed_in_the_file_is_taken_after_a_401(api: Scripted) -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        if request.headers["Authorization"] == "Bearer new":
            return web.json_response({"kind": "Pod"})
        return web.json_response(status(401, "Unauthorized"), status=401)

    api.handler = handler
    cluster = await connect(api.kubeconfig({"token": "old"}), None, name="staging")
    api.kubeconfig({"token": "new"})
    try:
        assert await cluster.get(PODS, "ns", "a") == {"kind": "Pod"}
    finally:
        await cluster.close()


async def test_a_server_that_stands_elsewhere_by_now_is_found_again(api: Scripted) -> None:
    api.answers({"kind": "Pod", "metadata": {"name": "a"}})
    lives, api.address = api.address, "http://127.0.0.1:1"
    cluster = await connect(api.kubeconfig(), None, name="staging")
    try:
        with pytest.raises(Unreachable):
            await cluster.get(PODS, "ns", "a")
        path = Path(api.kubeconfig())
        path.write_text("contexts: [")  # half written
        with pytest.raises(Unreachable):
            await cluster.get(PODS, "ns", "a")
        api.address = lives
        api.kubeconfig()
        with pytest.raises(Unreachable):  # a write is for who asked for it to send again
            await cluster.delete(PODS, "ns", "a")
        assert api.requests == []
        assert (await cluster.get(PODS, "ns", "a"))["kind"] == "Pod"
    finally:
        await cluster.close()


async def test_a_read_finds_the_new_server_at_once(api: Scripted) -> None:
    api.answers({"kind": "Pod", "metadata": {"name": "a"}})
    lives, api.address = api.address, "http://127.0.0.1:1"
    cluster = await connect(api.kubeconfig({"token": "old"}), None, name="staging")
    api.address = lives
    api.kubeconfig({"token": "new"})
    try:
        assert (await cluster.get(PODS, "ns", "a"))["kind"] == "Pod"
        assert [token for _, _, token in api.requests] == ["new"]
    finally:
        await cluster.close()


async def test_a_token_about_to_end_is_renewed_but_not_for_every_request(
    api: Scripted, tmp_path: Path
) -> None:
    now = [moment("2030-01-01T00:00:00Z") or 0.0]
    seconds = [0.0]
    program = COUNTING.replace(
        '"token": f"token-{n}"',
        '"token": f"token-{n}", "expirationTimestamp": "2030-01-01T00:01:00Z"',
    )
    credentials = Credentials(
        api.kubeconfig({"exec": plugin(tmp_path, program)}),
        None,
        now=lambda: now[0],
        monotonic=lambda: seconds[0],
    )
    try:
        _wire, headers = await credentials.wire()
        assert await credentials.wire() == (_wire, headers)
        assert headers == (("Authorization", "Bearer token-1"),)
        seconds[0] += 31
        now[0] += 31
        _wire, headers = await credentials.wire()
        assert headers == (("Authorization", "Bearer token-2"),)
    finally:
        await credentials.close()


async def test_a_certificate_that_does_not_load_is_a_config_error(api: Scripted) -> None:
    path = api.kubeconfig(
        {"client-certificate-data": "bm8=", "client-key-data": "bm8="}, server="https://127.0.0.1:1"
    )
    with pytest.raises(ConfigError, match="certificate of the context does not load"):
        await connect(path, None, name="x")
