"""The processes of a server start at the same moment, in a database that nobody has used."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from mentorcert import installation
from mentorcert.installation import Installation

STARTS = 8


def test_processes_that_start_at_once_agree_on_the_address(engine: Engine, now: datetime) -> None:
    together = Barrier(STARTS)

    def start(_number: int) -> None:
        with Session(engine) as session:
            session.scalar(select(Installation.iri_base))
            together.wait(30)
            installation.hold(session, "https://mentors.example.org", now=now)
            session.commit()

    with ThreadPoolExecutor(STARTS) as pool:
        list(pool.map(start, range(STARTS)))
    with Session(engine) as session:
        assert session.scalars(select(Installation.iri_base)).all() == ["https://mentors.example.org"]
