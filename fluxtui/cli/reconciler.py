"""`fluxtui reconciler run`: do Flux's part in the named contexts until it is interrupted."""

from __future__ import annotations

import argparse
import sys

from fluxtui.cli.arguments import options_of
from fluxtui.cli.configuration import load
from fluxtui.domain.errors import UsageError


def reconcile(args: argparse.Namespace) -> int:
    """Run for the Environments of `--context` or `-e`; never for all by default."""
    from fluxtui.reconciler.__main__ import main as run

    config = load(options_of(args))
    chosen = set(args.environment or ())
    environments = [
        e for e in config.environments if e.name in chosen or e.context in (args.context or ())
    ]
    if not environments:
        raise UsageError(
            "for which environment?", next="name it with --context or -e: it acts at once"
        )
    words = ["--speed", str(args.speed)]
    for environment in environments:
        words += ["--context", environment.context]
    kubeconfigs = {e.kubeconfig for e in environments}
    if len(kubeconfigs) > 1:
        raise UsageError("these environments have several kubeconfigs", next="one run for each")
    if next(iter(kubeconfigs)):
        words += ["--kubeconfig", next(iter(kubeconfigs))]
    for host, mirror in config.registries.mirrors.items():
        words += ["--mirror", f"{host}={mirror}"]
    if config.registries.credentials_file:
        words += ["--registry-credentials-file", config.registries.credentials_file]
    print(f"reconciling {', '.join(e.name for e in environments)}", file=sys.stderr)
    return int(run(words) or 0)
