"""The mutants themselves: each is another program, and nothing but its place differs."""

from __future__ import annotations

import ast

import pytest

from tests.mutants.operators import mutants


@pytest.mark.parametrize(
    ("source", "changed"),
    [
        ("x = a < b\n", {"x = (a <= b)\n"}),
        ("x = a and b\n", {"x = (a or b)\n", "x = (b)\n", "x = (a)\n"}),
        ("x = not a\n", {"x = (a)\n"}),
        ("x = a if b else c\n", {"x = (a)\n", "x = (c)\n"}),
        ("x = min(a, b)\n", {"x = (max(a, b))\n"}),
        ("def f():\n    if a:\n        return 1\n    return 2\n",
         {"def f():\n    pass\n    return 2\n"}),
        ("x = 'é' + a\n", set()),
        ("@dataclass(frozen=True)\nclass A:\n    b = True\n",
         {"@dataclass(frozen=True)\nclass A:\n    b = (False)\n"}),
        ("def f(a: A | None, *b: A | B) -> C | D:\n    c: C | D = a\n", set()),
        ("x = {'é': a == b}\n", {"x = {'é': (a != b)}\n"}),
    ],
)  # fmt: skip
def test_a_mutant_differs_in_one_place(source: str, changed: set[str]) -> None:
    made = list(mutants("m.py", source))
    assert {mutant.source for mutant in made} == changed
    assert all(ast.dump(ast.parse(mutant.source)) != ast.dump(ast.parse(source)) for mutant in made)
