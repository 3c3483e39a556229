"""Files in stretches, as players ask for them."""

from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue
from obstore.store import S3Store
from werkzeug.test import TestResponse

from mentorcert.config import Settings, from_environment
from mentorcert.errors import NotFound
from mentorcert.files import CHUNK, Files, open_files
from mentorcert.web.ranges import SENT, send_media, send_range

CONTENT = bytes(range(256)) * 10
ETAG = "abc"


@pytest.fixture
def files(tmp_path: Path) -> Files:
    files = open_files("", tmp_path)
    files.put("film", CONTENT)
    files.put("long", bytes(CHUNK + 7))
    return files


@pytest.fixture
def client(files: Files) -> FlaskClient:
    app = Flask(__name__)
    sizes = {"film": len(CONTENT), "long": CHUNK + 7, "gone": 5}

    @app.get("/<key>")
    def view(key: str) -> Response:
        return send_range(files, key, content_type="video/webm", size=sizes[key], etag=ETAG, cache_control="private")

    @app.errorhandler(NotFound)
    def gone(problem: NotFound) -> tuple[str, int]:
        return problem.title, problem.status

    return app.test_client()


def test_the_whole_says_that_stretches_can_be_had(client: FlaskClient) -> None:
    response = client.get("/film")
    assert (response.status_code, response.data) == (200, CONTENT)
    told = {name: response.headers[name] for name in ("Accept-Ranges", "ETag", "Content-Length", "Content-Type")}
    assert told == {
        "Accept-Ranges": "bytes",
        "ETag": '"abc"',
        "Content-Length": str(len(CONTENT)),
        "Content-Type": "video/webm",
    }
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert response.headers["Cache-Control"] == "private"


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("0-0", 0, 1),
        ("100-199", 100, 200),
        ("2500-", 2500, 2560),
        ("-10", 2550, 2560),
        ("-99999", 0, 2560),
        ("0-99999", 0, 2560),
        ("2559-" + "9" * 30, 2559, 2560),
    ],
)
def test_one_stretch(client: FlaskClient, asked: str, start: int, end: int) -> None:
    response = client.get("/film", headers={"Range": f"bytes={asked}"})
    assert (response.status_code, response.data) == (206, CONTENT[start:end])
    assert response.headers["Content-Range"] == f"bytes {start}-{end - 1}/2560"
    assert response.headers["Content-Length"] == str(end - start)


@pytest.mark.parametrize("asked", ["2560-", "-0", "9" * 30 + "-"])
def test_a_stretch_that_is_not_there(client: FlaskClient, asked: str) -> None:
    response = client.get("/film", headers={"Range": f"bytes={asked}"})
    assert (response.status_code, response.data, response.headers["Content-Range"]) == (416, b"", "bytes */2560")


@pytest.mark.parametrize(
    "asked",
    [
        "bytes=0-1,4-5",
        "bytes=0-,0-" + ",0-" * 500,
        "bytes=zero",
        "seconds=0-1",
        "bytes=5-1",
        "bytes=",
        "bytes=--1",
        "bytes",
    ],
)
def test_what_is_no_single_stretch_gets_the_whole(client: FlaskClient, asked: str) -> None:
    response = client.get("/film", headers={"Range": asked})
    assert (response.status_code, response.data) == (200, CONTENT)


@pytest.mark.parametrize(
    ("condition", "status"),
    [('"abc"', 206), ('"other"', 200), ('W/"abc"', 200), ("Sat, 21 Nov 2026 10:00:00 GMT", 200)],
)
def test_a_stretch_of_what_changed_meanwhile_is_the_whole(client: FlaskClient, condition: str, status: int) -> None:
    response = client.get("/film", headers={"Range": "bytes=0-9", "If-Range": condition})
    assert response.status_code == status


def test_who_has_it_gets_nothing_again(client: FlaskClient) -> None:
    assert client.get("/film", headers={"If-None-Match": '"abc"'}).status_code == 304
    assert client.get("/film", headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_head_has_no_body(client: FlaskClient) -> None:
    response = client.head("/film")
    assert (response.status_code, response.data, response.headers["Content-Length"]) == (200, b"", "2560")


def test_a_long_file_comes_in_pieces(client: FlaskClient) -> None:
    response = client.get("/long", buffered=False)
    assert [len(piece) for piece in response.response] == [SENT] * (CHUNK // SENT) + [7]


def test_a_file_that_is_gone_is_a_page_and_no_broken_film(client: FlaskClient) -> None:
    assert client.get("/gone").status_code == 404


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return from_environment({"MENTORCERT_DEVELOPMENT": "1", "MENTORCERT_DATA": str(tmp_path / "data")})


def asked(files: Files, settings: Settings, key: str = "film") -> TestResponse:
    """What a player that wants a stretch of a recording is answered."""
    app = Flask(__name__)
    told = {"content_type": "video/webm", "etag": ETAG, "cache_control": "private, no-store"}

    @app.get("/media")
    def view() -> ResponseReturnValue:
        return send_media(files, key, settings, size=len(CONTENT), **told)

    return app.test_client().get("/media", headers={"Range": "bytes=0-9"})


def test_without_a_setting_we_send_it(files: Files, settings: Settings) -> None:
    answer = asked(files, settings)
    assert (answer.status_code, answer.data) == (206, CONTENT[:10])


def test_nginx_is_told_what_to_send(files: Files, settings: Settings) -> None:
    answer = asked(files, replace(settings, accel="/by-nginx"), "recordings/a b")
    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.headers["X-Accel-Redirect"] == "/by-nginx/recordings/a%20b"
    assert (answer.content_type, answer.headers["Cache-Control"]) == ("video/webm", "private, no-store")


BUCKET = S3Store("talks", region="eu-central-1", access_key_id="key", secret_access_key="secret")
AT = "https://s3.eu-central-1.amazonaws.com"


def test_the_store_is_asked_by_a_short_signed_address(settings: Settings) -> None:
    answer = asked(Files(BUCKET), replace(settings, media_origin=AT), "recordings/one")
    address = urlsplit(answer.headers["Location"])
    assert (answer.status_code, address.netloc, address.path) == (
        302,
        "s3.eu-central-1.amazonaws.com",
        "/talks/recordings/one",
    )
    said = parse_qs(address.query)
    assert (said["X-Amz-Expires"], said["X-Amz-SignedHeaders"]) == (["300"], ["host"])
    assert len(said["X-Amz-Signature"][0]) == 64
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_store_that_is_elsewhere_than_pages_say_is_not_sent_to(files: Files, settings: Settings) -> None:
    answer = asked(files, replace(settings, media_origin=AT))
    assert (answer.status_code, answer.data) == (206, CONTENT[:10])
