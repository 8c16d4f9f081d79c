"""Registry credentials from a docker `config.json` that the configuration names.

The user's own docker configuration is the registry client's business; this is the extra file that a
demo or a CI job brings along. Must not print what it reads.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from fluxtui.domain.errors import ConfigError


def read_credentials(path: str) -> Mapping[str, tuple[str, str]]:
    """Host -> (user, password); empty for an empty path. Raises ConfigError."""
    from fluxtui.artifacts import docker_config_credentials

    if not path:
        return {}
    try:
        return docker_config_credentials(Path(path).read_bytes())
    except OSError as error:
        raise ConfigError(error.strerror or "cannot be read", where=path) from error
