"""The statement viewer: what happened, as it was told, newest first."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_babel import gettext as _

from mentorcert.evidence import telling
from mentorcert.evidence.forms import SYSTEM, FilterForm
from mentorcert.evidence.sentences import uuid_of
from mentorcert.evidence.telling import Sources, Told
from mentorcert.people import queries as people
from mentorcert.people.models import Person
from mentorcert.permissions import Permission, needs
from mentorcert.web import here
from xapi.query import Query

blueprint: Final = Blueprint("evidence", __name__, template_folder="templates")

KEPT: Final = ("who", "verb", "since", "authority", "registration", "activity")
"""What an address keeps on the way to older statements."""


@dataclass(frozen=True, slots=True)
class Who:
    """Whose statements are asked for: an agent's key, or several people whom the name fits."""

    key: str | None = None
    several: tuple[Person, ...] = ()
    nobody: bool = False


@blueprint.get("/statements")
@needs(Permission.STATEMENTS_READ)
def statements() -> ResponseReturnValue:
    """Statements, newest first, by who, what, since when and who told; or a single one, whole."""
    iri_base = here.settings().iri_base
    known = telling.sources(here.session(), iri_base)
    form = FilterForm(request.args, known.labels)
    if not form.validate():
        return _page(form), 400
    if form.id.data:
        told = telling.one(here.session(), UUID(form.id.data), known, iri_base)
        return _page(form, days=_by_day([told]), single=told)
    who = _who(form.who.data or "", iri_base)
    if who.several or who.nobody:
        return _page(form, who=who)
    return _list(form, who, known, iri_base)


def _list(form: FilterForm, who: Who, known: Sources, iri_base: str) -> str:
    query = _query(form, who, known)
    found = telling.find(here.session(), query, known, iri_base)
    seen = form.seen.data or 0
    pair = (query.registration, query.activity)
    return _page(
        form,
        found=found,
        days=_by_day(found.told),
        seen=seen,
        older=_older(found.older, seen + len(found.told)),
        same=None if form.authority.data else _same(query, form.since.data, iri_base),
        standing=telling.standing(here.session(), (pair[0], pair[1])) if pair[0] and pair[1] else None,
        most=telling.MOST_COUNTED,
    )


def _query(form: FilterForm, who: Who, known: Sources) -> Query:
    authority = form.authority.data or None
    return Query(
        agent=who.key,
        verb=form.verb.data or None,
        registration=UUID(form.registration.data) if form.registration.data else None,
        activity=form.activity.data or None,
        since=telling.midnight(form.since.data) if form.since.data else None,
        authority=known.system if authority == SYSTEM else authority,
        after=form.after.data,
        limit=telling.PAGE,
        with_voided=True,
    )


def _who(text: str, iri_base: str) -> Who:
    """Whom a name, an address or a UUID means."""
    text = " ".join(text.split())
    if not text:
        return Who()
    if uuid := uuid_of(text):
        return Who(telling.person_key(iri_base, uuid))
    fitting = people.directory(here.session(), text=text)[0]
    exact = [each for each in fitting if text.casefold() in {each.name.casefold(), each.email}]
    chosen = exact if len(exact) == 1 else fitting
    if len(chosen) == 1:
        return Who(telling.person_key(iri_base, chosen[0].uuid))
    if not chosen and "@" in text:
        return Who(f"mbox:mailto:{text.removeprefix('mailto:')}")
    return Who(several=tuple(chosen[:20]), nobody=not chosen)


def _page(form: FilterForm, **known: Any) -> str:
    return render_template("evidence/statements.html", form=form, clock=_clock, later=_later, shown_day=_day, **known)


def _by_day(told: Sequence[Told]) -> list[tuple[date, list[Told]]]:
    return [(day, list(some)) for day, some in groupby(told, key=lambda each: each.stored.date())]


def _older(after: int | None, seen: int) -> str:
    if after is None:
        return ""
    kept = {name: request.args[name] for name in KEPT if request.args.get(name)}
    return f"{url_for('evidence.statements')}?{urlencode({**kept, 'after': after, 'seen': seen})}"


def _same(query: Query, since: date | None, iri_base: str) -> str:
    """The address at which a key gets the same statements from the store."""
    agent = query.agent.removeprefix(f"account:{iri_base}|") if query.agent else ""
    asked = {
        "agent": json.dumps({"account": {"homePage": iri_base, "name": agent}}) if uuid_of(agent) else "",
        "verb": query.verb or "",
        "activity": query.activity or "",
        "registration": str(query.registration or ""),
        "since": f"{since.isoformat()}T00:00:00Z" if since else "",
    }
    given = urlencode({name: text for name, text in asked.items() if text})
    return f"/xapi/statements?{given}" if given else "/xapi/statements"


def _clock(at: datetime) -> str:
    """14:32:08.114, in UTC."""
    return f"{at:%H:%M:%S}.{at.microsecond // 1000:03}"


def _later(told: Told) -> str:
    """How long after it happened it was stored."""
    gone = told.stored - told.happened
    if gone < timedelta(0):
        return str(_("before it happened, by its own clock"))
    if gone < timedelta(seconds=1):
        return str(_("%(count)d ms later", count=gone // timedelta(milliseconds=1)))
    if gone < timedelta(minutes=2):
        return str(_("%(count)d seconds later", count=gone // timedelta(seconds=1)))
    if gone < timedelta(hours=2):
        return str(_("%(count)d minutes later", count=gone // timedelta(minutes=1)))
    return str(_("%(count)d hours later", count=gone // timedelta(hours=1)))


def _day(day: date) -> str:
    return str(format_date(day, "EEEE d MMMM y"))
