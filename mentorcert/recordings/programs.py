"""Running ffmpeg and ffprobe over files that somebody sent: never through a shell, and always within limits.

Each runs in a process group of its own that ends with us, with bounded memory, time, output and files.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread, Timer
from typing import IO, Final

from mentorcert.config import MEBIBYTE

CHUNK: Final = 64 * 1024
SAID: Final = 500
"""How many bytes of what a program complains about are kept."""
_CONFINED: Final = Path(__file__).with_name("confined.py")


class Missing(Exception):
    """A program is not installed on this machine."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is not installed on this machine: install ffmpeg")


class Failed(Exception):
    """A program ended badly; what it said."""


class TookTooLong(Failed):
    """A program did not come to its end in time."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a program may take: seconds by the clock, and bytes."""

    seconds: int
    memory: int = 1024 * MEBIBYTE
    output: int = MEBIBYTE
    """What it may say."""
    written: int = 0
    """What it may write to one file."""


def missing(names: Iterable[str]) -> list[str]:
    """Which of these programs this machine does not have."""
    return [name for name in names if shutil.which(name) is None]


def run(name: str, arguments: Sequence[str], limits: Limits) -> bytes:
    """All that a program says. Raises what `stream` raises."""
    return b"".join(stream(name, arguments, limits))


def stream(name: str, arguments: Sequence[str], limits: Limits) -> Generator[bytes, None, None]:
    """What a program says, piece by piece. Raises Missing, Failed or TookTooLong; whoever stops reading ends it."""
    process = _start(name, arguments, limits)
    assert process.stdout is not None
    assert process.stderr is not None
    late, said = Event(), bytearray()
    listener = Thread(target=_listen, args=(process.stderr, said))
    watch = Timer(limits.seconds, _end_late, (process, late))
    listener.start()
    watch.start()
    try:
        yield from _bounded(process.stdout, limits.output)
        status = process.wait()
    finally:
        watch.cancel()
        _kill(process)
        process.wait()
        listener.join()
        process.stdout.close()
        process.stderr.close()
    if late.is_set() or status == -signal.SIGXCPU:
        raise TookTooLong(f"{name} was not done after {limits.seconds} seconds")
    if status:
        raise Failed(f"{name} ended with {status}: {said.decode('utf-8', 'replace').strip()}")


def _start(name: str, arguments: Sequence[str], limits: Limits) -> "subprocess.Popen[bytes]":
    program = shutil.which(name)
    if program is None:
        raise Missing(name)
    bounds = (limits.memory, limits.seconds, limits.written, os.getpid())
    return subprocess.Popen(
        [sys.executable, "-I", "-S", str(_CONFINED), *map(str, bounds), program, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
        start_new_session=True,
    )


def _bounded(source: IO[bytes], most: int) -> Iterator[bytes]:
    left = most
    while piece := os.read(source.fileno(), CHUNK):
        left -= len(piece)
        if left < 0:
            raise Failed(f"it said more than {most} bytes")
        yield piece


def _listen(source: IO[bytes], said: bytearray) -> None:
    """Keep the beginning of what a program complains about; read on, so that it is not held up."""
    while piece := source.read(CHUNK):
        said.extend(piece[: max(0, SAID - len(said))])


def _end_late(process: "subprocess.Popen[bytes]", late: Event) -> None:
    late.set()
    _kill(process)


def _kill(process: "subprocess.Popen[bytes]") -> None:
    """End a program with all that it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
