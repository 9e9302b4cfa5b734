"""The README's ten lines, built into a site and used: what the guide says is what works."""

import os
import re
import subprocess
import sys
from pathlib import Path

README = Path(__file__).parent.parent / "README.md"

SETTINGS = """
from minisite.settings import *
from pathlib import Path
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions", "django.contrib.messages",
    "django.contrib.staticfiles", "books"]
ROOT_URLCONF = "urls"
LOGIN_URL = "/accounts/login/"
MIDDLEWARE = [one for one in MIDDLEWARE if "LoginRequired" not in one]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "books.sqlite3"}}  # as startproject has them, and no more
del MEDIA_ROOT, MEDIA_URL
BASE_DIR = Path(__file__).parent
DEBUG = True  # drains run inline
"""

URLS = """
urlpatterns = []
"""

BUYING = """
import re
import django
django.setup()
from django.contrib.auth.models import User
from django.core.management import call_command
from django.template.loader import render_to_string
from django.test import Client
from django.urls import resolve
from books.addresses import AddressBook
from books.models import Book, Place
from dailyfresh_orders.models import Order

call_command("check", fail_level="WARNING", databases=["default"])
call_command("makemigrations", "books", verbosity=0)
call_command("migrate", verbosity=0)
book = Book.objects.create(title="Ulysses", price="29.90", copies=3)
user = User.objects.create_user("molly")
buyer = Client()
(link,) = re.findall('href="(.*?)"', render_to_string("buy.html", {"book": book}))
assert resolve(buyer.get(link).headers["Location"].partition("?")[0]).view_name == "login"
buyer.force_login(user)
assert "/places/?next=%2Forders%2F" in buyer.get(link).content.decode()
Place.objects.create(user=user, receiver="Molly", phone="1", city="Dublin", street="7 Eccles Street")
page = buyer.get(link).content.decode()
form = dict(re.findall('<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"', page))
sent = buyer.post("/orders/place/", form | {"address": AddressBook().choices(user)[0].id, "payment_method": "cod"}, follow=True)
assert "Your order is placed" in sent.content.decode()
assert "Ulysses" in buyer.get(f"/orders/{Order.objects.get().number}/").content.decode()
assert (Order.objects.get().address, Book.objects.get().copies) == ("Dublin 7 Eccles Street", 2)
call_command("drain_orders")
buyer.force_login(User.objects.create_superuser("picker"))
number, line = Order.objects.get().number, Order.objects.get().lines.get().pk
assert number in buyer.get("/packing/").content.decode()
buyer.post(f"/packing/{number}/pick/", {"key": "from-the-guide", "line": line, "quantity": 1})
assert "The box is closed" in buyer.post(f"/packing/{number}/finish/", follow=True).content.decode()
assert Order.objects.get().settled_total == Order.objects.get().total
print("packed")
"""


def test_the_guide_makes_a_site_that_sells_and_packs_books(tmp_path):
    blocks = dict(
        re.findall(
            r"^`([\w./]+\.(?:py|html))`[^\n]*\n\n```\w+\n(.*?)^```", README.read_text(encoding="utf-8"), re.M | re.S
        )
    )
    assert len(blocks) == 6
    packing = README.read_text(encoding="utf-8").partition("## Packing")[2].split("```")[1].removeprefix("python")
    installed, urls, mounted = packing.partition("urlpatterns")
    blocks["settings.py"] += installed
    blocks["urls.py"] += urls + mounted
    blocks["settings.py"] = SETTINGS + blocks["settings.py"]
    blocks["urls.py"] = URLS + blocks["urls.py"]
    for name, text in blocks.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / "books" / "__init__.py").touch()
    environ = os.environ | {
        "DJANGO_SETTINGS_MODULE": "settings",
        "PYTHONPATH": os.pathsep.join([str(tmp_path), str(Path(__file__).parent)]),
        "MINISITE_DATABASE_URL": "",
    }
    done = subprocess.run([sys.executable, "-c", BUYING], cwd=tmp_path, env=environ, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "packed"
