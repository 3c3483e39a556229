"""What the pages of coursework stand on: the blueprint, the step that an address names, and where to go from it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from mentorcert.coursework import queries
from mentorcert.coursework.study import Place, Study, Where
from mentorcert.web import here

blueprint: Final = Blueprint("coursework", "mentorcert.coursework", template_folder="templates")


@dataclass(frozen=True)
class Desk:
    """A step of somebody's coursework, as the address names it, with what is known of it."""

    enrolment: UUID
    study: Study
    place: Place

    @property
    def where(self) -> Where:
        """The same for a service."""
        return Where(self.study.iris.base, self.enrolment, self.place.unit.unit.id, self.place.state.step.id)

    @cached_property
    def url(self) -> str:
        """The address of this step."""
        return step_url(self.enrolment, self.where.unit, self.where.step)

    def show(self, template: str, status: int = 200, **values: Any) -> ResponseReturnValue:
        """Render a page of this step."""
        known = {"desk": self, "study": self.study, "place": self.place, "unit": self.place.unit.unit}
        return render_template(f"coursework/{template}.html", **known, **values), status

    def go_on(self) -> ResponseReturnValue:
        """To the next step of the unit, or to the unit after the last."""
        after = self.place.after
        if after is None:
            return redirect(url_for("trainee.unit", enrolment=self.enrolment, unit=self.where.unit), 303)
        return redirect(step_url(self.enrolment, self.where.unit, after.step.id), 303)


def open_desk(enrolment: UUID, unit: str, step: str) -> Desk:
    """The step of an address; raises NotFound."""
    study = queries.study(here.session(), enrolment, here.settings().iri_base)
    return Desk(enrolment, study, study.place(unit, step))


def step_url(enrolment: UUID, unit: str, step: str) -> str:
    """The address of a step."""
    return url_for("coursework.step", enrolment=enrolment, unit=unit, step=step)
