"""`-o jsonpath=`: kubectl's templates, and what they make of a document."""

from __future__ import annotations

import pytest

from fluxtui.cli.jsonpath import rendered
from fluxtui.domain.errors import UsageError

DATA = {
    "items": [
        {"name": "web", "ready": 1, "labels": {"app.kubernetes.io/name": "w"}},
        {"name": "db", "ready": None, "labels": {}},
    ],
    "healthy": True,
}


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{.items[*].name}", "web db"),
        (".items[0].name", "web"),
        ("{$.items[0].name}", "web"),
        ("{items[0].name}", "web"),
        ("{.items[-1:].name}", "db"),
        ("{..name}", "web db"),
        ("{.items[0]['name','ready']}", "web 1"),
        ('{.items[?(@.name=="db")].ready}', "null"),
        ("{.items[?(@.ready>0)].name}", "web"),
        (r"{.items[0].labels.app\.kubernetes\.io/name}", "w"),
        ("{.items[0].labels}", '{"app.kubernetes.io/name":"w"}'),
        ('{range .items[*]}{.name}{"\\t"}{.ready}{"\\n"}{end}', "web\t1\ndb\tnull\n"),
        ("{range .items[*]}{@.name},{end}", "web,db,"),
        ("healthy: {.healthy}!", "healthy: true!"),
        ("{.nowhere}", ""),
        ('{"}"}', "}"),
    ],
)
def test_a_template_is_filled_in(template: str, text: str) -> None:
    assert rendered(template, DATA) == text


@pytest.mark.parametrize(
    "template",
    ["{.items[0]", "{.items[?(}", "{range .items[*]}{.name}", "{end}", '{"open}', "{.a[}"],
)
def test_what_is_no_template_is_refused(template: str) -> None:
    with pytest.raises(UsageError) as error:
        rendered(template, DATA)
    assert "\n" not in str(error.value)
