"""Errors get their place: the file and the field whose reading or applying raised them.

Used around every piece of work a field asks for. Must not hide or replace what went wrong.
"""

from __future__ import annotations

from fluxtui.domain.errors import BuildError


class located:
    """Names file and field in a BuildError that does not name them itself."""

    def __init__(self, file: str, field: str = "") -> None:
        self.file, self.field = file, field

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, problem: BaseException | None, trace: object) -> None:
        if not isinstance(problem, BuildError) or (problem.file and problem.field):
            return
        raise BuildError(
            problem.what,
            file=problem.file or self.file,
            field=problem.field or self.field,
            line=problem.line,
            next=problem.next,
        ) from problem
