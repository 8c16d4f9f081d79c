"""Setting container images inside a bundle while it is packed.

Works on texts, never on the folder: a kustomization file's `images:` entry is changed by a round
trip that keeps comments and quotes. It must not guess: a name found nowhere is an error.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fluxtui.artifacts.reference import is_digest, is_tag
from fluxtui.domain.errors import BuildError, UsageError

KUSTOMIZATION_NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_MAX_TEXT = 1 << 20


@dataclass(frozen=True, slots=True)
class ImageRef:
    """`[name][:tag][@digest]`; parts not given are empty and leave what stands."""

    name: str
    tag: str
    digest: str

    @classmethod
    def parse(cls, text: str) -> ImageRef:
        """Raises UsageError when a part is malformed or nothing is given."""
        name_part, _, digest = text.partition("@")
        slash, colon = name_part.rfind("/"), name_part.rfind(":")
        name, tag = (
            (name_part[:colon], name_part[colon + 1 :]) if colon > slash else (name_part, "")
        )
        sound = (not tag or is_tag(tag)) and (not digest or is_digest(digest))
        if not sound or not (name or tag or digest) or re.search(r"\s", name):
            raise UsageError(
                "not an image reference", where=repr(text), next="write name[:tag][@sha256:...]"
            )
        return cls(name, tag, digest)


def set_images(files: Mapping[str, bytes], images: Mapping[str, str]) -> dict[str, bytes]:
    """The changed kustomization files of a bundle, by path.

    Every `images:` entry with the name is set. Where there is none but a manifest uses the image,
    the nearest kustomization above that manifest gets an entry. Raises UsageError when the name is
    nowhere in the bundle, BuildError when a kustomization does not parse.
    """
    references = {name: ImageRef.parse(ref) for name, ref in images.items()}
    documents = {
        path: _Document(path, data)
        for path, data in files.items()
        if path.rpartition("/")[2] in KUSTOMIZATION_NAMES
    }
    for name, ref in references.items():
        touched = [doc for doc in documents.values() if doc.set(name, ref)]
        if touched:
            continue
        nearest = {_nearest(documents, path) for path in _users(files, name)} - {None}
        if not nearest:
            raise UsageError(
                f"image {name!r} is nowhere in the bundle",
                where="--image",
                next="name it as the manifests or an images: entry do",
            )
        for path in sorted(nearest, key=str):
            documents[str(path)].add(name, ref)
    return {path: doc.text() for path, doc in documents.items() if doc.changed}


class _Document:
    """One kustomization file under edit; parsed when first looked into."""

    def __init__(self, path: str, data: bytes) -> None:
        self.changed = False
        self._path = path
        self._data = data
        self._yaml: Any = None
        self._body: Any = None

    def _load(self) -> Any:
        if self._yaml is not None:
            return self._body
        from ruamel.yaml import YAML
        from ruamel.yaml.error import YAMLError

        if len(self._data) > _MAX_TEXT:
            raise BuildError(f"is larger than {_MAX_TEXT} bytes", file=self._path)
        self._yaml = YAML(typ="rt")
        self._yaml.preserve_quotes = True
        self._yaml.width = 1 << 20
        try:
            text = self._data.decode()
            if re.search(r"(?m)^ +- ", text) and not re.search(r"(?m)^- ", text):
                self._yaml.indent(mapping=2, sequence=4, offset=2)
            self._body = self._yaml.load(text)
        except (YAMLError, UnicodeDecodeError, RecursionError) as error:
            first = str(error).strip().splitlines()[0] if str(error).strip() else repr(error)
            raise BuildError(f"does not parse: {first}", file=self._path) from error
        if self._body is not None and not isinstance(self._body, dict):
            raise BuildError("is not a mapping", file=self._path)
        return self._body

    def set(self, name: str, ref: ImageRef) -> bool:
        """Set every entry called `name`; False when there is none."""
        if b"images" not in self._data:
            return False
        entries = (self._load() or {}).get("images")
        if not isinstance(entries, list):
            return False
        matches = [e for e in entries if isinstance(e, dict) and e.get("name") == name]
        for entry in matches:
            self._write(entry, name, ref)
        return bool(matches)

    def add(self, name: str, ref: ImageRef) -> None:
        from ruamel.yaml.comments import CommentedMap

        body = self._load()
        if body is None:
            raise BuildError("is empty", file=self._path)
        entry = CommentedMap(name=name)
        self._write(entry, name, ref)
        body.setdefault("images", []).append(entry)

    def _write(self, entry: Any, name: str, ref: ImageRef) -> None:
        from ruamel.yaml.scalarstring import DoubleQuotedScalarString

        if ref.name and (ref.name != name or "newName" in entry):
            entry["newName"] = ref.name
        if ref.tag or ref.digest:
            # Tag and digest are replaced together: an old one of either would win or mislead.
            for key, value in (("newTag", ref.tag), ("digest", ref.digest)):
                if value:
                    entry[key] = DoubleQuotedScalarString(value)
                else:
                    entry.pop(key, None)
        self.changed = True

    def text(self) -> bytes:
        out = io.StringIO()
        self._yaml.dump(self._body, out)
        return out.getvalue().encode()


def _users(files: Mapping[str, bytes], name: str) -> list[str]:
    """Manifests with an `image:` field of that name."""
    before = rb"(?m)(?:^|[{,])[ \t-]*[\"']?image[\"']?[ \t]*:[ \t]*[\"']?"
    field = re.compile(before + re.escape(name.encode()) + rb"(?=[:@\s\"'#]|$)")
    return [
        path
        for path, data in files.items()
        if path.endswith((".yaml", ".yml", ".json")) and field.search(data)
    ]


def _nearest(documents: Mapping[str, object], path: str) -> str | None:
    """The kustomization file in the folder of `path` or the closest one above."""
    folder = path.rpartition("/")[0]
    while True:
        for name in KUSTOMIZATION_NAMES:
            candidate = f"{folder}/{name}" if folder else name
            if candidate in documents:
                return candidate
        if not folder:
            return None
        folder = folder.rpartition("/")[0]
