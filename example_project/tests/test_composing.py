"""docs/composing.md and the two READMEs under it, followed by a newcomer: a cart that leads to an order."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GUIDES = ("packages/dailyfresh-cart/README.md", "packages/dailyfresh-orders/README.md", "docs/composing.md")

BUYING = """
import os, re
import django
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
django.setup()
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from books.models import Book, Place

call_command("check", fail_level="WARNING", databases=["default"])
call_command("makemigrations", "books", verbosity=0)
call_command("migrate", verbosity=0)
book = Book.objects.create(title="Ulysses", price="29.90", copies=3)
user = User.objects.create_user("molly")
Place.objects.create(user=user, receiver="Molly", phone="1", city="Dublin", street="7 Eccles Street")
buyer = Client(headers={"host": "localhost"})
buyer.force_login(user)
buyer.post("/cart/add/", {"sku_id": book.pk, "quantity": 2})
cart = {"line": book.pk, "sku_id": book.pk, f"quantity-{book.pk}": 2}
assert 'value="checkout"' in buyer.get("/cart/").content.decode()
confirm = buyer.post("/cart/update/", cart | {"action": "checkout"})
page = buyer.get(confirm.headers["Location"]).content.decode()
form = dict(re.findall('<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"', page))
buyer.post("/orders/place/", form | {"address": "1", "payment_method": "cod"})
assert Book.objects.get().copies == 1
assert buyer.get("/cart/count/").json()["data"]["count"] == 0
print("bought")
"""


def test_a_cart_and_orders_over_a_model_of_ones_own_are_joined_as_the_page_says(tmp_path: Path) -> None:
    blocks: dict[str, str] = {}
    for guide in GUIDES:
        text = (ROOT / guide).read_text(encoding="utf-8")
        blocks |= dict(re.findall(r"^`([\w./]+\.(?:py|html))`[^\n]*\n\n```\w+\n(.*?)^```", text, re.M | re.S))
    environ = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}

    def run(*words: str) -> str:
        done = subprocess.run([sys.executable, *words], cwd=tmp_path, env=environ, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    run("-m", "django", "startproject", "config", ".")
    blocks["settings.py"] = 'INSTALLED_APPS += ["books"]\n' + blocks["settings.py"]
    for name, text in blocks.items():
        path = tmp_path / ("config" if name in ("settings.py", "urls.py") else "") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write("\n" + text)
    (tmp_path / "books" / "__init__.py").touch()
    assert run("-c", BUYING).splitlines()[-1] == "bought"
