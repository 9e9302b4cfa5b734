"""Every block of code in the documentation: it can be read by what it is for, and names what is there.

Blocks that are followed to their end by a newcomer stand in `test_tutorials.py` and in the packages' `test_guide.py`.
"""

import ast
import importlib
import json
import re
import shlex
import textwrap
from collections.abc import Iterator
from configparser import ConfigParser, ParsingError
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.core.management import find_commands, get_commands, load_command_class
from django.core.management.base import CommandError
from django.template import engines

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    path
    for pattern in ("docs/**/*.md", "packages/*/README.md", "example_project/README.md", "*.md")
    for path in ROOT.glob(pattern)
)
OURS = ("dailyfresh_", "django_fdfs_storage", "alipay_simulator")


def blocks() -> Iterator[tuple[str, str, str]]:
    """(page and line, language, text)"""
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for found in re.finditer(r"^```([a-z]+)\n(.*?)^```", text, re.M | re.S):
            line = text.count("\n", 0, found.start()) + 1
            yield f"{page.relative_to(ROOT)}:{line}", found[1], found[2]


def wrong_with_python(text: str) -> Iterator[str]:
    text = textwrap.dedent(text)
    try:
        tree = ast.parse(f"{{{text}}}" if re.match('"[A-Z_]+": ', text) else text)  # a line of a dict of settings
    except SyntaxError as error:
        yield str(error)
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(OURS):
            module = importlib.import_module(node.module)
            for name in node.names:
                if not hasattr(module, name.name):
                    yield f"{node.module} has no {name.name}"
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict):
            yield from wrong_with_settings(ast.unparse(node.targets[0]), node.value)


def wrong_with_settings(name: str, value: ast.Dict) -> Iterator[str]:
    """`DAILYFRESH_CART = {"STORE": …}` names settings that are there."""
    package = name.lower()
    if package.startswith("dailyfresh_") and find_spec(package):
        known = importlib.import_module(f"{package}.conf").Settings.KEYS
        keys = {key.value for key in value.keys if isinstance(key, ast.Constant)}
        yield from (f"{name} has no {key}" for key in sorted(keys - set(known)))


def wrong_with_sh(text: str) -> Iterator[str]:
    for line in text.replace("\\\n", " ").splitlines():
        words = shlex.split(line, comments=True)
        while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):  # variables before a command
            words.pop(0)
        if words[:1] == ["make"]:
            wanted = [word for word in words[1:] if re.fullmatch("[a-z][a-z-]*", word)]
            yield from (f"make has no target {word}" for word in wanted if not has_target(word))
        if words[:2] == ["python", "manage.py"] and words[2:3] and "&&" not in words:
            yield from wrong_with_command(words[2], words[3:])


def has_target(word: str) -> bool:
    makefile = (ROOT / "Makefile").read_text()
    return bool(re.search(rf"^(?:[\w-]+ )*{word}(?: [\w-]+)*:", makefile, re.M))


def wrong_with_command(name: str, words: list[str]) -> Iterator[str]:
    # Commands of the deployment are installed where the store is deployed.
    apps = {
        **get_commands(),
        **dict.fromkeys(find_commands(str(ROOT / "example_project" / "deploy" / "management")), "deploy"),
    }
    if name not in apps:
        yield f"there is no command {name}"
        return
    parser = load_command_class(apps[name], name).create_parser("manage.py", name)
    parser.called_from_command_line = False
    try:
        parser.parse_args(words)
    except CommandError as error:
        yield f"{name}: {error}"


def wrong_with_json(text: str) -> Iterator[str]:
    try:
        json.loads(text)
    except ValueError as error:
        yield str(error)


def wrong_with_ini(text: str) -> Iterator[str]:
    try:
        ConfigParser(interpolation=None).read_string(f"[outside]\n{text}")
    except ParsingError as error:
        yield str(error)


def wrong_with_django(text: str) -> Iterator[str]:
    try:
        engines["django"].from_string(text)
    except Exception as error:
        yield f"{type(error).__name__}: {error}"


JUDGES = {
    "django": wrong_with_django,
    "ini": wrong_with_ini,
    "json": wrong_with_json,
    "python": wrong_with_python,
    "sh": wrong_with_sh,
}


@pytest.mark.parametrize("language", JUDGES)
def test_blocks_can_be_read_and_name_what_is_there(language: str) -> None:
    found = [(place, text) for place, its, text in blocks() if its == language]
    assert found
    assert [f"{place}: {wrong}" for place, text in found for wrong in JUDGES[language](text)] == []


def test_no_block_is_of_a_kind_that_nobody_judges() -> None:
    judged = {*JUDGES, "console", "js", "mermaid", "nginx", "pycon", "text"}
    assert {f"{place}: {language}" for place, language, _text in blocks() if language not in judged} == set()
