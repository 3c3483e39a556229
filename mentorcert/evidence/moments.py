"""Moments as they are typed and stand in addresses: a day, a minute or a second of UTC, as a stretch of time. Pure."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from xapi.reading import BEGINNING

_TICK: Final = timedelta(microseconds=1)
_FORM: Final = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d(?:\.\d{1,6})?)?)?Z?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Stretch:
    """The day, minute or second that somebody named, in UTC: from its first microsecond to its last."""

    first: datetime
    last: datetime
    day: bool
    """Whether it is a whole day."""

    @property
    def before(self) -> datetime:
        """The moment before it begins: what was stored after this was stored in it or later."""
        return max(self.first, BEGINNING) - _TICK


def stretch(text: str) -> Stretch | None:
    """What a text names: 2026-11-24, 2026-11-24T14:29 or 2026-11-24T14:29:51.87, or None when it names nothing."""
    found = _FORM.fullmatch(text.strip())
    if found is None:
        return None
    day, minute, second = found.groups()
    try:
        first = datetime.fromisoformat(f"{day}T{minute or '00:00'}{second or ''}").replace(tzinfo=UTC)
    except ValueError:
        return None
    unit = timedelta(days=1) if minute is None else timedelta(minutes=1) if second is None else timedelta(seconds=1)
    length = _TICK if second and "." in second else unit
    return Stretch(first, first + (length - _TICK), minute is None)
