"""Every word that may stand in the header, with what it means: the one list, which the header is
written with and help explains.

A word that is not in it cannot be put into the header. Nothing is judged here.
"""

from __future__ import annotations

from collections.abc import Mapping

from fluxtui.domain.knowledge import WORDS as OF_PLACES

MEANING: Mapping[str, str] = {
    "read-only": "nothing is written there; r/o where there is little room",
    "r/o": "read-only",
    "protected": "its name is typed before anything is done there; the sign alone means it, too",
    "empty": "nothing there is applied by Flux",
    "‖": "so many objects are suspended there, sources and what applies them; the holds list them",
    "frozen": "a freeze holds what moves by itself there; the holds say which, who and why",
    "not held": "moves on there though it is frozen: created or resumed since; freeze it again",
    "overdue": "held for longer than was said when it was suspended or pinned",
    "late": "overdue",
    "ageing": "held for longer than `ageing` of the configuration, 7d unless it says otherwise",
    "old": "ageing",
    "live": "what is shown is watched, and as new as the clusters",
    "connecting": "the API has not answered yet",
    "listing": "it answers, and not all is read yet",
    "feeds not live": "lists that are not watched now: what they show is as old as it says",
    "tags": "how long ago the oldest list of tags was read; or that some cannot be had",
    "tags listing": "a registry has not answered yet",
    "running": "acts under way; the Journal has their steps",
    **OF_PLACES,
}


def worded(word: str) -> str:
    """The word itself. Raises KeyError for one that help does not explain."""
    MEANING[word]
    return word


def explained() -> tuple[tuple[str, str], ...]:
    """(words, meaning) for help: words of one meaning stand together."""
    first = {word: meaning for word, meaning in MEANING.items() if meaning not in MEANING}
    short = {meaning: word for word, meaning in MEANING.items() if meaning in MEANING}
    return tuple(
        (f"{word} {short[word]}" if word in short else word, meaning)
        for word, meaning in first.items()
    )
