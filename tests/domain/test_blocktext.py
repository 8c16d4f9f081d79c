"""What people read of an object is YAML that says the same as the object."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from fluxtui.domain.blocktext import block_lines, block_text, line_paths

_WORDS = st.one_of(
    st.sampled_from(
        ["yes", "1e3", "0x1", "2026-01-02", "a: b", "a #b", "- a", "a\nb", "a\nb\n\n", " a", "<<"]
    ),
    st.text(st.characters(exclude_categories=["Cs", "Cn", "Co", "Cc"]), max_size=8),
)
_VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(10**6), 10**6), _WORDS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(_WORDS, inner, max_size=3)
    ),
    max_leaves=12,
)


@given(_VALUES)
def test_what_is_printed_reads_back_as_it_was(value: object) -> None:
    assert yaml.safe_load(block_text(value)) == value


def test_keys_that_name_an_object_come_first_and_long_texts_stay_readable() -> None:
    obj = {
        "data": {"run.sh": "#!/bin/sh\necho hi\n", "empty": ""},
        "metadata": {"labels": {}, "name": "web"},
        "kind": "ConfigMap",
        "apiVersion": "v1",
        "list": [{"b": 1, "name": "x"}, []],
    }
    assert block_text(obj) == (
        "apiVersion: v1\n"
        "kind: ConfigMap\n"
        "metadata:\n"
        "  name: web\n"
        "  labels: {}\n"
        "data:\n"
        '  empty: ""\n'
        "  run.sh: |\n"
        "    #!/bin/sh\n"
        "    echo hi\n"
        "list:\n"
        "- name: x\n"
        "  b: 1\n"
        "- []\n"
    )


@given(_VALUES)
def test_every_line_belongs_to_one_value(value: object) -> None:
    assert len(list(line_paths(value))) == len(list(block_lines(value)))


def test_a_line_is_found_by_keys_and_indexes_and_a_long_text_has_them_all() -> None:
    obj = {
        "name": "x",
        "env": [{"name": "A", "value": "1"}, "plain", [7], []],
        "script": "one\ntwo\n",
        "labels": {},
        "none": [],
        "pair": (1, {"a": 2}),
    }
    lines = dict.fromkeys(block_lines(obj))
    paths = list(line_paths(obj))
    shown = dict(zip(lines, paths, strict=True))
    assert shown["env:"] == ("env",)
    assert shown["- name: A"] == ("env", 0, "name") and shown['  value: "1"'][-1] == "value"
    assert shown["- plain"] == ("env", 1) and shown["- - 7"] == ("env", 2, 0)
    assert shown["script: |"] == shown["  one"] == shown["  two"] == ("script",)
    assert shown["labels: {}"] == ("labels",) and shown["none: []"] == ("none",)
    assert shown["- 1"] == ("pair", 0) and shown["- a: 2"] == ("pair", 1, "a")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a\nb", "t: |-\n  a\n  b\n"),
        ("a\nb\n", "t: |\n  a\n  b\n"),
        ("a\nb\n\n", "t: |+\n  a\n  b\n\n"),
        ("a\n\nb", "t: |-\n  a\n\n  b\n"),
        (" a\nb", 't: " a\\nb"\n'),
        ("\na\nb", 't: "\\na\\nb"\n'),
        ("a\tb\n", 't: "a\\tb\\n"\n'),
        ("a\x07\nb", 't: "a\\u0007\\nb"\n'),
        ("a\x85\nb", 't: "a\\u0085\\nb"\n'),
        ("...", 't: "..."\n'),
        ("--- x", 't: "--- x"\n'),
        ("a ", 't: "a "\n'),
        ("v1.4.2", "t: v1.4.2\n"),
    ],
)
def test_a_text_stands_as_it_is_where_it_reads_back_and_quoted_where_not(
    text: str, written: str
) -> None:
    assert block_text({"t": text}) == written
    assert yaml.safe_load(written) == {"t": text}


def test_what_is_no_json_is_printed_as_it_calls_itself() -> None:
    class Moment:
        def __str__(self) -> str:
            return "yes: it is"

    assert block_text({"at": Moment(), "share": 0.5, "none": None}) == (
        "at: yes: it is\nnone: null\nshare: 0.5\n"
    )
