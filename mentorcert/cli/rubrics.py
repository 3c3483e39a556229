"""`mentorcert rubric …`: rubrics from other systems, and for them."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from mentorcert.catalog import canvas_rubric, case_rubric
from mentorcert.catalog.document import encode, hash_of
from mentorcert.catalog.faults import CatalogFaults, Faults
from mentorcert.catalog.rubric import Rubric
from mentorcert.catalog.rubric_import import Format, imported
from mentorcert.catalog.rubric_reader import read_rubrics
from mentorcert.cli.shell import main
from mentorcert.config import Settings, from_environment
from mentorcert.errors import Conflict, NotFound
from mentorcert.evidence import spreadsheet

FORMS: Final = click.Choice([form.value for form in Format])


@main.group()
def rubric() -> None:
    """Bring rubrics in from Canvas or from CASE, and out to them."""


@rubric.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "form", type=FORMS, help="What the file is: Canvas's CSV, or 1EdTech CASE JSON.")
@click.option("--title", default="", help="Which rubric is meant, when the file holds several.")
@click.option("--write", "target", type=click.Path(path_type=Path), help="The new file, such as rubrics/talk.yaml.")
def import_rubric(file: Path, form: str | None, title: str, target: Path | None) -> None:
    """Make a rubric file of FILE; print it, or write it with --write.

    What the other system does not know stands there as TODO: `mentorcert check` names each until you have written it.
    """
    found = imported(file.read_bytes(), Format(form) if form else None, title=title)
    if target is None:
        click.echo(found.text, nl=False)
        return
    _write(target, found.text)
    for note in found.notes:
        click.echo(note)
    click.echo(f'The rubric "{found.id}" is in {target}. Read it through, then run `mentorcert check`.')


@rubric.command(name="export")
@click.argument("name", metavar="ID")
@click.option("--as", "form", type=FORMS, required=True, help="Canvas's CSV, or 1EdTech CASE JSON.")
def export_rubric(name: str, form: str) -> None:
    """Print the rubric ID of the rubrics folder for another system."""
    settings = from_environment()
    wanted = _rubric(settings, name)
    if form == Format.CASE:
        address = f"{settings.public_url}/rubrics/{hash_of(encode(wanted))}"
        package = case_rubric.package(wanted, address, datetime.now(UTC))
        click.echo(json.dumps(package, ensure_ascii=False, indent=2))
        return
    click.echo(spreadsheet.lines(canvas_rubric.rows(wanted)), nl=False)
    click.echo(f"Canvas has no place for {', '.join(canvas_rubric.lost(wanted))}.", err=True)


def _rubric(settings: Settings, name: str) -> Rubric:
    faults = Faults()
    known = read_rubrics(settings.rubrics, faults)
    if faults.found:
        raise CatalogFaults(faults.in_order())
    found = known.get(name)
    if found is None:
        raise NotFound(f'There is no rubric "{name}".', f"Those there are: {', '.join(sorted(known.things))}.")
    return found


def _write(target: Path, text: str) -> None:
    try:
        with target.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise Conflict(f"{target} is there already.", "Choose another name, or remove it first.") from error
    except OSError as error:
        raise Conflict(f"{target} can't be written ({error.strerror}).", "Look at the folder.") from error
