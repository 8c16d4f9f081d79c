"""The program as a process that ends at a line of its Journal: what a kill leaves is what it wrote.

Given to `python -c`, with the number of the line, `whole` or `torn`, a signal, and its words.
"""

from __future__ import annotations

# The program, with a Journal whose n-th line kills it: as it is written, or when it stands there.
CHILD = """
import os, signal, sys
from fluxtui.cli.main import run
from fluxtui.engine.acts import journal

line, torn = int(sys.argv.pop(1)), sys.argv.pop(1) == "torn"
number = getattr(signal, sys.argv.pop(1))
append, lines = journal.append, 0


def appended(path, data, **more):
    global lines
    lines += 1
    if lines == line and torn:
        write = os.write
        os.write = lambda to, data: (write(to, data[: len(data) // 2]), os.kill(os.getpid(), 9))
    append(path, data, **more)
    if lines == line:
        os.kill(os.getpid(), number)


journal.append = appended
run()
"""
