"""Every danger that a review looks for, by its id: what `fluxtui dangers` explains. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from fluxtui.domain.review.asked import ASKING
from fluxtui.domain.review.charts import CHART_RULES
from fluxtui.domain.review.charts.packed import ChartRule
from fluxtui.domain.review.delivered import DangerRule
from fluxtui.domain.review.plans import PLAN_RULES
from fluxtui.domain.review.plans.undertaking import PlanRule
from fluxtui.domain.review.rules import RULES
from fluxtui.domain.review.wanted import AskingRule

AnyRule = AskingRule | ChartRule | DangerRule | PlanRule
ALL: tuple[AnyRule, ...] = (*RULES, *CHART_RULES, *ASKING, *PLAN_RULES)
BY_ID: Mapping[str, AnyRule] = {rule.id: rule for rule in ALL}
