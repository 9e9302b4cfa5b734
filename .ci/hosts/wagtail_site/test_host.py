import re

import pytest
from conftest import checkout, fits
from dailyfresh_orders.models import Order
from django.contrib.auth.models import User
from wagtail.models import Page, Site

from .models import BookPage, Place


@pytest.mark.django_db(transaction=True)
def test_a_page_of_wagtail_is_bought(browser, sound):
    molly = User.objects.create_superuser("molly", password="penelope-18")
    Place.objects.create(user=molly, receiver="Molly Bloom", street="7 Eccles Street")
    home = Page.add_root(title="Home", slug="home")
    Site.objects.all().delete()
    Site.objects.create(hostname="localhost", root_page=home, is_default_site=True)
    book = home.add_child(instance=BookPage(title="Ulysses", slug="ulysses", price="29.90", copies=5))
    fits(str(book.pk), user="molly")

    (link,) = re.findall(r'href="(/cart/add/\d+/)[^"]*"', browser.get("/ulysses/").text)
    assert link == f"/cart/add/{book.pk}/"
    page = checkout(browser, book.pk).submit("/cms/login/", username="molly", password="penelope-18")
    assert page.path == "/orders/confirm/"
    assert "dailyfresh_orders/orders.css" in page.text
    page = page.submit("/orders/place/", payment_method="cod")

    order = Order.objects.get()
    book.refresh_from_db()
    assert (order.receiver, str(order.total), book.copies) == ("Molly Bloom", "59.80", 3)
    assert order.number in page.text
