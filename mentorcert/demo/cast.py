"""The people of the demo, all invented: who they are, where they work, and how far each has come."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from mentorcert.permissions import Role

ORGANISATION: Final = "Harbourline Group"
COHORT: Final = "Autumn mentors"
ZONE: Final = "Europe/Lisbon"
"""The wall clock of the cohort."""

ZONES: Final = {"Lisbon": "Europe/Lisbon", "Leeds": "Europe/London", "Łódź": "Europe/Warsaw"}
"""The offices, and the clock in each."""


@dataclass(frozen=True, slots=True)
class Staff:
    """Somebody who works with the cohort, or for the whole installation."""

    name: str
    email: str
    office: str
    role: Role
    everywhere: bool = False


class Recorded(StrEnum):
    """What became of a trainee's recording."""

    NOT_YET = "not handed in"
    WAITING = "waits in the queue"
    TAKEN = "a coach works on it"
    FAILED = "graded, and not passed"
    PASSED = "graded, and passed"
    CERTIFIED = "passed, and certified"


@dataclass(frozen=True, slots=True)
class Trainee:
    """A trainee, and how far they have come by today, in the week before session 7."""

    name: str
    email: str
    office: str
    done: tuple[str, ...]
    """The units whose pre-work is complete."""
    attended: tuple[int, ...]
    """The sessions of the first six that they took part in."""
    begun: dict[str, int] = field(default_factory=dict)
    """Units that are under way, and how many steps of each are done."""
    film_left_at: int = 0
    """Where the film in the last of those was left, in seconds; 0 for nowhere."""
    recorded: Recorded = Recorded.NOT_YET
    practise: str = ""
    """What they want to practise in session 7."""


UNITS: Final = ("role", "empathy", "emotions", "questions", "strengths", "feedback", "difficult", "thinking")
_ALL: Final = (1, 2, 3, 4, 5, 6)

STAFF: Final = (
    Staff("Ines Duarte", "ines.duarte", "Lisbon", Role.FACILITATOR),
    Staff("Tomasz Wrona", "tomasz.wrona", "Łódź", Role.COACH),
    Staff("Priya Raman", "priya.raman", "Leeds", Role.COACH),
    Staff("Helena Brandt", "helena.brandt", "Lisbon", Role.MANAGER, everywhere=True),
    Staff("Ruth Adeyemi", "ruth.adeyemi", "Leeds", Role.ADMINISTRATOR, everywhere=True),
)

TRAINEES: Final = (
    # Away in week 2: unit 2 and one more session are all that she lacks before her recording.
    Trainee("Amara Okafor", "amara.okafor", "Lisbon", tuple(u for u in UNITS if u != "empathy"), (1, 3, 4, 5, 6)),
    Trainee("Ben Castell", "ben.castell", "Leeds", UNITS[:7], _ALL, practise="Not softening it until it is gone."),
    Trainee("Chiara Lenz", "chiara.lenz", "Łódź", UNITS[:6], (1, 2, 3, 4, 6), begun={"difficult": 1}),
    Trainee("Daniel Osei", "daniel.osei", "Leeds", UNITS[:6], (1, 2, 4, 5, 6), begun={"difficult": 3}),
    Trainee("Elin Voss", "elin.voss", "Łódź", UNITS, _ALL, recorded=Recorded.FAILED),
    Trainee("Farid Haddad", "farid.haddad", "Leeds", UNITS[:3], (1, 2, 4), begun={"questions": 2}, film_left_at=31),
    Trainee("Grace Lindqvist", "grace.lindqvist", "Łódź", UNITS, _ALL, recorded=Recorded.CERTIFIED),
    Trainee("Hugo Marchetti", "hugo.marchetti", "Lisbon", UNITS[:6], (1, 3, 4, 5, 6), begun={"difficult": 5}),
    Trainee("Iris Kowalska", "iris.kowalska", "Łódź", UNITS, _ALL, recorded=Recorded.PASSED),
    Trainee(
        "Jonas Breuer",
        "jonas.breuer",
        "Lisbon",
        UNITS,
        _ALL,
        recorded=Recorded.TAKEN,
        practise="Sitting with silence. I always fill it.",
    ),
    Trainee(
        "Kemi Balogun",
        "kemi.balogun",
        "Leeds",
        UNITS,
        _ALL,
        recorded=Recorded.WAITING,
        practise="I hear the problem and I’m already solving it.",
    ),
    Trainee("Lucía Ferrer", "lucia.ferrer", "Lisbon", UNITS[:5], (1, 2, 3, 5), begun={"feedback": 2}),
)
