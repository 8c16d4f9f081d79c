"""Registry credentials from a docker `config.json` that the configuration names.

The user's own docker configuration is the registry client's business; this is the extra file that a
demo or a CI job brings along. Must not print what it reads.
"""

from __future__ import annotations

from pathlib import Path

from fluxtui.domain.errors import ConfigError


def read_credentials(path: str) -> str:
    """The file's text, known to be JSON; empty for an empty path. Raises ConfigError."""
    from fluxtui.artifacts.dockerconfig import parsed

    if not path:
        return ""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise ConfigError(why or "cannot be read", where=path) from error
    parsed(text, path)
    return text
