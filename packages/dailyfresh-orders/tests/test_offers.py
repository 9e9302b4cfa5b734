"""Offers that a site joined: shown, taken with the order, used, and given back."""

import re
from decimal import Decimal

import pytest
from conftest import refused
from dailyfresh_core.pricing.offers import GivenOffer, GivenShare, Goods
from dailyfresh_orders.checkout.quotes import BUY, quote
from dailyfresh_orders.exceptions import QuoteChanged
from dailyfresh_orders.models import Order
from dailyfresh_orders.services import cancel_order, disagreements, pass_time, place_order, receive, ship
from dailyfresh_orders.services.transitions import close_refunded, mark_paid
from dailyfresh_orders.testing import PromotionsContract
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from minisite.shop.joins import AddressBook
from minisite.shop.models import Held, Product, Rule, Voucher
from minisite.shop.promotions import Promotions


@pytest.fixture(autouse=True)
def _joined(settings):
    settings.DAILYFRESH_ORDERS = settings.DAILYFRESH_ORDERS | {"PROMOTIONS": "minisite.shop.promotions.Promotions"}


class TestOurs(PromotionsContract):
    @pytest.fixture
    def promotions(self):
        return Promotions()

    @pytest.fixture
    def user(self, buyer):
        Voucher.objects.create(user=buyer, off=3, least=10)
        Rule.objects.create(off=2, least=20, most=1)
        return buyer

    @pytest.fixture
    def items(self):
        return [
            Goods("a", (), Decimal("5.50"), 2, Decimal("11.00")),
            Goods("b", (), Decimal("20.00"), 1, Decimal("20.00")),
        ]


# -- placing --


def test_an_order_keeps_what_each_line_got_and_adds_up(place, apple, pear):
    Rule.objects.create(off=10, least=30)
    order = place({apple: 2, pear: 1})
    assert (order.goods_total, order.discount, order.freight) == (Decimal(31), Decimal(-10), Decimal(10))
    assert order.total == Decimal(31)
    assert [line.discount for line in order.lines.all()] == [Decimal("-3.55"), Decimal("-6.45")]
    rows = list(order.adjustments.values_list("line__sku_id", "label", "amount", "returns"))
    assert rows == [
        (str(apple.pk), "满30减10", Decimal("-3.55"), "share"),
        (str(pear.pk), "满30减10", Decimal("-6.45"), "share"),
        (None, "Freight", Decimal("10.00"), "last"),
    ]
    assert disagreements(order) == []


def test_freight_is_for_what_the_goods_cost_in_the_end(place, pear):
    Rule.objects.create(off=10, least=60)
    assert place({pear: 3}).freight == Decimal(10)  # free from 59, and they come to 50


class Packed(Promotions):
    """The same offers, and ¥1.00 for packing."""

    def price(self, items, **asked):
        offer = super().price(items, **asked)
        packing = GivenShare("fee:packing", "Packing", {"": Decimal("1.00")}, "fee", "last")
        return GivenOffer([*offer.shares, packing], offer.hints, offer.coupons, digest="1")

    def take(self, offer, **asked):
        rules = [share for share in offer.shares if share.kind != "fee"]
        return super().take(GivenOffer(rules, digest="1"), **asked)


def test_c52_a_coupon_takes_nothing_off_freight_and_fees(place, buyer, settings):
    freight = {"BACKEND": "dailyfresh_orders.freight.flat.FlatFreight", "OPTIONS": {"amount": "6.00"}}
    more = {"PROMOTIONS": f"{__name__}.Packed", "FREIGHT": freight}
    settings.DAILYFRESH_ORDERS = settings.DAILYFRESH_ORDERS | more
    Voucher.objects.create(user=buyer, off=60)
    order = place({Product.objects.create(title="A", yuan=50, pieces=1): 1})
    assert (order.lines.get().payable, order.freight, order.fees, order.total) == (0, 6, 1, 7)
    assert disagreements(order) == []


def test_a_buyer_with_an_order_gets_no_first_order_and_one_that_was_cancelled_is_none(place, apple):
    Rule.objects.create(off=1, first=True)
    first = place({apple: 1})
    assert first.discount == -1
    assert place({apple: 1}).discount == 0
    Order.objects.exclude(pk=first.pk).delete()
    cancel_order(first.pk, by="lin")
    assert place({apple: 1}).discount == -1


def test_an_order_that_costs_nothing_is_paid_at_once_and_its_offers_are_used(place, apple, settings):
    settings.DAILYFRESH_ORDERS = settings.DAILYFRESH_ORDERS | {
        "FREIGHT": {"BACKEND": "dailyfresh_orders.freight.flat.FlatFreight", "OPTIONS": {"amount": "0.00"}}
    }
    Rule.objects.create(off=100)
    order = place({apple: 1}, payment_method="voucher")
    assert (order.payable, order.state) == (0, Order.State.TO_SHIP)
    assert Held.objects.get().used


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda: Rule.objects.update(off=3), "“满10减3” now comes to -¥3.00 instead of -¥2.00."),
        (lambda: Rule.objects.update(off=1), "“满10减1” now comes to -¥1.00 instead of -¥2.00."),
        (lambda: Rule.objects.all().delete(), "“满10减2” is over, or holds no more for this order."),
        (lambda: Rule.objects.create(off=1), "“满0减1” is new: -¥1.00."),
    ],
    ids=["cheaper", "dearer", "ended", "new"],
)
def test_an_offer_that_changed_between_page_and_order_is_asked_about_either_way(place, token_of, apple, change, said):
    Rule.objects.create(off=2, least=10)
    token = token_of({apple: 2})
    change()
    changes = refused(place, token)
    assert changes[0] == said
    assert re.fullmatch(r"All in all it now costs ¥[\d.]+ instead of ¥19\.00\.", changes[1])
    assert not Order.objects.exists()


def test_other_terms_behind_the_same_sum_are_asked_about(place, token_of, apple, monkeypatch):
    Rule.objects.create(off=2, least=10)
    token = token_of({apple: 2})
    given = Promotions.price

    def edited(self, items, **more):
        offer = given(self, items, **more)
        return GivenOffer(offer.shares, digest="2")

    monkeypatch.setattr(Promotions, "price", edited)
    assert refused(place, token) == ["The terms of an offer have changed."]


def test_what_somebody_else_took_meanwhile_rolls_the_order_back_and_is_asked_about(
    place, token_of, apple, stranger, monkeypatch
):
    rule = Rule.objects.create(off=2, least=10, most=1)
    token = token_of({apple: 2})
    given = Promotions.take

    def last(self, offer, **more):
        Rule.objects.filter(pk=rule.pk).update(taken=1)  # as another process would, after the price was read
        return given(self, offer, **more)

    monkeypatch.setattr(Promotions, "take", last)
    assert refused(place, token) == ["“满10减2” is over, or holds no more for this order."]
    assert (Order.objects.count(), Held.objects.count()) == (0, 0)
    assert Product.objects.get(pk=apple.pk).pieces == 10


def test_the_same_quote_twice_is_one_order_with_one_coupon_whatever_is_chosen_then(place, token_of, apple, buyer):
    voucher = Voucher.objects.create(user=buyer, off=3)
    Voucher.objects.create(user=buyer, off=1)
    token = token_of({apple: 2})
    order = place(token)
    assert place(token) == place(token, coupon="none") == order
    voucher.refresh_from_db()
    assert voucher.reference == order.number
    assert Voucher.objects.filter(reference="").count() == 1


# -- coupons --


def test_the_best_coupon_is_taken_by_itself_another_by_hand_or_none(place, token_of, apple, buyer):
    small = Voucher.objects.create(user=buyer, off=1)
    Voucher.objects.create(user=buyer, off=3)
    assert place(token_of({apple: 2}, coupon=str(small.pk))).discount == -1
    assert place(token_of({apple: 2}, coupon="none")).discount == 0
    assert place({apple: 2}).discount == -3


def test_a_coupon_chosen_since_the_page_was_shown_is_asked_about(place, token_of, apple, buyer):
    Voucher.objects.create(user=buyer, off=3)
    token = token_of({apple: 2})
    changes = refused(place, token, coupon="none")
    assert changes[0] == "“¥3 券” is over, or holds no more for this order."


def test_a_coupon_that_fits_no_more_or_is_somebody_elses_falls_to_the_best_one_and_says_so(
    place, token_of, apple, buyer, stranger
):
    voucher = Voucher.objects.create(user=buyer, off=3)
    token = token_of({apple: 2}, coupon=str(voucher.pk))
    Voucher.objects.filter(pk=voucher.pk).update(least=100)
    assert refused(place, token)[0] == "The coupon you chose cannot be used for this order."
    others = Voucher.objects.create(user=stranger, off=5)
    now = quote({str(apple.pk): 1}, source=BUY, address=None, user=buyer, coupon=str(others.pk))
    assert (now.extras.coupon, now.extras.offers) == ("auto", ())
    assert now.extras.note == "The coupon you chose cannot be used for this order."


# -- away, and unfit --


def away(monkeypatch):
    def price(self, items, **more):
        raise ConnectionError("no route to the promotions")

    monkeypatch.setattr(Promotions, "price", price)


def test_offers_that_are_away_are_said_and_the_goods_cost_their_full_price(place, token_of, apple, monkeypatch):
    Rule.objects.create(off=2)
    with_offer = token_of({apple: 2})
    away(monkeypatch)
    assert refused(place, with_offer)[0] == "Offers cannot be had at the moment."
    assert place({apple: 2}).discount == 0


def test_offers_that_go_away_while_they_are_taken_leave_no_order(place, token_of, apple, monkeypatch):
    Rule.objects.create(off=2)
    token = token_of({apple: 2})
    monkeypatch.setattr(Promotions, "take", lambda self, offer, **more: 1 / 0)
    assert refused(place, token) == ["Offers cannot be had at the moment."]
    assert not Order.objects.exists()


def test_shares_that_do_not_fit_are_never_signed(place, apple, monkeypatch, caplog):
    unfit = GivenOffer([GivenShare("x", "x", {str(apple.pk): Decimal("-11.01")})])
    monkeypatch.setattr(Promotions, "price", lambda self, items, **more: unfit)
    assert place({apple: 2}).discount == 0
    assert "below 0" in str(caplog.records[0].exc_info[1])


# -- used, and given back --


def test_an_order_not_paid_in_time_gives_its_coupon_back_and_a_cancelled_one_too(place, apple, buyer, monkeypatch):
    said = []
    given = Promotions.give_back
    monkeypatch.setattr(
        Promotions, "give_back", lambda self, ref, *, why: said.append((ref, why)) or given(self, ref, why=why)
    )
    voucher = Voucher.objects.create(user=buyer, off=3)
    unpaid = place({apple: 1}, payment_method="voucher")
    Order.objects.update(expires_at=timezone.now(), due_at=timezone.now())
    pass_time()
    pass_time()
    voucher.refresh_from_db()
    assert voucher.reference == ""
    cancelled = place({apple: 1}, payment_method="voucher")
    cancel_order(cancelled.pk, by=buyer)
    on_delivery, by_shop = place({apple: 1}), place({apple: 1})
    cancel_order(on_delivery.pk, by=buyer)
    cancel_order(by_shop.pk, by="staff")
    assert said == [
        (unpaid.number, "unpaid"),
        (cancelled.number, "cancelled"),
        (on_delivery.number, "cancelled"),
        (by_shop.number, "shop"),
    ]


def test_a_step_whose_offers_cannot_be_given_back_is_not_taken_and_comes_again(place, apple, buyer, monkeypatch):
    voucher = Voucher.objects.create(user=buyer, off=3)
    order = place({apple: 1}, payment_method="voucher")
    given = Promotions.give_back

    def crash(self, reference, *, why):
        given(self, reference, why=why)
        raise ConnectionError("midway")

    with monkeypatch.context() as patch:
        patch.setattr(Promotions, "give_back", crash)
        with pytest.raises(ConnectionError):
            cancel_order(order.pk, by=buyer)
    order.refresh_from_db()
    voucher.refresh_from_db()
    assert (order.state, voucher.reference) == (Order.State.AWAITING_PAYMENT, order.number)
    assert Product.objects.get(pk=apple.pk).pieces == 9
    cancel_order(order.pk, by=buyer)
    voucher.refresh_from_db()
    assert (voucher.reference, Product.objects.get(pk=apple.pk).pieces) == ("", 10)


def test_money_for_an_order_that_is_over_leaves_its_coupon_to_the_order_that_has_it_now(place, apple, buyer):
    voucher = Voucher.objects.create(user=buyer, off=3)
    first = place({apple: 1}, payment_method="voucher")
    cancel_order(first.pk, by=buyer)
    second = place({apple: 1}, payment_method="voucher")
    assert not mark_paid(first.pk, paid_at=timezone.now(), by="gateway")
    voucher.refresh_from_db()
    assert voucher.reference == second.number


def test_a_whole_refund_gives_offers_back_before_it_was_sent_and_says_when_it_was(place, apple, buyer, monkeypatch):
    said = []
    monkeypatch.setattr(Promotions, "give_back", lambda self, reference, *, why: said.append(why))
    before, after = place({apple: 1}), place({apple: 1})
    ship(after.pk, carrier="SF", tracking_number="1", by="staff")
    for order in (before, after):
        close_refunded(order.pk, by="refund")
        close_refunded(order.pk, by="refund")
    assert said == ["refunded_before", "refunded_after"]


def test_what_is_paid_to_the_courier_is_used_when_it_has_arrived(place, apple, buyer, monkeypatch):
    said = []
    monkeypatch.setattr(Promotions, "used", lambda self, reference: said.append(reference))
    order = place({apple: 1})
    ship(order.pk, carrier="SF", tracking_number="1", by="staff")
    assert said == []
    receive(order.pk, by=buyer)
    assert said == [order.number]


class Gatekeeper(Promotions):
    """Offers with a gate before them."""

    seen, shut = [], False

    def enter(self, *, sources, quantities, user, token):
        self.seen.append(("enter", token, dict(quantities)))
        return list(sources) if self.shut else []

    def leave(self, *, sources, token, placed):
        self.seen.append(("leave", token, placed))


@pytest.fixture
def gatekeeper(settings):
    settings.DAILYFRESH_ORDERS = settings.DAILYFRESH_ORDERS | {"PROMOTIONS": "test_offers.Gatekeeper"}
    Gatekeeper.seen, Gatekeeper.shut = [], False
    return Gatekeeper


def test_who_is_not_let_in_by_the_gate_is_refused_before_any_statement(gatekeeper, token_of, pear, buyer):
    Rule.objects.create(off="0.10")
    token, address = token_of({pear: 1}), AddressBook().choices(buyer)[0]
    gatekeeper.shut = True

    def refuse():
        with pytest.raises(QuoteChanged, match="is over, or holds no more for this order"):
            place_order(user=buyer, token=token, address_id=address.id, payment_method="cod")

    assert statements(refuse) == 0
    assert [what for what, *_more in gatekeeper.seen] == ["enter"]


def test_whoever_was_let_in_leaves_with_an_order_or_without(gatekeeper, place, token_of, pear):
    Rule.objects.create(off="0.10")
    token = token_of({pear: 1})
    place(token)
    place(token)
    assert [(what, last) for what, _token, last in gatekeeper.seen] == [
        ("enter", {str(pear.pk): 1}),
        ("leave", True),
    ] * 2
    gatekeeper.seen.clear()
    token = token_of({pear: 1})
    Product.objects.filter(pk=pear.pk).update(yuan=99)
    refused(place, token)
    assert [(what, last) for what, _token, last in gatekeeper.seen][1:] == [("leave", False)]


def test_a_quote_without_offers_meets_no_gate(gatekeeper, place, pear):
    place({pear: 1})
    assert gatekeeper.seen == []


# -- statements --


def statements(act):
    with CaptureQueriesContext(connection) as seen:
        act()
    said = [each["sql"] for each in seen]
    return len([sql for sql in said if not re.match("(BEGIN|COMMIT|SAVEPOINT|RELEASE|SET )", sql)])


def test_placing_takes_few_statements_however_many_lines(place, token_of, settings, buyer, pear):
    goods = [Product.objects.create(title=f"p{n}", yuan=1, pieces=10) for n in range(50)]
    place({pear: 1})
    counts = {}
    for joined in (None, "minisite.shop.promotions.Promotions"):
        settings.DAILYFRESH_ORDERS = settings.DAILYFRESH_ORDERS | {"PROMOTIONS": joined}
        if joined:
            Rule.objects.create(off="0.10")
            Voucher.objects.bulk_create([Voucher(user=buyer, off="0.10") for _ in range(2)])
        counts[joined] = []
        for n in (1, 40 if connection.vendor == "sqlite" else 50):  # SQLite takes 999 values at once, 45 lines
            token = token_of(dict.fromkeys(goods[:n], 1))
            counts[joined].append(statements(lambda token=token: place(token)))
    assert counts[None][0] == counts[None][1] <= 8
    ours = counts["minisite.shop.promotions.Promotions"]
    assert (
        ours[0] == ours[1] <= counts[None][0] + 1 + 2 + 3
    )  # whether it is the first; rules and vouchers; three writes


# -- pages --


def words(page):
    return re.sub(r"\s+", " ", page.content.decode())


@pytest.fixture
def confirm(shop):
    def confirm(*pairs):
        return shop.get(reverse("dailyfresh_orders:confirm"), {"buy": [f"{product.pk}:{n}" for product, n in pairs]})

    return confirm


def test_the_confirm_page_lists_what_is_taken_off_what_more_would_bring_and_the_coupons(
    confirm, apple, pear, buyer, stranger
):
    Rule.objects.create(off=10, least=30)
    Rule.objects.create(off=20, least=100)
    Voucher.objects.create(user=buyer, off=3)
    Voucher.objects.create(user=buyer, off=9, least=80)
    Voucher.objects.create(user=stranger, off=7)
    said = words(confirm((apple, 2), (pear, 1)))
    for expected in (
        '<dt>满30减10</dt><dd class="df-red">-¥10.00</dd>',
        '<dt>¥3 券</dt><dd class="df-red">-¥3.00</dd>',
        '满30减10 <span class="df-amt">-¥3.55</span>',
        '<a class="df-lk" href="/fruit/">再买 ¥79.00 减 ¥20</a>',
        "Saves ¥3.00",
        "¥9 券 · 满 ¥80 可用",
    ):
        assert expected in said
    assert "¥7 券" not in said


def test_another_coupon_is_another_quote_by_a_button_and_is_what_the_order_takes(confirm, shop, apple, buyer):
    Voucher.objects.create(user=buyer, off=3)
    small = Voucher.objects.create(user=buyer, off=1)
    page = confirm((apple, 2))
    form = {"token": page.context["token"], "address": page.context["chosen"].id, "payment_method": "cod"}
    chosen = shop.post(reverse("dailyfresh_orders:quote"), form | {"coupon": str(small.pk)})
    assert chosen.context["quote"].total == Decimal("20.00")
    assert f'value="{small.pk}" checked' in words(chosen)
    # Chosen and sent at once, without the button: the total was never shown, so it is.
    at_once = shop.post(reverse("dailyfresh_orders:place"), form | {"coupon": "none"})
    assert (at_once.status_code, at_once.context["quote"].total) == (409, Decimal("21.00"))
    form["token"] = chosen.context["token"]
    shop.post(reverse("dailyfresh_orders:place"), form | {"coupon": str(small.pk)})
    order = Order.objects.get()
    small.refresh_from_db()
    assert (order.total, small.reference) == (Decimal("20.00"), order.number)


@pytest.mark.parametrize("strange", ["no-such", "0", "\x00", "x" * 65, "' OR 1=1"])
def test_a_coupon_that_nobody_has_is_no_error(confirm, shop, apple, strange):
    page = confirm((apple, 1))
    form = {"token": page.context["token"], "address": page.context["chosen"].id, "coupon": strange}
    assert shop.post(reverse("dailyfresh_orders:quote"), form).status_code == 200


def test_a_page_says_that_offers_are_away_and_still_sells(confirm, apple, monkeypatch):
    away(monkeypatch)
    page = confirm((apple, 1))
    assert "Offers cannot be had at the moment: these are full prices." in words(page)
    assert page.context["orderable"]


def test_the_order_its_paper_and_its_refunds_say_each_offer_by_name(place, shop, admin_client, apple, pear):
    Rule.objects.create(off=10, least=30)
    order = place({apple: 2, pear: 1})
    said = words(shop.get(order.get_absolute_url()))
    assert '<dt>满30减10</dt><dd class="df-red">-¥10.00</dd>' in said
    assert '满30减10 <span class="df-amt">-¥6.45</span>' in said
    act = {"action": "print_delivery_notes", "_selected_action": [order.pk]}
    paper = words(admin_client.post(reverse("admin:dailyfresh_orders_order_changelist"), act))
    assert "满30减10 -¥10.00" in paper
    Order.objects.update(state="received", received_at=timezone.now())
    shown = words(shop.get(reverse("dailyfresh_orders:refund_request", args=[order.number])))
    assert "¥3.73 for one, ¥7.45 for all 2" in shown
    assert "¥5.50" not in shown
    given = words(admin_client.get(reverse("admin:dailyfresh_orders_refund_order", args=[order.pk])))
    assert "¥3.73 for one, ¥7.45 for all 2" in given
