"""What is installed is what the locks say: everything by hash, nothing by address."""

import json
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ["requirements.lock", "requirements-dev.lock", "requirements-node.lock"]
_PINNED = re.compile(r"^([a-z0-9-]+)==", re.MULTILINE)


def locked(name: str) -> set[str]:
    return set(_PINNED.findall((ROOT / name).read_text(encoding="utf-8")))


def wanted(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[>=<;~! ]", requirement)[0].replace(".", "-") for requirement in requirements}


@pytest.mark.parametrize("name", LOCKS)
def test_every_line_of_a_lock_is_a_version_or_a_hash(name: str) -> None:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    version = r"[a-z0-9-]+==\S+( ; .+)? \\"
    digest = r"    --hash=sha256:[0-9a-f]{64}( \\)?"
    assert [line for line in lines if not re.fullmatch(f"{version}|{digest}", line)] == []


def test_the_locks_hold_what_pyproject_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    needed, groups = wanted(project["project"]["dependencies"]), project["dependency-groups"]
    assert needed - locked("requirements.lock") == set()
    assert (needed | wanted(groups["dev"])) - locked("requirements-dev.lock") == set()
    assert wanted(groups["node"]) - locked("requirements-node.lock") == set()
    assert locked("requirements.lock") - locked("requirements-dev.lock") == set()


def test_front_end_packages_are_locked_by_hash_and_without_an_address() -> None:
    web = ROOT / "mentorcert" / "web"
    packages = json.loads((web / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    asked = json.loads((web / "package.json").read_text(encoding="utf-8"))
    for group in ("dependencies", "devDependencies"):
        assert packages[""][group] == asked[group]
    installed = [package for path, package in packages.items() if path]
    assert [package for package in installed if "resolved" in package or "integrity" not in package] == []
