"""A person asks what a release of a chart changed, and what is otherwise than deployed."""

from __future__ import annotations

import base64

import pytest
from cli_delivery import Shell
from cli_objects import put
from documents import checked
from test_cli_charts import definition, thing

from fluxtui.cli import arguments
from fluxtui.cli.comparing import diff_questions
from fluxtui.domain.ask import ChartDiff, DriftDiff, Question, ReleasesDiff
from fluxtui.domain.errors import UsageError
from fluxtui.domain.resource import Key, Resource
from tests.builders import snapshot
from tests.helm_storage import history, release, storage

HELM = "helm.toolkit.fluxcd.io/v2"
KEY = Key("staging", "helm.toolkit.fluxcd.io", "HelmRelease", "apps", "shop")
SPEC = {
    "interval": "1m",
    "values": {"replicas": 2},
    "valuesFrom": [{"kind": "Secret", "name": "login"}],
}
PASSWORD = "correct-horse"
MANIFEST = """\
apiVersion: v1
kind: ConfigMap
metadata: {{name: shop}}
data: {{replicas: "{replicas}", url: "postgres://shop:{password}@db"}}
"""


@pytest.fixture
def delivery(shell: Shell) -> Shell:
    """Staging, where a release has been upgraded once."""
    shell.cluster("staging")
    put(shell, "staging", [definition("hr")])
    made = [
        release(
            number,
            MANIFEST.format(replicas=number, password=PASSWORD),
            values={"replicas": number, "password": PASSWORD},
        )
        for number in (1, 2)
    ]
    login = base64.b64encode(f"password: {PASSWORD}".encode()).decode()
    secret = {"apiVersion": "v1", "kind": "Secret", "data": {"values.yaml": login}}
    put(
        shell,
        "staging",
        [
            *(storage(told, told["version"]) for told in made),
            {**secret, "metadata": {"name": "login", "namespace": "apps"}},
            thing(HELM, "HelmRelease", "shop", SPEC, **history(1, 2)),
        ],
    )
    return shell


def test_a_release_and_the_one_before_it_as_text_and_as_data(delivery: Shell) -> None:
    said = delivery("diff", "hr/shop", "-e", "staging")
    assert said.code == 0, said
    assert "HelmRelease/apps/shop  release 1, shop-1.1.0 -> release 2, shop-1.2.0" in said.out
    assert "changed Values/apps/shop\n    ~ replicas: 1 -> 2" in said.out
    assert '~ data.replicas: "1" -> "2"' in said.out
    document = checked(delivery("diff", "hr/shop", "-e", "staging", "-o", "json").out, "Diff")
    (part,) = document["items"][0]["parts"]
    assert part["kustomization"]["kind"] == "HelmRelease"
    assert [change["object"]["kind"] for change in part["changes"]] == ["Values", "ConfigMap"]
    unified = delivery("diff", "hr/shop", "-e", "staging", "--unified")
    for text in (said.out, str(document), unified.out):
        assert PASSWORD not in text and "fluxtui-secret" not in text


def test_what_is_not_live_any_more_is_drift(delivery: Shell) -> None:
    said = delivery("diff", "hr/shop", "-e", "staging", "--live")
    assert said.code == 0, said
    assert "left (-): release 2 as deployed; right (+): staging as it is" in said.out
    assert "removed ConfigMap/apps/shop" in said.out


def test_a_release_that_is_gone_is_a_problem_and_the_exit_code_says_so(delivery: Shell) -> None:
    said = delivery("diff", "hr/shop", "-e", "staging", "--from", "7", "--to", "2", "-o", "json")
    assert said.code == 1
    (part,) = checked(said.out, "Diff")["items"][0]["parts"]
    assert "has no release 7 of it any more" in part["changesReason"]


def asked(words: str) -> list[Question]:
    body = thing(HELM, "HelmRelease", "shop", SPEC, **history(1, 2))
    known = snapshot(Resource.from_object("staging", body))
    args = arguments.parse(["diff", *words.split()])
    return diff_questions(args, tuple(args.environment or ()), known)


def test_each_comparison_has_its_words() -> None:
    assert asked("hr/shop -e staging") == [ReleasesDiff(KEY)]
    assert asked("hr/shop -e staging --from 1 --to v2") == [ReleasesDiff(KEY, 1, 2)]
    assert asked("hr/shop -e staging --to 2") == [ReleasesDiff(KEY, 0, 2)]
    assert asked("hr/shop -e staging --from 1") == [ReleasesDiff(KEY, 1, 0)]
    assert asked("hr/shop -e staging --live") == [DriftDiff(KEY)]
    assert asked("hr/shop -e staging --chart 2") == [ChartDiff(KEY, "2", "1.2.0")]
    assert asked("hr/shop -e staging --chart 2 3") == [ChartDiff(KEY, "3", "2")]
    assert asked("hr/shop -e staging --chart 2 --rendered") == [
        ChartDiff(KEY, "2", "1.2.0", rendered=True)
    ]


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ("--from 1.4.2", "is no number of a release"),
        ("--to 0", "is no number of a release"),
        ("--patches", "it has no patches"),
        ("--live --to 2", "one comparison"),
        ("--chart --live", "one comparison"),
        ("--chart 1 2 3", "two versions at most"),
        ("--chart", "is not known"),
    ],
)
def test_what_is_not_clear_is_asked_back(words: str, what: str) -> None:
    with pytest.raises(UsageError, match=what):
        asked(f"hr/shop -e staging {words}")
