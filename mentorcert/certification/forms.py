"""The forms of certification."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length


class DecideForm(FlaskForm):
    """Nothing but the token: the decision is the button."""


class RevokeForm(FlaskForm):
    """Why a certificate is withdrawn."""

    reason = TextAreaField(
        _l("Why is it withdrawn?"),
        description=_l("Kept in the audit log. The public page says that it was withdrawn, not why."),
        validators=[InputRequired(_l("Say why. Without a reason a certificate stays.")), Length(max=2000)],
    )


class CodeForm(FlaskForm):
    """A verification code, as somebody types it."""

    class Meta:
        """Looking something up changes nothing, and strangers have no session."""

        csrf = False

    code = StringField(
        _l("Code on the certificate"), validators=[InputRequired(_l("Type the code, for example K7QX-4M2P."))]
    )
