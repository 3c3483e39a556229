"""Metrics: in Prometheus's format, for whoever has the key, the same from each process, and nobody's name."""

import base64
import dataclasses
import http.client
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import insert
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from mentorcert import MentorCert, create_app, outbox
from mentorcert.config import Settings
from mentorcert.db import db, writing
from mentorcert.evidence.service import door
from mentorcert.upkeep import checking, metrics, requests
from tests import servers
from tests.browsing import Browser
from tests.evidence.factories import BASE, World, make_world
from tests.factories import make_person
from tests.upkeep.test_retention import a_target
from xapi import tables
from xapi.verify import Seen

KEY = "0123456789abcdef0123456789abcdef"
DAY = timedelta(days=1)


def values(text: str) -> dict[str, float]:
    """Every sample as `name{labels}` and its value."""
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return found


@pytest.fixture
def measured(app: MentorCert, settings: Settings) -> Iterator[Browser]:
    """A client of an application that has metrics; `app` holds the time."""
    mine = create_app(dataclasses.replace(settings, metrics_key=KEY))
    mine.test_client_class = Browser
    yield cast("Browser", mine.test_client())
    with mine.app_context():
        db.session.remove()
        db.engine.dispose()


def ask(client: Browser, how: str = "") -> TestResponse:
    return client.get("/metrics", headers={"Authorization": how} if how else {})


def basic(user: str, password: str) -> str:
    return f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"


def test_without_a_setting_there_are_no_metrics(client: Browser) -> None:
    assert client.get("/metrics", headers={"Authorization": basic("metrics", "")}).status_code == 404


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_only_the_key_opens_them(measured: Browser) -> None:
    given = {
        "": 401,
        basic("metrics", "wrong"): 401,
        basic(KEY, ""): 401,
        "Basic x": 401,
        "Bearer wrong": 401,
        f"Digest {KEY}": 401,
        basic("metrics", "ü\udcff".encode("utf-8", "surrogateescape").decode("latin-1")): 401,
        basic("metrics", KEY): 200,
        basic("", KEY): 200,
        f"Bearer {KEY}": 200,
    }
    assert {how: ask(measured, how).status_code for how in given} == given
    assert ask(measured).headers["WWW-Authenticate"] == 'Basic realm="metrics"'


def test_they_tell_of_the_store_the_mail_the_deliveries_and_the_check(
    measured: Browser, session: Session, now: datetime
) -> None:
    world = make_world(session, now - DAY)
    _happen(world, now)
    told = values(ask(measured, basic("metrics", KEY)).text)
    target = f"{{target={_target_uuid(session)}}}"
    assert {name: told[name] for name in told if name != "mentorcert_database_bytes"} == {
        "mentorcert_statements_stored_total": 4.0,
        "mentorcert_statements{source=own}": 1.0,
        "mentorcert_statements{source=received}": 3.0,
        "mentorcert_statement_newest_timestamp_seconds": (now + timedelta(microseconds=1)).timestamp(),
        "mentorcert_self_check_timestamp_seconds": (now - DAY).timestamp(),
        "mentorcert_self_check_statements": 7.0,
        "mentorcert_self_check_faults": 3.0,
        "mentorcert_outbox_rows{state=dead}": 1.0,
        "mentorcert_outbox_rows{state=waiting}": 1.0,
        "mentorcert_outbox_late_seconds": 3600.0,
        f"mentorcert_delivery_lag_statements{target}": 3.0,
        f"mentorcert_delivery_lag_seconds{target}": 86400.0,
        f"mentorcert_delivery_dead_letters{target}": 1.0,
        f"mentorcert_delivery_running{target}": 1.0,
    }
    assert told["mentorcert_database_bytes"] > 100_000


def _happen(world: World, now: datetime) -> None:
    session, yesterday = world.session, now - DAY
    world.send(world.said(), world.said(about="https://lms.example/x"), now=yesterday)
    world.send(world.said(about="https://lms.example/y"), now=now)
    [refused] = world.send(world.said(), key=door(BASE).authority, now=now)
    writing(session)
    outbox.put(session, "mail", {}, now=now - timedelta(hours=1))
    dead = outbox.put(session, "mail", {}, now=yesterday)
    dead.state = "dead"
    session.execute(insert(tables.target), a_target(now, cursor=1))
    letter = {"target": 1, "statement": refused, "status": 400, "said": "", "refused": now, "attempts": 1}
    session.execute(insert(tables.dead_letter), {"uuid": refused, "again": False, **letter})
    done = checking.Result(Seen(7, yesterday, 7, 20), 2, ["a", "b"], finished=True)
    checking.keep(session, done, now=yesterday)
    checking.keep(session, checking.Result(Seen(1, yesterday, 1, 2), 3, ["a"]), now=now)
    session.commit()


def _target_uuid(session: Session) -> str:
    return str(session.scalar(tables.target.select().with_only_columns(tables.target.c.uuid)))


def test_nobody_is_named(measured: Browser, session: Session, now: datetime) -> None:
    person = make_person(session, "Zuleikha Okubo")
    world = make_world(session, now)
    world.send(world.said(actor={"mbox": "mailto:sam@example.org"}))
    told = ask(measured, basic("metrics", KEY)).text
    assert [
        each for each in ("Zuleikha", person.email, str(person.uuid), "sam@", str(world.person)) if each in told
    ] == []


def test_an_empty_installation_has_metrics_too(session: Session, now: datetime) -> None:
    told = values(metrics.exposition(session, door(BASE), now=now).decode())
    assert (told["mentorcert_statements_stored_total"], told["mentorcert_outbox_late_seconds"]) == (0.0, 0.0)


def test_what_an_address_is_counted_as() -> None:
    counted = {
        "/": "pages",
        "/people/8a/forget": "pages",
        "/xapi/statements": "statements",
        "/xapi//statements/": "statements",
        "/xapi/activities/state": "activities/state",
        "/xapi/anything": "other",
        "/xapi/": "other",
        "/xapistatements": "pages",
    }
    assert {path: requests._resource(path) for path in counted} == counted


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_several_processes_counted_is_added_up(database_url: str, tmp_path: Path) -> None:
    environ = {
        "MENTORCERT_DATABASE_URL": database_url,
        "MENTORCERT_METRICS_KEY": KEY,
        "MENTORCERT_DEVELOPMENT": "1",
        "PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "counted"),
    }
    port = servers.free_port()
    granian = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "2", "--blocking-threads", "4"]
    command = [*granian, "--port", str(port), "--working-dir", str(Path(__file__).parents[2]), "wsgi:app"]
    with servers.serving(command, port, tmp_path, environ) as (address, _):
        asked = 0
        while asked < 20 or len(list((tmp_path / "counted").glob("histogram_*.db"))) < 2:
            _get(address, "/xapi/about")  # on a connection of its own: sooner or later both processes have their share
            asked += 1
        _get(address, "/healthz")
        told = [values(_get(address, "/metrics", basic("prometheus", KEY))) for _number in range(4)]
    name = "mentorcert_request_seconds_count{method=GET,resource=%s,status=%s}"
    assert [each[name % ("about", 200)] for each in told] == [float(asked)] * 4


def _get(address: str, path: str, authorization: str = "") -> str:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
    connection.request("GET", path, headers={"Authorization": authorization} if authorization else {})
    text = connection.getresponse().read().decode()
    connection.close()
    return text
