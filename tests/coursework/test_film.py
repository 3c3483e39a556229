"""What players report, and what is said in films."""

from decimal import Decimal
from uuid import UUID

import pytest

from mentorcert.coursework import film
from mentorcert.errors import Invalid

VIEWING = UUID(int=6)
GOOD = {"event": "paused", "time": "12.5004", "length": "100", "segments": "0[.]12.5[,]20.000[.]31"}


def test_a_report_is_read_as_numbers() -> None:
    report = film.report(GOOD)
    assert (report.event, report.position, report.length) == ("paused", Decimal("12.500"), Decimal(100))
    assert (report.viewing, film.report(GOOD | {"viewing": str(VIEWING)}).viewing) == (None, VIEWING)
    assert report.segments == "0.000[.]12.500[,]20.000[.]31.000"
    assert (report.unseen, report.complete) == (Decimal("76.5"), False)


@pytest.mark.parametrize(
    ("segments", "unseen"), [("", "100"), ("0[.]95.5", "4.5"), ("50[.]100[,]0[.]60", "0"), ("0[.]300", "0")]
)
def test_what_was_not_seen(segments: str, unseen: str) -> None:
    report = film.report(GOOD | {"segments": segments})
    assert (report.unseen, report.complete) == (Decimal(unseen), Decimal(unseen) <= 5)


def test_a_film_that_ended_is_complete() -> None:
    assert film.report(GOOD | {"event": "completed"}).complete


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"event": "hacked"}, "event"),
        ({"time": "-1"}, "time"),
        ({"time": "NaN"}, "time"),
        ({"time": "102"}, "time"),
        ({"time": ""}, "time"),
        ({"length": "0"}, "length"),
        ({"length": "1e99"}, "length"),
        ({"segments": "5[.]1"}, "segments"),
        ({"segments": "a[.]b"}, "segments"),
        ({"segments": "1"}, "segments"),
        ({"viewing": "the first"}, "viewing"),
        ({"segments": "[,]".join(["0[.]1"] * 501)}, "segments"),
    ],
)
def test_what_can_be_no_report_is_refused_by_field(fields: dict[str, str], where: str) -> None:
    with pytest.raises(Invalid) as caught:
        film.report(GOOD | fields)
    assert where in [fault.where for fault in caught.value.faults]


def test_cues_name_who_speaks() -> None:
    vtt = b"\xef\xbb\xbfWEBVTT\n\n00:01.900 --> 00:02.000\n<v Ines>And\nyou?\n\n01:00.000 --> 01:01.000\nRain.\n"
    assert film.cues(vtt) == (film.Cue(1, "Ines", "And you?"), film.Cue(60, "", "Rain."))


@pytest.mark.parametrize("broken", [b"", b"no captions", b"WEBVTT\n\n\xff"])
def test_captions_that_can_not_be_read_say_nothing(broken: bytes) -> None:
    assert film.cues(broken) == ()
