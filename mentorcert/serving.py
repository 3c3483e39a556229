"""What `mentorcert run` starts: the web server's processes and the worker, and how all of them stop together."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from mentorcert import MentorCert, create_app
from mentorcert.db import THREADS
from mentorcert.errors import Conflict

ADDRESS: Final = "127.0.0.1"
PROCESSES: Final = 2
STOP_SECONDS: Final = 5
"""How long a process that was told to stop may finish what it does."""


def refuse_taken_port(port: int) -> None:
    """Raise Conflict when nobody can listen there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError as error:
            todo = f"Stop what listens there, or take another one: mentorcert run --port {port + 1}"
            raise Conflict(f"Port {port} can't be used: {error.strerror}.", todo) from error


def prepare() -> None:
    """Make what will be served, in a process of its own. Raises SystemExit when that fails; it has said why.

    Loading content starts threads of the file store. The web server forks: its processes would inherit what the store
    knows of those threads, but not the threads, and now and then wait for one of them for ever.
    """
    status = subprocess.run([sys.executable, "-m", "mentorcert.cli", "prepare"], check=False).returncode
    if status:
        raise SystemExit(status)


@contextmanager
def worker() -> Iterator[None]:
    """Have a worker beside us. Ctrl-C in a terminal reaches every process: this one waits until we tell it to stop."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        process = subprocess.Popen([sys.executable, "-m", "mentorcert.cli", "worker"])
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        _stop(process)


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:  # in the middle of some work: its row's lease runs out, and it is done again
        process.kill()
        process.wait()


def serve(port: int) -> None:
    """Serve until we are told to stop: Ctrl-C, SIGTERM, a closed terminal."""
    server = Granian(
        f"{__name__}:application",
        factory=True,
        interface=Interfaces.WSGI,
        address=ADDRESS,
        port=port,
        workers=PROCESSES,
        blocking_threads=THREADS,
        workers_kill_timeout=STOP_SECONDS,
        respawn_failed_workers=True,
        log_level=LogLevels.error,
    )
    # Granian would load itself anew, and live on, when its terminal is closed.
    server.on_startup(lambda: signal.signal(signal.SIGHUP, server.signal_handler_interrupt))
    server.serve()


def application() -> MentorCert:
    """What each process serves. Ctrl-C reaches all of them; the first one ends the others."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    return create_app()
