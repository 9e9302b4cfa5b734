"""Brings the Chinese texts of the documentation up to date with the English pages, and says what is left to do.

chinese.py           takes the sentences of every page into docs/locale; a page of which nothing is translated has no file
chinese.py --all     makes a file for every page
chinese.py --check   changes nothing, and names the translated pages that fell behind
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from babel.messages.pofile import read_po
from wheels import ROOT

LOCALE = ROOT / "docs" / "locale"
NO_WORDS = re.compile(r"(`[^`]*`|\[`?[\w./-]*`?\]\([^)]*\)|[\W\d_])*")
"""Code, paths and numbers: the same in every language."""


def update(place: Path) -> None:
    """The English sentences into the files below `place`; what was translated stays, and is marked where its English changed."""
    with TemporaryDirectory() as words:
        # `-c` is the folder of conf.py; the messages of pages are one file each.
        subprocess.run(["sphinx-build", "-q", "-E", "-b", "gettext", "-c", "docs", ".", words], cwd=ROOT, check=True)
        command = ["sphinx-intl", "update", "--pot-dir", words, "--locale-dir", place, "--language", "zh_CN"]
        subprocess.run([*command, "--line-width", "0", "--no-obsolete"], check=True, stdout=subprocess.DEVNULL)


def missing(file: Path) -> tuple[int, int]:
    """(sentences that lack their Chinese, or whose Chinese is of another English; all sentences)"""
    with file.open("rb") as opened:
        found = [each for each in read_po(opened, locale="zh_CN") if each.id and not NO_WORDS.fullmatch(str(each.id))]
    return sum(not each.string or each.fuzzy for each in found), len(found)


def files() -> Iterator[Path]:
    yield from sorted(LOCALE.rglob("*.po"))


def main(mode: str = "") -> None:
    known = set(files())
    before = {file: file.read_bytes() for file in known}
    update(LOCALE)
    for file in files():
        lacking, all_ = missing(file)
        name = file.relative_to(LOCALE / "zh_CN" / "LC_MESSAGES").with_suffix(".md")
        if file in known and lacking:
            print(f"{name} fell behind: {lacking} of {all_} sentences lack their Chinese")
        if mode == "--check" and file in known:
            file.write_bytes(before[file])
        elif lacking == all_ and mode != "--all":
            file.unlink()


if __name__ == "__main__":
    main(*sys.argv[1:])
