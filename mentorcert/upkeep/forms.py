"""The forms of upkeep."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length


class ForgetForm(FlaskForm):
    """Why somebody is forgotten, and how else other systems know them."""

    reason = TextAreaField(
        _l("Why are they forgotten?"),
        description=_l("Kept in the audit log. Leave the name out; where it stands, it is taken out."),
        validators=[
            InputRequired(_l("Say why. Without a reason nobody is forgotten.")),
            Length(max=2000, message=_l("Use 2,000 characters or fewer.")),
        ],
    )
    also = TextAreaField(
        _l("Other addresses that systems know them by"),
        description=_l("One on a line, such as an old e-mail address. What we know of ourselves goes anyway."),
        validators=[Length(max=2000, message=_l("Use 2,000 characters or fewer."))],
    )

    @property
    def addresses(self) -> list[str]:
        """What was given under `also`, line by line."""
        return [line.strip() for line in (self.also.data or "").splitlines() if line.strip()]
