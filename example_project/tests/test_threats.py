"""docs/threats.md promises nothing that no test holds."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROWS = [
    line.split("|")[1:4] for line in (ROOT / "docs" / "threats.md").read_text().splitlines() if line.startswith("| ")
][1:]


def module(named: str) -> Path:
    if named.startswith("store/"):
        return ROOT / "example_project" / "tests" / named.removeprefix("store/")
    return ROOT / "packages" / f"dailyfresh-{named}"


@pytest.mark.parametrize(("threat", "_done", "held_by"), ROWS, ids=[threat.strip()[:40] for threat, *_ in ROWS])
def test_the_tests_that_a_threat_names_are_there(threat: str, _done: str, held_by: str) -> None:
    names = re.findall(r"`([^`]+)`", held_by)
    assert names, threat
    text = ""
    for name in names:
        if name.endswith(".py") and "/" in name:
            text = module(name).read_text()
        elif not name.endswith(".py"):
            assert f"def {name}(" in text, (threat, name)
