"""A folder on disk seen as widely as its build needs: what lies beside it may be used, too.

The view widens step by step, so that files keep short names; a bound ends that. Light on purpose:
nothing of a cluster is imported, and what a build is made by is the caller's.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from fluxtui.domain.errors import BuildError
from fluxtui.kit.records import NamedTuple
from fluxtui.kustomize import OUTSIDE, Files, FolderFiles

if TYPE_CHECKING:
    from fluxtui.kustomize import Build


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
            raise _found(problem, bound) from problem
        if root is not None:
            raise _found(problem, bound, "a wider --root lets it") from problem
    return _wider(path, bound, attempt)


def _found(problem: BuildError, bound: Path, next_: str = "") -> BuildError:
    """The problem with its file as whoever typed would open it: from here, else from the root."""
    file, full = problem.file, bound.resolve() / problem.file
    if file and full.exists():
        here = Path.cwd()
        file = str(full.relative_to(here) if full.is_relative_to(here) else full)
    way = next_ or problem.next
    return BuildError(problem.what, file=file, field=problem.field, line=problem.line, next=way)


def _wider(path: Path, bound: Path, attempt: Attempt) -> Made:
    for wider in bound.parents:
        where = path.resolve().relative_to(wider).as_posix()
        try:
            return attempt(FolderFiles(wider), where)
        except BuildError as problem:
            if OUTSIDE not in problem.what or wider.parent == wider:
                raise _found(problem, wider) from problem
    raise AssertionError("the root of the file system is a parent of every folder")


def repository_root(path: Path) -> Path:
    """Where a build begins to look: the git work tree, else the folder itself."""
    for folder in (path.resolve(), *path.resolve().parents):
        if (folder / ".git").exists():
            return folder
    return path
