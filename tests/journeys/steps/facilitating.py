"""Step 2: a facilitator sees who is ready, runs session 7, and records who was there."""

import re

from playwright.sync_api import Locator, expect

from tests.journeys.visitor import Visitor

BEHIND = ("Chiara Lenz", "Daniel Osei", "Farid Haddad", "Hugo Marchetti", "Lucía Ferrer")
AWAY = ("Farid", "Hugo", "Lucía")
ROLES = ("Mentor", "Mentee", "Observer")
POLL_MS = 30_000
"""A phone asks every four seconds; a busy machine may need longer."""

Cast = dict[str, str]
"""Who plays what in one group, by role."""


def see_who_is_ready(ines: Visitor) -> None:
    ines.open("/cohorts").sees(re.compile("^Seven of twelve are ready for "))
    ines.reads("7 of 12", "58 %")
    for name in BEHIND:
        expect(ines.main.get_by_role("checkbox", name=name)).to_be_visible()


def run_session_seven(ines: Visitor, amara: Visitor) -> None:
    ines.press("Open session 7").sees(re.compile("^Session 7, live"))
    open_the_room(amara)
    check_in(ines)
    expect(amara.main.get_by_role("heading", level=1)).to_have_text("You are checked in, Amara.", timeout=POLL_MS)
    amara.looks()
    briefs = show_the_scenario(ines)
    no_brief(amara, briefs)
    ines.press("Deal groups").reads("Three groups").looks()
    play_three_rounds(ines, amara, briefs)
    close(ines)
    amara.page.reload()
    amara.sees("You were there, Amara.")


def open_the_room(amara: Visitor) -> None:
    """A trainee's phone, in the room; nobody has seen her yet."""
    amara.open("/sessions").sees(re.compile("^Session 7 is on "))
    amara.follow(re.compile("^Session 7")).sees(re.compile("^(Session 7 is on|The session has begun)"))


def check_in(ines: Visitor) -> None:
    """Everybody at once, then those who are not there are taken out."""
    ines.press("Everybody is here")
    for name in AWAY:
        ines.press(re.compile(f"^{name}.*take out"))
        expect(ines.main.get_by_role("button", name=re.compile(f"^{name}.*check in"))).to_be_visible()
    ines.reads("Nine here, three not yet").looks()


def show_the_scenario(ines: Visitor) -> Cast:
    """Give the three briefs, each by the role that it is for."""
    sheets = ines.main.locator(".sheets .voice")
    briefs = dict(zip(ROLES, sheets.all_text_contents(), strict=True))
    ines.reads("Only you see this").press("Show the scenario").reads(re.compile("^Shown at"))
    return briefs


def no_brief(amara: Visitor, briefs: Cast) -> None:
    """Nobody has a part before the groups are dealt, so nobody reads a brief."""
    shown = amara.page.content()
    assert [role for role, brief in briefs.items() if brief[:60] in shown] == []


def play_three_rounds(ines: Visitor, amara: Visitor, briefs: Cast) -> None:
    """Over the rounds every person plays each role, and reads the brief of their own part only."""
    ines.press("Start round 1")
    played: dict[str, list[str]] = {}
    for number in (1, 2, 3):
        ines.reads(f"Round {number} · everyone sees this clock").looks()
        for group in ines.main.locator(".group").all():
            for role, name in cast(group).items():
                played.setdefault(name, []).append(role)
        own_brief(amara, number, briefs, played["Amara Okafor"][-1])
        ines.press("Next round" if number < 3 else "Talk it over")
    assert len(played) == 9
    assert {name: sorted(roles) for name, roles in played.items()} == dict.fromkeys(played, sorted(ROLES))


def cast(group: Locator) -> Cast:
    return dict(zip(group.locator("dt").all_inner_texts(), group.locator("dd").all_inner_texts(), strict=True))


def own_brief(amara: Visitor, number: int, briefs: Cast, role: str) -> None:
    """What the phone shows in a round, without having been touched."""
    expect(amara.main).to_contain_text(f"Round {number} of 3", timeout=POLL_MS)
    expect(amara.main.locator(".brief-text")).to_have_text(briefs[role])
    shown = amara.page.content()
    assert [other for other, brief in briefs.items() if brief[:60] in shown] == [role]
    amara.looks()


def close(ines: Visitor) -> None:
    ines.reads(re.compile("^The rounds are over")).looks()
    ines.press("Close and record attendance").press("Press again to close")
    ines.reads("Nine attended, three did not").looks()
