"""An error says where, what and what next, and is the same on the other side of a process."""

from __future__ import annotations

import pickle

import pytest

from fluxtui.domain.errors import BuildError, ClusterError, FluxtuiError, SubstitutionError


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (FluxtuiError("it broke"), "it broke"),
        (FluxtuiError("it broke", where="here"), "here: it broke"),
        (FluxtuiError("here is a leak", where="here"), "here is a leak"),
        (FluxtuiError("hereafter it broke", where="here"), "here: hereafter it broke"),
        (FluxtuiError("it broke", next="mend it"), "it broke (mend it)"),
        (FluxtuiError("it broke", where="here", next="mend it"), "here: it broke (mend it)"),
        (BuildError("no", file="a.yaml", line=3, field="spec.x"), "a.yaml:3 spec.x: no"),
        (BuildError("no", file="a.yaml", field="spec.x"), "a.yaml spec.x: no"),
        (BuildError("no", field="spec.x", line=3), "spec.x: no"),
        (BuildError("no"), "no"),
    ],
)
def test_an_error_says_where_what_and_what_next_as_far_as_is_known(
    error: FluxtuiError, text: str
) -> None:
    assert str(error) == text
    assert error.sentence == text.removesuffix(f" ({error.next})")
    assert str(pickle.loads(pickle.dumps(error))) == text


def test_an_error_keeps_what_it_knows_on_its_way_between_processes() -> None:
    causes = (("spec.x", "is missing"),)
    error = ClusterError("no", status=422, reason="Invalid", causes=causes, retry_after=2.5)
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is ClusterError and again.__dict__ == error.__dict__
    assert pickle.loads(pickle.dumps(SubstitutionError("no", variable="x"))).variable == "x"
