"""What a chart's other version has against it, told from both as packed: nothing is rendered."""

from __future__ import annotations

from typing import Any

import pytest

from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.objectid import ObjectId
from fluxtui.domain.resource import Key
from fluxtui.domain.review.charts import chart_dangers
from fluxtui.domain.review.charts.packed import ChartSide, PackedDelivery
from fluxtui.domain.review.content import ImageChange

RELEASE = Key("staging", "helm.toolkit.fluxcd.io", "HelmRelease", "apps", "web")
WIDGETS = ObjectId("", "widgets.acme.example", "apiextensions.k8s.io", "CustomResourceDefinition")


def crd(*versions: str, **more: Any) -> dict[ObjectId, dict[str, Any]]:
    served = [{"name": name, "served": True, "storage": n == 0} for n, name in enumerate(versions)]
    body = {"kind": WIDGETS.kind, "metadata": {"name": WIDGETS.name}, **more}
    return {WIDGETS: {**body, "spec": {"versions": served}}}


def chart(version: str = "1.0.0", **parts: Any) -> ChartSide:
    about = {"version": version, **parts.pop("about", {})}
    return ChartSide(about, parts.pop("values", {}), parts.pop("definitions", {}))


def goes(
    before: ChartSide, after: ChartSide, own: dict[str, Any] | None = None, **more: Any
) -> PackedDelivery:
    return PackedDelivery(RELEASE, before, after, own or {}, **more)


def images(*pairs: tuple[str, str]) -> PackedDelivery:
    return goes(chart(), chart(), images=tuple(ImageChange(*pair) for pair in pairs))


def asks(old: str, new: str) -> PackedDelivery:
    return goes(chart(about={"kubeVersion": old}), chart(about={"kubeVersion": new}))


def applications(old: str, new: str) -> PackedDelivery:
    return goes(chart(about={"appVersion": old}), chart(about={"appVersion": new}))


def definitions(
    old: dict[ObjectId, dict[str, Any]], new: dict[ObjectId, dict[str, Any]], policy: str
) -> PackedDelivery:
    return goes(chart(definitions=old), chart(definitions=new), definitions=policy)


V1, BOTH = crd("v1"), crd("v1", "v1beta1")

HAVE_IT: list[tuple[str, PackedDelivery, Gravity, str]] = [
    (
        "chart-definitions", definitions(BOTH, V1, "Skip"), Gravity.STOP,
        "crds/ brings widgets.acme.example, which Flux leaves as the cluster has it: "
        "spec.upgrade.crds is Skip",
    ),
    ("chart-definitions", definitions({}, V1, "Skip"), Gravity.STOP, "crds/ brings widgets."),
    ("chart-definitions", definitions(BOTH, V1, "Create"), Gravity.STOP, "crds is Create"),
    ("chart-definitions", definitions(BOTH, V1, "CreateReplace"), Gravity.STOP,
     "serves v1beta1 no more"),
    ("chart-definitions", definitions(V1, {}, "CreateReplace"), Gravity.CARE, "no more: what is"),
    ("chart-major", goes(chart("1.9.0"), chart("2.0.0")), Gravity.CARE,
     "the chart goes to another major version: 1.9.0 -> 2.0.0"),
    ("chart-major", goes(chart("2.0.0"), chart("1.9.0")), Gravity.CARE, "goes back to another"),
    ("chart-major", goes(chart("0.4.0"), chart("0.5.0")), Gravity.CARE, "0.4.0 -> 0.5.0"),
    ("chart-major", applications("v14.2", "v15.0"), Gravity.CARE, "the application in it"),
    ("chart-kubernetes", asks(">=1.25.0-0", ">=1.29.0-0"), Gravity.CARE,
     "the chart asks for Kubernetes >=1.29.0-0 (>=1.25.0-0 before)"),
    ("chart-kubernetes", asks("", ">=1.29.0-0"), Gravity.CARE, "(for none before)"),
    ("chart-value-gone",
     goes(chart(values={"db": {"size": "1Gi"}}), chart(values={"db": {}}), {"db": {"size": "2Gi"}}),
     Gravity.CARE, "the release sets db.size, which the chart has no default for any more"),
    ("chart-image", images(("r.example.com/web:1", "r.example.com/web:latest")), Gravity.CARE,
     "r.example.com/web:latest names no version, each node takes what there is (was r.ex"),
    ("chart-image", images(("r.example.com/web:1", ""), ("", "other.example.com/web:1")),
     Gravity.CARE, "from other.example.com instead of r.example.com"),
]  # fmt: skip

HAVE_NOT: list[tuple[str, PackedDelivery]] = [
    ("chart-definitions", definitions(V1, V1, "Skip")),
    ("chart-definitions", definitions({}, V1, "Create")),
    ("chart-definitions", definitions(V1, BOTH, "CreateReplace")),
    ("chart-major", goes(chart("1.4.2"), chart("1.5.0"))),
    ("chart-major", goes(chart("0.4.0"), chart("0.4.9"))),
    ("chart-major", applications("latest", "15.0.0")),
    ("chart-kubernetes", asks(">=1.25.0-0", ">=1.25.0-0")),
    ("chart-kubernetes", asks(">=1.25.0-0", "")),
    ("chart-value-gone",
     goes(chart(values={"db": {"size": "1Gi"}}), chart(values={"db": {}}), {"db": {"class": "x"}})),
    ("chart-value-gone", goes(chart(), chart(), {"free": 1})),
    ("chart-image", images(("r.example.com/web:1", "r.example.com/web:2"))),
    ("chart-image", images(("r.example.com/web:latest", ""), ("", "r.example.com/api:1"))),
]  # fmt: skip


def of_rule(rule: str, delivered: PackedDelivery) -> list[Danger]:
    return [danger for danger in chart_dangers(delivered) if danger.rule == rule]


@pytest.mark.parametrize(("rule", "delivered", "level", "says"), HAVE_IT)
def test_what_has_the_danger(
    rule: str, delivered: PackedDelivery, level: Gravity, says: str
) -> None:
    (danger,) = of_rule(rule, delivered)
    assert danger.level is level and says in danger.says


@pytest.mark.parametrize(("rule", "delivered"), HAVE_NOT)
def test_what_only_looks_like_it(rule: str, delivered: PackedDelivery) -> None:
    assert of_rule(rule, delivered) == []


def test_many_that_stay_behind_are_counted_and_named_up_to_a_dozen() -> None:
    many: dict[ObjectId, dict[str, Any]] = {
        ObjectId("", f"w{n:02}.acme.example", WIDGETS.group, WIDGETS.kind): {} for n in range(14)
    }
    (danger,) = of_rule("chart-definitions", definitions({}, many, "Skip"))
    assert "crds/ brings 14 definitions" in danger.says
    assert len(danger.look) == 13 and danger.look[-1] == "... 2 more"


def test_several_values_that_went_are_counted_and_named_up_to_a_dozen() -> None:
    def went(count: int) -> Danger:
        own = {f"port{n:02}": n for n in range(count)}
        (danger,) = of_rule("chart-value-gone", goes(chart(values=own), chart(), own))
        return danger

    assert went(1).says.startswith("the release sets port00, which") and went(1).look == ()
    assert went(2).says.startswith("the release sets 2 values, which")
    assert went(2).look == ("port00", "port01")
    assert len(went(12).look) == 12 and went(12).look[-1] == "port11"
    assert went(14).look[-2:] == ("port11", "... 2 more")


def test_a_value_that_is_a_group_on_one_side_only_has_not_gone() -> None:
    groups, own = chart(values={"db": {"size": "1Gi"}}), {"db": {"size": "2Gi"}}
    text, none = chart(values={"db": "small"}), chart(values={"db": None})
    for before, after in ((groups, text), (groups, none), (text, groups), (none, groups)):
        assert of_rule("chart-value-gone", goes(before, after, own)) == []


def nested(levels: int, inmost: dict[str, Any]) -> dict[str, Any]:
    return {"a": nested(levels - 1, inmost)} if levels else inmost


def test_values_that_nest_without_end_are_left_alone() -> None:
    had, has = nested(24, {"port": 1}), nested(24, {})
    (danger,) = of_rule("chart-value-gone", goes(chart(values=had), chart(values=has), had))
    assert ".a.port, which" in danger.says
    had, has = nested(25, {"port": 1}), nested(25, {})
    assert of_rule("chart-value-gone", goes(chart(values=had), chart(values=has), had)) == []
