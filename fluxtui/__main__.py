"""`python -m fluxtui`: the same as the console script."""

from fluxtui.cli.main import run

run()
