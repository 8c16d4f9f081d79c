"""kubectl's own flags: read as kubectl reads them, and carried to whatever connects."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from fluxtui.cli import arguments, reconciler
from fluxtui.cli.configuration import load
from fluxtui.domain.config import Overrides
from fluxtui.domain.errors import UsageError
from fluxtui.reconciler.__main__ import arguments as process_arguments


def test_kubectl_s_own_flags_reach_every_environment(tmp_path: Path) -> None:
    words = "--as jane --as-group devs --as-group ops --as-uid 7 --cluster c --user u"
    options = arguments.options_of(arguments.parse([*words.split(), "versions"]))
    wanted = Overrides("jane", ("devs", "ops"), "7", "c", "u")
    assert options.overrides == wanted
    (tmp_path / "fluxtui.yaml").write_text("environments: {staging: , production: }")
    options = dataclasses.replace(options, config=str(tmp_path / "fluxtui.yaml"))
    config = load(options, {"HOME": str(tmp_path)}, tmp_path)
    assert [e.overrides for e in config.environments] == [wanted, wanted]
    started = reconciler.arguments(config, config.environments, 1.0)
    assert process_arguments(started).as_group == ["devs", "ops"]
    assert set(started) >= {"--as=jane", "--as-uid=7", "--cluster=c", "--user=u"}


@pytest.mark.parametrize(
    ("text", "seconds"), [("5", 5.0), ("5s", 5.0), ("1m30s", 90.0), ("500ms", 0.5), ("0", 0.0)]
)
def test_a_request_timeout_is_read_as_kubectl_reads_it(text: str, seconds: float) -> None:
    args = arguments.parse(["versions", "--request-timeout", text])
    assert arguments.options_of(args).overrides.request_timeout == seconds


@pytest.mark.parametrize("text", ["soon", "5x", "-1s", ""])
def test_a_request_timeout_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--request-timeout"):
        arguments.options_of(arguments.parse(["versions", f"--request-timeout={text}"]))
