"""How long pages take, against a bare page of the same application with as many rows."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from typing import Any, cast

from flask import render_template

from mentorcert.db import db
from mentorcert.people.models import Person
from mentorcert.permissions import Permission, needs
from tests import databases
from tests.bench.cohort import Place
from tests.browsing import Browser

REPEATS = 25
WARM_UP = 5

BARE = """\
{% extends "base.html" %}
{% block title %}A bare page{% endblock %}
{% block content %}
<h1>A bare page</h1>
<table>
{% for row in rows %}
<tr><td><a href="/learn/{{ row }}">Trainee {{ row }}</a></td><td>{{ row }}</td><td>{{ row * 2 }}</td></tr>
{% endfor %}
</table>
{% endblock %}
"""


@dataclass(frozen=True)
class Rendering:
    """Medians in milliseconds, the ratio of the two, and what the page shows and asks."""

    page: float
    bare: float
    ratio: float
    rows: int
    queries: int
    kilobytes: int


def add_bare_page(mine: Place) -> None:
    """Give the application a page at /bare/<rows> for whoever is signed in."""
    template = mine.app.jinja_env.from_string(BARE)

    @needs(Permission.SIGNED_IN)
    def bare(rows: int) -> str:
        return render_template(template, rows=range(rows))

    mine.app.add_url_rule("/bare/<int:rows>", "bare", bare)


def home(mine: Place) -> Rendering:
    """A trainee's home page; its rows are what its lists hold."""
    return rendering(mine, mine.trainee, f"/learn/{mine.enrolment}", "<li")


def board(mine: Place) -> Rendering:
    """The page of a cohort, as its manager sees it; its rows are those of its tables."""
    return rendering(mine, mine.manager, f"/cohorts/{mine.cohort}", "<tr")


def rendering(mine: Place, viewer: Person, address: str, row: str) -> Rendering:
    """A page as somebody sees it; `row` begins each of its rows."""
    client = cast("Browser", mine.app.test_client())
    client.sign_in(viewer)
    with mine.app.app_context():
        engine = db.engine
    with databases.counted(engine) as said:
        page = _get(client, address)
    rows = page.count(row)
    pairs = list(_timed(client, address, f"/bare/{rows}"))[WARM_UP:]
    return Rendering(
        page=median(page for page, _ in pairs) * 1000,
        bare=median(bare for _, bare in pairs) * 1000,
        ratio=median(page / bare for page, bare in pairs),
        rows=rows,
        queries=len(said),
        kilobytes=len(page.encode()) // 1024,
    )


def _timed(client: Browser, *addresses: str) -> Iterator[tuple[Any, ...]]:
    """Time both pages in turn, so that whatever else the machine does falls on both."""
    for _ in range(WARM_UP + REPEATS):
        times = []
        for address in addresses:
            began = time.perf_counter()
            _get(client, address)
            times.append(time.perf_counter() - began)
        yield tuple(times)


def _get(client: Browser, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, f"{address}: {answer.status}"
    return answer.text
