"""Verbs that need no tags ask no registry; those that do say what is unknown, after a while."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from cli_delivery import Shell
from cli_objects import RELEASE
from documents import checked


class Silent:
    """A registry that takes every connection and never answers."""

    def __init__(self) -> None:
        self.calls = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._held: list[socket.socket] = []
        self._thread = threading.Thread(target=self._take, daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._socket.getsockname()[1]}"

    def _take(self) -> None:
        while True:
            try:
                taken, _from = self._socket.accept()
            except OSError:
                return
            self.calls += 1
            self._held.append(taken)

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()
        for taken in self._held:
            taken.close()


@pytest.fixture
def silent(blocked: Shell, monkeypatch: pytest.MonkeyPatch) -> Iterator[Silent]:
    registry = Silent()
    monkeypatch.setattr(type(blocked.registry), "address", registry.address)
    yield registry
    registry.close()


NO_TAGS = (
    "chain",
    "chain ks/web -e staging",
    "events",
    "journal",
    "suspend app -e staging --reason x --dry-run",
    "reconcile ks/db -e staging --dry-run",
    "reconcile app -e staging --chain --dry-run",
    "suspend app -e staging --reason x --yes",
)


def test_who_needs_no_tags_does_not_ask_for_them(blocked: Shell, silent: Silent) -> None:
    for words in NO_TAGS:
        said = blocked(*words.split())
        assert said.code == 0, (words, said)
        assert silent.calls == 0, words


@pytest.mark.parametrize(("verb", "kind"), [("versions", "Versions"), ("status", "Status")])
def test_who_needs_them_says_what_is_unknown_after_a_while(
    blocked: Shell, silent: Silent, verb: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fluxtui.cli.settling.LISTED", 0.3)
    said = blocked(verb, "-o", "json")
    document = checked(said.out, kind)
    assert said.code == 1 and silent.calls
    assert "acme/app are not known: no answer within" in document["problems"][0]
    lines: list[Any] = document["items"] if verb == "versions" else document["versions"]
    staging = next(line for line in lines if line["environment"] == "staging")
    assert staging["wouldPick"] is None and staging["wouldPickReason"]
    assert staging["version"] and staging["version"] != RELEASE
