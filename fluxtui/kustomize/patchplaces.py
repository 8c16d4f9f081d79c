"""Where in a patch a field is set: in the file that a kustomization names, or in its own text.

An Origin names the entry of the kustomization that set a value; who would edit it wants the line
of the patch. Reads files again, only when somebody asks. Must not be used while rendering.
"""

from __future__ import annotations

import posixpath
import re

import yaml

from fluxtui.domain.errors import BuildError
from fluxtui.kustomize.files import Files
from fluxtui.kustomize.positions import field_lines
from fluxtui.kustomize.reader import Reader

_BY = re.compile(r"patch (\d+) of (\S+)")


def patch_place(files: Files, by: str, field: str) -> tuple[str, int]:
    """(file, line from 1) of a field in the patch that `by` names, as `patch 2 of
    eu/kustomization.yaml`; ("", 0) where it cannot be told."""
    named = _BY.fullmatch(by)
    if named is None or not files.is_file(named[2]):
        return "", 0
    file, entry = named[2], None
    try:
        for node, line in Reader(file).nodes(files.read(file)):
            entry = _entry(node, int(named[1]) - 1)
            if entry is None:
                continue
            path, text = _value(entry, "path"), _value(entry, "patch")
            if path is not None:
                other = posixpath.normpath(posixpath.join(posixpath.dirname(file), path.value))
                if not files.is_file(other):
                    return "", 0
                at = _line(Reader(other), files.read(other), field)
                return (other, at) if at else ("", 0)
            if text is not None and text.style == "|":
                at = _line(Reader(file), text.value.encode(), field)
                # A literal block begins in the line behind its sign.
                return (file, line + text.start_mark.line + at) if at else ("", 0)
    except BuildError:
        pass  # the build says what is wrong with it
    return "", 0


def _entry(node: yaml.Node, number: int) -> yaml.MappingNode | None:
    """That entry of `patches`; None where there is none, or where older lists are counted too."""
    if not isinstance(node, yaml.MappingNode):
        return None
    by_name = {str(name.value): value for name, value in node.value}
    listed = by_name.get("patches")
    if {"patchesStrategicMerge", "patchesJson6902"} & by_name.keys():
        return None
    if not isinstance(listed, yaml.SequenceNode) or not 0 <= number < len(listed.value):
        return None
    entry = listed.value[number]
    return entry if isinstance(entry, yaml.MappingNode) else None


def _value(node: yaml.MappingNode, name: str) -> yaml.ScalarNode | None:
    for key, value in node.value:
        if key.value == name and isinstance(value, yaml.ScalarNode):
            return value
    return None


def _line(reader: Reader, text: bytes, field: str) -> int:
    """The line of a field in a patch's documents, or of the operation that sets it; 0 unknown."""
    for node, first in reader.nodes(text):
        if isinstance(node, yaml.SequenceNode):
            pointer = "/" + field.replace(".", "/")
            for item in node.value:
                path = _value(item, "path") if isinstance(item, yaml.MappingNode) else None
                if path is not None and path.value == pointer:
                    value = _value(item, "value")
                    return int(first + (value or path).start_mark.line)
        else:
            line = field_lines(node, first).get(field, 0)
            if line:
                return line
    return 0
