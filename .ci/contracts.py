"""Writes docs/contracts.md from the code: every protocol and every backend's shape, field by field, in the words of their docstrings.

contracts.py           writes the drawn part of the page anew
contracts.py --check   says whether it is up to date, and names each field and method that says nothing of itself
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from parsed import ROOT, bases, fields, words

PAGE = ROOT / "docs" / "contracts.md"
MARKS = "<!-- drawn: contracts -->", "<!-- end -->"
VALUES = {"dataclass", "StrEnum"}
"""What stands in a base module beside its shape, and travels through it."""


def modules() -> Iterator[Path]:
    """Where shapes are: what packages ask of a site first, then the backends that a site may replace."""
    yield from sorted(ROOT.glob("packages/dailyfresh-*/src/*/protocols.py"), key=lambda path: "core" not in str(path))
    for path in sorted(ROOT.glob("packages/dailyfresh-*/src/*/**/*.py")):
        if any("ABC" in bases(each) for each in classes(path)):
            yield path


def classes(path: Path) -> list[ast.ClassDef]:
    return [each for each in ast.parse(path.read_text()).body if isinstance(each, ast.ClassDef) and each.name[0] != "_"]


def shapes(path: Path) -> list[ast.ClassDef]:
    return [each for each in classes(path) if bases(each) & {"Protocol", "ABC", *VALUES}]


def methods(of: ast.ClassDef) -> Iterator[tuple[str, bool, str]]:
    """(signature, whether a class of one's own must have it, what it does)."""
    for node in of.body:
        decorators = list(map(ast.unparse, getattr(node, "decorator_list", ())))
        if not isinstance(node, ast.FunctionDef) or node.name[0] == "_" or "property" in decorators:
            continue
        arguments = ast.unparse(node.args).removeprefix("self, ").removeprefix("self").removeprefix("cls, ")
        needed = "abstractmethod" in decorators or "Protocol" in bases(of)
        yield (
            f"{node.name}({arguments}) -> {ast.unparse(node.returns) if node.returns else 'None'}",
            needed,
            words(node),
        )


def part(path: Path) -> Iterator[str]:
    dotted = ".".join(path.relative_to(ROOT).with_suffix("").parts[3:])
    yield f"## `{dotted}`"
    for each in shapes(path):
        yield f"### `{each.name}`\n\n{words(each)}".rstrip()
        rows = ["| `{}` | `{}` | {} |".format(*(cell.replace("|", "\\|") for cell in row)) for row in fields(each)]
        if rows:
            yield "\n".join(["| field | type | meaning |", "|---|---|---|", *rows])
        if calls := list(methods(each)):
            yield "\n".join(
                f"* `{signature}`{'' if needed else ' (has a default)'} {said}".rstrip()
                for signature, needed, said in calls
            )


def drawn() -> str:
    return "\n\n".join(block for path in modules() for block in part(path))


def page() -> str:
    before, found, rest = PAGE.read_text().partition(MARKS[0])
    if not found:
        sys.exit(f"{PAGE.name} has no mark {MARKS[0]}")
    return f"{before}{MARKS[0]}\n\n{drawn()}\n\n{MARKS[1]}{rest.partition(MARKS[1])[2]}"


def faults() -> Iterator[str]:
    if page() != PAGE.read_text():
        yield "docs/contracts.md is not what the code says: run python3 .ci/contracts.py"
    for path in modules():
        for each in shapes(path):
            silent = [signature for signature, _needed, said in methods(each) if not said]
            if "Protocol" in bases(each):
                silent += [name for name, _kind, said in fields(each) if not said]
            yield from (f"{path.relative_to(ROOT)}: {each.name}.{name} says nothing of itself" for name in silent)


if __name__ == "__main__":
    if "--check" in sys.argv:
        found = list(faults())
        print("\n".join(found) or "docs/contracts.md: as the code says")
        sys.exit(1 if found else 0)
    PAGE.write_text(page())
