"""What a mutant changes: one place of one module, by one small operator.

Pure: source text in, mutants out. Docstrings, annotations, messages and log lines are left alone: a
test that pins their words proves nothing.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass

_COMPARE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE,
    ast.GtE: ast.Gt, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
_BINARY: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr,
}  # fmt: skip
_CALLS = {"min": "max", "max": "min", "any": "all", "all": "any"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: `line` (1-based) and what was done there; `source` is the whole module."""

    path: str
    line: int
    what: str
    source: str


def mutants(path: str, source: str) -> Iterator[Mutant]:
    """Every mutant of one module, in the order of its lines."""
    tree = ast.parse(source)
    nodes = (node for node in ast.walk(tree) if isinstance(node, ast.expr | ast.stmt))
    apart = _annotations(tree) | _makings(tree)
    places = [node for node in nodes if node not in apart]
    for place in sorted(places, key=lambda node: (node.lineno, node.col_offset)):
        for what, replacement in _changes(place):
            yield Mutant(path, place.lineno, what, _with(source, place, replacement))


def _annotations(tree: ast.AST) -> set[ast.AST]:
    """All nodes inside annotations: no test can notice them, nothing runs them."""
    types = (getattr(n, part, None) for n in ast.walk(tree) for part in ("annotation", "returns"))
    return {inner for one in types if one is not None for inner in ast.walk(one)}


def _makings(tree: ast.AST) -> set[ast.AST]:
    """All nodes inside decorators, `field(...)` and `strict=`: they say of what make a class is,
    or what is so anyway, not what is done."""
    nodes = list(ast.walk(tree))
    makings = [one for node in nodes for one in getattr(node, "decorator_list", ())]
    makings += [n.value for n in nodes if isinstance(n, ast.AnnAssign) and _is_field(n.value)]
    makings += [n.value for n in nodes if isinstance(n, ast.keyword) and n.arg == "strict"]
    return {inner for one in makings for inner in ast.walk(one)}


def _is_field(value: ast.expr | None) -> bool:
    called = value.func if isinstance(value, ast.Call) else None
    return isinstance(called, ast.Name) and called.id == "field"


def _changes(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(node, ast.Compare) and type(node.ops[0]) in _COMPARE:
        changed = copy.deepcopy(node)
        changed.ops[0] = _COMPARE[type(node.ops[0])]()
        yield "comparison turned", changed
    elif isinstance(node, ast.BoolOp):
        changed_op = copy.deepcopy(node)
        changed_op.op = ast.And() if isinstance(node.op, ast.Or) else ast.Or()
        yield "and/or swapped", changed_op
        for index in range(len(node.values)):
            rest = [value for at, value in enumerate(node.values) if at != index]
            fewer = rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)
            yield f"operand {index + 1} dropped", fewer
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield "not dropped", node.operand
    elif isinstance(node, ast.BinOp) and type(node.op) in _BINARY and not _text(node):
        swapped = copy.deepcopy(node)
        swapped.op = _BINARY[type(node.op)]()
        yield "operator swapped", swapped
    elif isinstance(node, ast.IfExp):
        yield "always the first", node.body
        yield "always the second", node.orelse
    elif isinstance(node, ast.If) and not node.orelse and _only_leaves(node.body):
        yield "guard dropped", ast.Pass()
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _CALLS:
        other = copy.deepcopy(node)
        other.func = ast.Name(_CALLS[node.func.id])
        yield f"{node.func.id} for {_CALLS[node.func.id]}", other
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield "constant turned", ast.Constant(not node.value)


def _text(node: ast.BinOp) -> bool:
    parts = (node.left, node.right)
    return any(
        isinstance(p, ast.JoinedStr) or (isinstance(p, ast.Constant) and isinstance(p.value, str))
        for p in parts
    )


def _only_leaves(body: list[ast.stmt]) -> bool:
    return len(body) == 1 and isinstance(body[0], ast.Return | ast.Raise | ast.Continue)


def _with(source: str, node: ast.AST, replacement: ast.AST) -> str:
    """The module with the node's text replaced; everything else keeps its place."""
    assert isinstance(node, ast.expr | ast.stmt) and node.end_lineno and node.end_col_offset
    lines = source.encode().splitlines(keepends=True)
    first, last = node.lineno - 1, node.end_lineno - 1
    before = lines[first][: node.col_offset]
    after = lines[last][node.end_col_offset :]
    text = ast.unparse(ast.fix_missing_locations(replacement)).encode()
    if isinstance(node, ast.expr):
        text = b"(" + text + b")"
    return b"".join((*lines[:first], before + text + after, *lines[last + 1 :])).decode()
