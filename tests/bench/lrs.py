"""The store over HTTP against a bare application: both served alike, asked in turn, in the same run."""

import json
import os
import sys
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from mentorcert.db import db, own_transaction
from mentorcert.evidence.service import door
from tests import databases, servers
from tests.bench import bare, client, saying
from tests.bench.cohort import BASE, Place
from xapi import credentials, query
from xapi import vocabulary as v
from xapi.asking import asking

ROOT = Path(__file__).parents[2]
CONNECTIONS = 8
ROUNDS = 5
POSTS = {1: 50, 50: 4, 500: 1}
"""How many requests each connection sends in a round, by how many statements a request brings."""
GETS = 40
"""How often a round asks for each thing."""
LEARNER = {"account": {"homePage": saying.ELSEWHERE, "name": "learner-0001"}}


@dataclass(frozen=True)
class Server:
    """One of the two."""

    port: int
    pids: list[int]
    headers: dict[str, str]
    path: str


@dataclass(frozen=True)
class Post:
    """Statements a second of both, their ratio, milliseconds of processor time a request, SQL statements a request."""

    ours: float
    bare: float
    ratio: float
    cpu: float
    bare_cpu: float
    queries: int


@dataclass(frozen=True)
class Get:
    """Milliseconds of both and how many times the bare one ours takes: over HTTP, and in SQL alone."""

    ours: float
    bare: float
    ratio: float
    sql: float
    queries: int


class Pair:
    """MentorCert and the bare application, each with its server and its database."""

    def __init__(self, mine: Place, ours: Server, theirs: Server, bare_url: str) -> None:
        self.mine, self.ours, self.theirs, self.bare_url = mine, ours, theirs, bare_url
        with mine.app.app_context(), Session(db.engine) as session:
            enrolled = door(BASE).judge.enrolled(session, mine.enrolments)
        people = [(each.person, registration) for registration, each in enrolled.items()]
        lessons = [iri for each in enrolled.values() for iri, verbs in each.lessons.items() if v.COMPLETED in verbs]
        self._said = saying.statements(people, lessons)
        self.last: dict[str, Any] = {}

    def posts(self, batch: int) -> Post:
        """Send statements, `batch` a request."""
        rounds = [self._post_round(batch) for _ in range(ROUNDS + 1)][1:]
        requests, sent = CONNECTIONS * POSTS[batch], CONNECTIONS * POSTS[batch] * batch
        return Post(
            ours=median(sent / ours for ours, _, _, _ in rounds),
            bare=median(sent / bare for _, bare, _, _ in rounds),
            ratio=median(bare / ours for ours, bare, _, _ in rounds),
            cpu=median(cpu for _, _, cpu, _ in rounds) / requests * 1000,
            bare_cpu=median(cpu for _, _, _, cpu in rounds) / requests * 1000,
            queries=self._queries("POST", self.ours.path, lambda: saying.body(list(islice(self._said, batch)))),
        )

    def gets(self) -> Iterator[tuple[str, Get]]:
        """Ask for one statement, somebody's passed ones, the newest hundred, a hundred of a course."""
        course = {"activity": saying.COURSE, "related_activities": "true", "limit": "100"}
        passed = {"agent": json.dumps(LEARNER), "verb": v.PASSED, "limit": "100"}
        agent = f"account:{saying.ELSEWHERE}|learner-0001"
        uuid = self.last["id"]
        yield "by id", self._get({"statementId": uuid}, "id", [uuid.replace("-", "")])
        yield "agent and verb", self._get(passed, "agent", [agent, v.PASSED])
        yield "newest page", self._get({"limit": "100"}, "newest", [])
        yield "related activity", self._get(course, "related", [saying.COURSE])

    def _post_round(self, batch: int) -> tuple[float, float, float, float]:
        queues = [[list(islice(self._said, batch)) for _ in range(POSTS[batch])] for _ in range(CONNECTIONS)]
        self.last = queues[0][0][0]
        bodies = [[saying.body(some) for some in queue] for queue in queues]
        ours, cpu = self._posted(self.ours, bodies)
        theirs, their_cpu = self._posted(self.theirs, bodies)
        return ours, theirs, cpu, their_cpu

    def _posted(self, server: Server, bodies: list[list[bytes]]) -> tuple[float, float]:
        queues = [[client.request("POST", server.path, server.headers, each) for each in queue] for queue in bodies]
        before = _cpu(server.pids)
        answered = client.send(server.port, queues)
        assert not answered.refused, f"{answered.refused} requests were refused"
        return answered.seconds, _cpu(server.pids) - before

    def _get(self, parameters: dict[str, str], name: str, values: list[str]) -> Get:
        path = f"{self.ours.path}?{urlencode(parameters)}"
        bare_path = f"{self.theirs.path}?{urlencode([('by', name), *(('with', each) for each in values)])}"
        pairs = [(_asked(self.ours, path), _asked(self.theirs, bare_path)) for _ in range(ROUNDS + 1)][1:]
        return Get(
            ours=median(ours for ours, _ in pairs) * 1000,
            bare=median(theirs for _, theirs in pairs) * 1000,
            ratio=median(ours / theirs for ours, theirs in pairs),
            sql=self._sql(parameters, name, values),
            queries=self._queries("GET", path),
        )

    def _sql(self, parameters: dict[str, str], name: str, values: list[str]) -> float:
        """How many times the bare query the store's own takes, both by the driver: the first question that it asks."""
        asked = query.read(parameters.items())
        run, said = bare.connect(self.bare_url)(), list[tuple[str, Any]]()
        with self.mine.app.app_context(), asking(db.engine) as asker:
            with databases.overheard(db.engine, lambda *each: said.append(each)):
                query.find(asker, asked)
            ours = [_timed(lambda: asker.driver.execute(*said[0]).fetchall()) for _ in range(GETS)]
            theirs = [_timed(lambda: bare.select(run, name, values)) for _ in range(GETS)]
        return median(ours) / median(theirs)

    def _queries(self, method: str, path: str, body: Callable[[], bytes] = bytes) -> int:
        """How many SQL statements one request takes: asked without a server, the second time."""
        tester = self.mine.app.test_client()
        with self.mine.app.app_context():
            engine = db.engine
        tester.open(path, method=method, headers=self.ours.headers, data=body())
        with databases.counted(engine) as said:
            answer = tester.open(path, method=method, headers=self.ours.headers, data=body())
        assert answer.status_code == 200, answer.text
        return len(said)


@contextmanager
def pair(mine: Place, url: str, bare_url: str, folder: Path) -> Iterator[Pair]:
    """Serve MentorCert, which `mine` is a place in, and the bare application on its own database with tables."""
    os.environ[bare.URL] = bare_url
    databases.make_tables(bare_url)
    # Once, before anybody else is connected: who switches to WAL beside others is told that the file is locked.
    bare.connect(bare_url)().execute("PRAGMA journal_mode = WAL" if bare.is_sqlite() else "CREATE SEQUENCE bare")
    with mine.app.app_context(), own_transaction(db.engine) as session:
        made, secret = credentials.create(
            session,
            label="bench",
            scopes={"statements/write", "statements/read", "define"},
            programmes=["mentor-development"],
            now=datetime.now(UTC),
        )
    environ = {
        "MENTORCERT_DEVELOPMENT": "1",
        "MENTORCERT_DATA": str(folder),
        "MENTORCERT_DATABASE_URL": url,
        "MENTORCERT_IRI_BASE": BASE,
        "PYTHONPATH": str(ROOT),
        bare.URL: bare_url,
    }
    signed = b64encode(f"{made.key}:{secret}".encode()).decode()
    json_type = {"Content-Type": "application/json"}
    headers = {"Authorization": f"Basic {signed}", "X-Experience-API-Version": "2.0.0", **json_type}
    with ExitStack() as open_ones:
        ours = open_ones.enter_context(_served("mentorcert.serving:application", folder, environ))
        theirs = open_ones.enter_context(_served("tests.bench.bare:application", folder / "bare", environ))
        yield Pair(
            mine,
            Server(ours[0], ours[1], headers, "/xapi/statements"),
            Server(theirs[0], theirs[1], json_type, "/statements"),
            bare_url,
        )


@contextmanager
def _served(target: str, folder: Path, environ: dict[str, str]) -> Iterator[tuple[int, list[int]]]:
    folder.mkdir(exist_ok=True)
    port = servers.free_port()
    command = [sys.executable, "-m", "tests.bench.served", target, str(port)]
    with servers.serving(command, port, folder, environ) as (_, process):
        yield port, _family(process.pid)


def _asked(server: Server, path: str) -> float:
    answered = client.send(server.port, [[client.request("GET", path, server.headers)] * GETS])
    assert not answered.refused, f"{answered.refused} requests were refused"
    return median(answered.each)


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _family(pid: int) -> list[int]:
    """Return a process and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return [pid, *map(int, children)]


def _cpu(pids: list[int]) -> float:
    """Return the seconds of processor time that processes have taken: their own, and the kernel's for them."""
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")
