"""Every danger there is has a case that has it and one that only looks like it: a rule that comes
new fails here until both are in a table.

The tables stand with the tests that go through them; this one only counts.
"""

from __future__ import annotations

import pytest
import test_review_asked
import test_review_charts
import test_review_facts
import test_review_nearmisses
import test_review_operated
import test_review_plans
import test_review_rules

from fluxtui.domain.review.catalog import ALL, BY_ID

_TABLES = (
    test_review_rules,
    test_review_nearmisses,
    test_review_operated,
    test_review_asked,
    test_review_charts,
    test_review_facts,
    test_review_plans,
)
HAVE_IT = [str(case[0]) for table in _TABLES for case in table.HAVE_IT]
HAVE_NOT = [str(case[0]) for table in _TABLES for case in table.HAVE_NOT]


@pytest.mark.parametrize("rule", [rule.id for rule in ALL])
def test_a_rule_has_a_case_with_it_and_one_without(rule: str) -> None:
    assert rule in HAVE_IT, f"no case has {rule}"
    assert rule in HAVE_NOT, f"no case only looks like {rule}"


def test_no_case_is_of_a_rule_that_there_is_not() -> None:
    assert set(HAVE_IT) | set(HAVE_NOT) == set(BY_ID)
    assert len(BY_ID) == len(ALL), "two rules have one id"
