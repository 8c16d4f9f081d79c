"""`configMapGenerator:` and `secretGenerator:`: objects made from literals, files and env files.

Must not name objects: hash suffixes come at the very end, when everything else is settled.
Rule source: kustomize's generators and kv loader.
"""

from __future__ import annotations

import base64
import posixpath
from collections.abc import Callable, Mapping
from typing import Any

from fluxtui.domain.errors import BuildError
from fluxtui.kustomize.resource import BuildResource, bare_key
from fluxtui.kustomize.scalars import Quoted, written_string
from fluxtui.kustomize.schema import Schema

Read = Callable[[str], bytes]
_SPACES = " \t\n\v\f\r\x85\xa0"


def generate(
    kind: str, args: Mapping[str, Any], options: Mapping[str, Any], read: Read, schema: Schema
) -> BuildResource:
    """The object one entry asks for. `args` as in the file, `options` already merged.

    Raises BuildError (no name, doubled keys, literals without `=`, unknown behavior).
    """
    name = args.get("name") or ""
    if not name:
        raise BuildError("a generator needs a name", field="name")
    pairs = _pairs(args, read)
    obj: dict[str, Any] = {"apiVersion": "v1", "kind": kind, "metadata": {"name": name}}
    if args.get("namespace"):
        obj["metadata"]["namespace"] = args["namespace"]
    if kind == "Secret":
        obj["type"] = args.get("type") or "Opaque"
        obj["data"] = {key: _lines64(pairs[key]) for key in sorted(pairs, key=bare_key)}
    else:
        _fill_config_map(obj, pairs)
    for field in ("labels", "annotations"):
        if options.get(field):
            obj["metadata"][field] = {
                k: options[field][k] for k in sorted(options[field], key=bare_key)
            }
    if options.get("immutable"):
        obj["immutable"] = True
    resource = BuildResource(obj, schema)
    resource.hashed = not options.get("disableNameSuffixHash")
    resource.behavior = behavior(args.get("behavior") or "")
    return resource


def behavior(text: str) -> str:
    """create, replace or merge; anything else counts as not given."""
    return text if text in ("create", "replace", "merge") else ""


def merged_options(
    local: Mapping[str, Any] | None, general: Mapping[str, Any] | None
) -> dict[str, Any]:
    """A generator's options with the kustomization's generatorOptions under them."""
    local, general = local or {}, general or {}
    result: dict[str, Any] = {
        field: {**(general.get(field) or {}), **(local.get(field) or {})}
        for field in ("labels", "annotations")
    }
    for field in ("disableNameSuffixHash", "immutable"):
        result[field] = bool(local.get(field) or general.get(field))
    return result


def _pairs(args: Mapping[str, Any], read: Read) -> dict[str, bytes]:
    sources: list[tuple[str, bytes]] = []
    envs = list(args.get("envs") or ())
    if args.get("env"):
        envs.append(args["env"])
    for path in envs:
        sources += _env_lines(read(path), path)
    for literal in args.get("literals") or ():
        key, equals, value = literal.partition("=")
        if not equals or not key:
            raise BuildError(f"literal {literal!r} is not key=value", field="literals")
        sources.append((key, _unquoted(value).encode()))
    for source in args.get("files") or ():
        key, path = _file_source(source)
        sources.append((key, read(path)))
    result: dict[str, bytes] = {}
    for key, data in sources:
        if key in result:
            raise BuildError(f"{args.get('name')} repeats the key {key!r}", field=key)
        result[key] = data
    return result


def _unquoted(text: str) -> str:
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "\"'":
        return text[1:-1]
    return text


def _env_lines(data: bytes, path: str) -> list[tuple[str, bytes]]:
    result: list[tuple[str, bytes]] = []
    lines = data.split(b"\n")
    if lines and not lines[-1]:
        lines.pop()
    for number, raw in enumerate(lines, 1):
        raw = raw.removesuffix(b"\r")
        try:
            line = raw.decode("utf-8")
        except UnicodeDecodeError as problem:
            raise BuildError("not valid UTF-8", file=path, line=number) from problem
        if number == 1:
            line = line.removeprefix("\ufeff")
        line = line.lstrip(_SPACES)
        if not line or line.startswith("#"):
            continue
        key, _, value = line.partition("=")
        if key:
            result.append((key, value.encode()))
    return result


def _file_source(source: str) -> tuple[str, str]:
    count = source.count("=")
    if count == 0:
        return posixpath.basename(source), source
    key, _, path = source.partition("=")
    if count > 1 or not key or not path:
        raise BuildError(f"file source {source!r} is not [key=]path", field="files")
    return key, path


def _fill_config_map(obj: dict[str, Any], pairs: Mapping[str, bytes]) -> None:
    for key in sorted(pairs, key=bare_key):
        try:
            text = pairs[key].decode("utf-8")
        except UnicodeDecodeError:
            obj.setdefault("binaryData", {})[key] = _lines64(pairs[key])
        else:
            obj.setdefault("data", {})[key] = written_string(text)


def _lines64(data: bytes) -> str:
    """Base64 in lines of 70 characters once it needs more than one."""
    text = base64.b64encode(data).decode("ascii")
    if len(text) < 70:
        return Quoted(text)
    return Quoted("".join(text[i : i + 70] + "\n" for i in range(0, len(text), 70)))
