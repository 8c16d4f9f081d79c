"""`python -m fluxtui.world.apiserver`: one API server as a process of its own.

Says where it listens in one JSON line on standard output, then serves until SIGTERM, SIGINT or the
end of its standard input, so that it never outlives what started it.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import signal
import sys
import threading
from pathlib import Path
from queue import SimpleQueue

from fluxtui.world.apiserver.server import ApiServer


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="fluxtui.world.apiserver", description=__doc__)
    parser.add_argument("--environment", required=True, help="name of the kubeconfig's context")
    parser.add_argument("--kubeconfig", type=Path, required=True, help="kubeconfig to write (0600)")
    return parser


def _wait_for_end(queue: SimpleQueue[None]) -> None:
    """Ends with a signal, or when standard input does: the parent is gone or wants us gone."""

    def read() -> None:
        try:
            while os.read(0, 4096):
                pass
        except OSError:
            pass  # no standard input to read: the same as its end
        queue.put(None)

    threading.Thread(target=read, name="stdin", daemon=True).start()
    queue.get()


def main() -> int:
    options = _parser().parse_args()
    server = ApiServer(options.environment)
    queue: SimpleQueue[None] = SimpleQueue()  # a signal may come where an Event is half set
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: queue.put(None))
    gc.freeze()  # what start-up made stays; full collections need not walk it
    gc.set_threshold(50_000, 20, 50)
    with server:
        server.write_kubeconfig(options.kubeconfig)
        print(json.dumps({"url": server.url, "kubeconfig": str(options.kubeconfig)}), flush=True)
        _wait_for_end(queue)
    return 0


if __name__ == "__main__":
    sys.exit(main())
