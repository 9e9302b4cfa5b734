import re

import pytest
from conftest import ADDRESS, checkout, fits
from dailyfresh_core.testing import service
from dailyfresh_goods.models import SKU, SPU, GoodsType
from dailyfresh_orders.models import Order
from dailyfresh_orders.services import receive, ship
from django.core import mail
from django.db import connection


@pytest.fixture
def needed():
    service("POSTGRES_URL")


@pytest.mark.django_db(transaction=True)
def test_a_visitor_registers_buys_and_reviews_on_postgresql(needed, browser, sound):
    assert connection.vendor == "postgresql"
    fruit = GoodsType.objects.create(name="Fruit", slug="fruit")
    apple = SKU.objects.create(
        name="Apple",
        slug="apple",
        type=fruit,
        spu=SPU.objects.create(name="Apple"),
        price="9.90",
        unit="500g",
        stock=10,
    )
    joined = browser.get("/users/register/").submit(
        "/users/register/", username="mollybloom", email="molly@example.com", password1="penelope-18", password2="penelope-18", agree="on"
    )  # fmt: skip
    assert "mailbox" in joined.text
    (link,) = set(re.findall(r"http://\S+/users/activate/[^\s\"<]+", mail.outbox[0].body))
    assert browser.get(link.removeprefix(browser.base)).submit(link.partition("/users")[2]).status == 200
    fits(str(apple.pk), user="mollybloom")

    assert "Apple" in browser.get("/").text + browser.get("/list/fruit/").text
    page = checkout(browser, apple.pk).submit("/users/login/", username="mollybloom", password="penelope-18")
    page = browser.get("/users/addresses/", next=page.url.removeprefix(browser.base)).submit(
        "/users/addresses/add/", **ADDRESS
    )
    page.submit("/orders/place/", payment_method="cod")

    order = Order.objects.get()
    apple.refresh_from_db()
    assert (order.user.username, str(order.total), apple.stock, apple.sales) == ("mollybloom", "19.80", 8, 2)
    ship(order.pk, carrier="SF", tracking_number="1", by="staff")
    receive(order.pk, by="mollybloom")
    review = browser.get(f"/orders/{order.number}/review/")
    assert review.status == 200
