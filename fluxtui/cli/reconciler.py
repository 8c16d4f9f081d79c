"""`fluxtui reconciler run`: do Flux's part in the named contexts until it is interrupted."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from fluxtui.cli.arguments import options_of
from fluxtui.cli.configuration import load
from fluxtui.domain.config import Config, Environment, Overrides
from fluxtui.domain.errors import RefusedError, UsageError


def reconcile(args: argparse.Namespace) -> int:
    """Run for the Environments of `--context` or `-e`; never for all by default."""
    from fluxtui.reconciler.__main__ import main as run

    config = load(options_of(args))
    names = set(args.environment or ())
    environments = [
        e for e in config.environments if e.name in names or e.context in (args.context or ())
    ]
    if not environments:
        raise UsageError(
            "for which environment?", next="name it with --context or -e: it acts at once"
        )
    protected = [e.name for e in environments if config.read_only or e.read_only]
    if protected:
        raise RefusedError("is read-only, and reconciling writes", where=", ".join(protected))
    words = arguments(config, environments, args.speed, force=args.force_beside_flux)
    print(f"reconciling {', '.join(e.name for e in environments)}", file=sys.stderr)
    return int(run(words) or 0)


def arguments(
    config: Config, environments: Sequence[Environment], speed: float, *, force: bool = False
) -> list[str]:
    """The Reconciler's command line. Raises UsageError when one process cannot reach them all."""
    kubeconfigs = {e.kubeconfig for e in environments}
    if len(kubeconfigs) > 1:
        raise UsageError("these environments have several kubeconfigs", next="one run for each")
    words = ["--speed", str(speed)]
    contexts: set[str] = set()
    for environment in environments:
        # Environments may share a context, and one Reconciler there does for all of it.
        if environment.context not in contexts:
            contexts.add(environment.context)
            words += ["--context", environment.context, "--environment", environment.name]
    if kubeconfig := next(iter(kubeconfigs), ""):
        words += ["--kubeconfig", kubeconfig]
    words += _as_whom(environments[0].overrides)
    for host, mirror in config.registries.mirrors.items():
        words += ["--mirror", f"{host}={mirror}"]
    for host, file in config.registries.ca_files.items():
        words += ["--registry-ca", f"{host}={file}"]
    for host in sorted(config.registries.plain_http):
        words += ["--plain-http", host]
    if config.registries.credentials_file:
        words += ["--registry-credentials-file", config.registries.credentials_file]
    return [*words, "--force-beside-flux"] if force else words


def _as_whom(overrides: Overrides) -> list[str]:
    """kubectl's flags, which hold for every Environment alike."""
    flags = {
        "--as": overrides.as_user,
        "--as-uid": overrides.as_uid,
        "--cluster": overrides.cluster,
        "--user": overrides.user,
    }
    words = [f"{flag}={value}" for flag, value in flags.items() if value]
    words += [f"--as-group={group}" for group in overrides.as_groups]
    if overrides.request_timeout is not None:
        words.append(f"--request-timeout={overrides.request_timeout}")
    return words
