"""The components: escaped, named for those who can't see them, and without a style attribute."""

import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any

import pytest
from wtforms import BooleanField, FileField, Form, RadioField, SelectChoice, StringField, TextAreaField
from wtforms.validators import DataRequired

from mentorcert.catalog.questions import Choice, Match, Multiple, Option, Order, OrderItem, Pair, TrueFalse
from mentorcert.catalog.rubric import Criterion, Level
from tests.web.rendering import WEB, environment, macro, page, viewer

HOSTILE = '<img src=x onerror="alert(1)">'
ESCAPED = "&lt;img src=x onerror=&#34;alert(1)&#34;&gt;"
WHEN = datetime(2026, 11, 26, 16, 0, tzinfo=UTC)

LEVELS = tuple(
    Level(id_, title, points, f"Anchor of {title}")
    for points, (id_, title) in enumerate(
        [("not-yet", "Not yet"), ("partly", "Partly"), ("solid", "Solid"), ("strong", "Strong")], start=1
    )
)
CRITICAL = Criterion("questions", "Questions before telling", 20, LEVELS, critical=True, min_level="solid")
OPTIONS = (Option("a", "Advice", "It is yours."), Option("b", "Open", "It is hers.", right=True))
CHOICE = Choice("q", "Which?", OPTIONS, rule="Ask first.")
ORDER = Order("o", "Order", (OrderItem("a", "First"), OrderItem("b", "Second"), OrderItem("c", "Third")), "So.")
MATCH = Match("m", "Match", (Pair("a", "Fear", "Loss"), Pair("b", "Anger", "Line")), "So.")


class Elements(HTMLParser):
    """Every start tag with its attributes, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def all(self, tag: str, **wanted: str) -> list[dict[str, str | None]]:
        return [has for name, has in self.found if name == tag and wanted.items() <= has.items()]

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.words)).strip()


def rendered(call: str, **values: Any) -> Elements:
    return Elements(macro(call, **values))


class Hand(Form):  # type: ignore[misc] # WTForms ships no types
    """A form with each kind of field."""

    name = StringField("Your name", [DataRequired("Write it.")], description="As on the certificate.")
    note = TextAreaField("A note")
    way = RadioField(
        "How it comes",
        [DataRequired("Choose one.")],
        choices=[SelectChoice("file", "A file"), SelectChoice("link", "A link")],
    )
    consent = BooleanField("They agreed", [DataRequired("We can’t take it without.")])
    film = FileField("The recording")


CALLS: list[tuple[str, dict[str, Any]]] = [
    ("icon(x)", {}),
    ("badge('yes', 'check', x)", {}),
    ("notice('no', x)", {}),
    ("toast(x)", {}),
    ("toast(x, 'error')", {}),
    ("empty(x, x, x, x)", {}),
    ("facts([(x, x)])", {}),
    ("link_button(x, x, sr=x)", {}),
    ("button(x, confirm=x, name=x, value=x)", {}),
    ("saved(x)", {}),
    ("verdict_sign('no')", {}),
    ("ring(x, 1, 1, 4, 'open', x)", {}),
    ("ring(x, 1, 4, 4, 'done', x)", {}),
    ("ring(x, 1, 0, 4, 'shut', note=x)", {}),
    ("way([x, x, x], 1, x, 0.3)", {}),
    ("lesson_top(x, x, x)", {}),
    ("step_bar((x, x), (x, x), ['done', 'here'], x)", {}),
    ("try_this(x)", {}),
    ("pips(1, 2, 3)", {}),
    ("cell(2, 4, 'late', x)", {}),
    ("cell_key()", {}),
    ("wrong(x, 1, 2)", {}),
    ("levels(c)", {"c": Criterion("a", HOSTILE, 10, (Level("b", HOSTILE, 1, HOSTILE),))}),
    ("criterion(c, 1, comment=x, error=x)", {"c": CRITICAL}),
    ("plot([{'title': x, 'level': 2, 'of': 4, 'word': x, 'line': 3, 'critical': true}])", {}),
    ("timeline(60, x, [(0, 3)], [(3, 9)], [4], 5)", {}),
    ("moments([{'seconds': 4, 'text': x, 'about': x, 'url': x}])", {}),
    ("remark(x, 'yes', 'check', x, x)", {}),
    ("stages([(x, 'done'), (x, 'now'), (x, '')])", {}),
    ("group_card('a', x, x, x, x, [x])", {}),
    ("clock(x, at, 90, 600, 480)", {"at": WHEN}),
    ("film(x, 'video/webm', x, x, title=x)", {}),
    ("cues([{'seconds': 4, 'speaker': x, 'text': x}])", {}),
    ("keys_help()", {}),
    ("session_date(at)", {"at": WHEN}),
    ("question(q)", {"q": Choice("q", HOSTILE, (Option("a", HOSTILE, HOSTILE),))}),
    ("answered(q, ['a'])", {"q": Choice("q", HOSTILE, (Option("a", HOSTILE, HOSTILE),), HOSTILE)}),
    ("question(q)", {"q": Order("q", HOSTILE, (OrderItem("a", HOSTILE),), HOSTILE)}),
    ("answered(q, ['a'])", {"q": Match("q", HOSTILE, (Pair("a", HOSTILE, HOSTILE),), HOSTILE)}),
]


@pytest.mark.parametrize(("call", "values"), CALLS, ids=[call for call, _ in CALLS])
def test_what_people_wrote_stays_text_and_nothing_has_a_style(call: str, values: dict[str, Any]) -> None:
    found = rendered(call, x=HOSTILE, **values)
    assert [tag for tag, has in found.found if tag == "img" or "onerror" in has or "style" in has] == []


@pytest.mark.parametrize(("call", "values"), CALLS, ids=[call for call, _ in CALLS])
def test_every_drawing_is_hidden_or_named(call: str, values: dict[str, Any]) -> None:
    drawings = [has for tag, has in rendered(call, x="Words", **values).found if tag == "svg"]
    outer = [has for has in drawings if has.get("overflow") != "visible" and has.get("class") != "cell__fill"]
    hidden_by_parent = call.startswith(("pips", "cell_key", "step_bar"))
    assert [has for has in outer if not ("aria-hidden" in has or "aria-label" in has or hidden_by_parent)] == []


def test_no_template_names_a_style_except_mail() -> None:
    pages = [path for path in (WEB / "templates").rglob("*.html") if path.parent.name != "mail"]
    assert [path.name for path in pages if re.search(r"<[^>]*\sstyle=|<script(?![^>]*\ssrc=)", path.read_text())] == []


def test_a_faulty_field_is_tied_to_its_help_and_its_fault() -> None:
    form = Hand()
    form.validate()
    found = rendered("field(form.name)", form=form)
    assert found.all("input") == [
        {
            "id": "name",
            "name": "name",
            "type": "text",
            "value": "",
            "required": None,
            "aria-describedby": "name-help name-error",
            "aria-invalid": "true",
        }
    ]
    assert [has["id"] for has in found.all("p")] == ["name-help", "name-error"]
    assert found.text == "Your nameAs on the certificate.Write it."


def test_the_summary_links_to_each_faulty_field() -> None:
    form = Hand()
    form.validate()
    found = rendered("errors(form)", form=form)
    assert [has["href"] for has in found.all("a")] == ["#name", "#way-0", "#consent"]
    assert "3 things need another look." in found.text
    assert found.all("div", role="alert")[0]["tabindex"] == "-1"


def test_a_form_without_faults_has_no_summary() -> None:
    assert macro("errors(form)", form=Hand()) == ""


def test_choices_are_a_group_with_a_legend() -> None:
    found = rendered("field(form.way)", form=Hand())
    assert [has["value"] for has in found.all("input", type="radio")] == ["file", "link"]
    assert len(found.all("fieldset")) == len(found.all("legend")) == 1


def test_a_ring_under_way_is_filled_by_its_share() -> None:
    found = rendered("ring('Emotions', 3, 3, 4, 'open', '/unit')")
    assert [has["stroke-dasharray"] for has in found.all("circle", **{"class": "ring__on"})] == ["75.0 100"]
    assert found.text == "3Unit 3, Emotions3 of 4"


def test_a_shut_ring_without_an_address_is_no_link() -> None:
    assert rendered("ring('Strengths', 5, state='shut', note='opens Fri')").all("a") == []


@pytest.mark.parametrize(
    ("call", "css", "words"),
    [
        ("cell(4, 4, 'done', '/u')", "cell cell--done", "done"),
        ("cell(2, 4, 'part', '/u')", "cell", "2 of 4"),
        ("cell(1, 4, 'late', '/u')", "cell cell--late", "1 of 4, late"),
        ("cell(state='shut')", "cell cell--shut", "·not due yet"),
    ],
)
def test_a_cell_says_its_state_in_words(call: str, css: str, words: str) -> None:
    found = rendered(call)
    assert (found.found[0][1]["class"], found.text) == (css, words)


def test_pips_are_one_mark_a_person_and_a_sentence() -> None:
    found = rendered("pips(7, 3, 2)")
    assert found.found[0][1]["aria-label"] == "7 ready, 3 part of the way, 2 not started"
    assert len(found.all("svg")) == 12


@pytest.mark.parametrize(
    ("question", "shown", "values"),
    [
        (CHOICE, ["b", "a"], ["b", "a"]),
        (Multiple("q", "Which?", OPTIONS), ["b", "a"], ["b", "a"]),
        (TrueFalse("q", "So?", answer=True, why="It is."), [], ["true", "false"]),
    ],
)
def test_options_stand_in_the_order_shown(question: Any, shown: list[str], values: list[str]) -> None:
    found = rendered("question(q, shown)", q=question, shown=shown)
    assert [has["value"] for has in found.all("input", name="answer")] == values


def test_an_order_asks_one_item_for_each_place_and_keeps_what_was_chosen() -> None:
    found = rendered("question(q, ['c', 'a', 'b'], ['a', 'c', 'b'])", q=ORDER)
    assert len(found.all("select", name="answer")) == 3
    assert [has["value"] for has in found.all("option") if "selected" in has] == ["a", "c", "b"]
    assert [has["value"] for has in found.all("option")][:4] == ["", "c", "a", "b"]


def test_a_match_offers_words_of_a_response() -> None:
    found = rendered("question(q, ['b', 'a'])", q=MATCH)
    assert [has["value"] for has in found.all("option") if has["value"]] == ["a.b", "a.a", "b.b", "b.a"]


def test_every_option_explains_itself_once_answered() -> None:
    found = rendered("answered(q, ['a'])", q=CHOICE)
    boxes = [has["class"] for has in found.all("div") if "choice " in (has.get("class") or "")]
    assert boxes == ["choice choice--yours", "choice choice--right"]
    expected = "You chose this; not quiteAdviceIt is yours. This oneOpenIt is hers."
    assert found.text.replace(" The rule of thumb: Ask first.", "") in {expected, f"{expected} "}


def test_an_answered_order_says_what_stood_in_each_place() -> None:
    found = rendered("answered(q, ['a', 'c', 'b'])", q=ORDER)
    assert [words for words in found.words if words.startswith("You had")] == [
        "You had this",
        "You had: Third",
        "You had: Second",
    ]


def test_an_answered_match_says_what_was_taken() -> None:
    found = rendered("answered(q, ['a.b', 'b.a'])", q=MATCH)
    assert [words for words in found.words if words.startswith("You had")] == ["You had: Line", "You had: Loss"]


def test_levels_name_their_ids_and_keys() -> None:
    found = rendered("levels(c, 'solid')", c=CRITICAL)
    assert [has["value"] for has in found.all("input", name="level-questions")] == [lv.id for lv in LEVELS]
    assert [has["value"] for has in found.all("input") if "checked" in has] == ["solid"]
    assert "Anchor of Strong" in found.text


def test_a_critical_criterion_says_what_must_be_reached() -> None:
    assert "critical: Solid or above" in rendered("criterion(c, 3)", c=CRITICAL).text


def test_a_level_below_the_line_is_drawn_as_short() -> None:
    found = rendered("plot_row('Strengths', 2, 4, 'Partly', 3)")
    assert [has["class"] for has in found.all("rect")] == ["lv-short", "lv-short", "lv-bed", "lv-bed"]
    assert [has["x"] for has in found.all("rect")] == ["0.0%", "25.2%", "50.4%", "75.6%"]
    assert [has["x1"] for has in found.all("line")] == ["75.2%"]


def test_a_film_plays_without_a_script() -> None:
    found = rendered("film('/f.webm', 'video/webm', captions='/f.vtt', start=161.5, progress_url='/p')")
    (video,) = found.all("video")
    assert "controls" in video
    assert (video["data-start"], video["data-progress-url"]) == ("161.5", "/p")
    assert [has["src"] for has in found.all("source") + found.all("track")] == ["/f.webm", "/f.vtt"]


def test_the_clock_shows_what_is_left_without_a_script() -> None:
    found = rendered("clock('Round 1', at, 400, 600, 480)", at=WHEN)
    assert "6:40" in found.words
    assert found.all("span", role="timer")[0]["aria-label"] == "6 min 40 s left"
    assert [has["width"] for has in found.all("rect", **{"class": "rail-on"})] == ["33.3%"]


def test_a_paused_clock_is_not_counted_down() -> None:
    assert "data-ends-at" not in macro("clock('Round 1', at, 400, 600, paused=true)", at=WHEN)


def test_a_date_stands_as_weekday_day_and_month() -> None:
    assert rendered("session_date(at)", at=WHEN).words == ["Thu", "26", "Nov"]


def test_the_frame_has_a_skip_link_one_main_and_the_navigation() -> None:
    found = Elements(
        page(
            "{% block main %}<h1>Yes</h1>{% endblock %}",
            nav_items=[("Home", "/", True), ("Recording", "/r", False)],
            viewer=viewer(),
        )
    )
    assert found.all("a")[0] == {"class": "skip", "href": "#main"}
    assert [has["id"] for has in found.all("main")] == ["main"]
    assert [has["href"] for has in found.all("a") if "aria-current" in has] == ["/"]
    assert "Your account, Amara Okafor" in found.text
    assert found.all("meta", name="csrf-token")[0]["content"] == "token"


@pytest.mark.parametrize(
    ("theme", "attributes"), [(None, {"lang": "en"}), ("dark", {"lang": "en", "data-theme": "dark"})]
)
def test_a_person_can_fix_the_theme(theme: str | None, attributes: dict[str, str]) -> None:
    assert Elements(page("", viewer=viewer(theme=theme))).all("html") == [attributes]


def test_scripts_come_from_our_own_files_only() -> None:
    assert [has["src"] for has in Elements(page("")).all("script")] == ["/static/app.js"]


def test_a_problem_says_what_is_so_what_to_do_and_each_fault() -> None:
    values = {
        "problem": SimpleNamespace(title="Two rows can’t be read", todo="Correct them and send the file again."),
        "faults": [SimpleNamespace(where="row 3, email", what=HOSTILE, todo="Write one.")],
    }
    html = environment().get_template("problem.html").render(values)
    assert "<h1>Two rows can’t be read</h1>" in html
    assert "Correct them and send the file again." in html
    assert f"row 3, email</b> {ESCAPED} Write one." in html


def test_a_mail_shows_the_address_of_its_button_in_full() -> None:
    text = (
        '{% extends "mail/base.html" %}{% from "mail/_parts.html" import action %}'
        "{% block title %}Come in{% endblock %}{% block body %}{{ action('Open', url) }}{% endblock %}"
    )
    found = Elements(environment().from_string(text).render(url="https://m.example/i/1"))
    assert [has["href"] for has in found.all("a")] == ["https://m.example/i/1"] * 2
    assert "https://m.example/i/1" in found.text
