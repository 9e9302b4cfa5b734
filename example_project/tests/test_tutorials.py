"""The tutorials of docs/, followed by a newcomer from an empty folder: every block is written or run as the page says."""

import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from running.supervisor import free_port

DOCS = Path(__file__).resolve().parents[2] / "docs"
VISITS = Path(__file__).parent / "tutorials"
"""What is then done with the site of a page, by its name."""


def steps(page: str) -> Iterator[tuple[str, str]]:
    """(name of a file, its text) and ("", a line for the shell), in the order of the page."""
    text = (DOCS / f"{page}.md").read_text(encoding="utf-8")
    for name, language, block in re.findall(r"(?:^`([\w./]+)`\n\n)?^```(\w+)\n(.*?)^```", text, re.M | re.S):
        if name:
            yield name, block
        elif language == "sh":
            yield from (("", line) for line in block.splitlines())


class Newcomer:
    """Follows pages in an empty folder; the packages are installed already."""

    def __init__(self, folder: Path, programs: ExitStack) -> None:
        self.folder, self.programs = folder, programs
        self.environ = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
        self.environ |= {
            "DJANGO_SUPERUSER_PASSWORD": "Yes-I-said-yes-1904",
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        }
        self.ports = {port: str(free_port()) for port in ("22122", "23000", "8888")}
        """Of the page -> of this machine, where the page's may be taken."""

    def follow(self, page: str) -> None:
        for name, text in steps(page):
            for there, here in self.ports.items():
                text = text.replace(f":{there}", f":{here}")
            if name:
                self.write(name, text)
            else:
                self.type(text)

    def write(self, name: str, text: str) -> None:
        """A template is written anew, anything else gets it at its end."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        before = path.read_text(encoding="utf-8") + "\n" if path.exists() and path.suffix != ".html" else ""
        path.write_text(before + text, encoding="utf-8")

    def type(self, line: str) -> None:
        words = shlex.split(line)
        if "devserver" in line:
            self.start(words[1:])
        elif words[0] == "django-admin":
            self.run("-m", "django", *words[1:])
        elif words[0] == "pytest":
            self.run("-m", "pytest", *words[1:])
        elif words[:2] == ["python", "manage.py"] and "runserver" not in words:
            self.run(*words[1:], *["--noinput"] * ("createsuperuser" in words))

    def run(self, *words: str, **more: str) -> None:
        done = subprocess.run(
            [sys.executable, *words], cwd=self.folder, env=self.environ | more, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def start(self, words: list[str]) -> None:
        """What the page gives a terminal of its own."""
        tracker, storage, http = self.ports.values()
        ports = ["--tracker-port", tracker, "--storage-port", storage, "--http-port", http]
        log = self.programs.enter_context((self.folder / "log").open("w+b"))
        program = subprocess.Popen([sys.executable, *words, *ports], cwd=self.folder, env=self.environ, stdout=log)
        self.programs.callback(program.wait)
        self.programs.callback(program.terminate)
        until = time.monotonic() + 60
        while tracker not in (self.folder / "log").read_text() and time.monotonic() < until:
            time.sleep(0.1)

    def visit(self, visit: str) -> None:
        here = os.pathsep.join([str(self.folder), str(VISITS)])
        script = f"import django, runpy; django.setup(); runpy.run_path({str(VISITS / visit)!r} + '.py')"
        self.run("-c", script, DJANGO_SETTINGS_MODULE="config.settings", PYTHONPATH=here)


@pytest.mark.parametrize("page", ["store", "cart", "orders", "users", "goods", "storage"])
def test_what_a_tutorial_makes_works(page: str, tmp_path: Path) -> None:
    with ExitStack() as programs:
        newcomer = Newcomer(tmp_path, programs)
        if page != "store":  # which begins by itself
            newcomer.follow("tutorials/bookshop")
        if page == "storage":
            newcomer.visit("covers")
        newcomer.follow(f"tutorials/{page}")
        newcomer.visit(page)


JOINTS = """
DAILYFRESH_CART["CHECKOUT_URL"] = "dailyfresh_orders:confirm"
DAILYFRESH_ORDERS["BASKET"] = "dailyfresh_cart.basket.Basket"
DAILYFRESH_ORDERS["ADDRESS_BOOK"] = "dailyfresh_users.addresses.AddressBook"
"""
"""What the last sections of the pages say."""


def test_tutorials_taken_one_after_the_other_meet(tmp_path: Path) -> None:
    with ExitStack() as programs:
        newcomer = Newcomer(tmp_path, programs)
        for page in ["bookshop", "cart", "orders", "users", "goods"]:
            newcomer.follow(f"tutorials/{page}")
        newcomer.write("config/settings.py", JOINTS)
        newcomer.type("python manage.py check --fail-level WARNING")
        newcomer.visit("joined")


@pytest.mark.parametrize(
    ("before", "pages"),
    [
        (
            ["bookshop", "orders"],
            ["guides/products", "guides/downloads", "payments/gateways", "guides/stock", "guides/remove"],
        ),
        (["store"], ["guides/dictionary"]),
    ],
)
def test_what_guides_add_to_the_site_of_a_tutorial_works(before: list[str], pages: list[str], tmp_path: Path) -> None:
    with ExitStack() as programs:
        newcomer = Newcomer(tmp_path, programs)
        for page in before:
            newcomer.follow(f"tutorials/{page}")
        for page in pages:
            newcomer.follow(page)
            newcomer.visit(page.rpartition("/")[2])
