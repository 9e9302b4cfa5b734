"""The source of a package, read without running it: what the pages that are written from the code are made of."""

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
Function = ast.FunctionDef | ast.AsyncFunctionDef
Assignment = ast.Assign | ast.AnnAssign


class Package:
    """The source of a distribution, parsed."""

    def __init__(self, folder: Path) -> None:
        self.name = folder.name
        self.trees = {
            path.relative_to(folder / "src"): ast.parse(path.read_text())
            for path in sorted((folder / "src").rglob("*.py"))
            if "migrations" not in path.parts
        }
        self.templates = sorted((folder / "src").rglob("templates/**/*.html"))

    def named(self, *names: str) -> Iterator[tuple[Path, ast.Module]]:
        """The modules of these names, at any depth."""
        return ((path, tree) for path, tree in self.trees.items() if path.stem in names)

    @property
    def conf(self) -> ast.Module | None:
        return next((tree for _path, tree in self.named("conf")), None)

    @property
    def functions(self) -> dict[str, Function]:
        return {each.name: each for tree in self.trees.values() for each in tree.body if isinstance(each, Function)}

    @property
    def classes(self) -> dict[str, ast.ClassDef]:
        return {each.name: each for tree in self.trees.values() for each in tree.body if isinstance(each, ast.ClassDef)}


def packages() -> list[Package]:
    return [Package(folder) for folder in sorted((ROOT / "packages").iterdir()) if (folder / "src").is_dir()]


def bases(of: ast.ClassDef) -> set[str]:
    """Names of the bases and decorators."""
    nodes = [*of.bases, *(each.func if isinstance(each, ast.Call) else each for each in of.decorator_list)]
    return {ast.unparse(each) for each in nodes}


def words(node: ast.ClassDef | Function | ast.Module) -> str:
    """A docstring in one line."""
    return " ".join((ast.get_docstring(node) or "").split())


def explained(body: Sequence[ast.stmt]) -> Iterator[tuple[ast.stmt, str]]:
    """Each statement, and what the string below it says of it."""
    for node, after in zip(body, [*body[1:], None], strict=True):
        text = after.value.value if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) else ""
        yield node, " ".join(str(text).split())


def fields(of: ast.ClassDef) -> Iterator[tuple[str, str, str]]:
    """(name, type, what it is) of properties and annotated attributes."""
    for node, text in explained(of.body):
        if isinstance(node, ast.FunctionDef) and "property" in map(ast.unparse, node.decorator_list):
            yield node.name, ast.unparse(node.returns) if node.returns else "", words(node)
        elif isinstance(node, ast.AnnAssign):
            default = f" = {ast.unparse(node.value)}" if node.value and "field(" not in ast.unparse(node.value) else ""
            yield ast.unparse(node.target), ast.unparse(node.annotation) + default, text
        elif isinstance(node, ast.Assign) and "StrEnum" in bases(of):
            yield ast.unparse(node.targets[0]), ast.unparse(node.value), text


def targets(node: Assignment) -> list[ast.expr]:
    return node.targets if isinstance(node, ast.Assign) else [node.target]


def assigned(node: ast.AST | None, before: ast.Call | None = None) -> dict[str, ast.expr]:
    """Name -> what it was set to last in there, above the line of `before`."""
    made = [each for each in ast.walk(node) if isinstance(each, Assignment) and each.value] if node else []
    return {
        name.id: value
        for each in sorted(made, key=lambda each: each.lineno)
        if before is None or each.lineno < before.lineno
        for target in targets(each)
        for name, value in pairs(target, each.value)
        if isinstance(name, ast.Name)
    }


def pairs(target: ast.expr, value: ast.expr) -> list[tuple[ast.expr, ast.expr]]:
    """What each name is set to, where several are at once."""
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        return list(zip(target.elts, value.elts, strict=True))
    return [(target, value)]


def said(node: ast.expr, known: dict[str, ast.expr], depth: int = 0) -> str:
    """A text as far as it is known without running: what is filled in is an ellipsis."""

    def again(inner: ast.expr) -> str:
        return said(inner, known, depth + 1)

    match node:
        case ast.Constant(value=str() as text):
            return text
        case ast.JoinedStr(values=values):
            return "".join(again(value) for value in values)
        case ast.FormattedValue(value=value):
            return again(value)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return again(left) + again(right)
        case ast.BinOp(left=left, op=ast.Mod()):
            return re.sub(r"%\(?\w*\)?[sdr]?", "…", again(left))
        case ast.IfExp(body=body, orelse=other):
            return f"{again(body)} / {again(other)}"
        case ast.Call(func=ast.Attribute(value=value, attr="format")):
            return re.sub(r"{[^}]*}", "…", again(value))
        case ast.Name(id=name) if name in known and depth < 5:
            return again(known[name])
    return "…"
