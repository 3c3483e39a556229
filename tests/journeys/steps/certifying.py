"""Step 5: the programme manager decides, and a stranger checks the certificate."""

import re

from playwright.sync_api import expect

from tests.journeys.visitor import Visitor

ASKED = 5
"""Requirements of the programme that ships."""


def be_refused(helena: Visitor) -> None:
    """A page that was opened too early, or changed by hand, certifies nobody; it says what is open."""
    helena.open("/cohorts").sees("One cohort is under way.")
    helena.follow("Autumn mentors").sees(re.compile("are ready for "))
    helena.follow("Certificates").sees(re.compile("every requirement and wait for you|meets every requirement"))
    helena.follow("Kemi Balogun").sees(re.compile("requirements are met; two are open.$"))
    certify = helena.page.get_by_role("button", name="Certify Kemi Balogun")
    expect(certify).to_be_disabled()
    certify.evaluate("button => { button.disabled = false; }")
    certify.click()
    helena.sees("Kemi Balogun can't be certified yet.")
    helena.reads(re.compile("A recorded coaching conversation: "))


def certify(helena: Visitor) -> None:
    """Every requirement is met, each with what it was judged on."""
    helena.open("/cohorts").follow("Autumn mentors").sees(re.compile("are ready for "))
    helena.follow("Certificates").sees(re.compile("wait for you.$"))
    helena.follow("Amara Okafor").sees("Amara Okafor meets every requirement.")
    expect(helena.main.locator(".verdicts .badge--yes")).to_have_count(ASKED)
    for details in helena.main.locator(".verdicts summary").all():
        details.click()
    helena.looks().press("Certify Amara Okafor")
    helena.sees("Amara Okafor is a certified mentor.")


def receive(amara: Visitor) -> str:
    """Give the address of the certificate's public page."""
    amara.open("/learn").sees(re.compile("Amara"))
    amara.open("/certificate").sees("You are a certified mentor, Amara Okafor.")
    amara.press("Open the public page").sees("Yes. Amara Okafor is a certified mentor.")
    return amara.page.url


def check(stranger: Visitor, address: str) -> None:
    """Nobody signs in for it. A code that we do not know says so, also when it is typed in."""
    stranger.open(address).sees("Yes. Amara Okafor is a certified mentor.")
    expect(stranger.main.locator("tbody tr")).to_have_count(ASKED)
    stranger.reads("A recorded coaching conversation", "At least six live sessions")
    stranger.follow("Check another code").sees(re.compile("^Is this certificate real"))
    stranger.page.get_by_label("Code").fill("ABCD-2345")
    stranger.press("Check it").sees("We have no certificate with this code.")
    stranger.open(address.rpartition("/")[0] + "/WXYZ-6789").sees("We have no certificate with this code.")
