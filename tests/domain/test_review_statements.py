"""SQL as a review reads it: which texts are some, what they do to data, which of them are new."""

from __future__ import annotations

import pytest

from fluxtui.domain.review.statements import (
    added,
    destroys,
    is_sql,
    statements,
    worst_first,
)


def same(name: str, text: str) -> list[str]:
    return [one.same for one in statements(name, text)]


def test_a_file_of_sql_is_all_statements_and_another_text_only_what_reads_like_one() -> None:
    text = "SELECT 1; DROP TABLE a;\n;  ;"
    assert same("a.sql", text) == ["SELECT 1", "DROP TABLE a"]
    assert same("A.SQL", text) == ["SELECT 1", "DROP TABLE a"]
    assert same("a.txt", text) == ["DROP TABLE a"]
    assert same("a.txt", "SELECT 1; a drop in the sea") == []
    assert same("a.txt", "SELECT 1;\nTRUNCATE a;") == ["TRUNCATE a"]
    assert same("a.txt", "TRUNCATE what is too long") == []
    assert same("a.sql", "") == []


@pytest.mark.parametrize(
    ("name", "taken_back"),
    [
        ("001.down.sql", True),
        ("001_undo.x.sql", True),
        ("revert-001.sql", True),
        ("U1__a.sql", True),
        ("001.down.SQL", True),
        ("001.up.sql", False),
        ("download.sql", False),
        ("V1__a.sql", False),
        ("run.down.sh", False),
    ],
)
def test_a_file_that_only_takes_back_is_not_read(name: str, taken_back: bool) -> None:
    assert (same(name, "DROP TABLE a;") == []) is taken_back


def test_what_only_takes_a_migration_back_is_left_out_of_a_file() -> None:
    both = "-- +goose Up\nCREATE TABLE a (x int);\n-- +goose Down\nDROP TABLE a;\n"
    assert same("a.sql", both) == ["CREATE TABLE a (x int)"]
    again = both + "-- +goose Up\nCREATE TABLE b (x int);"
    assert same("a.sql", again) == ["CREATE TABLE a (x int)", "CREATE TABLE b (x int)"]
    for back in ("-- migrate:down", "--//@UNDO", "  -- +migrate Down"):
        assert same("a.sql", f"SELECT 1;\n{back}\nDROP TABLE a;") == ["SELECT 1"]
    assert same("a.sql", "-- going down\nDROP TABLE a;") == ["DROP TABLE a"]


def test_what_is_said_beside_a_statement_is_none() -> None:
    text = "/* DROP TABLE a;\n DROP TABLE b; */ SELECT 1; -- DROP TABLE c;\nSELECT '#1' -- x"
    assert same("a.sql", text) == ["SELECT 1", "SELECT '#1'"]
    script = "# DROP TABLE a;\n// DROP TABLE b;\nDROP TABLE c; # now"
    assert same("a.sh", script) == ["DROP TABLE c"]


def test_a_statement_is_the_same_however_it_is_written() -> None:
    (one,) = statements("a.sql", "ALTER TABLE a\n\n    ADD COLUMN\tb int;")
    assert one.same == "ALTER TABLE a ADD COLUMN b int"
    assert one.lines == ("ALTER TABLE a", "    ADD COLUMN\tb int")


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("CREATE TABLE a (x int)", True),
        ("CREATE OR REPLACE VIEW a AS SELECT 1", True),
        ("DROP TABLE IF EXISTS a", True),
        ("INSERT INTO a VALUES (1)", True),
        ("UPDATE a SET b = 1", True),
        ("TRUNCATE a;", True),
        ("GRANT SELECT ON a TO b", True),
        ("drop table a;", True),
        ("drop table a", True),
        ("insert into a (b) values (1)", True),
        ("delete from a where b", True),
        ("update a set b = 1", True),
        ("create table of contents first", False),
        ("insert into the slot", False),
        ("delete from here on", False),
        ("UPDATE the SET of tools", False),
        ("drop indexes now", False),
    ],
)
def test_a_text_reads_like_sql_or_like_people(text: str, is_one: bool) -> None:
    assert is_sql(text) is is_one


@pytest.mark.parametrize(
    ("text", "takes"),
    [
        ("psql -c 'DROP TABLE a'", True),
        ("psql -c 'SELECT 1; DELETE FROM a;'", True),
        ("psql -c 'ALTER TABLE a DROP COLUMN b'", True),
        ("psql -c 'ALTER TABLE a DROP CONSTRAINT b'", False),
        ("psql -c 'CREATE TABLE a (x int)'", False),
        ("psql -c 'drop table a'", True),
        ("psql -c 'ALTER TABLE a\n  ADD COLUMN b int,\n  DROP COLUMN c'", True),
        ("psql -c 'TRUNCATE a;'", True),
        ("psql -c 'SELECT 1; TRUNCATE a'", True),
        ("truncate -s 0 log", False),
        ("detach; CREATE TABLE a (x int)", False),
    ],
)
def test_a_command_takes_data_away_by_a_statement_in_it(text: str, takes: bool) -> None:
    assert destroys(text) is takes


def test_what_is_new_is_what_was_not_there_in_any_place() -> None:
    before = statements("a.sql", "SELECT 1; SELECT 2; SELECT 3;")
    after = statements("a.sql", "SELECT 3; SELECT 1; SELECT 4; SELECT 2;")
    assert [one.same for one in added(before, after)] == ["SELECT 4"]
    assert added(before, before) == ()
    assert added((), before) == before
    assert added(before, ()) == ()


def test_of_a_statement_that_has_grown_its_head_and_what_is_new_are_shown() -> None:
    before = statements("a.sql", "CREATE TABLE a (\n  x int,\n  z int);")
    after = statements("a.sql", "CREATE TABLE a (\n  x int,\n  y int,\n  z int);")
    (grown,) = added(before, after)
    assert grown.lines == ("CREATE TABLE a (", "  y int,")
    shorter = statements("a.sql", "CREATE TABLE a (\n  z int);")
    (cut,) = added(before, shorter)
    assert cut.lines == ("CREATE TABLE a (", "  z int)"), "nothing of it is new: all is shown"


@pytest.mark.parametrize(("at", "turned"), [(7, False), (8, False), (9, True), (20, True)])
def test_a_line_that_takes_data_away_is_turned_into_sight(at: int, turned: bool) -> None:
    lines = tuple("DROP TABLE a" if n == at else f"line {n}" for n in range(30))
    shown = worst_first(lines, 12)
    assert (shown[0] == "DROP TABLE a") is turned
    assert sorted(shown) == sorted(lines)
    plain = tuple(f"line {n}" for n in range(30))
    assert worst_first(plain, 12) == plain
