"""`fluxtui`: parse the words, put the rooms together, turn errors into exit codes.

Exit 0 fine, 1 not, 2 usage, 3 refused. Only argparse and our own light modules are imported before
the verb is known.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
import threading
from collections.abc import Sequence

from fluxtui.cli import streams
from fluxtui.domain.errors import ConfigError, FluxtuiError, RefusedError, UsageError
from fluxtui.kit.deferred import defer

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from typing import NoReturn

FINE, NOT, USAGE, REFUSED = 0, 1, 2, 3
HUNG_UP = 141
"""As a shell tells of a program that SIGPIPE ended: `... | head -1`."""


def run() -> NoReturn:
    """The console script: `main`, and then gone.

    Python takes every module and object apart before it ends; for a verb that lives half a second
    that is a tenth of its cost, and nothing of it is wanted.
    """
    defer()
    try:
        code = main()
    except SystemExit as end:
        if not isinstance(end.code, int | None):
            raise
        code = end.code or FINE
    threads = [t for t in threading.enumerate() if t is not threading.main_thread()]
    if any(not thread.daemon for thread in threads):
        sys.exit(code)  # something is still to be done
    atexit._run_exitfuncs()
    os._exit(code)


def main(argv: Sequence[str] | None = None) -> int:
    """Do what the words say; returns the exit code, when all that was printed is out."""
    # A verb lives for a second and makes its values once: collecting after every 700 of them is a
    # tenth of what it costs. The Engine sets the same.
    gc.set_threshold(50_000, 20, 50)
    streams.settle()
    words = list(sys.argv[1:] if argv is None else argv)
    if "_ARGCOMPLETE" in os.environ:
        from fluxtui.cli.completion import answer

        answer()
    try:
        try:
            return _answered(words)
        finally:
            if patience := sys.modules.get("fluxtui.cli.patience"):
                patience.begin(None)  # a limit is that of one run
            streams.flush()
    except BrokenPipeError:
        # Whoever read our output has seen enough; nothing may be written to it any more.
        streams.abandon()
        return HUNG_UP


def _answered(words: Sequence[str]) -> int:
    from fluxtui.cli import arguments

    try:
        args = arguments.parse(words)
    except UsageError as error:
        sys.exit(_say(error, USAGE, words))
    try:
        return _dispatch(args)
    except (UsageError, ConfigError) as error:
        return _say(error, USAGE, words)
    except RefusedError as error:
        return _say(error, REFUSED, words)
    except FluxtuiError as error:
        return _say(error, NOT, words)
    except BrokenPipeError:
        raise
    except OSError as error:
        wrapped = FluxtuiError(error.strerror or str(error), where=str(error.filename or ""))
        return _say(wrapped, NOT, words)
    except KeyboardInterrupt:
        return NOT
    except Exception as error:
        from fluxtui.cli.fault import unexpected

        return _say(unexpected(error), NOT, words)


def _dispatch(args: argparse.Namespace) -> int:
    if args.verb in (None, "open"):
        from fluxtui.cli.screen import screen

        return screen(args)
    if args.verb == "demo":
        from fluxtui.cli.demo import demo

        return demo(args)
    if args.verb == "artifact":
        from fluxtui.cli.artifact import artifact

        return artifact(args)
    if args.verb == "reconciler":
        from fluxtui.cli.reconciler import reconcile

        return reconcile(args)
    if args.verb == "config":
        from fluxtui.cli.check import check

        return check(args)
    if args.verb == "completion":
        from fluxtui.cli.completion import script

        return script(args)
    if args.verb == "plan" and args.action == "show":
        from fluxtui.cli.plans import show

        return show(args)
    if args.verb == "dangers":
        from fluxtui.cli.dangers import dangers

        return dangers(args)
    if args.verb == "version":
        from fluxtui.cli.version import version

        return version(args)
    if args.verb == "build":
        from fluxtui.cli import rendering

        if rendering.is_folder(args):
            return rendering.build_folder(args)
    from fluxtui.cli.verbs import verb

    return verb(args)


def _say(error: FluxtuiError, code: int, words: Sequence[str]) -> int:
    from fluxtui.cli.output import fail

    return fail(error, code, words)


if __name__ == "__main__":
    run()
