"""The embedded delivery: a World, a Reconciler for it, and the configuration that leads there.

Everything the demo, the tests and the screenshots stand on. It only puts processes and files
together; what happens in the clusters is done by ordinary clients through ordinary Commands.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from fluxtui.cli.configuration import load
from fluxtui.cli.options import Options
from fluxtui.domain.config import Config
from fluxtui.domain.errors import UsageError
from fluxtui.world.processes import Child
from fluxtui.world.scenarios.publisher import HOST
from fluxtui.world.scenarios.rehearsals import rehearsals_of
from fluxtui.world.scenarios.releases import load_service, service_names
from fluxtui.world.world import ENVIRONMENTS, World

START_LIMIT = 60.0


@dataclass(frozen=True, slots=True)
class Embedded:
    """A running delivery. `config_file` works with `fluxtui --config`, in any other terminal."""

    world: World
    reconciler: Child
    config_file: Path

    def config(self, options: Options | None = None) -> Config:
        """The Config that leads to it."""
        base = options or Options()
        return load(
            Options(
                config=str(self.config_file),
                read_only=base.read_only,
                slow=base.slow,
                theme=base.theme,
            )
        )


@contextmanager
def embedded(
    folder: Path,
    *,
    speed: float = 1.0,
    environments: Sequence[str] = ENVIRONMENTS,
    reconcile: bool = True,
    apis: Mapping[str, Path] | None = None,
) -> Iterator[Embedded]:
    """Start everything in `folder`; all of it ends with the block. `apis`: see `World.start`.
    Raises UsageError when another one runs there, Unreachable when a process does not come up."""
    with ExitStack() as stack:
        stack.enter_context(_alone(folder))
        world = stack.enter_context(
            World.start(environments, speed=speed, folder=folder, apis=apis)
        )
        child = _reconciler(world, folder, speed)
        stack.callback(child.end)
        if reconcile:
            child.ready(START_LIMIT)
        yield Embedded(world, child, _write_config(world, folder))


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One World per folder: its files lead to one set of processes."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise UsageError(
                "a demo runs there already",
                where=str(folder),
                next=f"use it with --config {folder}/fluxtui.yaml, or name another --folder",
            ) from error
        yield


def _reconciler(world: World, folder: Path, speed: float) -> Child:
    about = world.description
    words = [
        *("--kubeconfig", str(world.kubeconfig)),
        *("--registry-credentials-file", str(world.description.registry_credentials)),
        *("--storage", str(folder / "storage")),
        # A gate of Flux: a roll-back must not wait until the bad version has timed out.
        "--cancel-health-checks",
        *("--speed", str(speed)),
    ]
    for host, mirror in about.mirrors.items():
        words += ["--mirror", f"{host}={mirror}"]
    for name in about.environments:
        words += ["--context", name]
    return Child("Reconciler", "fluxtui.reconciler", words, log=about.logs / "reconciler.log")


def _write_config(world: World, folder: Path) -> Path:
    """`fluxtui.yaml` as a team would write it: staging is open, production is protected."""
    about = world.description
    files = about.services.parent
    services = {}
    for name in service_names(files):
        service = load_service(name, files)
        services[name] = {
            "urls": [f"oci://{HOST}/{service.repository}"],
            "folder": str(service.config),
            "images": list(service.images),
            "publish": f"oci://{HOST}/{service.repository}",
            "rehearsals": rehearsals_of(service),
        }
    data = {
        "environments": {
            name: {
                "context": name,
                "kubeconfig": str(world.kubeconfig),
                "protected": name != "staging",
            }
            for name in about.environments
        },
        "services": services,
        "registries": {
            "mirrors": dict(about.mirrors),
            "credentialsFile": str(world.description.registry_credentials),
        },
        "journal": str(folder / "journal.jsonl"),
        "cache": str(folder / "cache"),
    }
    path = folder / "fluxtui.yaml"
    path.write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
    return path
