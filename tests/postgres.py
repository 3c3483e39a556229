"""A PostgreSQL server of our own for one test run: in a temporary folder, reached by a socket, gone at the end.

The run's first process says where the folder is; whichever test needs PostgreSQL first starts the server there.
"""

import fcntl
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg

FOLDER = "MENTORCERT_TEST_POSTGRES"
"""The environment variable that tells the workers of a run where their server is."""
PORT = 5432  # only part of the socket's name: nothing listens on the network
SPEED = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"
DURABLE = "-c synchronous_commit=on -c shared_buffers=512MB -c max_wal_size=4GB"
"""What is answered is on the disk, as in production."""


def prepare() -> Path:
    """Make the folder that the run's server will live in, and tell the processes that come after."""
    folder = Path(tempfile.mkdtemp(prefix="mentorcert-postgres-"))
    os.environ[FOLDER] = str(folder)
    return folder


def dispose(folder: Path) -> None:
    """Stop the server, if one was started, and remove its folder."""
    if (folder / "data" / "postmaster.pid").exists():
        _run(folder, "pg_ctl", "stop", "--pgdata", folder / "data", "--mode", "immediate", "--silent")
    shutil.rmtree(folder)


def fresh_database(name: str) -> str:
    """Create an empty database `name`, in place of an older one, and return its URL for SQLAlchemy."""
    folder = Path(os.environ[FOLDER])
    _ensure_started(folder)
    where = f"host={folder} port={PORT} user=postgres"
    with psycopg.connect(f"{where} dbname=postgres", autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    return f"postgresql+psycopg://postgres@/{name}?host={folder}&port={PORT}"


@contextmanager
def server(options: str = SPEED) -> Iterator[None]:
    """Have a server for a while, outside a test run (`make bench`)."""
    folder = prepare()
    (folder / "options").write_text(options, encoding="utf-8")
    try:
        yield
    finally:
        dispose(folder)


def _ensure_started(folder: Path) -> None:
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if (folder / "data" / "postmaster.pid").exists():
            return
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        data = folder / "data"
        _run(folder, "initdb", "--pgdata", data, "--username=postgres", "--auth=trust", "--no-sync", *_TEXT)
        chosen = (folder / "options").read_text(encoding="utf-8") if (folder / "options").exists() else SPEED
        options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c port={PORT} -c max_connections=200"
        _run(
            folder,
            "pg_ctl",
            "start",
            "--pgdata",
            data,
            "--wait",
            "--silent",
            "-o",
            f"{options} {chosen}",
            "--log",
            folder / "log",
        )


# Sorted by code point, as SQLite does.
_TEXT = ("--encoding=UTF8", "--locale=C.UTF-8")


def _run(folder: Path, program: str, *arguments: str | Path) -> None:
    command = [*_as_somebody(), _program(program), *arguments]
    # To a file, not a pipe: a server that has started keeps a pipe open for ever.
    with (folder / "output").open("w+") as output:
        done = subprocess.run(command, stdout=output, stderr=output, cwd=folder, check=False)
        output.seek(0)
        if done.returncode:
            raise RuntimeError(f"{program} failed: {output.read()}")


def _as_somebody() -> Sequence[str]:
    """PostgreSQL refuses to run as root: then its own user runs it."""
    if os.geteuid() != 0:
        return []
    user = pwd.getpwnam("postgres")
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


def _program(name: str) -> Path:
    if found := shutil.which(name):
        return Path(found)
    versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    if not versions:
        raise FileNotFoundError(f"PostgreSQL's {name} is missing. `make test` installs it.")
    return versions[-1]
