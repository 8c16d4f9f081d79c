"""An error or a refusal as data: a program that asked for JSON gets JSON, whatever comes. Pure."""

from __future__ import annotations

from fluxtui.cli.forms.envelope import Document, document
from fluxtui.domain.errors import (
    ArtifactError,
    BuildError,
    ClusterError,
    ConfigError,
    FluxtuiError,
    RefusedError,
    RegistryError,
    SubstitutionError,
    UsageError,
    VersionError,
)

_CODES: tuple[tuple[type[FluxtuiError], str], ...] = (
    (UsageError, "usage"),
    (ConfigError, "config"),
    (RefusedError, "refused"),
    (ClusterError, "cluster"),
    (RegistryError, "registry"),
    (ArtifactError, "artifact"),
    (BuildError, "build"),
    (SubstitutionError, "substitution"),
    (VersionError, "version"),
)


def error(problem: FluxtuiError, exit_code: int) -> Document:
    """What went wrong, where, and what to do next."""
    code = next((name for kind, name in _CODES if isinstance(problem, kind)), "failed")
    return document(
        "Error",
        code=code,
        what=problem.what,
        where=problem.where,
        next=problem.next,
        exitCode=exit_code,
    )
