"""The list of statements, newest first: filtered, and live."""

import json
from typing import Any
from urllib.parse import urlencode

from flask import make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from mentorcert.evidence import seeking, telling
from mentorcert.evidence.agents import agent_of
from mentorcert.evidence.forms import FILTERS, FilterForm
from mentorcert.evidence.meaning import meaning
from mentorcert.evidence.seeking import Unclear, Wanted
from mentorcert.evidence.sentences import word
from mentorcert.evidence.telling import Sources
from mentorcert.evidence.views.asking import exactly, wanted
from mentorcert.evidence.views.frame import blueprint, by_day, listed, rendered
from mentorcert.permissions import Permission, needs
from mentorcert.web import here
from xapi.reading import last_number
from xapi.values import written


@blueprint.get("/statements")
@needs(Permission.STATEMENTS_READ)
def statements() -> ResponseReturnValue:
    """Statements, newest first, by who, what, about what, when and who told."""
    known = telling.sources(here.session(), here.settings().iri_base)
    form, verbs = FilterForm(request.args, known.labels), seeking.verbs(here.session())
    if not form.validate():
        return _page(form, verbs), 400
    if form.id.data:
        return redirect(url_for("evidence.statement", statement=form.id.data))
    asked = wanted(form, verbs)
    if isinstance(asked, Unclear):
        return _page(form, verbs, unclear=asked, choose=_choose)
    return _list(form, verbs, asked, known)


@blueprint.get("/statements/new")
@needs(Permission.STATEMENTS_READ)
def newer() -> ResponseReturnValue:
    """What came since the sequence number `after`, asked for every few seconds; 304 while nothing was stored at all.

    Nothing new costs one step along an index. The words of the address are exact, as the list gives them.
    """
    newest = last_number(here.session())
    etag = str(newest)
    if request.if_none_match.contains(etag):
        answer = make_response("", 304)
        answer.set_etag(etag)
        return answer
    form = FilterForm(request.args, None)
    asked = wanted(form, []) if form.validate() else None
    if not isinstance(asked, Wanted):
        return "", 400
    iri_base = here.settings().iri_base
    found = telling.newer(here.session(), asked, above=form.after.data or 0, through=newest, iri_base=iri_base)
    answer = make_response(rendered("evidence/_newer.html", found=found, days=by_day(found.told)))
    answer.set_etag(str(found.through))
    return answer


def _list(form: FilterForm, verbs: list[str], asked: Wanted, known: Sources) -> str:
    newest = last_number(here.session())
    found = telling.find(here.session(), asked, known, after=form.after.data)
    seen, exact = form.seen.data or 0, exactly(form, asked)
    words = {name: request.args.get(name) for name in FILTERS}
    older = listed(words, after=found.older, seen=seen + len(found.told)) if found.older is not None else ""
    ended = asked.until is not None and asked.until < here.now()
    pair = (asked.registration, asked.activity)
    return _page(
        form,
        verbs,
        found=found,
        days=by_day(found.told),
        seen=seen,
        older=older,
        same="" if asked.authority or asked.agent.startswith("anonymous:") else _same(asked),
        standing=telling.standing(here.session(), (pair[0], pair[1])) if pair[0] and pair[1] else None,
        most=telling.MOST_COUNTED,
        exact=exact,
        newest=newest,
        means=meaning(here.session(), asked, here.settings().iri_base),
        tail="" if form.after.data or ended else f"{url_for('evidence.newer')}?{urlencode(exact)}",
    )


def _page(form: FilterForm, verbs: list[str], **known: Any) -> str:
    occurring = [(word(iri), iri) for iri in verbs]
    return rendered("evidence/statements.html", form=form, verbs=occurring, **known)


def _choose(field: str, value: str) -> str:
    """The same question, with the word that was unclear replaced by one of its meanings."""
    return listed({**{name: request.args.get(name) for name in FILTERS}, field: value})


def _same(asked: Wanted) -> str:
    """The address at which a key gets the same statements from the store."""
    agent = agent_of(asked.agent) if asked.agent else None
    given = {
        "agent": json.dumps(agent) if agent else "",
        "verb": asked.verb,
        "activity": asked.activity,
        "registration": str(asked.registration or ""),
        "related_agents": "true" if asked.related and asked.agent else "",
        "related_activities": "true" if asked.related and asked.activity else "",
        "since": written(asked.since) if asked.since else "",
        "until": written(asked.until) if asked.until else "",
    }
    parameters = urlencode({name: text for name, text in given.items() if text})
    return f"/xapi/statements?{parameters}" if parameters else "/xapi/statements"
