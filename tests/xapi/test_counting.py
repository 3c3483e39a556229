"""How much each authority sent, counted no further than somebody wants to know."""

from datetime import datetime

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from tests.databases import counted
from tests.xapi.factories import a_statement
from tests.xapi.stores import store
from xapi import Authority, counting


def key(name: str) -> Authority:
    return Authority({"account": {"homePage": "https://lms.example.org", "name": name}})


def test_each_authority_is_counted_up_to_the_most_that_is_asked_for(session: Session, now: datetime) -> None:
    few, many, none = (key(name) for name in ("few", "many", "none"))
    long = key("x" * 4000)  # is searched by a digest
    for authority, number in ((few, 2), (many, 5), (long, 1)):
        store(session, [a_statement() for _ in range(number)], now, authority=authority)
    keys = [each.key for each in (few, many, none, long)]
    assert counting.by_authority(session, keys, 3) == dict(zip(keys, (2, 4, 0, 1), strict=True))
    assert counting.by_authority(session, [], 3) == {}


def test_a_hundred_are_counted_by_one_query(session: Session, engine: Engine) -> None:
    keys = [key(str(number)).key for number in range(201)]
    with counted(engine) as said:
        assert counting.by_authority(session, keys, 3) == dict.fromkeys(keys, 0)
    assert len(said) == 3


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_count_looks_at_what_others_sent(session: Session, engine: Engine) -> None:
    with counted(engine) as said:
        counting.by_authority(session, [key("one").key, key("other").key], 3)
    asked = text("EXPLAIN QUERY PLAN " + said[0].replace("?", "1"))
    steps = [row.detail for row in session.execute(asked) if "xapi_" in row.detail]
    assert steps == ["SEARCH xapi_related USING PRIMARY KEY (key=? AND kind=?)"] * 2
