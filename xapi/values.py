"""The single values that the standard knows: identifiers, language tags, times, durations, numbers.

A check takes (value, JSON path, report) and writes each fault it finds into the report.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final

from xapi.faults import Fault, Report

Check = Callable[[Any, str, Report], None]

_IRI: Final = re.compile(r'[A-Za-z][A-Za-z0-9+.\-]*:[^\s<>"{}|\\^`\x00-\x1f\x7f]+')
_MAILTO: Final = re.compile(r'mailto:[^\s@<>"\x00-\x1f\x7f]+@[^\s@<>"\x00-\x1f\x7f]+')
_SHA1: Final = re.compile(r"[0-9a-fA-F]{40}")
_SHA2: Final = re.compile(r"[0-9a-fA-F]{56}|[0-9a-fA-F]{64}|[0-9a-fA-F]{96}|[0-9a-fA-F]{128}")
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_MEDIA_TYPE: Final = re.compile(r"[\w!#$&^.+\-]+/[\w!#$&^.+\-]+([ \t]*;[\t\x20-\x7e]*)?", re.ASCII)  # of one header
_LANGUAGE: Final = re.compile(
    r"([a-z]{2,3}(-[a-z]{3}){0,3}|[a-z]{4,8})"  # language
    r"(-[a-z]{4})?(-([a-z]{2}|\d{3}))?"  # script, region
    r"(-([a-z0-9]{5,8}|\d[a-z0-9]{3}))*"  # variants
    r"(-[0-9a-wyz](-[a-z0-9]{2,8})+)*(-x(-[a-z0-9]{1,8})+)?"  # extensions, private use
    r"|x(-[a-z0-9]{1,8})+|i(-[a-z0-9]{3,8})+",
    re.ASCII | re.IGNORECASE,
)
_AMOUNT: Final = r"(\d+(?:[.,]\d+)?)"
_DURATION: Final = re.compile(
    rf"P(?:{_AMOUNT}W|(?=.)(?:{_AMOUNT}Y)?(?:{_AMOUNT}M)?(?:{_AMOUNT}D)?"
    rf"(?:T(?=.)(?:{_AMOUNT}H)?(?:{_AMOUNT}M)?(?:{_AMOUNT}S)?)?)",
    re.ASCII,
)
_FRACTION_INSIDE: Final = re.compile(r"[.,]\d+[A-Z](?=.)")
_TIMESTAMP: Final = re.compile(
    r"(\d{4})(-?)(\d\d)\2(\d\d)T(\d\d)(:?)(\d\d)(?:\6(\d\d)(?:[.,](\d+))?)?(?:(Z)|([+-])(\d\d)(?::?(\d\d))?)",
    re.ASCII,
)


def matching(pattern: re.Pattern[str], what: str) -> Check:
    """Return a check that the whole value is a string of this pattern; `what` says what it should be."""

    def check(value: Any, path: str, report: Report) -> None:
        if not isinstance(value, str) or pattern.fullmatch(value) is None:
            report.append(Fault(path, f"is not {what}: {shown(value)}"))

    return check


iri: Final = matching(_IRI, "an IRI with a scheme")
mailto: Final = matching(_MAILTO, 'a "mailto:" address')
sha1: Final = matching(_SHA1, "a SHA-1 of 40 hexadecimal digits")
sha2: Final = matching(_SHA2, "a SHA-2 in hexadecimal digits")
uuid: Final = matching(_UUID, "a UUID")
language: Final = matching(_LANGUAGE, "a language tag of RFC 5646")
media_type: Final = matching(_MEDIA_TYPE, "a media type")


def string(value: Any, path: str, report: Report) -> None:
    """Check that the value is a string."""
    if not isinstance(value, str):
        report.append(Fault(path, f"is not a string: {shown(value)}"))


def boolean(value: Any, path: str, report: Report) -> None:
    """Check that the value is true or false."""
    if not isinstance(value, bool):
        report.append(Fault(path, f"is not true or false: {shown(value)}"))


def number(value: Any, path: str, report: Report) -> None:
    """Check that the value is a number."""
    if not is_number(value):
        report.append(Fault(path, f"is not a number: {shown(value)}"))


def whole_number(value: Any, path: str, report: Report) -> None:
    """Check that the value is a whole number, 0 or above."""
    if not is_number(value) or isinstance(value, float) or value < 0:
        report.append(Fault(path, f"is not a whole number, 0 or above: {shown(value)}"))


def is_number(value: object) -> bool:
    """Whether the value is a JSON number (Python counts true and false among them)."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def duration(value: Any, path: str, report: Report) -> None:
    """Check for an ISO 8601 duration with designators; only its last part may have a fraction."""
    if duration_parts(value) is None:
        report.append(Fault(path, f"is not an ISO 8601 duration such as PT4M30S: {shown(value)}"))


def duration_parts(value: object) -> tuple[str, ...] | None:
    """Return (weeks, years, months, days, hours, minutes, seconds), or None if it is no duration.

    Seconds are cut to hundredths: more is not compared.
    """
    if not isinstance(value, str) or _FRACTION_INSIDE.search(value):
        return None
    found = _DURATION.fullmatch(value)
    if found is None:
        return None
    *parts, seconds = (_plain(amount) for amount in found.groups(default="0"))
    whole, _, fraction = seconds.partition(".")
    return (*parts, _plain(f"{whole}.{fraction[:2]}"))


def timestamp(value: Any, path: str, report: Report) -> None:
    """Check for an ISO 8601 instant with a time zone."""
    if instant(value) is None:
        what = "is not an ISO 8601 time with its zone, such as 2026-11-24T14:29:51.870Z"
        report.append(Fault(path, f"{what}: {shown(value)}"))


def instant(value: object) -> datetime | None:
    """Return the instant in UTC (microseconds; more is cut), or None if it is no time with a zone.

    An offset of minus zero says in RFC 3339 that the zone is unknown; the standard refuses it.
    """
    found = _TIMESTAMP.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return None
    year, _, month, day, hour, _, minute, second, fraction, _, sign, east, east_minutes = found.groups()
    offset = timedelta(hours=int(east or 0), minutes=int(east_minutes or 0))
    if sign == "-" and not offset:
        return None
    try:
        zone = timezone(-offset if sign == "-" else offset)
        micro = int(((fraction or "0") + "000000")[:6])
        there = datetime(int(year), int(month), int(day), int(hour), int(minute), int(second or 0), micro, zone)
        return there.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def written(moment: datetime) -> str:
    """Return an instant as statements write it: UTC, microseconds, Z."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def shown(value: object) -> str:
    """Return a value as a fault shows it, cut to a readable length."""
    text = repr(value) if not isinstance(value, str) else f'"{value}"'
    return text if len(text) <= 60 else f"{text[:57]}..."


def _plain(amount: str) -> str:
    """Return a decimal number without the zeros that say nothing."""
    whole, _, fraction = amount.replace(",", ".").partition(".")
    fraction = fraction.rstrip("0")
    return (whole.lstrip("0") or "0") + (f".{fraction}" if fraction else "")
