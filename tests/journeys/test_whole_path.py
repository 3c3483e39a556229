"""From the first lesson to the certificate: five people and a stranger, in a browser, on the demo."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.journeys.conftest import NewPage, demo_server
from tests.journeys.steps import certifying, evidence, facilitating, recording, studying
from tests.journeys.visitor import Visitor


@pytest.fixture
def live_server(demo: Path, tmp_path: Path) -> Iterator[str]:
    """A server of its own for each walk, which changes what the next one would find."""
    with demo_server(demo, tmp_path) as address:
        yield address


@pytest.mark.timeout(420)
def test_the_whole_path(new_page: NewPage, live_server: str, tmp_path: Path) -> None:
    began = datetime.now(UTC)
    amara = Visitor(new_page()).sign_in("Amara Okafor")
    studying.study_unit_two(amara)

    ines = Visitor(new_page()).sign_in("Ines Duarte")
    facilitating.see_who_is_ready(ines)
    facilitating.run_session_seven(ines, amara)

    number = recording.hand_in(amara)
    recording.grade(Visitor(new_page()).sign_in("Tomasz Wrona"), number)

    helena = Visitor(new_page()).sign_in("Helena Brandt")
    certifying.be_refused(helena)
    certifying.certify(helena)
    address = certifying.receive(amara)
    certifying.check(Visitor(new_page()), address)

    evidence.look_through(Visitor(new_page()).sign_in("Ruth Adeyemi"))
    registration = studying.registration(amara)
    evidence.fetch(live_server, evidence.key(tmp_path / "var"), registration, began)
