"""Everything that the builds of one question need: bundles, variables, and what could not be read.

Each artifact and each ConfigMap or Secret is read once per question. A Secret's values are replaced
by tokens here, before anything leaves for the worker. Nothing is built or compared here.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from fluxtui.cluster.port import ApiResource, Cluster
from fluxtui.domain.errors import FluxtuiError, NotFound
from fluxtui.domain.kinds import sources
from fluxtui.domain.naming import Tables
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.revision import commit_of, digest_of, tag_of, version_text
from fluxtui.engine.builds.gittrees import GitTrees
from fluxtui.engine.builds.secretmarks import token
from fluxtui.engine.builds.sides import Bundle, Pair, Side
from fluxtui.engine.registries import RegistryDoor

_CONFIGMAPS = ApiResource("", "v1", "ConfigMap", "configmaps")
_SECRETS = ApiResource("", "v1", "Secret", "secrets")

Intended = tuple[Resource, str, Resource, Mapping[str, Any]]
"""One side: source, tag, digest or `sha1:<commit>` ("" = as stored), Kustomization, the spec to
build with."""


@dataclass(frozen=True, slots=True)
class Values:
    """What a reference to variables gave. `there` False: no such object; `error`: not readable."""

    values: Mapping[str, str] = field(default_factory=dict)
    there: bool = True
    error: str = ""


class Gathered:
    """Lives as long as one question. `names`: where the digests of a source are looked up."""

    def __init__(
        self,
        registries: RegistryDoor,
        cluster: Callable[[str], Cluster],
        session: bytes,
        names: Callable[[Resource], Tables],
        trees: GitTrees,
    ) -> None:
        self._names = names
        self._trees = trees
        self.bundles: dict[str, Bundle] = {}
        self.labels: dict[str, str] = {}
        self.unread: list[str] = []
        self._registries = registries
        self._cluster = cluster
        self._session = session
        self._pulled: dict[tuple[Key, str], tuple[str, str]] = {}
        self._values: dict[tuple[str, str, str, str], Values] = {}

    async def pair(
        self,
        key: Key,
        left: Intended | None,
        right: Intended | None,
        *,
        prune: bool = False,
        explain: bool = False,
    ) -> Pair:
        """One Kustomization with both sides gathered; what fails becomes the pair's error."""
        names = ["not there" if side is None else "?" for side in (left, right)]
        sides: list[Side | None] = [None, None]
        try:
            for number, intended in enumerate((left, right)):
                if intended is not None:
                    names[number], sides[number] = await self._side(*intended)
        except FluxtuiError as error:
            return Pair(key, names[0], names[1], None, None, str(error))
        return Pair(key, names[0], names[1], sides[0], sides[1], "", prune, explain)

    async def lacks(self, source: Resource, *refs: str) -> str:
        """Why the content that one of these name cannot be had ("" names what is stored), as a
        sentence; "" where all can."""
        for ref in refs:
            named = ref or _content(source, sources.revision(source))
            try:
                if named:
                    await self._bundle(source, named)
            except FluxtuiError as error:
                return f"{words(named)}: {error}"
        return ""

    def stand_in(self, source: Resource, files: Mapping[str, bytes], name: str) -> None:
        """Have these files stand for what a Git source has stored."""
        ref = _content(source, sources.revision(source))
        ignore = source.spec.get("ignore")
        text = ignore if isinstance(ignore, str) else None
        # Files of a folder change without a name of their own.
        parts = (f"{path} {sha256(data).hexdigest()}" for path, data in sorted(files.items()))
        bundle = f"{name} {sha256(chr(10).join(parts).encode()).hexdigest()} {text or ''}"
        self.bundles[bundle] = Bundle(b"", text, files)
        self._pulled[(source.key, ref)] = (words(ref), bundle)

    async def _side(
        self, source: Resource, ref: str, user: Resource, spec: Mapping[str, Any]
    ) -> tuple[str, Side | None]:
        stored = sources.revision(source)
        ref = ref or _content(source, stored)
        if not ref:
            return words(""), None
        name, bundle = await self._bundle(source, ref)
        texts: dict[str, dict[str, Mapping[str, str]]] = {"ConfigMap": {}, "Secret": {}}
        unread: list[str] = []
        for kind, ref_name in _references(spec):
            place = f"{user.key.namespace}/{ref_name}"
            reading = await self._read_once(user.key, kind, ref_name)
            if reading.error:
                unread.append(f"unread {kind.lower()} {place}")
            if reading.there:
                texts[kind][place] = reading.values
        if unread:
            label = " or ".join(unread)
            self.labels[token(self._session, label, "")] = label
        obj = {**user.as_object(), "spec": dict(spec)}
        side = Side(bundle, obj, texts["ConfigMap"], texts["Secret"], tuple(unread))
        # What is stored keeps the name of its version; a digest alone says little to a person.
        return (self._words(source, stored) if _content(source, stored) == ref else name), side

    async def _bundle(self, source: Resource, ref: str) -> tuple[str, str]:
        """(version in words, name of the bundle)."""
        cached = self._pulled.get((source.key, ref))
        if cached is not None:
            return cached
        ignore = source.spec.get("ignore")
        text = ignore if isinstance(ignore, str) else None
        if sources.is_of_git(source.key):
            files = await self._trees.files(source, commit_of(ref))
            name = f"{sources.url(source)} {ref} {source.spec.get('sparseCheckout')} {text or ''}"
            self.bundles[name] = Bundle(b"", text, files)
            self._pulled[(source.key, ref)] = (words(ref), name)
            return self._pulled[(source.key, ref)]
        selector = source.spec.get("layerSelector")
        media = str(selector.get("mediaType") or "") if isinstance(selector, Mapping) else ""
        pulled = await self._registries.pull(sources.url(source), ref, media)
        name = f"{pulled.layer_digest} {text or ''}"
        self.bundles[name] = Bundle(pulled.layer, text)
        self._pulled[(source.key, ref)] = (self._words(source, pulled.revision), name)
        return self._pulled[(source.key, ref)]

    def _words(self, source: Resource, revision: str) -> str:
        return words(revision, self._names(source) if not tag_of(revision) else ())

    async def _read_once(self, user: Key, kind: str, name: str) -> Values:
        place = (user.environment, kind, user.namespace, name)
        if place not in self._values:
            self._values[place] = await self._read(user, kind, name)
        return self._values[place]

    async def _read(self, user: Key, kind: str, name: str) -> Values:
        type_ = _SECRETS if kind == "Secret" else _CONFIGMAPS
        try:
            obj = await self._cluster(user.environment).get(type_, user.namespace, name)
        except NotFound:
            return Values(there=False)
        except FluxtuiError as error:
            self.unread.append(f"{kind} {user.namespace}/{name} could not be read: {error}")
            return Values(error=str(error))
        data = obj.get("data") or {}
        if kind != "Secret":
            return Values({str(k): str(v) for k, v in data.items()})
        where = f"{user.namespace}/{name}"
        return Values({str(k): self._token(f"secret {where}#{k}", v) for k, v in data.items()})

    def _token(self, label: str, encoded: str) -> str:
        text = base64.b64decode(encoded).decode("utf-8", "replace")
        # Variables lose their newlines (docs/flux.md#substitution), and so does what they make.
        mark = token(self._session, label, text.replace("\n", ""))
        self.labels[mark] = label
        return mark


def _content(source: Resource, stored: str) -> str:
    """What names the content that a source has stored: a digest, of Git `sha1:<commit>`."""
    if not sources.is_of_git(source.key):
        return digest_of(stored)
    commit = commit_of(stored)
    return f"sha1:{commit}" if commit else ""


def words(revision: str, names: Tables = ()) -> str:
    """A revision for people: its tag, else one of its digest's, else its short digest."""
    return version_text(revision, names) or "nothing stored"


def _references(spec: Mapping[str, Any]) -> list[tuple[str, str]]:
    build = spec.get("postBuild")
    entries = build.get("substituteFrom") if isinstance(build, Mapping) else None
    return [
        (str(e.get("kind")), str(e.get("name")))
        for e in (entries if isinstance(entries, list) else [])
        if isinstance(e, Mapping) and e.get("kind") in ("ConfigMap", "Secret")
    ]
