"""Knowledge checks: one question a page, and the result."""

from typing import Any, Final
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mentorcert.catalog.programme import StepKind
from mentorcert.catalog.questions import Question
from mentorcert.coursework import attempts, service
from mentorcert.coursework.attempts import Sitting
from mentorcert.coursework.forms import AnswerForm, NextForm
from mentorcert.coursework.views.desk import Desk, blueprint, open_desk
from mentorcert.errors import NotFound
from mentorcert.permissions import Permission, needs
from mentorcert.web import here

ADDRESS: Final = "/learn/<uuid:enrolment>/<unit>/<step>/<question>"


@blueprint.get(ADDRESS)
@needs(Permission.COURSEWORK_DO)
def question(enrolment: UUID, unit: str, step: str, question: str) -> ResponseReturnValue:
    """A question, or what its answer was; `?again` asks a question of a finished check anew."""
    desk, sitting, asked = _open(enrolment, unit, step, question)
    response = None if sitting.shows_result and "again" in request.args else sitting.answer_to(asked.id)
    if response is not None:
        return _answered_page(desk, sitting, asked, response)
    return _question_page(desk, sitting, asked, AnswerForm(asked))


@blueprint.post(ADDRESS)
@needs(Permission.COURSEWORK_DO)
def answer(enrolment: UUID, unit: str, step: str, question: str) -> ResponseReturnValue:
    """Answer a question. What was answered in this attempt already stays as it is."""
    desk, sitting, asked = _open(enrolment, unit, step, question)
    form = AnswerForm(asked)
    if not form.validate_on_submit():
        return _question_page(desk, sitting, asked, form, 400)
    marker = form.attempt.data or ""
    if not service.answer(here.session(), desk.where, asked.id, form.answer.data, marker, now=here.now()):
        flash(_("This question was answered before, in another tab perhaps. That answer counts."), "look")
    return redirect(question_url(desk, asked.id), 303)


def check_page(desk: Desk) -> ResponseReturnValue:
    """The result of the last attempt, or the first question that is open."""
    sitting = desk.study.sitting(desk.where.unit)
    asked = sitting.open_question
    if sitting.shows_result or asked is None:
        return desk.show("result", sitting=sitting, form=NextForm(), question_url=question_url)
    return redirect(question_url(desk, asked.id))


def finish_check(desk: Desk) -> ResponseReturnValue:
    """Finish a check in which everything is answered."""
    if NextForm().validate_on_submit():
        service.finish_check(here.session(), desk.where, now=here.now())
    return redirect(desk.url, 303)


def question_url(desk: Desk, question_id: str, **more: Any) -> str:
    """The address of a question of the check."""
    where = desk.where
    return url_for(
        "coursework.question", enrolment=desk.enrolment, unit=where.unit, step=where.step, question=question_id, **more
    )


def _open(enrolment: UUID, unit: str, step: str, question_id: str) -> tuple[Desk, Sitting, Question]:
    desk = open_desk(enrolment, unit, step)
    if desk.place.state.step.kind is not StepKind.CHECK:
        raise NotFound("This step has no questions.", "Go to the unit and choose a step from there.")
    sitting = desk.study.sitting(unit)
    return desk, sitting, sitting.check.question(question_id)


def _question_page(
    desk: Desk, sitting: Sitting, asked: Question, form: AnswerForm, status: int = 200
) -> ResponseReturnValue:
    form.attempt.data = sitting.marker
    return desk.show(
        "question",
        status,
        **_around(desk, sitting, asked),
        form=form,
        errors=form.answer.errors,
        given=form.answer.data,
    )


def _answered_page(desk: Desk, sitting: Sitting, asked: Question, response: attempts.Response) -> ResponseReturnValue:
    score = asked.score(response)
    outcome = "right" if score == 1 else "part" if score else "wrong"
    return desk.show("answered", **_around(desk, sitting, asked), response=response, outcome=outcome)


def _around(desk: Desk, sitting: Sitting, asked: Question) -> dict[str, Any]:
    """What both pages of a question need: where it stands, and how what can be chosen is mixed."""
    questions = sitting.check.questions
    at = questions.index(asked)
    shown = sitting.earlier if sitting.shows_result else sitting.current
    marks = ["here" if each is asked else "done" if each.id in shown else "todo" for each in questions]
    return {
        "question": asked,
        "sitting": sitting,
        "number": at + 1,
        "before": questions[at - 1] if at else None,
        "after": questions[at + 1] if at + 1 < len(questions) else None,
        "dots": marks,
        "shown": attempts.mixed(asked, str(desk.enrolment)),
        "question_url": question_url,
    }
