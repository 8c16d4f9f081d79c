"""The mutants themselves: each is another program, and nothing but its place differs."""

from __future__ import annotations

import ast
import multiprocessing
from pathlib import Path

import pytest

from tests.mutants.__main__ import ROOMS, ROOT
from tests.mutants.live import Verdict, body, try_room
from tests.mutants.operators import Mutant, mutants


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
        ("x = zip(a, b, strict=True)\n", set()),
    ],
)  # fmt: skip
def test_a_mutant_differs_in_one_place(source: str, changed: set[str]) -> None:
    made = list(mutants("m.py", source))
    assert {mutant.source for mutant in made} == changed
    assert all(ast.dump(ast.parse(mutant.source)) != ast.dump(ast.parse(source)) for mutant in made)


def test_the_rooms_and_their_tests_are_there() -> None:
    places = [*ROOMS, *(place for tests in ROOMS.values() for place in tests.split())]
    assert [place for place in places if not (ROOT / place).exists()] == []


MODULE = """
LIMIT = a < b

class A:
    ASKS = a < b

    @property
    def late(self, strict=a < b):
        def inner():
            return self.x < 1
        return inner
"""


@pytest.mark.parametrize(
    ("line", "name"),
    [(2, ""), (5, ""), (8, ""), (10, "A.late")],
    ids=["a constant", "a class body", "a default", "a function in a method"],
)
def test_what_runs_at_import_cannot_be_swapped_and_the_rest_can(line: int, name: str) -> None:
    (mutant,) = [one for one in mutants("m.py", MODULE) if one.line == line]
    code = body(mutant, MODULE)
    assert (code.co_qualname if code else "") == name


def test_a_survivor_and_a_function_that_no_test_calls_are_told_apart(tmp_path: Path) -> None:
    source = "def big(n):\n    return n > 1\n\ndef never(n):\n    return n > 1\n"
    (tmp_path / "fluxtui").mkdir()
    (tmp_path / "fluxtui" / "__init__.py").touch()
    (tmp_path / "fluxtui" / "size.py").write_text(source)
    test = tmp_path / "test_size.py"
    test.write_text(
        "import gc\nfrom fluxtui.size import big\n\n"
        "def test_two():\n    gc.freeze()\n    assert big(2)\n"
    )
    turned, uncalled = (m for m in mutants("fluxtui/size.py", source) if m.what[:3] == "com")
    lives = Mutant("fluxtui/size.py", 2, "one more", source.replace("n > 1", "n > 0", 1))
    killed = Mutant("fluxtui/size.py", 2, "turned round", source.replace("n > 1", "n < 1", 1))
    context = multiprocessing.get_context("spawn")
    verdicts: multiprocessing.Queue[Verdict] = context.Queue()
    tried = (tmp_path, str(test), [killed, lives, turned, uncalled], 2, verdicts)
    room = context.Process(target=try_room, args=tried)
    room.start()
    answers = []
    while not isinstance(verdict := verdicts.get(timeout=60), int):
        answers.append(verdict)
    room.join()
    assert verdict == 0
    assert sorted((mutant.what, reached) for mutant, reached in answers) == [
        ("comparison turned", False),
        ("comparison turned", True),
        ("one more", True),
    ]
