"""Modules that are imported when something of them is first used.

A declaration names what it stands on; who only lists declarations (help, completion, a build) must
not pay for it. A type checker sees the real module: declare it under TYPE_CHECKING, too.
"""

from __future__ import annotations


class Later:
    """Stands for the module `name`; raises ImportError at the first use when there is none."""

    __slots__ = ("_name",)

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> object:
        from importlib import import_module

        value: object = getattr(import_module(self._name), attribute)
        return value
