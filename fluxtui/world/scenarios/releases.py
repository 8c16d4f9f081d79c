"""What a service's folder held at each of its versions.

A service of the scenario is a folder with `config/` (the bundle), `versions.yaml` (what the
registry already holds when the World starts) and `history/` (deltas backwards, like a pack file).
This module reads them and lays the content of one version out in a folder; it must not talk to a
registry and must never write inside the service's own folder.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import yaml

from fluxtui.domain.errors import UsageError

FILES = Path(__file__).parent / "files"
"""The scenario as it is installed: `infra/`, `services/`, `bootstrap/`. Read only."""


@dataclass(frozen=True, slots=True)
class Release:
    """One version the registry holds from the start. `revision` as `flux push` takes it."""

    version: str
    revision: str
    hours_ago: float
    content: str = ""
    absent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Service:
    """A service's folder. `repository` has no host; `images` are the names the publisher sets."""

    name: str
    folder: Path
    repository: str
    source: str
    images: tuple[str, ...]
    releases: tuple[Release, ...]

    @property
    def config(self) -> Path:
        """The folder that is published."""
        return self.folder / "config"


def service_names(files: Path = FILES) -> tuple[str, ...]:
    """The services of the scenario, by name."""
    return tuple(sorted(path.parent.name for path in files.glob("services/*/versions.yaml")))


def load_service(name: str, files: Path = FILES) -> Service:
    """Read `services/<name>/versions.yaml`. Raises UsageError when there is no such service."""
    path = files / "services" / name / "versions.yaml"
    if not path.is_file():
        raise UsageError(
            f"no service {name!r}",
            where=str(path.parent.parent),
            next=f"one of {', '.join(service_names(files)) or 'none'}",
        )
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    releases = tuple(
        Release(
            version=str(entry["version"]),
            revision=str(entry["revision"]),
            hours_ago=float(entry["hours_ago"]),
            content=str(entry.get("content", "")),
            absent=tuple(str(item) for item in entry.get("absent", ())),
        )
        for entry in data["releases"]
    )
    return Service(
        name=name,
        folder=path.parent,
        repository=str(data["repository"]),
        source=str(data["source"]),
        images=tuple(str(image) for image in data["images"]),
        releases=releases,
    )


def lay_out(service: Service, version: str, into: Path) -> None:
    """Write what `config/` held at `version`, one of its releases, into the new folder `into`."""
    shutil.copytree(service.config, into)
    for release in reversed(service.releases):
        if release.content:
            shutil.copytree(service.folder / release.content, into, dirs_exist_ok=True)
        for name in release.absent:
            (into / name).unlink(missing_ok=True)
        if release.version == version:
            return
