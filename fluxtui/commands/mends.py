"""What can be done about an act of the Journal, as Commands: to finish it, to undo it.

They are about an act and no object, so they stand apart from those that the registry declares.
Light as the registry is: what plans them is imported when it is called.
"""

from __future__ import annotations

from fluxtui.commands.declaration import Argument, Command
from fluxtui.commands.later import Later

TYPE_CHECKING = False
if TYPE_CHECKING:
    from fluxtui.commands import mending
else:
    mending = Later("fluxtui.commands.mending")

MENDS = (
    Command(
        "finish",
        ("c",),
        "Finish an act",
        "Do the steps of an act that are not done; what may be done is read back first.",
        "act",
        disabled_reason=lambda c: mending.finish_refusal(c),
        questions=lambda c, v: mending.questions(c, v),
        plan=lambda c, v: mending.finish_plan(c, v),
        footer=False,
        verb="plan finish",
    ),
    Command(
        "undo",
        ("U",),
        "Undo an act",
        "Undo what an act has done, its last step first; what others changed since stays.",
        "act",
        (Argument("reason", "Why?", default=lambda c: mending.reason(c)),),
        disabled_reason=lambda c: mending.undo_refusal(c),
        questions=lambda c, v: mending.questions(c, v),
        plan=lambda c, v: mending.undo_plan(c, v),
        footer=False,
        verb="plan undo",
    ),
)
