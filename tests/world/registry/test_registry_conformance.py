"""The distribution spec's own conformance suite, a Go program, against the World's registry.

It is built from the pinned module beside this file into the user's cache. Building needs Go and
20 seconds, so it happens only when FLUXTUI_BUILD_CONFORMANCE=1 (as CI sets it); later runs find it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from fluxtui.world.registry import Knobs, RegistryServer

MODULE = Path(__file__).parent / "conformance"
PACKAGE = "github.com/opencontainers/distribution-spec/conformance"


def cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    key = hashlib.sha256((MODULE / "go.sum").read_bytes()).hexdigest()[:16]
    return Path(base) / "fluxtui" / "oci-conformance" / key


@pytest.fixture(scope="module")
def program() -> Path:
    found = cache() / "conformance"
    if found.exists():
        return found
    if os.environ.get("FLUXTUI_BUILD_CONFORMANCE") != "1":
        pytest.skip("not built: set FLUXTUI_BUILD_CONFORMANCE=1 where Go is installed")
    go = shutil.which("go")
    assert go, "FLUXTUI_BUILD_CONFORMANCE=1 needs Go on PATH"
    found.parent.mkdir(parents=True, exist_ok=True)
    aside = found.with_name(f"building-{os.getpid()}")
    subprocess.run(
        [go, "build", "-trimpath", "-mod=readonly", "-o", str(aside), PACKAGE],
        cwd=MODULE,
        check=True,
        timeout=280,
    )
    aside.replace(found)
    return found


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
