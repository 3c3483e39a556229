"""A file of another system becomes the text of a rubric file."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from mentorcert.catalog.canvas_rubric import read_canvas
from mentorcert.catalog.case_reader import read_case
from mentorcert.catalog.foreign_rubric import Findings, ForeignRubric, adopt
from mentorcert.catalog.rubric_text import adopted_text
from mentorcert.errors import Fault, Invalid


class Format(StrEnum):
    """The formats that rubrics are exchanged in."""

    CANVAS = "canvas"
    CASE = "case"


ORIGIN: Final = {Format.CANVAS: "Canvas (CSV)", Format.CASE: "1EdTech CASE (JSON)"}
_READ: Final = {Format.CANVAS: read_canvas, Format.CASE: read_case}


@dataclass(frozen=True, slots=True)
class Imported:
    """The id of the rubric, the text of its file, and what was noted on the way."""

    id: str
    text: str
    notes: tuple[str, ...]


def imported(data: bytes, form: Format | None = None, *, title: str = "") -> Imported:
    """The rubric in a file; `title` chooses one of several. Without a form JSON is taken for CASE, all else for Canvas.

    Raises Invalid with every fault, by row and column or by JSON path.
    """
    form = form or (Format.CASE if data.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] in {b"{", b"["} else Format.CANVAS)
    findings = Findings()
    found = _READ[form](data, findings)
    findings.refuse(_refusal(form))
    adopted = adopt(_chosen(found, title), findings)
    findings.refuse(_refusal(form))
    return Imported(adopted.rubric.id, adopted_text(adopted, ORIGIN[form]), adopted.notes)


def _refusal(form: Format) -> str:
    return f"This can't be imported from {ORIGIN[form]}."


def _chosen(found: list[ForeignRubric], title: str) -> ForeignRubric:
    fitting = [each for each in found if title in {"", each.title}]
    if len(fitting) == 1:
        return fitting[0]
    what = f"There are {len(fitting)} of that title." if fitting else "There is no rubric of that title."
    what = what if title else "It holds several rubrics." if found else "It holds no rubric."
    titles = [Fault(each.where, f'"{each.title}"') for each in found]
    raise Invalid(what, "Say which one by its title.", titles)
