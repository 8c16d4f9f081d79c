"""Reads a configuration file so that every mistake can be told with its line.

Plain YAML for people: a key that stands twice in one mapping is a mistake, not the last one's win.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from fluxtui.cli.fields import Lined
from fluxtui.domain.errors import ConfigError

SIZE_LIMIT = 1 << 20
_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NUMBERS = {f"tag:yaml.org,2002:{name}" for name in ("int", "float", "timestamp")}


class _Loader(_Base):  # type: ignore[misc]
    """Safe YAML whose mappings are `Lined`, and whose numbers and names are as they are written:
    a tag 1.10 is not 1.1, an environment `no` is no false."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in _NUMBERS]
    for first, resolvers in _Base.yaml_implicit_resolvers.items()
}


def _mapping(loader: Any, node: yaml.MappingNode) -> Lined:
    mapping = Lined()
    for key_node, _value in node.value:
        name, line = key_node.value, key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise _at(key_node, "a name must be a text")
        if name in mapping.lines:
            raise _at(key_node, f"{name} stands twice: the first in line {mapping.lines[name]}")
        mapping.lines[name] = line
    mapping.lines.pop("<<", None)
    loader.flatten_mapping(node)
    for key_node, value_node in node.value:
        mapping.lines.setdefault(key_node.value, key_node.start_mark.line + 1)
        mapping[key_node.value] = loader.construct_object(value_node, deep=True)
    return mapping


def _at(node: yaml.Node, problem: str) -> yaml.MarkedYAMLError:
    return yaml.constructor.ConstructorError(None, None, problem, node.start_mark)


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


def read(path: Path) -> object:
    """The one document of the file, None when it is empty. Raises ConfigError with its line."""
    try:
        if path.stat().st_size > SIZE_LIMIT:
            raise ConfigError("larger than 1 MiB: that is no configuration", where=str(path))
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = f"{path}:{mark.line + 1}" if mark else str(path)
        message = ", ".join(text for text in (error.context, error.problem) if text)
        raise ConfigError(message or "this is no YAML", where=at) from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        raise ConfigError(str(error).replace("\n", " "), where=str(path)) from error
