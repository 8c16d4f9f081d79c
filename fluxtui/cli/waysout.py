"""What to do next about a finding, in words for a command line: no key of the screen's is named.

Findings are made for both; the screen's keys of Chain and of a log are verbs here.
"""

from __future__ import annotations

from fluxtui.cli.looking import short_name
from fluxtui.domain.board import Finding
from fluxtui.domain.keytokens import key_token, with_keys

_INTERRUPTED = (
    f"in the Journal {key_token('finish')} finishes it and {key_token('undo')} undoes it, or: "
)
_VERBS = (
    ("l on the Pod in Chain", "`fluxtui logs{about}`"),
    ("l in Chain", "`fluxtui logs{about}`"),
    (_INTERRUPTED, ""),
    (f"diff it: {key_token('diff')}", "diff it: `fluxtui diff{about} --patches`"),
    (
        f"compare it with its release: {key_token('diff')}",
        "compare it with its release: `fluxtui diff{about} --live`",
    ),
    (f"see Chain: {key_token('chain')}", "see `fluxtui chain{about}`"),
    ("see the Journal", "see `fluxtui journal`"),
)


def way_out(finding: Finding) -> str:
    """`Finding.next`, its keys as verbs about the finding's object."""
    subject = finding.subject
    about = f" {short_name(subject)} -e {subject.environment}" if subject is not None else ""
    text = finding.next
    for keys, verb in _VERBS:
        text = text.replace(keys, verb.format(about=about))
    return with_keys(text, lambda command: f"`fluxtui {command}`")
