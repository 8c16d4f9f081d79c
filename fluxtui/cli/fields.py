"""What may stand in `fluxtui.yaml`, declared once: the check, the JSON Schema and its sentences.

Nothing here reads a file or gives a value its meaning; `configuration` does that with what was
found to be in order.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fluxtui.domain.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Form:
    """How a text must look: a pattern that Python and JSON Schema read alike, and in words."""

    pattern: str
    says: str


@dataclass(frozen=True, slots=True)
class Text:
    """One text; a number is taken as it is written. `off`: or `off`, which means none. `names`:
    `file` or `folder`, when it names one that must be there."""

    help: str
    off: bool = False
    form: Form | None = None
    names: str = ""


@dataclass(frozen=True, slots=True)
class Texts:
    """A list of texts, or one alone."""

    help: str
    form: Form | None = None


@dataclass(frozen=True, slots=True)
class Flag:
    """true or false."""

    help: str


@dataclass(frozen=True, slots=True)
class FieldRecord:
    """Fields with names of ours."""

    help: str
    fields: Mapping[str, Node]


@dataclass(frozen=True, slots=True)
class Names:
    """Names of somebody's own, each with such a value. `known`: the only names there are, with a
    sentence for each."""

    help: str
    value: Node
    known: Callable[[], Mapping[str, str]] | None = None
    form: Form | None = None


Node = Text | Texts | Flag | FieldRecord | Names


def _commands() -> Mapping[str, str]:
    from fluxtui.commands.registry import ALL

    return {command.id: command.help for command in ALL}


HOST = Form(
    r"^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?)(:[0-9]{1,5})?$",
    "a host: no scheme and no path, with a port where it has one, as in cache.example.net:5000",
)
_LENGTH = Form(r"^([0-9]+(\.[0-9]+)?[smhdw])+$", "a duration, as in 90m, 24h, 3d or 1w")
_PLAIN_NAME = Form(r"^[^\s,]+$", "a name: it has a space or a comma, or nothing at all")
_NAMESPACE = Form(r"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$", "the name of a namespace")
_REPOSITORY = Form(
    r"^(oci://)?(?!.*://)[^\s/]\S*$", "an oci:// url or the path of one, as in oci://host/acme/web"
)
_URL = Form(r"^(oci://[^\s/]+/\S+)?$", "an oci:// url, as in oci://host/acme/web")
_GIT = Form(
    r"^((https?|ssh)://[^\s/]+/\S+|([^@/\s]+@)?[^:/\s]+:[^/\s]\S*)$",
    "the URL of a Git repository, as in https://git.example.com/acme/infra",
)
_IMAGE = Form(r"^(?!.*://)\S+$", "the name of an image, as in registry.example.com/acme/web")

_ENVIRONMENT = FieldRecord(
    "A kubeconfig context, and how careful to be with it.",
    {
        "context": Text("The kubeconfig context; without it, the environment's name."),
        "kubeconfig": Text("A kubeconfig of its own, from this file's folder.", names="file"),
        "namespaces": Texts("Look into these only; without it, into all.", _NAMESPACE),
        "stage": Text("What it belongs to, in the order of promotion; else its own name."),
        "soak": Text("How long a build is well there before it goes on, as 24h.", form=_LENGTH),
        "protected": Flag("Its name is typed to confirm a write; true unless it says false."),
        "readOnly": Flag("No write at all."),
    },
)
_SERVICE = FieldRecord(
    "What is delivered together.",
    {
        "urls": Texts("Its repositories: oci:// urls or paths, mirrors among them.", _REPOSITORY),
        "folder": Text("What `publish` packs, from this file's folder.", names="folder"),
        "images": Texts("The image names that `publish` sets inside the bundle.", _IMAGE),
        "publish": Text("Where `publish` pushes: an oci:// url.", form=_URL),
        "rehearsals": Names(
            "What is known to break, by name.",
            Names("Image name to tag; {version} stands for that of the build.", Text("A tag.")),
        ),
    },
)
_REGISTRIES = FieldRecord(
    "How to reach OCI registries.",
    {
        "mirrors": Names(
            "Host to host[:port].", Text("The host that is asked instead.", form=HOST), form=HOST
        ),
        "caFiles": Names(
            "Host to a file with its authority.", Text("A PEM file.", names="file"), form=HOST
        ),
        "plainHttp": Texts("Hosts that may get credentials without TLS.", HOST),
        "credentialsFile": Text("A docker config.json beside your own.", names="file"),
        "usePullSecrets": Flag("Also use the Secrets that sources name."),
        "askImages": Flag("Reviews ask any registry for images, not only those of bundles."),
    },
)
FILE = FieldRecord(
    "fluxtui's configuration.",
    {
        "environments": Names(
            "Environments by name, in the order of promotion.", _ENVIRONMENT, form=_PLAIN_NAME
        ),
        "services": Names("Services by name.", _SERVICE),
        "registries": _REGISTRIES,
        "git": FieldRecord(
            "How to reach Git remotes.",
            {
                "askRemotes": Flag(
                    "Ask them how far they are ahead, and for commits, with git's own credentials."
                ),
                "checkouts": Names(
                    "Repository by URL to a folder with a checkout of it, which is only read.",
                    Text("The checkout, from this file's folder.", names="folder"),
                    form=_GIT,
                ),
            },
        ),
        "audit": FieldRecord(
            "What acts leave besides the Journal.",
            {"events": Flag("A Kubernetes Event on each object that an act writes.")},
        ),
        "ageing": Text("From when a suspension or pin is called ageing; 7d.", form=_LENGTH),
        "keys": Names("Command to its keys, with commas between.", Text("A key."), _commands),
        "theme": Text("fluxtui-night, fluxtui-day, fluxtui-ansi, or any of Textual's."),
        "journal": Text("The file that keeps what was done from here."),
        "cache": Text("The folder for bundles, or off.", off=True),
        "readOnly": Flag("No write at all, in any environment."),
    },
)


class Lined(dict[Any, Any]):
    """A mapping that knows the line (from 1) of each of its keys."""

    __slots__ = ("lines",)

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[Any, int] = {}


@dataclass(frozen=True, slots=True)
class FieldPlace:
    """Where in which file; `line` 0 is the file as a whole."""

    file: str
    line: int = 0
    trail: tuple[str, ...] = ()

    def under(self, mapping: Mapping[Any, Any], key: object) -> FieldPlace:
        """The place of a key of the mapping that stands here."""
        line = mapping.lines.get(key, self.line) if isinstance(mapping, Lined) else self.line
        return FieldPlace(self.file, line, (*self.trail, str(key)))

    def __str__(self) -> str:
        at = f"{self.file}:{self.line}" if self.line else self.file
        return f"{at} {'.'.join(self.trail)}" if self.trail else at


def check(value: object, place: FieldPlace, node: Node = FILE) -> None:
    """Raise ConfigError, with file and line, for anything that is not as declared."""
    if isinstance(node, Flag):
        if not isinstance(value, bool):
            raise ConfigError("must be true or false", where=str(place))
    elif value is None or (isinstance(node, Text) and node.off and value is False):
        return
    elif isinstance(node, Text):
        if not _is_text(value):
            raise ConfigError("must be a text", where=str(place), next="put quotes around it")
        _check_form(value, place, node.form)
    elif isinstance(node, Texts):
        if not _is_text(value) and not (isinstance(value, list) and all(map(_is_text, value))):
            raise ConfigError("must be a list of texts", where=str(place))
        for item in value if isinstance(value, list) else [value]:
            _check_form(item, place, node.form)
    else:
        _check_mapping(value, place, node)


def _check_form(value: object, place: FieldPlace, form: Form | None) -> None:
    if form is not None and isinstance(value, str) and not re.search(form.pattern, value):
        raise ConfigError(f"{value!r} is not {form.says}", where=str(place))


def leaves(
    value: object, place: FieldPlace, node: Node = FILE
) -> Iterator[tuple[Text, str, FieldPlace]]:
    """The texts of what has been checked, each with its declaration and its place."""
    if isinstance(node, Text) and _is_text(value):
        yield node, str(value), place
    elif isinstance(node, FieldRecord | Names) and isinstance(value, Mapping):
        for key, item in value.items():
            inner = node.fields[key] if isinstance(node, FieldRecord) else node.value
            yield from leaves(item, place.under(value, key), inner)


def _check_mapping(value: object, place: FieldPlace, node: FieldRecord | Names) -> None:
    if not isinstance(value, Mapping):
        raise ConfigError("must be a mapping", where=str(place))
    record = isinstance(node, FieldRecord)
    names = node.fields if isinstance(node, FieldRecord) else node.known() if node.known else None
    for key in value:
        if names is not None and key not in names:
            place = FieldPlace(place.file, place.under(value, key).line, place.trail)
            raise _unknown(str(key), place, tuple(names), "field" if record else "command")
    for key, item in value.items():
        if isinstance(node, Names):
            _check_form(key, place.under(value, key), node.form)
        inner = node.fields[key] if isinstance(node, FieldRecord) else node.value
        check(item, place.under(value, key), inner)


def _unknown(key: str, place: FieldPlace, names: tuple[str, ...], thing: str) -> ConfigError:
    from fluxtui.cli.nearest import nearest

    near = nearest(key, names)
    hint = f"did you mean {near}? " if near else ""
    return ConfigError(
        f"unknown {thing} {key!r}",
        where=str(place),
        next=f"{hint}known: {', '.join(sorted(names))}",
    )


def _is_text(value: object) -> bool:
    return isinstance(value, (str, int, float)) and not isinstance(value, bool)


def schema(node: Node = FILE) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a node; of the whole file unless said."""
    about = {"description": node.help}
    texts = ["string", "number"]
    form = getattr(node, "form", None)
    look = {"pattern": form.pattern} if form is not None else {}
    if isinstance(node, Flag):
        return {**about, "type": "boolean"}
    if isinstance(node, Text):
        if node.off:
            return {**about, "anyOf": [{"type": [*texts, "null"]}, {"const": False}]}
        return {**about, "type": [*texts, "null"], **look}
    if isinstance(node, Texts):
        items = {"type": texts, **look}
        return {**about, "type": [*texts, "array", "null"], "items": items, **look}
    result: dict[str, Any] = {**about, "type": ["object", "null"]}
    if isinstance(node, FieldRecord):
        result["properties"] = {name: schema(inner) for name, inner in node.fields.items()}
        result["additionalProperties"] = False
    elif node.known is not None:
        entry = schema(node.value)
        names = node.known()
        result["properties"] = {name: {**entry, "description": names[name]} for name in names}
        result["additionalProperties"] = False
    else:
        result["additionalProperties"] = schema(node.value)
        result |= {"propertyNames": look} if look else {}
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "fluxtui.yaml"}
    return {**head, **result} if node is FILE else result
