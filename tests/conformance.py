"""`python -m tests.conformance <checkout>`: ADL's conformance suite against a server of ours, in both versions.

The checkout is adlnet/lrs-conformance-test-suite with its packages installed (`npm ci` there). `DATABASE=postgresql`
runs on PostgreSQL, `GREP=…` runs only tests of that name. Judged by the log's summary: the suite's exit code is no
measure, and a hook that fails hides the tests behind it.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from tests import databases, postgres
from tests.servers import free_port, serving
from tests.xapi.lrs_app import make_key

ROOT: Final = Path(__file__).resolve().parent.parent
TESTS: Final = {"1.0.3": 1365, "2.0.0": 1442}
"""How many tests there are for each version: fewer, and something went wrong before they ran."""
_LOG: Final = re.compile(r"Full run log written to (.+\.log)")


@dataclass(frozen=True)
class Outcome:
    """What came of one version: counts, and the names of what failed, with the reason."""

    total: int
    passed: int
    failures: list[str]


@dataclass(frozen=True)
class Target:
    """Where the suite finds the server, and the key that it uses."""

    address: str
    key: tuple[str, str]
    log: Path
    """What the server printed."""


def main() -> None:
    """Run both versions and print what came of them. Exits with 1 unless all has passed."""
    if len(sys.argv) != 2 or not (Path(sys.argv[1]) / "bin" / "console_runner.js").exists():
        raise SystemExit("Say where the suite is: make conformance SUITE=<checkout of lrs-conformance-test-suite>")
    suite, kind, grep = Path(sys.argv[1]), os.environ.get("DATABASE", "sqlite"), os.environ.get("GREP", "")
    with TemporaryDirectory(prefix="mentorcert-conformance-") as folder, _target(kind, Path(folder)) as target:
        good = [_told(version, kind, _run(suite, version, target, grep), bool(grep)) for version in TESTS]
        faults = target.log.read_text(encoding="utf-8", errors="replace").count("Traceback")
    if faults:
        print(f"The server logged {faults} tracebacks.")
    raise SystemExit(0 if all(good) and not faults else 1)


@contextmanager
def _target(kind: str, folder: Path) -> Iterator[Target]:
    """Give a server as an operator starts it, on an empty database."""
    with _database(kind, folder) as url:
        databases.make_tables(url)
        with databases.engine_for(url) as engine:
            key = make_key(engine, datetime.now(UTC), "all")
        port = free_port()
        served = ("--interface", "wsgi", "--workers", "2", "--blocking-threads", "32", "--port", str(port))
        granian = str(Path(sys.executable).with_name("granian"))
        command = [granian, *served, "--working-dir", str(ROOT), "wsgi:app"]
        with serving(command, port, folder, _settings(url)) as (address, _process):
            yield Target(f"{address}/xapi", key, folder / "server.log")


@contextmanager
def _database(kind: str, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{folder}/conformance.sqlite"
        return
    with postgres.server():
        yield postgres.fresh_database("conformance")


def _settings(url: str) -> Mapping[str, str]:
    return {
        "MENTORCERT_DATABASE_URL": url,
        "MENTORCERT_SECRET_KEY": "a secret of thirty-two characters",
        "MENTORCERT_IRI_BASE": "https://mentors.example.org",
    }


def _run(suite: Path, version: str, target: Target, grep: str) -> Outcome:
    key, secret = target.key
    command = [
        "node",
        "bin/console_runner.js",
        "-e",
        target.address,
        "-x",
        version,
        "-a",
        "-u",
        key,
        "-p",
        secret,
        "-z",
    ]
    if grep:
        command += ["-g", grep]
    done = subprocess.run(command, cwd=suite, capture_output=True, text=True, check=False)
    found = _LOG.search(done.stdout)
    if found is None:
        raise SystemExit(f"The suite did not come to its end:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    record = json.loads(Path(found.group(1)).read_text(encoding="utf-8"))
    summary = record["summary"]
    return Outcome(summary["total"] or 0, summary["passed"] or 0, list(_failures(record.get("log"))))


def _failures(test: dict[str, Any] | None) -> Iterator[str]:
    """Give what failed below `test`; a suite fails with its tests, and only they say why."""
    if not test or test.get("status") != "failed":
        return
    if test.get("error"):
        yield f"{test['title']}\n      {test['error']}"
    for each in test.get("tests", ()):
        yield from _failures(each)


def _told(version: str, kind: str, outcome: Outcome, some: bool) -> bool:
    """Print what came of a version; gives whether all has passed."""
    print(f"xAPI {version} on {kind}: {outcome.passed} of {outcome.total} passed.", flush=True)
    for failure in outcome.failures:
        print(f"  - {failure}")
    return outcome.passed == outcome.total and (some or outcome.total >= TESTS[version])


if __name__ == "__main__":
    main()
