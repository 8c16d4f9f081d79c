"""Field sets and structured merging: laws that hold whatever the fields."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fluxtui.world.apiserver.apply import fieldsets, merging
from fluxtui.world.apiserver.shape import builtin, from_schema

names = st.sampled_from(["f:a", "f:b", 'k:{"name":"x"}', 'v:"y"'])
sets = st.recursive(
    st.just({}),
    lambda inner: st.dictionaries(names, inner, min_size=1, max_size=3).flatmap(
        lambda d: st.sampled_from([d, {".": {}} | d])
    ),
    max_leaves=8,
).map(lambda d: {k: v for k, v in d.items() if k != "."})

spec = from_schema(
    {
        "type": "object",
        "properties": {
            "map": {"type": "object", "additionalProperties": {"type": "integer"}},
            "items": {
                "type": "array",
                "x-kubernetes-list-type": "map",
                "x-kubernetes-list-map-keys": ["name"],
                "items": {
                    "type": "object",
                    "properties": {"name": {"type": "string"}, "v": {"type": "integer"}},
                },
            },
            "tags": {
                "type": "array",
                "x-kubernetes-list-type": "set",
                "items": {"type": "string"},
            },
            "list": {"type": "array", "items": {"type": "integer"}},
        },
    }
)
items = st.dictionaries(st.sampled_from("abc"), st.integers(0, 3), min_size=1, max_size=3).map(
    lambda d: [{"name": k, "v": v} for k, v in d.items()]
)
objects = st.fixed_dictionaries(
    {},
    optional={
        "map": st.dictionaries(st.sampled_from("abc"), st.integers(0, 3), min_size=1),
        "items": items,
        "tags": st.lists(st.sampled_from("abc"), unique=True, min_size=1),
        "list": st.lists(st.integers(0, 3), min_size=1),
    },
)


def members(fields: fieldsets.FieldSet) -> set[str]:
    return set(fieldsets.paths(fields))


@given(sets, sets)
def test_set_operations_are_those_of_their_members(
    one: fieldsets.FieldSet, other: fieldsets.FieldSet
) -> None:
    assert members(fieldsets.union(one, other)) == members(one) | members(other)
    assert members(fieldsets.difference(one, other)) == members(one) - members(other)
    assert members(fieldsets.intersection(one, other)) == members(one) & members(other)


@given(objects, objects)
def test_what_was_applied_is_in_the_result(
    live: dict[str, object], config: dict[str, object]
) -> None:
    merged = merging.merge(live, config, spec)
    assert merging.merge(merged, config, spec) == merged, "applying again changes nothing"
    assert members(fieldsets.of(config, spec)) <= members(fieldsets.of(merged, spec))
    assert members(fieldsets.of(live, spec)) <= members(fieldsets.of(merged, spec))


@given(objects)
def test_letting_go_of_everything_leaves_nothing(config: dict[str, object]) -> None:
    assert merging.prune(config, spec, fieldsets.of(config, spec), {}) == {}


@given(objects, objects)
def test_what_somebody_holds_is_never_pruned(
    mine: dict[str, object], theirs: dict[str, object]
) -> None:
    merged = merging.merge(mine, theirs, spec)
    held = fieldsets.of(theirs, spec)
    kept = merging.prune(merged, spec, fieldsets.of(mine, spec), held)
    assert members(held) <= members(fieldsets.of(kept, spec))


def test_paths_print_like_kubernetes() -> None:
    pod = builtin("Pod")
    port = {"containerPort": 80}
    value = {"spec": {"containers": [{"name": "a", "ports": [port]}]}}
    assert list(fieldsets.paths(fieldsets.of(value, pod))) == [
        '.spec.containers[name="a"]',
        '.spec.containers[name="a"].name',
        '.spec.containers[name="a"].ports[containerPort=80,protocol="TCP"]',
        '.spec.containers[name="a"].ports[containerPort=80,protocol="TCP"].containerPort',
    ]


def test_merged_lists_keep_their_order() -> None:
    live = {"items": [{"name": n} for n in "abc"]}
    config = {"items": [{"name": n} for n in "xcb"]}
    merged = merging.merge(live, config, spec)
    assert [i["name"] for i in merged["items"]] == ["a", "x", "c", "b"]
