"""Writes docs/reference/ from the code, a page for each package: settings, checks, URLs, commands, signals, tags, blocks.

reference.py           writes the pages anew
reference.py --check   says which are not what the code says, and what says nothing of itself
"""

import ast
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

from parsed import ROOT, Assignment, Function, Package, assigned, explained, fields, packages, said, targets, words

FOLDER = ROOT / "docs" / "reference"
Rows = list[tuple[str, ...]]


def settings(package: Package) -> Rows:
    """Every attribute of a class that takes its values from a dict of Django's settings."""
    return [
        (f"`{name}`", f"`{kind}`", said)
        for _path, tree in package.named("conf")
        for each in tree.body
        if isinstance(each, ast.ClassDef) and (each.name == "Shared" or "Conf" in map(ast.unparse, each.bases))
        for name, kind, said in fields(each)
    ]


def checks(package: Package) -> Rows:
    """(id, what it says, its hint) of every message that is made with an id; those of the core's helpers in the helper's words."""
    found: set[tuple[str, ...]] = set()
    for tree in package.trees.values():
        imported = {each.module: each.names for each in tree.body if isinstance(each, ast.ImportFrom)}
        constants = assigned(package.conf) if any(name.name == "NAME" for name in imported.get("conf", ())) else {}
        constants |= assigned(
            ast.Module([each for each in tree.body if not isinstance(each, Function | ast.ClassDef)], [])
        )
        for function in (each for each in ast.walk(tree) if isinstance(each, Function)):
            for call in (each for each in ast.walk(function) if isinstance(each, ast.Call)):
                found.update(messages(call, constants | assigned(function, before=call)))
    return sorted(found)


def messages(call: ast.Call, known: dict[str, ast.expr]) -> Iterator[tuple[str, ...]]:
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    callee = ast.unparse(call.func).rpartition(".")[2]
    for name in ("id", "unknown", "wrong"):
        code = said(given[name], known) if name in given else ""
        if not re.fullmatch(r"\w+\.[EW]\d{3}", code):
            continue
        if callee in ("Error", "Warning") and call.args:
            text = said(call.args[0], known)
            # A hint that shows a URLconf has `<path:name>`, which Markdown would take for a link.
            hint = said(given["hint"], known).replace("<", "\\<") if "hint" in given else ""
            yield f"`{code}`", "What is wrong with it." if text == "…" else text, hint
        elif name == "id" and (helper := core().functions.get(callee)):
            yield f"`{code}`", re.sub(r"(?<=\.) .*", "", words(helper)) or "A value that does not fit.", ""
        elif name != "id":
            yield f"`{code}`", {"unknown": "A key that is no setting.", "wrong": "A value that does not fit."}[name], ""


def urls(package: Package) -> Rows:
    """(name, path, method, what it answers, fields of its forms)."""
    rows: Rows = []
    for _path, tree in package.named("urls", "held", "wallet_urls"):
        for call in (each for each in ast.walk(tree) if isinstance(each, ast.Call)):
            if ast.unparse(call.func) not in ("path", "re_path") or len(call.args) < 2:
                continue
            name = next((said(each.value, {}) for each in call.keywords if each.arg == "name"), "")
            view = re.sub(r"\(.*", "", ast.unparse(call.args[1]).removesuffix(".as_view()")).rpartition(".")[2]
            node = package.functions.get(view) or package.classes.get(view)
            if name and node is not None:
                address = f"`/{said(call.args[0], {})}`"
                rows.append((f"`{name}`", address, methods(package, node), words(node), of_forms(package, node)))
    return rows


def methods(package: Package, view: Function | ast.ClassDef) -> str:
    """By its decorators, and by what those are made of."""
    if isinstance(view, ast.ClassDef):
        names = {each.name for each in view.body if isinstance(each, Function)}
        return ", ".join(name.upper() for name in ("get", "post") if name in names)
    text = "\n".join(map(ast.unparse, view.decorator_list))
    for decorator in re.findall(r"\w+", text):
        text += ast.unparse(found) if (found := package.functions.get(decorator)) else ""
    if "require_POST" in text or "csrf_exempt" in text:  # a message of a gateway
        return "POST"
    safe = "require_safe" in text or "require_GET" in text or "POST" not in ast.unparse(view)
    return "GET" if safe else "GET, POST"


def of_forms(package: Package, view: ast.AST) -> str:
    names: list[str] = []
    for form in sorted({each.id for each in ast.walk(view) if isinstance(each, ast.Name) and each.id.endswith("Form")}):
        names += form_fields(package, form)
    return ", ".join(f"`{name}`" for name in dict.fromkeys(names))


def form_fields(package: Package, form: str) -> list[str]:
    node = package.classes.get(form)
    if node is None:
        return []
    inherited = chain.from_iterable(form_fields(package, ast.unparse(base)) for base in node.bases)
    own = [
        name
        for each in node.body
        if isinstance(each, Assignment)
        for name, made in assigned(each).items()
        if isinstance(made, ast.Call)
    ]
    meta = next((assigned(each) for each in node.body if isinstance(each, ast.ClassDef) and each.name == "Meta"), {})
    if isinstance(listed := meta.get("fields"), ast.List | ast.Tuple):
        own += [said(each, {}) for each in listed.elts]
    return [*inherited, *own]


def commands(package: Package) -> Rows:
    rows: Rows = []
    for path, tree in package.trees.items():
        if "commands" in path.parts and path.stem[0] != "_":
            known = assigned(tree)
            text = said(known["help"], known) if "help" in known else words(tree)
            rows.append((f"`{path.stem}`", text, arguments(tree, known)))
    return rows


def arguments(tree: ast.Module, known: dict[str, ast.expr]) -> str:
    calls = (
        each
        for each in ast.walk(tree)
        if isinstance(each, ast.Call) and ast.unparse(each.func).endswith("add_argument")
    )
    found = []
    for call in calls:
        helps = [said(each.value, known) for each in call.keywords if each.arg == "help"]
        found.append(f"`{said(call.args[0], known)}`" + "".join(f" {text}" for text in helps))
    return "; ".join(found)


def signals(package: Package) -> Rows:
    return [
        (f"`{ast.unparse(targets(node)[0])}`", text)
        for _path, tree in package.named("signals")
        for node, text in explained(tree.body)
        if isinstance(node, Assignment) and node.value and "Signal(" in ast.unparse(node.value)
    ]


def tags(package: Package) -> Rows:
    return [
        (f"`{path.stem}`", f"`{each.name}`", words(each))
        for path, tree in package.trees.items()
        if "templatetags" in path.parts
        for each in tree.body
        if isinstance(each, Function) and any("register." in ast.unparse(one) for one in each.decorator_list)
    ]


def blocks(package: Package) -> Rows:
    rows: Rows = []
    for path in package.templates:
        name = "/".join(path.parts[path.parts.index("templates") + 1 :])
        found = dict.fromkeys(re.findall(r"{% block (\w+) %}", path.read_text()))
        if found and not name.startswith("admin/"):
            rows.append((f"`{name}`", ", ".join(f"`{block}`" for block in found)))
    return rows


def figures(package: Package) -> Rows:
    """What `/metrics` counts."""
    return [
        (f"`dailyfresh_{said(call.args[0], {})}`", ast.unparse(call.func).rpartition(".")[2], said(call.args[1], {}))
        for _path, tree in package.trees.items()
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and ast.unparse(call.func) in ("metrics.counter", "metrics.histogram", "counter", "histogram")
        and len(call.args) > 1
        and isinstance(call.args[0], ast.Constant)
    ]


PARTS: list[tuple[str, tuple[str, ...], Callable[[Package], Rows]]] = [
    ("Settings", ("key", "type and default", "meaning"), settings),
    ("Checks", ("id", "says", "hint"), checks),
    ("URLs", ("name", "path below where it is included", "method", "what it does", "fields"), urls),
    ("Commands", ("command", "does", "arguments"), commands),
    ("Signals", ("signal", "arguments"), signals),
    ("Template tags and filters", ("library", "tag", "gives"), tags),
    ("Template blocks", ("template", "blocks"), blocks),
    ("Metrics", ("name", "kind", "counts"), figures),
]


@cache
def core() -> Package:
    return Package(ROOT / "packages" / "dailyfresh-core")


def table(head: Sequence[str], rows: Rows) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in line) + " |" for line in lines
    )


def page(package: Package) -> str:
    found = [(title, head, part(package)) for title, head, part in PARTS]
    parts = [f"## {title}\n\n{table(head, rows)}" for title, head, rows in found if rows]
    return "\n\n".join([f"# {package.name}", "Written from the code by `python3 .ci/reference.py`.", *parts]) + "\n"


def pages() -> dict[Path, str]:
    drawn = {FOLDER / f"{package.name}.md": page(package) for package in packages()}
    return {path: text for path, text in drawn.items() if "## " in text}


def silent() -> Iterator[str]:
    """What would leave a hole in a page."""
    for package in packages():
        for part in (settings, signals, urls, commands):
            for row in part(package):
                column: dict[Any, int] = {settings: 2, signals: 1, urls: 3, commands: 1}
                if not row[column[part]]:
                    yield f"{package.name}: {row[0]} says nothing of itself"


def faults() -> Iterator[str]:
    drawn = pages()
    for path in {*FOLDER.glob("d*.md"), *drawn}:
        if (path.read_text() if path.exists() else "") != drawn.get(path, ""):
            yield f"{path.relative_to(ROOT)} is not what the code says: run python3 .ci/reference.py"
    yield from silent()


if __name__ == "__main__":
    if "--check" in sys.argv:
        wrong = list(faults())
        print("\n".join(wrong) or "docs/reference: as the code says")
        sys.exit(1 if wrong else 0)
    FOLDER.mkdir(exist_ok=True)
    for path, text in pages().items():
        path.write_text(text)
