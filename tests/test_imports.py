"""The layout holds, everywhere; and planted breaches prove that it would be seen if it did not."""

import pytest

from tests.layout import Module, breaches, cycle, our_modules


def test_every_import_is_in_order() -> None:
    modules = our_modules()
    known = {module.name for module in modules}
    assert [breach for module in modules for breach in breaches(module, known)] == []


def test_no_imports_go_round_in_a_circle() -> None:
    assert cycle(our_modules()) == []


def test_a_circle_is_seen() -> None:
    modules = [Module("xapi.store", "from xapi import query"), Module("xapi.query", "import xapi.store")]
    assert set(cycle(modules)) == {"xapi.store", "xapi.query"}


@pytest.mark.parametrize(
    ("name", "source", "what"),
    [
        ("xapi.store", "from mentorcert.db import Base", "mentorcert.db: xapi knows nothing of mentorcert"),
        ("xapi.store", "import flask", "flask: only pages and entrances know Flask"),
        (
            "mentorcert.db",
            "import mentorcert.people.models",
            "mentorcert.people.models: the foundation imports no feature",
        ),
        ("mentorcert.people.service", "from flask import g", "flask: only pages and entrances know Flask"),
        ("mentorcert.people.queries", "import flask_login", "flask_login: only pages and entrances know Flask"),
        (
            "mentorcert.people.models",
            "from mentorcert.cohorts import models",
            "mentorcert.cohorts.models: people comes before cohorts",
        ),
        (
            "mentorcert.people.models",
            "from mentorcert.people.queries import x",
            "mentorcert.people.queries: models comes before queries",
        ),
        (
            "mentorcert.people.queries",
            "from mentorcert.people import service",
            "mentorcert.people.service: queries comes before service",
        ),
        (
            "mentorcert.people.service",
            "from mentorcert.people.forms import F",
            "mentorcert.people.forms: only pages import pages",
        ),
        (
            "mentorcert.people.roster",
            "from mentorcert.people.views import v",
            "mentorcert.people.views: only pages import pages",
        ),
        (
            "mentorcert.people.forms",
            "from mentorcert.people.views import v",
            "mentorcert.people.views: forms comes before views",
        ),
        (
            "mentorcert.lti.service",
            "from mentorcert.people.views import v",
            "mentorcert.people.views: only pages import pages",
        ),
        (
            "mentorcert.people.service",
            "from mentorcert.web.here import now",
            "mentorcert.web.here: only pages import web",
        ),
        ("mentorcert.lti.views", "from mentorcert import create_app", "mentorcert: only entrances import an entrance"),
        ("mentorcert.lti.views", "from . import service", ".: write the whole name"),
        ("mentorcert.people.service", "def f(s):\n    s.commit()", "a commit; the application commits once a request"),
        ("mentorcert.people.service", "def f():\n    import os", "an import below the top of the file"),
        ("mentorcert.helpers", "", "a part of mentorcert that has no place in the layout"),
    ],
)
def test_a_breach_is_seen(name: str, source: str, what: str) -> None:
    known = {"mentorcert.people.service", "mentorcert.cohorts.models"}
    line = source.count("\n") + 1
    assert breaches(Module(name, source), known) == [f"{name}:{line}: {what}"]


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("mentorcert", "from flask import Flask\nfrom mentorcert.lti import views\ndef f(s):\n    s.commit()"),
        ("mentorcert.cli", "import click\nfrom flask.cli import FlaskGroup\nfrom mentorcert import create_app"),
        (
            "mentorcert.grading.views",
            "import flask\nfrom mentorcert.people.views import v\nfrom mentorcert.web import here",
        ),
        (
            "mentorcert.grading.service",
            "from mentorcert.grading.reliability import kappa\nfrom mentorcert.db import writing",
        ),
        ("mentorcert.grading.reliability", "from decimal import Decimal\nfrom mentorcert.catalog.rubric import Rubric"),
        ("mentorcert.sessions.console_views", "from flask import request\nfrom mentorcert.sessions.forms import F"),
        ("mentorcert.people.forms", "from flask_wtf import FlaskForm"),
        ("xapi.lrs.wire", "from flask import Response\nfrom xapi import store"),
        ("mentorcert.jobs", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from huey.api import Huey"),
    ],
)
def test_what_is_in_order_passes(name: str, source: str) -> None:
    assert breaches(Module(name, source), set()) == []
