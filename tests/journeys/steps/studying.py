"""Step 1: a trainee works through unit 2, leaves in the middle, and comes back where she was."""

import re
from dataclasses import dataclass

from playwright.sync_api import expect

from tests.journeys.visitor import Visitor

FILM = "Eight seconds"
PROMPT = re.compile("^When somebody stops in the middle of a thought")
REFLECTION = "I finish the sentence for them, so that I need not sit with it."


@dataclass(frozen=True)
class Reply:
    """A question of the check: what the trainee takes, and what the page says of it then."""

    question: str
    taken: tuple[str, ...] = ()
    paired: tuple[tuple[str, str], ...] = ()
    told: tuple[str, ...] = ("You had it.",)


REPLIES = (
    Reply(
        "Ngozi says: “It failed in front of eleven people, and he just walked out.” Which reply is empathy?",
        ("“At least it wasn’t the final release.”",),
        told=(
            "You chose this; not quite",
            "“At least” tells her that what she feels is too big",
            "It says the picture",
        ),
    ),
    Reply(
        "Which of these say back what was heard without swapping it for something else?",
        ("“Odd, that nobody asked.”", "“Twice, and then a one-liner.”"),
        told=("You chose this, and it fits", "Shorter, and in his word."),
    ),
    Reply(
        "Match each reply with what it heard.",
        paired=(
            ("The facts", "“So it’ll be done by Wednesday.”"),
            ("The feeling", "“Third time. That sounds weary.”"),
            ("What matters to him", "“You care that it’s done right. Who else does?”"),
        ),
        told=("You had this", "All three are in the sentence."),
    ),
    Reply("two possible answers to choose from.", ("Not true",)),
    Reply("She looks out of the window and says nothing", ("Wait on, with a friendly face.",)),
    Reply(
        "When is it right to break a silence?",
        ("When you notice that your question was unclear.", "When somebody is overcome and needs a voice."),
    ),
    Reply("In the film, why does Noor say", ("To give back the picture that carries the feeling",)),
)
"""One wrong answer among seven: 85 %, rounded down, and 80 are asked for."""


def study_unit_two(amara: Visitor) -> None:
    open_the_unit(amara)
    read_the_lessons(amara)
    watch_the_film(amara)
    write_the_reflection(amara)
    answer_the_check(amara)
    see_it_complete(amara)


def open_the_unit(amara: Visitor) -> None:
    """Home says that unit 2 is open, in its ring and in words."""
    amara.open("/learn").sees(re.compile("Amara"))
    expect(amara.main.locator(".rings li")).to_have_count(8)
    amara.main.locator(".rings a[href$='/empathy']").click()
    amara.sees(re.compile("^Empathy and listening: .*, whenever you have them.$"))
    expect(amara.main.locator(".steps li")).to_have_count(6)


def read_the_lessons(amara: Visitor) -> None:
    amara.press("Begin").sees("Empathy, sympathy and fixing")
    amara.press("Next: read").sees("Facts, feeling, and what matters")
    amara.press("Next: read").sees("What silence is for")
    amara.press("Next: film").sees(FILM)


def watch_the_film(amara: Visitor) -> None:
    """Some seconds of it with captions; home knows where she stopped, and so does the film."""
    time = amara.main.locator(".film__time")
    amara.press("Play")
    expect(time).to_have_text(re.compile(r"^0:0[5-9]"))
    assert amara.page.evaluate("document.querySelector('video').textTracks[0].mode") == "showing"
    assert amara.page.evaluate("document.querySelector('video').textTracks[0].cues.length") > 5
    with amara.page.expect_response(lambda answer: "/film?viewing=" in answer.url) as kept:
        amara.press("Pause")
    assert kept.value.ok
    stopped = (time.text_content() or "").partition(" ")[0]
    amara.open("/learn").sees(re.compile("Amara"))
    amara.main.locator(".rings a[href$='/empathy']").click()
    amara.sees("Empathy and listening: three of six steps are done.")
    amara.press("Carry on").sees(FILM)
    expect(time).to_have_text(re.compile(f"^{stopped} "))
    amara.press("I have watched it")


def write_the_reflection(amara: Visitor) -> None:
    """The draft keeps itself; she leaves before she has sent it, and finds it again."""
    amara.sees(PROMPT)
    amara.page.get_by_label("Your answer").fill(REFLECTION)
    amara.reads(re.compile("Draft saved at"))
    amara.page.reload()
    expect(amara.page.get_by_label("Your answer")).to_have_value(REFLECTION)
    amara.looks().press("Save")


def answer_the_check(amara: Visitor) -> None:
    for number, reply in enumerate(REPLIES, 1):
        amara.sees(re.compile(re.escape(reply.question)))
        for words in reply.taken:
            amara.main.locator("label", has_text=words).click()
        for left, right in reply.paired:
            row = amara.main.locator("li", has=amara.page.locator(".places__t", has_text=left))
            row.get_by_role("combobox").select_option(right)
        amara.press("Answer").reads("Answered and kept.", *reply.told).looks()
        amara.press("Next" if number < len(REPLIES) else "Your result")


def see_it_complete(amara: Visitor) -> None:
    amara.sees("85 %, and that is enough.").press("Home").sees(re.compile("Amara"))
    amara.main.locator(".rings a[href$='/empathy']").click()
    amara.sees("Empathy and listening: all of it is done.")


def registration(amara: Visitor) -> str:
    """The UUID of her enrolment, which the address of her home ends in."""
    return amara.open("/learn").page.url.rpartition("/")[2]
