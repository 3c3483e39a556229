"""What activities are called: ours by what is published, others by what their statements said together."""

from collections.abc import Iterable, Mapping

from sqlalchemy.orm import Session

from mentorcert.catalog import queries as catalog
from mentorcert.evidence.iris import Iris
from mentorcert.evidence.sentences import in_english
from mentorcert.evidence.visible import short
from xapi import activities


def titles(session: Session, wanted: Iterable[str], iri_base: str) -> dict[str, str]:
    """Titles by IRI, of those of these activities that have one. A query or two; none where nothing is wanted."""
    iris = set(wanted)
    if not iris:
        return {}
    ours = {iri: title for iri, title in published(session, iri_base).items() if iri in iris}
    defined = activities.canonical(session, iris - ours.keys())
    names = {iri: short(in_english(definition.get("name", {}))) for iri, definition in defined.items()}
    return {**{iri: name for iri, name in names.items() if name}, **ours}


def published(session: Session, iri_base: str) -> Mapping[str, str]:
    """Titles by IRI of what the newest version of each programme holds."""
    found = {}
    for version in catalog.current(session):
        programme, iris = catalog.programme(session, version.hash), Iris(iri_base, version.slug)
        found[iris.course] = programme.title
        for unit in programme.units:
            found[iris.unit(unit.id)] = unit.title
            found.update({iris.step(unit.id, step.id): step.title for step in unit.steps})
    return found
