"""Write the README's table of keys from the registry of Commands: `python -m tests.readme`."""

from __future__ import annotations

from pathlib import Path

from fluxtui.commands.registry import ALL

README = Path(__file__).parent.parent / "README.md"
START = "<!-- keys: made from the registry of commands; a test keeps them equal -->\n"
END = "<!-- /keys -->"
NAMES = {"question_mark": "?"}


def keys_table() -> str:
    """One row a Command: keys, title, help, verb."""
    rows = ["| key | command | what it does | headless |", "| --- | --- | --- | --- |"]
    for c in ALL:
        keys = " ".join(f"`{NAMES.get(key, key)}`" for key in c.keys)
        verb = f"`{c.verb}`" if c.verb else ""
        rows.append(f"| {keys} | {c.title} | {c.help} | {verb} |")
    return "\n".join(rows) + "\n"


def written(text: str) -> str:
    """The README with the table as it should be."""
    before, _start, rest = text.partition(START)
    _old, _end, after = rest.partition(END)
    return f"{before}{START}{keys_table()}{END}{after}"


if __name__ == "__main__":
    README.write_text(written(README.read_text()))
