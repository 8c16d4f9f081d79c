"""What the words of the command line are about on the main screen, and what each does there.

The app's own words (how it looks, leaving) are the app's; nothing here knows how words are typed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fluxtui.commands.command import Target
from fluxtui.ui.mainscreen import MainScreen
from fluxtui.ui.words import Word, words


def known_words(main: MainScreen, themes: Iterable[str]) -> Iterator[Word]:
    """All words there are now."""
    reason = main.subject if isinstance(main.subject, str) else ""
    context = main.context()
    return words(context, main.setting.commands, main.keys, themes, main.namespace, reason)


def carry_out(main: MainScreen, word: Word, opened: float) -> None:
    """Do what the word says. `opened`: when `:` was pressed, monotonic seconds."""
    if word.does == "command":
        main.start(next(c for c in main.setting.commands if c.id == word.value), opened)
    elif word.does == "view":
        main.open_view(word.target.tag, main.target, kind=word.value, clear=True)
    elif word.does == "environment":
        main.look_at(word.value)
    elif word.does == "go":
        target = word.target
        if not target.environment:
            target = Target(main.target.environment, target.service)
        main.go(target)
    elif word.does == "namespace":
        main.narrow(word.value)
    elif word.does == "sort" and main.pane is not None:
        main.pane.action_sort(word.value)
    elif word.does == "group" and main.pane is not None:
        main.pane.group_by(word.value)
