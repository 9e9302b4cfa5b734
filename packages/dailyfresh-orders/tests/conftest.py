import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from dailyfresh_core.testing import own_database, service
from dailyfresh_core.testing.languages import english as english  # autouse
from dailyfresh_orders.checkout.quotes import BASKET, BUY, quote
from dailyfresh_orders.checkout.signed_quotes import signed
from dailyfresh_orders.exceptions import QuoteChanged
from dailyfresh_orders.models import Adjustment
from dailyfresh_orders.services import place_order
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.test import Client
from minisite.shop.joins import AddressBook, Catalogue
from minisite.shop.measured import CATCH, LOOSE
from minisite.shop.models import InBasket, Place, Product

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def server():
    """The address of a fresh database on the MariaDB or PostgreSQL at DATABASE_URL, with the mini-site's tables."""
    with own_database(service("DATABASE_URL"), f"orders_race_{os.getpid()}") as address:
        subprocess.run(
            [sys.executable, "-m", "django", "migrate", "--verbosity=0", "--skip-checks"],
            env=minisite_env(address),
            cwd=HERE,
            check=True,
        )
        yield address


def minisite_env(address, **more):
    """The environment of a process of the mini-site on that database."""
    return os.environ | {
        "MINISITE_DATABASE_URL": address,
        "DJANGO_SETTINGS_MODULE": "minisite.settings",
        "PYTHONPATH": str(HERE),
        **more,
    }


def raced(script, scenario, *, server, timeout=300, **more):
    """What a script of racing processes says of its scenario, as it prints it in JSON."""
    done = subprocess.run(
        [sys.executable, script, scenario],
        env=minisite_env(server, **more),
        cwd=HERE,
        capture_output=True,
        text=True,
        timeout=timeout,
    )
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    print(scenario, more, result)
    return result


@pytest.fixture(autouse=True)
def _nothing_counted():
    """No allowance was used by the tests before."""
    cache.clear()


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def buyer(db):
    user = get_user_model().objects.create_user("lin", password="secret")
    Place.objects.create(user=user, receiver="林晓禾")
    return user


@pytest.fixture
def stranger(db):
    user = get_user_model().objects.create_user("stranger", password="secret")
    Place.objects.create(user=user, receiver="someone")
    return user


@pytest.fixture
def shop(client, buyer):
    """The browser of the signed-in buyer."""
    client.force_login(buyer)
    return client


@pytest.fixture
def apple(db):
    return Product.objects.create(title="Apple", yuan=Decimal("5.50"), pieces=10)


@pytest.fixture
def pear(db):
    return Product.objects.create(title="Pear", yuan=Decimal("20.00"), pieces=10)


@pytest.fixture
def measures(monkeypatch):
    """sku_id -> the measure by which the mini-site sells it; what is not named has none."""
    found, find = {}, Catalogue.find

    def with_measures(self, sku_ids):
        return {
            sku_id: SimpleNamespace(**vars(item), **({"measure": found[sku_id]} if sku_id in found else {}))
            for sku_id, item in find(self, sku_ids).items()
        }

    monkeypatch.setattr(Catalogue, "find", with_measures)
    return found


@pytest.fixture
def lychee(measures):
    product = Product.objects.create(title="Lychee", yuan=Decimal("12.80"), pieces=10_000)
    measures[str(product.pk)] = LOOSE
    return product


@pytest.fixture
def mango(measures):
    product = Product.objects.create(title="Mango", yuan=Decimal("15.99"), pieces=20)
    measures[str(product.pk)] = CATCH
    return product


@pytest.fixture
def staff(db):
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("boss", password="x"))
    return client


@pytest.fixture
def in_basket(buyer):
    """Puts products into the buyer's basket."""

    def put(quantities):
        for product, quantity in quantities.items():
            InBasket.objects.create(user=buyer, sku_id=str(product.pk), quantity=quantity)

    return put


@pytest.fixture
def make_order(buyer):
    """Places an order as the confirm page would: {product: quantity} -> Order."""

    def make(quantities, *, user=buyer, payment_method="cod", source=BASKET, **more):
        from minisite.shop.joins import AddressBook

        address = AddressBook().choices(user)[0]
        wanted = {str(product.pk): quantity for product, quantity in quantities.items()}
        token = signed(quote(wanted, source=source, address=address), user=user)
        return place_order(user=user, token=token, address_id=address.id, payment_method=payment_method, **more).order

    return make


@pytest.fixture
def taken_off():
    """Takes {product: yuan} off the lines of an order that nobody has paid yet, as a promotion would when it is placed."""

    def take(order, discounts):
        for product, yuan in discounts.items():
            line, amount = order.lines.get(sku_id=str(product.pk)), -Decimal(yuan)
            line.discount += amount
            line.save()
            order.discount += amount
            order.total += amount
            Adjustment.objects.create(
                order=order,
                line=line,
                kind=Adjustment.Kind.DISCOUNT,
                source="promotions:rule:1",
                label="满10减1",
                amount=amount,
                returns=Adjustment.Returns.SHARE,
            )
        order.save()
        return order

    return take


@pytest.fixture
def token_of(buyer):
    """Signs a quote of these products for the buyer: product -> quantity."""

    def token(quantities, **more):
        address = AddressBook().choices(buyer)[0]
        wanted = {str(product.pk): n for product, n in quantities.items()}
        return signed(quote(wanted, source=BUY, address=address, user=buyer, **more), user=buyer)

    return token


@pytest.fixture
def place(buyer, token_of):
    """Places what is wanted, or what a token shows."""

    def place(wanted, **more):
        token = wanted if isinstance(wanted, str) else token_of(wanted)
        address = AddressBook().choices(buyer)[0]
        more = {"payment_method": "cod"} | more
        return place_order(user=buyer, token=token, address_id=address.id, **more).order

    return place


def refused(place, *args, **more):
    with pytest.raises(QuoteChanged) as error:
        place(*args, **more)
    return error.value.changes
