import pytest
from conftest import checkout, fits
from dailyfresh_orders.models import Order
from django.contrib.auth.models import User

from .models import Course


@pytest.mark.django_db(transaction=True)
def test_a_course_is_bought_in_the_academys_own_frame(browser, sound):
    molly = User.objects.create_user("molly", password="penelope-18")
    course = Course.objects.create(slug="greek-for-sailors", title="Greek for sailors", fee=12_000)
    fits(course.slug, user="molly")

    page = checkout(browser, course.slug).submit("/enter/", username="molly", password="penelope-18")
    assert "¥24,000" in page.text  # the yen has no minor unit
    for part in (
        'class="academy"',
        "dailyfresh_orders/orders.css",
        "dailyfresh_orders/orders.js",
        "Confirm your order · Academy",
    ):
        assert part in page.text
    till = page.submit("/orders/place/", payment_method="till").submit("/orders/pay/")
    assert till.submit("/orders/pay/till/notify/").status == 200

    order = Order.objects.get()
    assert (order.state, order.currency, int(order.total)) == ("received", "JPY", 24_000)
    assert list(molly.courses.all()) == [course]
