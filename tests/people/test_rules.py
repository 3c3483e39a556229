"""The small rules: what an address, a zone and a password may be."""

import pytest

from mentorcert.people import addresses, passwords, zones


@pytest.mark.parametrize(
    "text", ["amara@example.org", " a.b+c@sub.example.co ", "zoë@example.org", "x@harbourline.example"]
)
def test_an_address_that_will_do(text: str) -> None:
    assert addresses.fault(text) is None


@pytest.mark.parametrize(
    "text", ["", "amara", "amara@", "@example.org", "a b@example.org", "a@b@example.org", "a@example"]
)
def test_an_address_that_will_not_do(text: str) -> None:
    assert addresses.fault(text)


def test_one_address_has_one_form() -> None:
    assert (
        addresses.normal("  Zoe\u0308@Example.ORG ")
        == addresses.normal("zo\u00eb@example.org")
        == "zo\u00eb@example.org"
    )


def test_every_zone_of_the_list_is_one_and_old_names_are_too() -> None:
    names = [name for places in zones.grouped().values() for name, _ in places]
    assert (all(map(zones.is_zone, names)), names[0], len(names) > 300) == (True, "UTC", True)
    assert ("America/Argentina/Buenos_Aires", "Argentina, Buenos Aires") in zones.grouped()["America"]
    assert (zones.is_zone("US/Eastern"), zones.is_zone("Mars/Olympus"), zones.is_zone("")) == (True, False, False)


@pytest.mark.parametrize(
    ("text", "zone"),
    [("London", "Europe/London"), ("europe/berlin", "Europe/Berlin"), ("new york", "America/New_York"), ("qqqq", "")],
)
def test_a_guess_at_what_zone_was_meant(text: str, zone: str) -> None:
    assert zones.closest(text) == zone


def test_a_password_fits_its_own_hash_and_nothing_fits_none() -> None:
    known = passwords.hashed("correct horse battery")
    assert (passwords.fits(known, "correct horse battery"), passwords.fits(known, "another")) == (True, False)
    assert (passwords.fits("", ""), passwords.fits("no hash", "no hash")) == (False, False)
    assert known.startswith("$argon2id$")
