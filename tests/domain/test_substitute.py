"""Variables are expanded as Flux expands them, quirks included, and their traces are kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluxtui.domain.errors import SubstitutionError
from fluxtui.domain.substitute import merge_variables, substitute, substitute_traced

VARS = {
    "ENV": "Staging",
    "env": "staging",
    "path": "eu/west/1",
    "empty": "",
    "umlaut": "größe",
    "n": "-1",
}


@pytest.mark.parametrize(
    ("template", "result"),
    [
        ("in ${env}, not $env", "in staging, not $env"),
        ("$${env} costs $$5", "${env} costs $5"),
        ("${gone:=eu}-${gone:-${env}}", "eu-staging"),
        ("${gone:-x${env}} ${gone:-x${env}y}", "xstaging xstagingy"),
        ("${empty:?x} ${empty:+x} ${env:+x}", "x x staging"),
        ("${env:-$$x} ${gone:-$$x}", "staging $$x"),
        ("${#umlaut}", "7"),
        ("${umlaut^^} ${umlaut^} ${env,,}", "GRÖßE Größe staging"),
        ("${env:3} ${env:0:2} ${env:9} ${env:x}", "ging st  staging"),
        ("${env:${n}} ${env: -2}", "g staging"),
        ("${path#*/} ${path##*/} ${path%/*} ${path%%/*}", "west/1 1 eu/west eu"),
        ("${path/\\//-} ${path//\\//-}", "eu-west/1 eu-west-1"),
        ("${env/#st/X} ${env/%ing/X} ${env/t/}", "Xaging stagX saging"),
        ("${path#[a-f]?} ${path%[^0-8]}", "/west/1 eu/west/1"),
        ("${path#[} ${path#\\e}", "eu/west/1 u/west/1"),
        ("${umlaut%%${umlaut:3:1}} ${umlaut#gr\ufffd}", "größe größe"),
        ("${umlaut:9223372036854775806} ${n:0:99}", " -1"),
        ("${env:2:-1}|${env:0:-7}|${env:5:-3}|${env:0:-9}|${env:9:-1}", "agin||||"),
        ("${env:1:${n}}|${umlaut:0:-1}|${env: -3:-1}", "tagin|größ|staging"),
        ("${ENV,}|${empty,}|${empty^}|${env^^}", "staging|||STAGING"),
        ("${env/#x/y} ${env/%x/y}", "staging staging"),
        ("${env:0:x}|${env:0:0}|${env:9223372036854775808}", "staging||staging"),
        ("${env:-9223372036854775808}", "staging"),
        (
            "${path##*[/]} ${path#[a-z][u]} ${path#[^x]} ${path#[a\\-e]}",
            "1 /west/1 u/west/1 u/west/1",
        ),
        ("${path#[]} ${path#[a-]} ${path#[e} ${path#\\}", " ".join(["eu/west/1"] * 4)),
        ("${path#**/} ${path##**} ${path#*} ${env%%*t*}", "west/1  u/west/1 "),
        ("${umlaut#gr?} ${umlaut#g*[ß]} ${umlaut%e}", "\ufffdße e größ"),
        ("${_x1:=a}${a_:=b}", "ab"),
        ("${gone:=a}${gone=b}${gone:=a:b}", "aba:b"),
        ("${env:0:::2}", "st"),
        ("${env//t//x}", "sxaging"),
        ("${path/\\//$$}", "eu$west/1"),
        ("${path/$$/x} ${path#$$} ${env/a/b\\/c}", "eu/west/1 eu/west/1 stb/cging"),
        ("seen\x00never ${!x}", "seen"),
    ],
)
def test_forms(template: str, result: str) -> None:
    assert substitute(template, VARS) == result


@pytest.mark.parametrize(
    ("template", "what"),
    [
        ("a: ${{ x }}", "unable to parse variable name"),
        ("${!x}", "unable to parse variable name"),
        ("${env-x}", "missing closing brace"),
        ("${env", "missing closing brace"),
        ("${env/a}", "bad substitution"),
        ("${env#}", "unable to parse substitution"),
        ("${#}", "bad substitution"),
        ("${env:-", "unable to parse substitution"),
        ("${env:1:9223372036854775807}", "beyond 64 bits"),
        ("${env:ö}", "bad substitution"),
        ("${env:\u200b1:2}", "bad substitution"),
        ("${env:", "bad substitution"),
        ("${a:-" * 60 + "}" * 60, "nested too deeply"),
    ],
)
def test_what_breaks_a_build_in_flux_breaks_it_here(template: str, what: str) -> None:
    with pytest.raises(SubstitutionError, match=what):
        substitute(template, VARS, strict=False)


def test_an_error_says_the_line_and_what_to_write_instead() -> None:
    with pytest.raises(SubstitutionError, match=r"line 2.*write \$\$\{") as failure:
        substitute("a: 1\nb: ${{ github.sha }}\n", VARS)
    assert "${{ github.sha }}" in str(failure.value)


def test_strict_names_the_variable_that_is_not_set() -> None:
    with pytest.raises(SubstitutionError) as failure:
        substitute("${env}/${gone^^}", VARS)
    assert failure.value.variable == "gone"
    assert substitute("${env}/${gone^^}", VARS, strict=False) == "staging/"


def test_an_unset_variable_inside_an_unused_default_counts_in_strict_mode() -> None:
    with pytest.raises(SubstitutionError):
        substitute("${env:-${gone}}", VARS)


def test_a_cut_character_shows_as_replacement() -> None:
    assert substitute("${umlaut:0:3}", VARS) == "gr\ufffd"
    assert substitute_traced("${umlaut:0:3}", VARS).cut
    assert not substitute_traced("${umlaut:0:4}", VARS).cut


def test_the_pieces_of_a_cut_character_are_found_inside_whole_ones() -> None:
    assert substitute("${umlaut/${umlaut:2:1}/}", VARS) == "gr\ufffdße"
    assert substitute("${umlaut/%${umlaut:5:2}/X}", VARS) == "grö\ufffdX"
    assert substitute("${umlaut/${umlaut:2:1}/${umlaut:2:1}}", VARS) == VARS["umlaut"]


def test_traces_say_which_text_came_from_which_variables() -> None:
    done = substitute_traced("host: ${env}.${gone:-${path}}", VARS)
    assert [(done.text[s.start : s.end], s.names) for s in done.spans] == [
        ("staging", ("env",)),
        ("eu/west/1", ("path", "gone")),
    ]
    assert done.used == {"env", "path", "gone"}


def test_later_sources_win_and_lose_their_newlines() -> None:
    sources = [("ConfigMap a/b", {"x": "1", "y": "2\n"}), ("inline", {"x": "3\n4"})]
    assert merge_variables(sources) == {"x": "34", "y": "2"}
    with pytest.raises(SubstitutionError, match=r"Secret a/c: 'a\.b' var name is invalid"):
        merge_variables([("Secret a/c", {"a.b": "1"})])


@given(st.text().filter(lambda t: "$" not in t))
def test_text_without_a_dollar_is_left_alone(text: str) -> None:
    assert substitute(text, {}) == text


@given(st.text())
def test_a_doubled_dollar_protects_any_text(text: str) -> None:
    assert substitute(text.replace("$", "$$"), {}) == text


@given(st.text(alphabet="$}{:-=/#%^,a\\* \n", max_size=30))
def test_any_template_either_expands_or_is_refused(template: str) -> None:
    try:
        done = substitute_traced(template, {"a": "va*ue"})
    except SubstitutionError:
        return
    assert all(0 <= s.start <= s.end <= len(done.text) for s in done.spans)
