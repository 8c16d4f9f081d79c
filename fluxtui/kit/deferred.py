"""Modules of the library that are read at their first use, whoever imports them.

asyncio, dataclasses, traceback and urllib import RARE for what hardly any start does: 55 of the 880
million instructions of a command that asks once and ends.
Only modules may be named here that do nothing but define, and whose own imports ask nothing of them
while they are read: two threads would wait for each other. Called before anything else is imported,
by who begins a process.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterable
from importlib.util import find_spec, module_from_spec
from types import ModuleType

RARE = ("inspect", "textwrap", "tokenize", "signal", "ipaddress")
_OF_AN_IMPORT = frozenset({"__spec__", "__class__", "__dict__", "__name__"})
"""What `import` itself asks of a module that is there."""
_turn = threading.RLock()


class _Deferred(ModuleType):
    """A module that has not been read."""

    def __getattribute__(self, name: str) -> object:
        if name not in _OF_AN_IMPORT:
            with _turn:  # whoever else asks waits until all of it is there
                _read(self)
        return ModuleType.__getattribute__(self, name)

    def __setattr__(self, name: str, value: object) -> None:
        if name not in _OF_AN_IMPORT:
            with _turn:
                _read(self)
        ModuleType.__setattr__(self, name, value)


def _read(module: ModuleType) -> None:
    spec = module.__spec__
    if type(module) is not _Deferred or spec is None or module in _being_read:
        return
    _being_read.append(module)
    try:
        assert spec.loader is not None
        spec.loader.exec_module(module)
        module.__class__ = ModuleType  # type: ignore[assignment]
    finally:
        _being_read.remove(module)


_being_read: list[ModuleType] = []


def defer(names: Iterable[str] = RARE) -> None:
    """Whoever imports one of them from now on gets it unread. Does nothing about those that are
    here already, that are no single file, or that this Python does not have."""
    for name in names:
        spec = None if name in sys.modules else find_spec(name)
        if spec is not None and spec.loader is not None and not spec.submodule_search_locations:
            module = module_from_spec(spec)
            module.__class__ = _Deferred
            sys.modules[name] = module
