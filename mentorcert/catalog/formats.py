"""The files of the catalog, key by key. The reader checks against this, and the JSON Schemas are made from it."""

from mentorcert.catalog.policy import Combine, Release
from mentorcert.catalog.shapes import SLUG_TEXT, Flag, Key, ListOf, OneOf, Record, Text, Variant, Whole

WORDS = Text()
ID = Key("id", SLUG_TEXT, "The id that everything else uses; never change it once people have learned with it.")
TITLE = Key("title", WORDS, "What people read.")
SUMMARY = Key("summary", WORDS, "One to three sentences.")
PHRASE = Text(r"[\s\S]{1,300}", "at most 300 characters")
MINUTES = Whole(1, 600)
DUE_AFTER = "pre-work would be due after its session has begun"

_topic = Record((ID, TITLE))
_session = Record(
    (
        ID,
        TITLE,
        Key("unit", SLUG_TEXT, "The unit that people prepare for it."),
        Key("prework_due_hours_before", Whole(0, 24 * 7, DUE_AFTER), "How many hours before it the pre-work is due."),
        Key("minutes", MINUTES, "How long it takes."),
    )
)
_calibration = Record(
    (
        Key("exemplars", Whole(1, 20), "How many exemplar recordings a coach grades."),
        Key("every_days", Whole(1, 1095), "After how many days again."),
        Key("bar", Whole(1, 100), "The agreement with the panel, in percent, that a coach needs to grade."),
    )
)
_grading = Record(
    (
        Key("graders", Whole(1, 2), "How many coaches grade a recording: 1, or 2 blind to each other.", required=False),
        Key("own_office", Flag(), "Whether coaches may grade somebody of their own office.", required=False),
        Key("threshold", Whole(0, 100), "Two totals further apart, in points of 100, are moderated.", required=False),
        Key("combine", OneOf(tuple(Combine)), "How two totals that agree become one.", required=False),
        Key("release", OneOf(tuple(Release)), "Whether a decided grade is shown at once.", required=False),
        Key("lease_minutes", Whole(5, 1440), "How long a recording is kept for a coach who is idle.", required=False),
        Key("appeal_days", Whole(0, 365), "For how many days a grade can be appealed; 0: not at all.", required=False),
        Key("attempts", Whole(0, 50), "How many recordings are graded; 0: any number.", required=False),
        Key("keep_days", Whole(1, 3650), "How many days after the decision media are deleted.", required=False),
        Key("calibration", _calibration, "What a coach grades first, to be in agreement.", required=False),
    )
)
_final = Record(
    (
        ID,
        TITLE,
        Key("due_days_after_last_session", Whole(0, 365), "Days from the last session until it is due."),
        Key("minutes_min", MINUTES, "The shortest recording that is taken."),
        Key("minutes_max", MINUTES, "The longest recording that is taken."),
        Key("brief", WORDS, "What to record and how, in Markdown."),
        Key("grading", _grading, "The rules by which recordings are graded.", required=False),
    )
)
_rubric_of = Key("rubric", SLUG_TEXT, "The id of the rubric.")
_requirement = Variant(
    (ID, TITLE),
    {
        "prework": (),
        "attendance": (Key("at_least", Whole(1, 1000), "How many live sessions."),),
        "checks": (Key("at_least_percent", Whole(1, 100), "The score each knowledge check needs."),),
        "recording": (_rubric_of,),
        "critical": (_rubric_of,),
    },
)
_certificate = Record(
    (
        TITLE,
        Key("valid_months", Whole(1, 120), "How many months it is valid."),
        Key("says", WORDS, "What the certificate says about its holder."),
        Key("says_not", WORDS, "What it does not say."),
    )
)

PROGRAM = Record(
    (
        ID,
        TITLE,
        Key(
            "language", Text("[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", "a language tag such as en or pt-BR"), "A language tag."
        ),
        SUMMARY,
        Key("topics", ListOf(_topic, "topic"), "The topics of role-plays."),
        Key("units", ListOf(SLUG_TEXT, "unit"), "The units' ids, in order."),
        Key("sessions", ListOf(_session, "session"), "The live sessions, one entry a week."),
        Key("final", _final, "The recorded conversation at the end."),
        Key("requirements", ListOf(_requirement, "requirement"), "What must be met to be certified."),
        Key("certificate", _certificate, "What is given to who has met them."),
    )
)

_reflection = Record((ID, TITLE, Key("prompt", WORDS, "One question."), Key("minutes", MINUTES, "Honest minutes.")))

UNIT = Record(
    (
        ID,
        TITLE,
        Key("short", Text(".{1,24}", "at most 24 characters"), "One word, for rings and tables."),
        SUMMARY,
        Key("topic", SLUG_TEXT, "The id of a topic in program.yaml."),
        Key("outcomes", ListOf(WORDS, "outcome"), "What someone can do afterwards."),
        Key("lessons", ListOf(SLUG_TEXT, "lesson"), "The lessons' ids, in order."),
        Key("reflection", _reflection, "The private reflection after the lessons."),
        Key("check", WORDS, "The file with the knowledge check."),
        Key("scenarios", ListOf(SLUG_TEXT, "scenario", 0), "The role-play scenarios' ids, in order."),
    )
)

LESSON = Variant(
    (
        ID,
        TITLE,
        Key("minutes", MINUTES, "Honest minutes of reading or watching."),
        Key("lead", WORDS, "One sentence that says what to look for."),
        Key("try", WORDS, "Something concrete to do tomorrow.", required=False),
        Key("trains", ListOf(SLUG_TEXT, "criterion"), "Ids of the rubric's criteria that it trains.", required=False),
    ),
    {
        "read": (),
        "film": (
            Key("film", WORDS, "The film, by a path from this file."),
            Key("captions", WORDS, "Its captions (WebVTT), by a path from this file."),
            Key("poster", WORDS, "The picture shown before it plays, by a path from this file.", required=False),
        ),
        "acknowledge": (Key("promise", WORDS, "The sentence that is acknowledged."),),
        "strengths": (),
    },
)

_right = Key("right", Flag(), "Whether this option is right.", required=False)
_option = Record((ID, Key("text", WORDS, "The option."), _right, Key("why", WORDS, "Why it is right or not.")))
_why = Key("why", WORDS, "Why this is the right answer.")
_item = Record((ID, Key("text", WORDS, "One step.")))
_pair = Record((ID, Key("left", WORDS, "What is asked."), Key("right", WORDS, "What belongs to it.")))
_options = Key("options", ListOf(_option, "option", 2), "What can be chosen.")
_question = Variant(
    (
        ID,
        Key("text", WORDS, "What is asked."),
        Key("rule", WORDS, "A rule of thumb shown after answering.", required=False),
    ),
    {
        "choice": (_options,),
        "multiple": (_options,),
        "truefalse": (Key("answer", Flag(), "Whether the claim is true."), _why),
        "order": (Key("items", ListOf(_item, "item", 2), "The items in the right order."), _why),
        "match": (Key("pairs", ListOf(_pair, "pair", 2), "What belongs together."), _why),
    },
)

CHECK = Record(
    (
        ID,
        TITLE,
        Key("minutes", MINUTES, "Honest minutes."),
        Key("questions", ListOf(_question, "question"), "The questions, in order."),
    )
)

SCENARIO = Record(
    (
        ID,
        TITLE,
        Key("topic", SLUG_TEXT, "The id of a topic in program.yaml."),
        Key("minutes", MINUTES, "How long one round takes."),
        Key("summary", WORDS, "For the facilitator: why this one, and what to listen for."),
        Key("mentor", WORDS, "The mentor's brief, in the second person."),
        Key(
            "mentee",
            Record(
                (Key("name", WORDS, "A first name."), Key("brief", WORDS, "The mentee's brief, in the second person."))
            ),
            "Who the mentee is.",
        ),
        Key("observer", WORDS, "The observer's brief."),
        Key("debrief", ListOf(WORDS, "question"), "Questions for the talk afterwards."),
    )
)

_level = Record(
    (
        ID,
        TITLE,
        Key("points", Whole(0, 1000), "Points; more than the level before."),
        Key("anchor", WORDS, "What can be seen and heard at this level."),
    )
)
_phrase = Record(
    (
        Key("text", PHRASE, "A sentence that a coach may start a comment from."),
        Key("level", SLUG_TEXT, "The level that it fits, when it fits only one.", required=False),
    )
)
_criterion = Record(
    (
        ID,
        TITLE,
        Key("weight", Whole(1, 100), "Its share of the score; all weights together are 100."),
        Key("critical", Flag(), "Whether its minimum level must be reached.", required=False),
        Key("min_level", SLUG_TEXT, "The level that a critical criterion needs.", required=False),
        Key("comment", OneOf(("required", "optional")), "Whether the coach must write a comment.", required=False),
        Key("levels", ListOf(_level, "level", 2), "The levels, from weak to strong."),
        Key("bank", ListOf(_phrase, "phrase"), "Sentences that coaches may start a comment from.", required=False),
    )
)

RUBRIC = Record(
    (
        ID,
        TITLE,
        SUMMARY,
        Key("pass", Whole(0, 100), "The percentage that passes."),
        Key("criteria", ListOf(_criterion, "criterion"), "What is looked at."),
    )
)
