"""`python -m fluxtui.reconciler`: reconcile one or several environments until told to stop.

Prints one JSON line on stdout once everything runs; ends on SIGTERM, SIGINT, or when the pipe on
stdin closes (so that it dies with what started it). Problems go to stderr.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import signal
import stat
import sys
import threading
from contextlib import suppress
from pathlib import Path

from fluxtui.artifacts import RegistrySettings
from fluxtui.artifacts.dockerconfig import parsed
from fluxtui.cluster.client import connect
from fluxtui.domain.config import Overrides
from fluxtui.domain.errors import ConfigError, FluxtuiError, RefusedError, UsageError
from fluxtui.kit.clock import Clock
from fluxtui.reconciler.reconciler import Reconciler


def arguments(argv: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m fluxtui.reconciler", description=__doc__)
    parser.add_argument("--kubeconfig", help="default: KUBECONFIG, else ~/.kube/config")
    parser.add_argument(
        "--context", action="append", default=[], help="repeatable; default: the current one"
    )
    parser.add_argument(
        "--environment", action="append", default=[], help="name of each --context, in order"
    )
    parser.add_argument("--as", dest="as_user", default="", help="act as this user")
    parser.add_argument("--as-group", action="append", default=[], help="repeatable")
    parser.add_argument("--as-uid", default="")
    parser.add_argument("--cluster", default="", help="the kubeconfig's cluster to use")
    parser.add_argument("--user", default="", help="the kubeconfig's user to use")
    parser.add_argument("--request-timeout", type=float, metavar="SECONDS", help="0: no limit")
    parser.add_argument("--mirror", action="append", default=[], metavar="HOST=HOST")
    parser.add_argument("--registry-ca", action="append", default=[], metavar="HOST=FILE")
    parser.add_argument("--plain-http", action="append", default=[], metavar="HOST")
    parser.add_argument("--registry-credentials-file", help="a docker config (JSON)")
    parser.add_argument("--speed", type=float, default=1.0, help="of intervals and time limits")
    parser.add_argument("--storage", type=Path, help="folder for fetched artifacts")
    parser.add_argument("--force-beside-flux", action="store_true")
    parser.add_argument(
        "--cancel-health-checks",
        action="store_true",
        help="a newer revision or spec ends a health wait",
    )
    return parser.parse_args(argv)


def registry_settings(options: argparse.Namespace) -> RegistrySettings:
    """What the flags say about registries. Raises UsageError, ConfigError."""
    mirrors = dict(_pair("--mirror", item, "host[:port]") for item in options.mirror)
    authorities = dict(_pair("--registry-ca", item, "file") for item in options.registry_ca)
    credentials = ""
    if options.registry_credentials_file:
        path = Path(options.registry_credentials_file)
        try:
            credentials = path.read_text(encoding="utf-8")
        except OSError as error:
            raise ConfigError(f"cannot be read: {error.strerror}", where=str(path)) from error
        except UnicodeDecodeError as error:
            raise ConfigError("cannot be read: it is no text", where=str(path)) from error
        parsed(credentials, str(path))
    return RegistrySettings(
        mirrors=mirrors,
        ca_files=authorities,
        plain_http=frozenset(options.plain_http),
        docker_config=credentials,
    )


def _pair(flag: str, item: str, form: str) -> tuple[str, str]:
    host, equals, value = item.partition("=")
    if not (host and equals and value):
        raise UsageError(f"{flag} {item!r}", next=f"write it as host={form}")
    return host, value


def default_storage() -> Path:
    """A folder under the user's cache."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "fluxtui" / "reconciler"


async def run(options: argparse.Namespace) -> None:
    """Reconcile until told to stop. Raises FluxtuiError when it cannot begin."""
    stop = asyncio.Event()
    _listen(stop)
    settings = registry_settings(options)
    clock = Clock(options.speed)
    names = options.environment or [context or "default" for context in options.context or [None]]
    contexts = options.context or [None]
    if len(names) != len(contexts):
        raise UsageError("as many --environment as --context are needed")
    storage = options.storage or default_storage()
    overrides = Overrides(
        options.as_user,
        tuple(options.as_group),
        options.as_uid,
        options.cluster,
        options.user,
        options.request_timeout,
    )
    clusters = []
    try:
        for name, context in zip(names, contexts, strict=True):
            clusters.append(
                await connect(options.kubeconfig, context, name=name, overrides=overrides)
            )
        reconcilers = [
            Reconciler(
                cluster,
                settings,
                clock=clock,
                storage=storage / cluster.name,
                force_beside_flux=options.force_beside_flux,
                cancel_health_checks=options.cancel_health_checks,
            )
            for cluster in clusters
        ]
        await _until(stop, reconcilers)
    finally:
        for cluster in clusters:
            await cluster.close()


async def _until(stop: asyncio.Event, reconcilers: list[Reconciler]) -> None:
    work = [asyncio.create_task(reconciler.run()) for reconciler in reconcilers]

    async def announce() -> None:
        for reconciler in reconcilers:
            await reconciler.running.wait()
        print(json.dumps({"running": [r.cluster.name for r in reconcilers]}), flush=True)
        await stop.wait()

    announcement = asyncio.create_task(announce())
    ended = asyncio.create_task(stop.wait())
    tasks = {*work, announcement, ended}
    try:
        await asyncio.wait({*work, ended}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*work, return_exceptions=True)
        await asyncio.gather(announcement, ended, return_exceptions=True)
    for result in results:
        if isinstance(result, Exception):
            raise result


def _listen(stop: asyncio.Event) -> None:
    """Set `stop` on a signal, or when whoever started us closes our stdin."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        mode = os.fstat(sys.stdin.fileno()).st_mode
    except (OSError, ValueError, AttributeError):
        return
    if not (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)):
        return  # a terminal, a file or /dev/null says nothing about whoever started us

    def read() -> None:
        while os.read(sys.stdin.fileno(), 4096):
            continue
        with suppress(RuntimeError):  # the loop has ended for another reason already
            loop.call_soon_threadsafe(stop.set)

    threading.Thread(target=read, daemon=True).start()


def main(argv: list[str] | None = None) -> int:
    """Exit 0 when told to stop, 1 on a fault, 2 for wrong usage, 3 when refused."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(message)s")
    try:
        asyncio.run(run(arguments(argv)))
    except (UsageError, ConfigError) as error:
        print(f"fluxtui reconciler: {error}", file=sys.stderr)
        return 2
    except RefusedError as error:
        print(f"fluxtui reconciler: {error}", file=sys.stderr)
        return 3
    except FluxtuiError as error:
        print(f"fluxtui reconciler: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
