"""Reads how a programme has its recordings graded: `final: grading:` in program.yaml."""

from typing import Final

from mentorcert.catalog.entry import Entry
from mentorcert.catalog.faults import Faults
from mentorcert.catalog.policy import Calibration, Combine, Grading, Release

USUAL: Final = Grading()
OF_TWO: Final = ("threshold", "combine")
"""What says something only where two coaches grade."""


def check_grading(entry: Entry, faults: Faults) -> None:
    """Note rules that would never be used."""
    mistaken = "graders" in entry.lines and not entry.has("graders")
    if mistaken or entry.whole("graders", USUAL.graders) > 1:
        return
    for key in OF_TWO:
        if entry.has(key):
            what = f"{key} is set, but one coach grades each recording"
            entry.fault(faults, key, what, f"Write graders: 2, or remove {key}")


def read_grading(entry: Entry) -> Grading:
    """The rules; what is not there is as usual."""
    return Grading(
        graders=entry.whole("graders", USUAL.graders),
        own_office=entry.flag("own_office", USUAL.own_office),
        threshold=entry.whole("threshold", USUAL.threshold),
        combine=Combine(entry.optional("combine") or USUAL.combine),
        release=Release(entry.optional("release") or USUAL.release),
        lease_minutes=entry.whole("lease_minutes", USUAL.lease_minutes),
        appeal_days=entry.whole("appeal_days", USUAL.appeal_days),
        attempts=entry.whole("attempts", USUAL.attempts),
        keep_days=entry.whole("keep_days", USUAL.keep_days),
        calibration=_calibration(entry.entry("calibration")) if entry.has("calibration") else None,
    )


def _calibration(entry: Entry) -> Calibration:
    return Calibration(entry.whole("exemplars"), entry.whole("every_days"), entry.whole("bar"))
