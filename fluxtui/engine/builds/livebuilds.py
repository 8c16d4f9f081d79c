"""The worker's side of a comparison with a cluster: what would be applied, and how that differs.

Runs in the worker process only. A Secret's values stay tokens on our side; what the cluster has in
their place is turned into tokens too, so that equal ones are equal and none is ever shown.
"""

from __future__ import annotations

import base64
import dataclasses
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fluxtui.cluster.port import Json
from fluxtui.domain.ask import ComparedKustomization
from fluxtui.domain.livefields import as_kept, owned_fields, projected, tidied
from fluxtui.domain.masking import Masker, base_name
from fluxtui.domain.objectdiff import diff_objects
from fluxtui.engine.builds.livehiding import LiveHiding
from fluxtui.engine.builds.secretmarks import TOKEN, Marks, token
from fluxtui.engine.builds.sides import (
    BuildReview,
    Pair,
    built_side,
    concealed,
    encrypted_remarks,
    pruned,
)
from fluxtui.kustomize import ENCRYPTED

if TYPE_CHECKING:
    from fluxtui.kustomize import Build

MANAGER = "kustomize-controller"
_OWNER = "kustomize.toolkit.fluxcd.io"


@dataclass(frozen=True, slots=True)
class Prepared:
    """What would be applied, and findings of the build. `labels`: what the tokens in it stand for.

    `guarded`: numbers of the objects that hold tokens, which no API may be sent; `unnamed`: of
    those with a name that ends in the hash of what is encrypted.
    """

    objects: tuple[Json, ...]
    findings: tuple[str, ...]
    labels: Mapping[str, str]
    guarded: frozenset[int]
    unnamed: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Beside:
    """An object beside the live one. `outcome`: what the API would make of it, if it was asked."""

    wanted: Json | None
    live: Json | None
    outcome: Json | None = None


def prepare(review: BuildReview) -> Prepared:
    """The only pair's right side as Flux applies it: with owner labels and commonMetadata."""
    (pair,) = review.pairs
    build = built_side(pair.right, review)
    labels = dict(review.labels)
    objects = tuple(_dressed(obj, pair) for obj in concealed(build, review.session, labels))
    guarded = frozenset(n for n, obj in enumerate(objects) if TOKEN.search(str(obj)))
    findings = build.findings if build is not None else ()
    findings = (*findings, *encrypted_remarks(build, "not compared"))
    guarded |= {n for n, o in enumerate(objects) if _has_token(o)}
    unnamed = _unnamed(build)
    return Prepared(objects, tuple(map(Marks(labels).text, findings)), labels, guarded, unnamed)


def _unnamed(build: Build | None) -> frozenset[int]:
    if build is None or not build.unnamed:
        return frozenset()
    from fluxtui.kustomize import key_of

    return frozenset(n for n, o in enumerate(build.objects) if key_of(o) in build.unnamed)


def settled(
    prepared: Prepared, surplus: Sequence[Beside]
) -> tuple[tuple[Json, ...], tuple[Beside, ...]]:
    """(objects, what is left over) once unnamed objects have the names that they have live.

    Only a key could tell what the hash in such a name is made of; the live object of the same kind
    and name before its hash, which nothing else builds, is taken for it.
    """
    names: dict[str, str] = {}
    candidates = list(surplus)
    for number in sorted(prepared.unnamed):
        built = prepared.objects[number]
        partner = next((b for b in candidates if b.live and _stem(b.live) == _stem(built)), None)
        if partner is not None and partner.live is not None:
            names[built["metadata"]["name"]] = partner.live["metadata"]["name"]
            candidates.remove(partner)
    if not names:
        return prepared.objects, tuple(surplus)
    return tuple(_renamed(obj, names) for obj in prepared.objects), tuple(candidates)


def _stem(obj: Json) -> tuple[str, str, str]:
    metadata = obj["metadata"]
    return str(obj.get("kind")), str(metadata.get("namespace")), base_name(metadata["name"])


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, Mapping):
        return {key: _renamed(item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [_renamed(item, names) for item in value]
    return names.get(value, value) if isinstance(value, str) else value


def _has_token(obj: Json) -> bool:
    return obj.get("kind") == "Secret" and any(
        TOKEN.search(_decoded(value)) for value in (obj.get("data") or {}).values()
    )


def _dressed(obj: Json, pair: Pair) -> Json:
    assert pair.right is not None
    spec = pair.right.kustomization.get("spec") or {}
    common = spec.get("commonMetadata") or {}
    metadata = dict(obj.get("metadata") or {})
    metadata["labels"] = {
        **(metadata.get("labels") or {}),
        f"{_OWNER}/name": pair.key.name,
        f"{_OWNER}/namespace": pair.key.namespace,
        **(common.get("labels") or {}),
    }
    if common.get("annotations"):
        metadata["annotations"] = {**(metadata.get("annotations") or {}), **common["annotations"]}
    return {**{k: v for k, v in obj.items() if k != "status"}, "metadata": metadata}


def compare(
    review: BuildReview, beside: tuple[Beside, ...], result: ComparedKustomization
) -> ComparedKustomization:
    """`result` with its changes: live -> what applying would make of it."""
    labels = dict(review.labels)
    hiding = LiveHiding(review.session, labels)
    before, after = [], []
    for pair in beside:
        live, built = pair.live, pair.wanted
        if built is None:
            assert live is not None
            before.append(hiding.hidden(tidied(live), None))
        elif live is None:
            after.append(folded(built))
        elif pair.outcome is not None:
            outcome = tidied(pair.outcome)
            before.append(hiding.hidden(tidied(live), outcome))
            after.append(outcome)
        else:
            built, present = folded(built), folded(live)
            owned = dict(owned_fields(live, MANAGER))
            owned |= {"f:stringData": owned["f:data"]} if "f:data" in owned else {}
            present = projected(tidied(present), built, owned)
            beside_built = aligned(present, built, review.session, labels)
            before.append(hiding.hidden(beside_built, built))
            after.append(as_kept(built, present))
    changes = diff_objects(before, after, Masker(review.session))
    marks = Marks(labels)
    prune = review.pairs[0].prune
    return dataclasses.replace(
        result, changes=tuple(marks.change(pruned(c) if prune else c) for c in changes)
    )


def folded(obj: Json) -> Json:
    """A Secret with all values readable in `stringData`; others as they are."""
    if obj.get("kind") != "Secret" or obj.get("apiVersion") != "v1":
        return obj
    values = {k: _decoded(v) for k, v in (obj.get("data") or {}).items()}
    values |= {k: str(v) for k, v in (obj.get("stringData") or {}).items()}
    plain = {k: v for k, v in obj.items() if k not in ("data", "stringData")}
    return {**plain, "stringData": values}


def _decoded(value: object) -> str:
    try:
        return base64.b64decode(str(value), validate=True).decode()
    except ValueError:
        return str(value)  # not text: it is compared as it was written


def aligned(live: Any, built: Any, session: bytes, labels: dict[str, str]) -> Any:
    """`live` with tokens wherever `built` has them: the same one when the value is the same."""
    if isinstance(live, Mapping) and isinstance(built, Mapping):
        return {k: aligned(v, built.get(k), session, labels) for k, v in live.items()}
    if isinstance(live, list) and isinstance(built, list):
        texts = [i for i in built if not isinstance(i, Mapping)]
        by_name = {i["name"]: i for i in built if isinstance(i, Mapping) and "name" in i}
        return [
            aligned(item, _partner(item, n, by_name, built, texts), session, labels)
            for n, item in enumerate(live)
        ]
    if isinstance(built, str) and labels.get(built) == ENCRYPTED:
        return built  # nobody here can say whether it is another value
    if not isinstance(live, str) or not isinstance(built, str) or not TOKEN.search(built):
        return live
    if live == built:
        return live  # a token already, and the same one
    return _token_text(live, built, session, labels)


def _partner(
    item: Any, number: int, by_name: Mapping[str, Any], built: list[Any], texts: list[Any]
) -> Any:
    if isinstance(item, Mapping) and item.get("name") in by_name:
        return by_name[item["name"]]
    return built[number] if number < len(built) and len(texts) in (0, len(built)) else None


def _token_text(live: str, built: str, session: bytes, labels: dict[str, str]) -> str:
    tokens = TOKEN.findall(built)
    pattern = "(.*)".join(re.escape(part) for part in TOKEN.split(built))
    match = re.fullmatch(pattern, live, re.DOTALL)
    names = [labels.get(mark, "secret") for mark in tokens]
    if match is not None and all(
        token(session, name, value) == mark
        for name, value, mark in zip(names, match.groups(), tokens, strict=True)
    ):
        return built
    new_token = token(session, "live " + names[0], live)
    labels[new_token] = " + ".join(dict.fromkeys(names))
    return new_token
