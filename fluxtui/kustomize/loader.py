"""Reading the files of a build: relative to the folder of each kustomization, within one root.

Knows cycles of bases and addresses of remote ones; opens no connection. Nothing here understands
what it reads beyond splitting documents into objects.
Rule source: kustomize's FileLoader and resource factory.
"""

from __future__ import annotations

import posixpath
import re
from typing import Any

from fluxtui.domain.errors import BuildError
from fluxtui.kustomize.files import Files, normalise
from fluxtui.kustomize.reader import Reader
from fluxtui.kustomize.resource import BuildResource
from fluxtui.kustomize.scalars import copied, is_null, is_scalar, text_of
from fluxtui.kustomize.schema import Schema

_REMOTE = re.compile(
    r"(?:[a-z][a-z0-9+.-]*://|git::|git@|gh:|(?:www\.)?(?:github\.com|bitbucket\.org|gitlab\.com)[/:]"
    r"|[^/]*@[^/]+:)"
)


def is_remote(path: str) -> bool:
    """Whether a resource path is an address (a git repository or a file on the web)."""
    return bool(_REMOTE.match(path)) or "?ref=" in path


class Loader:
    """Files as one kustomization sees them. `root` is its folder, `parent` who included it."""

    def __init__(self, files: Files, root: str = ".", parent: Loader | None = None) -> None:
        self.files = files
        self.root = normalise(root)
        self.parent = parent

    def at(self, path: str) -> str:
        """A path of the kustomization relative to the root of the build.

        Raises BuildError for a path out of the root.
        """
        try:
            return normalise(posixpath.join(self.root, path) if self.root != "." else path)
        except BuildError as problem:
            raise BuildError(f"{path}: {problem.what}") from problem

    def read(self, path: str, field: str = "") -> bytes:
        """Content of a file. Raises BuildError (missing, remote, outside of the root)."""
        if is_remote(path):
            raise BuildError(
                f"{path} is on the network, which is not read",
                field=field,
                next="vendor the file into the bundle",
            )
        where = self.at(path)
        try:
            exists = self.files.is_file(where)
        except BuildError as problem:
            raise BuildError(f"{path}: {problem.what}", field=field) from problem
        if not exists:
            raise BuildError(f"{path}: no such file", field=field)
        try:
            return self.files.read(where)
        except BuildError as problem:
            raise BuildError(
                problem.what, file=problem.file or path, field=field, line=problem.line
            ) from problem

    def base(self, path: str, field: str) -> Loader:
        """The loader of a folder it includes. Raises BuildError for cycles and outside folders."""
        where = self.at(path)
        if not self.files.is_dir(where):
            raise BuildError(f"{path} is neither a file nor a folder", field=field)
        visited: Loader | None = self
        while visited is not None:
            if where == "." or visited.root == where or visited.root.startswith(f"{where}/"):
                raise BuildError(
                    f"cycle: {path} leads to {where}, which is being built", field=field
                )
            visited = visited.parent
        return Loader(self.files, where, self)


def objects_of(data: bytes | str, file: str, schema: Schema) -> list[BuildResource]:
    """Objects in a file, lists taken apart.

    Raises BuildError for a document without kind or name (a list needs no name).
    """
    documents = list(Reader(file).documents(data))
    queue: list[tuple[Any, int, int]] = []
    first = documents[0][0] if len(documents) == 1 else None
    if isinstance(first, dict) and _is_wrapper(first):
        items = first.get("items")
        for item in items if isinstance(items, list) else ():
            queue.append((item, 0, documents[0][1]))
    else:
        queue = [(value, index, line) for index, (value, line) in enumerate(documents)]
    queue = _checked(queue, file)
    result: list[BuildResource] = []
    while queue:
        value, index, line = queue.pop(0)
        if not text_of(value.get("kind")).endswith("List") or "items" not in value:
            result.append(BuildResource(value, schema, file, index))
            continue
        items = value["items"]
        if is_null(items):
            continue
        if not isinstance(items, list):
            raise BuildError("items of a list must be a list", file=file, field="items", line=line)
        queue.extend(_checked([(copied(item), index, line) for item in items], file))
    return result


def _is_wrapper(value: dict[str, Any]) -> bool:
    return text_of(value.get("kind")) in ("List", "ResourceList") and (
        "items" in value or "functionConfig" in value
    )


def _checked(queue: list[tuple[Any, int, int]], file: str) -> list[tuple[Any, int, int]]:
    rows = []
    for value, index, line in queue:
        if is_null(value) or value == {} or value == []:
            continue
        if not isinstance(value, dict):
            raise BuildError("a document is not a Kubernetes object", file=file, line=line)
        kind = value.get("kind")
        if not is_scalar(kind) or not text_of(kind):
            raise BuildError("missing kind", file=file, field="kind", line=line)
        if not text_of(kind).endswith("List"):
            metadata = value.get("metadata")
            name = metadata.get("name") if isinstance(metadata, dict) else None
            if not is_scalar(name) or not text_of(name):
                raise BuildError(
                    f"missing metadata.name in {text_of(kind)}",
                    file=file,
                    field="metadata.name",
                    line=line,
                )
        rows.append((value, index, line))
    return rows
