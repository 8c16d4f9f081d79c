"""What built-in types and their fields are for, and which values a field may have.

The texts are those of the installed `kubernetes` package, whose models carry them; its files are
read as text, never imported (that takes a second and tens of MiB), one when its type is asked for.
They are for people: where a text or the whole package is missing, it is left out.
"""

from __future__ import annotations

import ast
import importlib.util
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_PREFIXED = re.compile(r"^([A-Z][a-z]+)(V\d)(?=[A-Z])")
# Types that the package calls otherwise than data/types.txt does.
_RENAMED = {
    "EventsEvent": "EventsV1Event",
    "Event": "CoreV1Event",
    "EventSeries": "CoreV1EventSeries",
    "EndpointPort": "CoreV1EndpointPort",
    "JSONSchemaValidationRule": "V1ValidationRule",
}


@dataclass(frozen=True, slots=True)
class Description:
    """`text` of a type, and of each of its `fields` by name in JSON."""

    text: str
    fields: Mapping[str, str]


_NOTHING = Description("", {})


def plain_name(name: str) -> str:
    """A type's name in Kubernetes: data/types.txt tells apart types of one name by their group."""
    if name == "JSONSchemaValidationRule":
        return "ValidationRule"
    return "Event" if name == "EventsEvent" else _PREFIXED.sub("", name)


@cache
def _models() -> Mapping[str, Path]:
    """The package's files by the name of their class, in small letters and without `_`."""
    found = importlib.util.find_spec("kubernetes")
    places = found.submodule_search_locations if found is not None else None
    folders = [Path(place) / "client" / "models" for place in places or ()]
    return {p.stem.replace("_", ""): p for folder in folders for p in folder.glob("*.py")}


@cache
def described(name: str, version: str = "v1") -> Description:
    """Of the type `name` of data/types.txt, as documents of `version` describe it."""
    known = _RENAMED.get(name, name)
    guesses = (known, f"{version}{known}", f"v1{known}", f"v2{known}", f"v1{plain_name(known)}")
    models = _models()
    path = next((models[g.lower()] for g in guesses if g.lower() in models), None)
    return _read(path) if path is not None else _NOTHING


def _read(path: Path) -> Description:
    """Only the class's first lines are parsed: what follows the fields is code, and most of it."""
    text = path.read_text(encoding="utf-8")
    start = text.find("\nclass ")
    end = text.find("    openapi_types: ", start)
    if start < 0 or end < 0:
        return _NOTHING
    model = ast.parse(text[start:end]).body[0]
    if not isinstance(model, ast.ClassDef):
        return _NOTHING
    told = (ast.get_docstring(model) or "").partition("\n\nAttributes:")[0].strip()
    fields: dict[str, str] = {}
    for line in model.body:
        if not (isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name)):
            continue
        words = _words(line.value)
        if "description" in words:
            name = words.get("serialization_alias", line.target.id)
            fields[name] = _paragraphs(words["description"])
    return Description(_paragraphs(told), fields)


def _paragraphs(text: str) -> str:
    """The package's texts have two spaces where a paragraph ends."""
    return re.sub(r"(?<=[.:)])  (?=[A-Z])", "\n\n", text)


def _words(value: ast.expr | None) -> dict[str, str]:
    """The texts among the arguments of `Field(...)`."""
    if not isinstance(value, ast.Call):
        return {}
    return {
        word.arg: word.value.value
        for word in value.keywords
        if word.arg and isinstance(word.value, ast.Constant) and isinstance(word.value.value, str)
    }


@cache
def enums() -> Mapping[str, tuple[str, ...]]:
    """The values that a field may have, by `Type.field`."""
    path = Path(__file__).parent / "data" / "enums.txt"
    lines = (x for x in path.read_text(encoding="utf-8").splitlines() if not x.startswith("#"))
    pairs = (line.partition(" ") for line in lines)
    return {name: tuple(values.split(",")) for name, _, values in pairs}
