"""argparse that says in our words what is missing or wrong, each with a line that would do.

Its own sentences ("the following arguments are required: what") name our variables, not what a
person is asked for. Light on purpose, as `arguments`; nothing here knows a verb.
"""

from __future__ import annotations

import argparse
import sys

from fluxtui.domain.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any, NoReturn

# What stands for a value in an example, by the name that the help gives it.
SAMPLES = {
    "A": "v1.4.1",
    "B": "v1.4.2",
    "CONTAINER": "web",
    "ENV": "staging",
    "FAILURE": "'crash loop' --bad",
    "FILE": "fluxtui.yaml",
    "FILTER": "'.*-rc.*'",
    "FOLDER": "./bundle",
    "FORM": "json",
    "FROM": "v0.0.0-staging-0041",
    "GROUP": "ops",
    "HOST=HOST": "registry.example.com=cache.example.net:5000",
    "ID": "production-1a2b3c",
    "IMAGE": "1.4.2",
    "KIND": "deploy",
    "KIND/NAME": "ks/web",
    "LABELS": "app=web",
    "MIB": "100",
    "N": "50",
    "NAME": "stage-eu",
    "NAME=REF": "acme/web=acme/web:1.4.2",
    "NS": "apps",
    "REASON": "'migration window'",
    "SEMVER": "'>=1.4.0 <2.0.0'",
    "TAG": "v1.5.0",
    "TEXT": "'migration window'",
    "THEME": "fluxtui-day",
    "TIME": "10m",
    "UID": "1000",
    "URL": "https://git.example.com/acme/web",
    "USER": "jane",
    "UNTIL": "2h",
    "VERSION": "v1.4.2",
    "WAY": "stage",
    "X": "5",
}
_SWITCHED = {"true": True, "false": False}


class Parser(argparse.ArgumentParser):
    """argparse that raises UsageError, takes no abbreviations and no other kind of words.

    `example` is a whole command line; `examples` are those of flags that it would not do for.
    `needs` says, for what must be given, what to ask for.
    """

    example = ""
    examples: Mapping[str, str] = {}
    needs: Mapping[str, str] = {}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(add_help=False, allow_abbrev=False, **kwargs)
        self.add_argument("-h", "--help", action="help", help="Show this help and stop.")

    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """As argparse, then asks for what is missing; `--watch=true` is `--watch`, as kubectl's."""
        parsed, extra = super().parse_known_args(self._switched(args or ()), namespace)
        for name, question in self.needs.items():
            if getattr(parsed, name, None) in (None, "", []):
                raise UsageError(f"{self.words}: {question}", next=f"for example {self.example}")
        return parsed, extra

    @property
    def words(self) -> str:
        """The verb, and its action."""
        return self.prog.removeprefix("fluxtui").strip() or "fluxtui"

    def example_of(self, action: argparse.Action) -> str:
        """The example, with the flag."""
        own = [self.examples[o] for o in action.option_strings if o in self.examples]
        if own:
            return f"{self.prog} {own[0]}"
        flag = next((o for o in action.option_strings if f" {o} " in f"{self.example} "), "")
        if flag or not action.option_strings:
            return self.example
        value = [SAMPLES[str(action.metavar)]] if action.nargs is None else []
        return " ".join((self.example, action.option_strings[-1], *value))

    def _switched(self, words: Sequence[str]) -> list[str]:
        result: list[str] = []
        for number, word in enumerate(words):
            if word == "--":
                return [*result, *words[number:]]
            flag, equals, value = word.partition("=")
            action = self._option_string_actions.get(flag) if equals else None
            if action is None or action.nargs != 0:
                result.append(word)
            elif value.lower() not in _SWITCHED:
                raise UsageError(f"{flag} takes no value (or true, or false): what is {value!r}?",
                                 next=f"for example {self.example_of(action)}")  # fmt: skip
            elif _SWITCHED[value.lower()]:
                result.append(flag)
        return result

    def _match_argument(self, action: argparse.Action, arg_strings_pattern: str) -> int:
        try:
            return super()._match_argument(action, arg_strings_pattern)
        except argparse.ArgumentError:
            raise self._wrong(action, f"needs {action.metavar}: {_clause(action)}") from None

    def _get_value(self, action: argparse.Action, arg_string: str) -> Any:
        try:
            return super()._get_value(action, arg_string)
        except argparse.ArgumentError as error:
            raise self._wrong(action, error.message) from None

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        choices = tuple(map(str, action.choices or ()))
        if action.choices is not None and value not in action.choices:
            from fluxtui.cli.nearest import nearest

            near = nearest(str(value), choices)
            hint = f". Did you mean `{near}`?" if near else ""
            raise self._wrong(action, f"takes {either(choices)}: {value!r} is none of them{hint}")

    def _get_values(self, action: argparse.Action, arg_strings: list[str]) -> Any:
        """The one place where argparse has what was given, and no defaults.

        An empty value is a shell variable that was not set, never a wish for what an absent flag
        means: `--version "$V"` must not roll something back.
        """
        values = super()._get_values(action, arg_strings)
        whole = action.nargs in (argparse.PARSER, argparse.REMAINDER)
        if not whole and any(not text.strip() for text in arg_strings):
            name = "/".join(action.option_strings) or str(action.metavar)
            raise self._wrong(action, f"{name}: it is empty: give a value, or leave it out", "")
        return values

    def _wrong(self, action: argparse.Action, fault: str, name: str | None = None) -> UsageError:
        label = "/".join(action.option_strings) or self.words if name is None else name
        return UsageError(f"{label} {fault}".strip(), next=f"for example {self.example_of(action)}")

    def _print_message(self, message: str, file: Any = None) -> None:
        """argparse would keep it to itself that nobody reads any more."""
        if message:
            (file or sys.stderr).write(message)

    def error(self, message: str) -> NoReturn:
        """Whoever called says it, in the form that was asked for."""
        raise UsageError(message, next=f"{self.prog} --help")


def either(words: Iterable[str]) -> str:
    """`a`, `a or b`, `a, b or c`."""
    *front, last = words
    return f"{', '.join(front)} or {last}" if front else last


def _clause(action: argparse.Action) -> str:
    """The flag's sentence, inside of another."""
    text = (action.help or "").rstrip(".")
    return text[:1].lower() + text[1:]


def each_parser(top: argparse.ArgumentParser) -> Iterable[argparse.ArgumentParser]:
    """This parser and those of all verbs under it."""
    yield top
    for action in top._actions:
        if isinstance(action, argparse._SubParsersAction):
            for sub in action.choices.values():
                yield from each_parser(sub)
