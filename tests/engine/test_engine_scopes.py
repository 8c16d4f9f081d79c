"""Which feeds are opened for what is wanted."""

from __future__ import annotations

from fluxtui.engine.feeds.scopes import FEW, gathered, planned
from fluxtui.engine.feeds.targets import of_interest, permanent

POD = ("", "Pod")


def names(count: int) -> list[str]:
    return [f"team-{n:02}" for n in range(count)]


def test_watches_are_given_to_what_is_always_wanted_first() -> None:
    always, passing = permanent(()), of_interest(names(3))
    plan = planned(always, passing, len(always) + 2)
    assert plan.targets == (*always, *passing)
    assert plan.watched == {*always, *passing[:2]} and plan.asked == len(passing) - 2


def test_a_few_namespaces_keep_feeds_of_their_own() -> None:
    few, many = of_interest(names(FEW)), of_interest(names(FEW + 1))
    assert set(gathered(few, ())) == set(few)
    wide = gathered(many, ())
    assert len(wide) == 5 and {target.namespace for target in wide} == {""}
    pods = next(target for target in wide if target.kind == POD)
    assert len(gathered(many, {pods})) == 4 + FEW + 1
    assert gathered(permanent(()), ()) == permanent(())
