"""A server as an operator starts it, in a process of its own, for tests that come through the door."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

START_SECONDS = 90
"""Loading the demo takes a while on a busy machine."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(arguments: list[str], folder: Path, environ: Mapping[str, str] | None = None) -> Iterator[str]:
    """Run `mentorcert …` with its data in `folder` until the block ends; give its address once it answers.

    Raises RuntimeError with what it printed when it ends or stays silent instead.
    """
    with started(arguments, folder, environ) as (address, _process):
        yield address


@contextmanager
def started(
    arguments: list[str], folder: Path, environ: Mapping[str, str] | None = None
) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """Do the same, and give the process too: the first of a group of its own, that logs to `folder/server.log`."""
    command = [str(Path(sys.executable).with_name("mentorcert")), *arguments]
    with serving(command, free_port(), folder, environ) as both:
        yield both


@contextmanager
def serving(
    command: list[str], port: int, folder: Path, environ: Mapping[str, str] | None = None
) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """Do the same with any command that will listen at `port`."""
    log = folder / "server.log"
    own = {key: value for key, value in os.environ.items() if not key.startswith("MENTORCERT_")}
    settings = {"MENTORCERT_DATA": str(folder / "var"), "MENTORCERT_PORT": str(port), **(environ or {})}
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, env=own | settings, stdout=output, stderr=output, cwd=folder, start_new_session=True
        )
    try:
        _wait(process, port, log)
        yield f"http://127.0.0.1:{port}", process
    finally:
        _stop(process)


def _wait(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"the server did not start:\n{log.read_text(encoding='utf-8', errors='replace')}")


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        pass
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # what it started and left behind
        process.wait()
