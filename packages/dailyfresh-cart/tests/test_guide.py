"""The README's ten lines, built into a site and used: what the guide says is what works."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

README = Path(__file__).parent.parent / "README.md"

SETTINGS = """
from minisite.settings import *
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions", "django.contrib.messages",
    "django.contrib.staticfiles", "books"]
ROOT_URLCONF = "urls"
MIDDLEWARE = [one for one in MIDDLEWARE if "LoginRequired" not in one]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "books.sqlite3"}}
"""

URLS = """
urlpatterns = []
"""

BUYING = """
import django
django.setup()
from django.core.management import call_command
from django.template.loader import render_to_string
from django.test import Client
from books.catalogue import Catalogue
from books.models import Book

call_command("check", fail_level="WARNING")
call_command("makemigrations", "books", verbosity=0)
call_command("migrate", verbosity=0)
book = Book.objects.create(title="Ulysses", price="29.90", copies=3)
buyer = Client(headers={"accept": "application/json"})
answer = buyer.post("/cart/add/", {"sku_id": book.pk, "quantity": 2}).json()
assert answer["data"] == {"sku_id": "1", "quantity": 2, "count": 1}, answer
assert buyer.post("/cart/add/", {"sku_id": book.pk, "quantity": 2}).json()["data"]["allowed"] == 3
assert "Ulysses" in buyer.get("/cart/").content.decode()
assert 'href="/cart/add/1/"' in render_to_string("book.html", {"book": book})
found = Catalogue().find(iter(["1", "01", "+1", "１", "abc", "9" * 40]))
assert set(found) == {"1"}
print("bought")
"""


def test_the_guide_makes_a_site_that_sells_books(tmp_path: Path) -> None:
    blocks = dict(
        re.findall(r"^`([\w./]+\.(?:py|html))`\n\n```\w+\n(.*?)^```", README.read_text(encoding="utf-8"), re.M | re.S)
    )
    assert len(blocks) == 5
    blocks["settings.py"] = SETTINGS + blocks["settings.py"]
    blocks["urls.py"] = URLS + blocks["urls.py"]
    for name, text in blocks.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / "books" / "__init__.py").touch()
    catalogue = blocks["books/catalogue.py"]
    lines = catalogue[catalogue.index("class") :].strip().splitlines()
    assert len([line for line in lines if line.strip()]) <= 10
    environ = os.environ | {
        "DJANGO_SETTINGS_MODULE": "settings",
        "PYTHONPATH": os.pathsep.join([str(tmp_path), str(Path(__file__).parent)]),
    }
    done = subprocess.run([sys.executable, "-c", BUYING], cwd=tmp_path, env=environ, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "bought"


@pytest.mark.parametrize("heading", ["Settings", "Checks"])
def test_the_readme_lists_every_setting_and_every_check(heading: str) -> None:
    from dailyfresh_cart import basket, checks
    from dailyfresh_cart.conf import conf
    from dailyfresh_cart.stores import redis_checks

    text = README.read_text(encoding="utf-8")
    if heading == "Settings":
        listed = re.findall(r"^\| `([A-Z_]+)` \|", text, re.M)
        assert sorted(listed) == sorted(conf.KEYS)
    else:
        sources = "".join(
            Path(module.__file__).read_text(encoding="utf-8") for module in (checks, basket, redis_checks)
        )
        given = set(re.findall(r"=f\"\{TAG\}\.([EW]\d+)\"", sources))
        assert set(re.findall(r"^\| `dailyfresh_cart\.([EW]\d+)`", text, re.M)) == given
