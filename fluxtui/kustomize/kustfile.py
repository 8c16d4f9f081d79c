"""Reading a kustomization.yaml: every field has a type, nothing unknown passes.

The shape of the file is one table. Field names count regardless of case, as they do in Go's JSON;
deprecated forms are put into today's. Nothing here reads what the file refers to.
Rule source: kustomize's types.Kustomization.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from fluxtui.domain.errors import BuildError
from fluxtui.kustomize.loader import Loader
from fluxtui.kustomize.reader import load_mapping
from fluxtui.kustomize.scalars import single_text

KUSTOMIZATION_FILES: Final = ("kustomization.yaml", "kustomization.yml", "Kustomization")

Check = Callable[[Any, str], Any]


class _Problem(Exception):
    """A value of the wrong type; `args` is (what, field)."""


def _text(value: Any, where: str) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _Problem(f"must be a string, not {_named(value)}", where)
    return value


def _any_text(value: Any, where: str) -> str:
    """A string, or the text of a number or boolean (as Go reads YAML into a string field)."""
    if isinstance(value, bool | int | float):
        return single_text(value)
    return _text(value, where)


def _flag(value: Any, where: str) -> bool:
    if value is None:
        return False
    if not isinstance(value, bool):
        raise _Problem(f"must be true or false, not {_named(value)}", where)
    return value


def _number(value: Any, where: str) -> int:
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, int):
        raise _Problem(f"must be a whole number, not {_named(value)}", where)
    if not -(2**63) <= value < 2**63:  # it is an int64 there
        raise _Problem(f"must be a whole number of at most 64 bits, not {value}", where)
    return int(value)


def _named(value: Any) -> str:
    if isinstance(value, dict):
        return "a mapping"
    return "a list" if isinstance(value, list) else repr(value)


def _many(check: Check) -> Check:
    def read(value: Any, where: str) -> list[Any]:
        if value is None:
            return []
        if not isinstance(value, list):
            raise _Problem(f"must be a list, not {_named(value)}", where)
        return [check(item, f"{where}[{i}]") for i, item in enumerate(value)]

    return read


def _dict(check: Check) -> Check:
    def read(value: Any, where: str) -> dict[str, Any]:
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise _Problem(f"must be a mapping, not {_named(value)}", where)
        return {key: check(item, f"{where}.{key}") for key, item in value.items()}

    return read


def _mapping(value: Any, where: str) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise _Problem(f"must be a mapping, not {_named(value)}", where)
    return value


def _shape(shape: Mapping[str, Check], *, strict: bool = True) -> Check:
    names = {name.lower(): name for name in shape}

    def read(value: Any, where: str) -> dict[str, Any] | None:
        if value is None:
            return None
        if not isinstance(value, dict):
            raise _Problem(f"must be a mapping, not {_named(value)}", where)
        result: dict[str, Any] = {}
        for key, item in value.items():
            name = names.get(str(key).lower())
            at = f"{where}.{key}" if where else str(key)
            if name is not None:
                result[name] = shape[name](item, at)
            elif strict:
                raise _Problem("unknown field", at)
        return result

    return read


def _all(check: Check, names: str) -> dict[str, Check]:
    return dict.fromkeys(names.split(), check)


class _Shapes:
    """The pieces of the file. Strict: unknown fields and numbers for strings are errors."""

    def __init__(self, *, strict: bool) -> None:
        self.strict = strict
        self.text: Check = _text if strict else _any_text
        self.texts = _dict(self.text)
        self.selector = self._of(
            _all(self.text, "group version kind name namespace labelSelector annotationSelector")
        )
        self.options = self._of(
            {
                **_all(self.texts, "labels annotations"),
                **_all(_flag, "disableNameSuffixHash immutable"),
            }
        )
        spec = {**_all(self.text, "group version kind path"), "create": _flag}
        self.specs = _many(self._of(spec))
        self.image = self._of(_all(self.text, "name newName newTag tagSuffix digest"))
        self.replica = self._of({"name": self.text, "count": _number})
        self.account = self._of(_all(self.text, "name namespace projectId"))
        self.patch_options = self._of(_all(_flag, "allowNameChange allowKindChange"))
        self.sort = self._sort()
        self.replacements = self._replacements()

    def _of(self, shape: Mapping[str, Check]) -> Check:
        return _shape(shape, strict=self.strict)

    def generator(self, more: str = "") -> Check:
        """An entry of configMapGenerator; `more` names further strings."""
        return self._of(
            {
                **_all(self.text, f"namespace name behavior env {more}"),
                **_all(_many(self.text), "literals files envs"),
                "options": self.options,
            }
        )

    def _sort(self) -> Check:
        legacy = self._of(_all(_many(self.text), "orderFirst orderLast"))
        return self._of({"order": self.text, "legacySortOptions": legacy})

    def _replacements(self) -> Check:
        options = self._of(
            {**_all(self.text, "delimiter encoding"), "index": _number, "create": _flag}
        )
        source = {**_all(self.text, "group version kind name namespace fieldPath")}
        target = {
            "select": self.selector,
            "reject": _many(self.selector),
            "fieldPaths": _many(self.text),
            "options": options,
        }
        entry: dict[str, Check] = {
            "source": self._of({**source, "options": options}),
            "sourceValue": lambda value, at: None if value is None else self.text(value, at),
            "targets": _many(self._of(target)),
            "path": self.text,
        }
        return _many(self._of(entry))

    def kustomization(self) -> dict[str, Check]:
        """All fields of the file."""
        patch = self._of(
            {
                **_all(self.text, "path patch"),
                "target": self.selector,
                "options": self.patch_options,
            }
        )
        var = {
            "name": self.text,
            "objref": self._of(_all(self.text, "apiVersion group version kind name namespace")),
            "fieldref": self._of({"fieldPath": self.text}),
        }
        label: dict[str, Check] = {
            "pairs": self.texts,
            **_all(_flag, "includeSelectors includeTemplates includeVolumeClaimTemplates"),
            "fields": self.specs,
        }
        return {
            **_all(self.text, "apiVersion kind namePrefix nameSuffix namespace"),
            **_all(
                _many(self.text),
                "resources bases components crds configurations generators transformers"
                " validators patchesStrategicMerge buildMetadata",
            ),
            **_all(self.texts, "openapi commonLabels commonAnnotations"),
            **_all(_mapping, "metadata helmGlobals"),
            **_all(_many(_mapping), "helmCharts helmChartInflationGenerator"),
            **_all(_many(patch), "patchesJson6902 patches"),
            **_all(_many(self.image), "images imageTags"),
            "labels": _many(self._of(label)),
            "replacements": self.replacements,
            "replicas": _many(self.replica),
            "vars": _many(self._of(var)),
            "sortOptions": self.sort,
            "configMapGenerator": _many(self.generator()),
            "secretGenerator": _many(self.generator("type")),
            "generatorOptions": self.options,
        }


@cache
def pieces() -> dict[str, Check]:
    """Shapes for built-in plugins written as objects, which are read leniently."""
    shapes = _Shapes(strict=False)
    return {
        "fieldSpecs": shapes.specs,
        "selector": shapes.selector,
        "patchOptions": shapes.patch_options,
        "image": shapes.image,
        "replica": shapes.replica,
        "replacements": shapes.replacements,
        "ConfigMapGenerator": shapes.generator(),
        "SecretGenerator": shapes.generator("type"),
        "account": shapes.account,
        "text": shapes.text,
        "texts": shapes.texts,
        "flag": _flag,
        "number": _number,
    }


_FIELDS: Final = _Shapes(strict=True).kustomization()
_STRICT: Final = _shape(_FIELDS)
_LENIENT: Final = _shape(_Shapes(strict=False).kustomization(), strict=False)


@dataclass(frozen=True, slots=True)
class KustFile:
    """A kustomization as read, its values of the right type.

    `flux` is the namespace/name of the Flux Kustomization that was merged in, whose patches come
    after the file's `own_patches`; `from_flux` maps other fields that it set to their name in its
    spec (`namespace` -> `targetNamespace`, `images web` -> `images`).
    """

    file: str
    values: Mapping[str, Any] = field(default_factory=dict)
    own_patches: int = 0
    flux: str = ""
    from_flux: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[str, ...] = ()

    def cause(self, by: str, where: str, key: str) -> tuple[str, str, str]:
        """(by whom, file, field) of a step, of the Flux Kustomization when that set `key`."""
        flux_field = self.from_flux.get(key)
        if flux_field is None:
            return by, self.file, where
        return f"{flux_field} of Kustomization {self.flux}", "", f"spec.{flux_field}"

    def patch_name(self, name: str, index: int) -> str:
        """How a patch is called: by its place in the file, or in the Flux Kustomization."""
        if self.flux and name == "patches" and index >= self.own_patches:
            return f"patch {index - self.own_patches + 1} of Kustomization {self.flux}"
        return f"patch {index + 1} of {self.file}"

    def patch_field(self, name: str, index: int) -> str:
        """The field a patch stands in, in the file or in the Flux Kustomization."""
        if self.flux and name == "patches" and index >= self.own_patches:
            return f"spec.patches[{index - self.own_patches}]"
        return f"{name}[{index}]"

    def texts(self, name: str) -> list[str]:
        """A list of strings."""
        return list(self.values.get(name) or ())

    def text(self, name: str) -> str:
        """A string, "" when it is not set."""
        return str(self.values.get(name) or "")

    def many(self, name: str) -> list[dict[str, Any]]:
        """A list of mappings; empty entries are empty mappings."""
        return [item or {} for item in self.values.get(name) or ()]

    def mapping(self, name: str) -> dict[str, Any]:
        """A mapping, empty when it is not set."""
        return dict(self.values.get(name) or {})

    @property
    def is_component(self) -> bool:
        return self.values.get("kind") == "Component"


def checked(check: Check, value: Any, file: str, where: str) -> Any:
    """A value run through one of the shapes. BuildError naming the field."""
    try:
        return check(value, where)
    except _Problem as problem:
        message, at = problem.args
        raise BuildError(message, file=file, field=at) from problem


def find_kustomization(loader: Loader) -> str | None:
    """Path of the kustomization file in the loader's folder, None when there is none.

    Raises BuildError when there are several.
    """
    names = [
        path
        for path in (posixpath.join(loader.root, name) for name in KUSTOMIZATION_FILES)
        if loader.files.is_file(path)
    ]
    if len(names) > 1:
        raise BuildError(f"several kustomization files: {', '.join(names)}", file=loader.root)
    return posixpath.normpath(names[0]) if names else None


def read_kustomization(loader: Loader) -> KustFile:
    """The kustomization of a folder. BuildError when it is missing, empty, or has a wrong field."""
    path = find_kustomization(loader)
    if path is None:
        raise BuildError(f"there is no {KUSTOMIZATION_FILES[0]} in this folder", file=loader.root)
    return parse_kustomization(loader.files.read(path), path)


def parse_kustomization(data: bytes, path: str) -> KustFile:
    """A kustomization from its text. BuildError for an unknown field or a wrong type."""
    raw, findings = load_mapping(data, path)
    return KustFile(path, check_values(raw, path), findings=tuple(findings))


def load_values_of(data: bytes, path: str) -> tuple[dict[str, Any], list[str]]:
    """(fields, findings) of a kustomization read as Flux does: unknown fields are dropped."""
    raw, findings = load_mapping(data, path)
    fields = {name.lower() for name in _FIELDS}
    values = checked(_LENIENT, raw, path, "") or {}
    unknown = [k for k in raw if k.lower() not in fields]
    return dict(values), [*findings, *(f"{path}: unknown field {k} is dropped" for k in unknown)]


def check_values(raw: Mapping[str, Any], path: str) -> dict[str, Any]:
    """Fields of a kustomization with their types checked and deprecated names put right."""
    values = dict(checked(_STRICT, raw, path, "") or {})
    header = ("apiversion", "kind")
    if all(v is None or v == "" for k, v in raw.items() if k.lower() not in header):
        raise BuildError("the kustomization is empty", file=path)
    values["resources"] = [*(values.get("resources") or ()), *(values.pop("bases", None) or ())]
    values["images"] = [*(values.get("images") or ()), *(values.pop("imageTags", None) or ())]
    _check_header(values, path)
    _refuse(values, path)
    return values


def _check_header(values: Mapping[str, Any], path: str) -> None:
    kind = values.get("kind") or "Kustomization"
    if kind not in ("Kustomization", "Component"):
        raise BuildError("kind should be Kustomization or Component", file=path, field="kind")
    version = "v1alpha1" if kind == "Component" else "v1beta1"
    expected = f"kustomize.config.k8s.io/{version}"
    if (values.get("apiVersion") or expected) != expected:
        raise BuildError(f"apiVersion should be {expected}", file=path, field="apiVersion")


def _refuse(values: Mapping[str, Any], path: str) -> None:
    for name in ("helmCharts", "helmChartInflationGenerator"):
        if values.get(name):
            raise BuildError(
                "Helm charts are not inflated, neither here nor by Flux",
                file=path,
                field=name,
                next="use a HelmRelease, or publish the rendered chart",
            )
