"""Changes the code that counts money and stock in one place at a time, and says which changes no test notices.

mutants.py PACKAGE [PATTERN ...]    of `dailyfresh-orders services/payments/ledger`, say; without patterns all that `GROUPS` names

It runs in .venv/develop with coverage (`make mutants`). All tests run once, to see which go through which line; then, for each change, a copy of
the process takes the changed function and runs those alone, up to the first that fails. What survives is a hole of the tests or means the same;
TESTS="tests/payments" takes some of the tests.
"""

import ast
import copy
import gc
import os
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import pytest
from coverage import Coverage

ROOT = Path(__file__).resolve().parent.parent
GROUPS = {
    "dailyfresh-orders": ["services/payments/*", "services/books/*", "services/holding", "stock/*", "line_amounts"],
    "dailyfresh-promotions": ["engine/*", "services/*"],
}
COMPARED = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq}
COMPARED |= {ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is}
COUNTED = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.FloorDiv: ast.Mult, ast.Div: ast.Mult}
COUNTED |= {ast.Mod: ast.Mult, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr}
OTHER = {"min": "max", "max": "min", "any": "all", "all": "any"}
ASKING = ("filter", "exclude", "get", "update", "select_for_update", "order_by")
SPOKEN = ("logger.", "log.", "logging.")


Change = Callable[[Any], ast.AST]


def put(name: str, value: object) -> Change:
    def change(other: Any) -> ast.AST:
        setattr(other, name, value)
        return other

    return change


def changes(node: ast.AST) -> Iterator[Change]:
    """What may be made of a node: each takes a copy of it and gives what stands in its place."""
    yield from of_values(node)
    yield from of_calls(node)
    yield from of_statements(node)


def of_values(node: ast.AST) -> Iterator[Change]:
    match node:
        case ast.Compare(ops=ops):
            for at, kind in enumerate(map(type, ops)):
                if kind in COMPARED:
                    yield put("ops", [*ops[:at], COMPARED[kind](), *ops[at + 1 :]])
        case ast.BinOp(op=op) | ast.AugAssign(op=op) if type(op) in COUNTED:
            yield put("op", COUNTED[type(op)]())
        case ast.BoolOp(op=op):
            yield put("op", ast.And() if isinstance(op, ast.Or) else ast.Or())
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
            yield lambda _other: operand
        case ast.Constant(value=bool() | int() as value):
            yield put("value", not value if isinstance(value, bool) else value + 1)
        case ast.IfExp(body=body, orelse=orelse):
            yield lambda other: ast.IfExp(other.test, orelse, body)


def of_calls(node: ast.AST) -> Iterator[Change]:
    match node:
        case ast.Call(func=ast.Name(id=name)) if name in OTHER:
            yield put("func", ast.Name(OTHER[name], ast.Load()))
        case ast.Call(func=ast.Attribute(attr=name), keywords=keywords) if name in ASKING:
            for at in range(len(keywords)):
                yield put("keywords", [*keywords[:at], *keywords[at + 1 :]])


def of_statements(node: ast.AST) -> Iterator[Change]:
    match node:
        case ast.Expr(value=ast.Call() as call) if not ast.unparse(call).startswith(SPOKEN):
            yield lambda _other: ast.Pass()
        case ast.Raise() | ast.Continue() | ast.Break():
            yield lambda _other: ast.Pass()
        case ast.Return(value=value) if value and not (isinstance(value, ast.Constant) and not value.value):
            yield put("value", ast.Constant(None))


def places(node: ast.AST) -> Iterator[ast.AST]:
    """What runs below a node: no types, no defaults of arguments, no decorators."""
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "type_params") or isinstance(value, ast.arguments):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield child
                yield from places(child)


def functions(node: ast.AST) -> Iterator[ast.AST]:
    """The outermost ones."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield child
        elif isinstance(child, ast.ClassDef):
            yield from functions(child)


class Changed(ast.NodeTransformer):
    """The tree with one node made into another."""

    def __init__(self, target: ast.AST, other: ast.AST) -> None:
        self.target, self.other = target, other

    def visit(self, node: ast.AST) -> ast.AST:
        return ast.copy_location(self.other, node) if node is self.target else self.generic_visit(node)


def codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield from codes(each)


class Mutant:
    """One change of one function of a file."""

    def __init__(self, path: Path, name: str, tree: ast.Module, target: ast.AST, other: ast.AST) -> None:
        self.path, self.line, self.end = path, target.lineno, target.end_lineno or target.lineno
        self.text = f"{name}: `{shown(target)}` → `{shown(other)}`"
        self.tree, self.target, self.other = tree, target, other

    def take_effect(self) -> None:
        """Every function that was made of the changed lines gets the changed code, decorated or not."""
        tree = ast.fix_missing_locations(Changed(self.target, self.other).visit(self.tree))
        made = compile(tree, str(self.path), "exec")
        new = {(code.co_qualname, code.co_firstlineno): code for code in codes(made)}
        for each in gc.get_objects():
            if isinstance(each, FunctionType) and each.__code__.co_filename == str(self.path):
                code = new.get((each.__code__.co_qualname, each.__code__.co_firstlineno))
                if code and len(code.co_freevars) == len(each.__code__.co_freevars):
                    each.__code__ = code


def shown(node: ast.AST) -> str:
    text = " ".join(ast.unparse(ast.fix_missing_locations(copy.deepcopy(node))).split())
    return text if len(text) < 150 else text[:147] + "…"


def mutants(path: Path, name: str) -> Iterator[Mutant]:
    tree = ast.parse(path.read_text())
    for node in (node for function in functions(tree) for node in places(function)):
        for change in changes(node):
            yield Mutant(path, name, tree, node, change(copy.deepcopy(node)))


class Judge:
    """The plugin that runs the tests once, and then what meets each mutant."""

    def __init__(self, found: list[Mutant]) -> None:
        self.mutants = found
        self.paths = {str(each.path) for each in found}
        self.meets: dict[tuple[str, int], set[int]] = defaultdict(set)
        self.took: dict[int, float] = {}
        self.failed = False
        self.survivors: list[tuple[Mutant, str]] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.failed = self.failed or report.failed

    def run_one(self, item: pytest.Item) -> None:
        # What comes next is the session itself: what it set up, a database above all, stays.
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=item.session)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        traced = Coverage(data_file=None, include=list(self.paths))
        traced.start()
        for number, item in enumerate(session.items):
            started = time.monotonic()
            traced.switch_context(str(number))
            self.run_one(item)
            self.took[number] = time.monotonic() - started
            if self.failed:
                print(f"mutants: {item.nodeid} fails by itself, and is left out")
                self.took.pop(number)
                self.failed = False
        traced.stop()
        for path in self.paths:
            for line, numbers in traced.get_data().contexts_by_lineno(path).items():
                self.meets[path, line] = {int(number) for number in numbers if number}
        began = time.monotonic()
        for at, mutant in enumerate(self.mutants):
            lines = range(mutant.line, mutant.end + 1)
            meeting = set().union(*(self.meets.get((str(mutant.path), line), set()) for line in lines))
            said = self.judged(session, mutant, sorted(meeting & self.took.keys(), key=self.took.__getitem__))
            if said:
                self.survivors.append((mutant, said))
                print(f"\n{mutant.path.name}:{mutant.line} {said}: {mutant.text}", flush=True)
            if at % 50 == 49:
                print(f"\n{at + 1} of {len(self.mutants)}, {time.monotonic() - began:.0f} s", flush=True)
        return True

    def judged(self, session: pytest.Session, mutant: Mutant, numbers: list[int]) -> str:
        """What is wrong with the tests: empty if one of them fails."""
        if not numbers:
            return "no test comes here"
        sys.stdout.flush()
        child = os.fork()
        if not child:
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, 1)
            os.dup2(null, 2)
            signal.alarm(30 + round(10 * sum(self.took[number] for number in numbers)))
            try:
                mutant.take_effect()
                for number in numbers:
                    self.run_one(session.items[number])
                    if self.failed:
                        os._exit(1)
                os._exit(0)
            finally:  # whatever pytest itself makes of it, there is one parent
                os._exit(2)
        _pid, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGALRM:
            return ""  # it waits for what does not come
        return "broke" if os.waitstatus_to_exitcode(status) == 2 else "" if status else "survived"


def main(name: str, *patterns: str) -> int:
    folder = ROOT / "packages" / name
    os.chdir(folder)
    sys.path.insert(0, str(folder))
    [source] = folder.glob("src/*/__init__.py")
    wanted = patterns or GROUPS[name]
    found = []
    for path in sorted(source.parent.rglob("*.py")):
        module = path.relative_to(source.parent).with_suffix("").as_posix()
        if any(fnmatch(module, pattern) for pattern in wanted):
            found += mutants(path, module)
    print(f"mutants: {len(found)} of {name}")
    judge = Judge(found)
    code = pytest.main(
        ["-q", "-p", "no:randomly", "--no-header", "--tb=line", *os.environ.get("TESTS", "").split()], plugins=[judge]
    )
    print(f"mutants: {len(found)}, of which {len(judge.survivors)} survived ({code})")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
