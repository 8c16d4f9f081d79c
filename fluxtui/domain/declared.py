"""Where a field stands that an act changes and a parent puts back: what is asked, and the answer.

For good it is edited there; fluxtui names the file and the line and writes to neither. Values only.
"""

from __future__ import annotations

from fluxtui.domain.resource import Key
from fluxtui.kit.values import frozen


@frozen
class DeclaredField:
    """A field (`spec.ref.semver`) of an object that `parent` applies."""

    parent: Key
    object: Key
    path: str


@frozen
class Declaration:
    """Where one stands. `file`: from the root of what is named by `where` (a checkout's folder, a
    bundle, a commit); `line` counts from 1, 0 is unknown. `by`: what sets it, where that is no file
    alone (`patch 2 of Kustomization infra/apps`). `remark`: what is particular about that place.
    `error`: why it is not known, "" when it is.
    """

    field: DeclaredField
    where: str = ""
    file: str = ""
    line: int = 0
    by: str = ""
    remark: str = ""
    error: str = ""

    @property
    def place(self) -> str:
        """`clusters/eu/web.yaml:14`, "" where it is in no file."""
        return f"{self.file}:{self.line}" if self.file and self.line else self.file

    @property
    def says(self) -> str:
        """Where to edit it for good, or that it is not known, as a sentence."""
        what = f"{self.field.path} of {self.field.object.label}"
        if self.error:
            return f"where {what} is declared: {self.error}"
        at = f"{self.place} in {self.where}" if self.place else self.where
        set_by = f", set by {self.by}" if self.by else ""
        remark = f" ({self.remark})" if self.remark else ""
        return f"for good {what} is edited in {at}{set_by}{remark}"
