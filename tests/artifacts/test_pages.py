"""Lists go on while a Link says so: empty pages, odd Links, referrers too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluxtui.artifacts import Reference
from fluxtui.artifacts.pages import next_page
from fluxtui.domain.errors import RegistryError
from tests.artifacts.conftest import ClientMaker
from tests.artifacts.scripted_registry import Answer, Asked, ScriptedRegistry, scripted_registry

PATH = "/v2/acme/app/tags/list"


@pytest.fixture
def scripted() -> Iterator[ScriptedRegistry]:
    with scripted_registry() as registry:
        yield registry


def in_pages(*pages: tuple[Any, str]) -> Any:
    """Pages of tags, each with its Link; `{}` in a Link is the address of the next page."""

    def answer(asked: Asked) -> Answer:
        last = asked.path.partition("last=p")[2]
        number = int(last) if last else 0
        tags, link = pages[number]
        headers = [("Link", link.format(f"{PATH}?last=p{number + 1}"))] if link else []
        return 200, headers, {"name": "acme/app", "tags": tags}

    return answer


NEXT = '<{}>; rel="next"'


@pytest.mark.parametrize(
    "pages",
    [
        [(["1", "2"], NEXT), ([], NEXT), (["3"], "")],
        [(["1", "2"], NEXT), (None, NEXT), (["3"], "")],
        [([], NEXT), (None, NEXT), ([], NEXT), (["1", "2", "3"], "")],
        [(["1", "2"], NEXT), (["2", "3"], NEXT), ([], "")],
        [(["1", "2"], '<{}>; REL="Next"'), (["3"], "")],
        [(["1", "2"], "<{}>; rel=next"), (["3"], "")],
        [(["1", "2"], '<{}>; title="a, b; c"; rel="next"'), (["3"], "")],
        [(["1", "2"], '<{}> ; title="<x>" ; foo ; rel = "prev next"'), (["3"], "")],
        [(["1", "2"], '</v2/x>; rel="last", <{}>; rel="next"'), (["3"], "")],
        [(["1", "2"], "<{}>"), (["3"], "")],
        [(["1", "2", "3"], '</v2/x>; rel="last"')],
    ],
)
def test_a_list_of_tags_ends_where_no_link_leads_on(
    scripted: ScriptedRegistry, make_client: ClientMaker, pages: list[tuple[Any, str]]
) -> None:
    scripted.answer = in_pages(*pages)
    reference = Reference.parse(f"oci://{scripted.address}/acme/app")
    assert make_client().list_tags(reference) == ["1", "2", "3"]


def test_a_link_that_cannot_be_read_is_an_error_and_not_an_end(
    scripted: ScriptedRegistry, make_client: ClientMaker
) -> None:
    scripted.answer = in_pages((["1"], '{}; rel="next"'), (["2"], ""))
    reference = Reference.parse(f"oci://{scripted.address}/acme/app")
    with pytest.raises(RegistryError, match="Link header cannot be read"):
        make_client().list_tags(reference)


def test_empty_pages_without_end_are_given_up(
    scripted: ScriptedRegistry, make_client: ClientMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fluxtui.artifacts.pages.MOST_PAGES", 20)
    scripted.answer = in_pages(*[([], NEXT)] * 30)
    reference = Reference.parse(f"oci://{scripted.address}/acme/app")
    with pytest.raises(RegistryError, match="astray"):
        make_client().list_tags(reference)


def test_referrers_are_read_page_by_page_too(
    scripted: ScriptedRegistry, make_client: ClientMaker
) -> None:
    digest = "sha256:" + "a" * 64
    path = f"/v2/acme/app/referrers/{digest}"

    def answer(asked: Asked) -> Answer:
        more = "last=x" in asked.path
        kind = "application/vnd.dev.cosign.artifact.sig.v1+json" if more else "text/plain"
        child = {"digest": "sha256:" + "b" * 64, "size": 1, "artifactType": kind}
        headers = [("Content-Type", "application/vnd.oci.image.index.v1+json")]
        headers += [] if more else [("Link", f'<{path}?last=x>; rel="next"')]
        return 200, headers, {"schemaVersion": 2, "manifests": [child]}

    scripted.answer = answer
    reference = Reference.parse(f"oci://{scripted.address}/acme/app@{digest}")
    assert len(make_client().referrers(reference)) == 2
    assert "cosign" in make_client().signature(reference, digest, tags=["1"])


@given(st.text(alphabet='<>;,="\\ \tabrelnxt', max_size=60))
def test_no_link_is_a_traceback(header: str) -> None:
    try:
        assert isinstance(next_page(header), str)
    except RegistryError as error:
        assert "Link" in str(error)


def test_a_long_link_costs_no_more_than_its_length() -> None:
    with pytest.raises(RegistryError):
        next_page("<a>" + "; " * 30_000 + "<")
