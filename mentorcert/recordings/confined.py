"""Runs a program within limits that it can't lift; started as a script of its own, see `programs`.

    python -I -S confined.py MEMORY SECONDS WRITTEN PARENT PROGRAM ARGUMENT…

A program given limits between fork and exec would run our code in a copy of a process with threads, which can hang.
"""

import ctypes
import os
import resource
import signal
import sys
from typing import Final

_DIE_WITH_PARENT: Final = 1
"""Linux: PR_SET_PDEATHSIG."""


def confine(memory: int, seconds: int, written: int, parent: int) -> None:
    """Bound memory (bytes), processor time (seconds) and what one file may hold; end when `parent` ends."""
    for which, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, written),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(which, (most, most))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before we asked to end with it
        raise SystemExit(1)


if __name__ == "__main__":
    _memory, _seconds, _written, _parent, *command = sys.argv[1:]
    confine(int(_memory), int(_seconds), int(_written), int(_parent))
    os.execv(command[0], command)
