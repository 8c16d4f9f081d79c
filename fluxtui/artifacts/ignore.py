"""Which files of a bundle Flux leaves out: the `.sourceignore` dialect of gitignore.

It differs from git in one point that matters: each path is judged on its own, so that a file below
an ignored folder can be taken back. Functions over paths and bytes. Rules:
docs/flux.md#ignore-rules.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fluxtui.kustomize import Files, Skip

VCS = (".git/", ".gitignore", ".gitmodules", ".gitattributes")
EXT = ("*.jpg", "*.jpeg", "*.gif", "*.png", "*.wmv", "*.flv", "*.tar.gz", "*.zip")
CI = (
    ".github/",
    ".circleci/",
    ".travis.yml",
    ".gitlab-ci.yml",
    "appveyor.yml",
    ".drone.yml",
    "cloudbuild.yaml",
    "codeship-services.yml",
    "codeship-steps.yml",
)
EXTRA = ("**/.goreleaser.yml", "**/.sops.yaml", "**/.flux.yaml")
IGNORE_FILE = ".sourceignore"

# One element of a glob: a literal, "?" (any one), "*" (any run), or a class of ranges.
_Class = tuple[bool, tuple[tuple[str, str], ...]]
_Token = tuple[str, str | _Class]


@dataclass(frozen=True, slots=True)
class Pattern:
    """One line of an ignore file, scoped to the folder `domain`."""

    parts: tuple[str, ...]
    domain: tuple[str, ...]
    include: bool
    folders_only: bool

    @classmethod
    def parse(cls, line: str, domain: Sequence[str] = ()) -> Pattern:
        include = line.startswith("!")
        text = line[1:] if include else line
        if not text.endswith("\\ "):
            text = text.rstrip(" ")
        folders_only = text.endswith("/")
        if folders_only:
            text = text[:-1]
        return cls(tuple(text.split("/")), tuple(domain), include, folders_only)

    def matches(self, path: Sequence[str], is_dir: bool) -> bool:
        """Whether the pattern speaks of `path` (its components from the root)."""
        depth = len(self.domain)
        if len(path) <= depth or tuple(path[:depth]) != self.domain:
            return False
        inner = path[depth:]
        if len(self.parts) == 1:
            return self._anywhere(inner, is_dir)
        return self._anchored(inner, is_dir)

    def _anywhere(self, path: Sequence[str], is_dir: bool) -> bool:
        for place, name in enumerate(path):
            if glob(self.parts[0], name):
                return not self.folders_only or is_dir or place < len(path) - 1
        return False

    def _anchored(self, path: Sequence[str], is_dir: bool) -> bool:
        at, matched, anywhere = 0, False, False
        for place, part in enumerate(self.parts):
            if part == "":
                anywhere = False
            elif part == "**":
                if place == len(self.parts) - 1:
                    break
                anywhere = True
            elif "**" in part or at >= len(path):
                return False
            elif anywhere:
                anywhere = False
                index = next((i for i in range(at, len(path)) if glob(part, path[i])), None)
                # Nothing found uses the path up: parts that follow then fail, as in Flux.
                matched, at = index is not None, len(path) if index is None else index + 1
            else:
                if not glob(part, path[at]):
                    return False
                matched, at = True, at + 1
        return matched and (not self.folders_only or is_dir or at < len(path))


@lru_cache(maxsize=1 << 14)
def glob(pattern: str, name: str) -> bool:
    """One path component against a glob, as Go's path.Match; a malformed glob matches nothing.

    Linear in time (only the last `*` is ever tried again), as patterns come from clusters.
    """
    tokens = _tokens(pattern)
    if tokens is None:
        return False
    at = place = 0
    star, star_place = -1, 0
    while place < len(name):
        if at < len(tokens) and tokens[at][0] == "*":
            star, star_place, at = at, place, at + 1
        elif at < len(tokens) and _one(tokens[at], name[place]):
            at, place = at + 1, place + 1
        elif star >= 0:
            star_place += 1
            at, place = star + 1, star_place
        else:
            return False
    return all(token[0] == "*" for token in tokens[at:])


def _one(token: _Token, char: str) -> bool:
    kind, value = token
    if kind == "?":
        return True
    if isinstance(value, str):
        return kind == "=" and value == char
    negated, ranges = value
    return any(low <= char <= high for low, high in ranges) != negated


@lru_cache(maxsize=4096)
def _tokens(pattern: str) -> tuple[_Token, ...] | None:
    tokens: list[_Token] = []
    at = 0
    while at < len(pattern):
        char = pattern[at]
        if char in "*?":
            tokens.append((char, ""))
            at += 1
        elif char == "[":
            parsed = _class(pattern, at + 1)
            if parsed is None:
                return None
            token, at = parsed
            tokens.append(("[", token))
        else:
            literal = _char(pattern, at)
            if literal is None:
                return None
            tokens.append(("=", literal[0]))
            at = literal[1]
    return tuple(tokens)


def _char(pattern: str, at: int) -> tuple[str, int] | None:
    """The character at `at`, taken literally after a backslash; None when none is left."""
    if at < len(pattern) and pattern[at] == "\\":
        at += 1
    return (pattern[at], at + 1) if at < len(pattern) else None


def _class(pattern: str, at: int) -> tuple[_Class, int] | None:
    """A `[...]` from behind its bracket. Only `^` negates, as in Go; `!` is a member."""
    negated = pattern.startswith("^", at)
    at += negated
    ranges: list[tuple[str, str]] = []
    while True:
        if ranges and pattern.startswith("]", at):
            return (negated, tuple(ranges)), at + 1
        bounds: list[str] = []
        for _ in range(2):
            if pattern[at : at + 1] in {"-", "]"}:
                return None
            parsed = _char(pattern, at)
            if parsed is None:
                return None
            bounds.append(parsed[0])
            at = parsed[1]
            if not pattern.startswith("-", at) or len(bounds) == 2:
                break
            at += 1
        ranges.append((bounds[0], bounds[-1]))


def read_patterns(text: str, domain: Sequence[str] = ()) -> list[Pattern]:
    """The patterns of an ignore file's text; comments and blank lines left out."""
    lines = (line.removesuffix("\r") for line in text.split("\n"))
    return [Pattern.parse(x, domain) for x in lines if not x.startswith("#") and x.strip()]


def is_ignored(patterns: Sequence[Pattern], path: str, is_dir: bool) -> bool:
    """The last pattern that speaks of `path` decides."""
    parts = path.split("/")
    for pattern in reversed(patterns):
        if pattern.matches(parts, is_dir):
            return not pattern.include
    return False


def ignored(
    patterns: str,
    domain: Sequence[str],
    paths: Iterable[tuple[str, bool]],
    vcs: bool = True,
    defaults: bool = False,
) -> list[bool]:
    """For each (path, is folder) whether it is left out.

    `vcs` and `defaults` put Flux's own sets, scoped to `domain`, before `patterns`.
    """
    own = (*(VCS if vcs else ()), *((*EXT, *CI, *EXTRA) if defaults else ()))
    all_patterns = [*(Pattern.parse(p, domain) for p in own), *read_patterns(patterns, domain)]
    return [is_ignored(all_patterns, path, is_dir) for path, is_dir in paths]


def apply_source_ignore(
    files: Mapping[str, bytes], spec_ignore: str | None = None
) -> dict[str, bytes]:
    """The files source-controller keeps of an extracted artifact.

    Every `.sourceignore` counts within its folder, then the object's `spec.ignore`; with no user
    pattern at all Flux's default sets hold, with one only those for version control.
    """
    user: list[Pattern] = []
    for name in sorted(files, key=lambda n: n.split("/")[:-1]):
        *folder, base = name.split("/")
        if base == IGNORE_FILE and ".git" not in folder:
            user += read_patterns(files[name].decode("utf-8", "replace"), folder)
    user += read_patterns(spec_ignore or "")
    own = VCS if user else (*VCS, *EXT, *CI, *EXTRA)
    all_patterns = [*(Pattern.parse(p) for p in own), *user]
    return {name: data for name, data in files.items() if not is_ignored(all_patterns, name, False)}


def generator_skip(files: Files, folder: str, extra: str = "") -> Skip:
    """The rules of Flux's generator for a build of `folder`, over paths from the root.

    Its own sets first, then each `.sourceignore` in the folder and below, then the text `extra`.
    All of them speak of paths from `folder`; what lies outside of it is never left out.
    """
    folder = posixpath.normpath(f"/{folder}").lstrip("/") or "."
    domain = () if folder == "." else tuple(folder.split("/"))
    all_patterns = [Pattern.parse(p, domain) for p in (*VCS, *EXT, *CI, *EXTRA)]
    if files.is_dir(folder):
        all_patterns += _patterns_below(files, folder, domain)
    all_patterns += read_patterns(extra, domain)
    return lambda path, is_dir: is_ignored(all_patterns, path, is_dir)


def _patterns_below(files: Files, folder: str, domain: tuple[str, ...]) -> list[Pattern]:
    patterns: list[Pattern] = []
    path = posixpath.join(folder, IGNORE_FILE)
    if files.is_file(path):
        patterns = read_patterns(files.read(path).decode("utf-8", "replace"), domain)
    for name in files.list(folder):
        below = posixpath.join(folder, name)
        if name != ".git" and files.is_dir(below):
            patterns += _patterns_below(files, below, (*domain, name))
    return patterns
