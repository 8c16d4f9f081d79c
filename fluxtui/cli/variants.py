"""Flags that choose one of the acts of a verb; it knows no verb, and does nothing."""

from __future__ import annotations

import argparse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


class Variant(argparse.Action):
    """A flag that makes another act of the verb: of several none is passed over. `const`: the flags
    of each act -> its id."""

    const: Mapping[frozenset[str], str]

    def __init__(
        self,
        option_strings: list[str],
        dest: str,
        const: Mapping[frozenset[str], str],
        help: str,
    ) -> None:
        super().__init__(option_strings, dest, nargs=0, const=const, help=help)

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: object,
        option_string: str | None = None,
    ) -> None:
        chosen = getattr(namespace, self.dest)
        before = next(words for words, id_ in self.const.items() if id_ == chosen)
        together = before | {self.option_strings[0]}
        if together not in self.const:
            others = ", ".join(sorted(before))
            raise argparse.ArgumentError(self, f"cannot be given with {others}: one act at a time")
        setattr(namespace, self.dest, self.const[together])
