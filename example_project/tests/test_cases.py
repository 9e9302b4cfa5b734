"""docs/promotions/cases.md names every case once at least, and no test that is not there."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "promotions" / "cases.md").read_text()
ROWS = [line.split("|")[1:4] for line in TEXT.splitlines() if re.match(r"\| R?[0-9]", line)]
ELSEWHERE = TEXT.split("Not of offers:")[1]


def numbers(said: str) -> set[str]:
    """ "56–62, 67" and "R5–R7" written out."""
    found = set()
    for race, first, last in re.findall(r"(R?)([0-9]+)(?:–R?([0-9]+))?", said):
        found |= {f"{race}{n}" for n in range(int(first), int(last or first) + 1)}
    return found


def test_every_case_and_every_race_is_there() -> None:
    named = {number for said, *_more in ROWS for number in numbers(said)}
    elsewhere = numbers(ELSEWHERE)
    assert not named & elsewhere
    assert named | elsewhere == {str(n) for n in range(1, 81)} | {f"R{n}" for n in range(1, 49)}


def test_every_test_that_is_named_is_there() -> None:
    text = ""
    for said, _case, held_by in ROWS:
        names = re.findall(r"`([^`]+)`", held_by)
        assert names, said
        for name in names:
            if name.endswith(".py"):
                package, _slash, path = name.partition("/")
                folder = "example_project" if package == "store" else f"packages/dailyfresh-{package}"
                text = (ROOT / folder / "tests" / path).read_text()
            else:
                assert f"def {name}(" in text, (said, name)
