"""Packing: picked, weighed, given less or something else, settled once; by the numbers of the worked cases."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from os import walk

import pytest
from dailyfresh_core.pricing.measures import Grams
from dailyfresh_orders.checkout.quotes import BUY
from dailyfresh_orders.days import today
from dailyfresh_orders.exceptions import IllegalTransition, NotGivable, OutOfStock, RefundImpossible
from dailyfresh_orders.fulfilment.batch_choice import first_out
from dailyfresh_orders.fulfilment.batches import out_of_step, receive_batch, scrap_batch
from dailyfresh_orders.fulfilment.labels import Scanned, scanned
from dailyfresh_orders.fulfilment.models import Batch, Pick, Picking
from dailyfresh_orders.fulfilment.services import finish_picking, pick
from dailyfresh_orders.models import Message, Order, OrderLine, PaymentLog, Refund, RefundPicture
from dailyfresh_orders.services import (
    approve_refund,
    ask,
    disagreements,
    draw_pictures,
    receive,
    refund_lines,
    refundable_of,
    request_refund,
    retry_refund,
    ship,
    sweep_refunds,
    withdraw,
    words_of,
)
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from minisite.shop.models import Product
from PIL import Image

YUAN = Decimal("1.00")
SCRIPT = {"X-Requested-With": "XMLHttpRequest"}


@pytest.fixture
def picker(db):
    user = get_user_model().objects.create_user("picker", password="x")
    user.user_permissions.add(Permission.objects.get(codename="pick", content_type__app_label="dailyfresh_fulfilment"))
    return user


@pytest.fixture
def phone(picker):
    client = Client()
    client.force_login(picker)
    return client


@pytest.fixture
def bought(make_order):
    """Places an order to be paid to the courier: {product: pieces or Grams}."""

    def place(quantities, **how):
        return make_order(quantities, source=BUY, **how)

    return place


@pytest.fixture
def paid_order(pay_settings, bought, pay_page, simulator, taken_off):
    """Places an order, takes something off its lines and pays it at the gateway."""

    def pay(quantities, off=None):
        order = taken_off(bought(quantities, payment_method="alipay"), off or {})
        simulator.fault("notify", "drop")
        simulator.pay(pay_page(order))
        ask(order.payments.get())
        order.refresh_from_db()
        return order

    return pay


def line_of(order, product):
    return order.lines.get(sku_id=str(product.pk), main_slot=1)


def box(order, given, *, by, instead=()):
    """Picks {product: quantity, or (quantity, grams)} with what is gone said as a picker would, and closes the box."""
    for n, (product, what) in enumerate(given.items()):
        quantity, grams = what if isinstance(what, tuple) else (what, None)
        line = line_of(order, product)
        gone = line.sold_by == "piece"
        pick(order_id=order.pk, line_id=line.pk, key=f"given{n}", by=by, quantity=quantity, grams=grams, gone=gone)
    for n, (product, other, quantity) in enumerate(instead):
        sku_id = str(other.pk)
        pick(
            order_id=order.pk,
            line_id=line_of(order, product).pk,
            key=f"instead{n}",
            by=by,
            quantity=quantity,
            sku_id=sku_id,
        )
    finish_picking(order.pk, by=by)
    order.refresh_from_db()
    assert disagreements(order) == []
    return order


def label_of(product, grams):
    """What a scale in the shop prints."""
    digits = f"21{product.pk:05d}{grams:05d}"
    return f"{digits}{-sum(int(digit) * (3 if n % 2 else 1) for n, digit in enumerate(digits)) % 10}"


def left(product):
    return Product.objects.get(pk=product.pk).pieces


# -- what is paid on delivery --


def test_what_is_given_as_ordered_costs_what_was_agreed(bought, apple, picker):
    order = box(bought({apple: 2}), {apple: 2}, by=picker)
    assert (order.settled_total, order.less, order.state) == (order.total, 0, "to_ship")
    assert left(apple) == 8


@pytest.mark.parametrize(("case", "grams", "less", "stock"), [("C57", 702, "1.23", 9298), ("C58", 790, "0.00", 9210)])
def test_the_courier_collects_less_for_what_is_lighter_and_never_more(bought, lychee, picker, case, grams, less, stock):
    order = box(bought({lychee: Grams(750)}), {lychee: grams}, by=picker)
    assert (order.back, order.payable) == (Decimal(less), order.total - Decimal(less))
    assert left(lychee) == stock, "what is on the scale has left the shelf, to the gram"
    ship(order.pk, carrier="us", tracking_number="", by="staff")
    receive(order.pk, by="buyer")
    order.refresh_from_db()
    assert refundable_of(order).money == order.payable


def test_race_45_papers_and_the_books_say_what_is_collected(bought, lychee, picker, staff):
    order = box(bought({lychee: Grams(750)}), {lychee: 702}, by=picker)
    url = reverse("admin:dailyfresh_orders_order_changelist")
    paper = staff.post(url, {"action": "print_delivery_notes", "_selected_action": [order.pk]}).content.decode()
    assert f"To collect ¥{order.payable}" in paper
    assert "702" in paper


def test_c60_and_c61_pieces_by_weight_cost_what_they_weigh(bought, mango, picker):
    heavy = box(bought({mango: 3}), {mango: (3, 512)}, by=picker)
    assert heavy.back == Decimal("0.90")
    short = box(bought({mango: 3}), {mango: (2, 395)}, by=picker)
    assert short.back == Decimal("5.76")
    assert left(mango) == 14, "the third one was not there: nobody puts it back"
    ship(heavy.pk, carrier="us", tracking_number="", by="staff")
    receive(heavy.pk, by="buyer")
    line = heavy.lines.get().pk
    heavy.refresh_from_db()
    amounts = [
        refund_lines(order=heavy, by=None, key=f"melons{n}", lines={line: quantity}).amount
        for n, quantity in enumerate((1, 2))
    ]
    assert amounts == [Decimal("5.46"), Decimal("10.91")]


def test_c62_a_heavy_line_does_not_pay_for_a_light_one(bought, lychee, measures, picker):
    other = Product.objects.create(title="Longan", yuan=Decimal("10.00"), pieces=5000)
    light = Product.objects.create(title="Grape", yuan=Decimal("10.00"), pieces=5000)
    measures[str(other.pk)] = measures[str(light.pk)] = measures[str(lychee.pk)]
    order = box(bought({light: Grams(500), other: Grams(500)}), {light: 450, other: 550}, by=picker)
    assert order.back == YUAN
    assert [line.costs for line in order.lines.all()] == [9 * YUAN, 10 * YUAN]


def test_with_nothing_given_an_order_that_nobody_paid_ends(bought, apple, picker):
    order = box(bought({apple: 2}), {apple: 0}, by=picker)
    assert (order.state, order.payable) == ("cancelled", 0)
    assert left(apple) == 8, "the shelf was empty: the books of the stock are for staff to correct"


def test_what_is_short_and_still_on_the_shelf_goes_back_into_stock(bought, apple, picker):
    order = bought({apple: 3})
    pick(order_id=order.pk, line_id=line_of(order, apple).pk, key="bruised", by=picker, quantity=2, gone=False)
    finish_picking(order.pk, by=picker)
    assert left(apple) == 8
    withdraw(order.pk, by="staff")
    assert left(apple) == 10, "what was given went back once, and what was not no second time"


# -- what is paid --


def test_the_difference_of_a_paid_order_goes_back_once_and_holds_no_parcel(paid_order, lychee, simulator, picker):
    order = box(paid_order({lychee: Grams(750)}, {lychee: "2.00"}), {lychee: 702}, by=picker)
    refund = Refund.objects.get()
    assert (refund.kind, refund.state, refund.amount) == ("settlement", "ready", Decimal("1.11")), "C59"
    ship(order.pk, carrier="us", tracking_number="", by="staff")
    assert finish_picking(order.pk, by=picker).state == "done"
    sweep_refunds()
    refund.refresh_from_db()
    assert (refund.state, Refund.objects.count()) == ("done", 1)
    assert refundable_of(order).money == order.payable


def test_c56_short_pieces_give_back_their_part_of_the_discount(paid_order, pear, picker):
    Product.objects.filter(pk=pear.pk).update(yuan=Decimal("39.90"))
    order = box(paid_order({pear: 2}, {pear: "7.55"}), {pear: 1}, by=picker)
    assert Refund.objects.get().amount == Decimal("36.13")
    assert order.lines.get().costs == Decimal("36.12")


def test_c63_with_nothing_given_the_freight_goes_back_and_the_order_ends(paid_order, apple, picker):
    order = box(paid_order({apple: 2}), {apple: 0}, by=picker)
    assert (order.payable, Refund.objects.get().amount) == (0, 21 * YUAN)
    sweep_refunds()
    order.refresh_from_db()
    assert order.state == "closed"


def test_c64_the_freight_stays_with_what_is_given(paid_order, apple, pear, picker):
    order = box(paid_order({apple: 1, pear: 2}), {apple: 1, pear: 0}, by=picker)
    assert (Refund.objects.get().amount, order.payable) == (40 * YUAN, Decimal("15.50"))
    sweep_refunds()
    order.refresh_from_db()
    assert order.state == "to_ship"


# -- in place of something --


@pytest.mark.parametrize(("case", "price", "back"), [("C65", "8.80", "0.90"), ("C66", "10.90", "0.00")])
def test_what_is_given_in_place_of_something_costs_no_more(paid_order, apple, picker, case, price, back):
    Product.objects.filter(pk=apple.pk).update(yuan=10 * YUAN)
    other = Product.objects.create(title="Pomelo", yuan=Decimal(price), pieces=10)
    order = paid_order({apple: 2}, {apple: "1.50"})
    Order.objects.update(wish="choose")
    box(order, {apple: 0}, by=picker, instead=[(apple, other, 2)])
    instead = order.lines.get(main_slot=None)
    assert (order.back, instead.costs) == (Decimal(back), Decimal("18.50") - Decimal(back))
    assert left(other) == 8
    assert [refund.amount for refund in Refund.objects.all()] == [Decimal(back)] * (back != "0.00")
    sweep_refunds()
    ship(order.pk, carrier="us", tracking_number="", by="staff")
    receive(order.pk, by="buyer")
    order.refresh_from_db()
    assert refundable_of(order).worth(instead.pk, 2) == instead.costs


def test_race_28_what_was_sold_meanwhile_is_chosen_again(bought, apple, pear, picker):
    order = bought({apple: 2})
    Order.objects.update(wish="choose")
    Product.objects.filter(pk=pear.pk).update(pieces=1)
    with pytest.raises(OutOfStock):
        box(order, {apple: 0}, by=picker, instead=[(apple, pear, 2)])
    order.refresh_from_db()
    assert (order.settled_total, Picking.objects.get().state, left(pear)) == (None, "picking", 1)


def test_a_buyer_who_wants_the_money_gets_nothing_else(bought, apple, pear, picker):
    order = bought({apple: 2})
    with pytest.raises(NotGivable, match="refunded"):
        box(order, {apple: 0}, by=picker, instead=[(apple, pear, 2)])


def test_a_line_s_own_wish_counts_before_the_order_s(phone, bought, apple, pear, lychee, picker):
    order = bought({apple: 1, pear: 1}, wish="choose", wishes={str(apple.pk): "refund"})
    here = reverse("dailyfresh_fulfilment:box", args=[order.number])
    for product in (apple, pear):
        line = line_of(order, product).pk
        pick(order_id=order.pk, line_id=line, key=f"gone{line:04d}", by=picker, quantity=0, gone=True)
    page = " ".join(phone.get(here).content.decode().split())
    assert page.count("The buyer wants what is short left out and refunded.") == 1
    assert page.count("chosen by you") == 1
    with pytest.raises(NotGivable, match="refunded"):
        pick(order_id=order.pk, line_id=line_of(order, apple).pk, key="other1", by=picker, quantity=1, sku_id="2")
    more = {"key": "other2", "quantity": 500, "sku_id": str(lychee.pk)}
    assert pick(order_id=order.pk, line_id=line_of(order, pear).pk, by=picker, **more)
    assert "+ Lychee" in phone.get(here).content.decode()
    more = {"key": "other3", "quantity": 1, "sku_id": str(apple.pk)}
    assert pick(order_id=order.pk, line_id=line_of(order, pear).pk, by=picker, **more)
    assert "+ Apple" in phone.get(here).content.decode()


def test_the_confirm_page_asks_what_becomes_of_each_line_that_is_short(shop, apple, pear):
    url = reverse("dailyfresh_orders:confirm")
    assert "wish_" not in shop.get(url, {"buy": f"{apple.pk}:1"}).content.decode()
    page = shop.get(url, {"buy": [f"{apple.pk}:1", f"{pear.pk}:1"]})
    form = {"token": page.context["token"], "address": page.context["chosen"].id, "payment_method": "cod"}
    form |= {"wish": "call", f"wish_{apple.pk}": "choose", f"wish_{pear.pk}": "nonsense", "wish_x": "call"}
    again = shop.post(reverse("dailyfresh_orders:quote"), form).content.decode()
    assert again.count('<option value="choose" selected>') == 1
    shop.post(reverse("dailyfresh_orders:place"), form)
    order = Order.objects.get()
    assert [(line.wish, line.wished) for line in order.lines.all()] == [("choose", "choose"), ("", "call")]
    assert "If it is short: Choose something like it for me" in shop.get(order.get_absolute_url()).content.decode()


def test_what_is_like_it_is_named_where_something_is_gone(phone, bought, apple, pear, picker):
    order = bought({apple: 1}, wish="choose")
    here = reverse("dailyfresh_fulfilment:box", args=[order.number])
    assert "data-suggested" not in phone.get(here).content.decode()
    pick(order_id=order.pk, line_id=line_of(order, apple).pk, key="gone01", by=picker, quantity=0, gone=True)
    assert f'data-suggested="{pear.pk}">Pear' in phone.get(here).content.decode()


def test_the_same_goods_as_another_line_may_be_given_in_place(bought, apple, pear, picker):
    order = bought({apple: 1, pear: 1})
    Order.objects.update(wish="call")
    box(order, {apple: 0, pear: 1}, by=picker, instead=[(apple, pear, 1)])
    assert [line.costs for line in order.lines.all()] == [0, 20 * YUAN, Decimal("5.50")]
    assert left(pear) == 8


# -- once, and nothing beside it --


def test_a_pick_that_is_sent_twice_is_one_and_the_last_word_counts(bought, apple, picker):
    order = bought({apple: 3})
    line = line_of(order, apple).pk
    for key, quantity in (("first-key", 1), ("second-key", 3), ("first-key", 1)):
        pick(order_id=order.pk, line_id=line, key=key, by=picker, quantity=quantity)
    assert list(Pick.objects.values_list("quantity", flat=True)) == [1, 3]
    finish_picking(order.pk, by=picker)
    order.refresh_from_db()
    assert order.less == 0


def test_race_22_nothing_else_happens_to_an_order_that_is_being_packed(paid_order, apple, pear, picker):
    order = paid_order({apple: 1, pear: 1})
    pick(order_id=order.pk, line_id=line_of(order, apple).pk, key="apples", by=picker, quantity=0, gone=True)
    with pytest.raises(RefundImpossible, match="being packed"):
        request_refund(order=order, by=None, key="abcdefABCDEF")
    with pytest.raises(IllegalTransition, match="being packed"):
        ship(order.pk, carrier="us", tracking_number="", by="staff")
    pick(order_id=order.pk, line_id=line_of(order, pear).pk, key="pears", by=picker, quantity=1)
    finish_picking(order.pk, by=picker)
    assert {line.name: refundable_of(order).pieces[line.pk] for line in order.lines.all()} == {"Apple": 0, "Pear": 1}


def test_money_that_is_asked_back_comes_before_packing(paid_order, apple, picker):
    order = paid_order({apple: 1})
    request_refund(order=order, by=None, key="abcdefABCDEF")
    with pytest.raises(NotGivable, match="going back"):
        box(order, {apple: 1}, by=picker)


def test_race_24_a_second_weighing_is_staffs_to_pay_back(paid_order, lychee, picker):
    order = box(paid_order({lychee: Grams(750)}), {lychee: 702}, by=picker)
    with pytest.raises(NotGivable, match="packed already"):
        pick(order_id=order.pk, line_id=order.lines.get().pk, key="again-1", by=picker, quantity=600)
    refund_lines(order=order, by=None, key="lighter1", lines={order.lines.get().pk: 102})
    assert sum(refund.amount for refund in Refund.objects.all()) == Decimal("19.20") - Decimal("15.36")


def test_race_25_a_settlement_that_the_gateway_leaves_unanswered_is_asked_about_while_the_parcel_goes(
    paid_order, lychee, simulator, picker
):
    order = box(paid_order({lychee: Grams(750)}), {lychee: 702}, by=picker)
    simulator.fault("refund", "pending")
    sweep_refunds()
    assert Refund.objects.get().state == "sent"
    ship(order.pk, carrier="us", tracking_number="", by="staff")
    Refund.objects.update(try_at=timezone.now())
    sweep_refunds()
    refund = Refund.objects.get()
    assert (refund.state, refund.amount) == ("done", Decimal("1.23"))


def test_race_27_a_settlement_that_is_refused_holds_no_parcel_and_is_sent_again_under_its_number(
    paid_order, lychee, simulator, picker
):
    order = box(paid_order({lychee: Grams(750)}), {lychee: 702}, by=picker)
    simulator.fault("refund", "poor")
    sweep_refunds()
    refund = Refund.objects.get()
    assert (refund.state, PaymentLog.objects.filter(alarm=True).exists()) == ("refused", True)
    ship(order.pk, carrier="us", tracking_number="", by="staff")
    number = retry_refund(refund, by=None).out_request_no
    sweep_refunds()
    assert (number, Refund.objects.get().state) == (refund.out_request_no, "done")


def test_race_26_a_whole_refund_beside_the_settlement_never_exceeds_what_came_in(paid_order, lychee, picker):
    order = box(paid_order({lychee: Grams(750)}), {lychee: 702}, by=picker)
    refund_lines(order=order, by=None, key="wholeone", lines=None)
    assert sum(refund.amount for refund in Refund.objects.all()) == order.total
    assert set(refundable_of(order).pieces.values()) == {0}


def test_race_30_the_order_s_own_price_counts(bought, lychee, picker):
    order = bought({lychee: Grams(750)})
    Product.objects.filter(pk=lychee.pk).update(yuan=Decimal("99.00"))
    assert box(order, {lychee: 702}, by=picker).back == Decimal("1.23")


def test_far_too_heavy_is_asked_about(bought, lychee, picker):
    order = bought({lychee: Grams(500)})
    line = line_of(order, lychee).pk
    with pytest.raises(NotGivable, match="far heavier"):
        pick(order_id=order.pk, line_id=line, key="heavy-1", by=picker, quantity=576)
    assert pick(order_id=order.pk, line_id=line, key="heavy-2", by=picker, quantity=576, heavy=True)
    assert pick(order_id=order.pk, line_id=line, key="heavy-3", by=picker, quantity=575)


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("2100042007505", Scanned("42", 750)),
        ("2100042007508", Scanned("2100042007508")),
        (" 17 ", Scanned("17")),
        ("6901234567892", Scanned("6901234567892")),
    ],
)
def test_a_label_of_the_scale_brings_its_weight(code, found):
    assert scanned(code) == found


# -- the pages --


def test_a_picker_packs_an_order_on_the_phone(phone, bought, apple, lychee, picker):
    order = bought({apple: 2, lychee: Grams(750)}, note="ring twice")
    page = phone.get(reverse("dailyfresh_fulfilment:waves")).content.decode()
    assert order.number in page
    here = reverse("dailyfresh_fulfilment:box", args=[order.number])
    assert "ring twice" in phone.get(here).content.decode()
    url = reverse("dailyfresh_fulfilment:pick", args=[order.number])
    for product, quantity in ((apple, 2), (lychee, 702)):
        posted = {"key": f"key-00000{product.pk}", "line": line_of(order, product).pk, "quantity": quantity}
        answer = phone.post(url, posted)
        assert answer.url == f"{here}#line-{line_of(order, product).pk}"
    answer = phone.post(reverse("dailyfresh_fulfilment:finish", args=[order.number]), follow=True)
    text = answer.content.decode()
    for part in ("-¥1.23", "702", "To collect"):
        assert part in text
    assert order.number not in phone.get(reverse("dailyfresh_fulfilment:waves")).content.decode().split("Packed")[0]


def test_what_a_phone_keeps_says_no_name_address_phone_or_note(phone, bought, apple, picker):
    order = bought({apple: 2}, note="ring twice")
    Order.objects.filter(pk=order.pk).update(wish="call")
    line = line_of(order, apple)
    pick(order_id=order.pk, line_id=line.pk, key="gone01", by=picker, quantity=1, gone=True)
    for url in (reverse("dailyfresh_fulfilment:waves"), reverse("dailyfresh_fulfilment:box", args=[order.number])):
        kept, page = (phone.get(url, data).content.decode() for data in ({"kept": ""}, {}))
        assert order.number in kept
        assert order.receiver in page
        assert [each for each in (order.receiver, order.street, order.phone, "ring twice") if each in kept] == []
    script = Client().get(reverse("dailyfresh_fulfilment:worker"))
    assert (script.status_code, script["Content-Type"]) == (200, "text/javascript")


def test_a_wave_says_what_to_fetch_for_all_of_its_orders(phone, bought, apple, pear, lychee):
    bought({apple: 2, lychee: Grams(750)})
    bought({apple: 3, lychee: Grams(500), pear: 1})
    page = " ".join(phone.get(reverse("dailyfresh_fulfilment:waves")).content.decode().replace("\u202f", " ").split())
    fetched = page.partition("What to fetch")[2].partition("</details>")[0]
    assert re.findall(r"<strong>(.*?)</strong>", fetched) == ["5", "1.25 kg", "1"]


def test_goods_that_were_ordered_in_another_language_are_named_as_the_picker_reads_them(phone, bought, apple):
    number = bought({apple: 2}).number
    OrderLine.objects.update(name="苹果")
    bought({apple: 3})
    waves = phone.get(reverse("dailyfresh_fulfilment:waves")).content.decode()
    fetched = waves.partition("What to fetch")[2].partition("</details>")[0]
    assert (fetched.count("<li"), fetched.count(apple.title), "苹果" in fetched) == (1, 1, False)
    box = phone.get(reverse("dailyfresh_fulfilment:box", args=[number])).content.decode()
    assert f"<b>{apple.title}</b>" in box
    assert "苹果" in box  # as the buyer knows it
    Product.objects.all().delete()
    assert "<b>苹果</b>" in phone.get(reverse("dailyfresh_fulfilment:box", args=[number])).content.decode()


def test_what_lies_in_a_closed_box_and_what_a_day_lacked_is_named_as_staff_read_it(
    phone, bought, apple, pear, picker, admin_client
):
    order = bought({apple: 3})
    OrderLine.objects.update(name="苹果")
    Order.objects.update(wish="choose")
    box(order, {apple: 1}, by=picker, instead=[(apple, pear, 1)])
    page = phone.get(reverse("dailyfresh_fulfilment:box", args=[order.number])).content.decode()
    assert f"{apple.title}<small" in page
    assert "苹果" in page  # as the buyer knows it
    assert f"in place of {apple.title}" in page
    day = admin_client.get(reverse("admin:dailyfresh_fulfilment_day")).content.decode()
    assert (f"<li>{apple.title} <b>2</b>" in day, "苹果" in day) == (True, False)


def test_a_script_is_answered_with_the_line(phone, bought, apple):
    order = bought({apple: 2})
    posted = {"key": "key-000001", "line": line_of(order, apple).pk, "quantity": 2}
    url = reverse("dailyfresh_fulfilment:pick", args=[order.number])
    answer = phone.post(url, posted, headers=SCRIPT).json()
    assert (answer["ok"], answer["data"]["left"]) == (True, 0)
    assert "✓ 2" in answer["data"]["html"]
    wrong = phone.post(url, posted | {"key": "key-000002", "quantity": 3}, headers=SCRIPT)
    assert (wrong.status_code, wrong.json()["code"]) == (409, "refused")


@pytest.mark.parametrize("more", [{"quantity": 0, "gone": 1}, {"quantity": 1}, {"quantity": 1, "sku_id": "pear"}])
def test_a_pick_of_what_was_paid_back_since_the_page_was_loaded_is_refused_and_not_sent_for_ever(
    phone, paid_order, apple, pear, more
):
    order = paid_order({apple: 2, pear: 1})
    url = reverse("dailyfresh_fulfilment:pick", args=[order.number])
    posted = {"key": "abcdef000001", "line": line_of(order, apple).pk} | more
    if "sku_id" in more:
        posted["sku_id"] = pear.pk
    sent = posted | {"quantity": 2, "key": "abcdef000002", "sku_id": ""}
    assert phone.post(url, sent, headers=SCRIPT).status_code == 200
    OrderLine.objects.filter(pk=posted["line"]).update(refunded=2)
    for each in (posted, sent):
        answer = phone.post(url, each, headers=SCRIPT)
        assert (answer.status_code, answer.json()["message"]) == (409, "Nothing of it is to be packed any more.")
    assert Pick.objects.count() == 1


def test_a_scanned_label_fills_the_form_without_a_script(phone, bought, lychee):
    order = bought({lychee: Grams(750)})
    here = reverse("dailyfresh_fulfilment:box", args=[order.number])
    assert 'value="702" autofocus' in phone.get(here, {"scan": label_of(lychee, 702)}).content.decode()
    assert "goes by “nothing”" in phone.get(here, {"scan": "nothing"}).content.decode()


def test_a_scanned_label_says_how_much_is_given_in_place(phone, bought, apple, lychee, mango):
    order = bought({apple: 2})
    Order.objects.update(wish="choose")
    url = reverse("dailyfresh_fulfilment:pick", args=[order.number])
    given = {"line": line_of(order, apple).pk, "quantity": 1}
    for product, grams in ((lychee, 412), (mango, 505)):
        phone.post(url, given | {"key": f"label{product.pk:03d}", "sku_id": label_of(product, grams)})
    assert list(Pick.objects.values_list("sku_id", "quantity", "grams")) == [
        (str(lychee.pk), 412, None),
        (str(mango.pk), 1, 505),
    ]


def test_only_pickers_get_in(shop, bought, apple, phone):
    order = bought({apple: 1})
    for name, args in (("waves", []), ("box", [order.number])):
        assert shop.get(reverse(f"dailyfresh_fulfilment:{name}", args=args)).status_code == 403
    assert shop.post(reverse("dailyfresh_fulfilment:finish", args=[order.number])).status_code == 403
    assert phone.get(reverse("dailyfresh_fulfilment:box", args=["20261130"])).status_code == 404


def test_another_order_s_line_is_not_there(phone, bought, apple, pear):
    mine, other = bought({apple: 1}), bought({pear: 1})
    posted = {"key": "key-000001", "line": line_of(other, pear).pk, "quantity": 1}
    assert phone.post(reverse("dailyfresh_fulfilment:pick", args=[mine.number]), posted).status_code == 404


def test_the_buyer_is_told_what_was_given(bought, lychee, picker):
    box(bought({lychee: Grams(750)}), {lychee: 702}, by=picker)
    subject, text = words_of(Message.objects.get(event="packed"))
    assert "costs less" in subject
    for part in ("750", "702", "¥1.23", "to the courier"):
        assert part in text


def test_what_was_said_of_an_order_before_it_was_packed_goes_on_being_said(paid_order, lychee, picker):
    order = paid_order({lychee: Grams(750)})
    agreed = f"¥{order.total}"
    box(order, {lychee: 702}, by=picker)
    said = {event: words_of(Message.objects.get(event=event))[1] for event in ("placed", "paid", "packed")}
    assert [agreed in text for text in said.values()] == [True, True, False]
    assert agreed in words_of(Message.objects.get(event="new_order"))[0]
    assert "¥1.23" in said["packed"]
    Message.objects.update(note="")  # as they were written before they kept it
    assert agreed in words_of(Message.objects.get(event="paid"))[1]


def test_why_money_goes_back_is_written_for_the_buyer_whoever_packed(paid_order, lychee, picker):
    order = paid_order({lychee: Grams(750)})
    Order.objects.filter(pk=order.pk).update(language="zh-hans")
    with translation.override("en"):
        box(order, {lychee: 702}, by=picker)
    assert Refund.objects.get().reason == "实发少于约定"


def test_a_piece_that_was_weighed_is_no_other_number_of_pieces(shop, admin_client, bought, mango, picker):
    order = bought({mango: 2})
    box(order, {mango: (2, 340)}, by=picker)
    page = shop.get(order.get_absolute_url()).content.decode()
    assert "you get × 2" in page
    assert '<del class="df-mut">' not in page
    assert '<del class="df-xs df-mut">' in page  # it costs less, for what it weighs
    note = {"action": "print_delivery_notes", "_selected_action": order.pk}
    assert "<del>" not in admin_client.post(reverse("admin:dailyfresh_orders_order_changelist"), note).content.decode()
    assert (
        "<del>"
        not in admin_client.get(reverse("admin:dailyfresh_orders_order_change", args=[order.pk])).content.decode()
    )


# -- batches --


def test_c76_and_c77_what_ends_first_is_given_first_and_what_ends_too_soon_is_not():
    first = datetime(2026, 11, 30, 8)
    shelf = [
        Batch(pk=pk, code=f"b{pk}", best_before=best, left=left, received_at=first)
        for pk, left, best in (
            (1, 5, date(2026, 12, 3)),
            (2, 9, date(2026, 12, 1)),
            (3, 9, None),
            (4, 4, date(2026, 11, 30)),
        )
    ]
    for wanted, found, short in ((12, [("b2", 9), ("b1", 3)], 0), (24, [("b2", 9), ("b1", 5), ("b3", 9)], 1)):
        taken, missing = first_out(shelf, wanted, day=date(2026, 12, 1))
        assert ([(each.code, n) for each, n in taken], missing) == (found, short)
    assert [(each.code, n) for each, n in first_out(shelf, 3, day=date(2026, 12, 1), days=2)[0]] == [("b1", 3)]


@pytest.fixture
def shelf(apple):
    """Ten apples in two batches of six and four; the smaller one ends first."""
    Product.objects.filter(pk=apple.pk).update(pieces=0)
    for code, n, days in (("late", 6, 9), ("soon", 4, 2)):
        receive_batch(sku_id=str(apple.pk), code=code, quantity=n, best_before=today() + timedelta(days=days))
    assert left(apple) == 10
    return lambda: dict(Batch.objects.values_list("code", "left"))


def test_stock_by_batch_is_the_stock_whatever_becomes_of_the_orders(bought, apple, pear, picker, shelf):
    first, second, third = bought({apple: 3}), bought({apple: 3}), bought({apple: 2})
    assert out_of_step() == []
    box(first, {apple: 3}, by=picker)
    assert shelf() == {"late": 6, "soon": 1}
    box(second, {apple: 2}, by=picker)  # the third one is gone
    assert shelf() == {"late": 4, "soon": 0}
    withdraw(third.pk, by="staff")
    assert (left(apple), out_of_step()) == (4, [])
    scrap_batch(batch_id=Batch.objects.get(code="late").pk)
    assert (left(apple), shelf(), out_of_step()) == (0, {"late": 0, "soon": 0}, [])


def test_a_batch_that_is_given_in_place_of_something_counts_too(bought, apple, pear, picker, shelf):
    order = bought({pear: 2})
    Order.objects.update(wish="choose")
    box(order, {pear: 0}, by=picker, instead=[(pear, apple, 2)])
    assert (shelf(), out_of_step()) == ({"late": 6, "soon": 2}, [])


def test_the_picker_is_told_which_batch(phone, bought, apple, shelf):
    order = bought({apple: 5})
    page = " ".join(phone.get(reverse("dailyfresh_fulfilment:box", args=[order.number])).content.decode().split())
    assert re.search(r"<b>soon</b>.* × 4 · .*<b>late</b>.* × 1<", page)


def test_staff_take_batches_in_and_throw_them_away(staff, apple):
    add = reverse("admin:dailyfresh_fulfilment_batch_add")
    posted = {"sku_id": apple.pk, "code": "a1", "best_before": "2026-12-03", "received": 7}
    assert staff.post(add, posted).status_code == 302
    assert left(apple) == 17
    assert "already exists" in staff.post(add, posted).content.decode()
    assert "Nothing that is sold" in staff.post(add, posted | {"sku_id": "nothing"}).content.decode()
    listed = reverse("admin:dailyfresh_fulfilment_batch_changelist")
    assert "Apple" in staff.get(listed).content.decode()
    staff.post(listed, {"action": "scrap", "_selected_action": [Batch.objects.get().pk]})
    assert (left(apple), Batch.objects.get().left) == (10, 0)
    change = reverse("admin:dailyfresh_fulfilment_batch_change", args=[Batch.objects.get().pk])
    assert staff.post(change, {"best_before": "2026-12-04"}).status_code == 302
    assert Batch.objects.get().best_before == date(2026, 12, 4)


# -- returns of what came bad --


@pytest.fixture
def arrived(paid_order, apple, pear):
    order = paid_order({apple: 4, pear: 2})
    ship(order.pk, carrier="us", tracking_number="", by="staff")
    receive(order.pk, by="buyer")
    order.refresh_from_db()
    return order


@pytest.fixture
def bad(shop, arrived, apple, settings):
    """Sends the buyer's form about so many apples; gives the refund."""
    settings.DAILYFRESH_ORDERS = settings.DAILYFRESH_ORDERS | {"RETURN_AT_ONCE": "12.00", "RETURNS_A_MONTH": 2}

    def send(n=1, *, order=arrived, picture=True, key="abcdef000001", **more):
        posted = {"key": key, "why": "quality", "words": "brown inside", f"line_{line_of(order, apple).pk}": n} | more
        if picture:
            content = BytesIO()
            Image.new("RGB", (60, 40), "brown").save(content, "PNG")
            posted["pictures"] = SimpleUploadedFile("apple.png", content.getvalue(), "image/png")
        answer = shop.post(reverse("dailyfresh_orders:refund_request", args=[order.number]), posted)
        assert answer.status_code == 302, answer.content.decode()
        return Refund.objects.get(out_request_no__endswith=key)

    return send


def test_what_came_bad_is_paid_back_at_once_with_a_picture_and_up_to_the_limit(bad):
    assert (bad().state, bad().amount, Refund.objects.count()) == ("ready", Decimal("5.50"), 1)
    picture = RefundPicture.objects.get()
    assert (picture.state, draw_pictures().done) == ("waiting", 1)
    sweep_refunds()
    assert Refund.objects.get().state == "done"


def test_what_was_paid_to_the_courier_waits_for_staff_who_hand_it_back(bad, make_order, apple, shop):
    order = make_order({apple: 2})
    ship(order.pk, carrier="us", tracking_number="", by="staff")
    receive(order.pk, by="buyer")
    refund = bad(order=order)
    assert (refund.state, refund.payment.gateway) == ("asked", "cod")
    approve_refund(refund, by=None)
    page = shop.get(order.get_absolute_url()).content.decode()
    assert ("hands the money back" in page, "the way it came" in page) == (True, False)
    sweep_refunds()
    told = Message.objects.get(event="refunded")
    assert words_of(told)[1] == "The shop hands the money back to you."


def test_what_has_no_picture_or_is_dear_waits_for_staff(bad):
    assert bad(picture=False, key="abcdef000001").state == "asked"
    Refund.objects.update(state="declined")
    assert bad(3, key="abcdef000002").state == "asked"


def test_a_buyer_may_ask_for_a_part_of_what_it_cost_and_for_no_more(bad, shop, arrived, apple):
    assert bad(1, amount="2.00").amount == 2 * YUAN
    posted = {"key": "abcdef000009", "why": "quality", f"line_{line_of(arrived, apple).pk}": 1, "amount": "6.00"}
    answer = shop.post(reverse("dailyfresh_orders:refund_request", args=[arrived.number]), posted)
    assert "more than it cost" in answer.content.decode()


def test_a_machine_that_asks_for_money_and_takes_it_back_is_asked_to_wait(shop, arrived, settings):
    settings.DAILYFRESH = {"ALLOWANCES": {"refund": (1, 60)}}
    url = reverse("dailyfresh_orders:refund_request", args=[arrived.number])
    assert [shop.post(url, {}).status_code for _time in range(2)] == [400, 429]
    assert shop.get(url).status_code == 200


def test_so_often_and_no_oftener_in_a_month(bad):
    states = []
    for n in range(3):
        states.append(bad(1, key=f"abcdef00000{n}").state)
    assert states == ["ready", "ready", "asked"]


def test_pictures_of_a_request_that_was_taken_back_go_drawn_or_not(bad, shop, arrived):
    def taken_back(n):
        refund = bad(3, key=f"abcdef00000{n}")
        if n == 1:
            draw_pictures()
        assert len(stored()) == 1
        url = reverse("dailyfresh_orders:refund_withdraw", args=[arrived.number, refund.pk])
        assert shop.post(url).status_code == 302
        draw_pictures()
        return stored(), RefundPicture.objects.count()

    def stored():
        return [name for _folder, _folders, names in walk(default_storage.path("")) for name in names]

    assert [taken_back(n) for n in (1, 2)] == [([], 0), ([], 0)]


def test_a_buyer_reads_that_a_picture_of_a_refund_cannot_be_drawn(bad, shop, arrived):
    bad(3)
    RefundPicture.objects.update(sent=default_storage.save("reviews/waiting/x.bin", ContentFile(b"GIF89a")))
    draw_pictures()
    assert "could not be drawn" in shop.get(arrived.get_absolute_url()).content.decode()


def test_a_buyer_sees_what_was_shown_of_bad_goods_once_it_is_drawn(bad, shop, arrived):
    bad(3)
    assert "is being prepared" in shop.get(arrived.get_absolute_url()).content.decode()
    draw_pictures()
    shown = RefundPicture.objects.get().image.url
    assert f'<img src="{shown}"' in shop.get(arrived.get_absolute_url()).content.decode()


def test_a_machine_that_takes_its_requests_back_is_asked_to_wait_as_well(bad, shop, arrived, settings):
    settings.DAILYFRESH = {"ALLOWANCES": {"refund": (3, 60)}}
    cache.clear()
    answers = []
    for n in range(2):
        url = reverse("dailyfresh_orders:refund_withdraw", args=[arrived.number, bad(3, key=f"abcdef00000{n}").pk])
        answers.append(shop.post(url).status_code)
    assert answers == [302, 429]


def test_staff_see_what_the_buyer_shows(bad, staff):
    refund = bad(3)
    draw_pictures()
    page = staff.get(reverse("admin:dailyfresh_orders_refund_change", args=[refund.pk])).content.decode()
    assert RefundPicture.objects.get().image.url in page


def test_the_day_s_boxes_stand_on_one_page(staff, bought, apple, pear, lychee, picker, shelf):
    box(bought({apple: 3, lychee: Grams(750)}), {apple: 2, lychee: 702}, by=picker)
    order = bought({pear: 2})
    Order.objects.filter(pk=order.pk).update(wish="choose")
    box(order, {pear: 1}, by=picker, instead=[(pear, apple, 1)])
    url = reverse("admin:dailyfresh_fulfilment_day")
    page = " ".join(staff.get(url).content.decode().split())
    for part in ("<b>2</b>", "3 lines", "<b>3</b>", "in place of something: 1", "-¥21.23", "Apple <b>1</b>", "soon"):
        assert part in page, part
    assert "should have" not in page
    assert "Nothing was short" in staff.get(url, {"day": "2026-01-01"}).content.decode()
    assert staff.get(url, {"day": "never"}).status_code == 200
    receive_batch(sku_id=str(lychee.pk), code="heavy", quantity=1500, best_before=today())
    for listed in (url, reverse("admin:dailyfresh_fulfilment_batch_changelist")):
        assert "1.5 kg" in " ".join(staff.get(listed).content.decode().split())
