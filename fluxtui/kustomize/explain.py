"""A build explained: who set each value, with its line, as data and as remarks beside the YAML.

Secret values are shown by their label only. Reads the files of the build again for lines; must not
build anything.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

from fluxtui.domain.ask import RenderedObject, ValueOrigin
from fluxtui.domain.masking import Masker
from fluxtui.domain.objectdiff import shown
from fluxtui.kustomize.building import Build, key_of
from fluxtui.kustomize.files import Files
from fluxtui.kustomize.positions import Lines, leaf_lines
from fluxtui.kustomize.tracking import Origin, Path, field_text, origin_at
from fluxtui.kustomize.writer import dump_manifest

Text = Callable[[str], str]


def explained(build: Build, files: Files, text: Text = str) -> tuple[RenderedObject, ...]:
    """Each object, masked, with the origins of its scalars when the build has any.

    `text` is laid over every string that is shown.
    """
    masker, lines = Masker(os.urandom(16)), Lines(files)
    result = []
    for obj in build.objects:
        key = key_of(obj)
        hidden = build.hidden.get(key, {})
        visible = _visible(shown(masker.mask(obj)), hidden, text, ())
        notes = build.origins.get(key)
        origins: tuple[ValueOrigin, ...] = ()
        if notes is not None:
            secret = obj.get("kind") == "Secret" and obj.get("apiVersion") == "v1"
            origins = tuple(
                _value_origin(path, origin_at(notes, _before(path, notes)), lines, secret, text)
                for path in leaf_lines(dump_manifest(visible))
            )
        result.append(RenderedObject(visible, origins))
    return tuple(result)


def _before(path: Path, notes: Mapping[Path, Origin]) -> Path:
    """Where a value of a Secret was written: in `stringData` when `data` has no such note."""
    if path[:1] != ("data",) or path in notes:
        return path
    plain = ("stringData", *path[1:])
    return plain if plain in notes else path


def _value_origin(
    path: Path, origin: Origin, lines: Lines, of_secret: bool, text: Text
) -> ValueOrigin:
    secret = origin.secret or (of_secret and path[:1] == ("data",))
    by, file = text(origin.by), text(origin.file)
    if origin.by.startswith("variable "):
        return ValueOrigin(field_text(path), f"{by} of {file}" if file else by, secret=secret)
    return ValueOrigin(field_text(path), by, file, lines.of(origin), secret)


def _visible(value: Any, hidden: Mapping[Path, str], text: Text, path: Path) -> Any:
    if isinstance(value, Mapping):
        return {text(str(k)): _visible(v, hidden, text, (*path, k)) for k, v in value.items()}
    if isinstance(value, list):
        return [_visible(v, hidden, text, (*path, i)) for i, v in enumerate(value)]
    if path in hidden:
        return hidden[path]
    return text(value) if isinstance(value, str) else value


def remark(origin: ValueOrigin) -> str:
    """One origin in words: `deploy.yaml:12`, `patch 1 of Kustomization apps/web`."""
    at = f"{origin.file}:{origin.line}" if origin.line else origin.file
    if origin.by == "file":
        words = at
    else:
        words = f"{origin.by} ({at})" if at and at.partition(":")[0] not in origin.by else origin.by
        if origin.line and origin.file in origin.by:
            words += f" line {origin.line}"
    return f"{words} secret" if origin.secret else words


def annotated(rendered: RenderedObject) -> str:
    """The object as YAML with a remark behind every value that has an origin."""
    text = dump_manifest(rendered.object)
    by_path = {origin.path: origin for origin in rendered.origins}
    rows = text.splitlines()
    remarks: dict[int, dict[str, None]] = {}
    for path, line in leaf_lines(text).items():
        origin = by_path.get(field_text(path))
        if origin is not None:
            remarks.setdefault(line, {})[remark(origin)] = None
    width = min(60, max((len(rows[line]) for line in remarks), default=0))
    for line, words in remarks.items():
        rows[line] = f"{rows[line]:<{width}}  # {', '.join(words)}"
    return "\n".join(rows) + "\n"
