"""What may stand in `fluxtui.yaml`, declared once: the check, the JSON Schema and its sentences.

Nothing here reads a file or gives a value its meaning; `configuration` does that with what was
found to be in order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fluxtui.domain.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Text:
    """One text; a number is taken as it is written. `off`: or `off`, which means none."""

    help: str
    off: bool = False


@dataclass(frozen=True, slots=True)
class Texts:
    """A list of texts, or one alone."""

    help: str


@dataclass(frozen=True, slots=True)
class Flag:
    """true or false."""

    help: str


@dataclass(frozen=True, slots=True)
class Record:
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


Node = Text | Texts | Flag | Record | Names


def _commands() -> Mapping[str, str]:
    from fluxtui.commands.registry import ALL

    return {command.id: command.help for command in ALL}


_ENVIRONMENT = Record(
    "A kubeconfig context, and how careful to be with it.",
    {
        "context": Text("The kubeconfig context; without it, the environment's name."),
        "kubeconfig": Text("A kubeconfig of its own, from this file's folder."),
        "namespaces": Texts("Look into these only; without it, into all."),
        "stage": Text("What it belongs to, in the order of promotion; else its own name."),
        "protected": Flag("Its name is typed to confirm a write; true unless it says false."),
        "readOnly": Flag("No write at all."),
    },
)
_SERVICE = Record(
    "What is delivered together.",
    {
        "urls": Texts("Its repositories: oci:// urls or paths, mirrors among them."),
        "folder": Text("What `publish` packs, from this file's folder."),
        "images": Texts("The image names that `publish` sets inside the bundle."),
        "publish": Text("Where `publish` pushes: an oci:// url."),
        "rehearsals": Names(
            "What is known to break, by name.",
            Names("Image name to tag; {version} stands for that of the build.", Text("A tag.")),
        ),
    },
)
_REGISTRIES = Record(
    "How to reach OCI registries.",
    {
        "mirrors": Names("Host to host[:port].", Text("The host that is asked instead.")),
        "caFiles": Names("Host to a file with its authority.", Text("A PEM file.")),
        "plainHttp": Texts("Hosts that may get credentials without TLS."),
        "credentialsFile": Text("A docker config.json beside your own."),
        "usePullSecrets": Flag("Also use the Secrets that sources name."),
    },
)
FILE = Record(
    "fluxtui's configuration.",
    {
        "environments": Names("Environments by name, in the order of promotion.", _ENVIRONMENT),
        "services": Names("Services by name.", _SERVICE),
        "registries": _REGISTRIES,
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
class Place:
    """Where in which file; `line` 0 is the file as a whole."""

    file: str
    line: int = 0
    trail: tuple[str, ...] = ()

    def under(self, mapping: Mapping[Any, Any], key: object) -> Place:
        """The place of a key of the mapping that stands here."""
        line = mapping.lines.get(key, self.line) if isinstance(mapping, Lined) else self.line
        return Place(self.file, line, (*self.trail, str(key)))

    def __str__(self) -> str:
        at = f"{self.file}:{self.line}" if self.line else self.file
        return f"{at} {'.'.join(self.trail)}" if self.trail else at


def check(value: object, place: Place, node: Node = FILE) -> None:
    """Raise ConfigError, with file and line, for anything that is not as declared."""
    if isinstance(node, Flag):
        if not isinstance(value, bool):
            name = place.trail[-1]
            raise ConfigError(f"{name} must be true or false", where=str(place))
    elif value is None or (isinstance(node, Text) and node.off and value is False):
        return
    elif isinstance(node, Text):
        if not _is_text(value):
            raise ConfigError("must be a text", where=str(place), next="put quotes around it")
    elif isinstance(node, Texts):
        if not _is_text(value) and not (isinstance(value, list) and all(map(_is_text, value))):
            raise ConfigError("must be a list of texts", where=str(place))
    else:
        _check_mapping(value, place, node)


def _check_mapping(value: object, place: Place, node: Record | Names) -> None:
    if not isinstance(value, Mapping):
        raise ConfigError("must be a mapping", where=str(place))
    record = isinstance(node, Record)
    known = node.fields if isinstance(node, Record) else node.known() if node.known else None
    for key in value:
        if known is not None and key not in known:
            place = Place(place.file, place.under(value, key).line, place.trail)
            raise _unknown(str(key), place, tuple(known), "field" if record else "command")
    for key, item in value.items():
        inner = node.fields[key] if isinstance(node, Record) else node.value
        check(item, place.under(value, key), inner)


def _unknown(key: str, place: Place, known: tuple[str, ...], what: str) -> ConfigError:
    from fluxtui.cli.unknown import nearest

    near = nearest(key, known)
    meant = f"did you mean {near}? " if near else ""
    return ConfigError(
        f"unknown {what} {key!r}",
        where=str(place),
        next=f"{meant}known: {', '.join(sorted(known))}",
    )


def _is_text(value: object) -> bool:
    return isinstance(value, (str, int, float)) and not isinstance(value, bool)


def schema(node: Node = FILE) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a node; of the whole file unless said."""
    about = {"description": node.help}
    texts = ["string", "number"]
    if isinstance(node, Flag):
        return {**about, "type": "boolean"}
    if isinstance(node, Text):
        if node.off:
            return {**about, "anyOf": [{"type": [*texts, "null"]}, {"const": False}]}
        return {**about, "type": [*texts, "null"]}
    if isinstance(node, Texts):
        return {**about, "type": [*texts, "array", "null"], "items": {"type": texts}}
    made: dict[str, Any] = {**about, "type": ["object", "null"]}
    if isinstance(node, Record):
        made["properties"] = {name: schema(inner) for name, inner in node.fields.items()}
        made["additionalProperties"] = False
    elif node.known is not None:
        each = schema(node.value)
        names = node.known()
        made["properties"] = {name: {**each, "description": names[name]} for name in names}
        made["additionalProperties"] = False
    else:
        made["additionalProperties"] = schema(node.value)
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "fluxtui.yaml"}
    return {**head, **made} if node is FILE else made
