"""All Commands, declared once: keys, footer, palette, help, README and headless form derive.

Light on purpose: an entry names its family's functions, and the family is imported when one of them
is called. To add a Command, write its entry here and its Plan in a family.
"""

from __future__ import annotations

from fluxtui.commands.declaration import Argument, Command
from fluxtui.commands.later import Later
from fluxtui.commands.mends import MENDS
from fluxtui.commands.reasons import NOTE, REASON, UNTIL
from fluxtui.commands.suspensions import SUSPENSIONS
from fluxtui.commands.views import VIEWS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from fluxtui.commands import (
        many,
        pin,
        promote,
        publish,
        ranges,
        reconcile,
        unpin,
        wayback,
    )
else:
    many, pin, promote, publish, ranges, reconcile, unpin, wayback = (
        Later(f"fluxtui.commands.{name}")
        for name in (
            *("many", "pin", "promote", "publish"),
            *("ranges", "reconcile", "unpin", "wayback"),
        )
    )

ACTS = (
    Command(
        "reconcile",
        ("R",),
        "Reconcile",
        "Ask the controller to reconcile the selected object now.",
        "act",
        disabled_reason=lambda c: many.refusal(c, reconcile.refusal),
        plan=lambda c, v: many.plan(
            c, v, reconcile.reconcile_plan, reconcile.refusal, reconcile.before
        ),
        verb="reconcile",
        many=True,
    ),
    Command(
        "reconcile-with-source",
        ("W",),
        "Reconcile with source",
        "Fetch the source first, then reconcile what uses it, dependencies first.",
        "act",
        disabled_reason=lambda c: reconcile.source_refusal(c),
        plan=lambda c, v: reconcile.source_plan(c, v),
        verb="reconcile --with-source",
    ),
    Command(
        "reconcile-chain",
        ("C",),
        "Reconcile the chain",
        "Reconcile all that stands on this source in dependsOn order, each as soon as it can.",
        "act",
        disabled_reason=lambda c: reconcile.chain_refusal(c),
        plan=lambda c, v: reconcile.chain_plan(c, v),
        verb="reconcile --chain",
        footer=False,
    ),
    Command(
        "reconcile-force",
        (),
        "Reconcile by force",
        "Act again though nothing changed: upgrade a HelmRelease, read the inputs of a provider.",
        "act",
        disabled_reason=lambda c: reconcile.demand_refusal(c, "force"),
        plan=lambda c, v: reconcile.reconcile_plan(c, v, ("force",)),
        verb="reconcile --force",
        footer=False,
    ),
    Command(
        "reconcile-reset",
        (),
        "Reconcile after a reset",
        "Forget the failed tries of a HelmRelease that gave up, and try again.",
        "act",
        disabled_reason=lambda c: reconcile.demand_refusal(c, "reset"),
        plan=lambda c, v: reconcile.reconcile_plan(c, v, ("reset",)),
        verb="reconcile --reset",
        footer=False,
    ),
    Command(
        "reconcile-with-source-force",
        (),
        "Reconcile with source, by force",
        "Fetch the source first, then act again though nothing changed.",
        "act",
        disabled_reason=lambda c: reconcile.demand_with_source_refusal(c, "force"),
        plan=lambda c, v: reconcile.source_plan(c, v, ("force",)),
        verb="reconcile --with-source --force",
        footer=False,
    ),
    Command(
        "reconcile-with-source-reset",
        (),
        "Reconcile with source, after a reset",
        "Fetch the source first, then forget the failed tries and try again.",
        "act",
        disabled_reason=lambda c: reconcile.demand_with_source_refusal(c, "reset"),
        plan=lambda c, v: reconcile.source_plan(c, v, ("reset",)),
        verb="reconcile --with-source --reset",
        footer=False,
    ),
    *SUSPENSIONS,
    Command(
        "promote",
        ("m",),
        "Promote",
        "Name the digest that runs here as a stable version, and watch who takes it.",
        "act",
        (
            Argument(
                "from",
                "Which build?",
                "The tag or digest of the build to promote; without it, what runs here.",
                default=lambda c: promote.from_default(c),
                choices=lambda c: promote.from_choices(c),
                note=lambda c, text: promote.from_note(c, text),
            ),
            Argument(
                "version",
                "As which version?",
                "The stable version it becomes, for example v1.5.0.",
                default=lambda c: promote.default(c),
                choices=lambda c: promote.next_stable(c),
            ),
        ),
        disabled_reason=lambda c: promote.refusal(c),
        questions=lambda c, v: promote.questions(c, v),
        plan=lambda c, v: promote.plan(c, v),
        verb="promote",
        needs_tags=True,
    ),
    Command(
        "rollback",
        ("ctrl+l",),
        "Roll back",
        "Pin the version that last reconciled well.",
        "act",
        (
            Argument(
                "version",
                "Which version?",
                "What to go back to, as --version of pin; without it, what last reconciled well.",
                default=lambda c: pin.previous(c),
                choices=lambda c: pin.earlier(c),
                note=lambda c, text: pin.note(c, text),
            ),
            Argument("reason", "Why?", default=lambda c: wayback.reason(c)),
        ),
        disabled_reason=lambda c: pin.rollback_refusal(c),
        questions=lambda c, v: pin.questions(c, v),
        plan=lambda c, v: pin.pin_plan(c, v, "rollback"),
        verb="rollback",
        needs_tags=True,
    ),
    Command(
        "pin",
        ("p",),
        "Pin",
        "Hold one digest, commit or chart version; the policy waits.",
        "act",
        (
            Argument(
                "version",
                "Which version?",
                "What to hold: a tag, digest, chart version or commit; without it, what runs here.",
                default=lambda c: pin.default(c),
                choices=lambda c: pin.choices(c),
                note=lambda c, text: pin.note(c, text),
            ),
            REASON,
            UNTIL,
        ),
        disabled_reason=lambda c: pin.refusal(c),
        questions=lambda c, v: pin.questions(c, v),
        plan=lambda c, v: pin.pin_plan(c, v, "pin"),
        verb="pin",
        needs_tags=True,
    ),
    Command(
        "unpin",
        ("u",),
        "Unpin",
        "Follow the policy again; only what the pin set is put back.",
        "act",
        disabled_reason=lambda c: unpin.refusal(c),
        questions=lambda c, v: unpin.questions(c, v),
        plan=lambda c, v: unpin.plan(c, v),
        verb="unpin",
        needs_tags=True,
    ),
    Command(
        "range",
        ("e",),
        "Edit the range",
        "Say which versions may come: the semver range, and the filter of tags.",
        "act",
        (
            Argument(
                "semver",
                "Which versions?",
                "The semver range to pick by; without it, as it is.",
                default=lambda c: ranges.default(c),
                choices=lambda c: ranges.choices(c),
                note=lambda c, text: ranges.note(c, text),
                judges=True,
            ),
            Argument(
                "filter",
                "Of which tags? (a pattern; none: of all)",
                "The pattern that tags must match; `none` takes it away; without it, as it is.",
                required=False,
                default=lambda c: ranges.filter_default(c),
            ),
            NOTE,
        ),
        disabled_reason=lambda c: ranges.refusal(c),
        questions=lambda c, v: ranges.questions(c, v),
        plan=lambda c, v: ranges.plan(c, v),
        footer=False,
        verb="range",
        needs_tags=True,
    ),
    Command(
        "publish",
        ("b",),
        "Publish a build",
        "Pack the service's folder, set its image, push it under a new tag.",
        "act",
        (
            Argument(
                "version",
                "Under which tag?",
                "The new tag; without it, the next build after what would be picked.",
                default=lambda c: publish.default(c),
            ),
            Argument(
                "image",
                "Which image tag? (empty: the same)",
                "The tag that the service's images get inside the bundle.",
                required=False,
            ),
        ),
        disabled_reason=lambda c: publish.refusal(c),
        questions=lambda c, v: publish.questions(c, v),
        plan=lambda c, v: publish.plan(c, v),
        verb="publish",
        needs_tags=True,
    ),
    Command(
        "publish-bad",
        (),
        "Publish a bad build ...",
        "Rehearse a failure: publish a build that is known to break, and find out why it does.",
        "act",
        (
            Argument(
                "failure",
                "What is to go wrong?",
                "The way to fail: one of the service's rehearsals.",
                choices=lambda c: publish.rehearsals(c),
            ),
            Argument(
                "version",
                "Under which tag?",
                "The new tag; without it, the next build after what would be picked.",
                default=lambda c: publish.default(c),
            ),
        ),
        disabled_reason=lambda c: publish.rehearsal_refusal(c),
        questions=lambda c, v: publish.questions(c, v),
        plan=lambda c, v: publish.rehearsal_plan(c, v),
        footer=False,
        verb="publish --bad",
    ),
)

ALL: tuple[Command, ...] = (*VIEWS, *ACTS, *MENDS)

_BY_ID = {command.id: command for command in ALL}


def by_id(id_: str) -> Command:
    """The Command of that id. Raises KeyError: ids are constants of the program."""
    return _BY_ID[id_]
