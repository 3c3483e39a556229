"""Steps 3 and 4: a trainee hands her recording in, and a coach grades it beside the playing film."""

import re
from pathlib import Path

from playwright.sync_api import Locator, expect

from mentorcert import demo
from tests.journeys.visitor import Visitor

MEDIA = Path(demo.__file__).parent / "media"
CONSENT = "The person recorded agreed that coaches watch this recording to grade it."
WHOLE = "Patient, and to the point. Next, say what he did well."
COMMENTS = {
    "listening": "At 0:37 you give his own words back, and he goes on by himself.",
    "questions": "Five questions before the first idea, and the idea is his.",
}
"""What the coach writes: the two critical criteria need words."""
CRITERIA = 8


def hand_in(amara: Visitor) -> str:
    """Without the consent nothing is taken, and nothing typed is lost; with it the recording has a number."""
    amara.open("/recording").sees(re.compile("^Record one real conversation"))
    choose_files(amara)
    amara.page.get_by_label("Whom you coached").fill("Anneke")
    amara.press("Hand in the recording").reads("One thing needs another look.", "amara.webm").looks()
    expect(amara.page.get_by_label("Whom you coached")).to_have_value("Anneke")
    choose_transcript(amara)
    amara.page.get_by_label(CONSENT).check()
    amara.press("Hand in the recording")
    amara.sees(re.compile(r"^Recording \d+ is handed in\. Next, a coach takes it\.$"))
    found = re.search(r"\d+", amara.main.get_by_role("heading", level=1).inner_text())
    assert found
    return found[0]


def choose_files(amara: Visitor) -> None:
    amara.page.get_by_label("The recording", exact=True).set_input_files(MEDIA / "amara.webm")
    choose_transcript(amara)


def choose_transcript(amara: Visitor) -> None:
    amara.page.get_by_label("Transcript", exact=True).set_input_files(MEDIA / "amara.vtt")


def grade(tomasz: Visitor, number: str) -> None:
    take(tomasz, number)
    play(tomasz)
    fill_in(tomasz)
    find_the_draft(tomasz)
    tomasz.press("Submit grade").press("Press again: it is final")
    tomasz.sees(f"Passed. {WHOLE}")


def take(tomasz: Visitor, number: str) -> None:
    """From the queue, where recordings have numbers and no names."""
    tomasz.open("/queue").sees("Two recordings wait for a coach.")
    tomasz.press(re.compile(f"recording {number}$")).sees(f"Recording {number}, coaching conversation")
    assert "Okafor" not in tomasz.page.content()


def play(tomasz: Visitor) -> None:
    tomasz.press("Play")
    expect(tomasz.main.locator(".film__time")).to_have_text(re.compile(r"^0:0[3-9]"))
    assert tomasz.page.evaluate("document.querySelector('video').videoWidth") > 0
    tomasz.press("Pause")


def fill_in(tomasz: Visitor) -> None:
    """A level for each criterion; the one that is open says what each level looks like, and takes a comment."""
    sections = tomasz.page.locator("[data-criterion]")
    expect(sections).to_have_count(CRITERIA)
    for section in sections.all():
        criterion = section.get_attribute("data-criterion") or ""
        level(section, "Strong" if criterion == "listening" else "Solid").click()
        expect(section.locator(".level__a").first).to_be_visible()
        if criterion in COMMENTS:
            section.get_by_label(re.compile("^Comment on")).fill(COMMENTS[criterion])
    tomasz.page.get_by_role("textbox", name="The whole, in one sentence").fill(WHOLE)
    tomasz.reads("8 of 8 graded.")


def level(section: Locator, title: str) -> Locator:
    return section.locator(".level", has=section.page.locator(".level__w", has_text=re.compile(f"{title}$")))


def find_the_draft(tomasz: Visitor) -> None:
    """It keeps itself: the page comes back as it was left."""
    tomasz.press("Save draft").reads("Draft saved.")
    tomasz.page.reload()
    tomasz.looks().reads("8 of 8 graded.")
    for criterion, words in COMMENTS.items():
        expect(tomasz.page.locator(f"#comment-{criterion}")).to_have_value(words)
    expect(tomasz.page.locator("[data-criterion=listening] input[value=strong]")).to_be_checked()
    expect(tomasz.page.locator("[data-criterion] input:checked")).to_have_count(CRITERIA)
