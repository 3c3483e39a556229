"""What a request looks for: the words of the form, and what they mean in the store."""

from uuid import UUID

from mentorcert.evidence import seeking
from mentorcert.evidence.accounts import account_key, system_key
from mentorcert.evidence.forms import SYSTEM, FilterForm
from mentorcert.evidence.seeking import Unclear, Wanted
from mentorcert.web import here


def wanted(form: FilterForm, verbs: list[str]) -> Wanted | Unclear:
    """What a valid form asks for; or the first of its words that could mean several things or nothing."""
    iri_base = here.settings().iri_base
    agent = seeking.agent_named(here.session(), form.who.data or "", iri_base)
    if isinstance(agent, Unclear):
        return agent
    verb = seeking.verb_named(form.verb.data or "", verbs)
    if isinstance(verb, Unclear):
        return verb
    activity = seeking.activity_named(here.session(), form.activity.data or "", iri_base)
    if isinstance(activity, Unclear):
        return activity
    authority = form.authority.data or ""
    return Wanted(
        agent=agent,
        verb=verb,
        activity=activity,
        registration=UUID(form.registration.data) if form.registration.data else None,
        since=form.since.data.before if form.since.data else None,
        until=form.until.data.last if form.until.data else None,
        authority=system_key(iri_base) if authority == SYSTEM else authority,
        related=bool(form.related.data),
    )


def exactly(form: FilterForm, found: Wanted) -> dict[str, str]:
    """The filters as parameters of an address, every word replaced by what it means."""
    asked = {
        "who": found.agent.removeprefix(account_key(here.settings().iri_base, "")),
        "verb": found.verb,
        "activity": found.activity,
        "since": form.since.text,
        "until": form.until.text,
        "authority": form.authority.data or "",
        "registration": str(found.registration or ""),
        "related": "1" if found.related else "",
    }
    return {name: text for name, text in asked.items() if text}
