"""The screen as a picture: into the state folder, where it can always be found again.

A folder for downloads is not there on the machines that people reach over SSH. The caller says on
the screen where the file is, or why there is none.
"""

from __future__ import annotations

from pathlib import Path

FOLDER = "screens"


def save(svg: str, journal: str, stamp: str) -> Path:
    """Write the picture beside the Journal. `stamp`: RFC 3339, for its name. Raises OSError."""
    folder = Path(journal).parent / FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    moment = "".join(letter for letter in stamp[:19] if letter.isdigit())
    first = folder / f"fluxtui-{moment}.svg"
    path, number = first, 1
    while path.exists():
        number += 1
        path = first.with_stem(f"{first.stem}-{number}")
    path.write_text(svg, encoding="utf-8")
    path.chmod(0o600)  # it may show what not everybody may see
    return path
