"""What is searched for, as SQL that reads one index from where the answer begins and stops where the page ends.

Every search is by keys: an agent's, an IRI, a registration. The first key's rows in `tables.related` are read in the
order of storing; everything else is asked of each row as it comes, by number. A planner that may turn such a question
into a join sometimes thinks that reading all statements, newest first, will soon find enough: for a key that was
frequent long ago it never does. So each of these questions is a subquery that gives one value: it stays where it is.

The queries are built once for each shape of question; the values are parameters.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    ScalarSelect,
    Select,
    bindparam,
    false,
    func,
    literal_column,
    select,
    true,
    type_coerce,
    union,
    union_all,
)

from xapi import tables
from xapi.asking import Question
from xapi.reading import is_voided, select_stored
from xapi.statement import Relation

_SHAPES: Final = 500


@dataclass(frozen=True, slots=True)
class Shape:
    """What a search asks, without the values: they are the parameters key0, key1 …, since, until, after, authority."""

    keys: tuple[tuple[Relation, ...], ...]
    """For each key in what relations it may stand; the first one should be the rarest."""
    size: int
    """How many are found at most."""
    ascending: bool
    since: bool
    until: bool
    after: bool
    authority: bool
    """Whether only what one authority sent is found, and only for the sake of what the same one sent."""
    with_voided: bool


@cache
def one(*, voided: bool, of_authority: bool) -> Question:
    """Return the query for the statement with an `id`, if it is voided or, as asked, if it is not."""
    rows = tables.statement.alias("statement")
    is_wanted = is_voided(rows) if voided else ~is_voided(rows)
    found = select_stored(rows, true() if voided else false()).where(rows.c.id == bindparam("id"), is_wanted)
    return Question(found.where(_is_theirs(rows)) if of_authority else found)


@lru_cache(_SHAPES)
def statements(shape: Shape) -> Question:
    """Return the query for the statements that are found, in order. By keys voided ones are found too, and marked.

    Whether one is voided is asked of those on the page: to ask it of each row on the way to them costs as much as all
    else together.
    """
    rows = tables.statement.alias("statement")
    if shape.keys:
        found = rows.c.sequence.in_(_numbers(replace(shape, with_voided=True)))
        return Question(_in_order(_page(rows, is_voided(rows)).where(found), rows.c.sequence, shape))
    page = _page(rows, is_voided(rows) if shape.with_voided else false())
    return Question(
        _in_order(page.where(*_bounds(rows.c.sequence, shape), *_told(rows, shape)), rows.c.sequence, shape)
    )


@lru_cache(_SHAPES)
def amount(shape: Shape) -> Question:
    """Return the query for how many statements are found."""
    return Question(select(func.count().label("number")).select_from(_numbers(shape).subquery()))


def _page(rows: FromClause, voided: ColumnElement[bool]) -> Select[Any]:
    # No more than is needed: what a column's type makes of its values costs more than to read them.
    return select(rows.c.sequence, rows.c.text, type_coerce(voided, Integer).label("voided"))


def _numbers(shape: Shape) -> Select[Any]:
    """Return the query for the numbers of the statements that are found."""
    if not shape.keys:
        rows = tables.statement.alias("found")
        wanted = select(rows.c.sequence).where(*_bounds(rows.c.sequence, shape), *_told(rows, shape))
        return _in_order(wanted, rows.c.sequence, shape)
    # One short list a relation instead of one condition with OR: each is read along the index and stops at the end.
    lists = [_by_first_key(shape, relation) for relation in shape.keys[0]]
    if len(lists) == 1:
        return lists[0]
    either = union(*(select(each.subquery().c.sequence) for each in lists)).subquery()
    return _in_order(select(either.c.sequence), either.c.sequence, shape)


def _by_first_key(shape: Shape, relation: Relation) -> Select[Any]:
    found = tables.related.alias("found")
    wanted = (
        select(found.c.sequence)
        .distinct()  # a statement may be found for the sake of several along its chain
        .where(found.c.key == _given("key0", found.c.key), found.c.kind == _constant(relation))
        .where(*_bounds(found.c.sequence, shape))
    )
    for place, relations in enumerate(shape.keys[1:], 1):
        wanted = wanted.where(_has_key(found, place, relations) == _constant(1))
    head = tables.statement.alias("head")
    if told := _told(head, shape):
        wanted = wanted.where(*(_asked_of(head, found.c.sequence, each) for each in told))
    if shape.authority:
        about = tables.statement.alias("about")
        wanted = wanted.where(_asked_of(about, found.c.about, _is_theirs(about)))
    return _in_order(wanted, found.c.sequence, shape)


def _has_key(found: FromClause, place: int, relations: Sequence[Relation]) -> ScalarSelect[int]:
    """Return the subquery that is 1 where what a row was found for has another key too, and NULL elsewhere."""
    other = tables.related.alias(f"other{place}")
    same = (other.c.sequence == found.c.sequence, other.c.about == found.c.about)
    asked = select(_constant(1)).where(other.c.key == _given(f"key{place}", other.c.key), *same)
    return (
        asked.where(other.c.kind.in_([_constant(each) for each in relations]))
        .limit(literal_column("1"))
        .scalar_subquery()
    )


def _asked_of(rows: FromClause, number: ColumnElement[int], what: ColumnElement[bool]) -> ColumnElement[bool]:
    return select(what).where(rows.c.sequence == number).scalar_subquery()


def _told(rows: FromClause, shape: Shape) -> list[ColumnElement[bool]]:
    """Return the conditions on what a statement says of itself, whatever it was found for.

    When it was stored is only looked at again (`IS TRUE`): where to look for that, the bounds say.
    """
    conditions = [] if shape.with_voided else [~is_voided(rows)]
    if shape.authority:
        conditions.append(_is_theirs(rows))
    if shape.since:
        conditions.append((rows.c.stored > _given("since", rows.c.stored)).is_(true()))
    if shape.until:
        conditions.append((rows.c.stored <= _given("until", rows.c.stored)).is_(true()))
    return conditions


def _is_theirs(rows: FromClause) -> ColumnElement[bool]:
    return rows.c.authority_key == bindparam("authority")


def _bounds(sequence: ColumnElement[int], shape: Shape) -> list[ColumnElement[bool]]:
    """Return the conditions that say where in the order of storing to look."""
    bounds = []
    if shape.after:
        bounds.append(sequence > bindparam("after") if shape.ascending else sequence < bindparam("after"))
    if shape.since:
        bounds.append(sequence >= _first_since())
    if shape.until:
        bounds.append(sequence <= _last_until())
    return bounds


def _first_since() -> ScalarSelect[int]:
    """Return the subquery for a number below which nothing was stored after `since`; NULL where nothing was at all."""
    rows = tables.statement.alias("since")
    first = select(rows.c.sequence).where(rows.c.stored > _given("since", rows.c.stored), ~rows.c.late)
    first = first.order_by(rows.c.stored, rows.c.sequence).limit(literal_column("1"))
    late = tables.statement.alias("late")
    return _one_of(func.min, first, select(func.min(late.c.sequence)).where(late.c.late))


def _last_until() -> ScalarSelect[int]:
    """Return the subquery for a number above which nothing was stored until `until`; NULL where nothing was at all."""
    rows = tables.statement.alias("until")
    last = select(rows.c.sequence).where(rows.c.stored <= _given("until", rows.c.stored), ~rows.c.late)
    last = last.order_by(rows.c.stored.desc(), rows.c.sequence.desc()).limit(literal_column("1"))
    late = tables.statement.alias("late")
    return _one_of(func.max, last, select(func.max(late.c.sequence)).where(late.c.late))


def _one_of(which: Any, *numbers: Select[tuple[int]]) -> ScalarSelect[int]:
    both = union_all(*(select(each.scalar_subquery().label("number")) for each in numbers)).subquery()
    return select(which(both.c.number)).scalar_subquery()


def _in_order(wanted: Select[Any], sequence: ColumnElement[int], shape: Shape) -> Select[Any]:
    order = sequence.asc() if shape.ascending else sequence.desc()
    return wanted.order_by(order).limit(_constant(shape.size))


def _given(name: str, like: ColumnElement[Any]) -> ScalarSelect[Any]:
    """Return a parameter that a planner can't look at: else PostgreSQL plans anew for each value, and in vain.

    A search has one plan, which reads along an index, whatever is searched for.
    """
    return select(bindparam(name, type_=like.type)).scalar_subquery()


def _constant(number: int) -> ColumnElement[int]:
    """Return a number as part of the query's text: PostgreSQL keeps the plan of a query whose limit it knows."""
    return literal_column(str(int(number)))
