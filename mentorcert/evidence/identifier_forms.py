"""The forms of how other systems name a person."""

from typing import Any, Final
from urllib.parse import urlsplit

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, Field, HiddenField, StringField, ValidationError
from wtforms.validators import DataRequired, Length

from mentorcert.evidence.identifiers import LONGEST_VOUCHER
from mentorcert.people.forms import Address, clean

MOST: Final = 200
_TOO_LONG: Final = _l("Use %(most)d characters or fewer.", most=MOST)


def _stripped(text: str | None) -> str:
    return (text or "").strip()


class IdentifierForm(FlaskForm):
    """An address, or an account of another system; and who made sure whose it is."""

    address = EmailField(
        _l("E-mail address"),
        [Address()],
        filters=[_stripped],
        description=_l("In exactly the letters that the other system uses."),
    )
    home_page = StringField(
        _l("Or the address of the other system"),
        [Length(max=MOST, message=_TOO_LONG)],
        filters=[_stripped],
        description=_l("What its statements give as homePage, such as https://lms.example.org."),
    )
    account = StringField(
        _l("And their account there"),
        [Length(max=MOST, message=_TOO_LONG)],
        filters=[_stripped],
        description=_l("What its statements give as name."),
    )
    verified_by = StringField(
        _l("Who made sure, and how?"),
        [DataRequired(_l("Say who made sure, and how.")), Length(max=LONGEST_VOUCHER)],
        filters=[clean],
        description=_l("For example: Ines, by the list of the HR office."),
    )

    def validate_address(self, field: Field) -> None:
        """Refuse no identifier, and two."""
        if bool(field.data) == bool(self.home_page.data or self.account.data):
            raise ValidationError(_l("Give an e-mail address, or an account of another system, and not both."))

    def validate_home_page(self, field: Field) -> None:
        """Refuse half an account, and what is no address."""
        if not field.data and self.account.data:
            raise ValidationError(_l("Say which system this account belongs to."))
        if field.data and urlsplit(field.data).scheme not in {"http", "https"}:
            raise ValidationError(_l("This is not a web address. It begins with https://."))

    def validate_account(self, field: Field) -> None:
        """Refuse half an account."""
        if not field.data and self.home_page.data:
            raise ValidationError(_l("Say what their account is called there."))

    def agent(self) -> dict[str, Any]:
        """The agent that statements name."""
        if self.address.data:
            return {"mbox": f"mailto:{self.address.data}"}
        return {"account": {"homePage": self.home_page.data, "name": self.account.data}}


class RemovalForm(FlaskForm):
    """An identifier that was a mistake."""

    identifier = HiddenField(_l("Identifier"), [DataRequired(_l("Say which one."))])
    reason = StringField(_l("Why?"), [Length(max=MOST, message=_TOO_LONG)], filters=[clean])
