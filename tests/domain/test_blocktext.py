"""What people read of an object is YAML that says the same as the object."""

import yaml
from hypothesis import given
from hypothesis import strategies as st

from fluxtui.domain.blocktext import block_text

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
