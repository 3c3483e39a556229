"""Whose definitions of activities are believed, by who sent them: what a rebuild must know of the past.

What a key may do never changes, so a statement that it sent long ago is judged as it was then.
"""

from collections.abc import Callable

from sqlalchemy.orm import Session

from mentorcert.evidence.accounts import credential_key
from xapi import Authority, credentials
from xapi.definitions import Standing
from xapi.identity import indexed


def standing_of(session: Session, system: Authority, iri_base: str) -> Callable[[str], Standing]:
    """How far an authority, by its key as the store keeps it, is believed: ourselves, and keys that may define."""
    defining = [each for each in credentials.every(session) if each.may_define]
    known = {indexed(credential_key(iri_base, each.uuid)): Standing.DEFINES for each in defining}
    known[indexed(system.key)] = system.standing
    return lambda authority_key: known.get(authority_key, Standing.NONE)
