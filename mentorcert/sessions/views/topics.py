"""The list of topics."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mentorcert.errors import Invalid
from mentorcert.permissions import Permission, needs
from mentorcert.sessions import queries
from mentorcert.sessions import topics as service
from mentorcert.sessions.forms import TopicForm
from mentorcert.sessions.views.frame import blueprint
from mentorcert.web import here


@blueprint.get("/topics")
@needs(Permission.SCHEDULE_EDIT)
def topics() -> ResponseReturnValue:
    """What role-play can be about."""
    return _page(TopicForm(formdata=None))


@blueprint.post("/topics")
@needs(Permission.SCHEDULE_EDIT)
def add_topic() -> ResponseReturnValue:
    """Add a topic."""
    form = TopicForm()
    try:
        topic = service.add(here.session(), form.title.data or "", who=here.person(), now=here.now())
    except Invalid as problem:
        return _refused(form, problem)
    return _done(_("“%(title)s” is in the list. Assign it to a session in the schedule.", title=topic.title))


@blueprint.get("/topics/<uuid:topic>")
@needs(Permission.SCHEDULE_EDIT)
def topic(topic: UUID) -> ResponseReturnValue:
    """One topic, to rename, archive or bring back."""
    found = queries.topic(here.session(), topic)
    return render_template("sessions/topic.html", topic=found, form=TopicForm(formdata=None, title=found.title))


@blueprint.post("/topics/<uuid:topic>")
@needs(Permission.SCHEDULE_EDIT)
def rename_topic(topic: UUID) -> ResponseReturnValue:
    """Call a topic something else."""
    form = TopicForm()
    try:
        found = service.rename(here.session(), topic, form.title.data or "", who=here.person(), now=here.now())
    except Invalid as problem:
        here.session().rollback()
        form.take(problem.faults)
        return render_template("sessions/topic.html", topic=queries.topic(here.session(), topic), form=form), 400
    return _done(_("It is called “%(title)s” now.", title=found.title))


@blueprint.post("/topics/<uuid:topic>/archive")
@needs(Permission.SCHEDULE_EDIT)
def archive_topic(topic: UUID) -> ResponseReturnValue:
    """Stop offering a topic."""
    found = service.archive(here.session(), topic, who=here.person(), now=here.now())
    return _done(_("“%(title)s” is archived. Sessions that have it keep it.", title=found.title))


@blueprint.post("/topics/<uuid:topic>/restore")
@needs(Permission.SCHEDULE_EDIT)
def restore_topic(topic: UUID) -> ResponseReturnValue:
    """Offer an archived topic again."""
    found = service.restore(here.session(), topic, who=here.person(), now=here.now())
    return _done(_("“%(title)s” is offered again.", title=found.title))


def _done(said: str) -> ResponseReturnValue:
    flash(said)
    return redirect(url_for("sessions.topics"), 303)


def _refused(form: TopicForm, problem: Invalid) -> ResponseReturnValue:
    here.session().rollback()
    form.take(problem.faults)
    return _page(form), 400


def _page(form: TopicForm) -> str:
    everything = queries.topics(here.session(), archived=True)
    used = queries.topics_used(here.session())
    return render_template("sessions/topics.html", topics=everything, used=used, form=form)
