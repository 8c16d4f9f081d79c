"""The Reconciler as a process of its own: two environments, and how it ends."""

from __future__ import annotations

import asyncio
import base64
import json
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from reconciler_stage import HOST, config_map, kustomization, raise_stage, source

from fluxtui.artifacts import RegistrySettings
from fluxtui.domain.errors import ConfigError, UsageError
from fluxtui.reconciler.__main__ import arguments, default_storage, registry_settings
from fluxtui.world.apiserver.server import ApiServer
from fluxtui.world.registry import RegistryServer

ROOT = Path(__file__).parents[2]


@asynccontextmanager
async def started(*flags: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "fluxtui.reconciler",
        *flags,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


@pytest.mark.parametrize("end", ["signal", "stdin"])
async def test_one_process_reconciles_two_environments_until_told_to_stop(
    tmp_path: Path, end: str
) -> None:
    with ApiServer("staging") as one, ApiServer("production") as two, RegistryServer() as registry:
        settings = RegistrySettings(
            mirrors={HOST: registry.address},
            credentials={registry.address: (registry.username, registry.password)},
        )
        stages = []
        merged: dict[str, list[object]] = {"contexts": [], "clusters": [], "users": []}
        for api in (one, two):
            path = tmp_path / api.environment
            api.write_kubeconfig(path)
            for key, entries in merged.items():
                entries += json.loads(path.read_text())[key]
            stages.append(await raise_stage(path, settings, tmp_path))
        (tmp_path / "kubeconfig").write_text(json.dumps(merged))
        pair = base64.b64encode(f"{registry.username}:{registry.password}".encode()).decode()
        auths = {"auths": {registry.address: {"auth": pair}}}
        (tmp_path / "auth.json").write_text(json.dumps(auths))
        await stages[0].push("acme/app", "1.0.0", {"one.yaml": config_map("one")})
        for stage in stages:
            await stage.apply(source(), kustomization())
        flags = ["--kubeconfig", str(tmp_path / "kubeconfig"), "--storage", str(tmp_path / "s")]
        flags += ["--context", "staging", "--context", "production", "--speed", "20"]
        flags += ["--mirror", f"{HOST}={registry.address}"]
        flags += ["--registry-credentials-file", str(tmp_path / "auth.json")]
        async with started(*flags) as process:
            assert process.stdin is not None and process.stdout is not None
            said = json.loads(await asyncio.wait_for(process.stdout.readline(), 120))
            assert said == {"running": ["staging", "production"]}
            for stage in stages:
                await stage.until_ready("Kustomization", "app")
            if end == "signal":
                process.send_signal(signal.SIGTERM)
            else:
                process.stdin.close()
            _, errors = await asyncio.wait_for(process.communicate(), 120)
            assert (process.returncode, errors.decode()) == (0, "")
        for stage in stages:
            await stage.close()


async def test_it_says_why_it_cannot_begin(tmp_path: Path) -> None:
    async with started("--kubeconfig", str(tmp_path / "none")) as process:
        _, errors = await process.communicate()
        assert process.returncode == 2
        assert "the kubeconfig is not there" in errors.decode()


def test_flags_about_registries_are_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UsageError, match="host=host"):
        registry_settings(arguments(["--mirror", "nonsense"]))
    missing = ["--registry-credentials-file", str(tmp_path / "none")]
    with pytest.raises(ConfigError, match="cannot be read"):
        registry_settings(arguments(missing))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_storage() == tmp_path / "fluxtui" / "reconciler"
