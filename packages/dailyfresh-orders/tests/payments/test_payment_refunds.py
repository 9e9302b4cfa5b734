"""Money back: asked for, decided, given; never more than was paid, never twice."""

from datetime import timedelta
from decimal import Decimal

import pytest
from dailyfresh_orders.exceptions import IllegalTransition, RefundImpossible
from dailyfresh_orders.models import Order, OrderLine, Payment, PaymentLog, Refund
from dailyfresh_orders.services import (
    approve_refund,
    decline_refund,
    receive,
    refund_askable,
    refund_lines,
    refundable_of,
    request_refund,
    retry_refund,
    return_disputed,
    ship,
    sweep_refunds,
    withdraw_refund,
)
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

KEY = "abcdef12345{}"


def give(order, n=0, **what):
    return refund_lines(order=order, by=None, key=KEY.format(n), reason="not fresh", **what)


def carry_out():
    Refund.objects.update(sent_at=None)
    return sweep_refunds()


def line_of(order, product):
    return order.lines.get(sku_id=str(product.pk))


@pytest.fixture
def shipped(paid):
    ship(paid.pk, carrier="SF", tracking_number="1", by="staff")
    paid.refresh_from_db()
    return paid


@pytest.fixture
def staff(db):
    user = get_user_model().objects.create_superuser("boss", password="x")
    client = Client()
    client.force_login(user)
    return client


def test_a_whole_refund_before_shipping_gives_everything_back_and_closes_the_order(paid, simulator, apple):
    refund = give(paid, goods="restock")
    assert (refund.amount, refund.state) == (Decimal("61.00"), "ready")
    carry_out()
    paid.refresh_from_db()
    payment = paid.payments.get()
    assert (paid.state, payment.state, payment.refunded) == ("closed", "refunded", Decimal("61.00"))
    assert simulator.book.must(payment.out_trade_no).refunded == 6100
    apple.refresh_from_db()
    assert (apple.pieces, apple.sold) == (10, 0)
    assert set(OrderLine.objects.values_list("refunded", "restocked")) == {(2, 2)}


def test_pieces_are_refunded_at_the_price_that_was_paid_and_scrapped_by_choice(shipped, simulator, apple, pear):
    type(apple).objects.update(yuan=Decimal("99.00"))
    refund = give(shipped, lines={line_of(shipped, apple).pk: 1}, goods="scrap")
    assert refund.amount == Decimal("5.50")
    carry_out()
    shipped.refresh_from_db()
    assert (shipped.state, shipped.payments.get().state) == ("shipped", "part_refunded")
    line = line_of(shipped, apple)
    assert (line.refunded, line.restocked) == (1, 0)
    apple.refresh_from_db()
    assert apple.pieces == 8


def test_the_same_key_is_the_same_refund(paid):
    assert give(paid).pk == give(paid).pk
    assert Refund.objects.count() == 1


def test_the_same_refund_sent_by_two_workers_is_paid_once(paid, simulator):
    refund = give(paid)
    from dailyfresh_orders.services import send_refund

    assert send_refund(refund.pk) == "done"
    assert send_refund(refund.pk) is None
    assert simulator.api.calls.count("alipay.trade.refund") == 1


@pytest.mark.parametrize("amount", ["61.01", "0", "-1", "1.001", "NaN", "1e9"])
def test_impossible_amounts_are_refused_before_anything_is_sent(paid, simulator, amount):
    with pytest.raises(RefundImpossible):
        give(paid, amount=Decimal(amount))
    assert not Refund.objects.exists()
    assert "alipay.trade.refund" not in simulator.api.calls


def test_partial_refunds_never_exceed_what_was_paid(paid):
    give(paid, 1, lines={}, amount=Decimal("40.00"))
    with pytest.raises(RefundImpossible, match="21.00"):
        give(paid, 2, lines={}, amount=Decimal("21.01"))
    give(paid, 3, lines={}, amount=Decimal("21.00"))
    with pytest.raises(RefundImpossible):
        give(paid, 4, lines={}, amount=Decimal("0.01"))
    with pytest.raises(RefundImpossible):
        give(paid, 5)


def test_no_piece_is_refunded_twice_and_none_of_another_order(paid, make_order, apple, pear):
    mine, other = line_of(paid, apple), line_of(make_order({apple: 1}), apple)
    give(paid, 1, lines={mine.pk: 2})
    for lines in ({mine.pk: 1}, {other.pk: 1}, {line_of(paid, pear).pk: 3}, {line_of(paid, pear).pk: 0}, {999999: 1}):
        with pytest.raises(RefundImpossible):
            give(paid, 2, lines=lines)


@pytest.mark.parametrize("key", ["", "short", "x" * 30, "a-b_c d'e"])
def test_a_damaged_key_is_refused(paid, key):
    with pytest.raises(RefundImpossible):
        refund_lines(order=paid, by=None, key=key)


def test_an_unpaid_order_and_one_beyond_its_refund_window_are_refused(order, paid_at_gateway):
    with pytest.raises(RefundImpossible):
        give(order)


def test_after_the_refund_window_nothing_is_sent(paid, simulator):
    Payment.objects.update(refundable=False)
    with pytest.raises(RefundImpossible, match="online is over"):
        give(paid)
    assert not refund_askable(paid)


def test_money_that_went_back_at_alipays_console_counts(paid):
    Payment.objects.update(refunded_there=Decimal("50.00"))
    assert refundable_of(paid).money == Decimal("11.00")
    with pytest.raises(RefundImpossible):
        give(paid, lines={}, amount=Decimal("11.01"))


def test_a_refused_refund_is_visible_and_can_be_sent_again_under_its_number(paid, simulator):
    simulator.fault("refund", "poor")
    refund = give(paid)
    carry_out()
    refund.refresh_from_db()
    assert (refund.state, refund.code) == ("refused", "ACQ.SELLER_BALANCE_NOT_ENOUGH")
    assert PaymentLog.objects.filter(alarm=True).exists()
    paid.refresh_from_db()
    assert paid.state == "to_ship"
    retry_refund(refund, by=None)
    carry_out()
    refund.refresh_from_db()
    assert refund.state == "done"
    assert simulator.book.must(f"{paid.number}_1").refunded == 6100
    assert retry_refund(refund, by=None).state == "done"


def test_two_refunds_of_one_trade_keep_their_distance(paid, simulator):
    give(paid, 1, lines={}, amount=Decimal("1.00"))
    give(paid, 2, lines={}, amount=Decimal("2.00"))
    sweep_refunds()
    assert sorted(Refund.objects.values_list("state", flat=True)) == ["done", "ready"]
    Refund.objects.filter(state="done").update(sent_at=timezone.now() - timedelta(seconds=4))
    sweep_refunds()
    assert set(Refund.objects.values_list("state", flat=True)) == {"done"}


def test_a_buyer_asks_for_the_whole_order_before_it_is_shipped_and_staff_approve(shop, staff, paid, buyer, simulator):
    url = reverse("dailyfresh_orders:refund_request", args=[paid.number])
    page = shop.get(url)
    assert page.context["form"].whole
    data = {"key": page.context["form"]["key"].value(), "why": "changed", "words": "sorry"}
    assert shop.post(url, data).url == paid.get_absolute_url()
    refund = Refund.objects.get()
    assert (refund.state, refund.amount, refund.asked_by, refund.reason) == (
        "asked",
        Decimal("61.00"),
        buyer,
        "I changed my mind: sorry",
    )
    assert "Asked for, to be approved" in shop.get(paid.get_absolute_url()).content.decode()
    with pytest.raises(IllegalTransition):
        ship(paid.pk, carrier="SF", tracking_number="1", by="staff")
    decide = reverse("admin:dailyfresh_orders_refund_decide", args=[refund.pk])
    staff.post(decide, {"goods": "restock", "approve": "1", "answer": "fine"})
    carry_out()
    refund.refresh_from_db()
    paid.refresh_from_db()
    assert (refund.state, paid.state) == ("done", "closed")
    detail = shop.get(paid.get_absolute_url()).content.decode()
    assert "Refunded" in detail
    assert "fine" in detail


def test_a_buyer_asks_for_pieces_after_shipping(shop, shipped, apple):
    url = reverse("dailyfresh_orders:refund_request", args=[shipped.number])
    page = shop.get(url)
    line = line_of(shipped, apple)
    data = {"key": page.context["form"]["key"].value(), "why": "quality", f"line_{line.pk}": "1"}
    assert shop.post(url, data).status_code == 302
    refund = Refund.objects.get()
    assert (refund.amount, [(part.order_line_id, part.quantity) for part in refund.lines.all()]) == (
        Decimal("5.50"),
        [(line.pk, 1)],
    )
    assert shop.post(url, data).status_code == 302  # pressed twice
    assert Refund.objects.count() == 1


def test_where_only_one_thing_was_bought_it_is_what_is_meant(shop, shipped, apple):
    url = reverse("dailyfresh_orders:refund_request", args=[shipped.number])
    fields = [field.value() for _line, field in shop.get(url).context["form"].by_line]
    shipped.lines.exclude(pk=line_of(shipped, apple).pk).delete()
    alone = [field.value() for _line, field in shop.get(url).context["form"].by_line]
    assert (set(fields), alone) == ({0}, [line_of(shipped, apple).quantity])


@pytest.mark.parametrize(
    "data",
    [{}, {"why": "quality"}, {"why": "nope"}, {"line": "3"}, {"line": "-1"}, {"line": "x"}, {"key": "abcdef\x00BCDEF"}],
)
def test_a_wrong_request_says_what_is_wrong(shop, shipped, apple, data):
    url = reverse("dailyfresh_orders:refund_request", args=[shipped.number])
    line = line_of(shipped, apple)
    sent = {"key": "abcdefABCDEF", "why": "quality", **data}
    if "line" in sent:
        sent[f"line_{line.pk}"] = sent.pop("line")
    answer = shop.post(url, sent, headers={"X-Requested-With": "XMLHttpRequest"})
    assert answer.status_code == 400
    assert answer.json()["message"]
    assert shop.post(url, sent).status_code == 400
    assert not Refund.objects.exists()


def test_only_the_buyer_asks_and_takes_back(paid, stranger, shop):
    other = Client()
    other.force_login(stranger)
    url = reverse("dailyfresh_orders:refund_request", args=[paid.number])
    assert other.get(url).status_code == 404
    assert other.post(url, {"key": "abcdefABCDEF", "why": "other"}).status_code == 404
    refund = request_refund(order=paid, by=paid.user, key="abcdefABCDEF")
    back = reverse("dailyfresh_orders:refund_withdraw", args=[paid.number, refund.pk])
    assert other.post(back).status_code == 404
    assert shop.get(back).status_code == 405
    assert shop.post(back).status_code == 302
    refund.refresh_from_db()
    assert refund.state == "withdrawn"
    with pytest.raises(RefundImpossible):
        withdraw_refund(refund)
    with pytest.raises(RefundImpossible):
        approve_refund(refund, by=None)


def test_one_request_at_a_time_and_only_in_time(paid):
    request_refund(order=paid, by=paid.user, key="abcdefABCDEF")
    with pytest.raises(RefundImpossible, match="already"):
        request_refund(order=paid, by=paid.user, key="ABCDEFabcdef")
    Refund.objects.update(state="declined")
    ship(paid.pk, carrier="SF", tracking_number="1", by="staff")
    receive(paid.pk, by="buyer")
    Order.objects.update(received_at=timezone.now() - timedelta(days=16))
    paid.refresh_from_db()
    assert not refund_askable(paid)
    with pytest.raises(RefundImpossible, match="is over"):
        request_refund(order=paid, by=paid.user, key="ABCDEFabcdef", lines={paid.lines.first().pk: 1})


def test_sending_again_looks_again_at_what_is_left(shipped, apple, simulator):
    line = line_of(shipped, apple)
    simulator.fault("refund", "poor")
    refused = give(shipped, lines={line.pk: 2})
    carry_out()
    give(shipped, n=1, lines={line.pk: 2})
    carry_out()
    with pytest.raises(RefundImpossible):
        retry_refund(refused, by=None)
    refused.refresh_from_db()
    assert refused.state == "refused"


def test_what_left_the_house_since_does_not_go_back_into_stock(paid, simulator, apple):
    simulator.fault("refund", "poor")
    refused = give(paid, goods="restock")
    carry_out()
    ship(paid.pk, carrier="SF", tracking_number="1", by="staff")
    apple.refresh_from_db()
    before = apple.pieces
    assert retry_refund(refused, by=None).goods == "none"
    carry_out()
    apple.refresh_from_db()
    assert (apple.pieces, Refund.objects.get().state) == (before, "done")


def test_an_order_whose_money_went_back_is_not_shipped(paid):
    Payment.objects.update(state=Payment.State.REFUNDED)
    with pytest.raises(IllegalTransition):
        ship(paid.pk, carrier="SF", tracking_number="1", by="staff")


def test_approving_looks_again_at_what_is_left(shipped, apple):
    line = line_of(shipped, apple)
    asked = request_refund(order=shipped, by=shipped.user, key="abcdefABCDEF", lines={line.pk: 2})
    give(shipped, lines={line.pk: 1})
    with pytest.raises(RefundImpossible):
        approve_refund(asked, by=None)
    asked.refresh_from_db()
    assert asked.state == "asked"
    declined = decline_refund(asked, by=None, answer="one was refunded already")
    assert declined.state == "declined"


def test_approving_twice_is_approving_once(paid):
    asked = request_refund(order=paid, by=paid.user, key="abcdefABCDEF")
    assert approve_refund(asked, by=None).state == "ready"
    assert approve_refund(asked, by=None).state == "ready"
    carry_out()
    assert approve_refund(asked, by=None).state == "done"
    assert Payment.objects.get().refunded == Decimal("61.00")


def test_cash_that_was_paid_to_the_courier_goes_back_by_hand(make_order, apple, pay_settings):
    order = make_order({apple: 2}, payment_method="cod")
    with pytest.raises(RefundImpossible):
        give(order)
    ship(order.pk, carrier="SF", tracking_number="1", by="staff")
    receive(order.pk, by="buyer")
    order.refresh_from_db()
    assert refundable_of(order).money == order.total
    give(order, lines={line_of(order, apple).pk: 1})
    carry_out()
    payment = Payment.objects.get()
    assert (payment.gateway, payment.state, payment.refunded, payment.received) == (
        "cod",
        "part_refunded",
        Decimal("5.50"),
        order.total,
    )


def test_disputed_money_is_returned_by_staff_once(order, signed_notify, notify, simulator, pay_page, staff):
    simulator.fault("notify", "drop")
    simulator.pay(pay_page(order))
    simulator.fault("trade", "amount")
    from dailyfresh_orders.services import ask

    ask(order.payments.get())
    payment = order.payments.get()
    assert (payment.state, payment.received) == ("disputed", Decimal("62.00"))
    Payment.objects.update(received=Decimal("61.00"))
    staff.post(reverse("admin:dailyfresh_orders_payment_return", args=[payment.pk]))
    staff.post(reverse("admin:dailyfresh_orders_payment_return", args=[payment.pk]))
    carry_out()
    assert Refund.objects.get().state == "done"
    payment.refresh_from_db()
    assert payment.state == "refunded"
    with pytest.raises(RefundImpossible):
        return_disputed(payment=payment, by=None)


def test_staff_refund_from_the_admin_with_a_reason(staff, shipped, apple, simulator):
    url = reverse("admin:dailyfresh_orders_refund_order", args=[shipped.pk])
    page = staff.get(url)
    assert page.status_code == 200
    line = line_of(shipped, apple)
    data = {
        "key": page.context["form"]["key"].value(),
        "what": "lines",
        f"line_{line.pk}": "2",
        "goods": "scrap",
        "reason": "",
    }
    assert staff.post(url, data).status_code == 200  # the reason is missing
    assert not Refund.objects.exists()
    assert staff.post(url, {**data, "reason": "rotten"}).status_code == 302
    assert staff.post(url, {**data, "reason": "rotten"}).status_code == 302  # pressed twice
    refund = Refund.objects.get()
    assert (refund.amount, refund.goods, refund.reason, refund.decided_by.username) == (
        Decimal("11.00"),
        "scrap",
        "rotten",
        "boss",
    )
    assert staff.post(url, {**data, "key": "000000000000", "reason": "more"}).status_code == 200
    assert Refund.objects.count() == 1


def test_the_admin_shows_the_books_and_lets_nobody_write_in_them(staff, paid, simulator):
    give(paid, lines={}, amount=Decimal("1.00"))
    asked = request_refund(order=paid, by=paid.user, key="abcdefABCDEF")
    simulator.fault("refund", "poor")
    carry_out()
    payment = Payment.objects.get()
    for name, pk in (
        ("payment", payment.pk),
        ("refund", asked.pk),
        ("refund", Refund.objects.exclude(pk=asked.pk).get().pk),
    ):
        page = staff.get(reverse(f"admin:dailyfresh_orders_{name}_change", args=[pk]))
        assert page.status_code == 200
        assert "_save" not in page.content.decode()
        assert staff.get(reverse(f"admin:dailyfresh_orders_{name}_changelist")).status_code == 200
        assert (
            staff.post(reverse(f"admin:dailyfresh_orders_{name}_delete", args=[pk]), {"post": "yes"}).status_code == 403
        )
        assert staff.get(reverse(f"admin:dailyfresh_orders_{name}_add")).status_code == 403
    for name in ("notice", "reconciliation"):
        assert staff.get(reverse(f"admin:dailyfresh_orders_{name}_changelist")).status_code == 200
    assert "Refund…" in staff.get(reverse("admin:dailyfresh_orders_order_change", args=[paid.pk])).content.decode()


def test_deciding_takes_post_and_the_permission(paid, db):
    asked = request_refund(order=paid, by=paid.user, key="abcdefABCDEF")
    looker = get_user_model().objects.create_user("looker", password="x", is_staff=True)
    client = Client()
    client.force_login(looker)
    names = [("refund_decide", asked.pk), ("refund_retry", asked.pk), ("refund_order", paid.pk)]
    names += [("payment_ask", asked.payment_id), ("payment_return", asked.payment_id)]
    for name, pk in names:
        url = reverse(f"admin:dailyfresh_orders_{name}", args=[pk])
        assert client.post(url, {"approve": "1", "goods": "none"}).status_code == 403
        if name != "refund_order":
            assert client.get(url).status_code == 405
    asked.refresh_from_db()
    assert asked.state == "asked"


def test_whoever_decides_reaches_the_order_and_the_decision_from_the_top_of_the_page(staff, paid):
    asked = request_refund(order=paid, by=paid.user, key="abcdefABCDEF")
    page = staff.get(reverse("admin:dailyfresh_orders_refund_change", args=[asked.pk])).content.decode()
    order = reverse("admin:dailyfresh_orders_order_change", args=[paid.pk])
    assert page.index(f'href="{order}"') < page.index('href="#decide"') < page.index('id="decide"')


def test_declining_needs_a_word_for_the_buyer(staff, paid):
    asked = request_refund(order=paid, by=paid.user, key="abcdefABCDEF")
    url = reverse("admin:dailyfresh_orders_refund_decide", args=[asked.pk])
    staff.post(url, {"goods": "none", "decline": "1", "answer": ""})
    asked.refresh_from_db()
    assert asked.state == "asked"
    staff.post(url, {"goods": "none", "decline": "1", "answer": "it is eaten"})
    asked.refresh_from_db()
    assert (asked.state, asked.answer) == ("declined", "it is eaten")


def test_the_admins_button_asks_the_gateway(staff, paid_at_gateway):
    payment = Payment.objects.get()
    answer = staff.post(reverse("admin:dailyfresh_orders_payment_ask", args=[payment.pk]), follow=True)
    assert "The gateway says: paid" in answer.content.decode()
    payment.refresh_from_db()
    assert payment.state == "paid"


def test_refunds_are_taken_away_as_a_file_whose_long_numbers_are_text_and_whose_amounts_are_numbers(staff, paid):
    refund = give(paid)
    Refund.objects.update(code="00010000000000000001")
    answer = staff.post(
        reverse("admin:dailyfresh_orders_refund_changelist"), {"action": "export", "_selected_action": [refund.pk]}
    )
    heading, row = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    cells = dict(zip(heading.split(","), row.split(","), strict=True))
    assert cells["amount"] == f"{refund.amount:.2f}"
    assert cells["order"] == f"'{paid.number}"
    assert cells["the gateway's code"] == "'00010000000000000001"
    assert "not fresh" in row
