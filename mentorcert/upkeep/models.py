"""The table of self-checks."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from mentorcert.db import Base


class SelfCheck(Base):
    """One check of everything that is stored, from the first statement to the last, in as many slices as it takes."""

    __tablename__ = "self_check"

    id: Mapped[int] = mapped_column(primary_key=True)
    began_at: Mapped[datetime] = mapped_column()
    seen_at: Mapped[datetime] = mapped_column()
    """When its newest slice was looked at."""
    finished_at: Mapped[datetime | None] = mapped_column()
    """Empty while there is more to look at."""
    sequence: Mapped[int] = mapped_column(default=0)
    """The number of the last statement that was looked at."""
    newest: Mapped[datetime] = mapped_column()
    """The newest `stored` so far."""
    checked: Mapped[int] = mapped_column(default=0)
    search_rows: Mapped[int] = mapped_column(default=0)
    faults: Mapped[int] = mapped_column(default=0)
    """How many faults were found so far."""
    told: Mapped[list[Any]] = mapped_column(JSON)
    """The first of them, one line each."""
