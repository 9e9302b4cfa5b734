"""The tutorials of docs/, followed by a newcomer from an empty folder: every block is written or run as the page says."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"

BUYING = """
import re
import django
django.setup()
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.test.utils import setup_test_environment
from dailyfresh_goods.models import SKU
from dailyfresh_orders.models import Order
from dailyfresh_users.addresses import AddressBook

setup_test_environment()
call_command("check", fail_level="WARNING")
berries = SKU.objects.get(slug="strawberries")
visitor = Client()

def fields(page):
    return dict(re.findall('<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"', page.content.decode()))

home = visitor.get("/").content.decode()
assert "Strawberries" in home and "data-cart-open" in home
assert 'data-cart-add' in visitor.get("/list/Fruit/").content.decode()
name, password = "molly", "Yes-I-said-yes-1904"
answer = visitor.post("/user/register/", {"username": name, "password1": password, "password2": password,
    "email": "molly@bloom.example", "agree": "on"}, follow=True)
assert len(mail.outbox) == 1, re.findall("df-error[^<]*", answer.content.decode())
(link,) = set(re.findall(r"http://testserver(/user/activate/[^\\s\\"<]+)", mail.outbox[0].body))
page = visitor.get(link, follow=True)
visitor.post(page.request["PATH_INFO"], fields(page), follow=True)
visitor.post("/user/login/", {"username": name, "password": password})
visitor.post("/cart/add/", {"sku_id": berries.pk, "quantity": 2})
visitor.post("/user/addresses/add/", ADDRESS)
cart = {"line": berries.pk, "sku_id": berries.pk, f"quantity-{berries.pk}": 2, "action": "checkout"}
confirm = visitor.get(visitor.post("/cart/update/", cart).headers["Location"])
chosen = AddressBook().choices(get_user_model().objects.get(username=name))[0].id
visitor.post("/orders/place/", fields(confirm) | {"address": chosen, "payment_method": "cod"})
assert SKU.objects.get(pk=berries.pk).stock == 38
owner = Client()
owner.force_login(get_user_model().objects.get(username="owner"))
assert Order.objects.get().number in owner.get("/admin/dailyfresh_orders/order/").content.decode()
print("bought")
"""
ADDRESS = {
    "receiver": "Molly Bloom",
    "phone": "13800136021",
    "province": "11",
    "city": "1101",
    "district_code": "110108",
    "street": "7 Eccles Street",
    "postcode": "100190",
}


def steps(page: Path) -> Iterator[tuple[str, str]]:
    """(name of a file, its text) and ("", a line for the shell), in the order of the page."""
    blocks = re.findall(r"(?:^`([\w./]+)`\n\n)?^```(\w+)\n(.*?)^```", page.read_text(encoding="utf-8"), re.M | re.S)
    for name, language, text in blocks:
        if name:
            yield name, text
        elif language == "sh":
            yield from (("", line) for line in text.splitlines())


def test_the_store_of_the_first_tutorial_sells_strawberries(tmp_path: Path) -> None:
    environ = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    environ |= {
        "DJANGO_SUPERUSER_PASSWORD": "Yes-I-said-yes-1904",
        "PATH": f"{Path(sys.executable).parent}:{environ['PATH']}",
    }

    def run(*words: str) -> str:
        done = subprocess.run(words, cwd=tmp_path, env=environ, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    for name, text in steps(DOCS / "tutorials" / "store.md"):
        if name:
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("a", encoding="utf-8") as file:
                file.write("\n" + text if path.stat().st_size else text)
        elif text.startswith("django-admin"):
            run(sys.executable, "-m", *shlex.split(text.replace("django-admin", "django")))
        elif text.startswith("python manage.py") and "runserver" not in text:
            run(sys.executable, *shlex.split(text)[1:], *(["--noinput"] if "createsuperuser" in text else []))
    environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    assert run(sys.executable, "-c", f"ADDRESS = {ADDRESS!r}\n{BUYING}").splitlines()[-1] == "bought"
