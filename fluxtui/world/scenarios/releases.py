"""What a service's folder held at each of its versions.

A service of the scenario is a folder with `config/` (the bundle), `versions.yaml` (what the
registry already holds when the World starts) and `history/` (deltas backwards, like a pack file).
This module reads them and lays the content of one version out in a folder; it must not talk to a
registry and must never write inside the service's own folder.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import yaml

from fluxtui.domain.errors import UsageError

FILES = Path(__file__).parent / "files"
"""The scenario as it is installed: `infra/`, `services/`, `bootstrap/`. Read only."""

STAGING_MARK = "-staging-test-deploy-"
_STAGING = re.compile(r"v\d+\.\d+\.\d+" + STAGING_MARK + r"(\d+)")


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
    """Write what `config/` held at `version` into the new folder `into`.

    A version that `versions.yaml` does not name is the working tree as it stands now.
    """
    shutil.copytree(service.config, into)
    if all(release.version != version for release in service.releases):
        return
    for release in reversed(service.releases):
        if release.content:
            shutil.copytree(service.folder / release.content, into, dirs_exist_ok=True)
        for name in release.absent:
            (into / name).unlink(missing_ok=True)
        if release.version == version:
            return


def next_staging_version(tags: Iterable[str], service: Service) -> str:
    """The tag the service's pipeline would give its next staging build.

    Counts on from the highest run number among `tags`, in the width the service uses. Whether an
    environment would *pick* that tag is another matter: see services/notifications/versions.yaml.
    """
    numbers = [match.group(1) for tag in tags if (match := _STAGING.fullmatch(tag))]
    numbers += [m.group(1) for r in service.releases if (m := _STAGING.fullmatch(r.version))]
    last = max(numbers, key=int, default="0")
    width = len(last) if last.startswith("0") else 0
    return f"v0.0.0{STAGING_MARK}{int(last) + 1:0{width}d}"
