"""Running a session: who is here, the scenario, the groups, the clock.

What depends on the round takes the round that its page showed: a page that is out of date says so, and does nothing.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from mentorcert import audit
from mentorcert.cohorts import queries as cohorts
from mentorcert.cohorts.models import Enrolment
from mentorcert.errors import Conflict, NotFound
from mentorcert.evidence.iris import Iris
from mentorcert.sessions import queries, rotation
from mentorcert.sessions.holding import hold_open, touch
from mentorcert.sessions.models import LiveSession, Part, Presence, Seat

ROUNDS: Final = range(1, 7)
"""How many rounds can be dealt."""
ROUND_MINUTES: Final = 10
"""How long a round is without a scenario."""


@dataclass(frozen=True, slots=True)
class Dealt:
    """What came of dealing: how many groups there are, and who is here and could not be given a place."""

    groups: int
    locked: tuple[str, ...]
    """The names of those who have not acknowledged the orientation."""


def check_in(session: Session, uuid: UUID, enrolments: Collection[UUID], *, now: datetime) -> None:
    """Say that people are here; nothing happens for those who are. Raises NotFound for somebody of another cohort."""
    live = hold_open(session, uuid)
    here = set(session.scalars(select(Presence.enrolment_id).where(Presence.live_session_id == live.id)))
    coming = [each for each in _of_cohort(session, live, enrolments) if each.id not in here]
    session.add_all(Presence(live_session_id=live.id, enrolment_id=each.id, here_at=now) for each in coming)
    if coming:
        touch(live)


def check_out(session: Session, uuid: UUID, enrolments: Collection[UUID]) -> None:
    """Take back that people are here; nothing happens for those who are not."""
    live = hold_open(session, uuid)
    going = [each.id for each in _of_cohort(session, live, enrolments)]
    session.execute(
        delete(Presence).where(Presence.live_session_id == live.id, Presence.enrolment_id.in_(going)),
        execution_options={"synchronize_session": "fetch"},
    )
    touch(live)


def reveal(session: Session, uuid: UUID, scenario: str, *, who: object, now: datetime) -> LiveSession:
    """Show a scenario to the trainees. Raises Conflict when another one was chosen meanwhile, or none is."""
    live = hold_open(session, uuid)
    if not live.scenario:
        raise Conflict("No scenario is chosen yet.", "Choose one, then show it.")
    if live.scenario != scenario:
        title = cohorts.programme(session, live.cohort).scenario(live.scenario).title
        raise Conflict(f"Another scenario was chosen meanwhile: {title}.", "Look at it, then show it.")
    if live.revealed_at is None:
        live.revealed_at = now
        touch(live)
        subject, after = f"session:{live.uuid}", {"scenario": scenario}
        audit.record(session, now=now, who=who, action="session.reveal", subject=subject, after=after)
    return live


def hide(session: Session, uuid: UUID, *, who: object, now: datetime) -> LiveSession:
    """Take a shown scenario back, as long as nobody has begun to play it. Raises Conflict afterwards."""
    live = hold_open(session, uuid)
    if live.round:
        raise Conflict("The first round has begun; the scenario is known now.", "Play it to the end.")
    if live.revealed_at is not None:
        live.revealed_at = None
        touch(live)
        audit.record(session, now=now, who=who, action="session.hide", subject=f"session:{live.uuid}")
    return live


def deal(session: Session, uuid: UUID, iris: Iris, *, rounds: int, at_round: int) -> Dealt:
    """Give those who are here, and have acknowledged the orientation, groups and parts for so many rounds.

    Rounds that were played stay as they were. Raises Conflict when there are fewer than two to play, or the page that
    asked was out of date.
    """
    live = hold_open(session, uuid)
    _expect(live, at_round)
    if rounds not in ROUNDS or rounds < live.round:
        raise Conflict(
            f"{rounds} rounds can't be dealt.", f"Choose a number from {max(live.round, 1)} to {ROUNDS[-1]}."
        )
    if live.round > live.rounds:
        raise Conflict("All rounds are played.", "Talk it over, then close the session.")
    here = [presence.enrolment for presence in queries.presences(session, live)]
    programme = cohorts.programme(session, live.cohort)
    missing = queries.unacknowledged(session, programme, [each.uuid for each in here], iris)
    ready = [each for each in here if each.uuid not in missing]
    locked = tuple(each.person.name for each in here if each.uuid in missing)
    _refuse_too_few(ready, locked)
    _seat(session, live, ready, range(max(live.round, 1), rounds + 1))
    live.rounds = rounds
    touch(live)
    return Dealt(len(rotation.sizes(len(ready))), locked)


def go_on(session: Session, uuid: UUID, *, at_round: int, now: datetime) -> LiveSession:
    """Begin the next round; after the last one, the talk. Raises Conflict without groups or from an old page."""
    live = hold_open(session, uuid)
    _expect(live, at_round)
    if not live.rounds:
        raise Conflict("There are no groups yet.", "Deal them, then start the round.")
    if live.round > live.rounds:
        raise Conflict("All rounds are played.", "Talk it over, then close the session.")
    live.round += 1
    live.paused_seconds = None
    live.round_ends_at = now + round_length(session, live) if live.round <= live.rounds else None
    touch(live)
    return live


def extend(session: Session, uuid: UUID, *, at_round: int, now: datetime) -> LiveSession:
    """Give the round a minute more, from now when its time was up. Raises Conflict when none is being played."""
    live = _playing(session, uuid, at_round)
    if live.round_ends_at is None:
        live.paused_seconds = (live.paused_seconds or 0) + 60
    else:
        live.round_ends_at = max(live.round_ends_at, now) + timedelta(minutes=1)
    touch(live)
    return live


def pause(session: Session, uuid: UUID, *, at_round: int, now: datetime) -> LiveSession:
    """Stop the clock; nothing happens when it stands. Raises Conflict when no round is being played."""
    live = _playing(session, uuid, at_round)
    if live.round_ends_at is not None:
        live.paused_seconds = seconds_left(live, now)
        live.round_ends_at = None
        touch(live)
    return live


def resume(session: Session, uuid: UUID, *, at_round: int, now: datetime) -> LiveSession:
    """Let the clock run on; nothing happens when it runs. Raises Conflict when no round is being played."""
    live = _playing(session, uuid, at_round)
    if live.round_ends_at is None:
        live.round_ends_at = now + timedelta(seconds=live.paused_seconds or 0)
        live.paused_seconds = None
        touch(live)
    return live


def round_length(session: Session, live: LiveSession) -> timedelta:
    """How long a round of a session is: what its scenario says."""
    if not live.scenario:
        return timedelta(minutes=ROUND_MINUTES)
    return timedelta(minutes=cohorts.programme(session, live.cohort).scenario(live.scenario).minutes)


def seconds_left(live: LiveSession, now: datetime) -> int:
    """How much of the round is left, in whole seconds; never below nought."""
    if live.round_ends_at is None:
        return live.paused_seconds or 0
    return max(0, round((live.round_ends_at - now).total_seconds()))


def _of_cohort(session: Session, live: LiveSession, wanted: Collection[UUID]) -> list[Enrolment]:
    query = select(Enrolment).where(
        Enrolment.cohort_id == live.cohort_id, Enrolment.archived_at.is_(None), Enrolment.uuid.in_(wanted)
    )
    found = list(session.scalars(query))
    if len(found) < len(set(wanted)):
        raise NotFound("Somebody here is not in this cohort.", "Load the page again.")
    return found


def _expect(live: LiveSession, at_round: int) -> None:
    if live.round == at_round:
        return
    if live.round > live.rounds:
        raise Conflict("The rounds are over already.", "This is how the session stands now.")
    raise Conflict(f"Round {live.round} has begun already.", "This is how the session stands now.")


def _playing(session: Session, uuid: UUID, at_round: int) -> LiveSession:
    live = hold_open(session, uuid)
    _expect(live, at_round)
    if not 1 <= live.round <= live.rounds:
        raise Conflict("No round is being played.", "Start one first.")
    return live


def _refuse_too_few(ready: Sequence[Enrolment], locked: Sequence[str]) -> None:
    if len(ready) >= 2:
        return
    who = f"Only {ready[0].person.name} can play now." if ready else "Nobody can play now."
    why = f" {_names(locked)} must acknowledge the orientation first." if locked else ""
    raise Conflict(f"Role-play takes two people. {who}", f"Check in who is here.{why}")


def _names(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _seat(session: Session, live: LiveSession, ready: Sequence[Enrolment], rounds: Sequence[int]) -> None:
    met, played = _history(queries.sat_before(session, live))
    seed = live.id * 1009 + live.revision
    places = rotation.deal([each.id for each in ready], rounds, met=met, played=played, seed=seed)
    session.execute(
        delete(Seat).where(Seat.live_session_id == live.id, Seat.round >= rounds[0]),
        execution_options={"synchronize_session": "fetch"},
    )
    session.add_all(
        Seat(live_session_id=live.id, round=each.round, group=each.group, enrolment_id=each.person, part=each.part)
        for each in places
    )


def _history(sat: Collection[queries.Sat]) -> tuple[Counter[frozenset[int]], Counter[tuple[int, Part]]]:
    """How often who met whom, counted once a session, and how often who played what."""
    groups: dict[tuple[int, int], set[int]] = {}
    for each in sat:
        groups.setdefault((each.session, each.group), set()).add(each.person)
    met = Counter(frozenset(pair) for people in groups.values() for pair in combinations(sorted(people), 2))
    return met, Counter((each.person, each.part) for each in sat)
