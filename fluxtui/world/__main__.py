"""`python -m fluxtui.world`: registry, Git host and simulators of a World, as one of its processes.

Started by `world.World`, not by people; `fluxtui demo` is theirs.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from fluxtui.domain.errors import FluxtuiError
from fluxtui.world.host import run


def main() -> int:
    """Exit code 0 when standard input ended, 1 when something failed before."""
    parser = argparse.ArgumentParser(prog="python -m fluxtui.world", description=__doc__)
    parser.add_argument("--credentials", type=Path, required=True, help="docker config to write")
    parser.add_argument("--git-credentials", type=Path, required=True, help="git's, to write")
    parser.add_argument("--speed", type=float, default=1.0, help="of the World's clock")
    arguments = parser.parse_args()
    try:
        asyncio.run(run(arguments.credentials, arguments.git_credentials, arguments.speed))
    except FluxtuiError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
