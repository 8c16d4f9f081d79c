"""The pipeline: one kustomization after the other, in kustomize's own order.

resources -> field specs -> generators -> components -> transformers -> validators -> variables; and
once, at the end: hashes, references, variables, local objects out, order. Nothing here knows how a
transformer works.
Rule source: kustomize's KustTarget.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from typing import Any

from fluxtui.domain.errors import BuildError
from fluxtui.kustomize.accumulator import Accumulator
from fluxtui.kustomize.config import TransformerConfig, default_config, read_config
from fluxtui.kustomize.fieldsteps import field_steps
from fluxtui.kustomize.generators import generate, merged_options
from fluxtui.kustomize.kustfile import KustFile, read_kustomization
from fluxtui.kustomize.loader import Loader, is_remote, objects_of
from fluxtui.kustomize.located import located
from fluxtui.kustomize.plugins import plugin_generator, plugin_step
from fluxtui.kustomize.provenance import add_origin, add_transformation, origin_of
from fluxtui.kustomize.reader import load_values
from fluxtui.kustomize.resource import BuildResource
from fluxtui.kustomize.scalars import copied, plain
from fluxtui.kustomize.schema import Schema
from fluxtui.kustomize.steps import (
    BuildStep,
    variable,
)
from fluxtui.kustomize.tracking import ChangeCause, NoTracker, Tracker
from fluxtui.kustomize.transformers.variables import mark


@dataclass(slots=True)
class BuildContext:
    """What all kustomizations of one build share."""

    schema: Schema
    metadata: tuple[str, ...] = ()
    tracker: Tracker = field(default_factory=NoTracker)
    findings: list[str] = field(default_factory=list)


class KustTarget:
    """One kustomization. `place` is its folder as origin annotations write it."""

    def __init__(
        self, loader: Loader, context: BuildContext, kust: KustFile, place: str = ""
    ) -> None:
        self.loader = loader
        self.context = context
        self.kust = kust
        self.place = place

    def accumulate(self, into: Accumulator) -> Accumulator:
        """Runs this kustomization; a component works on what its parent has gathered."""
        self.context.findings.extend(self.kust.findings)
        self._resources(into, self.kust.texts("resources"))
        into.merge_config(self._config())
        self._generate(into)
        for index, path in enumerate(self.kust.texts("components")):
            self._component(into, path, f"components[{index}]")
        self._transform(into)
        self._validate(into)
        variables = [variable(v, self.kust.file) for v in self.kust.many("vars")]
        with located(self.kust.file):
            mark(into.resources, variables, self.context.schema)
            into.merge_variables(variables)
        return into

    # --- what goes in ------------------------------------------------------------------------

    def _resources(self, into: Accumulator, paths: list[str], name: str = "resources") -> None:
        for index, path in enumerate(paths):
            where = f"{name}[{index}]"
            if not path:
                raise BuildError("an empty path", file=self.kust.file, field=where)
            if is_remote(path) and not self._exists(path):
                raise BuildError(
                    f"{path} is a remote base, which is not fetched",
                    file=self.kust.file,
                    field=where,
                    next="vendor the base into the bundle",
                )
            with located(self.kust.file, where):
                if self.loader.files.is_file(self.loader.at(path)):
                    self._file(into, path, where)
                else:
                    self._folder(into, path, where, component=False)

    def _exists(self, path: str) -> bool:
        try:
            where = self.loader.at(path)
        except BuildError:
            return False
        return self.loader.files.is_file(where) or self.loader.files.is_dir(where)

    def _file(self, into: Accumulator, path: str, where: str) -> None:
        file = self.loader.at(path)
        objects = objects_of(self.loader.read(path, where), file, self.context.schema)
        for resource in objects:
            if self.context.metadata:
                resource.origin = {"path": posixpath.normpath(posixpath.join(self.place, path))}
            self.context.tracker.loaded(resource)
        into.resources.extend(objects)

    def _component(self, into: Accumulator, path: str, where: str) -> None:
        with located(self.kust.file, where):
            self._folder(into, path, where, component=True)

    def _folder(self, into: Accumulator, path: str, where: str, *, component: bool) -> None:
        loader = self.loader.base(path, where)
        kust = read_kustomization(loader)
        if kust.is_component != component:
            expected = "a Component" if component else "a Kustomization"
            raise BuildError(f"{path} is not {expected}", file=kust.file, field="kind")
        place = posixpath.normpath(posixpath.join(self.place, path))
        context = self.context
        if kust.mapping("openapi"):
            document = check_openapi(kust, loader)
            if not context.schema.settled and document is not None:
                context.schema.extend(document)
        target = KustTarget(loader, context, kust, place)
        if component:
            target.accumulate(into)
        else:
            into.merge(target.accumulate(Accumulator()))

    def _config(self) -> TransformerConfig:
        config = default_config()
        for index, path in enumerate(self.kust.texts("configurations")):
            where = f"configurations[{index}]"
            documents = load_values(
                self.loader.read(path, where), file=self.loader.at(path), mode="kubectl"
            )
            with located(self.loader.at(path), where):
                config = config.merged(read_config(plain(documents[0]) if documents else None))
        for index, path in enumerate(self.kust.texts("crds")):
            from fluxtui.kustomize.crds import config_from_crds

            where = f"crds[{index}]"
            documents = load_values(
                self.loader.read(path, where), file=self.loader.at(path), mode="kubectl"
            )
            with located(self.loader.at(path), where):
                config = config.merged(config_from_crds(plain(documents[0]) if documents else None))
        return config

    def _generate(self, into: Accumulator) -> None:
        general = self.kust.mapping("generatorOptions")
        for name, kind in (("configMapGenerator", "ConfigMap"), ("secretGenerator", "Secret")):
            for index, args in enumerate(self.kust.many(name)):
                where = f"{name}[{index}]"
                options = merged_options(args.get("options"), general)
                with located(self.kust.file, where):
                    resource = generate(
                        kind,
                        args,
                        options,
                        lambda path, where=where: self.loader.read(path, where),  # type: ignore[misc]
                        self.context.schema,
                    )
                    resource.file = self.kust.file
                    if self.context.metadata:
                        add_origin(resource, self._configured(f"{kind}Generator"))
                    old = into.resources.absorb(resource)
                    cause = ChangeCause(f"transformer {name}", self.kust.file, where)
                    self.context.tracker.generated(resource, cause, old)
        for plugin in self._plugins("generators"):
            with located(plugin.file, "generators"):
                resource = plugin_generator(plugin, self.loader, self.context.schema)
                resource.file = plugin.file
                if self.context.metadata:
                    add_origin(resource, origin_of(plugin))
                old = into.resources.absorb(resource)
                cause = ChangeCause(f"transformer {plugin.name}", plugin.file)
                self.context.tracker.generated(resource, cause, old)

    def _configured(self, kind: str) -> dict[str, Any]:
        path = posixpath.join(self.place, posixpath.basename(self.kust.file))
        return {
            "configuredIn": path,
            "configuredBy": {"apiVersion": "builtin", "kind": kind},
        }

    def _plugins(self, name: str) -> list[BuildResource]:
        """Objects of `generators:`, `transformers:` or `validators:`, inline or in files."""
        own = Accumulator()
        paths: list[str] = []
        for entry in self.kust.texts(name):
            try:
                objects = objects_of(entry, self.kust.file, self.context.schema)
            except BuildError:
                paths.append(entry)
                continue
            for resource in objects:
                resource.origin = {
                    "path": posixpath.join(self.place, posixpath.basename(self.kust.file))
                }
            own.resources.extend(objects)
        self._resources(own, paths, name)
        return own.resources.items

    # --- what happens to it ------------------------------------------------------------------

    def _transform(self, into: Accumulator) -> None:
        for step in field_steps(self.kust, self.loader, into.config, self.context.schema):
            self._run(step, into)
        for plugin in self._plugins("transformers"):
            with located(plugin.file, "transformers"):
                step = plugin_step(plugin, self.loader, self.context.schema)
            self._run(step, into)

    def _run(self, step: BuildStep, into: Accumulator) -> None:
        tracker = self.context.tracker
        with located(step.file or self.kust.file, step.field):
            before = list(into.resources)
            hits = step.run(into.resources)
            into.resources.drop_dead()
            cause = ChangeCause(step.by, step.file, step.field)
            if len(before) > len(into.resources.items):
                remaining = {id(r) for r in into.resources}
                for resource in before:
                    if id(resource) not in remaining:
                        tracker.removed(resource, cause)
            tracker.changed(into.resources, cause)
        if hits == 0:
            self.context.findings.append(f"{step.by} matches no object")
        if self.context.metadata:
            origin = step.plugin or self._configured(step.builtin)
            for resource in into.resources:
                add_transformation(resource, dict(origin))

    def _validate(self, into: Accumulator) -> None:
        for plugin in self._plugins("validators"):
            with located(plugin.file, "validators"):
                step = plugin_step(plugin, self.loader, self.context.schema)
                before = [plain(r.obj) for r in into.resources]
                step.run(into.resources)
                if before != [plain(r.obj) for r in into.resources]:
                    raise BuildError("a validator changed an object")


def check_openapi(kust: KustFile, loader: Loader) -> dict[str, Any] | None:
    """The document of `openapi.path`, None for a version. BuildError for an unknown version."""
    openapi = kust.mapping("openapi")
    path, version = openapi.get("path"), openapi.get("version")
    for key in openapi:
        if key not in ("path", "version"):
            raise BuildError("unknown field", file=kust.file, field=f"openapi.{key}")
    if path and version:
        raise BuildError("path and version exclude each other", file=kust.file, field="openapi")
    if version and version != "v1.21.2":
        raise BuildError(
            f"version {version} is not built in (v1.21.2 is)",
            file=kust.file,
            field="openapi.version",
        )
    if not path:
        return None
    with located(kust.file, "openapi.path"):
        text = loader.read(path, "openapi.path")
    documents = load_values(text, file=loader.at(path), mode="kubectl")
    data = plain(copied(documents[0])) if documents else None
    if not isinstance(data, dict):
        raise BuildError(
            "an OpenAPI document is a mapping", file=loader.at(path), field="openapi.path"
        )
    return data
