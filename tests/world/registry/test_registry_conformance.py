"""The distribution spec's own conformance suite, a Go program, against the World's registry.

Built by `make control-plane ARGS=build`, as tests/contract/programs.py says.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from fluxtui.world.registry import Knobs, RegistryServer
from tests.contract.programs import program_or_skip


@pytest.fixture(scope="module")
def program() -> Path:
    return program_or_skip("oci-conformance")


@pytest.mark.xdist_group("oci-conformance")
@pytest.mark.parametrize("bearer", [False, True], ids=["basic", "bearer"])
def test_pull_push_discovery_and_management_conform(
    program: Path, bearer: bool, tmp_path: Path
) -> None:
    with RegistryServer(knobs=Knobs(bearer=bearer)) as server:
        environ = {
            "HOME": str(tmp_path),
            "OCI_REGISTRY": server.address,
            "OCI_TLS": "disabled",
            "OCI_USERNAME": server.username,
            "OCI_PASSWORD": server.password,
            "OCI_VERSION": "1.1",
            "OCI_RESULTS_DIR": str(tmp_path / "results"),
            "OCI_API_BLOBS_UPLOAD_CANCEL": "true",
            "OCI_API_BLOBS_DIGEST_HEADER": "true",
            "OCI_API_MANIFESTS_DIGEST_HEADER": "true",
        }
        done = subprocess.run(
            [str(program)], env=environ, cwd=tmp_path, capture_output=True, text=True, timeout=120
        )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    assert "OCI Conformance Result: Pass" in done.stdout
