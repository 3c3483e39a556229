"""Lessons, films, promises, strengths and reflections."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID, uuid4

from flask import request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from mentorcert.catalog import markdown
from mentorcert.catalog.media import resolve
from mentorcert.catalog.programme import Lesson, Programme, StepKind
from mentorcert.coursework import film, queries, service
from mentorcert.coursework.forms import NextForm, PromiseForm, ReflectionForm, StrengthsForm
from mentorcert.coursework.views import checks
from mentorcert.coursework.views.desk import Desk, blueprint, open_desk
from mentorcert.permissions import Permission, needs
from mentorcert.web import here

ADDRESS: Final = "/learn/<uuid:enrolment>/<unit>/<step>"


@blueprint.get(ADDRESS)
@needs(Permission.COURSEWORK_DO)
def step(enrolment: UUID, unit: str, step: str) -> ResponseReturnValue:
    """A step: what to read, watch, promise, write or answer."""
    desk = open_desk(enrolment, unit, step)
    return _PAGES[desk.place.state.step.kind](desk)


@blueprint.post(ADDRESS)
@needs(Permission.COURSEWORK_DO)
def do_step(enrolment: UUID, unit: str, step: str) -> ResponseReturnValue:
    """Do the step, and go on to the next one."""
    desk = open_desk(enrolment, unit, step)
    return _DEEDS[desk.place.state.step.kind](desk)


@blueprint.post(f"{ADDRESS}/film")
@needs(Permission.COURSEWORK_DO)
def film_report(enrolment: UUID, unit: str, step: str) -> ResponseReturnValue:
    """Take a player's report of what was watched; 204, and nothing to show."""
    desk = open_desk(enrolment, unit, step)
    service.watch_film(here.session(), desk.where, film.report(request.values), now=here.now())
    return "", 204


@blueprint.post(f"{ADDRESS}/draft")
@needs(Permission.COURSEWORK_DO)
def draft(enrolment: UUID, unit: str, step: str) -> ResponseReturnValue:
    """Keep an unfinished reflection; speaks JSON with drafts.js."""
    desk = open_desk(enrolment, unit, step)
    form = ReflectionForm()
    text, practise, revision = form.text.data or "", form.practise.data or "", form.revision.data or 0
    try:
        row = service.save_draft(here.session(), desk.where, text, practise, revision, now=here.now())
    except service.StaleDraft as stale:
        return {"reason": "newer", "saved_at": _iso(stale.kept.saved_at), "url": desk.url}, 409
    return {"revision": row.revision, "saved_at": _iso(row.saved_at)}


def _lesson_page(desk: Desk, status: int = 200, **values: Any) -> ResponseReturnValue:
    lesson = desk.place.unit.unit.lesson(desk.where.step)
    values.setdefault("form", NextForm())
    return desk.show(
        "lesson",
        status,
        lesson=lesson,
        html=_html(desk, lesson),
        film=_film(desk, lesson),
        **values,
    )


def _html(desk: Desk, lesson: Lesson) -> Markup:
    """A lesson's text. What `render` gives is safe, whoever wrote the Markdown."""

    def media_url(link: str) -> str:
        path = resolve(lesson.path, link)
        return _media_url(desk, path) if path else ""

    return Markup(markdown.render(lesson.source, media_url))


def _film(desk: Desk, lesson: Lesson) -> dict[str, Any] | None:
    if not lesson.film or not lesson.captions:
        return None
    types = {each.path: each.content_type for each in desk.study.programme.media}
    return {
        "src": _media_url(desk, lesson.film),
        "type": types.get(lesson.film, ""),
        "poster": _media_url(desk, lesson.poster) if lesson.poster else "",
        "captions": _media_url(desk, lesson.captions),
        "cues": _cues(desk.study.programme, lesson.captions),
        "viewing": uuid4(),
    }


def _cues(programme: Programme, captions: str) -> tuple[film.Cue, ...]:
    key = next(each.key for each in programme.media if each.path == captions)
    try:
        return film.cues(here.files().read(key))
    except FileNotFoundError:
        return ()


def _media_url(desk: Desk, path: str) -> str:
    return url_for("coursework.media", version=desk.study.about.version, name=path)


def _do_read(desk: Desk) -> ResponseReturnValue:
    if not NextForm().validate_on_submit():
        return _lesson_page(desk, 400)
    service.read_lesson(here.session(), desk.where, now=here.now())
    return desk.go_on()


def _do_film(desk: Desk) -> ResponseReturnValue:
    if not NextForm().validate_on_submit():
        return _lesson_page(desk, 400)
    service.watch_film(here.session(), desk.where, now=here.now())
    return desk.go_on()


def _promise_page(desk: Desk) -> ResponseReturnValue:
    return _lesson_page(desk, form=PromiseForm())


def _do_promise(desk: Desk) -> ResponseReturnValue:
    form = PromiseForm()
    if not form.validate_on_submit():
        return _lesson_page(desk, 400, form=form)
    service.acknowledge(here.session(), desk.where, now=here.now())
    return desk.go_on()


def _strengths_page(desk: Desk) -> ResponseReturnValue:
    form = StrengthsForm()
    result = queries.strengths(here.session(), desk.study.row)
    if result is not None:
        form.show(result)
    return _lesson_page(desk, form=form, recorded_at=result.recorded_at if result else None)


def _do_strengths(desk: Desk) -> ResponseReturnValue:
    form = StrengthsForm()
    if not form.validate_on_submit():
        return _lesson_page(desk, 400, form=form)
    instrument = form.instrument.data or ""
    service.record_strengths(here.session(), desk.where, form.strengths, instrument, now=here.now())
    return desk.go_on()


def _reflection_page(desk: Desk) -> ResponseReturnValue:
    form = ReflectionForm()
    row = queries.reflection(here.session(), desk.study.row, desk.where.unit)
    if row is not None:
        form.show(row)
    return desk.show("reflection", form=form, kept=row)


def _do_reflection(desk: Desk) -> ResponseReturnValue:
    form = ReflectionForm()
    if not form.validate_on_submit():
        return desk.show("reflection", 400, form=form, kept=None)
    text, practise, revision = form.text.data or "", form.practise.data or "", form.revision.data or 0
    try:
        service.reflect(here.session(), desk.where, text, practise, revision, now=here.now())
    except service.StaleDraft as stale:
        # What was typed stays in the form; sending it once more says that it is the one to keep.
        form.revision.raw_data, form.revision.data = None, stale.kept.revision
        return desk.show(
            "reflection", 409, form=form, kept=stale.kept, newer=stale.kept.draft or {"text": stale.kept.text}
        )
    return desk.go_on()


def _iso(at: Any) -> str:
    return at.isoformat() if at else ""


_PAGES: Final[dict[StepKind, Callable[[Desk], ResponseReturnValue]]] = {
    StepKind.READ: _lesson_page,
    StepKind.FILM: _lesson_page,
    StepKind.ACKNOWLEDGE: _promise_page,
    StepKind.STRENGTHS: _strengths_page,
    StepKind.REFLECTION: _reflection_page,
    StepKind.CHECK: checks.check_page,
}

_DEEDS: Final[dict[StepKind, Callable[[Desk], ResponseReturnValue]]] = {
    StepKind.READ: _do_read,
    StepKind.FILM: _do_film,
    StepKind.ACKNOWLEDGE: _do_promise,
    StepKind.STRENGTHS: _do_strengths,
    StepKind.REFLECTION: _do_reflection,
    StepKind.CHECK: checks.finish_check,
}
