"""How far the store is consistent where nobody sends anything: then the newest `stored` says ever less about it.

A moment is promised, and `append` puts whatever comes after it. Any number of processes and machines may promise and
append: both do it in turn, and their clocks need not agree.
"""

from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from xapi.store import LOCK
from xapi.tables import promise as table


def promise(session: Session, through: datetime) -> None:
    """Have whatever comes stored later than this moment, so that the store is consistent through it.

    Needs a write transaction, and waits for nobody: on SQLite that transaction is the turn to write, on PostgreSQL
    nothing is promised while somebody appends. An earlier promise than the last one changes nothing.
    """
    connection = session.connection()
    postgresql = connection.dialect.name == "postgresql"
    if postgresql and not connection.exec_driver_sql(f"SELECT pg_try_advisory_xact_lock({LOCK})").scalar_one():
        return
    last = connection.execute(select(table.c.through)).scalar_one_or_none()
    if last is None:
        connection.execute(insert(table).values(id=1, through=through))
    elif last < through:
        connection.execute(update(table).values(through=through))
