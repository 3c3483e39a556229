"""The forms of deliveries."""

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    Field,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from mentorcert.catalog.models import ProgrammeVersion
from mentorcert.delivery.service import Wish
from mentorcert.people.forms import clean
from xapi import values
from xapi.delivery.targets import VERSIONS
from xapi.faults import Report

MOST: Final = 500
"""Characters of an address, a key or a secret."""


def _stripped(text: str | None) -> str:
    return (text or "").strip()


class _Endpoint:
    """Refuses what can't be the address of an LRS, and our own."""

    def __init__(self, own: str) -> None:
        self._own = own

    def __call__(self, _form: FlaskForm, field: Field) -> None:
        """Raise ValidationError that says what to write instead."""
        if (fault := _endpoint_fault(field.data, self._own)) is not None:
            raise ValidationError(fault)


class _SecretOf:
    """Refuses to send the secret of one address to another: who may not read it could have it sent to themselves."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint

    def __call__(self, form: FlaskForm, field: Field) -> None:
        """Raise ValidationError for a new address without its secret."""
        if not field.data and (form.endpoint.data or "").rstrip("/") != self._endpoint:
            raise ValidationError(_l("Enter the secret for the new address: the one there is goes nowhere else."))


def _endpoint_fault(text: str, own: str) -> Any:
    parts = _split(text)
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname or not text.isascii():
        return _l("Give an address that starts with https://, such as https://lrs.example.org/xapi.")
    if not text.isprintable() or " " in text or parts.query or parts.fragment or parts.username is not None:
        return _l("Give the address alone: no spaces, no user name, nothing behind ? or #.")
    if parts.path.rstrip("/").endswith("/statements"):
        return _l("Leave /statements out: it is added.")
    if text.rstrip("/").casefold() == own.casefold():
        return _l("This is our own address. Give the address of another LRS.")
    return None


def _split(text: str) -> SplitResult | None:
    """Return the parts of an address, or None when it can't be taken apart."""
    try:
        parts = urlsplit(text)
        return None if parts.port == 0 else parts
    except ValueError:
        return None


def _iris(_form: FlaskForm, field: Field) -> None:
    for line in lines(field.data):
        report: Report = []
        values.iri(line, "", report)
        if report:
            raise ValidationError(_l("“%(line)s” is not an IRI. Write one a line.", line=line[:80]))


def lines(text: str | None) -> tuple[str, ...]:
    """Return the lines that say something, each once."""
    return tuple(dict.fromkeys(line.strip() for line in (text or "").splitlines() if line.strip()))


class TargetForm(FlaskForm):
    """Another LRS, and what it gets."""

    name = StringField(
        _l("What do you call it?"),
        [DataRequired(_l("Give it a name.")), Length(max=80, message=_l("Use 80 characters or fewer."))],
        filters=[clean],
    )
    endpoint = StringField(
        _l("Endpoint"),
        filters=[_stripped],
        description=_l("The address of its xAPI, as its administrator gives it: https://lrs.example.org/xapi."),
    )
    version = RadioField(
        _l("Version of xAPI"),
        choices=[SelectChoice(each, each) for each in VERSIONS],
        default=VERSIONS[0],
        description=_l("Nearly every LRS takes 1.0.3. Choose 2.0.0 when its administrator asks for it."),
    )
    key = StringField(
        _l("Key, or user name"),
        [DataRequired(_l("Give the key that it made for us.")), Length(max=MOST)],
        filters=[_stripped],
    )
    secret = PasswordField(_l("Secret, or password"), filters=[_stripped])
    programmes = SelectMultipleField(
        _l("Only these programmes"),
        description=_l("With none ticked, it gets the statements of every programme, and all others."),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    verbs = TextAreaField(
        _l("Only these verbs"),
        [_iris, Length(max=20_000)],
        description=_l(
            "The verbs’ IRIs, one a line, such as http://adlnet.gov/expapi/verbs/completed. What takes back a "
            "statement that it got goes along."
        ),
    )
    skips = SelectField(
        _l("Does it send statements to us too?"),
        description=_l("Then choose the key that it uses here: what came with that key is not sent back."),
    )
    history = BooleanField(
        _l("Send it everything that is stored so far"),
        description=_l("Otherwise it gets what is stored from now on. You can send it later too."),
    )

    def __init__(
        self,
        programmes: Sequence[ProgrammeVersion],
        keys: Sequence[tuple[str, str]],
        *,
        own: str,
        made: str | None,
        **rest: Any,
    ) -> None:
        super().__init__(**rest)
        self.endpoint.validators = [DataRequired(_l("Give its endpoint.")), Length(max=MOST), _Endpoint(own)]
        if made is not None:
            del self.history
            self.secret.validators = [_SecretOf(made), Length(max=MOST)]
            self.secret.description = _l("It can't be shown. Leave it empty to keep the one there is.")
        else:
            self.secret.validators = [InputRequired(_l("Give the secret of that key.")), Length(max=MOST)]
            self.secret.description = _l("Kept encrypted, and never shown again.")
        self.programmes.choices = [SelectChoice(each.slug, each.title) for each in programmes]
        self.skips.choices = [SelectChoice("", _l("No, or with no key")), *(SelectChoice(*each) for each in keys)]

    def wish(self) -> Wish:
        """Return what was asked for."""
        return Wish(
            name=self.name.data or "",
            endpoint=self.endpoint.data or "",
            version=self.version.data,
            key=self.key.data or "",
            secret=self.secret.data or "",
            programmes=tuple(self.programmes.data or ()),
            verbs=lines(self.verbs.data),
            skips=self.skips.data or None,
        )
