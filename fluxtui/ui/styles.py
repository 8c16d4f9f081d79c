"""Where the stylesheets are: package data in an installed wheel, `styles/` in a checkout."""

from __future__ import annotations

from pathlib import Path, PurePath

from fluxtui.domain.errors import ConfigError

_PACKAGE = Path(__file__).resolve().parent.parent


def folder() -> Path:
    """The folder with the `.tcss` files. Raises ConfigError when neither place has them."""
    for place in (_PACKAGE / "styles", _PACKAGE.parent / "styles"):
        if (place / "frame.tcss").is_file():
            return place
    raise ConfigError(
        "the stylesheets are not there",
        where=str(_PACKAGE / "styles"),
        next="install fluxtui again",
    )


def sheets() -> list[str | PurePath]:
    """All stylesheets, by name."""
    return [str(path) for path in sorted(folder().glob("*.tcss"))]
