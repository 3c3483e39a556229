"""Files that a killed process left without a row are removed, and no others; on both databases."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from mentorcert.files import open_files
from mentorcert.recordings import keeping
from tests.factories import make_enrolment
from tests.recordings.factories import hand_in, wish


@pytest.mark.parametrize("url", ["memory://", ""])
def test_what_no_recording_names_goes_after_an_hour(session: Session, tmp_path: Path, url: str) -> None:
    files = open_files(url, tmp_path)
    made = hand_in(session, make_enrolment(session), wish("ok.webm"), files)
    files.put("recordings/left-behind", b"half a film")
    files.put("media/other", b"not ours to touch")
    stored = datetime.now(UTC)  # the store keeps the time of the machine
    assert keeping.clear(session, files, now=stored + keeping.GRACE - timedelta(minutes=1)) == 0
    assert files.exists("recordings/left-behind")
    assert keeping.clear(session, files, now=stored + keeping.GRACE + timedelta(minutes=1)) == 1
    assert [files.exists(key) for key in ("recordings/left-behind", made.file_key, "media/other")] == [
        False,
        True,
        True,
    ]


def test_a_place_without_recordings_is_left_alone(session: Session, tmp_path: Path) -> None:
    assert keeping.clear(session, open_files("", tmp_path), now=datetime.now(UTC)) == 0


KILLED = """
import os, signal, sys
from pathlib import Path
from mentorcert.files import open_files

def pieces():
    yield from [bytes(1024 * 1024)] * 8
    os.kill(os.getpid(), signal.SIGKILL)

open_files("", Path(sys.argv[1])).put("recordings/begun", pieces())
"""


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_a_killed_process_was_storing_goes_after_an_hour(session: Session, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    files = open_files("", tmp_path)
    [begun] = (tmp_path / "files" / "recordings").iterdir()
    assert (begun.name.startswith("begun#"), list(files.listed(keeping.FOLDER))) == (True, [])
    stored = datetime.now(UTC)
    assert keeping.clear(session, files, now=stored + keeping.GRACE - timedelta(minutes=1)) == 0
    assert keeping.clear(session, files, now=stored + keeping.GRACE + timedelta(minutes=1)) == 1
    assert not begun.exists()
