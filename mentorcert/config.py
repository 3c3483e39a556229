"""Settings: read from the environment once, checked at start, all faults named together."""

import os
import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from mentorcert.errors import Fault, Invalid

DEFAULT_PORT: Final = 8000
MEBIBYTE: Final = 1024 * 1024
FEWEST_DAYS: Final = 7
"""Nothing goes before it is this old: by then every system has sent again what it had to."""
MOST_DAYS: Final = 36_500
OWN_MACHINE: Final = "127.0.0.0/8,::1"


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that an operator can set. `docs/settings.md` describes each; `from_environment` reads them."""

    data: Path
    """The folder for the SQLite database, the files and the development secret."""
    content: Path
    """The folder of programmes."""
    rubrics: Path
    """The folder of rubrics."""
    database_url: str
    secret_key: str
    iri_base: str
    """The address that every activity and actor IRI starts with; set once for an installation."""
    public_url: str
    """Where people reach this installation; what links in mail start with."""
    port: int = DEFAULT_PORT
    organisation: str = "Your organisation"
    smtp_url: str = ""
    """smtp://user:password@host:port or smtps://…; empty prints mail instead."""
    mail_from: str = "MentorCert <mentorcert@localhost>"
    files_url: str = ""
    """s3://bucket, gs://…, az://… or empty for a folder below `data`."""
    accel: str = ""
    """The internal location at which nginx has the folder of files; empty: we send recordings ourselves."""
    media_origin: str = ""
    """Where `files_url` is for a browser: it gets recordings there by short signed addresses; empty: from us."""
    trusted_proxies: str = "127.0.0.1"
    """Addresses or networks, joined by commas, whose X-Forwarded-For and -Proto are believed."""
    delivery_networks: tuple[str, ...] = ()
    """Networks that are not public, and that statements may be sent on to."""
    upload_bytes: int = 200 * MEBIBYTE
    """The largest file, or xAPI request with attachments, taken in one request."""
    recording_bytes: int = 4096 * MEBIBYTE
    """The largest recording that is taken in parts."""
    quota_bytes: int = 20_480 * MEBIBYTE
    """How much of recordings is kept of one person, with what they are sending just now."""
    keep_film_days: int = 0
    """After how many days what a film's player said goes, where nothing rests on it; 0 keeps it."""
    keep_received_days: int = 0
    """After how many days what other systems sent goes, where nothing rests on it; 0 keeps it."""
    metrics_key: str = ""
    """The password, or bearer token, that metrics are given for; empty: there are none."""
    development: bool = False
    """Cookies without Secure, mail printed; never on a public address."""
    demo: bool = False
    """The sign-in page lists the demo people, and one click signs in as them."""


def from_environment(environ: Mapping[str, str] | None = None) -> Settings:
    """Read `MENTORCERT_*` settings. Raises Invalid that names every setting which can't be used."""
    get = _reader(os.environ if environ is None else environ)
    development, demo = get("DEVELOPMENT", "") == "1", get("DEMO", "") == "1"
    data = Path(get("DATA", "var")).absolute()
    root = Path(__file__).resolve().parent.parent
    port, limit = get("PORT", str(DEFAULT_PORT)), get("UPLOAD_MB", "200")
    recording, quota = get("RECORDING_MB", "4096"), get("UPLOAD_QUOTA_MB", "20480")
    iri_base = get("IRI_BASE", f"http://127.0.0.1:{DEFAULT_PORT}" if development else "").rstrip("/")
    public_url = get("PUBLIC_URL", f"http://127.0.0.1:{port}" if development else iri_base).rstrip("/")
    secret = get("SECRET_KEY", "") or (_development_secret(data) if development else "")
    networks = [each.strip() for each in get("DELIVERY_NETWORKS", OWN_MACHINE if development else "").split(",")]
    film_days, received_days = get("KEEP_FILM_DAYS", ""), get("KEEP_RECEIVED_DAYS", "")
    metrics_key = get("METRICS_KEY", "")
    accel, media_origin = get("ACCEL", "").rstrip("/"), get("MEDIA_ORIGIN", "").rstrip("/")
    faults = [
        *_number_faults(PORT=port, UPLOAD_MB=limit, RECORDING_MB=recording, UPLOAD_QUOTA_MB=quota),
        *_quota_faults(recording, quota),
        *_days_faults(KEEP_FILM_DAYS=film_days, KEEP_RECEIVED_DAYS=received_days),
        *_metrics_faults(metrics_key),
        *_media_faults(accel, media_origin, get("FILES_URL", "")),
        *_address_faults(IRI_BASE=iri_base, PUBLIC_URL=public_url),
        *_secret_faults(secret),
        *_mail_faults(get("SMTP_URL", "")),
        *_demo_faults(development, demo),
        *_network_faults(*networks),
    ]
    if faults:
        raise Invalid("MentorCert can't start with these settings.", "Correct them and start again.", faults)
    return Settings(
        data=data,
        content=Path(get("CONTENT", str(root / "content"))).absolute(),
        rubrics=Path(get("RUBRICS", str(root / "rubrics"))).absolute(),
        database_url=get("DATABASE_URL", f"sqlite:///{data / 'mentorcert.sqlite'}"),
        secret_key=secret,
        iri_base=iri_base,
        public_url=public_url,
        port=int(port),
        organisation=get("ORGANISATION", "Harbourline Group" if demo else "Your organisation"),
        smtp_url=get("SMTP_URL", ""),
        mail_from=get("MAIL_FROM", "MentorCert <mentorcert@localhost>"),
        files_url=get("FILES_URL", ""),
        accel=accel,
        media_origin=media_origin,
        trusted_proxies=get("TRUSTED_PROXIES", "127.0.0.1"),
        delivery_networks=tuple(filter(None, networks)),
        upload_bytes=int(limit) * MEBIBYTE,
        recording_bytes=int(recording) * MEBIBYTE,
        quota_bytes=int(quota) * MEBIBYTE,
        keep_film_days=int(film_days or 0),
        keep_received_days=int(received_days or 0),
        metrics_key=metrics_key,
        development=development,
        demo=demo,
    )


def _reader(environ: Mapping[str, str]) -> Callable[[str, str], str]:
    def get(name: str, default: str) -> str:
        return environ.get(f"MENTORCERT_{name}", "").strip() or default

    return get


def _number_faults(**values: str) -> list[Fault]:
    return [
        Fault(f"MENTORCERT_{name}", f"{value!r} is not a whole number above 0.", "Give digits only.")
        for name, value in values.items()
        if not value.isdecimal() or int(value) == 0
    ]


def _quota_faults(recording: str, quota: str) -> list[Fault]:
    if not (recording.isdecimal() and quota.isdecimal()) or int(quota) >= int(recording):
        return []
    todo = "Give at least as much as MENTORCERT_RECORDING_MB."
    return [Fault("MENTORCERT_UPLOAD_QUOTA_MB", f"{quota} is less than one recording may have.", todo)]


def _days_faults(**values: str) -> list[Fault]:
    todo = f"Give a number of days from {FEWEST_DAYS} to {MOST_DAYS}, or nothing to keep everything."
    return [
        Fault(f"MENTORCERT_{name}", f"{value!r} is not a number of days that we can work with.", todo)
        for name, value in values.items()
        if value and not (value.isascii() and value.isdecimal() and FEWEST_DAYS <= int(value[:9]) <= MOST_DAYS)
    ]


def _metrics_faults(key: str) -> list[Fault]:
    if not key or (len(key) >= 32 and key.isascii() and key.isprintable()):
        return []
    todo = "Give 32 or more random characters, or nothing to have no metrics."
    return [Fault("MENTORCERT_METRICS_KEY", "it is shorter than 32 characters, or holds others than ASCII.", todo)]


def _media_faults(accel: str, origin: str, files_url: str) -> Iterator[Fault]:
    if accel and files_url:
        todo = "Leave out one of it and MENTORCERT_FILES_URL."
        yield Fault("MENTORCERT_ACCEL", "nginx can only send files that are in a folder.", todo)
    elif accel and not re.fullmatch(r"(/[\w.-]+)+", accel):
        yield Fault("MENTORCERT_ACCEL", f"{accel!r} is no location.", "Give one such as /recordings-by-nginx.")
    if origin and not files_url:
        todo = "Give MENTORCERT_FILES_URL too, or leave it out."
        yield Fault("MENTORCERT_MEDIA_ORIGIN", "files in a folder have no address of their own.", todo)
    elif origin and not re.fullmatch(r"https?://[\w.-]+(:\d+)?", origin):
        todo = "Give scheme and host only, for example https://s3.eu-central-1.amazonaws.com."
        yield Fault("MENTORCERT_MEDIA_ORIGIN", f"{origin!r} is not where a store answers.", todo)


def _address_faults(**values: str) -> list[Fault]:
    todo = "Give an address of this installation, for example https://mentors.example.org."
    return [
        Fault(f"MENTORCERT_{name}", f"{value!r} is not a web address.", todo)
        for name, value in values.items()
        if urlsplit(value).scheme not in {"http", "https"} or not urlsplit(value).netloc
    ]


def _network_faults(*networks: str) -> Iterator[Fault]:
    for each in filter(None, networks):
        try:
            ip_network(each)
        except ValueError:
            todo = "Give networks such as 10.0.0.0/8, joined by commas."
            yield Fault("MENTORCERT_DELIVERY_NETWORKS", f"{each!r} is no network.", todo)


def _mail_faults(smtp_url: str) -> list[Fault]:
    if not smtp_url or (urlsplit(smtp_url).scheme in {"smtp", "smtps"} and urlsplit(smtp_url).hostname):
        return []
    # The value is not repeated: it may hold a password.
    todo = "Give smtp://user:password@host:port or smtps://…, or nothing to have mail printed."
    return [Fault("MENTORCERT_SMTP_URL", "it is not the address of a mail server.", todo)]


def _demo_faults(development: bool, demo: bool) -> list[Fault]:
    if development or not demo:
        return []
    return [
        Fault("MENTORCERT_DEMO", "the demo lets anybody in as anybody.", "Use it with MENTORCERT_DEVELOPMENT=1 only.")
    ]


def _secret_faults(secret: str) -> list[Fault]:
    if len(secret) >= 32:
        return []
    todo = "Give 32 or more random characters, the same on every machine of this installation."
    return [Fault("MENTORCERT_SECRET_KEY", "there is none, or it is shorter than 32 characters.", todo)]


def _development_secret(data: Path) -> str:
    path = data / "secret"
    if not path.exists():
        data.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48), encoding="ascii")
    return path.read_text(encoding="ascii").strip()
