"""What a delivery holds, in figures: its objects, images, configuration and scale."""

from __future__ import annotations

import pytest
from review_pairs import delivered

from fluxtui.domain.review.content import ChartContent, Content, ImageChange, content

WEB = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: %s}
spec:
  replicas: %s
  template:
    spec:
      containers:
        - {name: web, image: "%s"%s}
"""
CONFIG = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {%s}\n"
SECRET = "---\napiVersion: v1\nkind: Secret\nmetadata: {name: s}\n%s\n"


def of(before: str, after: str, **how: bool) -> Content:
    return content(delivered(before, after, **how).changes)


def web(name: str = "web", replicas: int = 2, image: str = "a:1", more: str = "") -> str:
    return WEB % (name, replicas, image, more)


def test_objects_are_counted_by_what_becomes_of_them() -> None:
    before = web() + "---" + web("old") + CONFIG % "a: '1'"
    after = web(replicas=3) + "---" + web("new") + "---" + web("newer") + CONFIG % "a: '1'"
    found = of(before, after)
    assert (found.created, found.changed, found.pruned, found.kept) == (2, 1, 1, 0)
    left = of(before, after, prune=False)
    assert (left.pruned, left.kept) == (0, 1)


def test_what_gets_a_new_name_for_its_content_is_made_anew() -> None:
    """A ConfigMap of a generator: one object with other content, under another name."""
    first, second = (CONFIG.replace("name: c", f"name: c-{end}") for end in _HASHES)
    found = of(first % "a: x", second % "a: y")
    assert (found.created, found.changed, found.pruned, found.replaced) == (0, 1, 0, 1)
    assert of(CONFIG % "a: x", CONFIG % "a: y").replaced == 0
    two = of(first % "a: x", second % "a: y" + CONFIG.replace("name: c", "name: d") % "b: z")
    assert (two.created, two.replaced) == (1, 1)


_HASHES = ("6ct58987ht", "2btm7mkbhk")


@pytest.mark.parametrize(
    ("before", "after", "how"),
    [
        ("", web(), {}),
        (web(), web(replicas=3), {}),
        (web(), "", {}),
        (web(), "", {"prune": False}),
    ],
)
def test_a_delivery_that_does_something_is_not_empty(
    before: str, after: str, how: dict[str, bool]
) -> None:
    assert not of(before, after, **how).is_empty
    assert of(after, after).is_empty


def test_each_pair_of_images_is_told_once_with_all_who_run_it() -> None:
    before = web() + "---" + web("api") + "---" + web("same", image="b:1")
    after = web(image="a:2") + "---" + web("api", image="a:2") + "---" + web("same", 3, "b:1")
    (one,) = of(before, after).images
    assert one == ImageChange("a:1", "a:2", ("api/web", "web/web"))
    (new,) = of("", web()).images
    assert (new.before, new.after) == ("", "a:1")
    (gone,) = of(web(), "").images
    assert (gone.before, gone.after) == ("a:1", "")


def test_configuration_is_told_by_its_keys_and_never_by_its_values() -> None:
    before = CONFIG % "stays: x, moves: y, goes: z"
    found = of(before, CONFIG % "stays: x, moves: why, comes: z")
    assert found.config == (
        "~ ConfigMap/apps/c moves", "- ConfigMap/apps/c goes", "+ ConfigMap/apps/c comes",
    )  # fmt: skip
    assert of("", CONFIG % "a: x").config == ("+ ConfigMap/apps/c a",)
    assert of(CONFIG % "a: x", "").config == ("- ConfigMap/apps/c a",)


def test_a_secret_tells_its_keys_however_they_are_written() -> None:
    before = SECRET % "stringData: {a: x, b: y}\ndata: {c: eA==}"
    after = SECRET % "stringData: {a: x, b: z}\ndata: {c: eQ==}"
    found = of(before, after)
    assert found.config == ("~ Secret/apps/s c", "~ Secret/apps/s b")


def test_a_kind_of_another_group_with_that_name_is_no_configuration() -> None:
    other = CONFIG.replace("apiVersion: v1", "apiVersion: sea.example.com/v1")
    assert of("", other % "a: x").config == ()
    assert of("", CONFIG.replace("ConfigMap", "Thing") % "a: x").config == ()


def test_variables_of_containers_are_configuration_too() -> None:
    def with_env(*pairs: tuple[str, str]) -> str:
        env = ", ".join(f"{{name: {name}, value: '{value}'}}" for name, value in pairs)
        return web(more=f", env: [{env}]")

    found = of(
        with_env(("A", "1"), ("B", "1"), ("D", "1")), with_env(("A", "2"), ("C", "1"), ("D", "1"))
    )
    assert set(found.config) == {
        "~ Deployment/apps/web A", "- Deployment/apps/web B", "+ Deployment/apps/web C",
    }  # fmt: skip
    assert of("", with_env(("A", "1"))).config == (), "what is new has no configuration before"
    assert of(web(), web(image="a:2")).config == ()


def test_replicas_and_resources_are_scale() -> None:
    (replicas,) = of(web(), web(replicas=5)).scale
    assert (str(replicas.object), replicas.field) == ("Deployment/apps/web", "spec.replicas")
    assert (replicas.before, replicas.after) == ("2", "5")
    limits = ", resources: {requests: {cpu: '1'}, limits: {cpu: '1', memory: 1Gi}}"
    more = of(web(more=limits), web(more=limits.replace("{cpu: '1', m", "{cpu: '2', m"))).scale
    assert [(one.before, one.after) for one in more] == [("1", "2")]
    assert more[0].field.endswith("resources.limits.cpu")
    only = ", resources: {requests: {cpu: '1'}}"
    (whole,) = of(web(more=only), web(more=limits)).scale
    assert (whole.before, whole.after) == ("", "cpu 1, memory 1Gi")
    (off,) = of(web(more=limits), web(more=only)).scale
    assert (off.before, off.after) == ("cpu 1, memory 1Gi", "")
    assert of(web(), web(image="a:2")).scale == ()


def test_a_container_that_had_no_resources_at_all_is_sized_too() -> None:
    (first,) = of(web(), web(more=", resources: {limits: {cpu: '1', memory: 1Gi}}")).scale
    assert first.field.endswith(".resources")
    assert (first.before, first.after) == ("", "limits cpu 1, memory 1Gi")


def test_a_chart_that_nobody_rendered_is_not_known_to_change_nothing() -> None:
    packed = Content(chart=ChartContent("1.4.2", "1.5.0"))
    assert packed.is_unknown and not packed.is_empty
    rendered = Content(chart=ChartContent("1.4.2", "1.5.0", rendered=True))
    assert rendered.is_empty and not rendered.is_unknown
