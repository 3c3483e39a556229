"""Reading a roster: what spreadsheets write is understood, and every fault is named by row and column."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentorcert.cohorts.roster import COLUMNS, MOST_ROWS, Entry, Roster, read
from mentorcert.permissions import Role

HEADER = "name,email,office,zone,cohort,role"
ROW = "Amara Okafor,amara@example.org,Leeds,Europe/London,Autumn,trainee"
AMARA = Entry(2, "Amara Okafor", "amara@example.org", "Leeds", "Europe/London", "Autumn", Role.TRAINEE)


def faults(*rows: str, header: str = HEADER) -> list[str]:
    return [str(fault) for fault in read("\n".join([header, *rows]).encode()).faults]


@pytest.mark.parametrize(
    "data",
    [
        f"{HEADER}\n{ROW}".encode(),
        f"{HEADER}\r\n{ROW}\r\n".encode("utf-8-sig"),
        f"{HEADER}\r{ROW}\r".encode(),
        f"{HEADER}\n{ROW}\n".replace(",", ";").encode("cp1252"),
        f"{HEADER}\r\n{ROW}\r\n".replace(",", "\t").encode("utf-16"),
        f"{HEADER}\r\n{ROW}\r\n".replace(",", "\t").encode("utf-16-le"),
        f"{HEADER}\r\n{ROW}\r\n".replace(",", "\t").encode("utf-16-be"),
        f"sep=;\r\n{HEADER}\r\n{ROW}\r\n".replace(",", ";").encode(),
        f"{HEADER.title()}\n  {ROW.replace(',', ' , ')}\n,,,,,\n\n".encode(),
        f"{HEADER}\nAmara\u00a0Okafor,AMARA@example.org,Leeds,Europe/London,Autumn,Trainee".encode(),
        f'{HEADER}\n"Amara\nOkafor",amara@example.org,"Leeds",Europe/London,Autumn,trainee'.encode(),
        b"role,cohort,zone,office,email,name\ntrainee,Autumn,Europe/London,Leeds,amara@example.org,Amara Okafor",
    ],
)
def test_whatever_a_spreadsheet_writes_is_the_same_list(data: bytes) -> None:
    assert read(data) == Roster((AMARA,))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_letters_beyond_ascii_arrive(encoding: str) -> None:
    data = f"{HEADER}\nZoë Müller–Łuk,zoe@example.org,Zürich,,Autumn,coach".replace("Ł", "L").encode(encoding)
    (entry,) = read(data).entries
    assert (entry.name, entry.office) == ("Zoë Müller–Luk", "Zürich")


def test_only_who_acts_everywhere_needs_no_cohort() -> None:
    rows = ["A B,a@example.org,,,,manager", "C D,c@example.org,,,,administrator", "E F,e@example.org,,,,coach"]
    assert faults(*rows) == ["row 4, cohort: it is empty, and a coach needs one. Give the cohort's name."]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (
            "name,e-mail,office,zone,cohort,role,phone",
            [
                "row 1: there is no column “email”. Add it; cells that you know nothing for stay empty.",
                "row 1: “e-mail” is no column of ours. Did you mean “email”?",
                "row 1: “phone” is no column of ours. Remove that column.",
            ],
        ),
        (f"{HEADER},name", ["row 1: there are 2 columns “name”. Leave one of them."]),
        (f"{HEADER},", ["row 1: column 7 has no name. Remove that column."]),
    ],
)
def test_a_header_is_taken_literally(header: str, expected: list[str]) -> None:
    assert faults(ROW, header=header) == expected


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (",a@example.org,,,Autumn,trainee", ["row 3, name: it is empty. Give the person's name."]),
        ("A,,,,Autumn,trainee", ["row 3, email: it is empty. Give the address that the invitation goes to."]),
        (
            "A,a@,,,Autumn,trainee",
            ["row 3, email: “a@” is not an e-mail address. Write it like name@example.org."],
        ),
        (
            "A,a@example.org,,London,Autumn,trainee",
            ["row 3, zone: “London” is no time zone. Did you mean Europe/London?"],
        ),
        (
            "A,a@example.org,,qqqqqq,Autumn,trainee",
            ["row 3, zone: “qqqqqq” is no time zone. Give it like Europe/London, or leave it empty."],
        ),
        (
            "A,a@example.org,,,Autumn,boss",
            ["row 3, role: “boss” is no role. Give one of trainee, facilitator, coach, manager, administrator."],
        ),
        (
            "A,a@example.org,,,Autumn,",
            ["row 3, role: it is empty. Give one of trainee, facilitator, coach, manager, administrator."],
        ),
        (
            "A,a@example.org,,,Autumn,trainee,more",
            ["row 3: it has 7 cells, the header has 6. Put quotation marks around a cell that holds the separator."],
        ),
        (
            f"{'x' * 121},a@example.org,,,Autumn,trainee",
            ["row 3, name: it is too long, or holds signs that can't be shown. Write it plainly."],
        ),
        (
            "A\x07,a@example.org,,,Autumn,trainee",
            ["row 3, name: it is too long, or holds signs that can't be shown. Write it plainly."],
        ),
        (
            "Anna,amara@example.org,Hamburg,,Spring,trainee",
            [
                "row 3, name: “Anna” here and “Amara Okafor” in row 2, for amara@example.org. Write the same in both.",
                "row 3, office: “Hamburg” here and “Leeds” in row 2, for amara@example.org. Write the same in both.",
            ],
        ),
        (
            "Amara Okafor,AMARA@example.org,,,Autumn,trainee",
            ["row 3: it says the same as row 2. Remove one of them."],
        ),
        ("Amara Okafor,amara@example.org,,,Spring,trainee", []),
        ("Amara Okafor,amara@example.org,Leeds,,Autumn,coach", []),
        (
            '"A,a@example.org,,,Autumn,trainee',
            [
                "row 3: this row can't be taken apart. Look for a quotation mark that is not closed, "
                "or one inside a cell that is not doubled."
            ],
        ),
    ],
)
def test_each_fault_says_where_what_and_what_to_do(row: str, expected: list[str]) -> None:
    assert faults(ROW, row) == expected


def test_all_faults_come_at_once_and_in_the_order_of_rows() -> None:
    rows = [",a@,,,,boss", ROW, ROW, "B,b@example.org,,,,trainee"]
    assert [fault.split(":")[0] for fault in faults(*rows)] == [
        "row 2, name",
        "row 2, email",
        "row 2, role",
        "row 4",
        "row 5, cohort",
    ]


def test_a_row_is_counted_as_a_spreadsheet_counts_it() -> None:
    assert faults('"Amara\n\nOkafor",amara@example.org,,,Autumn,trainee', "", ",b@example.org,,,Autumn,trainee") == [
        "row 4, name: it is empty. Give the person's name."
    ]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "the file: it is empty. Choose the file again."),
        (b" \r\n,,,\r\n", "the file: it is empty. Choose the file again."),
        (HEADER.encode(), "the file: it names nobody. Add a row for each person below the header."),
        (
            b"PK\x03\x04 workbook",
            "the file: it is an Excel workbook, not CSV. Save it as “CSV UTF-8” and choose that file.",
        ),
        (
            b"\xd0\xcf\x11\xe0 old",
            "the file: it is an Excel workbook, not CSV. Save it as “CSV UTF-8” and choose that file.",
        ),
        (
            b"\x89PNG\x00\x00\x00\x81",
            "the file: it is not a text that we can read. Save it as “CSV UTF-8” and choose that file.",
        ),
        (b"x" * (1024 * 1024 + 1), "the file: it is larger than 1 MB. Split it into smaller lists."),
        (
            "\n".join([HEADER, *[f"A,{n}@e.org,,,A,coach" for n in range(MOST_ROWS + 1)]]).encode(),
            "the file: it names 5001 people. Split it: 5000 are taken at once.",
        ),
    ],
)
def test_what_is_no_list_is_refused_as_a_whole(data: bytes, expected: str) -> None:
    assert [str(fault) for fault in read(data).faults] == [expected]


@given(st.binary(max_size=400))
def test_no_bytes_at_all_are_an_error_of_ours(data: bytes) -> None:
    found = read(data)
    assert found.faults or found.entries


cells = st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12), min_size=6, max_size=6)


@given(st.lists(cells, max_size=6), st.sampled_from(",;\t"))
def test_no_cells_at_all_are_an_error_of_ours(rows: list[list[str]], separator: str) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator)
    writer.writerows([COLUMNS, *rows])
    found = read(text.getvalue().encode("utf-8"))
    assert found.faults or found.entries
