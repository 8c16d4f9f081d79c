"""Label selectors as Kubernetes reads and means them, as text and as objects."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluxtui.kit.labels import as_text, fulfilled, of_selector, parse

WEB = {"app": "web", "tier": "front", "build": "12"}
LABELS = st.dictionaries(st.sampled_from("abc"), st.sampled_from(["", "x", "y"]), max_size=3)


@pytest.mark.parametrize(
    ("text", "matches"),
    [
        ("", True),
        ("app=web", True),
        ("app==web, tier = front", True),
        ("app!=web", False),
        ("nothing!=there", True),
        ("app in (web, api)", True),
        ("app notin (web)", False),
        ("nothing notin (there)", True),
        ("tier", True),
        ("!tier", False),
        ("!nothing", True),
        ("build>11,build<13", True),
        ("app>1", False),
        ("empty=", False),
    ],
)
def test_a_text_means_what_kubectl_means_by_it(text: str, matches: bool) -> None:
    assert fulfilled(parse(text), WEB) is matches


@pytest.mark.parametrize("text", ["", "a=x,b!=y,c in (x,y),d notin (z),e,!f,g>1,h<2,i==x,j="])
def test_a_selector_is_written_as_it_is_read(text: str) -> None:
    assert as_text(parse(text)) == text


@pytest.mark.parametrize("text", ["=x", "a=b=c", "a in web", "a b", "!", "a>x", ",", "-a=b"])
def test_what_does_not_parse_is_named(text: str) -> None:
    with pytest.raises(ValueError, match="does not parse"):
        parse(text)


@pytest.mark.parametrize(
    ("selector", "matches"),
    [
        ({}, True),
        ({"matchLabels": {"app": "web"}}, True),
        ({"matchLabels": {"app": "api"}}, False),
        ({"matchExpressions": [{"key": "app", "operator": "In", "values": ["web"]}]}, True),
        ({"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["web"]}]}, False),
        ({"matchExpressions": [{"key": "app", "operator": "Exists"}]}, True),
        ({"matchExpressions": [{"key": "app", "operator": "DoesNotExist"}]}, False),
        (
            {
                "matchLabels": {"app": "web"},
                "matchExpressions": [{"key": "tier", "operator": "In", "values": ["back"]}],
            },
            False,
        ),
        ({"matchExpressions": [{"key": "app", "operator": "Wrong"}]}, False),
        ({"matchLabels": "nonsense", "matchExpressions": "too"}, True),
    ],
)
def test_an_object_means_labels_and_expressions_together(
    selector: dict[str, Any], matches: bool
) -> None:
    assert fulfilled(of_selector(selector), WEB) is matches


@given(LABELS, st.sampled_from("abc"), st.sampled_from(["", "x", "y"]))
def test_each_operator_is_the_other_turned_around(
    labels: dict[str, str], key: str, value: str
) -> None:
    assert fulfilled(parse(f"{key}={value}"), labels) != fulfilled(parse(f"{key}!={value}"), labels)
    assert fulfilled(parse(key), labels) != fulfilled(parse(f"!{key}"), labels)
