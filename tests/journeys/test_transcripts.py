"""A trainee says who is who, and a coach hears what is a question, beside the film."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import NewPage
from tests.journeys.visitor import Visitor


@pytest.mark.parametrize("width", [360], indirect=True)
def test_who_is_who_and_what_is_a_question(new_page: NewPage) -> None:
    kemi = Visitor(new_page()).sign_in("Kemi Balogun").open("/recording")
    kemi.follow("Say who is who").sees("There are two voices in the transcript. Say who is who.")
    kemi.press("Save who is who").reads("Who is who, as you said it")

    coach = Visitor(new_page()).sign_in("Tomasz Wrona").open("/queue")
    film = coach.page.locator("tr", has_text=re.compile(r"\d:\d\d")).first
    film.get_by_role("button").click()
    coach.page.locator("details.asked summary").click()
    numbers = coach.page.locator("[data-asked-numbers]")
    first = coach.page.locator("form[data-asked]").last
    first.get_by_role("button", name="No question").click()
    expect(first.get_by_role("button", name="No question")).to_have_attribute("aria-pressed", "true")
    expect(numbers).to_contain_text("0 questions confirmed")
    first.get_by_role("button", name="No question").click()
    expect(numbers).to_contain_text("candidate questions")
    coach.looks()
