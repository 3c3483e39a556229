"""What a trainee is told of a round: their part, with whom, and once it is shown their own brief alone. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from mentorcert.catalog.programme import Scenario
from mentorcert.sessions.models import LiveSession, Part, Seat


@dataclass(frozen=True, slots=True)
class Briefing:
    """One person's place in a round."""

    round: int
    group: str
    """The letter of the group."""
    part: Part
    mentor: str
    """The first name, or the whole one where two at the table share it; so for the others."""
    mentee: str
    observers: tuple[str, ...]
    brief: str | None
    """What to play; None until the facilitator shows the scenario."""
    plays: str | None
    """Whom the mentee plays; None for other parts, and until the scenario is shown."""


def round_shown(live: LiveSession) -> int | None:
    """The round that people are told of: the one that is played, or the first before it starts; None without any."""
    number = max(live.round, 1)
    return number if number <= live.rounds and live.closed_at is None else None


def briefing(live: LiveSession, seats: Sequence[Seat], scenario: Scenario | None, enrolment: int) -> Briefing | None:
    """The place of one enrolment in the round that is shown; None when they have none. `seats` are of that round."""
    own = next((seat for seat in seats if seat.enrolment_id == enrolment), None)
    if own is None:
        return None
    table = [seat for seat in seats if seat.group == own.group]
    short = short_names([seat.enrolment.person.name for seat in table])
    cast = {part: [short[seat.enrolment.person.name] for seat in table if seat.part is part] for part in Part}
    shown = scenario if live.revealed_at is not None else None
    return Briefing(
        round=own.round,
        group=letter(own.group),
        part=own.part,
        mentor=cast[Part.MENTOR][0],
        mentee=cast[Part.MENTEE][0],
        observers=tuple(cast[Part.OBSERVER]),
        brief=_brief(shown, own.part) if shown else None,
        plays=shown.mentee.name if shown and own.part is Part.MENTEE else None,
    )


def letter(group: int) -> str:
    """A for the first group; AA follows Z."""
    letters = ""
    while group:
        group, rest = divmod(group - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def short_names(names: Sequence[str]) -> dict[str, str]:
    """The first name of each, or the whole one where two share the first."""
    first = Counter(name.partition(" ")[0] for name in names)
    return {name: start if first[start := name.partition(" ")[0]] == 1 else name for name in names}


def _brief(scenario: Scenario, part: Part) -> str:
    return {Part.MENTOR: scenario.mentor, Part.MENTEE: scenario.mentee.brief, Part.OBSERVER: scenario.observer}[part]
