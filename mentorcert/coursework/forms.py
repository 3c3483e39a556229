"""The forms of coursework."""

from typing import Final

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, IntegerField, StringField, TextAreaField, ValidationError
from wtforms.fields import Field
from wtforms.validators import DataRequired, InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from mentorcert.catalog.questions import Question
from mentorcert.coursework.attempts import what_is_missing
from mentorcert.coursework.models import Reflection, StrengthsResult
from mentorcert.coursework.service import LONGEST_REFLECTION

MISSING: Final = {
    "empty": _l("There is no answer yet. Choose one, then send it."),
    "incomplete": _l("One is still open. Give each of them an answer."),
    "twice": _l("The same one stands there twice. Use each of them once."),
    "foreign": _l("This answer is not one of this question's. Choose from the list."),
}
"""What to say of an answer that can't be taken."""


class NextForm(FlaskForm):
    """Says that something was read or watched."""


class PromiseForm(FlaskForm):
    """Makes the promise of an orientation lesson."""

    promise = BooleanField(
        validators=[DataRequired(_l("Tick the box if you want to promise it. Without it this step stays open."))]
    )


class StrengthsForm(FlaskForm):
    """Up to five strengths in one's own words."""

    first = StringField(
        _l("Your first strength"), validators=[Length(max=80, message=_l("Keep it below 80 characters."))]
    )
    second = StringField(_l("The second"), validators=[Length(max=80, message=_l("Keep it below 80 characters."))])
    third = StringField(_l("The third"), validators=[Length(max=80, message=_l("Keep it below 80 characters."))])
    fourth = StringField(_l("The fourth"), validators=[Length(max=80, message=_l("Keep it below 80 characters."))])
    fifth = StringField(_l("The fifth"), validators=[Length(max=80, message=_l("Keep it below 80 characters."))])
    instrument = StringField(
        _l("Which assessment it comes from"),
        description=_l("By its name, or “five moments on paper”."),
        validators=[Length(max=80, message=_l("Keep it below 80 characters."))],
    )

    @property
    def words(self) -> list[Field]:
        """The fields of the strengths, in order."""
        return [self.first, self.second, self.third, self.fourth, self.fifth]

    @property
    def strengths(self) -> list[str]:
        """What was written, strongest first."""
        return [field.data or "" for field in self.words]

    def validate_first(self, _field: Field) -> None:
        """One strength at least."""
        if not any(word.strip() for word in self.strengths):
            raise ValidationError(_l("Write at least one strength, in your own words."))

    def show(self, result: StrengthsResult) -> None:
        """Start from what was recorded."""
        for field, word in zip(self.words, result.strengths, strict=False):
            field.data = word
        self.instrument.data = result.instrument


class ReflectionForm(FlaskForm):
    """An answer to oneself, and what to practise."""

    text = TextAreaField(
        _l("Your answer"),
        description=_l("Only you read this."),
        validators=[
            InputRequired(_l("Write something first. A sentence or two is enough.")),
            Length(max=LONGEST_REFLECTION, message=_l("Keep it below 10,000 characters.")),
        ],
    )
    practise = StringField(
        _l("What do you want to practise in the live session?"),
        description=_l("Your facilitator sees this, with your first name."),
        validators=[Length(max=300, message=_l("Keep it below 300 characters."))],
    )
    revision = IntegerField(widget=HiddenInput(), default=0, validators=[Optional()])

    def validate_text(self, field: Field) -> None:
        """Spaces are no answer."""
        if not (field.data or "").strip():
            raise ValidationError(_l("Write something first. A sentence or two is enough."))

    def show(self, row: Reflection) -> None:
        """Start from what was kept: the draft, else what was finished."""
        kept = row.draft or {"text": row.text, "practise": row.practise}
        self.text.data, self.practise.data, self.revision.data = kept["text"], kept["practise"], row.revision


class Response(Field):
    """Every value called `answer`, in the order of the page."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take all of them."""
        self.data = tuple(valuelist)

    def process_data(self, value: object) -> None:
        """Start with no answer."""
        self.data = ()


class AnswerForm(FlaskForm):
    """An answer to one question, and which attempt it is meant for."""

    answer = Response()
    attempt = HiddenField()

    def __init__(self, question: Question) -> None:
        self.question = question
        super().__init__()

    def validate_answer(self, field: Field) -> None:
        """A whole answer in words that the question has."""
        if missing := what_is_missing(self.question, field.data):
            raise ValidationError(MISSING[missing])
