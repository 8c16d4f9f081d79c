"""The acts that suspend and resume, one object or a whole scope, declared once for the registry.

Light, as the registry is: a family is imported when one of its functions is called.
"""

from __future__ import annotations

from fluxtui.commands.declaration import Argument, Command
from fluxtui.commands.later import Later
from fluxtui.commands.reasons import NOTE, REASON, UNTIL

TYPE_CHECKING = False
if TYPE_CHECKING:
    from fluxtui.commands import freeze, many, suspend, whole
else:
    freeze, many, suspend, whole = (
        Later(f"fluxtui.commands.{name}") for name in ("freeze", "many", "suspend", "whole")
    )

SCOPE = Argument(
    "scope",
    "Which whole?",
    default=lambda c: whole.default(c),
    choices=lambda c: whole.choices(c),
    note=lambda c, text: whole.note(c, text),
    judges=True,
)

SUSPENSIONS = (
    Command(
        "suspend",
        ("s",),
        "Suspend",
        "Stop reconciling the selected object, with a reason that everybody sees.",
        "act",
        (REASON, UNTIL),
        disabled_reason=lambda c: many.refusal(c, suspend.suspend_refusal),
        plan=lambda c, v: many.plan(c, v, suspend.suspend_plan, suspend.suspend_refusal),
        verb="suspend",
        many=True,
    ),
    Command(
        "resume",
        ("r",),
        "Resume",
        "Reconcile the selected object again.",
        "act",
        disabled_reason=lambda c: many.refusal(c, suspend.resume_refusal),
        plan=lambda c, v: many.plan(c, v, suspend.resume_plan, suspend.resume_refusal),
        verb="resume",
        many=True,
    ),
    Command(
        "suspend-scope",
        (),
        "Suspend a whole scope",
        "Suspend all that delivers in a service, a namespace, an environment or a stage.",
        "act",
        (SCOPE, REASON, UNTIL),
        disabled_reason=lambda c: whole.refusal(c),
        plan=lambda c, v: whole.suspend_plan(c, v),
        footer=False,
        verb="suspend --scope",
        scoped=True,
    ),
    Command(
        "resume-scope",
        (),
        "Resume a whole scope",
        "Resume all that is suspended in a service, a namespace, an environment or a stage.",
        "act",
        (SCOPE,),
        disabled_reason=lambda c: whole.refusal(c),
        plan=lambda c, v: whole.resume_plan(c, v),
        footer=False,
        verb="resume --scope",
        scoped=True,
    ),
    Command(
        "freeze",
        ("x",),
        "Freeze",
        "Let nothing new into an environment or a stage: suspend all that moves by itself.",
        "act",
        (
            Argument(
                "scope",
                "Which environment or stage?",
                default=lambda c: freeze.default(c),
                choices=lambda c: freeze.choices(c),
                note=lambda c, text: freeze.note(c, text),
            ),
            Argument("reason", "Why?", default=lambda c: freeze.reason_default(c)),
            UNTIL,
            Argument(
                "id",
                "Into which freeze? (empty: a new one)",
                "A freeze that is there already, to hold what was created or resumed since.",
                required=False,
                default=lambda c: freeze.joined_default(c),
                choices=lambda c: freeze.id_choices(c),
                note=lambda c, text: freeze.id_note(c, text),
            ),
        ),
        disabled_reason=lambda c: freeze.refusal(c),
        plan=lambda c, v: freeze.freeze_plan(c, v),
        footer=False,
        verb="freeze",
        scoped=True,
    ),
    Command(
        "unfreeze",
        ("X",),
        "Unfreeze",
        "Lift a freeze: resume what it still holds, and nothing that others have suspended.",
        "act",
        (
            Argument(
                "scope",
                "Which environment or stage?",
                default=lambda c: freeze.default(c),
                choices=lambda c: freeze.choices(c),
            ),
            Argument(
                "id",
                "Which freeze?",
                "The freeze to lift; needed where there are several.",
                required=False,
                default=lambda c: freeze.id_default(c),
                choices=lambda c: freeze.id_choices(c),
                note=lambda c, text: freeze.id_note(c, text),
            ),
            NOTE,
        ),
        disabled_reason=lambda c: freeze.unfreeze_refusal(c),
        plan=lambda c, v: freeze.unfreeze_plan(c, v),
        footer=False,
        verb="unfreeze",
        needs_tags=True,
        scoped=True,
    ),
)
