"""One API server and one registry per story: they are cheap, and stories must not meet."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from reconciler_stage import HOST, Stage, raise_stage

from fluxtui.artifacts import RegistrySettings
from fluxtui.world.apiserver.server import ApiServer
from fluxtui.world.registry import RegistryServer


@pytest.fixture
async def stage(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> AsyncIterator[Stage]:
    with ApiServer("staging") as api, RegistryServer() as registry:
        kubeconfig = tmp_path / "kubeconfig"
        api.write_kubeconfig(kubeconfig)
        settings = RegistrySettings(
            mirrors={HOST: registry.address},
            credentials={registry.address: (registry.username, registry.password)},
        )
        stage = await raise_stage(kubeconfig, settings, tmp_path)
        stage.server = registry
        try:
            yield stage
        finally:
            await stage.close()
    assert not api.errors
    assert [r.getMessage() for r in caplog.get_records("call") if r.levelname == "ERROR"] == []
