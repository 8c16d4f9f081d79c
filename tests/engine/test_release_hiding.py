"""Wherever a chart writes a Secret's value, in whatever form, only what it is called is seen."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from fluxtui.domain.chartvalues import Referent
from fluxtui.domain.kinds.kind import ValuesFrom
from fluxtui.engine.builds.releasehiding import Hiding
from fluxtui.engine.builds.releaseparts import ValueInputs
from fluxtui.engine.builds.secretmarks import TOKEN

SESSION = b"0" * 32
WORD = "correct-horse/9"
LOGIN = ValuesFrom("Secret", "login", "password", "db.password")


def inputs(value: str = WORD, **own: Any) -> ValueInputs:
    data = {"password": base64.b64encode(value.encode()).decode()}
    return ValueInputs("apps", own, (LOGIN,), {("Secret", "login"): Referent(data)})


def config(text: Any, name: str = "config") -> dict[str, Any]:
    head = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}}
    return {**head, "data": {"a": text}}


@pytest.mark.parametrize(
    "text",
    [
        WORD,
        f"postgres://shop:{WORD}@db",
        f"user: shop\npassword: {WORD}\n",
        base64.b64encode(WORD.encode()).decode(),
        "postgres://shop:correct-horse%2F9@db",
    ],
)
def test_in_every_form_and_inside_of_other_text(text: str) -> None:
    hiding = Hiding(SESSION, inputs())
    hidden = hiding.object(config(text))["data"]["a"]
    assert TOKEN.fullmatch(hidden) and hiding.labels[hidden] == "secret apps/login#password"


def test_a_file_that_a_chart_indents_is_hidden_line_by_line() -> None:
    hiding = Hiding(SESSION, inputs("[client]\npassword = hunter2-again\n"))
    text = "conf:\n    [client]\n    password = hunter2-again\n"
    assert TOKEN.fullmatch(hiding.object(config(text))["data"]["a"])


def test_as_a_key_too_and_never_as_the_name_that_an_object_goes_by() -> None:
    hiding = Hiding(SESSION, inputs())
    obj = {**config("x", WORD), "data": {WORD: "x"}}
    hidden = hiding.object(obj)
    assert WORD not in hidden["data"] and hidden["metadata"]["name"] == WORD


def test_short_values_are_hidden_where_they_are_all_and_words_never() -> None:
    hiding = Hiding(SESSION, inputs("pwd"))
    assert TOKEN.fullmatch(hiding.object(config("pwd"))["data"]["a"])
    assert hiding.object(config("pwd in a sentence"))["data"]["a"] == "pwd in a sentence"
    hiding = Hiding(SESSION, inputs("true"))
    assert hiding.object(config("true"))["data"]["a"] == "true"


def test_what_a_releases_own_secrets_hold_is_learnt() -> None:
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "made"},
        "stringData": {"token": "made-by-the-chart"},
    }
    hiding = Hiding(SESSION, ValueInputs("apps", {}, (), {}))
    hiding.learn([secret], {})
    hidden = hiding.object(config("Bearer made-by-the-chart"))["data"]["a"]
    assert hiding.labels[hidden] == "secret apps/made#token"


def test_a_value_that_nothing_explains_may_be_out_of_the_secret() -> None:
    unread = ValueInputs("apps", {"replicas": 1}, (ValuesFrom("Secret", "login"),), {})
    hiding = Hiding(SESSION, unread)
    values = hiding.values({"replicas": 2, "token": "what-nobody-knows"})
    assert values["replicas"] == 2
    assert hiding.labels[values["token"]] == "perhaps secret apps/login#values.yaml"
    hiding.learn((), {"token": "what-nobody-knows"})
    assert TOKEN.fullmatch(hiding.object(config("is what-nobody-knows"))["data"]["a"])
