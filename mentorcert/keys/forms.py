"""The forms of keys."""

from collections.abc import Iterable, Sequence
from typing import Any, Final
from uuid import uuid4

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from markupsafe import Markup
from wtforms import EmailField, HiddenField, SelectChoice, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import UUID as IsUuid
from wtforms.validators import DataRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from mentorcert.catalog.models import ProgrammeVersion
from mentorcert.errors import Fault
from mentorcert.keys.service import MOST_LABEL
from mentorcert.people.forms import Address, clean
from mentorcert.sessions.forms import DayField

MEANINGS: Final[dict[str, tuple[Any, Any]]] = {
    "statements/write": (
        _l("Send statements"),
        _l("It tells what people did elsewhere. It can take back only what it sent itself."),
    ),
    "statements/read/mine": (_l("Read its own statements"), _l("What was sent with this key, and nothing else.")),
    "statements/read": (_l("Read all statements"), _l("Those of every person, in every programme.")),
    "state": (
        _l("Keep where somebody left off"),
        _l("State documents of every person, such as a bookmark in a package."),
    ),
    "profile": (_l("Keep profiles"), _l("Profile documents of activities and of people, such as preferences.")),
    "define": (
        _l("Describe activities"),
        _l("The names that its statements give to activities become the names that others read."),
    ),
    "all/read": (_l("Read everything"), _l("All statements and all documents; it changes nothing.")),
    "all": (_l("Everything"), _l("All of the above. Few systems need it.")),
}
"""What each scope of the standard is in our words: what it allows, and what to know about it. From little to much."""


class _Boxes(SelectMultipleField):
    """Boxes to tick."""

    def __init__(self, label: Any, **options: Any) -> None:
        super().__init__(label, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(), **options)


class _Faulty(FlaskForm):
    """A form that can be told what a service found wrong with it."""

    def take(self, faults: Iterable[Fault]) -> None:
        """Put each fault beside the field that it is about, unless something is said there already."""
        for fault in faults:
            field = self[fault.where]
            field.errors = field.errors or [f"{fault.what} {fault.todo}".rstrip()]


def _label() -> StringField:
    too_long = _l("Use %(most)d characters or fewer.", most=MOST_LABEL)
    return StringField(
        _l("Which system is it for?"),
        [DataRequired(_l("Say which system it is for.")), Length(max=MOST_LABEL, message=too_long)],
        filters=[clean],
        description=_l("People see this name wherever the statements of this key are shown."),
    )


def _owner() -> EmailField:
    needed = DataRequired(_l("Give the e-mail address of somebody who has an account."))
    return EmailField(
        _l("Who answers for it?"),
        [needed, Address()],
        filters=[lambda text: (text or "").strip()],
        description=_l(
            "The e-mail address of somebody who knows the system, and whom you ask before you revoke the key."
        ),
    )


class KeyForm(_Faulty):
    """A new key."""

    label = _label()
    scopes = _Boxes(_l("What may it do?"), description=_l("Tick no more than it needs. This can't be changed later."))
    programmes = _Boxes(
        _l("Whose lessons may it complete?"),
        description=_l(
            "What it says of their lessons counts for people who are enrolled and whom we recognise. Knowledge checks, "
            "attendance, grades and certificates never come from outside. With no programme, all that it sends is kept "
            "and counts for nothing."
        ),
    )
    owner = _owner()
    expires = DayField(
        _l("Last day"), [Optional()], description=_l("After it the key is refused. It can end earlier, never later.")
    )
    uuid = HiddenField(validators=[IsUuid(_l("This page was not complete. Load it again."))])
    """What the key will be called: sent twice, the form makes one key."""

    def __init__(self, programmes: Sequence[ProgrammeVersion], **options: Any) -> None:
        super().__init__(**options)
        self.scopes.choices = [
            SelectChoice(scope, _choice(title, why, scope)) for scope, (title, why) in MEANINGS.items()
        ]
        self.programmes.choices = [SelectChoice(each.slug, each.title) for each in programmes]
        self.uuid.data = self.uuid.data or str(uuid4())


class ChangeForm(_Faulty):
    """What may change of a key."""

    label = _label()
    owner = _owner()
    expires = DayField(_l("Last day"), [Optional()], description=_l("It can end earlier, never later."))

    def __init__(self, *, ended: bool, **options: Any) -> None:
        super().__init__(**options)
        if ended:
            del self.expires


class RevokeForm(FlaskForm):
    """Why a key is revoked."""

    reason = TextAreaField(
        _l("Reason"),
        [Length(max=500, message=_l("Use 500 characters or fewer."))],
        filters=[lambda text: (text or "").strip()],
        description=_l("Kept with the key, with who did it and when."),
    )


def _choice(title: Any, why: Any, scope: str) -> Markup:
    return Markup('<strong>{}</strong> <code class="mono">{}</code><br>{}').format(title, scope, why)
