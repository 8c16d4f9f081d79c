"""A World as a group of processes: one Kubernetes API per environment, and the host of the rest.

This is the handle that the demo, the tests and the screenshots hold. It starts, describes and ends;
it must not act in the clusters, which only ordinary clients do.
"""

from __future__ import annotations

import importlib
import importlib.util
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from fluxtui.artifacts import RegistryClient
from fluxtui.domain.errors import UsageError
from fluxtui.world.description import (
    FILE_NAME,
    INFRA,
    MIRRORED,
    Description,
    merge_kubeconfigs,
)
from fluxtui.world.processes import Child
from fluxtui.world.scenarios import publisher
from fluxtui.world.scenarios.releases import FILES

ENVIRONMENTS = ("staging", "production")
_START_LIMIT = 60.0


class World:
    """A running World; make one with `World.start` and end it with `stop` (or as a context).

    Its processes also end when this one does, however it does.
    """

    def __init__(self, description: Description, children: Sequence[Child]) -> None:
        self.description = description
        self._children = list(children)

    @classmethod
    def start(
        cls,
        environments: Sequence[str] = ENVIRONMENTS,
        *,
        speed: float = 1.0,
        folder: Path,
        apis: Mapping[str, Path] | None = None,
    ) -> World:
        """Start all processes in `folder` (made private) and wait until they answer.

        `apis`: kubeconfigs of Kubernetes APIs that run already and take the place of embedded
        ones, by environment; the context in each is named like the environment.

        The registry is filled and the simulators run; nothing is applied yet. The delivery's files
        are laid out anew. Raises Unreachable when a process does not come up, UsageError when the
        folder holds somebody else's files or the extra `demo` is not installed.
        """
        paths = apis or {}
        if any(name not in paths for name in environments):
            _check_extra()
        description = _describe(folder, environments, speed)
        _lay_out(folder, description)
        children: list[Child] = []
        try:
            host = _host(description)
            children.append(host)
            parts = [paths.get(name, folder / "kubeconfigs" / name) for name in environments]
            for name, part in zip(environments, parts, strict=True):
                if name in paths:
                    continue
                children.append(
                    Child(
                        f"Kubernetes API of {name}",
                        "fluxtui.world.apiserver",
                        ["--environment", name, "--kubeconfig", str(part)],
                        log=description.logs / f"apiserver-{name}.log",
                    )
                )
            # What filling the registry needs, while the others come up.
            importlib.import_module("fluxtui.artifacts.session")
            for child in children[1:]:
                child.ready(_START_LIMIT)
            merge_kubeconfigs(parts, description.kubeconfig)
            registry = str(host.ready(_START_LIMIT)["registry"])
            host.tell(
                {"kubeconfig": str(description.kubeconfig), "environments": list(environments)}
            )
            description = replace(description, registry=registry, mirrors={MIRRORED: registry})
            world = cls(description, children)
            with world.registry_client() as client:
                publisher.seed(client)
            infra = str(host.ready(_START_LIMIT)["infra"])
            world.description = replace(description, infra=infra)
            _name_infra(world.description)
            world.description.write(folder)
        except BaseException:
            _end(children)
            raise
        return world

    # -- where things are

    @property
    def kubeconfig(self) -> Path:
        """One file with a context for each environment."""
        return self.description.kubeconfig

    @property
    def registry_address(self) -> str:
        """`127.0.0.1:PORT`."""
        return self.description.registry

    def bootstrap(self, environment: str) -> Path:
        """The manifests `fluxtui apply` creates in an environment."""
        return self.description.bootstrap / f"{environment}.yaml"

    def registry_client(self) -> RegistryClient:
        """A client that reaches the registry under the name the manifests use."""
        return RegistryClient(self.description.registry_settings(), environ={})

    # -- life

    def ended(self) -> tuple[str, ...]:
        """The processes that ended on their own, each with the last line of its log."""
        return tuple(
            f"{child.name}: {child.last_words() or 'no message'}"
            for child in self._children
            if not child.is_alive
        )

    def pids(self) -> list[int]:
        """The process ids."""
        return [child.pid for child in self._children]

    def stop(self) -> None:
        """End all processes. The folder stays the caller's."""
        children, self._children = self._children, []
        _end(children)

    def __enter__(self) -> World:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def _check_extra() -> None:
    """Embedded APIs speak TLS, by certificates that are made for them: an extra of the package."""
    if importlib.util.find_spec("trustme") is None:
        raise UsageError(
            "the demo needs the package trustme, which is not installed",
            next="pip install 'fluxtui[demo]'",
        )


def _describe(folder: Path, environments: Sequence[str], speed: float) -> Description:
    """Where everything will be; ports are not known yet."""
    delivery = folder / "delivery"
    return Description(
        environments=tuple(environments),
        speed=float(speed),
        kubeconfig=folder / "kubeconfig",
        registry="",
        registry_credentials=folder / "registry" / "config.json",
        services=delivery / "services",
        infra="",
        infra_credentials=folder / "git" / "credentials",
        bootstrap=delivery / "bootstrap",
        logs=folder / "logs",
    )


def _lay_out(folder: Path, description: Description) -> None:
    """A private folder with a fresh copy of the delivery, for a person to edit and publish."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    delivery = description.services.parent
    if delivery.exists():
        if not (folder / FILE_NAME).is_file():
            raise UsageError(
                "is there already, and is no World's",
                where=str(delivery),
                next="name another folder",
            )
        # A World remembers nothing: like its clusters, its delivery begins anew.
        shutil.rmtree(delivery)
    description.write(folder)
    shutil.rmtree(description.infra_credentials.parent, ignore_errors=True)
    for name in ("services", "bootstrap"):
        shutil.copytree(FILES / name, delivery / name, copy_function=shutil.copyfile)


def _name_infra(description: Description) -> None:
    """Put the Git host's address into the roots, which are the only ones to name it."""
    for path in description.bootstrap.glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(INFRA, description.infra), encoding="utf-8")


def _host(description: Description) -> Child:
    return Child(
        "registry, Git host and simulators",
        "fluxtui.world",
        [
            *("--credentials", str(description.registry_credentials)),
            *("--git-credentials", str(description.infra_credentials)),
            *("--speed", str(description.speed)),
        ],
        log=description.logs / "world.log",
    )


def _end(children: Sequence[Child]) -> None:
    """All are told before the first is waited for."""
    for child in children:
        child.hang_up()
    for child in children:
        child.end()
