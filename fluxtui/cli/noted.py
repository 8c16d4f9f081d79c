"""What a configuration file said when it was last found good, so that a start reads no YAML.

The library for it costs a short command more than what the command asks. The same text by the same
rules says the same again; a note that is missing, broken, or of another text, file or fluxtui is
none, and then the file itself is read. It holds nothing that the file does not, and nothing that
was not checked.
"""

from __future__ import annotations

import contextlib
import json
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fluxtui import __version__
from fluxtui.cli import places

FILES = 64
"""Notes at most: two files that fall together take turns."""
LONGEST = 1 << 18
"""Characters of a file that is still worth a note."""


def text_of(path: Path) -> str:
    """What stands there now; "" when it cannot be read, which whoever reads it says better."""
    try:
        with path.open(encoding="utf-8") as file:
            return file.read(LONGEST + 1)
    except (OSError, UnicodeDecodeError):
        return ""


def recall(path: Path, text: str, environ: Mapping[str, str]) -> Mapping[str, Any] | None:
    """What that text says, when it is noted."""
    try:
        note = json.loads(_file(path, environ).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    if not text or not isinstance(note, dict) or note.get("of") != _identity(path, text):
        return None
    data = note.get("data")
    return data if isinstance(data, dict) else None


def keep(path: Path, text: str, data: Mapping[str, Any], environ: Mapping[str, str]) -> None:
    """Note what the text says; `data` has been checked."""
    if not text or len(text) > LONGEST or not (environ.get("HOME") or _named(environ)):
        return
    from fluxtui.kit.private import write_private

    note = json.dumps({"of": _identity(path, text), "data": data})
    if json.loads(note)["data"] != data:
        return
    file = _file(path, environ)
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_private(file, note)


def _named(environ: Mapping[str, str]) -> str:
    return environ.get("XDG_STATE_HOME", "")


def _file(path: Path, environ: Mapping[str, str]) -> Path:
    number = zlib.crc32(str(path.absolute()).encode("utf-8", "surrogateescape")) % FILES
    return places.notes_folder(environ) / f"{number}.json"


def _identity(path: Path, text: str) -> list[object]:
    """Which text of which file, by the rules of which fluxtui."""
    rules = Path(__file__).with_name("fields.py").stat()
    stamp = [__version__, rules.st_mtime_ns, rules.st_size]
    return [str(path.absolute()), *stamp, text]
