"""`fluxtui demo`: a whole delivery on this machine, to try everything on.

With a terminal the screen opens on it; without one the delivery is played headless, and the exit
code says whether it ended as it should. The kubeconfig is printed and kept while it runs.
"""

from __future__ import annotations

import argparse
import shlex
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

from fluxtui.cli import places
from fluxtui.cli.arguments import options_of
from fluxtui.cli.embedded import Embedded, embedded
from fluxtui.cli.ending import ENDS, Ending
from fluxtui.cli.looks import check_theme
from fluxtui.cli.options import Options
from fluxtui.cli.quiet import quiet
from fluxtui.cli.screen import on_terminal
from fluxtui.commands.command import Target
from fluxtui.commands.registry import by_id
from fluxtui.domain.errors import UsageError
from fluxtui.world.description import Description
from fluxtui.world.scenarios.rehearsals import MARKERS


def demo(args: argparse.Namespace) -> int:
    """Start the World, apply the two roots of each environment, and show or play."""
    if args.speed <= 0:
        raise UsageError("--speed must be above 0")
    if args.theme:
        check_theme(args.theme, "--theme")
    folder = Path(args.folder) if args.folder else places.demo_folder()
    headless = args.play or not on_terminal()
    with quiet() if not (headless or args.serve) else nullcontext():
        return _demo(args, folder, headless)


def _demo(args: argparse.Namespace, folder: Path, headless: bool) -> int:
    if not headless:
        print("starting the World: two clusters, registry, Git, workloads ...", file=sys.stderr)
    with embedded(folder, speed=args.speed) as delivery:
        print(f"kubeconfig: {delivery.world.kubeconfig}", file=sys.stderr)
        print(f"configuration: {delivery.config_file}", file=sys.stderr)
        print(changing(delivery.world.description), file=sys.stderr)
        print(breaking(f"fluxtui --config {delivery.config_file}"), file=sys.stderr)
        if args.serve:
            return _serve(delivery)
        if headless:
            from fluxtui.cli.story import play

            return _applied(delivery) or play(delivery, delivery.config(options_of(args)))
        return _screen(delivery, args)


def changing(about: Description) -> str:
    """How to get at the infra repository with git itself."""
    login = f"credential.helper=store --file {shlex.quote(str(about.infra_credentials))}"
    return (
        "change the infra: clone it, commit and push to main "
        f"({by_id('reconcile-with-source').keys[0]} fetches at once, else a minute)\n"
        f"  git clone -c {shlex.quote(login)} {about.infra}"
    )


def breaking(program: str) -> str:
    """How to make a delivery fail, and watch the screen say why."""
    ways = ", ".join(MARKERS)
    return (
        "break a delivery: press : and choose `Publish a bad build ...`, or in another terminal\n"
        f'  {program} publish activity -e staging --bad --failure "crash loop" --yes\n'
        f"  (or: {ways}, failing migration); `l` reads the log of what fails, "
        f"{by_id('rollback').keys[0]} rolls back"
    )


def _screen(delivery: Embedded, args: argparse.Namespace) -> int:
    from fluxtui.cli.screen import show

    applying = in_background(lambda: apply_roots(delivery))
    options = Options(config=str(delivery.config_file))
    code = show(delivery.config(options_of(args)), Target(), options)
    applying.join(timeout=10)
    return code


def _serve(delivery: Embedded) -> int:
    """Stay until a signal, whatever standard input is: a service has none."""
    if code := _applied(delivery):
        return code
    until_signal(f"serving; use: fluxtui --config {delivery.config_file}")
    return 0


def until_signal(ready: str) -> None:
    """Say that, and wait for INT, TERM or HUP; one that was ignored before (nohup) stays so."""
    with Ending((*ENDS, signal.SIGHUP)) as ending:
        print(ready, flush=True)
        ending.wait()


def in_background(work: Callable[[], object]) -> threading.Thread:
    """A daemon thread for work whose outcome the screen shows by itself."""
    thread = threading.Thread(target=work, name="apply the roots", daemon=True)
    thread.start()
    return thread


def _applied(delivery: Embedded) -> int:
    """The exit code of applying the roots, said when it is not 0."""
    problem = apply_roots(delivery)
    if problem:
        print(f"fluxtui: {problem}", file=sys.stderr)
    return 1 if problem else 0


def apply_roots(delivery: Embedded) -> str:
    """`fluxtui apply` in every environment, as a person would type it; "" or what went wrong."""
    for name in delivery.world.description.environments:
        words = [
            *(sys.executable, "-m", "fluxtui", "--config", str(delivery.config_file)),
            *("apply", "-e", name, str(delivery.world.bootstrap(name)), "--yes"),
            *("--reason", "demo"),
        ]
        process = subprocess.run(words, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if process.returncode:
            log = delivery.world.description.logs / "apply.log"
            log.write_text(process.stdout + process.stderr, encoding="utf-8")
            return f"apply in {name} failed: {process.stderr.strip() or process.stdout.strip()}"
    return ""
