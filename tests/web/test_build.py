"""The front-end files are copied as listed, or not at all."""

from pathlib import Path

import pytest

from mentorcert.web.build import FILES, build, missing


def packages_with(folder: Path, sources: list[str]) -> Path:
    for source in sources:
        (folder / source).parent.mkdir(parents=True, exist_ok=True)
        (folder / source).write_text(source, encoding="utf-8")
    return folder


def test_the_listed_files_and_nothing_else_are_there_afterwards(tmp_path: Path) -> None:
    packages = packages_with(tmp_path / "packages", list(FILES.values()))
    vendor = packages_with(tmp_path / "vendor", ["left-over.js"])
    build(packages, vendor)
    copied = {str(path.relative_to(vendor)): path.read_text() for path in vendor.rglob("*") if path.is_file()}
    assert copied == FILES


def test_a_missing_file_is_named_and_what_was_there_stays(tmp_path: Path) -> None:
    *most, last = FILES.values()
    packages = packages_with(tmp_path / "packages", most)
    vendor = packages_with(tmp_path / "vendor", ["old.js"])
    assert missing(packages) == [packages / last]
    with pytest.raises(FileNotFoundError, match=last):
        build(packages, vendor)
    assert [path.name for path in vendor.iterdir()] == ["old.js"]


def test_stylesheets_come_without_images_inside(tmp_path: Path) -> None:
    packages = packages_with(tmp_path / "packages", list(FILES.values()))
    sheet = """a{--x:url("data:image/svg+xml,%3Csvg stroke='rgb(1, 2, 3)'/%3E")}b{background:url("own.png")}"""
    (packages / FILES["pico.min.css"]).write_text(sheet, encoding="utf-8")
    build(packages, tmp_path / "vendor")
    assert (tmp_path / "vendor/pico.min.css").read_text() == """a{--x:none}b{background:url("own.png")}"""
