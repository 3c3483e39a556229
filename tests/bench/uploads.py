"""Uploads over HTTP against `dd` writing the same file with fsync, and what a server's memory grows to meanwhile."""

import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from random import Random
from statistics import median
from threading import Event, Thread
from typing import cast
from uuid import UUID

from sqlalchemy import select

from mentorcert.cohorts.models import Enrolment
from mentorcert.db import db, own_transaction
from mentorcert.people.models import Person
from mentorcert.recordings import keeping, tus
from mentorcert.recordings.models import Recording
from mentorcert.recordings.uploads import PART
from tests import servers
from tests.bench.cohort import BASE, Place
from tests.browsing import Browser

ROOT = Path(__file__).parents[2]
MEGABYTE = 1024 * 1024
SIZE = 256 * MEGABYTE
ROUNDS = 3
AT_ONCE = 8
SMALLER = 64 * MEGABYTE
"""What each of several uploads at once has."""
SEEKS = 24


@dataclass(frozen=True)
class Uploaded:
    """Megabytes a second of both, how many times as long ours takes; megabytes of memory of the largest process."""

    ours: float
    dd: float
    ratio: float
    calm: float
    busy: float


@dataclass(frozen=True)
class Sender:
    """Somebody who is signed in, beside a server."""

    port: int
    enrolment: UUID
    headers: dict[str, str]

    def ask(self, line: HTTPConnection, method: str, path: str, body: bytes = b"", **headers: str) -> HTTPResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        line.request(method, path, body, self.headers | named)
        answer = line.getresponse()
        answer.read()
        return answer

    def send(self, parts: list[bytes]) -> float:
        """Send a file in parts, each with its checksum, and give it up again; gives the seconds that sending took."""
        sums = [f"sha256 {b64encode(sha256(each).digest()).decode()}" for each in parts]
        line = HTTPConnection("127.0.0.1", self.port)
        began = time.perf_counter()
        length = str(sum(map(len, parts)))
        made = self.ask(line, "POST", f"/enrolments/{self.enrolment}/uploads", Upload_Length=length)
        assert made.status == 201, made.status
        address, at = made.headers["Location"], 0
        for part, checksum in zip(parts, sums, strict=True):
            told = {"Content_Type": tus.PART_TYPE, "Upload_Offset": str(at), "Upload_Checksum": checksum}
            answer = self.ask(line, "PATCH", address, part, **told)
            assert answer.status == 204, answer.status
            at += len(part)
        seconds = time.perf_counter() - began
        assert self.ask(line, "DELETE", address).status == 204
        line.close()
        return seconds

    def seek(self, recording: UUID, seed: int) -> None:
        """Jump about in a recording."""
        line, random = HTTPConnection("127.0.0.1", self.port), Random(seed)
        for _ in range(SEEKS):
            start = random.randrange(SMALLER)
            line.request("GET", f"/recordings/{recording}/media", headers={**self.headers, "Range": f"bytes={start}-"})
            answer = line.getresponse()
            assert answer.status == 206
            answer.read(4 * MEGABYTE)
            line.close()


def measure(mine: Place, url: str, folder: Path) -> Uploaded:
    """Send a file alone, as fast as it goes; then several at once while others watch."""
    part = Random(1).randbytes(PART)
    parts = [part] * (SIZE // PART)
    recording = _recording(mine, part * (SMALLER // PART + 1))
    with _served(url, folder) as (port, pids):
        people = _people(mine, port)
        _together([partial(each.send, parts[:1]) for each in people])
        calm = _memory(pids)
        pairs = [(people[0].send(parts), _dd(part, folder)) for _ in range(ROUNDS)]
        some = parts[: SMALLER // PART]
        acts = [partial(each.send, some) for each in people]
        with _watched(pids) as held:
            _together([*acts, *(partial(people[0].seek, recording, seed) for seed in range(AT_ONCE))])
    return Uploaded(
        ours=median(SIZE / MEGABYTE / ours for ours, _ in pairs),
        dd=median(SIZE / MEGABYTE / dd for _, dd in pairs),
        ratio=median(ours / dd for ours, dd in pairs),
        calm=calm,
        busy=max(held),
    )


def _together(acts: Sequence[Callable[[], object]]) -> None:
    with ThreadPoolExecutor(len(acts)) as pool:
        for each in [pool.submit(act) for act in acts]:
            each.result()


def _dd(part: bytes, folder: Path) -> float:
    source, target = folder / "source", folder / "target"
    with source.open("wb") as written:
        written.writelines([part] * (SIZE // PART))
    command = ["dd", f"if={source}", f"of={target}", "bs=8M", "conv=fsync", "status=none"]
    began = time.perf_counter()
    subprocess.run(command, check=True)
    seconds = time.perf_counter() - began
    source.unlink()
    target.unlink()
    return seconds


def _recording(mine: Place, data: bytes) -> UUID:
    """Make a recording of the first person's that can be watched."""
    key, now = f"{keeping.FOLDER}/bench", datetime.now(UTC)
    mine.app.extensions["mentorcert"]["files"].put(key, data)
    with mine.app.app_context(), own_transaction(db.engine) as session:
        enrolment = session.scalars(select(Enrolment).where(Enrolment.uuid == mine.enrolments[0])).one()
        made = Recording(
            enrolment_id=enrolment.id,
            number=1,
            file_key=key,
            content_type="video/mp4",
            size=len(data),
            sha256=sha256(data).hexdigest(),
            seconds=1,
            mentee_name="Dana",
            consent_uses=["grading"],
            consent_at=now,
            submitted_at=now,
        )
        session.add(made)
        session.flush()
        return made.uuid


def _people(mine: Place, port: int) -> list[Sender]:
    """Sign as many in as send at once: the first of the cohort, each with an enrolment of their own."""
    with mine.app.app_context():
        of = select(Enrolment.uuid, Person).join(Person, Enrolment.person_id == Person.id)
        some = db.session.execute(of.where(Enrolment.uuid.in_(mine.enrolments[:AT_ONCE])).order_by(Enrolment.id)).all()
        db.session.expunge_all()
    return [_sender(mine, port, enrolment, person) for enrolment, person in some]


def _sender(mine: Place, port: int, enrolment: UUID, person: Person) -> Sender:
    client = cast("Browser", mine.app.test_client())
    client.sign_in(person)
    token = client.token("/me")
    cookie = client.get_cookie("mentorcert")
    assert cookie
    headers = {"Cookie": f"mentorcert={cookie.value}", "X-CSRFToken": token, "Tus-Resumable": tus.VERSION}
    return Sender(port, enrolment, headers)


@contextmanager
def _served(url: str, folder: Path) -> Iterator[tuple[int, list[int]]]:
    """Serve MentorCert; give its port and its processes."""
    port = servers.free_port()
    environ = {
        "MENTORCERT_DEVELOPMENT": "1",
        "MENTORCERT_DATA": str(folder),
        "MENTORCERT_DATABASE_URL": url,
        "MENTORCERT_IRI_BASE": BASE,
        "PYTHONPATH": str(ROOT),
        "MALLOC_ARENA_MAX": "2",  # as docs/operating.md has it
    }
    command = [sys.executable, "-m", "tests.bench.served", "mentorcert.serving:application", str(port)]
    with servers.serving(command, port, folder, environ) as (_, process):
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="ascii")
        yield port, [int(each) for each in children.split()]


def _memory(pids: list[int]) -> float:
    """Return the megabytes that the largest of these processes holds; what several share counts in equal parts."""
    rolled = [Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines() for pid in pids]
    return max(int(line.split()[1]) for each in rolled for line in each if line.startswith("Pss:")) / 1024


@contextmanager
def _watched(pids: list[int]) -> Iterator[list[float]]:
    """Give a list that fills with what they hold, twenty times a second."""
    held, over = [_memory(pids)], Event()

    def watch() -> None:
        while not over.wait(0.05):
            held.append(_memory(pids))

    watcher = Thread(target=watch)
    watcher.start()
    try:
        yield held
    finally:
        over.set()
        watcher.join()
