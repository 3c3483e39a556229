"""Programs that are given what somebody sent are held within limits: shown with real programs that don't behave."""

import os
import stat
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from time import monotonic

import pytest

from mentorcert.recordings import probing, programs
from mentorcert.recordings.media import Unplayable
from mentorcert.recordings.programs import Failed, Limits, Missing, TookTooLong
from tests.recordings.factories import FOLDER


def program(folder: Path, name: str, lines: str) -> str:
    """Make a program of a few lines of Python, and give the search path on which it comes first."""
    path = folder / name
    path.write_text(f"#!{sys.executable}\nimport os, sys, time\n{lines}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


def all_end(pids: list[int]) -> bool:
    """Whether these processes come to their end; the kernel may take a moment."""
    until = monotonic() + 10
    while monotonic() < until:
        if not any(is_alive(pid) for pid in pids):
            return True
    return False


def is_alive(pid: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return "zombie" not in Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return False


def test_what_it_says_is_given_and_nothing_of_our_settings_reaches_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", program(tmp_path, "tell", "print(sys.argv[1:], sorted(os.environ))"))
    monkeypatch.setenv("MENTORCERT_SECRET_KEY", "a secret")
    said = programs.run("tell", ("a b", "$(id)"), Limits(10)).decode()
    assert said.startswith("['a b', '$(id)'] ")
    assert "PATH" in said
    assert "SECRET" not in said


def test_one_that_is_not_there_is_named() -> None:
    with pytest.raises(Missing, match="ffquack is not installed on this machine: install ffmpeg"):
        programs.run("ffquack", (), Limits(10))
    assert programs.missing(["ffprobe", "ffquack"]) == ["ffquack"]


@pytest.mark.parametrize(
    ("lines", "limits", "what"),
    [
        ("sys.exit('no moov atom')", Limits(10), "ended with 1: no moov atom"),
        ("sys.stderr.write('x' * 10_000_000); sys.exit(3)", Limits(10), "ended with 3: xxx"),
        ("print('x' * 2000)", Limits(10, output=1000), "it said more than 1000 bytes"),
        ("bytearray(300_000_000)", Limits(10, memory=250 * 1024**2), "MemoryError"),
        ("open('/proc/self/fd/1', 'wb'); open(sys.argv[1], 'wb').write(bytes(9000))", Limits(10, written=4096), "end"),
    ],
    ids=["fails", "complains", "talks", "eats", "writes"],
)
def test_one_that_does_not_behave_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: str, limits: Limits, what: str
) -> None:
    monkeypatch.setenv("PATH", program(tmp_path, "wild", lines))
    with pytest.raises(Failed, match=what):
        programs.run("wild", (str(tmp_path / "out"),), limits)
    assert not (tmp_path / "out").exists() or (tmp_path / "out").stat().st_size <= 4096


HANG = """
child = os.fork()
if child:
    print(os.getpid(), child, flush=True)
time.sleep(1000)
"""


def test_one_that_hangs_is_ended_with_all_that_it_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", program(tmp_path, "hang", HANG))
    said = programs.stream("hang", (), Limits(1))
    started = [int(each) for each in next(said).split()]
    with pytest.raises(TookTooLong, match="hang was not done after 1 seconds"):
        next(said)
    assert all_end(started)


def test_one_that_nobody_listens_to_any_more_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", program(tmp_path, "hang", HANG))
    said = programs.stream("hang", (), Limits(60))
    started = [int(each) for each in next(said).split()]
    said.close()
    assert all_end(started)


KILLED = """
import sys, time, types
bare = types.ModuleType("mentorcert")  # without all that the application itself loads
bare.__path__ = ["mentorcert"]
sys.modules["mentorcert"] = bare
from mentorcert.recordings import programs
said = programs.stream("hang", (), programs.Limits(60))
print(next(said).decode(), flush=True)
time.sleep(1000)
"""


def test_one_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    """A worker that is killed leaves no ffmpeg behind."""
    path = program(tmp_path, "hang", "print(os.getpid(), flush=True); time.sleep(1000)")
    command = [sys.executable, "-c", KILLED]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "PATH": path}) as worker:
        assert worker.stdout is not None
        hanging = int(worker.stdout.readline())
        assert is_alive(hanging)
        worker.kill()
        worker.wait()
    assert all_end([hanging])


def test_a_look_that_hangs_becomes_a_refusal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", program(tmp_path, "ffprobe", "time.sleep(1000)"))
    with pytest.raises(Unplayable, match="looking into it was not done after 1 seconds"):
        probing.judged(FOLDER / "ok.mp4", seconds=1)
