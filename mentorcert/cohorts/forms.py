"""The forms of cohorts."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from mentorcert.catalog.models import ProgrammeVersion
from mentorcert.people.forms import ROLE_NAMES, ZoneField, clean, email_field
from mentorcert.permissions import COHORT_ROLES, Role


class CohortForm(FlaskForm):
    """A new cohort."""

    name = StringField(
        _l("Name"),
        [DataRequired(_l("Give the cohort a name.")), Length(max=80, message=_l("Use 80 characters or fewer."))],
        filters=[clean],
        description=_l("As people say it, for example “Autumn 2026, Leeds”."),
    )
    programme = SelectField(
        _l("Programme"), description=_l("The cohort stays on the version that is newest now, whatever changes later.")
    )
    zone = ZoneField(_l("Time zone"), description=_l("Its weekly sessions keep this wall clock, also in summer."))

    def __init__(self, versions: Sequence[ProgrammeVersion], **options: Any) -> None:
        super().__init__(**options)
        self.programme.choices = [SelectChoice(version.hash, version.title) for version in versions]
        self.programme.invalid_choice_message = str(_l("A newer version was published. Choose the programme again."))


class AddForm(FlaskForm):
    """Somebody for a cohort: known by their address, or new and then with a name."""

    email = email_field(_l("E-mail address"), description=_l("Of anybody, known or new."))
    name = StringField(
        _l("Name"),
        [Length(max=120, message=_l("Use 120 characters or fewer."))],
        filters=[clean],
        description=_l("Only for somebody new."),
    )
    role = SelectField(
        _l("Role"),
        choices=[SelectChoice(role.value, ROLE_NAMES[role]) for role in Role if role in COHORT_ROLES],
        default=Role.TRAINEE.value,
        description=_l("In this cohort."),
    )


class RemoveForm(FlaskForm):
    """Why somebody leaves a cohort."""

    reason = TextAreaField(
        _l("Reason"),
        [DataRequired(_l("Give a reason; it is kept with who did it and when.")), Length(max=500)],
        filters=[lambda text: (text or "").strip()],
        description=_l("One sentence. Managers can read it later."),
    )


class UploadForm(FlaskForm):
    """A roster."""

    roster = FileField(
        _l("CSV file"),
        [FileRequired(_l("Choose a file."))],
        description=_l("As Excel, Numbers or LibreOffice save it: “CSV UTF-8” is best."),
    )


class ConfirmForm(FlaskForm):
    """A roster that was checked, signed, so that what is imported is what was shown."""

    checked = HiddenField()
