"""What is told to Prometheus: numbers of the store, the mail, the deliveries and the self-check. Nobody's name."""

import threading
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from mentorcert.evidence.service import Door
from mentorcert.outbox import OutboxRow
from mentorcert.upkeep import checking, requests
from xapi import tables
from xapi.delivery import letters, targets
from xapi.identity import indexed

HELD_FOR: Final = timedelta(minutes=1)
"""How long a process repeats how many statements there are, rather than count them again."""
_rows: Final = tables.statement.c


def exposition(session: Session, door: Door, *, now: datetime) -> bytes:
    """Return everything in Prometheus's text format."""
    registry = CollectorRegistry()
    registry.register(_Given([*_store(session, door, now), *_work(session, now), *_deliveries(session, now)]))
    requests.told(registry)
    return generate_latest(registry)


class _Given(Collector):
    """Metrics that are there already."""

    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = list(metrics)

    def collect(self) -> list[Metric]:
        return self._metrics


class _Held:
    """How many statements there are, counted once in a while: it takes longer the more there are."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counted: dict[str, tuple[datetime, int, int]] = {}

    def of(self, session: Session, door: Door, now: datetime) -> tuple[int, int]:
        """How many are our own, and how many other systems sent."""
        database = str(session.get_bind().engine.url)
        with self._lock:
            at, own, received = self._counted.get(database, (None, 0, 0))
            if at is None or not at <= now < at + HELD_FOR:
                total = session.scalar(select(func.count()).select_from(tables.statement)) or 0
                ours = _rows.authority_key == indexed(door.authority.key)
                own = session.scalar(select(func.count()).select_from(tables.statement).where(ours)) or 0
                received = total - own
                self._counted[database] = (now, own, received)
        return own, received


_held: Final = _Held()


def _store(session: Session, door: Door, now: datetime) -> Iterator[Metric]:
    newest = session.execute(select(func.max(_rows.sequence), func.max(_rows.stored))).one()
    stored = CounterMetricFamily("mentorcert_statements_stored", "Statements ever stored.")
    stored.add_metric([], newest[0] or 0)
    yield stored
    own, received = _held.of(session, door, now)
    held = GaugeMetricFamily("mentorcert_statements", "Statements held now, by who sent them.", labels=["source"])
    held.add_metric(["own"], own)
    held.add_metric(["received"], received)
    yield held
    if newest[1] is not None:
        yield _gauge("statement_newest_timestamp_seconds", "When the newest was stored.", newest[1].timestamp())
    yield _gauge("database_bytes", "The size of the database.", _bytes(session))
    yield from _self_check(session)


def _self_check(session: Session) -> Iterator[Metric]:
    yield _gauge("self_check_faults", "Faults that the self-check found; 0 is well.", checking.faults(session))
    check = checking.latest(session)
    if check is None or check.finished_at is None:
        return
    finished = check.finished_at.timestamp()
    yield _gauge("self_check_timestamp_seconds", "When a self-check last came to its end.", finished)
    yield _gauge("self_check_statements", "Statements that it looked at.", check.checked)


def _work(session: Session, now: datetime) -> Iterator[Metric]:
    """What waits for the worker, and what it gave up on."""
    counted = select(OutboxRow.state, func.count()).where(OutboxRow.state.in_(("waiting", "dead")))
    found = session.execute(counted.group_by(OutboxRow.state))
    states = {"waiting": 0, "dead": 0} | {row[0]: row[1] for row in found}
    rows = GaugeMetricFamily("mentorcert_outbox_rows", "Mail and other work that waits or is dead.", labels=["state"])
    for state, count in states.items():
        rows.add_metric([state], count)
    yield rows
    oldest = session.scalar(select(func.min(OutboxRow.next_at)).where(OutboxRow.state == "waiting"))
    late = max(0.0, (now - oldest).total_seconds()) if oldest else 0.0
    yield _gauge("outbox_late_seconds", "How long the oldest piece of work has been due.", late)


def _deliveries(session: Session, now: datetime) -> Iterator[Metric]:
    known = targets.every(session)
    lag, dead = targets.lag(session, known), letters.counts(session)
    names = ("lag_statements", "lag_seconds", "dead_letters", "running")
    told = {name: GaugeMetricFamily(f"mentorcert_delivery_{name}", _HELP[name], labels=["target"]) for name in names}
    for each in known:
        label, behind = [str(each.uuid)], lag[each.uuid]
        waiting = (now - behind.oldest).total_seconds() if behind.oldest else 0.0
        told["lag_statements"].add_metric(label, behind.statements)
        told["lag_seconds"].add_metric(label, max(0.0, waiting))
        told["dead_letters"].add_metric(label, dead.get(each.id, 0))
        told["running"].add_metric(label, float(each.state is targets.State.RUNNING))
    yield from told.values()


_HELP: Final = {
    "lag_statements": "Statements that a target may still get.",
    "lag_seconds": "How long the oldest of them has been stored.",
    "dead_letters": "Statements that a target refused.",
    "running": "1 while a target is sent to, 0 when it is paused or failing.",
}


def _bytes(session: Session) -> int:
    if session.get_bind().dialect.name == "postgresql":
        return session.scalar(text("SELECT pg_database_size(current_database())")) or 0
    pages, size = session.scalar(text("PRAGMA page_count")), session.scalar(text("PRAGMA page_size"))
    return (pages or 0) * (size or 0)


def _gauge(name: str, what: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"mentorcert_{name}", what, value=value)
