"""Draws docs/house.md from the code: the floors from the import contracts, the folders from their own docstrings.

house.py           writes the drawn parts of the page anew
house.py --check   says whether they are up to date, whether every path that the page and CONTRIBUTING.md name is there, and
                   whether every file can be taken in
house.py --count   lines and files of what is installed and of the store, the longest file
"""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGE, GUIDE = ROOT / "docs" / "house.md", ROOT / "CONTRIBUTING.md"
PACKAGES = sorted(path.parent for path in ROOT.glob("packages/*/pyproject.toml"))
LONGEST = 250
"""Lines of a file that a reader takes in."""
SKIPPED = {"management", "templatetags", "migrations", "locale", "static", "templates", "data", "__pycache__"}


def project(package: Path) -> dict[str, Any]:
    return tomllib.loads((package / "pyproject.toml").read_text())


def source(package: Path) -> Path:
    return next(path.parent for path in package.glob("src/*/__init__.py"))


def drawn(lines: list[str]) -> str:
    return "\n".join(["```mermaid", *lines, "```"])


def packages() -> str:
    """The distributions and what each needs of the others."""
    names = {package.name for package in PACKAGES}
    lines = ["flowchart TB", "  store[example_project] --> " + " & ".join(sorted(names - {"dailyfresh-core"}))]
    for package in PACKAGES:
        needs = {
            re.split(r"[\[<>=~ ]", need)[0] for need in project(package)["project"].get("dependencies", ())
        } & names
        lines += [f"  {package.name} --> {need}" for need in sorted(needs)]
    return drawn(lines)


def floors(package: Path) -> str:
    """The floors of a package from its contract: a module imports only from lower ones."""
    contracts = project(package)["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["id"] == "floors")
    rows = [f'  f{n}["{re.sub(r" *[:|] *", " · ", layer)}"]' for n, layer in enumerate(layers)]
    chain = "  " + " --> ".join(f"f{n}" for n in range(len(rows)))
    return f"**`{source(package).name}`**\n\n" + drawn(["flowchart TB", *rows, chain])


def folders() -> str:
    """Each folder with what its `__init__.py` says of it."""
    return "\n".join(f"* `{path.relative_to(ROOT)}/` {line}" for path, line in _folders())


def _folders() -> Iterator[tuple[Path, str]]:
    for package in PACKAGES:
        for init in sorted(source(package).rglob("__init__.py")):
            folder = init.parent
            if not SKIPPED & set(folder.relative_to(package).parts) and sum(1 for _ in folder.glob("*.py")) > 1:
                text = ast.get_docstring(ast.parse(init.read_text())) or ""
                yield folder, " ".join(text.partition("\n\n")[0].split())


def parts() -> dict[str, str]:
    return {
        "packages": packages(),
        "floors": "\n\n".join(floors(package) for package in PACKAGES),
        "folders": folders(),
    }


def page_with(new: dict[str, str], text: str) -> str:
    for name, part in new.items():
        marks = f"<!-- drawn: {name} -->", "<!-- end -->"
        before, found, rest = text.partition(marks[0])
        if not found:
            sys.exit(f"{PAGE.name} has no mark {marks[0]}")
        text = f"{before}{marks[0]}\n{part}\n{marks[1]}{rest.partition(marks[1])[2]}"
    return text


def counted() -> dict[str, dict[Path, int]]:
    """Folder -> file -> lines, of what a site runs: neither migrations nor tests nor what helps other people's tests."""
    sources = {package.name: source(package) for package in PACKAGES} | {"example_project": ROOT / "example_project"}
    left_out = {"migrations", "tests", "testing", "testing.py", "var"}
    return {
        name: {
            path.relative_to(ROOT): len(path.read_text().splitlines())
            for path in folder.rglob("*.py")
            if not left_out & set(path.relative_to(folder).parts)
        }
        for name, folder in sources.items()
    }


def table() -> Iterator[str]:
    found = counted()
    suite = {path: n for name, files in found.items() if name != "alipay-simulator" for path, n in files.items()}
    for name, files in (*found.items(), ("without the simulator", suite)):
        longest = max(files, key=lambda path: files[path])
        yield f"{name:24} {sum(files.values()):6} lines {len(files):4} files, longest {files[longest]:4} {longest}"


def faults() -> Iterator[str]:
    text = PAGE.read_text()
    if page_with(parts(), text) != text:
        yield "docs/house.md is not what the code says: run python3 .ci/house.py"
    yield from (
        f"{folder.relative_to(ROOT)}/__init__.py says nothing of its folder" for folder, line in _folders() if not line
    )
    for files in counted().values():
        yield from (f"{path} has {n} lines: over {LONGEST} it is two files" for path, n in files.items() if n > LONGEST)
    for page in (PAGE, GUIDE):
        for path in re.findall(r"`((?:packages|example_project|docs|\.ci)/[\w./-]+)", page.read_text()):
            if not (ROOT / path).exists():
                yield f"{page.name} names {path}, which is not there"


if __name__ == "__main__":
    if "--check" in sys.argv:
        found = list(faults())
        print("\n".join(found) or "docs/house.md: as the code says")
        sys.exit(1 if found else 0)
    if "--count" in sys.argv:
        print("\n".join(table()))
    else:
        PAGE.write_text(page_with(parts(), PAGE.read_text()))
