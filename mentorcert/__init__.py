"""MentorCert: coursework, evidence, live sessions, graded recordings and certificates for mentors.

`create_app` is the only wiring: which feature hangs where, and one commit a request.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from flask import Flask, Response, abort, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import Babel
from flask_login import LoginManager, current_user
from flask_migrate import Migrate
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.orm import Session, sessionmaker

from mentorcert import installation, jobs
from mentorcert.certification import queries as certification
from mentorcert.certification import views as certification_views
from mentorcert.coaching import queries as coaching
from mentorcert.coaching import views as coaching_views
from mentorcert.cohorts import queries as cohorts
from mentorcert.cohorts import views as cohorts_views
from mentorcert.config import Settings, from_environment
from mentorcert.coursework import views as coursework_views
from mentorcert.db import db, engine_options, prepare_engine, writing
from mentorcert.delivery import views as delivery_views
from mentorcert.evidence import views as evidence_views
from mentorcert.evidence.accounts import credential_agent
from mentorcert.evidence.service import Door, door
from mentorcert.files import Blobs, open_files
from mentorcert.grading import queries as grading
from mentorcert.grading import views as grading_views
from mentorcert.keys import views as keys_views
from mentorcert.people import views as people_views
from mentorcert.permissions import NOBODY, Permission, Scope, allows, permission_of
from mentorcert.recordings import consent_views, speaker_views, upload_views, uploads
from mentorcert.recordings import queries as recordings
from mentorcert.recordings import views as recordings_views
from mentorcert.reports import trainee_views
from mentorcert.reports import views as reports_views
from mentorcert.sessions import queries as sessions
from mentorcert.sessions import views as sessions_views
from mentorcert.upkeep import requests
from mentorcert.upkeep import views as upkeep_views
from mentorcert.web import filters, here, home, nav, problems
from xapi import Authority
from xapi.credentials import Credential
from xapi.lrs import Host, Lrs, beside

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

BLUEPRINTS: Final = (
    home.blueprint,
    people_views.blueprint,
    coursework_views.blueprint,
    trainee_views.blueprint,
    cohorts_views.blueprint,
    sessions_views.blueprint,
    recordings_views.blueprint,
    consent_views.blueprint,
    speaker_views.blueprint,
    upload_views.blueprint,
    grading_views.blueprint,
    certification_views.blueprint,
    coaching_views.blueprint,
    reports_views.blueprint,
    evidence_views.blueprint,
    keys_views.blueprint,
    delivery_views.blueprint,
    upkeep_views.blueprint,
)

SCOPES: Final[Mapping[str, Callable[[Session, UUID], Scope | None]]] = {
    "cohort": cohorts.scope_of_cohort,
    "enrolment": cohorts.scope_of_enrolment,
    "live_session": sessions.scope_of_session,
    "recording": recordings.scope_of_recording,
    "upload": uploads.scope_of_upload,
    "assessment": grading.scope_of_assessment,
    "certificate": certification.scope_of_certificate,
    "coaching": coaching.scope_of_coaching,
}
"""What an id in an address is about, by its name there. A view with such an id is judged in that scope."""

MIGRATIONS: Final = Path(__file__).parent / "migrations"

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


class MentorCert(Flask):
    """The application: commits once, when the view has returned something below 400."""

    lrs: Lrs
    """What answers below /xapi."""
    is_counted = False
    """Whether requests are counted for metrics."""

    def wsgi_app(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Give a request to the pages or to the statement store."""
        application = beside(super().wsgi_app, self.lrs)
        return (requests.counted(application) if self.is_counted else application)(environ, start_response)

    def dispatch_request(self) -> ResponseReturnValue:
        """Run the view inside one transaction. An error at the commit reaches the handlers like any other."""
        try:
            response = self.make_response(super().dispatch_request())
            if response.status_code < 400:
                db.session.commit()
                jobs.wake_if_asked(db.session(), self)
            else:
                db.session.rollback()
        except BaseException:
            db.session.rollback()
            raise
        return response

    def refuse_unguarded_views(self) -> None:
        """Raise RuntimeError when a view declares no permission."""
        unguarded = [
            rule.endpoint
            for rule in self.url_map.iter_rules()
            if rule.endpoint != "static" and permission_of(self.view_functions[rule.endpoint]) is None
        ]
        if unguarded:
            raise RuntimeError(f"views without a permission: {', '.join(sorted(unguarded))}")


def create_app(settings: Settings | None = None) -> MentorCert:
    """Make the application. Raises Invalid when the settings can't be used, RuntimeError for an unguarded view."""
    settings = settings or from_environment()
    app = MentorCert("mentorcert", template_folder="web/templates", static_folder="web/static")
    app.config.update(_flask_config(settings))
    app.extensions["mentorcert"] = {"settings": settings, "files": open_files(settings.files_url, settings.data)}
    _set_up_database(app, settings)
    _set_up_people(app)
    CSRFProtect(app)  # after `_admit`: it reads the whole body, which strangers must not make us do
    _set_up_pages(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.refuse_unguarded_views()
    app.lrs = _lrs(app, door(settings.iri_base))
    jobs.connect(app, settings)
    if settings.metrics_key and requests.is_counted():
        requests.prepare()
        app.is_counted = True
    return app


def _flask_config(settings: Settings) -> dict[str, Any]:
    return {
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": engine_options(settings.database_url),
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SECURE": not settings.development,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_NAME": "mentorcert",
        "MAX_CONTENT_LENGTH": max(settings.upload_bytes, uploads.PART) + 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,
        "BABEL_DEFAULT_LOCALE": "en_GB",
        "RATELIMIT_STORAGE_URI": "memory://",
    }


def _set_up_database(app: MentorCert, settings: Settings) -> None:
    db.init_app(app)
    Migrate(app, db, directory=str(MIGRATIONS))
    with app.app_context():
        prepare_engine(db.engine)
        try:
            installation.hold(db.session(), settings.iri_base, now=datetime.now(UTC))
            db.session.commit()
        finally:  # a server may fork from here: no connection may be shared
            db.session.remove()
            db.engine.dispose()


def _set_up_people(app: MentorCert) -> None:
    login = LoginManager(app)
    login.session_protection = None  # the cookie names a session key; a changed password ends it
    login.user_loader(people_views.load_account)
    people_views.limiter.init_app(app)
    app.before_request(here.begin)
    app.before_request(_admit)


def _lrs(app: MentorCert, mine: Door) -> Lrs:
    """Make the resources of the statement store: an application of its own, with keys instead of cookies."""

    def speaks_for(credential: Credential) -> Authority:
        agent = credential_agent(mine.iri_base, credential.uuid)
        return Authority(agent=agent, defines=credential.may_define)

    with app.app_context():
        engine = db.engine
    return Lrs(
        Host(
            engine=engine,
            sessions=sessionmaker(engine, expire_on_commit=False),
            writing=writing,
            on_stored=mine.fold,
            authority=speaks_for,
            now=lambda: datetime.now(UTC),
            blobs=Blobs(app.extensions["mentorcert"]["files"]),
            attachment_bytes=app.extensions["mentorcert"]["settings"].upload_bytes,
        )
    )


def _admit() -> ResponseReturnValue | None:
    """Judge a request by the permission of its view, in the scope that its address names."""
    view = here.view_function(request.endpoint)
    if view is None:
        return None
    permission = permission_of(view)
    if permission is None:
        return None  # Flask's own static files
    g.viewer = current_user.viewer if permission is not Permission.PUBLIC and current_user.is_authenticated else NOBODY
    if g.viewer is NOBODY and permission is not Permission.PUBLIC:
        return _ask_to_sign_in()
    g.scope = _scope()
    if not allows(g.viewer, permission, g.scope):
        abort(403)
    if request.method == "POST":
        db.session.rollback()  # no transaction is open while the body comes in
    return None


def _ask_to_sign_in() -> ResponseReturnValue:
    if request.method != "GET":
        abort(403)
    return redirect(url_for("people.sign_in", next=request.full_path.rstrip("?")))


def _scope() -> Scope | None:
    for name, resolve in SCOPES.items():
        if name in (request.view_args or {}):
            return resolve(db.session(), (request.view_args or {})[name]) or abort(404)
    return None


def _set_up_pages(app: MentorCert) -> None:
    Babel(app, timezone_selector=lambda: here.viewer().zone)
    filters.register(app)
    app.context_processor(nav.context)
    app.before_request(here.refuse_nul)
    app.after_request(_harden)
    problems.register(app)


def _harden(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    origin = here.settings().media_origin
    media = f"; media-src 'self' {origin}" if origin else ""
    response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY + media)
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response
