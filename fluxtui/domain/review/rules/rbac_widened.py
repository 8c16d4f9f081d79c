"""Somebody may do more than before. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.masking import base_name
from fluxtui.domain.objectdiff import ObjectChange
from fluxtui.domain.review.delivered import DangerRule, Delivered
from fluxtui.domain.review.pods import Object, at, listed, mapping

SHOWN = 8
_ROLES = frozenset({"Role", "ClusterRole"})
_BINDINGS = frozenset({"RoleBinding", "ClusterRoleBinding"})
_JOINS = "rbac.authorization.k8s.io/aggregate-to-"
_GROUP = "rbac.authorization.k8s.io"
# Who may do these may do anything that they allow to somebody.
_STRONG = frozenset({"*", "escalate", "bind", "impersonate"})
_ANYBODY = frozenset({"system:anonymous", "system:unauthenticated", "system:authenticated"})
Grant = tuple[str, str, str, str]
"""verb, API group, resource, name of the object ("" all)."""


def _judge(delivered: Delivered) -> Iterator[Danger]:
    for change in delivered.changes:
        if change.kind == "changed":
            yield from _operated(change)
        if change.id.group != _GROUP:
            continue
        if change.id.kind in _ROLES:
            yield from _role(change)
            yield from _aggregated(change)
        elif change.id.kind in _BINDINGS:
            yield from _binding(change, delivered)


def _operated(change: ObjectChange) -> Iterator[Danger]:
    """Roles of somebody's own access control: what lists of permissions have more than before."""
    if change.id.kind.endswith("Role"):
        had = frozenset(_permissions(mapping(change.before, "spec")))
        gets = dict.fromkeys(_permissions(mapping(change.after, "spec")))
        new = [text for text in gets if text not in had]
        if new:
            says = f"{change.id} allows more"
            yield Danger(RULE.id, Gravity.CARE, says, change.id, look=_first(new))


def _permissions(spec: Object) -> Iterator[str]:
    for name, value in spec.items():
        if str(name).lower().endswith("permissions") and isinstance(value, list | tuple):
            yield from (text for text in value if isinstance(text, str))


def _first(lines: list[str]) -> tuple[str, ...]:
    more = (f"... {len(lines) - SHOWN} more",) if len(lines) > SHOWN else ()
    return (*lines[:SHOWN], *more)


def _role(change: ObjectChange) -> Iterator[Danger]:
    had, gets = (frozenset(_grants(side)) for side in (change.before, change.after))
    new = sorted(g for g in gets - had if not any(_covers(h, g) for h in had))
    if not new:
        return
    strong = any(_is_strong(grant) for grant in new)
    level = Gravity.STOP if strong else Gravity.CARE
    if change.kind == "added" and not strong:
        return  # a new role of a new part, without what leads further, is no news
    verb = "allows" if change.kind == "added" else "allows more"
    look = _first([_words(grant) for grant in new])
    yield Danger(RULE.id, level, f"{change.id} {verb}", change.id, look=look)


def _aggregated(change: ObjectChange) -> Iterator[Danger]:
    """A label that gives what a ClusterRole allows to everybody who has another one."""
    had, has = (_joins(side) for side in (change.before, change.after))
    if has - had:
        says = f"{change.id} is added to what {', '.join(sorted(has - had))} allows"
        look = _first([_words(grant) for grant in _grants(change.after)])
        yield Danger(RULE.id, Gravity.CARE, says, change.id, look=look)


def _joins(obj: Object | None) -> frozenset[str]:
    return frozenset(
        str(name)[len(_JOINS) :]
        for name, value in mapping(obj, "metadata", "labels").items()
        if str(name).startswith(_JOINS) and str(value).lower() == "true"
    )


def _is_strong(grant: Grant) -> bool:
    """Whether it leads further than to what it names."""
    verb, _group, resource, name = grant
    if _STRONG & set(grant[:3]) or (verb, resource) == ("create", "serviceaccounts/token"):
        return True
    if resource in ("nodes/proxy", "pods/exec", "pods/attach"):
        return True
    return resource == "secrets" and not name


def _binding(change: ObjectChange, delivered: Delivered) -> Iterator[Danger]:
    had, gets = (frozenset(_subjects(side)) for side in (change.before, change.after))
    role = str(at(change.after, "roleRef", "name"))
    new = sorted(gets - had)
    anybody = any(subject.rpartition("/")[2] in _ANYBODY for subject in new)
    worst = role == "cluster-admin" or anybody
    if change.kind == "added" and not worst:
        # Who comes with the same build gets rights for the first time; who is there already, more.
        new = [subject for subject in new if _was_there(subject, delivered)]
    if new:
        level = Gravity.STOP if worst else Gravity.CARE
        says = f"{change.id} gives {role} to {', '.join(new)}"
        yield Danger(RULE.id, level, says, change.id)


def _was_there(subject: str, delivered: Delivered) -> bool:
    kind, _slash, name = subject.partition("/")
    if kind != "ServiceAccount":
        return kind in ("User", "Group")
    return any(id.kind == kind and f"{id.namespace}/{id.name}" == name for id in delivered.before)


def _grants(obj: Object | None) -> Iterator[Grant]:
    for rule in listed(obj, "rules"):
        # A generated name is the same with another hash behind it.
        names = tuple(map(base_name, _texts(rule, "resourceNames"))) or ("",)
        groups, resources = _texts(rule, "apiGroups"), _texts(rule, "resources")
        yield from product(_texts(rule, "verbs"), groups, resources, names)
        yield from product(_texts(rule, "verbs"), ("url",), _texts(rule, "nonResourceURLs"), ("",))


def _texts(rule: Object, name: str) -> tuple[str, ...]:
    value = rule.get(name)
    return tuple(map(str, value)) if isinstance(value, list | tuple) else ()


def _covers(had: Grant, grant: Grant) -> bool:
    """Whether it was allowed before, by a wildcard or without a name."""
    same = all(old in ("*", new) for old, new in zip(had[:3], grant[:3], strict=True))
    return same and had[3] in ("", grant[3])


def _words(grant: Grant) -> str:
    verb, group, resource, name = grant
    where = f"{resource}.{group}" if group else resource
    return f"{verb} {where}{f' {name}' if name else ''}"


def _subjects(obj: Object | None) -> Iterator[str]:
    for subject in listed(obj, "subjects"):
        parts = (str(subject.get(name) or "") for name in ("kind", "namespace", "name"))
        yield "/".join(part for part in parts if part)


RULE = DangerRule(
    "rbac-widened",
    "somebody may do more than before",
    "What a Role allows holds for every subject bound to it from the moment it is applied. `*`,"
    " `escalate`, `bind`, `impersonate` and Secrets lead to everything else in their scope.",
    _judge,
)
