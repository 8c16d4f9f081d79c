"""Printing: aligned tables for people; JSON, YAML, names and jsonpath for programs.

Text from a cluster or registry is data: control and bidi characters are made visible.
"""

from __future__ import annotations

import enum
import json
import re
import sys
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, TextIO

from fluxtui.cli import streams
from fluxtui.cli.flags import FORMS
from fluxtui.domain.errors import FluxtuiError
from fluxtui.domain.safetext import is_safe, visible, visible_lines
from fluxtui.domain.shortening import shortened

JSONPATH = "jsonpath="
Text = str | Callable[[], str]
_GAP = "  "
_LEAST = 12
_NOT_PLAIN = re.compile(r"[^\n -~]")


def plain(value: object) -> Any:
    """Values as JSON; what is no JSON is not guessed at. Raises TypeError."""
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, enum.Enum):
        raise TypeError(f"{value!r} has no form for programs")
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    raise TypeError(f"{type(value).__name__} has no form for programs")


def table(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    width: int = 0,
    middle: Collection[int] = (),
    heads: Mapping[int, str] | None = None,
) -> str:
    """Columns as wide as their widest cell, two spaces between, nothing after the last.

    `width`: what a line may take (0: as much as it wants). Then the columns of `middle` are
    shortened in their middle, and a last cell that still does not fit stands below its row. A
    column without a name is a ValueError: nobody could ask what it means. `heads`: what stands
    above a row, by its number from 0.
    """
    if not all(header):
        raise ValueError(f"a column of {header} has no name")
    cells = [[visible(str(c)) for c in row] for row in (header, *rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(header))]
    if width:
        _narrow(widths, width, middle)
        cells = [
            [shortened(c, widths[i]) if i in middle else c for i, c in enumerate(row)]
            for row in cells
        ]
    lines: list[str] = []
    for number, row in enumerate(cells, -1):
        if heads and number in heads:
            lines += [*(("",) if number else ()), visible(heads[number])]
        *front, last = row
        padded = [c.ljust(w) for c, w in zip(front, widths, strict=False)]
        head = _GAP.join(padded)
        whole = _GAP.join((*padded, last)).rstrip()
        if width and len(whole) > width and last:
            lines += [head.rstrip(), f"    {last}"]
        else:
            lines.append(whole)
    return "\n".join(lines)


def _narrow(widths: list[int], width: int, middle: Collection[int]) -> None:
    """Take from the widest that may be shortened until all but the last column fit."""
    while sum(widths[:-1]) + len(_GAP) * (len(widths) - 1) > width:
        widest = max(middle, key=lambda i: widths[i], default=-1)
        if widest < 0 or widths[widest] <= _LEAST:
            return
        widths[widest] -= 1


def screen_width() -> int:
    """Columns of the terminal that is printed to; 0 where a program reads."""
    if not sys.stdout.isatty():
        return 0
    import shutil

    return shutil.get_terminal_size().columns


def emit(
    text: Text,
    data: object,
    form: str,
    out: TextIO | None = None,
    *,
    wide: Text = "",
    names: Sequence[str] = (),
) -> None:
    """Print the form that was asked for.

    `table` is `text` and `wide` is `wide` (or `text` where there is no more to say); `json`, `yaml`
    and `jsonpath=TEMPLATE` print of `data`, `name` prints `names`. Raises UsageError for a template
    that does not parse. A text may be a function, for who prints none need not have made it.
    """
    stream = out or sys.stdout
    if form == "json":
        print(as_json(data), file=stream)
    elif form == "yaml":
        print(_as_yaml(data), end="", file=stream)
    elif form == "name":
        for name in names:
            print(visible(name), file=stream)
    elif form.startswith(JSONPATH):
        from fluxtui.cli.jsonpath import rendered

        answer = rendered(form.removeprefix(JSONPATH), plain(data))
        print(visible_text(answer), end="" if answer.endswith("\n") else "\n", file=stream)
    elif answer := (_made(wide) if form == "wide" else "") or _made(text):
        print(visible_text(answer), file=stream)


def _made(text: Text) -> str:
    return text if isinstance(text, str) else text()


def as_json(data: object, *, indent: int | None = 2) -> str:
    """JSON with every character that could move or hide text escaped; no indent: one line."""
    body = json.dumps(plain(data), indent=indent, ensure_ascii=False)
    return _NOT_PLAIN.sub(_escaped, body)


def _as_yaml(data: object) -> str:
    import yaml

    class Dumper(yaml.SafeDumper):
        def ignore_aliases(self, data: Any) -> bool:
            return True

    def dumped(allow_unicode: bool) -> str:
        text = yaml.dump(plain(data), Dumper=Dumper, sort_keys=False, allow_unicode=allow_unicode)
        return str(text)

    body = dumped(True)
    return body if visible_text(body) == body and streams.fits(body) else dumped(False)


def for_programs(form: str) -> bool:
    """Whether a program reads what is printed, errors included."""
    return form in ("json", "yaml")


def form_of(words: Sequence[str]) -> str:
    """The form that a command line asks for, also one that does not parse.

    A usage error after `-o json` is for the same program as the answer would have been, also where
    a later `-o` is the error.
    """
    form = ""
    for number, word in enumerate(words):
        if word == "--":
            break
        value = ""
        if word in ("-o", "--output"):
            value = words[number + 1] if number + 1 < len(words) else ""
        elif word.startswith("--output="):
            value = word.removeprefix("--output=")
        elif word.startswith("-o"):
            value = word.removeprefix("-o").removeprefix("=")
        if value in (*FORMS, "markdown") or value.startswith(JSONPATH):
            form = value
    return form


def fail(error: FluxtuiError, exit_code: int, words: Sequence[str]) -> int:
    """Say an error: to a person on stderr, and to a program that asked on stdout as well, which
    reads it line by line where it watches."""
    print(f"fluxtui: {visible_text(str(error))}", file=sys.stderr)
    form = form_of(words)
    if for_programs(form):
        from fluxtui.cli.forms.errors import error as error_form

        document = error_form(error, exit_code)
        if form == "json" and {"-w", "--watch"} & set(words):
            print(as_json(document, indent=None))
        else:
            emit("", document, form)
    return exit_code


def conclude(problems: Iterable[str]) -> int:
    """0, or 1 after saying each of `problems` once on stderr."""
    sentences = list(dict.fromkeys(problems))
    for text in sentences:
        print(f"fluxtui: {visible_text(text)}", file=sys.stderr)
    return 1 if sentences else 0


def _escaped(match: re.Match[str]) -> str:
    """A character that could move or hide text, or that stdout has not, as JSON escapes it."""
    safe = is_safe(match[0]) and streams.fits(match[0])
    return match[0] if safe else json.dumps(match[0])[1:-1]


def one_line(text: str) -> str:
    """Safe text of one line: what a controller broke into several is put together again."""
    return visible(" ".join(text.split()))


def visible_text(text: str) -> str:
    """Safe text of several lines."""
    return visible_lines(text)
