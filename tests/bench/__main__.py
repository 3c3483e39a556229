"""`python -m tests.bench`: what the door and the pages cost, as ratios, on SQLite and on PostgreSQL."""

import platform
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from mentorcert.db import db
from tests import postgres
from tests.bench import agreement, door, grading, lrs, pages, uploads
from tests.bench.cohort import place

SIZES = (20, 2000)
ENROLMENTS = 200
"""How many there are beside the door."""
GRADED_TWICE = 5000
HANDED_IN = 5000


def main() -> None:
    """Measure everything and print it."""
    print(f"Python {platform.python_version()}, {platform.machine()}. Medians; x is how many times the yardstick.")
    with TemporaryDirectory(prefix="mentorcert-bench-") as folder, postgres.server(postgres.DURABLE):
        print("\nThe store over HTTP, two processes, eight connections; a third of the statements are evidence.")
        print("Yardstick: a bare Flask application, served alike, that inserts and selects the same rows.\n")
        print(f"{'':34}{'x':>6}{'ours/s':>9}{'bare/s':>9}{'CPU ms':>13}{'bare':>10}{'SQL':>8}")
        for kind in ("sqlite", "postgresql"):
            _measure_store(kind, Path(folder))
        print("\nThe door: parse, validate, store, fold, commit; a third of the statements are of real enrolments.")
        print("Yardstick: the same rows by the driver's executemany, in the same batches, with the same commits.\n")
        print(f"{'':34}{'x':>6}{'door/s':>9}{'bare/s':>9}{'CPU ms/call':>13}{'SQL/call':>10}")
        for kind in ("sqlite", "postgresql"):
            for batch in door.CALLS:
                _measure_door(kind, batch, Path(folder))
        print("\nPages, through the application with a session, as somebody signed in.")
        print("Yardstick: a bare page of the same application that extends base.html and has as many rows.\n")
        print(f"{'':34}{'x':>6}{'page ms':>9}{'bare ms':>9}{'rows':>6}{'kB':>6}{'SQL':>5}")
        for kind in ("sqlite", "postgresql"):
            for size in SIZES:
                _measure_pages(kind, size, Path(folder))
            _measure_grading(kind, Path(folder))
        print("\nAgreement of coaches: 5,000 recordings graded by two each, every number and interval of its page.")
        print("Yardstick: reading the same assessments and marks by the driver.\n")
        print(f"{'':34}{'x':>6}{'ours s':>9}{'bare s':>9}{'SQL':>6}")
        for kind in ("sqlite", "postgresql"):
            _measure_agreement(kind, Path(folder))
        print(
            "\nA recording of 256 MB in parts of 8 MiB with their checksums; then eight at once while eight jump about."
        )
        print("Yardstick: dd writing the same file with fsync. Memory is the most that one of two processes held.\n")
        print(f"{'':34}{'x':>6}{'MB/s':>9}{'dd MB/s':>9}{'calm MB':>13}{'busy MB':>10}")
        for kind in ("sqlite", "postgresql"):
            _measure_uploads(kind, Path(folder))


def _measure_uploads(kind: str, folder: Path) -> None:
    own = folder / f"uploads-{kind}"
    with _database(kind, folder) as url, place(url, own, 20) as mine:
        found = uploads.measure(mine, url, own)
    print(
        f"{kind:34}{found.ratio:>6.1f}{found.ours:>9.0f}{found.dd:>9.0f}{found.calm:>13.0f}{found.busy:>10.0f}",
        flush=True,
    )


def _measure_door(kind: str, batch: int, folder: Path) -> None:
    with (
        _database(kind, folder) as url,
        place(url, folder, ENROLMENTS) as mine,
        _database(kind, folder, "bare") as other,
        place(other, folder, ENROLMENTS) as bare,
        bare.app.app_context(),
    ):
        found = door.throughput(mine, db.engine, batch)
    print(
        f"{kind:12}{batch:>3} a call{'':12}{found.ratio:>6.1f}{found.door:>9.0f}{found.bare:>9.0f}"
        f"{found.cpu_ms:>13.2f}{found.queries:>10.1f}",
        flush=True,
    )


def _measure_store(kind: str, folder: Path) -> None:
    with (
        _database(kind, folder) as url,
        place(url, folder / kind, ENROLMENTS) as mine,
        _database(kind, folder, "bare") as other,
        lrs.pair(mine, url, other, folder / kind) as both,
    ):
        for batch in lrs.POSTS:
            made = both.posts(batch)
            print(
                f"{kind:12}POST {batch:>3}{'':14}{made.ratio:>6.2f}{made.ours:>9.0f}{made.bare:>9.0f}"
                f"{made.cpu:>13.2f}{made.bare_cpu:>10.2f}{made.queries:>8}",
                flush=True,
            )
        for name, asked in both.gets():
            print(
                f"{kind:12}GET {name:18}{asked.ratio:>6.2f}{asked.ours:>9.2f}{asked.bare:>9.2f}"
                f"{asked.sql:>13.2f}{'':10}{asked.queries:>8}",
                flush=True,
            )


def _measure_pages(kind: str, size: int, folder: Path) -> None:
    with _database(kind, folder) as url, place(url, folder, size) as mine:
        pages.add_bare_page(mine)
        for name, measure in (("trainee home", pages.home), ("cohort", pages.board)):
            _print_page(kind, name, size, measure(mine))


def _measure_grading(kind: str, folder: Path) -> None:
    with _database(kind, folder) as url, place(url, folder, ENROLMENTS) as mine:
        pages.add_bare_page(mine)
        for name, found in zip(("queue", "bench"), grading.measure(mine, HANDED_IN), strict=True):
            _print_page(kind, name, HANDED_IN, found)


def _print_page(kind: str, name: str, size: int, found: pages.Rendering) -> None:
    print(
        f"{kind:12}{name:14}{size:>5}   {found.ratio:>6.1f}{found.page:>9.1f}{found.bare:>9.1f}"
        f"{found.rows:>6}{found.kilobytes:>6}{found.queries:>5}",
        flush=True,
    )


def _measure_agreement(kind: str, folder: Path) -> None:
    with _database(kind, folder) as url, place(url, folder, ENROLMENTS) as mine, mine.app.app_context():
        agreement.fill(db.session(), mine.cohort, GRADED_TWICE)
        db.session.remove()
        found = agreement.measure(db.engine)
    print(
        f"{kind:12}{2 * GRADED_TWICE:>6} assessments{'':4}{found.ratio:>6.1f}{found.ours:>9.2f}{found.bare:>9.2f}"
        f"{found.queries:>6}",
        flush=True,
    )


@contextmanager
def _database(kind: str, folder: Path, name: str = "bench") -> Iterator[str]:
    """Give the URL of an empty database."""
    if kind == "postgresql":
        yield postgres.fresh_database(name)
        return
    with TemporaryDirectory(dir=folder) as own:
        yield f"sqlite:///{own}/{name}.sqlite"


if __name__ == "__main__":
    main()
