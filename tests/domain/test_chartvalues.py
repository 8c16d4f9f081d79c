"""The values of a HelmRelease: merged as Flux merges them, each with where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fluxtui.domain.chartvalues import (
    ChartValues,
    Referent,
    as_text,
    chart_values,
    plain_values,
    secret_values,
)
from fluxtui.domain.kinds import releases
from fluxtui.domain.kinds.kind import ValuesFrom
from fluxtui.domain.masking import Masked, Masker
from fluxtui.domain.resource import Resource
from fluxtui.kustomize import load_manifests

MASKER = Masker(b"0123456789abcdef")


def release(spec: Mapping[str, Any], status: Mapping[str, Any] | None = None) -> Resource:
    metadata = {"name": "shop", "namespace": "apps"}
    head = {"apiVersion": "helm.toolkit.fluxcd.io/v2", "kind": "HelmRelease"}
    return Resource.from_object(
        "staging", {**head, "metadata": metadata, "spec": spec, "status": status or {}}
    )


def _parse(text: str) -> Mapping[str, Any]:
    return next(iter(load_manifests(text, mode="kubectl")), {})


def _found(there: Mapping[str, Mapping[str, str]]) -> Any:
    def found(reference: ValuesFrom) -> Referent:
        data = there.get(f"{reference.kind}/{reference.name}")
        return data if isinstance(data, Referent) else Referent(data)

    return found


def _values(spec: Mapping[str, Any], there: Mapping[str, Any] | None = None) -> ChartValues:
    one = release(spec)
    arguments = (releases.own_values(one), releases.values_from(one), _found(there or {}), _parse)
    return chart_values("apps", *arguments, MASKER)


def _lines(values: ChartValues) -> dict[str, tuple[str, str]]:
    return {line.path: (str(line.value), line.by) for line in values.lines}


COMMON = {"kind": "ConfigMap", "name": "common"}
LOGIN = {"kind": "Secret", "name": "login"}


def test_own_values_lie_over_all_that_is_merged_and_later_references_over_earlier() -> None:
    spec = {
        "values": {"image": {"tag": "2"}},
        "valuesFrom": [COMMON, {"kind": "ConfigMap", "name": "site", "valuesKey": "eu"}],
    }
    common = {"values.yaml": "image: {tag: '1', name: shop}\nreplicas: 1\nhosts: [a, b]\n"}
    site = {"eu": "replicas: 3\nhosts: [eu]\n"}
    values = _values(spec, {"ConfigMap/common": common, "ConfigMap/site": site})
    assert values.tree == {
        "image": {"tag": "2", "name": "shop"},
        "replicas": 3,
        "hosts": ["eu"],
    }
    assert _lines(values) == {
        "image.tag": ("2", "spec.values"),
        "image.name": ("shop", "ConfigMap apps/common#values.yaml"),
        "replicas": ("3", "ConfigMap apps/site#eu"),
        "hosts[0]": ("eu", "ConfigMap apps/site#eu"),
    }
    assert values.problems == ()


def test_what_a_secret_gives_is_masked_at_its_path_and_nowhere_else() -> None:
    spec = {"values": {"db": {"host": "pg"}}, "valuesFrom": [LOGIN]}
    there = {"Secret/login": {"values.yaml": "db: {host: other, password: hunter2, port: 5432}"}}
    values = _values(spec, there)
    assert _lines(values) == {
        "db.host": ("pg", "spec.values"),
        "db.password": ("secret apps/login#values.yaml", "Secret apps/login#values.yaml"),
        "db.port": ("secret apps/login#values.yaml", "Secret apps/login#values.yaml"),
    }
    assert [line.path for line in values.lines if line.secret] == ["db.password", "db.port"]
    assert isinstance(values.tree["db"]["password"], Masked)
    assert "hunter2" not in repr(values) and "5432" not in repr(values)


def test_a_target_path_sets_one_value_even_below_own_values() -> None:
    at = {**LOGIN, "valuesKey": "password", "targetPath": "db.password"}
    spec = {"values": {"db": {"password": "", "host": "pg"}}, "valuesFrom": [at]}
    values = _values(spec, {"Secret/login": {"password": "hunter2"}})
    assert _lines(values)["db.password"][0] == "secret apps/login#password"
    assert values.references[0].target == "db.password"
    one = release(spec)
    found = _found({"Secret/login": {"password": "hunter2"}})
    arguments = (releases.own_values(one), releases.values_from(one), found, _parse)
    assert plain_values("apps", *arguments)["db"] == {"password": "hunter2", "host": "pg"}
    hidden = list(secret_values("apps", *arguments))
    assert hidden == [(("db", "password"), "hunter2", "secret apps/login#password")]


def test_own_values_of_one_name_lie_over_a_target_path_as_flux_has_it() -> None:
    at = {**COMMON, "valuesKey": "n", "targetPath": "replicas"}
    values = _values(
        {"values": {"replicas": 2}, "valuesFrom": [at]}, {"ConfigMap/common": {"n": "5"}}
    )
    assert _lines(values) == {"replicas": ("2", "spec.values")}


def test_what_a_secret_smuggles_behind_a_comma_keeps_its_name_too() -> None:
    at = {**LOGIN, "valuesKey": "password", "targetPath": "db.password"}
    values = _values({"valuesFrom": [at]}, {"Secret/login": {"password": "hun,ter=2"}})
    assert "ter" not in repr(values.lines) and "hun" not in repr(values.tree)
    assert len(values.lines) == 2 and all(line.secret for line in values.lines)


def test_what_is_not_there_stops_flux_unless_it_is_optional() -> None:
    references = [COMMON, {**LOGIN, "optional": True}, {"kind": "Thing", "name": "x"}]
    values = _values({"values": {"a": 1}, "valuesFrom": references}, {"Secret/login": {"no": ""}})
    common, login, thing = values.references
    assert (common.outcome, common.stops) == ("it is not there", True)
    assert (login.outcome, login.stops) == (
        "it has no key values.yaml, and it is optional",
        False,
    )
    assert (thing.outcome, thing.stops) == ("neither a ConfigMap nor a Secret", True)
    assert values.tree == {"a": 1}
    assert values.problems[0] == "ConfigMap apps/common#values.yaml: it is not there"


def test_what_may_not_be_read_is_said_and_never_taken_for_nothing() -> None:
    refused: Any = Referent(error="you may not get secrets in apps")
    values = _values({"valuesFrom": [LOGIN]}, {"Secret/login": refused})
    assert values.references[0].unknown and not values.references[0].stops
    assert values.problems == ("Secret apps/login#values.yaml: you may not get secrets in apps",)


def test_a_secret_that_is_no_yaml_is_refused_without_being_quoted() -> None:
    there = {"Secret/login": {"values.yaml": "hunter2: [unclosed"}}
    values = _values({"valuesFrom": [LOGIN]}, there)
    assert values.references[0].outcome == "it is no mapping of YAML"
    at = {**LOGIN, "valuesKey": "k", "targetPath": "a.b"}
    values = _values({"valuesFrom": [at]}, {"Secret/login": {"k": "hun,ter2"}})
    assert values.references[0].outcome == "it cannot be set at a.b: a path has no value"


def test_empty_mappings_and_lists_are_values_too_and_odd_names_are_quoted() -> None:
    values = _values({"values": {"tolerations": [], "a.b/c": {"x": None}, "labels": {}}})
    assert [(line.path, line.value) for line in values.lines] == [
        ("tolerations", []),
        ('["a.b/c"].x', None),
        ("labels", {}),
    ]


def test_a_mapping_gives_way_to_a_value_and_a_value_to_a_mapping() -> None:
    """Only two mappings are joined; whatever else meets, the later one is there."""
    there = {"ConfigMap/common": {"values.yaml": "a: {b: 1}\nc: 2\nd: {e: 1}\n"}}
    values = _values(
        {"values": {"a": 3, "c": {"f": 4}, "d": {"g": 5}}, "valuesFrom": [COMMON]}, there
    )
    assert values.tree == {"a": 3, "c": {"f": 4}, "d": {"e": 1, "g": 5}}
    assert _lines(values)["d.e"][1] == "ConfigMap apps/common#values.yaml"


def test_an_item_far_behind_leaves_nothing_in_between() -> None:
    at = {**COMMON, "valuesKey": "n", "targetPath": "list[1]"}
    spec, there = {"valuesFrom": [at]}, {"ConfigMap/common": {"n": "x"}}
    one = release(spec)
    arguments = (releases.own_values(one), releases.values_from(one), _found(there), _parse)
    assert plain_values("apps", *arguments) == {"list": [None, "x"]}
    assert _values(spec, there).tree == {"list": [None, "x"]}


def test_what_is_empty_says_who_left_it_empty() -> None:
    there = {"ConfigMap/common": {"values.yaml": "a: []\nb: {}\n"}}
    values = _values({"values": {"c": [], "d": {}}, "valuesFrom": [COMMON]}, there)
    by = "ConfigMap apps/common#values.yaml"
    assert [(line.path, line.value, line.by) for line in values.lines] == [
        ("a", [], by), ("b", {}, by), ("c", [], "spec.values"), ("d", {}, "spec.values"),
    ]  # fmt: skip
    assert [type(line.value) for line in values.lines] == [list, dict, list, dict]


def test_a_text_that_is_no_yaml_stops_flux_and_a_config_map_says_why() -> None:
    values = _values({"valuesFrom": [COMMON]}, {"ConfigMap/common": {"values.yaml": "a: [b"}})
    (read,) = values.references
    assert read.stops and not read.unknown
    assert read.outcome.startswith("it is no mapping of YAML: ")


def test_what_a_config_map_brings_behind_a_comma_is_shown_by_its_name() -> None:
    at = {**COMMON, "valuesKey": "n", "targetPath": "a"}
    values = _values({"valuesFrom": [at]}, {"ConfigMap/common": {"n": "1,b.c=2,d[0]=3"}})
    assert [(line.path, line.value) for line in values.lines] == [("a", 1), ("b.c", 2), ("d[0]", 3)]


def test_a_name_that_a_secret_smuggles_beside_own_values_is_theirs() -> None:
    """Below a mapping of one's own only what is the Secret's alone is hidden."""
    at = {**LOGIN, "valuesKey": "p", "targetPath": "a"}
    spec = {"values": {"b": {"own": 1}}, "valuesFrom": [at]}
    values = _values(spec, {"Secret/login": {"p": "hush,b.hidden=2"}})
    paths = [line.path for line in values.lines]
    assert "b.own" in paths and not any("hidden" in path for path in paths)
    assert not any("hush" in repr(line) for line in values.lines)


def test_a_value_is_told_in_one_line_and_a_masked_one_by_its_label() -> None:
    assert as_text("ä") == '"ä"' and as_text({"a": [1, None]}) == '{"a": [1, null]}'
    assert as_text(MASKER.scalar("x", "secret apps/login#p")) == "secret apps/login#p"


def test_a_release_is_kept_under_the_name_and_in_the_namespace_that_flux_chooses() -> None:
    assert releases.storage(release({})) == ("shop", "apps")
    assert releases.storage(release({"targetNamespace": "web"})) == ("web-shop", "apps")
    named = release({"releaseName": "r", "targetNamespace": "web", "storageNamespace": "kept"})
    assert releases.storage(named) == ("r", "kept")
    name, place = releases.storage(release({"releaseName": "r" * 60}, {"storageNamespace": "now"}))
    assert (name[:41], len(name), place) == ("r" * 40 + "-", 53, "now")


def test_releases_are_told_newest_first_and_the_one_that_runs_is_the_deployed_one() -> None:
    def entry(number: int, status: str) -> dict[str, Any]:
        return {"name": "shop", "version": number, "status": status, "chartVersion": f"1.{number}"}

    one = release(
        {}, {"history": [entry(1, "superseded"), entry(3, "failed"), entry(2, "deployed")]}
    )
    assert [each.number for each in releases.stored(one)] == [3, 2, 1]
    now, before = releases.deployed(one), releases.previous(one)
    assert now is not None and before is not None
    assert (now.number, now.version, before.number) == (2, "1.2", 1)
    assert releases.deployed(release({})) is None and releases.previous(release({})) is None
