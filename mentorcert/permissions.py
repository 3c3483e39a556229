"""Who may do what: roles, permissions, and the one rule that joins them.

Each view declares the permission it needs with `needs`. The ids in its address say which scope it is about; before
the view runs, the application resolves that scope and asks `allows` (see `create_app`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeVar
from uuid import UUID


class Role(StrEnum):
    """What a person is, in a cohort or everywhere."""

    TRAINEE = "trainee"
    FACILITATOR = "facilitator"
    COACH = "coach"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"


COHORT_ROLES: Final = frozenset({Role.TRAINEE, Role.FACILITATOR, Role.COACH})
EVERYWHERE: Final = "*"
"""The scope of a grant that holds for the whole installation."""


class Permission(StrEnum):
    """What a view may ask for. `RULES` says who has it."""

    PUBLIC = "public"
    SIGNED_IN = "signed-in"
    COURSEWORK_DO = "coursework.do"
    PROGRAMME_READ = "programme.read"
    COHORT_READ = "cohort.read"
    COHORT_MANAGE = "cohort.manage"
    SCHEDULE_EDIT = "schedule.edit"
    SESSION_JOIN = "session.join"
    SESSION_RUN = "session.run"
    RECORDING_SUBMIT = "recording.submit"
    RECORDING_WATCH = "recording.watch"
    CONSENT = "consent"
    GRADE = "grade"
    GRADING_MANAGE = "grading.manage"
    CALIBRATE = "calibrate"
    FEEDBACK_READ = "feedback.read"
    APPEAL = "appeal"
    COACHING = "coaching"
    CERTIFICATE_READ = "certificate.read"
    CERTIFY = "certify"
    PEOPLE_MANAGE = "people.manage"
    PERSON_FORGET = "person.forget"
    UPKEEP_READ = "upkeep.read"
    STATEMENTS_READ = "statements.read"
    KEYS_MANAGE = "keys.manage"
    DELIVERY_MANAGE = "delivery.manage"


class Standing(StrEnum):
    """What a person can be to a thing without holding a role."""

    ANYBODY = "anybody"
    SIGNED_IN = "signed in"
    OWNER = "owner"


_T, _F, _C, _M, _A = Role.TRAINEE, Role.FACILITATOR, Role.COACH, Role.MANAGER, Role.ADMINISTRATOR

RULES: Final[dict[Permission, frozenset[Role | Standing]]] = {
    Permission.PUBLIC: frozenset({Standing.ANYBODY}),
    Permission.SIGNED_IN: frozenset({Standing.SIGNED_IN}),
    Permission.COURSEWORK_DO: frozenset({Standing.OWNER}),
    Permission.PROGRAMME_READ: frozenset({_F, _C, _M}),
    Permission.COHORT_READ: frozenset({_F, _M}),
    Permission.COHORT_MANAGE: frozenset({_M}),
    Permission.SCHEDULE_EDIT: frozenset({_F, _M}),
    Permission.SESSION_JOIN: frozenset({_T, _F, _M}),
    Permission.SESSION_RUN: frozenset({_F, _M}),
    Permission.RECORDING_SUBMIT: frozenset({Standing.OWNER}),
    Permission.RECORDING_WATCH: frozenset({Standing.OWNER, _C}),
    Permission.CONSENT: frozenset({Standing.OWNER, _M}),
    Permission.GRADE: frozenset({_C}),
    Permission.GRADING_MANAGE: frozenset({_M}),
    Permission.CALIBRATE: frozenset({_C, _M}),
    Permission.FEEDBACK_READ: frozenset({Standing.OWNER, _C, _M}),
    Permission.APPEAL: frozenset({Standing.OWNER}),
    Permission.COACHING: frozenset({_C, _M}),
    Permission.CERTIFICATE_READ: frozenset({Standing.OWNER, _M}),
    Permission.CERTIFY: frozenset({_M}),
    Permission.PEOPLE_MANAGE: frozenset({_M, _A}),
    Permission.PERSON_FORGET: frozenset({_A}),
    Permission.UPKEEP_READ: frozenset({_A}),
    Permission.STATEMENTS_READ: frozenset({_A}),
    Permission.KEYS_MANAGE: frozenset({_A}),
    Permission.DELIVERY_MANAGE: frozenset({_A}),
}


@dataclass(frozen=True, slots=True)
class Scope:
    """What a request is about: the cohort it belongs to, and the person whose own it is."""

    cohort: UUID | None = None
    owner: UUID | None = None


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whoever asks: a person's UUID and their grants as (role, scope) pairs; nobody is `NOBODY`."""

    person: UUID | None = None
    name: str = ""
    zone: str = "UTC"
    theme: str = ""
    grants: frozenset[tuple[Role, str]] = frozenset()

    def roles(self, scope: Scope | None = None) -> frozenset[Role]:
        """The roles held in `scope`: everywhere and in its cohort. Without a scope, roles held anywhere at all."""
        if scope is None:
            return frozenset(role for role, _ in self.grants)
        here = {EVERYWHERE} | ({cohort_scope(scope.cohort)} if scope.cohort else set())
        return frozenset(role for role, where in self.grants if where in here)

    def cohorts(self, role: Role) -> frozenset[UUID]:
        """The cohorts in which this role is held."""
        prefix = cohort_scope("")
        return frozenset(
            UUID(where.removeprefix(prefix)) for held, where in self.grants if held is role and where.startswith(prefix)
        )


NOBODY: Final = Viewer()


def cohort_scope(cohort: UUID | str) -> str:
    """The scope of a grant that holds in one cohort."""
    return f"cohort:{cohort}"


def allows(viewer: Viewer, permission: Permission, scope: Scope | None = None) -> bool:
    """Whether the viewer may do what needs `permission`, in `scope` when the request is about one."""
    rule = RULES[permission]
    if Standing.ANYBODY in rule:
        return True
    if viewer.person is None:
        return False
    if Standing.SIGNED_IN in rule:
        return True
    owns = Standing.OWNER in rule and (scope is None or scope.owner == viewer.person)
    return owns or not rule.isdisjoint(viewer.roles(scope))


View = TypeVar("View", bound=Callable[..., object])

_PERMISSIONS: Final[dict[Callable[..., object], Permission]] = {}


def needs(permission: Permission) -> Callable[[View], View]:
    """Declare the permission that a view needs; goes under the route's decorator."""

    def mark(view: View) -> View:
        _PERMISSIONS[view] = permission
        return view

    return mark


def permission_of(view: Callable[..., object]) -> Permission | None:
    """The permission that a view declared, or None: the application refuses to start with such a view."""
    return _PERMISSIONS.get(view)
