import pytest
from conftest import ADDRESS, checkout, fits
from dailyfresh_orders.models import Order

from .models import Person, Tin


@pytest.mark.django_db(transaction=True)
def test_a_tin_is_bought_by_somebody_with_a_uuid(browser, sound):
    molly = Person.objects.create_user("molly", "molly@example.com", "penelope-18")
    tin = Tin.objects.create(code="09-b", price="5.50", left=3)
    fits(tin.code, user="molly")

    page = checkout(browser, tin.code).submit("/users/login/", username="molly", password="penelope-18")
    assert page.path == "/orders/confirm/"
    page = browser.get("/users/addresses/", next=page.url.removeprefix(browser.base)).submit(
        "/users/addresses/add/", **ADDRESS
    )
    page = page.submit("/orders/place/", payment_method="cod")

    order, tin = Order.objects.get(), Tin.objects.get()
    assert (order.user, str(order.total), tin.left) == (molly, "19.00", 1)
    assert order.placed_at.tzinfo is None
    assert order.number in page.text
