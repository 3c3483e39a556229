"""The demo: a cohort of twelve around today, made through the same services as everything else."""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from mentorcert.catalog import service as catalog
from mentorcert.catalog.models import ProgrammeVersion
from mentorcert.cohorts import queries as cohorts
from mentorcert.cohorts import service as enrolling
from mentorcert.cohorts.models import Cohort, Enrolment
from mentorcert.config import Settings
from mentorcert.db import writing
from mentorcert.demo import live
from mentorcert.demo.cast import COHORT, STAFF, TRAINEES, ZONE, ZONES
from mentorcert.demo.graded import Grading
from mentorcert.demo.study import Event, Studying
from mentorcert.evidence.service import Door, door
from mentorcert.files import Files
from mentorcert.people import addresses, passwords
from mentorcert.people import service as people
from mentorcert.people.models import Person
from mentorcert.permissions import EVERYWHERE, cohort_scope

PROGRAMME = "mentor-development"
WHO = "demo"


def load(session: Session, settings: Settings, files: Files, *, now: datetime) -> str:
    """Make the demo's people, cohort and past, once; gives a sentence about what there is now.

    It is the same every time but for the days, which lie around `now`.
    """
    if session.scalar(select(Cohort.id).where(Cohort.name == COHORT)):
        return "The demo is loaded already."
    start = live.season_start(now)
    began = start - timedelta(days=12)
    published = catalog.publish(session, files, settings.content, settings.rubrics, began, who=WHO)
    version = next(each for each in published.programmes if each.slug == PROGRAMME)
    writing(session)
    persons = _persons(session, began)
    cohort, enrolments = _cohort(session, version, persons, began)
    facilitator = persons["ines.duarte"].uuid
    season = live.lay_season(session, cohort, start, who=facilitator)
    mine = door(settings.iri_base)
    events = [
        *live.held_sessions(session, season, enrolments, mine, who=facilitator),
        *_study(session, cohort, enrolments, mine, dues={each.unit: each.prework_due_at for each in season}, now=now),
        *Grading(session, files, mine, persons, enrolments).events(now),
    ]
    _happen(events, now)
    return f"The demo is loaded: {COHORT}, {len(TRAINEES)} trainees, session 7 is next."


def _persons(session: Session, now: datetime) -> dict[str, Person]:
    """Everybody, by the first part of their address.

    Their accounts are open, with a password that nobody knows: one signs in as them from the demo's own list.
    """
    unknown = passwords.hashed(secrets.token_urlsafe(32))
    persons = {}
    for each in (*STAFF, *TRAINEES):
        office = people.office(session, each.office)
        person = people.create_person(
            session,
            f"{each.email}@{addresses.DEMO_DOMAIN}",
            each.name,
            zone=ZONES[each.office],
            office=office,
            who=WHO,
            now=now,
        )
        person.password_hash = unknown
        persons[each.email] = person
    return persons


def _cohort(
    session: Session, version: ProgrammeVersion, persons: Mapping[str, Person], now: datetime
) -> tuple[Cohort, dict[str, Enrolment]]:
    cohort = enrolling.create(session, COHORT, version, ZONE, who=WHO, now=now)
    for each in STAFF:
        scope = EVERYWHERE if each.everywhere else cohort_scope(cohort.uuid)
        people.grant(session, persons[each.email], each.role, scope, who=WHO, now=now)
    enrolments = {
        each.email: enrolling.enrol(session, cohort, persons[each.email], who=WHO, now=now) for each in TRAINEES
    }
    return cohort, enrolments


def _study(
    session: Session,
    cohort: Cohort,
    enrolments: Mapping[str, Enrolment],
    mine: Door,
    *,
    dues: dict[str, datetime],
    now: datetime,
) -> list[Event]:
    programme = cohorts.programme(session, cohort)
    studying = (
        Studying(session, programme, enrolments[each.email], each, mine.iri_base, Random(each.email))
        for each in TRAINEES
    )
    return [event for each in studying for event in each.events(dues, now)]


def _happen(events: list[Event], now: datetime) -> None:
    """Let everything happen in the order of time; nothing lies in the future."""
    for at, event in sorted(((min(at, now), event) for at, event in events), key=lambda pair: pair[0]):
        event(at)
