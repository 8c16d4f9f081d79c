"""What only a cluster or a registry can say of a delivery, as questions and answers.

A rule names what it wants to know before anybody is asked; who asks decides nothing. Values; pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.inventory import ObjectId
from fluxtui.domain.resource import Key
from fluxtui.domain.review.delivered import Delivered
from fluxtui.domain.review.operated import is_custom
from fluxtui.domain.review.pods import Object, listed, mapping


@dataclass(frozen=True, slots=True)
class ObjectAsked:
    """Whether an object is in the cluster; of a Secret no more than that."""

    api_version: str
    target: ObjectId

    def __str__(self) -> str:
        return str(self.target)


@dataclass(frozen=True, slots=True)
class KindAsked:
    """Whether the cluster serves a kind."""

    api_version: str
    kind: str

    def __str__(self) -> str:
        return f"{self.kind} ({self.api_version})"


@dataclass(frozen=True, slots=True)
class ImageAsked:
    """Which digest an image has in its registry now. With `labels`: also which digest the
    `container` of the Pods that have them runs (`namespace`)."""

    image: str
    namespace: str = ""
    labels: tuple[tuple[str, str], ...] = ()
    container: str = ""

    def __str__(self) -> str:
        return f"image {self.image}"


@dataclass(frozen=True, slots=True)
class DefinitionAsked:
    """In which versions objects of a CustomResourceDefinition are stored, and how many there are.
    `version`, `kind`: by which they are counted; `kept`: the versions that it will have; `goes`: it
    will be deleted. `schemas`: that of the version before and after, a list as JSON: which of them
    would not fit any more; "" for none to try. `rules`: it has new ones in CEL, which nobody tries.
    """

    name: str
    group: str
    version: str
    kind: str
    kept: tuple[str, ...] = ()
    goes: bool = False
    schemas: str = ""
    rules: bool = False

    def __str__(self) -> str:
        return f"any {self.kind} ({self.group})"


Asked = DefinitionAsked | ImageAsked | KindAsked | ObjectAsked


@dataclass(frozen=True, slots=True)
class WantedFact:
    """A question of a rule. `kustomization`: whose delivery needs it, and so which cluster it is
    put to; `by`: the object that does. `needs`: what for, in words. `gone`: the delivery itself
    takes it away, and nobody has to be asked. `keys`: which entries it must have, and what for.
    """

    rule: str
    asked: Asked
    kustomization: Key
    by: ObjectId | None = None
    needs: str = ""
    level: Gravity = Gravity.STOP
    gone: bool = False
    keys: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Heard:
    """The answer. `there` None: nobody knows, and `why` says what came in its place. Of an image
    `digests`, its own and then those of what it is an index of, and `running`, what Pods run; of a
    definition the `stored` versions, the `count` of its objects (`cut`: of more) and which would be
    `broken` by its new schema, as `Boat/apps/a: spec.size: more than 9`. `keys`: those of a
    ConfigMap or Secret, None where that is not known.
    """

    there: bool | None = None
    why: str = ""
    digests: tuple[str, ...] = ()
    running: tuple[str, ...] = ()
    stored: tuple[str, ...] = ()
    count: int = 0
    cut: bool = False
    broken: tuple[str, ...] = ()
    keys: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Together:
    """What all builds of one delivery bring to one cluster, and what they take away.

    `kinds`: (group, kind) of the definitions among them -> versions that these serve; `makers`:
    objects of kinds that are not Kubernetes' own, which may make further ones.
    """

    after: frozenset[ObjectId] = frozenset()
    pruned: frozenset[ObjectId] = frozenset()
    kinds: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    makers: Mapping[ObjectId, Object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AskingRule:
    """A danger that the builds alone do not show. `wants`: what to ask for a Kustomization's
    delivery; `judge`: what an answer means. `why`: what happens and what to do instead."""

    id: str
    title: str
    why: str
    wants: Callable[[Delivered, Together], Iterable[WantedFact]]
    judge: Callable[[WantedFact, Heard], Iterable[Danger]]


def together(all_delivered: Iterable[Delivered]) -> Together:
    """Of the deliveries to one cluster."""
    after: dict[ObjectId, Object] = {}
    pruned: set[ObjectId] = set()
    for delivered in all_delivered:
        after |= delivered.after
        pruned |= {change.id for change in delivered.changes if change.kind == "pruned"}
    definitions = (o for id, o in after.items() if id.kind == "CustomResourceDefinition")
    return Together(
        frozenset(after),
        frozenset(pruned) - after.keys(),
        {_defined(definition): served_versions(definition) for definition in definitions},
        {id: obj for id, obj in after.items() if is_custom(id.group)},
    )


def served_versions(definition: Object) -> tuple[str, ...]:
    """The versions that a definition has served."""
    versions = listed(definition, "spec", "versions")
    return tuple(str(v.get("name")) for v in versions if v.get("served") is True)


def _defined(definition: Object) -> tuple[str, str]:
    spec = mapping(definition, "spec")
    return str(spec.get("group")), str(mapping(spec, "names").get("kind"))
