"""The demo's words in English: one table for whatever the goods, the home page and the offers say."""

import csv
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
Row = dict[str, str]
Told = dict[str, dict[str, str]]


def table(name: str) -> list[Row]:
    """The rows of one of the files in `data/`."""
    with (HERE / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@cache
def _english() -> dict[str, str]:
    return {row["text"]: row["english"] for row in table("english")}


def english(text: str) -> str:
    """A text of the demo in English; what needs no translation ("500g") stays."""
    return _english().get(text, text)


def chinese(text: str) -> str:
    """A text of the demo as it is."""
    return text


def told(**texts: str) -> Told:
    """The column `translations` of a row with these texts."""
    return {"en": {field: said for field, text in texts.items() if (said := english(text)) != text}}
