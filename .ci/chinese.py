"""Brings the Chinese texts of the documentation up to date with the English pages, and says what is left to do.

chinese.py           takes the sentences of every page into docs/locale; a page of which nothing is translated has no file. Then writes
                     the README.zh-CN.md of each package, which the index leads to, from its README.md and them
chinese.py --all     makes a file for every page
chinese.py --check   changes nothing, and names the translated pages that fell behind; a README.zh-CN.md that did is an error
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
TWIN = "[中文说明](README.zh-CN.md)"
"""The line of a README that the documentation leaves out: its pages have a way of their own to the Chinese."""


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


def slug(heading: str) -> str:
    """What a heading is called in a link, as those call it who show a README."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def twin(folder: Path) -> str:
    """A package's README in Chinese: the same page with each of its sentences replaced, code as it is."""
    with (LOCALE / "zh_CN" / "LC_MESSAGES" / "packages" / folder.name / "README.po").open("rb") as opened:
        said = {str(each.id): str(each.string) for each in read_po(opened, locale="zh_CN") if each.id and each.string}
    # A sentence stands alone: in a paragraph, a heading, an item of a list or a cell of a table.
    known = {" ".join(english.split()): chinese for english, chinese in said.items()}
    either = "|".join(r"\s+".join(map(re.escape, each.split())) for each in sorted(known, key=len, reverse=True))
    sentence = re.compile(rf"(?m)(^(?:#+ |[*-] |\d+\. |> |\| | +)?|\| |!\[)({either})(?=\s*$| \||\]\()")
    anchors = {slug(english): slug(chinese) for english, chinese in said.items()}
    page = (
        (folder / "README.md")
        .read_text()
        .replace(TWIN, "[English](README.md)")
        .replace("-english.webp)", "-wide.webp)")
    )
    parts = re.split(r"(?ms)(^```.*?^```$)", page)
    parts[::2] = [sentence.sub(lambda found: found[1] + known[" ".join(found[2].split())], each) for each in parts[::2]]
    return re.sub(r"(?<=\]\(#)[^)]+", lambda found: anchors.get(found[0], found[0]), "".join(parts))


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
    behind = []
    for page in sorted(ROOT.glob("packages/*/README.md")):
        there, text = page.with_name("README.zh-CN.md"), twin(page.parent)
        if not there.exists() or there.read_text() != text:
            behind.append(
                f"{there.relative_to(ROOT)} fell behind: tox -e docs, then .tox/docs/bin/python .ci/chinese.py"
            )
            if mode != "--check":
                there.write_text(text)
    if mode == "--check" and behind:
        sys.exit("\n".join(behind))


if __name__ == "__main__":
    main(*sys.argv[1:])
