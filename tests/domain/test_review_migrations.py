"""What runs against data: Jobs that are new or made anew, SQL in ConfigMaps; and objects that hold
data and go.
"""

from __future__ import annotations

import pytest
from review_pairs import found

from fluxtui.domain.danger import Danger, Gravity

JOB = """---
apiVersion: %s
kind: %s
metadata: {name: m%s}
spec: {backoffLimit: %s, template: {spec: {containers: [{name: m, image: "db:1"%s}]}}}
"""
FORCED = ', annotations: {kustomize.toolkit.fluxcd.io/force: "%s"}'
CONFIG = "---\napiVersion: %s\nkind: ConfigMap\nmetadata: {name: sql}\ndata:\n%s"
SECRET = (
    "---\napiVersion: v1\nkind: Secret\nmetadata: {name: %s, namespace: %s}\nstringData: {%s}\n"
)


def job(
    command: str = "", more: str = "", limit: int = 6, api: str = "batch/v1", kind: str = "Job"
) -> str:
    said = f", command: [{command}]" if command else ""
    return JOB % (api, kind, more, limit, said)


def sql(api: str = "v1", **files: str) -> str:
    lines = "".join(f"  {name}.sql: '{text}'\n" for name, text in files.items())
    return CONFIG % (api, lines or "  note: a\n")


def migrations(before: str, after: str, **how: bool) -> list[Danger]:
    return [danger for danger in found(before, after, **how) if danger.rule == "migration"]


def test_a_new_job_runs_and_shows_what() -> None:
    (danger,) = migrations("", job("migrate, up"))
    assert danger.level is Gravity.CARE and danger.says == "Job/apps/m runs"
    assert danger.look == ("m: migrate up",)
    (silent,) = migrations("", job())
    assert silent.look == ("m: db:1",), "without a command it is what the image does"


def test_a_new_job_that_takes_data_away_is_the_worst() -> None:
    (danger,) = migrations("", job('psql, -c, "DROP TABLE orders"'))
    assert danger.level is Gravity.LOSS
    (danger,) = migrations("", job('psql, -c, "SELECT 1"'))
    assert danger.level is Gravity.CARE
    args = job().replace('image: "db:1"', 'image: "db:1", args: ["DROP TABLE a"]')
    assert [d.level for d in migrations("", args)] == [Gravity.LOSS]


@pytest.mark.parametrize(
    ("api", "kind"), [("batch/v1", "CronJob"), ("batch.sea.example.com/v1", "Job"), ("v1", "Pod")]
)
def test_only_a_job_of_kubernetes_runs_when_it_is_applied(api: str, kind: str) -> None:
    assert migrations("", job("migrate", api=api, kind=kind)) == []


@pytest.mark.parametrize("value", ["enabled", "Enabled"])
def test_a_job_that_may_be_made_anew_runs_again_when_its_template_changes(value: str) -> None:
    forced = FORCED % value
    (danger,) = migrations(job("a", forced), job("b", forced))
    assert danger.says == "Job/apps/m is deleted and runs again"
    assert danger.look == ("containers[name=m].command[0]: a -> b",)
    assert migrations(job("a", forced), job("a", forced, limit=7)) == []
    assert migrations(job("a"), job("b")) == []
    assert migrations(job("a", FORCED % "disabled"), job("b", FORCED % "disabled")) == []
    labelled = forced.replace("annotations", "labels")
    assert len(migrations(job("a", labelled), job("b", labelled))) == 1
    assert len(migrations(job("a"), job("b"), force=True)) == 1


def test_a_job_that_goes_runs_nothing_though_it_might_be_made_anew() -> None:
    assert migrations(job("a"), "", force=True) == []
    assert migrations(job("a"), "", force=True, prune=False) == []


def test_a_file_is_as_bad_as_its_worst_statement() -> None:
    (danger,) = migrations("", sql(a="CREATE TABLE b (x int); DROP TABLE a;"))
    assert danger.level is Gravity.LOSS
    assert danger.says == "SQL in ConfigMap/apps/sql destroys data: a.sql"
    assert danger.look == (" DROP TABLE a", "CREATE TABLE b (x int)")


def test_files_that_destroy_and_files_that_do_not_are_told_apart() -> None:
    worse, other = migrations("", sql(a="CREATE TABLE a (x int);", b="TRUNCATE TABLE b;"))
    assert (worse.level, worse.says[-5:]) == (Gravity.LOSS, "b.sql")
    assert (other.level, other.says) == (Gravity.CARE, "SQL in ConfigMap/apps/sql is new: a.sql")


def test_sql_is_changed_where_one_of_its_files_was_there() -> None:
    was = sql(a="CREATE TABLE a (x int);")
    grown = {"a": "CREATE TABLE a (x int); CREATE TABLE b (x int);"}
    (danger,) = migrations(was, sql(**grown))
    assert danger.says == "SQL in ConfigMap/apps/sql changes: a.sql"
    (danger,) = migrations(was, sql(**grown, c="CREATE TABLE c (x int);"))
    assert danger.says == "SQL in ConfigMap/apps/sql changes: a.sql, c.sql"
    assert danger.look == ("a.sql: CREATE TABLE b (x int)", "c.sql: CREATE TABLE c (x int)")
    (danger,) = migrations(was, sql(a="CREATE TABLE a (x int);", c="CREATE TABLE c (x int);"))
    assert danger.says == "SQL in ConfigMap/apps/sql is new: c.sql"


def test_of_several_files_what_destroys_is_shown_first() -> None:
    mixed = {name: f"CREATE TABLE {name} (x int); DROP TABLE old_{name};" for name in "ab"}
    (danger,) = migrations("", sql(**mixed))
    assert danger.look == (
        "a.sql: DROP TABLE old_a", "b.sql: DROP TABLE old_b",
        "a.sql: CREATE TABLE a (x int)", "b.sql: CREATE TABLE b (x int)",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("number", "end"), [(4, "f0.sql, f1.sql, f2.sql, f3.sql"), (5, "f3.sql and 1 more")]
)
def test_four_files_are_named_and_the_others_counted(number: int, end: str) -> None:
    many = {f"f{n}": f"CREATE TABLE t{n} (x int);" for n in range(number)}
    (danger,) = migrations("", sql(**many))
    assert danger.says.endswith(end)
    (gone,) = migrations(sql(**many), sql())
    assert end in gone.says


def test_a_file_that_goes_undoes_nothing() -> None:
    two = sql(a="CREATE TABLE a (x int);", b="CREATE TABLE b (x int);")
    (danger,) = migrations(two, sql(a="CREATE TABLE a (x int);"))
    assert danger.level is Gravity.CARE
    assert danger.says.endswith("comes without b.sql: what that did to data stays done")
    assert migrations(two, "") == [], "that it goes with its ConfigMap is no news of SQL"
    renamed = sql(a="CREATE TABLE a (x int);", c="CREATE TABLE b (x int);")
    assert migrations(two, renamed) == []
    (part,) = migrations(sql(a="CREATE TABLE a (x int); CREATE TABLE b (x int);"), sql())
    assert "comes without a.sql" in part.says


def test_sql_of_another_kind_of_configmap_is_not_read() -> None:
    assert migrations("", sql("sea.example.com/v1", a="DROP TABLE a;")) == []


def lost(before: str, after: str) -> list[Danger]:
    return [danger for danger in found(before, after) if danger.rule == "prune-data"]


def test_a_secret_goes_without_loss_only_if_all_its_values_are_in_one_that_stays() -> None:
    gone = SECRET % ("old", "apps", "a: x, b: y")
    (danger,) = lost(gone, SECRET % ("new", "apps", "a: x, b: y, c: z"))
    assert danger.level is Gravity.CARE
    assert danger.says.endswith("is deleted; what stood in it is in Secret/apps/new too")
    for other in (
        ("new", "apps", "a: x"),
        ("new", "apps", "a: x, b: other"),
        ("new", "other", "a: x, b: y"),
    ):
        (danger,) = lost(gone, SECRET % other)
        assert danger.level is Gravity.LOSS


def test_a_secret_without_values_may_have_got_some_by_now() -> None:
    (danger,) = lost(SECRET % ("old", "apps", ""), SECRET % ("new", "apps", "a: x"))
    assert danger.level is Gravity.LOSS


@pytest.mark.parametrize(
    ("api", "kind", "level"),
    [
        ("v1", "PersistentVolumeClaim", Gravity.LOSS),
        ("v1", "PersistentVolume", Gravity.STOP),
        ("v1", "Namespace", Gravity.LOSS),
        ("apiextensions.k8s.io/v1", "CustomResourceDefinition", Gravity.LOSS),
        ("apps/v1", "StatefulSet", Gravity.STOP),
        ("sea.example.com/v1", "Namespace", None),
        ("v1", "ConfigMap", None),
    ],
)
def test_what_holds_data_is_told_by_how_much_is_lost(
    api: str, kind: str, level: Gravity | None
) -> None:
    gone = f"---\napiVersion: {api}\nkind: {kind}\nmetadata: {{name: a}}\n"
    assert [danger.level for danger in lost(gone, "")] == ([level] if level else [])
    assert lost("", gone) == []


@pytest.mark.parametrize(
    ("spec", "keeps"),
    [
        ("storage: {size: 1Gi}", True),
        ("pool: [{nodes: {storage: {size: 1Gi}}}]", True),
        ("volumeClaimTemplate: {spec: {}}", True),
        ("storageSize: 1Gi", True),
        ("storageClass: fast", True),
        ("storage: s3", False),
        ("storage: {}", False),
        ('storageSize: ""', False),
        ("size: 1Gi", False),
        ("", False),
        ("a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {storageSize: 1Gi}}}}}}}}}}}}", True),
        ("a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {storageSize: 1}}}}}}}}}}}}}", False),
    ],
)
def test_an_object_of_an_operator_keeps_data_when_it_asks_for_a_place(
    spec: str, keeps: bool
) -> None:
    gone = f"---\napiVersion: %s\nkind: Gadget\nmetadata: {{name: a}}\nspec: {{{spec}}}\n"
    told = lost(gone % "sea.example.com/v1", "")
    assert [danger.level for danger in told] == ([Gravity.LOSS] if keeps else [])
    assert lost(gone % "apps/v1", "") == [], "Kubernetes' own kinds are known"


@pytest.mark.parametrize("kind", ["Redis", "KafkaTopic", "PostgresCluster", "MySQL", "Vault"])
def test_an_object_that_is_called_like_a_store_is_one(kind: str) -> None:
    gone = "---\napiVersion: sea.example.com/v1\nkind: %s\nmetadata: {name: a}\n"
    assert [danger.level for danger in lost(gone % kind, "")] == [Gravity.LOSS]
    for other in (f"{kind}User", f"{kind}Binding", f"{kind}Policy"):
        assert lost(gone % other, "") == []


@pytest.mark.parametrize(
    ("spec", "leaves"),
    [("prune: true", False), ("prune: false", True), ("deletionPolicy: Orphan", True), ("", False)],
)
def test_an_applier_that_goes_takes_its_objects_along_unless_it_says_otherwise(
    spec: str, leaves: bool
) -> None:
    gone = f"""---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {{name: inner}}
spec: {{{spec}}}
"""
    assert bool(lost(gone, "")) is not leaves
