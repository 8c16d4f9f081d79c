"""Where it is edited for good what an act changes and a parent puts back, headless.

Asked for where somebody reads the review; what is not known is among what was not looked at.
"""

from __future__ import annotations

import dataclasses

from fluxtui.commands.keeping import declared_fields
from fluxtui.commands.proposing import Proposal
from fluxtui.domain.ask import ReviewDeclared
from fluxtui.domain.declared import Declaration
from fluxtui.domain.errors import FluxtuiError
from fluxtui.domain.plan import Plan
from fluxtui.engine.port import EnginePort

LIMIT = 120.0


def declarations_of(engine: EnginePort, plan: Plan) -> tuple[Declaration, ...]:
    """One for each such field about which anything is configured."""
    fields = declared_fields(engine.snapshot, plan)
    if not fields:
        return ()
    try:
        declarations: tuple[Declaration, ...] = engine.ask(ReviewDeclared(fields)).result(LIMIT)
    except (TimeoutError, FluxtuiError) as error:
        why = str(error) or f"no answer within {LIMIT:.0f} s"
        return tuple(Declaration(field, error=why) for field in fields)
    return declarations


def with_declarations(proposal: Proposal, declarations: tuple[Declaration, ...]) -> Proposal:
    """The same, with their sentences beside its own."""
    plan = proposal.plan
    places = tuple(one.says for one in declarations if not one.error)
    nowhere = tuple(one.says for one in declarations if one.error)
    plan = dataclasses.replace(
        plan, warnings=(*plan.warnings, *places), unseen=(*plan.unseen, *nowhere)
    )
    return dataclasses.replace(proposal, plan=plan)
