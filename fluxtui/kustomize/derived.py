"""Which values were copied out of a Secret while a build ran, so that nobody shows them.

Replacements and vars may carry a Secret's value into any other object. Whoever copies says so here;
at the end every scalar of such an object that holds the text counts as secret: rather one too many
than one too few. Works without tracking, and costs nothing where nothing is copied.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fluxtui.kustomize.resource import BuildResource
from fluxtui.kustomize.scalars import is_scalar, text_of
from fluxtui.kustomize.tracking import Path


def is_secret(resource: BuildResource) -> bool:
    """Whether the object is a Secret of Kubernetes."""
    return resource.gvk.kind == "Secret" and not resource.gvk.group


def secret_label(resource: BuildResource, path: str, value: Any) -> str:
    """What `value`, read at `path` of an object, is to be called when it is secret, else ""."""
    if is_secret(resource):
        from fluxtui.domain.masking import base_name  # only who copies a Secret pays for it

        field, _, key = path.partition(".")
        if field in ("data", "stringData"):
            where = f"{resource.namespace}/{base_name(resource.name)}"
            return f"secret {where}#{key.strip('[]') or '*'}"
        return ""
    texts = list(_texts(value))
    return next((label for text, label in resource.taints if any(text in t for t in texts)), "")


def taint(resource: BuildResource, value: Any, label: str) -> None:
    """Notes that `value` went into the object; Secrets are masked anyway."""
    if label and not is_secret(resource):
        resource.taints += [(text, label) for text in _texts(value)]


def hidden_paths(resource: BuildResource) -> dict[Path, str]:
    """The scalars of an object that hold something of a Secret, with what to call them."""
    if not resource.taints:
        return {}
    return {
        path: label
        for path, text in _leaves(resource.obj, ())
        for taint_text, label in resource.taints
        if taint_text in text
    }


def _texts(value: Any) -> Iterator[str]:
    yield from (text for _path, text in _leaves(value, ()) if text)


def _leaves(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _leaves(item, (*path, index))
    elif is_scalar(value):
        yield path, text_of(value)
