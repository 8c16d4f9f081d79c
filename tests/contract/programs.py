"""The Go programs that fluxtui is tested beside: the one place that says which, and builds them.

Each comes from a pinned module under tools/ and goes into the user's cache, under a name made of
all that decides what is built, so that a second run costs nothing. Tests only look there
(`program_or_skip`): building takes minutes and is asked for by `make control-plane ARGS=build`.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

TOOLS = Path(__file__).parent / "tools"
SWITCH = "FLUXTUI_BUILD"
GO = "1.26"
HOW = f"run `make control-plane ARGS=build` where Go {GO} is installed"
_VERSION_PACKAGES = ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")
_KUBERNETES = {"gitVersion": "v1.36.2", "gitMajor": "1", "gitMinor": "36", "gitTreeState": "clean"}
# `kubectl version` and the served /version come from these; a plain build says v0.0.0-master.
_STAMPS = tuple(f"-X {p}.{k}={v}" for p in _VERSION_PACKAGES for k, v in _KUBERNETES.items())
_CRDS = "config/crd/bases"
FLUX = (
    "source-controller",
    "kustomize-controller",
    "helm-controller",
    "notification-controller",
)


@dataclass(frozen=True, slots=True)
class Program:
    """`package`, built in the wrapper module tools/`module`, with linker flags `stamps`. Of the
    package's own module the folders `keeps` are kept beside the program."""

    name: str
    module: str
    package: str
    stamps: tuple[str, ...] = ()
    keeps: tuple[str, ...] = ()

    @property
    def folder(self) -> Path:
        return TOOLS / self.module

    @property
    def flags(self) -> tuple[str, ...]:
        linker = " ".join(("-s -w", *self.stamps))
        return ("-trimpath", "-mod=readonly", "-buildvcs=false", "-ldflags", linker)


PROGRAMS = {
    program.name: program
    for program in (
        Program("etcd", "etcd", "go.etcd.io/etcd/server/v3"),
        Program("kube-apiserver", "kubernetes", "k8s.io/kubernetes/cmd/kube-apiserver", _STAMPS),
        Program(
            "kube-controller-manager",
            "kubernetes",
            "k8s.io/kubernetes/cmd/kube-controller-manager",
            _STAMPS,
        ),
        Program(
            "oci-conformance",
            "distribution-spec",
            "github.com/opencontainers/distribution-spec/conformance",
        ),
        *(Program(name, name, f"github.com/fluxcd/{name}", keeps=(_CRDS,)) for name in FLUX),
    )
}
CONTROL_PLANE = ("etcd", "kube-apiserver", "kube-controller-manager")


def _place(program: Program) -> Path:
    """The folder that holds one build per Go version: all other inputs are in its name."""
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    digest = hashlib.sha256()
    for part in ("go.mod", "go.sum"):
        digest.update((program.folder / part).read_bytes())
    digest.update("\0".join((program.package, *program.flags)).encode())
    return Path(cache) / "fluxtui" / "go" / f"{program.name}-{digest.hexdigest()[:16]}"


def _go_version(go: str) -> str:
    asked = [go, "env", "GOVERSION", "GOOS", "GOARCH"]
    told = subprocess.run(asked, cwd=TOOLS, capture_output=True, text=True, check=True)
    return "-".join(told.stdout.split())


def refusal(version: str) -> str:
    """Why a build with this Go, told as go1.26.8-linux-amd64, would not be the program tests stand
    beside; empty where it would. Go 1.27 builds a kube-apiserver whose /openapi/v2 is broken, and
    so is `kubectl apply` with it; older ones refuse Kubernetes 1.36."""
    if re.match(rf"go{re.escape(GO)}(?!\d)", version):
        return ""
    return (
        f"`go` on PATH is {version.partition('-')[0]}, and only Go {GO}.x builds a kube-apiserver "
        f"whose /openapi/v2 works: put a {GO}.x first on PATH, then run "
        "`make control-plane ARGS=build` again"
    )


def find(name: str) -> Path | None:
    """The built program; without Go on PATH any Go 1.26's build will do. None: not built, or only
    by a Go that builds it wrong."""
    program = PROGRAMS[name]
    go = shutil.which("go")
    version = _go_version(go) if go else "*"
    built = sorted(_place(program).glob(f"{version}/{name}"), reverse=True)
    return next((path for path in built if not refusal(path.parent.name) and _whole(path)), None)


def _whole(built: Path) -> bool:
    return all((built.parent / kept).is_dir() for kept in PROGRAMS[built.name].keeps)


def flux_crd_files() -> list[Path]:
    """The CRDs that came with those of Flux's controllers that are built."""
    built = [path for name in FLUX if (path := find(name)) is not None]
    return [crds for path in built for crds in sorted((path.parent / _CRDS).glob("*.yaml"))]


def build(name: str) -> Path:
    """Build what is not there yet, one process at a time. Raises SystemExit where that fails."""
    found = find(name)
    if found is not None:
        return found
    program, go = PROGRAMS[name], shutil.which("go")
    if go is None:
        raise SystemExit(f"{name} is not built and there is no `go` on PATH: install Go {GO}")
    version = _go_version(go)
    refused = refusal(version)
    if refused:
        raise SystemExit(f"{name} is not built: {refused}")
    target = _place(program) / version / name
    target.parent.mkdir(parents=True, exist_ok=True)
    with (target.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if target.exists():
            _keep(go, program, target.parent)
            return target
        print(f"building {name} with {version} (minutes, once)", flush=True)
        aside = target.with_name(f"{name}.new")
        done = subprocess.run(
            ["nice", "-n", "10", go, "build", *program.flags, "-o", str(aside), program.package],
            cwd=program.folder,
            env={**os.environ, "CGO_ENABLED": "0"},
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"building {name} failed: see above; {version} in {program.folder}")
        _keep(go, program, target.parent)
        aside.replace(target)
    return target


def _keep(go: str, program: Program, beside: Path) -> None:
    """Copy what a module has besides code out of Go's cache, which may be emptied any time."""
    asked = [go, "list", "-f", "{{.Module.Dir}}", program.package]
    for kept in program.keeps:
        told = subprocess.run(asked, cwd=program.folder, capture_output=True, text=True, check=True)
        (beside / kept).mkdir(parents=True, exist_ok=True)
        for path in (Path(told.stdout.strip()) / kept).glob("*.yaml"):
            shutil.copyfile(path, beside / kept / path.name)


def missing(names: Iterable[str] = CONTROL_PLANE) -> list[str]:
    return [name for name in names if find(name) is None]


def program_or_skip(name: str) -> Path:
    """For fixtures: where the program is. Skips where it was not built, but with FLUXTUI_BUILD=1
    (as in CI, which has built all of them before) that is a failure: nothing is skipped there."""
    found = find(name)
    if found is None:
        go = shutil.which("go")
        told = f"{name} is not built: {(refusal(_go_version(go)) if go else '') or HOW}"
        if os.environ.get(SWITCH) == "1":
            pytest.fail(f"{SWITCH}=1, but {told}")
        pytest.skip(told)
    return found
