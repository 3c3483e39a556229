"""Settings: every fault is named at once, before anything starts."""

from pathlib import Path

import pytest

from mentorcert.config import from_environment
from mentorcert.errors import Invalid

GOOD = {
    "MENTORCERT_SECRET_KEY": "a secret of thirty-two characters",
    "MENTORCERT_IRI_BASE": "https://mentors.example.org/",
}


def test_a_public_installation_needs_an_address_and_a_secret(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as refused:
        from_environment({"MENTORCERT_DATA": str(tmp_path), "MENTORCERT_PORT": "http", "MENTORCERT_DEMO": "1"})
    assert [fault.where for fault in refused.value.faults] == [
        "MENTORCERT_PORT",
        "MENTORCERT_IRI_BASE",
        "MENTORCERT_PUBLIC_URL",
        "MENTORCERT_SECRET_KEY",
        "MENTORCERT_DEMO",
    ]


def test_what_is_not_set_has_a_default(tmp_path: Path) -> None:
    settings = from_environment({**GOOD, "MENTORCERT_DATA": str(tmp_path)})
    assert settings.iri_base == settings.public_url == "https://mentors.example.org"
    assert settings.database_url == f"sqlite:///{tmp_path / 'mentorcert.sqlite'}"
    assert (settings.port, settings.upload_bytes, settings.development) == (8000, 200 * 1024 * 1024, False)
    assert (settings.recording_bytes, settings.quota_bytes) == (4 * 1024**3, 20 * 1024**3)


def test_development_makes_its_own_secret_once_and_for_its_owner_only(tmp_path: Path) -> None:
    environment = {"MENTORCERT_DEVELOPMENT": "1", "MENTORCERT_DATA": str(tmp_path), "MENTORCERT_PORT": "9000"}
    first, second = from_environment(environment), from_environment(environment)
    assert first.secret_key == second.secret_key
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600
    assert (first.iri_base, first.public_url) == ("http://127.0.0.1:8000", "http://127.0.0.1:9000")


def test_how_long_statements_are_kept_is_a_number_of_days_or_nothing(tmp_path: Path) -> None:
    environ = {"MENTORCERT_DEVELOPMENT": "1", "MENTORCERT_DATA": str(tmp_path)}
    kept = from_environment({**environ, "MENTORCERT_KEEP_FILM_DAYS": "7"})
    assert (kept.keep_film_days, kept.keep_received_days) == (7, 0)
    for wrong in ("6", "0", "-7", "a week", "7.5", "９", "9" * 40):
        with pytest.raises(Invalid) as refusal:
            from_environment({**environ, "MENTORCERT_KEEP_FILM_DAYS": "9", "MENTORCERT_KEEP_RECEIVED_DAYS": wrong})
        assert [fault.where for fault in refusal.value.faults] == ["MENTORCERT_KEEP_RECEIVED_DAYS"]


def test_a_short_key_for_metrics_is_refused_and_not_repeated(tmp_path: Path) -> None:
    environ = {"MENTORCERT_DEVELOPMENT": "1", "MENTORCERT_DATA": str(tmp_path)}
    with pytest.raises(Invalid) as refusal:
        from_environment({**environ, "MENTORCERT_METRICS_KEY": "guess-me"})
    assert ["guess-me" in str(fault) for fault in refusal.value.faults] == [False]


def test_a_person_may_have_at_least_one_recording(tmp_path: Path) -> None:
    environ = {"MENTORCERT_DEVELOPMENT": "1", "MENTORCERT_DATA": str(tmp_path), "MENTORCERT_RECORDING_MB": "500"}
    assert from_environment({**environ, "MENTORCERT_UPLOAD_QUOTA_MB": "500"}).quota_bytes == 500 * 1024**2
    with pytest.raises(Invalid) as refusal:
        from_environment({**environ, "MENTORCERT_UPLOAD_QUOTA_MB": "499"})
    assert [fault.where for fault in refusal.value.faults] == ["MENTORCERT_UPLOAD_QUOTA_MB"]


STORE = {"MENTORCERT_FILES_URL": "s3://talks"}


@pytest.mark.parametrize(
    ("given", "where"),
    [
        ({"MENTORCERT_ACCEL": "by-nginx"}, "MENTORCERT_ACCEL"),
        ({"MENTORCERT_ACCEL": "/by nginx"}, "MENTORCERT_ACCEL"),
        ({"MENTORCERT_ACCEL": "/by-nginx", **STORE}, "MENTORCERT_ACCEL"),
        ({"MENTORCERT_MEDIA_ORIGIN": "https://s3.example.org"}, "MENTORCERT_MEDIA_ORIGIN"),
        ({"MENTORCERT_MEDIA_ORIGIN": "https://s3.example.org/talks", **STORE}, "MENTORCERT_MEDIA_ORIGIN"),
        ({"MENTORCERT_MEDIA_ORIGIN": "https://s3.example.org; script-src *", **STORE}, "MENTORCERT_MEDIA_ORIGIN"),
    ],
)
def test_who_sends_recordings_must_be_able_to(tmp_path: Path, given: dict[str, str], where: str) -> None:
    with pytest.raises(Invalid) as refused:
        from_environment({**GOOD, "MENTORCERT_DATA": str(tmp_path), **given})
    assert [fault.where for fault in refused.value.faults] == [where]


def test_who_sends_recordings_can_be_set(tmp_path: Path) -> None:
    told = {**GOOD, "MENTORCERT_DATA": str(tmp_path)}
    assert from_environment({**told, "MENTORCERT_ACCEL": "/by-nginx/"}).accel == "/by-nginx"
    origin = from_environment({**told, **STORE, "MENTORCERT_MEDIA_ORIGIN": "http://127.0.0.1:9000/"}).media_origin
    assert origin == "http://127.0.0.1:9000"
