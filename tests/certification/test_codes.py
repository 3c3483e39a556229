"""Codes that people copy from paper."""

import pytest

from mentorcert.certification.codes import ALPHABET, new_code, read_code


def test_a_code_has_two_groups_of_letters_that_nobody_mixes_up() -> None:
    codes = {new_code() for _ in range(500)}
    assert len(codes) == 500
    assert {letter for code in codes for letter in code} <= {*ALPHABET, "-"}
    assert not set("OI01") & set(ALPHABET)


@pytest.mark.parametrize("typed", ["K7QX-4M2P", "k7qx4m2p", " k7qx 4m2p ", "K7QX–4M2P"])
def test_a_code_may_be_typed_in_any_form(typed: str) -> None:
    assert read_code(typed) == "K7QX-4M2P"


@pytest.mark.parametrize("typed", ["", "K7QX-4M2", "K7QX-4M2PP", "K7QX-4M20", "<script>", "K7QX-4M2É"])
def test_what_can_be_no_code_is_none(typed: str) -> None:
    assert read_code(typed) is None
