"""The life of an order: legal steps, their log, and time passing."""

from datetime import timedelta

import pytest
from dailyfresh_orders.checkout.quotes import BUY
from dailyfresh_orders.exceptions import IllegalTransition
from dailyfresh_orders.models import Order, OrderLog
from dailyfresh_orders.services import anonymise, cancel_order, pass_time, transitions
from dailyfresh_orders.signals import order_moved, stock_changed
from django.urls import reverse
from django.utils import timezone
from minisite.shop.models import Product

S = Order.State

STEPS = {
    "mark_paid": (lambda o: transitions.mark_paid(o.pk, paid_at=timezone.now(), by="t"), S.TO_SHIP),
    "send_unpaid": (lambda o: transitions.send_unpaid(o.pk, payment_method="cod", by="t"), S.TO_SHIP),
    "request_cancel": (lambda o: transitions.request_cancel(o.pk, by="t"), S.CANCELLING),
    "finish_cancel": (lambda o: transitions.finish_cancel(o.pk, by="t"), S.CANCELLED),
    "ship": (lambda o: transitions.ship(o.pk, carrier="SF", tracking_number="1", by="t"), S.SHIPPED),
    "receive": (lambda o: transitions.receive(o.pk, by="t"), S.RECEIVED),
    "finish": (lambda o: transitions.finish(o.pk, by="t"), S.DONE),
    "withdraw": (lambda o: transitions.withdraw(o.pk, by="t"), S.CANCELLED),
    "close_refunded": (lambda o: transitions.close_refunded(o.pk, by="t"), S.CLOSED),
}
LEGAL = {
    "mark_paid": {S.AWAITING_PAYMENT, S.CANCELLING},
    "send_unpaid": {S.AWAITING_PAYMENT},
    "request_cancel": {S.AWAITING_PAYMENT},
    "finish_cancel": {S.CANCELLING},
    "ship": {S.TO_SHIP},
    "receive": {S.SHIPPED},
    "finish": {S.RECEIVED},
    "withdraw": {S.TO_SHIP},
    "close_refunded": {S.TO_SHIP, S.SHIPPED, S.RECEIVED, S.DONE},
}


@pytest.fixture
def unpaid(make_order, apple):
    return make_order({apple: 4}, payment_method="voucher", source=BUY)


def pieces(product):
    return Product.objects.get(pk=product.pk).pieces


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("step", STEPS)
def test_each_step_is_taken_from_its_own_states_only(unpaid, step, state):
    Order.objects.update(state=state)
    unpaid.refresh_from_db()
    take, became = STEPS[step]
    try:
        taken = take(unpaid) is not False
    except IllegalTransition:
        taken = False
    unpaid.refresh_from_db()
    assert taken == (state in LEGAL[step])
    assert unpaid.state == (became if taken else state)
    assert [(log.was, log.became, log.by) for log in OrderLog.objects.all()] == (
        [(state, became, "t")] if taken else []
    )


def test_a_step_is_told_after_the_commit_and_names_who_when_and_why(unpaid, buyer, django_capture_on_commit_callbacks):
    heard = []

    def listen(**kwargs):
        heard.append((kwargs["order_id"], kwargs["was"], kwargs["became"]))

    order_moved.connect(listen)
    try:
        with django_capture_on_commit_callbacks() as callbacks:
            transitions.request_cancel(unpaid.pk, by=buyer, why="changed my mind")
            assert heard == []
        for callback in callbacks:
            callback()
    finally:
        order_moved.disconnect(listen)
    assert (unpaid.pk, S.AWAITING_PAYMENT, S.CANCELLING) in heard
    log = OrderLog.objects.get()
    assert (log.by, log.why) == ("lin", "changed my mind")
    assert log.at is not None


def test_the_buyer_cancels_an_unpaid_order_and_the_goods_return(shop, unpaid, apple):
    assert pieces(apple) == 6
    answer = shop.post(reverse("dailyfresh_orders:cancel", args=[unpaid.number]), follow=True)
    unpaid.refresh_from_db()
    assert (unpaid.state, pieces(apple)) == (S.CANCELLED, 10)
    assert Product.objects.get().sold == 0
    assert "The order is cancelled." in answer.content.decode()
    again = shop.post(
        reverse("dailyfresh_orders:cancel", args=[unpaid.number]), headers={"X-Requested-With": "XMLHttpRequest"}
    )
    assert (again.status_code, again.json()["message"], pieces(apple)) == (200, "The order is cancelled.", 10)


def test_a_second_click_on_received_is_answered_like_the_first(shop, make_order, apple):
    order = make_order({apple: 1})
    transitions.ship(order.pk, carrier="SF", tracking_number="1", by="t")
    for _ in range(2):
        answer = shop.post(reverse("dailyfresh_orders:receive", args=[order.number]), follow=True)
        assert [str(message) for message in answer.context["messages"]] == ["Thank you! You can review the goods now."]
    assert order.log.filter(became=S.RECEIVED).count() == 1


def test_stock_stays_taken_until_the_gateway_has_closed_the_payment(shop, unpaid, apple):
    from dailyfresh_orders.models import Payment

    Payment.objects.create(
        order=unpaid, gateway="voucher", out_trade_no="x", amount=unpaid.total, subject="x", state=Payment.State.PENDING
    )
    cancel_order(unpaid.pk, by="buyer")
    unpaid.refresh_from_db()
    assert (unpaid.state, pieces(apple)) == (S.CANCELLING, 6)
    transitions.finish_cancel(unpaid.pk, by="sweep")
    transitions.finish_cancel(unpaid.pk, by="sweep")
    assert pieces(apple) == 10


def test_money_that_arrives_while_cancelling_saves_the_order(unpaid, apple):
    transitions.request_cancel(unpaid.pk, by="buyer")
    assert transitions.mark_paid(unpaid.pk, paid_at=timezone.now(), by="alipay")
    assert not transitions.finish_cancel(unpaid.pk, by="sweep")
    unpaid.refresh_from_db()
    assert (unpaid.state, pieces(apple)) == (S.TO_SHIP, 6)
    assert unpaid.sold_at is not None


def test_a_paid_order_cannot_be_cancelled(unpaid):
    transitions.mark_paid(unpaid.pk, paid_at=timezone.now(), by="alipay")
    with pytest.raises(IllegalTransition):
        cancel_order(unpaid.pk, by="buyer")


def test_an_order_to_be_paid_on_delivery_is_cancelled_until_it_is_shipped(shop, admin_client, make_order, apple, pear):
    by_buyer, by_staff, sent = make_order({apple: 1}), make_order({apple: 2}), make_order({pear: 1})
    assert "Cancel order" in shop.get(by_buyer.get_absolute_url()).content.decode()
    shop.post(reverse("dailyfresh_orders:cancel", args=[by_buyer.number]))
    transitions.ship(sent.pk, carrier="SF", tracking_number="1", by="staff")
    chosen = {"action": "cancel_orders", "_selected_action": [by_staff.pk, sent.pk]}
    answer = admin_client.post(reverse("admin:dailyfresh_orders_order_changelist") + "?state=all", chosen, follow=True)
    assert len(list(answer.context["messages"])) == 2
    assert list(Order.objects.order_by("pk").values_list("state", flat=True)) == [S.CANCELLED, S.CANCELLED, S.SHIPPED]
    assert (pieces(apple), pieces(pear)) == (10, 9)


def test_time_cancels_unpaid_orders_and_spares_cash_on_delivery(unpaid, make_order, apple):
    cod = make_order({apple: 1})
    assert pass_time() == 0
    Order.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    Order.objects.filter(pk=cod.pk).update(due_at=None)
    assert pass_time() == 1
    assert pass_time() == 0
    assert dict(Order.objects.values_list("pk", "state")) == {unpaid.pk: S.CANCELLED, cod.pk: S.TO_SHIP}
    assert pieces(apple) == 9
    assert OrderLog.objects.filter(by="clock", why="not paid in time").count() == 2


def test_time_receives_and_finishes_what_nobody_confirms(make_order, apple):
    order = make_order({apple: 1})
    transitions.ship(order.pk, carrier="SF", tracking_number="1", by="staff")
    order.refresh_from_db()
    assert timedelta(days=6) < order.due_at - timezone.now() <= timedelta(days=7)
    for expected in (S.RECEIVED, S.DONE):
        Order.objects.update(due_at=timezone.now())
        assert pass_time() == 1
        order.refresh_from_db()
        assert order.state == expected
    assert order.ended_at is not None


def test_one_order_that_cannot_move_does_not_hold_the_others_back(unpaid, make_order, stranger, apple, monkeypatch):
    other = make_order({apple: 1}, user=stranger, payment_method="voucher")
    Order.objects.update(due_at=timezone.now())
    real = transitions.finish_cancel

    def breaks_for_one(order, **kwargs):
        if order.pk == unpaid.pk:
            raise ValueError("broken row")
        return real(order, **kwargs)

    monkeypatch.setattr("dailyfresh_orders.services.cancelling.finish_cancel", breaks_for_one)
    assert pass_time() == 1
    other.refresh_from_db()
    assert other.state == S.CANCELLED


def test_orders_that_never_move_do_not_starve_the_others(make_order, stranger, apple, monkeypatch):
    broken = [make_order({apple: 1}, payment_method="voucher").pk for _ in range(2)]
    other = make_order({apple: 1}, user=stranger, payment_method="voucher")
    Order.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    Order.objects.filter(pk=other.pk).update(due_at=timezone.now())
    real = transitions.finish_cancel

    def breaks_for_two(order, **kwargs):
        if order.pk in broken:
            raise ValueError("broken row")
        return real(order, **kwargs)

    monkeypatch.setattr("dailyfresh_orders.services.cancelling.finish_cancel", breaks_for_two)
    assert any(pass_time(at_most=2) for _ in range(100))
    other.refresh_from_db()
    assert other.state == S.CANCELLED


def test_a_drain_whose_time_is_up_moves_nothing_more(unpaid):
    Order.objects.update(due_at=timezone.now())
    assert pass_time(seconds=-1) == 0
    assert pass_time() == 1


def test_pieces_go_back_into_stock_never_more_often_than_they_were_bought(unpaid, apple):
    line = unpaid.lines.get()
    transitions.restock(unpaid.pk, lines={line.pk: 3}, by="staff")
    assert pieces(apple) == 9
    for wrong in ({line.pk: 2}, {line.pk: 0}, {line.pk: -1}, {line.pk + 99: 1}):
        with pytest.raises(ValueError, match="cannot go back"):
            transitions.restock(unpaid.pk, lines=wrong, by="staff")
    assert pieces(apple) == 9


def test_the_site_hears_in_the_transaction_which_stock_changes(unpaid, make_order, apple, pear):
    heard = []

    def listen(sku_ids, **kwargs):
        heard.append(sku_ids)

    stock_changed.connect(listen)
    try:
        make_order({apple: 1, pear: 1})
        cancel_order(unpaid.pk, by="buyer")
    finally:
        stock_changed.disconnect(listen)
    assert heard == [[str(apple.pk), str(pear.pk)], [str(apple.pk)]]


# -- buying again, forgetting --


def test_buying_again_leads_to_the_confirm_page_with_what_is_still_sold(shop, make_order, apple, pear):
    order = make_order({apple: 2, pear: 3})
    Product.objects.filter(pk=pear.pk).update(pieces=1)
    answer = shop.post(reverse("dailyfresh_orders:buy_again", args=[order.number]))
    assert shop.get(answer.url).context["quote"].quantities == {str(apple.pk): 2, str(pear.pk): 1}
    Product.objects.update(for_sale=False)
    gone = shop.post(reverse("dailyfresh_orders:buy_again", args=[order.number]))
    assert gone.url == order.get_absolute_url()


def test_forgetting_a_buyer_keeps_the_books_and_loses_the_person(make_order, buyer, apple):
    over, on_its_way = make_order({apple: 1}, note="secret"), make_order({apple: 1})
    transitions.ship(over.pk, carrier="SF", tracking_number="SF1357924680", by="staff")
    transitions.receive(over.pk, by=buyer)
    assert anonymise(user=buyer) == 2
    over.refresh_from_db()
    on_its_way.refresh_from_db()
    assert over.user is on_its_way.user is None
    assert (over.receiver, over.phone, over.street, over.note, over.city) == ("—", "—", "—", "—", "北京市")
    assert over.total > 0
    assert not OrderLog.objects.filter(by="lin").exists()
    assert "SF1357924680" not in " ".join([over.tracking_number, *OrderLog.objects.values_list("why", flat=True)])
    assert on_its_way.receiver == "林晓禾"  # it must still arrive
    for step in ("ship", "receive", "finish"):
        STEPS[step][0](on_its_way)
    on_its_way.refresh_from_db()
    assert (on_its_way.receiver, on_its_way.state) == ("—", S.DONE)
