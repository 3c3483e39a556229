"""What every page knows: who looks at it, and where they can go."""

from dataclasses import dataclass
from typing import Any, Final

from flask import request, url_for
from flask_babel import lazy_gettext as _l

from mentorcert.permissions import Role
from mentorcert.web import here


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the main navigation: who sees it, and which addresses belong to it."""

    label: Any
    endpoint: str
    roles: frozenset[Role]
    prefixes: tuple[str, ...]


_T, _F, _C, _M, _A = Role.TRAINEE, Role.FACILITATOR, Role.COACH, Role.MANAGER, Role.ADMINISTRATOR

PLACES: Final = (
    Place(_l("Home"), "trainee.home", frozenset({_T}), ("/learn",)),
    Place(_l("Cohorts"), "reports.cohorts", frozenset({_F, _M}), ("/cohorts",)),
    Place(_l("Sessions"), "sessions.index", frozenset({_T, _F}), ("/sessions",)),
    Place(_l("Recording"), "recordings.mine", frozenset({_T}), ("/recording", "/assessments")),
    Place(_l("Certificate"), "certification.mine", frozenset({_T}), ("/certificate",)),
    Place(_l("Queue"), "grading.queue", frozenset({_C}), ("/queue", "/assessments")),
    Place(_l("Rubrics"), "grading.rubrics", frozenset({_C, _M}), ("/rubrics",)),
    Place(_l("Release"), "grading.releases", frozenset({_M}), ("/releases",)),
    Place(_l("Calibration"), "grading.calibration_page", frozenset({_C, _M}), ("/calibration",)),
    Place(_l("Agreement"), "grading.agreement_page", frozenset({_M}), ("/agreement",)),
    Place(_l("Coaching"), "coaching.index", frozenset({_C}), ("/coaching",)),
    Place(_l("Topics"), "sessions.topics", frozenset({_F, _M}), ("/topics",)),
    Place(_l("People"), "people.index", frozenset({_M, _A}), ("/people",)),
    Place(_l("Statements"), "evidence.statements", frozenset({_A}), ("/statements",)),
    Place(_l("Keys"), "keys.index", frozenset({_A}), ("/keys",)),
    Place(_l("Deliveries"), "delivery.index", frozenset({_A}), ("/deliveries",)),
    Place(_l("Deletions"), "upkeep.deletions", frozenset({_A}), ("/deletions",)),
)


@dataclass(frozen=True, slots=True)
class Face:
    """Whoever looks, as the frame of a page shows them."""

    display_name: str
    initials: str
    theme: str
    zone: str


def context() -> dict[str, Any]:
    """The values that `base.html` needs."""
    viewer = here.viewer()
    initials = "".join(part[0] for part in viewer.name.split()[:2]).upper()
    return {
        "viewer": Face(viewer.name, initials, viewer.theme, viewer.zone) if viewer.person else None,
        "nav_items": nav_items() if viewer.person else [],
        "organisation": here.settings().organisation,
        "now": here.now(),
        "lang": "en",
    }


def nav_items() -> list[tuple[str, str, bool]]:
    """(label, address, whether we are there) of each place that the viewer may go to."""
    roles = here.viewer().roles()
    return [
        (str(place.label), url_for(place.endpoint), _is_there(place))
        for place in PLACES
        if not roles.isdisjoint(place.roles)
    ]


def _is_there(place: Place) -> bool:
    """Whether the page belongs to a place: by its address, or, for what is one's own, by its feature."""
    feature, _, name = place.endpoint.partition(".")
    return request.path.startswith(place.prefixes) or (name == "mine" and request.blueprint == feature)
