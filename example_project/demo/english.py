"""The demo's words, and one table of them in English: whatever the goods, the home page and the places say."""

import csv
from collections.abc import Callable
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
Row = dict[str, str]
Told = dict[str, dict[str, str]]
KEPT_AND_BROUGHT = (("怎么保存", "keep"), ("怎么送到", "bring"))


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


def detail(product: Row, words: Row, say: Callable[[str], str] = chinese) -> str:
    """The rich text of a product."""
    parts = (
        f"<p>{say(product['description'])}</p>",
        *(f"<h3>{say(title)}</h3><p>{say(words[name])}</p>" for title, name in KEPT_AND_BROUGHT),
        f"<h3>{say('我们承诺')}</h3>",
        f"<ul><li>{say('每一批都有产地和检测记录')}</li><li>{say('坏果、缺斤少两，凭照片退款')}</li></ul>",
        f"<p>{say('实物随批次略有差异，以收到的为准。')}</p>",
    )
    return "".join(parts)
