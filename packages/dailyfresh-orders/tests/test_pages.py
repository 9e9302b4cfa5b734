import re
from datetime import timedelta
from pathlib import Path

import pytest
from dailyfresh_orders.models import Order
from dailyfresh_orders.services import receive, ship
from django.contrib.staticfiles.finders import find
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

LEFT_TO_A_THEME = {
    *("df-button--large", "df-flat", "df-h1", "df-icon", "df-icon--small", "df-info", "df-lk", "df-o", "df-only-l"),
    *("df-refund-line", "df-s", "df-stick"),
}
"""Classes that need no rule: what they stand on looks right as it is."""


def url(name, *args):
    return reverse(f"dailyfresh_orders:{name}", args=args)


def shipped(order):
    ship(order.pk, carrier="SF", tracking_number="SF1", by="staff")
    order.refresh_from_db()
    return order


def received(order):
    receive(shipped(order).pk, by="buyer")
    order.refresh_from_db()
    return order


def test_an_order_goes_from_placing_to_review_through_the_pages(shop, admin_client, make_order, apple, pear):
    order = make_order({apple: 1, pear: 1})
    assert order.number in shop.get(url("list")).content.decode()
    assert shop.get(url("list"), {"state": "to-ship"}).context["page"].object_list[0] == order
    page = admin_client.post(
        reverse("admin:dailyfresh_orders_order_changelist"), {"action": "ship_orders", "_selected_action": [order.pk]}
    )
    ship_page = admin_client.get(page.url)
    assert ship_page.status_code == 200
    admin_client.post(
        page.url, {"number": order.number, f"{order.number}-carrier": "SF", f"{order.number}-tracking_number": "SF1"}
    )
    order.refresh_from_db()
    assert (order.state, order.tracking_number) == ("shipped", "SF1")
    assert "SF1" in shop.get(order.get_absolute_url()).content.decode()
    shop.post(url("receive", order.number))
    form = shop.get(url("review", order.number))
    assert form.status_code == 200
    words = {}
    for line in order.lines.all():
        words |= {f"line{line.pk}-stars": "4", f"line{line.pk}-text": "fine"}
    shop.post(url("review", order.number), words)
    order.refresh_from_db()
    assert order.state == "done"
    assert "fine" in shop.get(url("reviews", str(apple.pk))).content.decode()


@pytest.mark.parametrize("name", ["list", "detail", "review"])
def test_pages_lead_strangers_away(client, make_order, apple, stranger, name):
    order = make_order({apple: 1})
    args = [] if name == "list" else [order.number]
    assert client.get(url(name, *args)).status_code == 302
    client.force_login(stranger)
    assert client.get(url(name, *args)).status_code == (200 if name == "list" else 404)


@pytest.mark.parametrize("name", ["cancel", "receive", "buy_again", "review"])
def test_somebody_elses_order_cannot_be_touched(client, make_order, apple, stranger, name):
    order = make_order({apple: 1})
    client.force_login(stranger)
    assert client.post(url(name, order.number)).status_code == 404
    order.refresh_from_db()
    assert order.state == Order.State.TO_SHIP


def test_a_machine_that_places_and_cancels_is_asked_to_wait_and_staff_read_no_more_letters(
    shop, make_order, apple, settings
):
    settings.DAILYFRESH = {"ALLOWANCES": {"cancel": (2, 3600)}}
    cache.clear()
    answers = [shop.post(url("cancel", make_order({apple: 1}).number)).status_code for _time in range(3)]
    assert answers == [302, 302, 429]
    assert Order.objects.filter(state=Order.State.TO_SHIP).count() == 1


def test_the_list_takes_the_same_statements_for_one_order_as_for_many(shop, make_order, apple, pear):
    make_order({apple: 1})
    shop.get(url("list"))
    with CaptureQueriesContext(connection) as one:
        shop.get(url("list"))
    for _ in range(4):
        make_order({apple: 1, pear: 1})
    with CaptureQueriesContext(connection) as five:
        shop.get(url("list"))
    assert len(one) == len(five) <= 6


def test_an_order_whose_time_to_pay_is_over_offers_no_payment(shop, make_order, apple):
    order = make_order({apple: 1}, payment_method="voucher")
    Order.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    for url in (
        reverse("dailyfresh_orders:list"),
        order.get_absolute_url(),
        reverse("dailyfresh_orders:pay_wait", args=[order.number]),
    ):
        page = shop.get(url).content.decode()
        assert "being cancelled" in page
        assert "data-countdown" not in page
        assert "Pay now" not in page
        assert "data-pay>" not in page


def test_the_present_step_is_named_by_the_state_and_not_as_if_it_were_done(shop, make_order, apple):
    order = make_order({apple: 1})
    page = re.sub(r">\s+", ">", shop.get(order.get_absolute_url()).content.decode())
    assert 'aria-current="step"><span>To be shipped' in page


def test_the_list_is_paged_searched_and_counted_by_state(shop, make_order, apple, pear, settings):
    settings.DAILYFRESH_ORDERS = settings.DAILYFRESH_ORDERS | {"PAGE_SIZE": 2}
    orders = [make_order({apple: 1}), make_order({pear: 1}), make_order({apple: 1}, payment_method="voucher")]
    first = shop.get(url("list"))
    assert [order.pk for order in first.context["page"]] == [orders[2].pk, orders[1].pk]
    assert [order.pk for order in shop.get(url("list"), {"page": "2"}).context["page"]] == [orders[0].pk]
    assert {name: count for name, _label, count in first.context["tabs"] if count} == {"to-pay": 1, "to-ship": 2}
    for query, found in (("Pear", [orders[1]]), (orders[0].number[-8:], [orders[0]]), ("nothing\x00", [])):
        assert [order.pk for order in shop.get(url("list"), {"q": query}).context["page"]] == [
            order.pk for order in found
        ]
    assert shop.get(url("list"), {"page": "x", "state": "nonsense"}).status_code == 200


def test_a_buyer_without_orders_is_told_so(shop):
    assert "Your first order will appear here." in shop.get(url("list")).content.decode()
    assert "No order matches" in shop.get(url("list"), {"q": "x"}).content.decode()


def test_pages_hold_no_inline_code(shop, make_order, apple):
    order = received(make_order({apple: 1}))
    for page in (
        url("list"),
        order.get_absolute_url(),
        url("review", order.number),
        f"{url('confirm')}?buy={apple.pk}:1",
    ):
        html = shop.get(page).content.decode()
        assert "style=" not in html
        assert "onclick" not in html
        assert re.search(r"<script(?![^>]* src=)", html) is None


def test_strange_ids_of_goods_have_no_reviews(client, db):
    assert client.get(url("reviews", "x" * 65)).status_code == 404
    assert client.get(url("reviews", "é")).status_code == 404
    assert client.get(url("reviews", "nothing")).status_code == 200


def test_a_site_without_a_theme_has_a_rule_for_whatever_the_pages_are_laid_out_with(shop, make_order, apple):
    order = received(make_order({apple: 1}))
    asked = [url("confirm") + f"?buy={apple.pk}:1", url("list"), url("detail", order.number)]
    asked += [url("review", order.number), url("refund_request", order.number)]
    pages = [shop.get(each).content.decode() for each in asked]
    sheets = re.findall(r'href="/static/(dailyfresh_\w+/\w+\.css)"', pages[0])
    assert [sheet.rpartition("/")[2] for sheet in sheets] == ["alone.css", "orders.css"]
    rules = "".join(Path(find(sheet)).read_text(encoding="utf-8") for sheet in sheets)
    used = {name for each in re.findall(r'class="([^"]*)"', "".join(pages)) for name in each.split()}
    assert {name for name in used if not re.search(rf"\.{name}(?![\w-])", rules)} <= LEFT_TO_A_THEME
