import pytest
from conftest import ADDRESS, checkout, fits
from dailyfresh_orders.models import Order
from django.contrib.auth.models import User

from .models import Book


@pytest.mark.django_db(transaction=True)
def test_somebody_whose_account_is_older_than_the_shop_buys_a_book(browser, sound):
    User.objects.create_user("molly", "molly@example.com", "penelope-18")
    book = Book.objects.create(title="Ulysses", price="29.90", copies=10)
    fits(str(book.pk), user="molly")

    asked = checkout(browser, book.pk)  # as a guest: the cart is hers when she has signed in
    assert asked.path == "/accounts/login/"
    page = asked.submit("/accounts/login/", login="molly@example.com", password="penelope-18")
    assert "Ulysses" in page.text
    book_of_addresses = browser.get("/users/addresses/", next=page.url.removeprefix(browser.base))
    page = book_of_addresses.submit("/users/addresses/add/", **ADDRESS)
    assert page.path == "/orders/confirm/"
    page = page.submit("/orders/place/", payment_method="cod")

    order = Order.objects.get()
    assert order.number in page.text
    book.refresh_from_db()
    assert (order.user.username, order.receiver, order.total, book.copies) == (
        "molly",
        "Molly Bloom",
        2 * book.price,
        8,
    )
    assert browser.get("/cart/").text.count("data-cart-line=") == 0


@pytest.mark.django_db(transaction=True)
def test_a_new_account_of_allauth_is_an_account_of_the_shop(browser, sound):
    joined = browser.get("/accounts/signup/").submit(
        "/accounts/signup/", email="leo@example.com", password1="nostos-17-lotus"
    )
    assert joined.status in (200, 404)  # /accounts/profile/ is the site's to write
    assert browser.get("/users/").status == 200
