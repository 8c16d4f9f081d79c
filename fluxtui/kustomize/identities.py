"""One object per identity also after variables went in: Flux fails when two have become one.

Flux puts every object back into its set as soon as variables are in it, and does not find its
place when another has the same group, version, kind, name and effective namespace then. Nothing
here changes objects.
Rule source: kustomize's resmap.Replace, as kustomize-controller calls it object by object.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from fluxtui.domain.errors import BuildError
from fluxtui.kustomize.files import Files
from fluxtui.kustomize.ids import Gvk
from fluxtui.kustomize.positions import line_of
from fluxtui.kustomize.resource import BuildResource
from fluxtui.kustomize.tracking import Origin


class Identities:
    """Who is who in a build while variables go into one object after the other."""

    def __init__(self, resources: Sequence[BuildResource], files: Files) -> None:
        self._resources = resources
        self._files = files
        self._keys = [r.id.key for r in resources]
        self._names = [r.name for r in resources]
        self._taken: Counter[tuple[Gvk, str, str]] = Counter(self._keys)

    def changed(self, index: int) -> None:
        """An object was put back. BuildError naming both when another one has its identity."""
        key = self._resources[index].id.key
        self._taken[self._keys[index]] -= 1
        self._taken[key] += 1
        self._keys[index] = key
        if self._taken[key] < 2:
            return
        twins = [i for i, identity in enumerate(self._keys) if identity == key]
        described = " and ".join(self._described(i) for i in twins)
        raise BuildError(
            f"post build failed: id matched {len(twins)} resources: "
            f"{self._resources[index].id} is there twice once variables are in it, {described}",
            file=self._resources[index].file,
            field="metadata.name",
            next="let their names or namespaces differ",
        )

    def _described(self, index: int) -> str:
        """`name` as it was written and the place it was written at."""
        resource = self._resources[index]
        origin = Origin(resource.file, resource.document, "metadata.name", "file")
        line = line_of(self._files, origin) if resource.file else 0
        place = f"{resource.file}:{line}" if line else resource.file
        return f"{self._names[index]} of {place}" if place else self._names[index]
