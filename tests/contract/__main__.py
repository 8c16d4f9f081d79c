"""`python -m tests.contract`: what `make control-plane` runs.

`build` only builds the programs; `up` starts a control plane and ends it on Ctrl-C or SIGTERM, or
when the process named by --until is gone, so that none is ever left behind.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.contract.control_plane import serve
from tests.contract.fleet import faults
from tests.contract.fleet.kindtable import live_table, table
from tests.contract.fleet.story import show
from tests.contract.programs import PROGRAMS, build


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make control-plane", description=__doc__)
    verbs = parser.add_subparsers(dest="verb")
    verbs.add_parser("build", help="build every Go program the tests stand beside, and no more")
    up = verbs.add_parser("up", help="build what is missing, start one, wait for Ctrl-C")
    up.add_argument("--folder", type=Path, help="where its files go (default: a fresh one)")
    up.add_argument("--until", type=int, help="end when the process with this id does")
    up.add_argument("--name", default="real", help="of the kubeconfigs' context")
    verbs.add_parser("fleet", help="the same with Flux's controllers and objects in every state")
    verbs.add_parser("faults", help="faults on such a fleet: how soon the screen names each")
    kinds = verbs.add_parser("kinds", help="a table: what is said of each kind in each state")
    kinds.add_argument("--live", action="store_true", help="of a fleet's own, not of recordings")
    parser.set_defaults(folder=None, until=None, name="real")
    return parser


def main() -> int:
    options = _parser().parse_args()
    if options.verb == "build":
        for name in PROGRAMS:
            print(build(name), flush=True)
        return 0
    if options.verb == "fleet":
        return show()
    if options.verb == "kinds":
        print(live_table() if options.live else table())
        return 0
    if options.verb == "faults":
        return faults.show()
    return serve(options.folder, options.until, options.name)


if __name__ == "__main__":
    sys.exit(main())
