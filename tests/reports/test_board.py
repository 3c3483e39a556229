"""The map of a cohort: states, order, and how many are ready."""

from datetime import timedelta
from uuid import UUID

from mentorcert.reports.board import Board, Cell, CellState, Column, Done, Readiness, Trainee, board
from tests.factories import NOW

NAMES = ("Amara", "Ben", "Chiara", "Daniel", "Elin")
PEOPLE = [Trainee(UUID(int=number), number, name, "Leeds") for number, name in enumerate(NAMES, 1)]
COLUMNS = [
    Column("role", "The role", 4, NOW - timedelta(days=7)),
    Column("questions", "Questions", 4, NOW + timedelta(days=1)),
    Column("strengths", "Strengths", 4, NOW + timedelta(days=8)),
    Column("extra", "Extra", 2, None),
]


def _board(**steps: dict[str, int]) -> Board:
    done = {
        each.enrolment: Done(steps.get(each.name, {}), [unit for unit, count in steps.get(each.name, {}).items()])
        for each in PEOPLE
    }
    return board(PEOPLE, COLUMNS, done, "questions", now=NOW)


def test_three_of_five_complete_gives_sixty_percent_and_two_names_to_chase() -> None:
    ready = {"role": 4, "questions": 4}
    page = _board(Amara=ready, Chiara=ready, Elin=ready, Ben={"role": 4, "questions": 1}, Daniel={"role": 4})
    assert (page.readiness, page.readiness.total, page.readiness.percent) == (Readiness(3, 1, 1), 5, 60)
    assert [each.name for each in page.behind] == ["Daniel", "Ben"]


def test_a_percentage_is_rounded_half_up_and_nobody_is_none_of_a_hundred() -> None:
    assert [Readiness(*counts).percent for counts in ((1, 7, 0), (1, 1, 1), (2, 0, 1), (0, 0, 0))] == [13, 33, 67, 0]


def test_a_unit_is_done_part_late_or_not_due_yet() -> None:
    page = _board(Amara={"role": 3, "questions": 1, "strengths": 2})
    amara = next(line for line in page.lines if line.trainee.name == "Amara")
    ben = next(line for line in page.lines if line.trainee.name == "Ben")
    assert amara.cells == (
        Cell(CellState.LATE, 3, 4),
        Cell(CellState.PART, 1, 4),
        Cell(CellState.PART, 2, 4),
        Cell(CellState.SHUT, 0, 2),
    )
    assert [cell.state for cell in ben.cells] == [CellState.LATE, CellState.PART, CellState.SHUT, CellState.SHUT]
    assert (amara.open_late, ben.open_late) == (1, 4)


def test_what_is_done_is_not_late_and_the_moment_it_is_due_is_in_time() -> None:
    columns = [Column("role", "The role", 1, NOW)]
    people = PEOPLE[:2]
    page = board(people, columns, {people[0].enrolment: Done({"role": 1})}, "role", now=NOW)
    assert [line.cells[0].state for line in page.lines] == [CellState.PART, CellState.DONE]
    later = board(people, columns, {people[0].enrolment: Done({"role": 1})}, "role", now=NOW + timedelta(seconds=1))
    assert [line.cells[0].state for line in later.lines] == [CellState.LATE, CellState.DONE]


def test_the_map_is_sorted_by_who_needs_somebody() -> None:
    page = _board(
        Amara={"role": 4, "questions": 4},
        Ben={"role": 3, "questions": 4},
        Chiara={"role": 4, "questions": 2},
        Daniel={"role": 1, "questions": 2},
        Elin={"role": 4},
    )
    assert [line.trainee.name for line in page.lines] == ["Elin", "Daniel", "Chiara", "Ben", "Amara"]
