"""Fixtures for tests of the catalog."""

from pathlib import Path

import pytest


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder, so that faults name files from there."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
