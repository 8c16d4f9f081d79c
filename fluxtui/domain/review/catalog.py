"""Every danger that a review looks for, by its id: what `fluxtui dangers` explains. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from fluxtui.domain.review.asked import ASKING
from fluxtui.domain.review.danger import DangerRule
from fluxtui.domain.review.rules import RULES
from fluxtui.domain.review.wanted import AskingRule

AnyRule = DangerRule | AskingRule
ALL: tuple[AnyRule, ...] = (*RULES, *ASKING)
BY_ID: Mapping[str, AnyRule] = {rule.id: rule for rule in ALL}
