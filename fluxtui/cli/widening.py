"""A folder on disk seen as widely as its build needs: what lies beside it may be used, too.

The view widens step by step, so that files keep short names; a bound ends that. Light on purpose:
nothing of a cluster is imported, and what a build is made by is the caller's.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from fluxtui.domain.errors import BuildError
from fluxtui.kustomize.files import OUTSIDE, Files, FolderFiles

if TYPE_CHECKING:
    from fluxtui.kustomize.building import Build


class Made(NamedTuple):
    """A build with the files it was made of; `unread`: inputs that are missing."""

    build: Build
    files: Files
    findings: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


Attempt = Callable[[Files, str], Made]


def within(path: Path, root: Path | None, attempt: Attempt) -> Made:
    """`attempt` with the files of `root`; without one, of a folder wide enough for the build."""
    bound = root or repository_root(path).resolve()
    where = path.resolve().relative_to(bound.resolve()).as_posix()
    try:
        return attempt(FolderFiles(bound), where)
    except BuildError as problem:
        if OUTSIDE not in problem.what or bound.parent == bound:
            raise
        if root is not None:
            next_ = "a wider --root lets it"
            raise BuildError(
                problem.what,
                file=problem.file,
                field=problem.field,
                line=problem.line,
                next=next_,
            ) from problem
    return _wider(path, bound, attempt)


def _wider(path: Path, bound: Path, attempt: Attempt) -> Made:
    for wider in bound.parents:
        where = path.resolve().relative_to(wider).as_posix()
        try:
            return attempt(FolderFiles(wider), where)
        except BuildError as problem:
            if OUTSIDE not in problem.what or wider.parent == wider:
                raise
    raise AssertionError("the root of the file system is a parent of every folder")


def repository_root(path: Path) -> Path:
    """Where a build begins to look: the git work tree, else the folder itself."""
    for folder in (path.resolve(), *path.resolve().parents):
        if (folder / ".git").exists():
            return folder
    return path
