"""The ordered set of objects of a build: one object per identity.

Kept in the order of arrival, which is the order Flux applies nothing else to. Nothing here reads
files or knows transformers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from fluxtui.domain.errors import BuildError
from fluxtui.kustomize.ids import Id
from fluxtui.kustomize.resource import BuildResource, bare_key
from fluxtui.kustomize.scalars import Quoted, written_string


class ResourceMap:
    """Objects in order; adding one whose identity is taken is an error."""

    def __init__(self, resources: Iterable[BuildResource] = ()) -> None:
        self.items: list[BuildResource] = []
        self.extend(resources)

    def __iter__(self) -> Iterator[BuildResource]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def extend(self, resources: Iterable[BuildResource]) -> None:
        """Adds objects; BuildError when one has the identity of another."""
        identities = {r.id.key for r in self.items}
        for resource in resources:
            identity = resource.id
            if identity.key in identities:
                raise BuildError(
                    f"{identity} is already there: an object may be listed once",
                    file=resource.file,
                )
            identities.add(identity.key)
            self.items.append(resource)

    def matching(self, matches: Callable[[Id], bool]) -> list[BuildResource]:
        """Objects of which any identity, past or present, matches."""
        return [r for r in self.items if not r.is_empty() and any(matches(i) for i in r.ids())]

    def the_one(self, identity: Id, role: str, file: str = "") -> BuildResource:
        """The only object that has or had the identity; BuildError otherwise."""
        matches = self.matching(identity.same)
        if len(matches) == 1:
            return matches[0]
        if matches:
            raise BuildError(f"{role} {identity} matches {len(matches)} objects", file=file)
        raise BuildError(f"no resource matches {role} {identity}", file=file)

    def drop_dead(self) -> None:
        """Forgets deleted objects."""
        if any(r.is_empty() for r in self.items):
            self.items = [r for r in self.items if not r.is_empty()]

    def absorb(self, new: BuildResource) -> BuildResource | None:
        """Adds a generated object: created, merged into or put in place of its namesake.

        Returns the namesake. BuildError when its behavior does not fit.
        """
        identity = new.id
        matches = self.matching(identity.same)
        behavior = new.behavior
        if not matches:
            if behavior in ("merge", "replace"):
                raise BuildError(f"{identity} does not exist; cannot {behavior}", file=new.file)
            self.extend([new])
            return None
        if len(matches) > 1:
            raise BuildError(f"{len(matches)} objects could take {identity}", file=new.file)
        if behavior not in ("merge", "replace"):
            raise BuildError(
                f"{identity} exists already; behavior must be merge or replace", file=new.file
            )
        old = matches[0]
        _take_metadata(new, old)
        if behavior == "merge":
            _merge_data(new, old)
            new.origin = old.origin or new.origin
        self.items[self.items.index(old)] = new
        return old


def _take_metadata(new: BuildResource, old: BuildResource) -> None:
    hashed = new.hashed and old.hashed
    for field in ("labels", "annotations"):
        new.set_texts(field, {**old.texts(field), **new.texts(field)})
    new.set_name(old.name)
    new.set_namespace(old.namespace)
    new.previous, new.prefixes, new.suffixes = old.previous, old.prefixes, old.suffixes
    new.variables, new.hashed, new.behavior = old.variables, hashed, old.behavior
    new.transformations = old.transformations


def _merge_data(new: BuildResource, old: BuildResource) -> None:
    for field in ("data", "binaryData"):
        merged = {**(old.obj.get(field) or {}), **(new.obj.get(field) or {})}
        new.obj.pop(field, None)
        if merged:
            new.obj[field] = {key: _text(merged[key]) for key in sorted(merged, key=bare_key)}


def _text(value: Any) -> Any:
    """A value of the merged data, where no folded block stays one."""
    return written_string(value) if isinstance(value, Quoted) else value
