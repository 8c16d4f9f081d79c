"""Ports of 127.0.0.1 for programs that cannot be asked which one they took.

A port that the kernel gave out and took back is the next one's: an outgoing connection, or a server
of another worker, has it before the program that it was meant for listens. So these lie below what
the kernel gives out by itself, and each is claimed in a file for as long as this process lives.
What can be started on port 0 is started on port 0, and has no business here.
"""

from __future__ import annotations

import fcntl
import itertools
import os
import random
import socket
import tempfile
from pathlib import Path

FIRST, LAST = 20_000, 32_000  # Linux gives out 32768 and up, macOS 49152 and up
_claims: list[int] = []  # open files: a lock goes with its process, however that ends


def free_ports(count: int) -> list[int]:
    """Ports that no other process of these tests has, and that nobody listens on."""
    start = random.SystemRandom().randrange(FIRST, LAST)
    every = itertools.chain(range(start, LAST), range(FIRST, start))
    ports = list(itertools.islice(filter(_claimed, every), count))
    if len(ports) < count:
        raise OSError(f"no {count} free ports between {FIRST} and {LAST}")
    return ports


def free_port() -> int:
    return free_ports(1)[0]


def _claimed(port: int) -> bool:
    folder = Path(tempfile.gettempdir()) / f"fluxtui-test-ports-{os.getuid()}"
    folder.mkdir(exist_ok=True)
    claim = os.open(folder / str(port), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
    except OSError:
        os.close(claim)
        return False
    _claims.append(claim)
    return True
