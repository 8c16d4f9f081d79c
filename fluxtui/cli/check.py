"""`fluxtui config check`: what was read from where, and how each Environment is treated."""

from __future__ import annotations

import argparse

from fluxtui.cli import output
from fluxtui.cli.arguments import options_of
from fluxtui.cli.configuration import load


def check(args: argparse.Namespace) -> int:
    """Load the configuration (errors are raised) and print it. Contacts nothing."""
    config = load(options_of(args))
    for source in config.sources or ("no file: the current kubeconfig context",):
        print(output.visible_text(source))
    rows = [
        (
            e.name,
            e.stage_name,
            e.context,
            e.kubeconfig or "default",
            ", ".join(e.namespaces) or "all",
            "read-only" if e.read_only or config.read_only else "",
            "protected" if e.protected else "",
        )
        for e in config.environments
    ]
    header = ("ENVIRONMENT", "STAGE", "CONTEXT", "KUBECONFIG", "NAMESPACES", "", "")
    print(output.table(header, rows))
    for host, mirror in config.registries.mirrors.items():
        print(f"registry {host} is reached at {mirror}")
    return 0
