"""`images:`: new names, tags and digests of container images.

Looks in every list called containers or initContainers, then where field specs say. The name is
matched as a pattern, as kustomize does. Must not touch CustomResourceDefinitions.
Rule source: kustomize's image tag filters.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from fluxtui.domain.errors import BuildError
from fluxtui.domain.goregex import for_re2
from fluxtui.kustomize.fieldspec import FieldSpec, apply_specs
from fluxtui.kustomize.resmap import ResourceMap
from fluxtui.kustomize.scalars import is_null, is_scalar, retyped, text_of


@dataclass(frozen=True, slots=True)
class Image:
    """What to change of an image called `name`; empty fields stay."""

    name: str
    new_name: str = ""
    new_tag: str = ""
    tag_suffix: str = ""
    digest: str = ""


def set_image(resources: ResourceMap, image: Image, specs: Sequence[FieldSpec]) -> None:
    """Rewrites every matching image reference."""

    def put(container: Any, key: Any) -> None:
        old = container[key]
        if not is_null(old) and not is_scalar(old):
            raise BuildError("an image must be a scalar", field=str(key))
        text = text_of(old)
        if is_named(text, image.name):
            container[key] = retyped(old, rewritten(text, image))

    for resource in resources:
        if resource.gvk.kind == "CustomResourceDefinition":
            continue
        _containers(resource.obj, put)
        apply_specs(resource, specs, put)


def _containers(value: Any, put: Callable[[Any, Any], None]) -> None:
    if isinstance(value, list):
        for item in value:
            if isinstance(item, dict | list):
                _containers(item, put)
    elif isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(item, dict | list):
                continue
            _containers(item, put)
            if key in ("containers", "initContainers") and isinstance(item, list):
                for element in item:
                    if isinstance(element, dict) and not is_null(element.get("image")):
                        put(element, "image")


@lru_cache(maxsize=256)
def _pattern(name: str) -> Callable[[str], Any]:
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        matcher: Callable[[str], Any] = re2.compile(
            f"^{for_re2(name)}(:[a-zA-Z0-9_.{{}}-]*)?"
            r"(@[a-zA-Z0-9]+([.+_-][a-zA-Z0-9]+)*:[a-zA-Z0-9_.{}-]*)?$",
            options,
        ).match
    except re2.error:
        return lambda text: None
    return matcher


@lru_cache(maxsize=4096)
def is_named(reference: str, name: str) -> bool:
    """Whether the reference is this image, with or without tag and digest."""
    return bool(_pattern(name)(reference))


def split(reference: str) -> tuple[str, str, str]:
    """(name, tag, digest) of an image reference."""
    slash = max(reference.find("/"), 0)
    at, colon = reference.find("@", slash), reference.find(":", slash)
    if at < 0 and colon < 0:
        return reference, "", ""
    if at >= 0 and (at < colon or colon < 0):
        return reference[:at], "", reference[at + 1 :]
    if at >= 0:
        return reference[:colon], reference[colon + 1 : at], reference[at + 1 :]
    return reference[:colon], reference[colon + 1 :], ""


def rewritten(reference: str, image: Image) -> str:
    """The reference after the change. A new tag or digest replaces both."""
    name, tag, digest = split(reference)
    name = image.new_name or name
    if image.new_tag or image.digest:
        tag, digest = image.new_tag, image.digest
    elif image.tag_suffix:
        tag, digest = tag + image.tag_suffix, ""
    return name + (f":{tag}" if tag else "") + (f"@{digest}" if digest else "")
