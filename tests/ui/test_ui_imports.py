"""First paint loads no client library; the looks travel with the package."""

from __future__ import annotations

import subprocess
import sys

from fluxtui.ui.styles import sheets

HEAVY = ["kubernetes", "oras", "networkx", "requests", "aiohttp", "pydantic", "ruamel"]
HEAVY += ["semver", "re2", "yaml"]
LATER = ["fluxtui.domain.snapshot", "fluxtui.commands.registry", "fluxtui.ui.mainscreen"]
PROBE = """
import sys
import fluxtui.ui.app
print(" ".join(name for name in %r if name in sys.modules))
"""


def test_importing_the_app_loads_none_of_the_heavy_libraries() -> None:
    out = subprocess.run(
        [sys.executable, "-c", PROBE % (HEAVY + LATER)], capture_output=True, text=True, check=True
    )
    assert out.stdout.split() == []


def test_the_stylesheets_are_found_in_a_checkout() -> None:
    assert {str(s).rpartition("/")[2] for s in sheets()} >= {"frame.tcss", "roles.tcss"}


def test_the_working_screen_too_loads_none_of_the_heavy_libraries() -> None:
    probe = PROBE.replace("fluxtui.ui.app", "fluxtui.ui.mainscreen, fluxtui.commands.registry")
    out = subprocess.run(
        [sys.executable, "-c", probe % HEAVY], capture_output=True, text=True, check=True
    )
    assert out.stdout.split() == []
