"""Admission webhooks: which of the stored configurations a write concerns, asked in their order.

Mutating ones one after the other, each seeing what the one before made; validating ones all at
once. Nobody is called with the store locked (outcalls.py); how one is called, reviewing.py knows.
What the server writes by itself (collecting garbage, ending a namespace) asks nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from fluxtui.world.apiserver import cel, policies
from fluxtui.world.apiserver.kinds import Kind
from fluxtui.world.apiserver.matching import (
    ADMISSION,
    exempt,
    labels_match,
    namespace_labels,
    rule_matches,
    variables,
)
from fluxtui.world.apiserver.outcalls import Asking, CallOut, Question, asking
from fluxtui.world.apiserver.reviewing import Attributes, CallFailed, ask
from fluxtui.world.apiserver.state import State
from fluxtui.world.apiserver.status import Json, forbidden, internal

_MUTATING = (ADMISSION, "mutatingwebhookconfigurations")
_VALIDATING = (ADMISSION, "validatingwebhookconfigurations")
_SYSTEM = ("uid", "creationTimestamp")

Decoded = Callable[[Kind, Json], Json]


class Webhooks:
    """The webhooks of one API server; `decoded` reads a mutated object as its kind does."""

    def __init__(self, state: State, decoded: Decoded) -> None:
        self._state = state
        self._decoded = decoded

    def mutated(self, kind: Kind, old: Json | None, new: Json | None) -> Json | None:
        """The object after every mutating webhook. Raises StatusError, CallOut."""
        request = asking()
        if request is None or exempt(kind):
            return new
        hooks = self._concerned(_MUTATING, kind, old, new, request)
        if not hooks:
            return new
        question = _question("mutate", kind, old, new)
        if question in request.answers:
            return request.answers[question] or None

        def work() -> None:
            request.answers[question] = self._mutate(hooks, kind, old, new, request) or {}

        raise CallOut(work)

    def validated(self, kind: Kind, old: Json | None, new: Json | None) -> Json | None:
        """The object, when no policy and no webhook denies it. Raises StatusError, CallOut."""
        request = asking()
        if request is None or exempt(kind):
            return new
        hooks = self._concerned(_VALIDATING, kind, old, new, request)
        governed = policies.concerned(self._state, kind, old, new, request)
        if not hooks and not governed:
            return new
        question = _question("validate", kind, old, new)
        if question in request.answers:
            return request.answers[question] or None

        def work() -> None:
            about = _attributes(kind, old, new, request)
            policies.enforce(self._state, governed, about)
            self._validate(hooks, about)
            request.answers[question] = new or {}

        raise CallOut(work)

    # -- which

    def _concerned(
        self,
        resource: tuple[str, str],
        kind: Kind,
        old: Json | None,
        new: Json | None,
        request: Asking,
    ) -> list[Json]:
        """The webhooks with a rule for this request, configurations by name."""
        bucket = self._state.store.bucket(resource)
        if not bucket.objects:
            return []
        operation = _operation(old, new)
        namespace = _namespace(kind, old, new)
        return [
            hook
            for key in sorted(bucket.objects)
            for hook in _hooks(bucket.objects.get(key))
            if any(
                rule_matches(rule, kind, operation, namespace, request.subresource)
                for rule in hook.get("rules") or ()
            )
        ]

    def _is_asked(self, hook: Json, about: Attributes) -> bool:
        """Selectors and matchConditions. Raises 403 where a condition fails and so does policy."""
        labels = namespace_labels(self._state, about)
        if labels is not None and not labels_match(hook.get("namespaceSelector"), labels):
            return False
        objects = [obj for obj in (about.new, about.old) if obj is not None]
        selector = hook.get("objectSelector")
        if not any(labels_match(selector, o["metadata"].get("labels") or {}) for o in objects):
            return False
        conditions = hook.get("matchConditions") or ()
        if not conditions:
            return True
        try:
            return cel.all_true((str(c.get("expression")) for c in conditions), variables(about))
        except cel.Failed as error:
            if hook.get("failurePolicy") == "Ignore":
                return False
            raise forbidden(about.kind.named(about.name), str(error)) from error

    # -- asking

    def _mutate(
        self, hooks: list[Json], kind: Kind, old: Json | None, new: Json | None, request: Asking
    ) -> Json | None:
        shown = new
        if new is not None and old is None:
            # A new object has no identity of the server's yet.
            meta = {k: v for k, v in new["metadata"].items() if k not in _SYSTEM}
            if str(meta.get("name")).startswith(str(meta.get("generateName") or "\0")):
                del meta["name"]
            shown = new | {"metadata": meta}
        changed = False
        for hook in hooks:
            about = _attributes(kind, old, shown, request)
            if not self._is_asked(hook, about):
                continue
            patched = self._asked(hook, about, mutating=True)
            if patched is not None:
                shown, changed = self._decoded(kind, patched), True
        if not changed or new is None or shown is None:
            return new
        kept = {
            k: new["metadata"][k] for k in ("name", "namespace", *_SYSTEM) if k in new["metadata"]
        }
        return shown | {"metadata": {**shown["metadata"], **kept}}

    def _validate(self, hooks: list[Json], about: Attributes) -> None:
        due = [hook for hook in hooks if self._is_asked(hook, about)]
        if len(due) == 1:
            self._asked(due[0], about, mutating=False)
        elif due:
            with ThreadPoolExecutor(len(due)) as pool:
                for answer in [pool.submit(self._asked, h, about, mutating=False) for h in due]:
                    answer.result()

    def _asked(self, hook: Json, about: Attributes, *, mutating: bool) -> Json | None:
        try:
            return ask(hook, about, self._state.hosts, mutating=mutating)
        except CallFailed as error:
            if hook.get("failurePolicy") == "Ignore":
                return None
            raise internal(f'failed calling webhook "{hook.get("name")}": {error}') from error


def _hooks(stored: Any) -> Iterator[Json]:
    """The webhooks of a configuration; it may just have been deleted."""
    if stored is not None:
        yield from stored.obj.get("webhooks") or ()


def _operation(old: Json | None, new: Json | None) -> str:
    if new is None:
        return "DELETE"
    return "CREATE" if old is None else "UPDATE"


def _namespace(kind: Kind, old: Json | None, new: Json | None) -> str:
    """Where it is; a Namespace is in itself."""
    metadata: Mapping[str, Any] = (new or old or {})["metadata"]
    field = "name" if kind.resource == ("", "namespaces") else "namespace"
    return str(metadata.get(field) or "")


def _attributes(kind: Kind, old: Json | None, new: Json | None, request: Asking) -> Attributes:
    metadata = (new or old or {})["metadata"]
    return Attributes(
        kind,
        _operation(old, new),
        _namespace(kind, old, new),
        str(metadata.get("name") or ""),
        old,
        new,
        request,
    )


def _question(phase: str, kind: Kind, old: Json | None, new: Json | None) -> Question:
    metadata = (new or old or {})["metadata"]
    key = (str(metadata.get("namespace") or ""), str(metadata.get("name") or ""))
    version = str((old or {"metadata": {}})["metadata"].get("resourceVersion") or "")
    return phase, _operation(old, new), kind.resource, key, version
