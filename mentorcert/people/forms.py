"""The forms of people."""

from collections.abc import Collection
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    EmailField,
    Field,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from mentorcert.people import addresses, passwords, zones
from mentorcert.permissions import Role

ROLE_NAMES: Final[dict[Role, Any]] = {
    Role.TRAINEE: _l("Trainee"),
    Role.FACILITATOR: _l("Facilitator"),
    Role.COACH: _l("Coach"),
    Role.MANAGER: _l("Programme manager"),
    Role.ADMINISTRATOR: _l("Administrator"),
}
OVERALL: Final = (Role.MANAGER, Role.ADMINISTRATOR)
"""The roles that are held everywhere; the others belong to a cohort."""


def clean(text: str | None) -> str:
    """What was typed, without spaces around it and without runs of them."""
    return " ".join((text or "").split())


class Address:
    """Refuses what can't be an e-mail address."""

    def __call__(self, _form: FlaskForm, field: Field) -> None:
        """Raise ValidationError for what can't be one."""
        if field.data and (addresses.fault(field.data) or len(field.data) > addresses.MOST):
            raise ValidationError(_l("This is not an e-mail address. Write it like name@example.org."))


def email_field(label: Any, **options: Any) -> EmailField:
    """A field for an e-mail address."""
    needed = DataRequired(_l("Give an e-mail address."))
    return EmailField(label, [needed, Address()], filters=[lambda text: (text or "").strip()], **options)


def name_field(label: Any, **options: Any) -> StringField:
    """A field for a name."""
    validators = [DataRequired(_l("Give a name.")), Length(max=120, message=_l("Use 120 characters or fewer."))]
    return StringField(label, validators, filters=[clean], **options)


def _is_zone(_form: FlaskForm, field: Field) -> None:
    if not field.data or not zones.is_zone(field.data):
        raise ValidationError(_l("Choose a time zone from the list."))


def password_field(label: Any, **options: Any) -> PasswordField:
    """A field for a password, never filled in again."""
    return PasswordField(label, [InputRequired(_l("Give a password."))], **options)


class ZoneField(SelectField):
    """A list of time zones by region. A zone that goes by an old name stays choosable for who has it."""

    def __init__(self, label: Any, **options: Any) -> None:
        super().__init__(label, [_is_zone], choices=_zone_choices(), validate_choice=False, **options)

    def post_process(self, formdata: Any = None) -> None:
        """Add the present zone to the list when it goes by an old name."""
        super().post_process(formdata)
        choices = _zone_choices()
        if self.data and zones.is_zone(self.data) and self.data not in {choice.value for choice in choices}:
            choices.insert(0, SelectChoice(self.data, self.data, optgroup=str(_l("Now"))))
        self.choices = choices


def _zone_choices() -> list[SelectChoice]:
    groups = zones.grouped().items()
    return [SelectChoice(name, place, optgroup=region) for region, places in groups for name, place in places]


class SignInForm(FlaskForm):
    """Address and password. What is wrong with them is said in one sentence that does not tell which."""

    email = StringField(_l("E-mail address"), [DataRequired(_l("Give your e-mail address."))])
    password = password_field(_l("Password"))


class NewPasswordForm(FlaskForm):
    """A password by a one-time link. `email` is whose it is."""

    password = password_field(_l("New password"), description=_l("Twelve characters or more. A few words do well."))

    def __init__(self, email: str, **options: Any) -> None:
        super().__init__(**options)
        self._email = email

    def validate_password(self, field: Field) -> None:
        """Refuse a password that will not do."""
        if fault := passwords.fault(field.data or "", self._email):
            raise ValidationError(fault)


class ForgottenForm(FlaskForm):
    """The address to send a link to."""

    email = email_field(_l("E-mail address"))


class ProfileForm(FlaskForm):
    """What a person decides about themselves."""

    name = name_field(_l("Name"), description=_l("As others see it, and as it will stand on a certificate."))
    zone = ZoneField(_l("Time zone"), description=_l("All times are shown in it."))
    theme = RadioField(
        _l("Colours"),
        choices=[
            SelectChoice("", _l("As my system has it")),
            SelectChoice("light", _l("Light")),
            SelectChoice("dark", _l("Dark")),
        ],
    )


class ChangePasswordForm(NewPasswordForm):
    """A new password, for who knows the old one."""

    old = password_field(_l("Old password"))


class InviteForm(FlaskForm):
    """Somebody new."""

    name = name_field(_l("Name"))
    email = email_field(_l("E-mail address"), description=_l("The invitation goes there."))
    office = StringField(
        _l("Office"),
        [Length(max=120, message=_l("Use 120 characters or fewer."))],
        filters=[clean],
        description=_l("One that is in the list, or a new one."),
    )
    zone = ZoneField(_l("Time zone"))
    roles = SelectMultipleField(
        _l("Roles"),
        description=_l("These hold everywhere. Trainees, facilitators and coaches are added to a cohort instead."),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    def __init__(self, allowed: Collection[Role], **options: Any) -> None:
        super().__init__(**options)
        self.roles.choices = [SelectChoice(role.value, ROLE_NAMES[role]) for role in OVERALL if role in allowed]

    def chosen(self) -> list[Role]:
        """The roles that were ticked."""
        return [Role(value) for value in self.roles.data or ()]
