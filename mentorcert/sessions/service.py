"""The schedule of a cohort: laying a season, moving and changing its sessions, cancelling them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from mentorcert import audit
from mentorcert.cohorts import queries as cohorts
from mentorcert.cohorts.models import Cohort
from mentorcert.db import writing
from mentorcert.errors import Conflict, Fault, Invalid
from mentorcert.sessions import planning, queries, topics
from mentorcert.sessions.holding import hold, hold_open, touch
from mentorcert.sessions.models import LiveSession, Topic
from mentorcert.sessions.planning import Planned, Wish

MINUTES: Final = range(10, 481)
"""How long a session may be."""
REASON: Final = 300
"""The most characters of a reason."""


@dataclass(frozen=True, slots=True)
class Change:
    """What to change in a session; what is None stays as it is."""

    starts_at: datetime | None = None
    minutes: int | None = None
    due_at: datetime | None = None
    """When None and the session moves, the pre-work's due time moves with it."""
    place: str | None = None
    link: str | None = None
    topic: UUID | None = None
    scenario: str | None = None
    """The id of a scenario of the programme; empty for none."""


def lay_season(session: Session, cohort: UUID, wish: Wish, *, who: object, now: datetime) -> list[LiveSession]:
    """Make a cohort's sessions as its programme plans them, one a week.

    Raises Invalid that names everything wrong with the wish, Conflict when the cohort has sessions already.
    """
    writing(session)
    held = _hold_cohort(session, cohort)
    if session.scalar(select(LiveSession.id).where(LiveSession.cohort_id == held.id).limit(1)):
        raise Conflict("This cohort has its season already.", "Move or change the sessions that it has.")
    programme = cohorts.programme(session, held)
    planned = planning.plan(programme, held.zone, wish, now=now)
    known = topics.seed(session, programme.topics, now=now)
    laid = [_live(held, each, known[each.topic], wish) for each in planned]
    session.add_all(laid)
    session.flush()
    after = {"sessions": len(laid), "first": laid[0].starts_at.isoformat(), "last": laid[-1].starts_at.isoformat()}
    audit.record(session, now=now, who=who, action="season.lay", subject=f"cohort:{held.uuid}", after=after)
    return laid


def change(session: Session, uuid: UUID, wanted: Change, *, who: object, now: datetime) -> LiveSession:
    """Move or change a session.

    Raises Conflict when it is closed or cancelled, or its scenario was shown; Invalid when pre-work would be due after
    it, and for everything else that is wrong.
    """
    live = hold_open(session, uuid)
    values = _values(live, wanted)
    faults = [*_time_faults(live, values, now), *planning.place_faults(values["place"], values["link"])]
    if faults:
        raise Invalid("The session can't be changed like this.", "Correct what is named here.", faults)
    if wanted.topic is not None:
        _set_topic(live, queries.topic(session, wanted.topic))
    _set_scenario(session, live, wanted.scenario)
    before = {name: _plain(getattr(live, name)) for name, value in values.items() if getattr(live, name) != value}
    for name, value in values.items():
        setattr(live, name, value)
    touch(live)
    after = {name: _plain(values[name]) for name in before}
    subject = _subject(live)
    audit.record(session, now=now, who=who, action="session.change", subject=subject, before=before, after=after)
    return live


def cancel(session: Session, uuid: UUID, *, reason: str, who: object, now: datetime) -> LiveSession:
    """Call a session off. Raises Conflict when it is closed or called off already, Invalid without a reason."""
    live = hold_open(session, uuid)
    kept = fit_reason(reason)
    live.cancelled_at = now
    touch(live)
    audit.record(session, now=now, who=who, action="session.cancel", subject=_subject(live), reason=kept)
    return live


def bring_back(session: Session, uuid: UUID, *, who: object, now: datetime) -> LiveSession:
    """Take back that a session was called off; nothing happens when it was not."""
    live = hold(session, uuid)
    if live.cancelled_at is not None:
        live.cancelled_at = None
        touch(live)
        audit.record(session, now=now, who=who, action="session.bring-back", subject=_subject(live))
    return live


def choose(
    session: Session, uuid: UUID, scenario: str, topic: UUID | None = None, *, who: object, now: datetime
) -> LiveSession:
    """Choose what is played: a scenario of the programme, or none. Raises Conflict when one was shown already."""
    return change(session, uuid, Change(scenario=scenario, topic=topic), who=who, now=now)


def fit_reason(reason: str) -> str:
    """A reason as it is kept; raises Invalid when there is none, or far too much of it."""
    reason = " ".join(reason.split())
    if not reason or len(reason) > REASON:
        what, todo = "A reason is missing.", f"Write why, in up to {REASON} characters."
        raise Invalid(what, todo, [Fault("reason", what, todo)])
    return reason


def _hold_cohort(session: Session, uuid: UUID) -> Cohort:
    """The cohort, locked, so that two who lay its season at once make one."""
    session.execute(select(Cohort.id).where(Cohort.uuid == uuid).with_for_update())
    return cohorts.cohort(session, uuid)


def _live(cohort: Cohort, planned: Planned, topic: Topic, wish: Wish) -> LiveSession:
    return LiveSession(
        cohort_id=cohort.id,
        number=planned.number,
        unit=planned.unit,
        title=planned.title,
        starts_at=planned.starts_at,
        minutes=planned.minutes,
        prework_due_at=planned.due_at,
        place=wish.place,
        link=wish.link,
        topic_id=topic.id,
        scenario=planned.scenario,
    )


def _values(live: LiveSession, wanted: Change) -> dict[str, Any]:
    """The plain columns as they would be."""
    starts_at = wanted.starts_at or live.starts_at
    return {
        "starts_at": starts_at,
        "prework_due_at": wanted.due_at or live.prework_due_at + (starts_at - live.starts_at),
        "minutes": live.minutes if wanted.minutes is None else wanted.minutes,
        "place": live.place if wanted.place is None else wanted.place,
        "link": live.link if wanted.link is None else wanted.link,
    }


def _time_faults(live: LiveSession, values: dict[str, Any], now: datetime) -> list[Fault]:
    faults: list[Fault] = []
    if values["starts_at"] != live.starts_at:
        faults += planning.start_faults(values["starts_at"], now=now)
    if values["prework_due_at"] > values["starts_at"]:
        what = "Pre-work can't be due after the session it is for."
        faults.append(Fault("due_day", what, "Choose a time before the session starts."))
    if values["starts_at"] - values["prework_due_at"] > planning.FARTHEST:
        faults.append(Fault("due_day", "This is more than a year before the session.", "Look at the year again."))
    if values["minutes"] not in MINUTES:
        what = f"A session takes {MINUTES[0]} to {MINUTES[-1]} minutes."
        faults.append(Fault("minutes", what, "Choose another length."))
    return faults


def _set_topic(live: LiveSession, topic: Topic) -> None:
    if topic.archived_at is not None and topic.id != live.topic_id:
        what, todo = f"The topic “{topic.title}” is archived.", "Choose another one."
        raise Invalid(what, todo, [Fault("topic", what, todo)])
    live.topic_id = topic.id


def _set_scenario(session: Session, live: LiveSession, scenario: str | None) -> None:
    if scenario is None or scenario == live.scenario:
        return
    if live.revealed_at is not None:
        raise Conflict(
            "The scenario was shown already; another one can't take its place.", "Hide it first, if nobody has begun."
        )
    if scenario:
        cohorts.programme(session, live.cohort).scenario(scenario)
    live.scenario = scenario


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


def _subject(live: LiveSession) -> str:
    return f"session:{live.uuid}"
