"""How a sentence names the key of a Command: by a token, for a person may have bound another key.

Who shows the sentence knows the keys: the screen puts in what is bound now (`ui/keys.py`), the
command line its verbs (`cli/waysout.py`). Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_TOKEN = re.compile(r"<key:([a-z-]+)>")


def key_token(command: str) -> str:
    """What stands for the key of the Command of that id."""
    return f"<key:{command}>"


def with_keys(text: str, key: Callable[[str], str]) -> str:
    """The text with `key` of the Command's id in place of each token."""
    return _TOKEN.sub(lambda found: key(found[1]), text) if "<key:" in text else text
