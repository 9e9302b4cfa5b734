"""A site's own order code, which knows nothing of the suite: it prices, takes, uses and gives back."""

from datetime import timedelta
from decimal import Decimal

import pytest
from dailyfresh_core.pricing.offers import Goods
from dailyfresh_promotions import services
from dailyfresh_promotions.models import BatchCount, Coupon, Limit, Redemption, Rule
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from minisite.models import Sale
from minisite.shop import Changed, buy, move, offers, promotions, total


def said(offer):
    return [(share.label, {sku_id: str(amount) for sku_id, amount in share.amounts.items()}) for share in offer.shares]


def test_a_basket_costs_less_by_an_offer_and_a_coupon_and_the_order_keeps_both(book, rule, coupon, buyer):
    sku_id = book("60.00")
    offered, mine = rule(), coupon(buyer)
    offer = offers(buyer, {sku_id: 2})
    assert said(offer) == [("¥10 off from ¥100", {sku_id: "-10.00"}), ("Coupon: ¥20 off", {sku_id: "-20.00"})]
    sale = buy(buyer, {sku_id: 2}, offer)
    assert sale.total == Decimal("96.00")
    mine.refresh_from_db()
    assert (mine.state, mine.reference) == ("held", str(sale))
    assert [(row.source, str(row.amount), row.state) for row in Redemption.objects.order_by("pk")] == [
        (f"promotions:rule:{offered.pk}", "10.00", "held"),
        (f"promotions:coupon:{mine.pk}", "20.00", "held"),
    ]
    move(sale, "paid")
    mine.refresh_from_db()
    assert mine.state == "used"
    assert set(Redemption.objects.values_list("state", flat=True)) == {"used"}


def test_sending_is_free_by_a_rule_and_stands_on_the_order(book, rule, buyer):
    rule("freight", {"reach": "50.00"})
    offer = offers(buyer, {book("60.00"): 1})
    ((share,),) = [offer.shares]
    assert (share.kind, share.returns, share.label, share.amounts) == (
        "freight",
        "last",
        "Free delivery from ¥50",
        {"": Decimal("-6.00")},
    )


def test_what_was_taken_comes_back_once_when_nobody_pays(book, rule, coupon, buyer):
    sku_id = book("60.00")
    rule(budget={"quantity": 5, "max_spent": "100.00"}, per_user=1)
    mine = coupon(buyer)
    sale = buy(buyer, {sku_id: 2}, offers(buyer, {sku_id: 2}))
    budget = Limit.objects.get()
    assert (budget.taken, budget.spent) == (1, Decimal("10.00"))
    assert [why.code for why in offers(buyer, {sku_id: 2}).reasons] == ["used_up"]
    for _again in range(3):
        move(sale, "cancelled", why="unpaid")
    budget.refresh_from_db()
    mine.refresh_from_db()
    assert (budget.taken, budget.spent, mine.state, mine.reference) == (0, 0, "free", "")
    assert len(offers(buyer, {sku_id: 2}).shares) == 2
    buy(buyer, {sku_id: 2}, offers(buyer, {sku_id: 2}))


def test_a_budget_that_was_set_after_an_order_does_not_fall_below_nothing(book, rule, buyer):
    sku_id, made = book("60.00"), rule()
    sale = buy(buyer, {sku_id: 2}, offers(buyer, {sku_id: 2}))
    Limit.objects.create(rule=made, quantity=5)
    later = buy(buyer, {sku_id: 2}, offers(buyer, {sku_id: 2}))
    for each in (sale, later):
        move(each, "cancelled", why="unpaid")
    assert list(Limit.objects.values_list("taken", "spent")) == [(0, 0)]


def test_an_order_that_is_rolled_back_leaves_everything_free(book, rule, coupon, buyer):
    sku_id = book("60.00")
    rule(budget={"quantity": 5})
    one, offer = coupon(buyer), offers(buyer, {sku_id: 2})
    Coupon.objects.filter(pk=one.pk).update(state="void")
    with pytest.raises(Changed, match=f"promotions:coupon:{one.pk}"):
        buy(buyer, {sku_id: 2}, offer)
    assert not Sale.objects.exists()
    assert not Redemption.objects.exists()
    assert Limit.objects.get().taken == 0


def test_the_last_use_of_a_rule_goes_to_one_of_two_that_saw_it(book, rule, buyer, other):
    sku_id = book("60.00")
    rule(budget={"quantity": 1})
    mine, theirs = offers(buyer, {sku_id: 2}), offers(other, {sku_id: 2})
    buy(buyer, {sku_id: 2}, mine)
    with pytest.raises(Changed):
        buy(other, {sku_id: 2}, theirs)
    assert said(offers(other, {sku_id: 2})) == []


def test_a_budget_with_less_left_than_a_discount_refuses_it_whole_and_serves_a_smaller_one(book, rule, buyer):
    big, small = book("100.00"), book("60.00")
    rule("percent", {"tiers": [["0", 9500]]}, budget={"max_spent": "3.00"})
    assert [why.code for why in offers(buyer, {big: 1}).reasons] == ["used_up"]
    assert said(offers(buyer, {small: 1})) == [("5% off", {small: "-3.00"})]
    buy(buyer, {small: 1}, offers(buyer, {small: 1}))
    assert Limit.objects.get().spent == 3


def page_of(*, skus, groups):
    return f"/goods/{'+'.join(sorted(skus | groups))}/"


def test_a_hint_leads_to_the_goods_that_its_offer_is_for(book, rule, buyer, settings):
    sku_id = book("60.00")
    rule(scope={"skus": [sku_id], "groups": ["type:1"]})
    assert [hint.url for hint in offers(buyer, {sku_id: 1}).hints] == [""]
    settings.DAILYFRESH_PROMOTIONS = settings.DAILYFRESH_PROMOTIONS | {"GOODS_URL": f"{__name__}.page_of"}
    assert [hint.url for hint in offers(buyer, {sku_id: 1}).hints] == [f"/goods/{sku_id}+type:1/"]
    Rule.objects.get().delete()
    rule()
    assert [hint.url for hint in offers(buyer, {sku_id: 1}).hints] == [""]


def test_nobody_is_asked_to_buy_more_for_a_step_that_the_budget_no_longer_has(book, rule, buyer):
    sku_id = book("60.00")
    rule(params={"tiers": [["100.00", "10.00"], ["200.00", "25.00"]]}, budget={"max_spent": "25.00"})
    assert [hint.text for hint in offers(buyer, {sku_id: 2}).hints] == ["¥80 more: ¥25 off"]
    buy(buyer, {sku_id: 2}, offers(buyer, {sku_id: 2}))
    left = offers(buyer, {sku_id: 2})
    assert (len(left.shares), left.hints) == (1, ())
    assert offers(buyer, {sku_id: 4}).shares == ()
    assert [(hint.text, hint.reached) for hint in offers(buyer, {sku_id: 1}).hints] == [("¥40 more: ¥10 off", 60)]


def test_a_limit_for_one_buyer_holds_though_two_orders_saw_it_free(book, rule, buyer, other):
    sku_id = book("60.00")
    rule(per_user=2)
    seen = [offers(buyer, {sku_id: 2}) for _n in range(3)]
    buy(buyer, {sku_id: 2}, seen[0])
    buy(buyer, {sku_id: 2}, seen[1])
    with pytest.raises(Changed):
        buy(buyer, {sku_id: 2}, seen[2])
    buy(other, {sku_id: 2}, offers(other, {sku_id: 2}))


def test_all_offers_for_first_orders_share_one_use_and_a_cancelled_order_gives_it_back(book, rule, buyer):
    sku_id = book("60.00")
    rule(audience="first", stackable=True, per_user=3)
    rule("freight", {"reach": "0"}, audience="first")
    seen = [offers(buyer, {sku_id: 2}) for _n in range(2)]
    sale = buy(buyer, {sku_id: 2}, seen[0])
    with pytest.raises(Changed):
        buy(buyer, {sku_id: 2}, seen[1])
    assert [why.code for why in offers(buyer, {sku_id: 2}).reasons] == ["audience", "audience"]
    move(sale, "cancelled", why="cancelled")
    buy(buyer, {sku_id: 2}, offers(buyer, {sku_id: 2}))


def test_a_rule_that_takes_off_nothing_uses_nothing(book, rule, buyer):
    rule(budget={"quantity": 1}, per_user=1)
    sku_id = book("10.00")
    offer = offers(buyer, {sku_id: 1})
    assert (offer.shares, offer.takes, [hint.text for hint in offer.hints]) == ((), (), ["¥90 more: ¥10 off"])
    buy(buyer, {sku_id: 1}, offer)
    assert not Redemption.objects.exists()
    assert Limit.objects.get().taken == 0


def test_the_same_order_takes_once(book, rule, buyer, now):
    sku_id = book("60.00")
    rule(per_user=1, budget={"quantity": 9})
    offer = offers(buyer, {sku_id: 2})
    for _again in range(2):
        assert promotions.take(offer, user=buyer, reference="one", at=now) == []
    assert Limit.objects.get().taken == 1
    assert Redemption.objects.count() == 1


def test_pieces_of_a_flash_sale_are_counted_for_all_and_for_one_buyer(book, rule, buyer, other):
    sku_id = book("60.00")
    items = [{"sku_id": sku_id, "price": "9.90", "quantity": 3, "per_buyer": 2}]
    rule("flash", {}, items=items, alone=True)
    offer = offers(buyer, {sku_id: 3})
    assert said(offer) == [("Flash price", {sku_id: "-100.20"})]
    sale = buy(buyer, {sku_id: 3}, offer)
    assert Limit.objects.get().taken == 2
    with pytest.raises(Changed):
        buy(buyer, {sku_id: 3}, offer)
    theirs = offers(other, {sku_id: 2})
    assert said(theirs) == [("Flash price", {sku_id: "-50.10"})]
    move(sale, "cancelled", why="unpaid")
    assert Limit.objects.get().taken == 0


@pytest.mark.parametrize(
    ("why", "returns", "comes_back", "budget_falls"),
    [
        ("unpaid", "never", True, True),
        ("cancelled", "never", True, True),
        ("shop", "never", False, True),
        ("shop", "before_shipping", True, True),
        ("refunded_before", "before_shipping", True, True),
        ("refunded_before", "whole", True, True),
        ("refunded_after", "before_shipping", False, False),
        ("refunded_after", "whole", True, False),
    ],
)
def test_what_comes_back_is_said_by_the_reason_and_the_batch(
    book, rule, coupon, buyer, why, returns, comes_back, budget_falls
):
    sku_id = book("60.00")
    rule(budget={"quantity": 5})
    mine = coupon(buyer, returns=returns)
    sale = buy(buyer, {sku_id: 2}, offers(buyer, {sku_id: 2}))
    move(sale, "paid")
    move(sale, "over", why=why)
    mine.refresh_from_db()
    assert (mine.state == "free") is comes_back
    assert (Limit.objects.get().taken == 0) is budget_falls


def test_a_coupon_that_the_shop_gives_back_is_good_for_its_days_of_grace(book, coupon, buyer, now):
    sku_id = book("60.00")
    mine = coupon(buyer, ends=now + timedelta(hours=1))
    sale = buy(buyer, {sku_id: 1}, offers(buyer, {sku_id: 1}))
    move(sale, "over", why="shop")
    mine.refresh_from_db()
    assert mine.ends > now + timedelta(days=2)


@pytest.mark.parametrize("why", ["unpaid", "shop"])
@pytest.mark.parametrize("gone", [lambda mine: services.void(mine.batch), lambda mine: services.forget(mine.user)])
def test_a_coupon_that_was_made_void_is_not_free_when_its_order_is_over(book, coupon, buyer, gone, why):
    sku_id = book("60.00")
    mine = coupon(buyer)
    sale = buy(buyer, {sku_id: 1}, offers(buyer, {sku_id: 1}))
    gone(mine)
    move(sale, "over", why=why)
    mine.refresh_from_db()
    assert mine.state == "void"
    assert offers(buyer, {sku_id: 1}).coupons == ()


def test_a_batch_that_is_switched_on_again_takes_its_coupons_back(book, coupon, buyer):
    sku_id = book("60.00")
    mine = coupon(buyer)
    sale = buy(buyer, {sku_id: 1}, offers(buyer, {sku_id: 1}))
    services.void(mine.batch)
    mine.batch.active = True
    mine.batch.save()
    move(sale, "over", why="unpaid")
    mine.refresh_from_db()
    assert mine.state == "free"


def test_a_coupon_that_ends_while_it_is_held_stays_the_orders(book, coupon, buyer, now):
    sku_id = book("60.00")
    mine = coupon(buyer, ends=now + timedelta(hours=1))
    sale = buy(buyer, {sku_id: 1}, offers(buyer, {sku_id: 1}))
    Coupon.objects.update(ends=now - timedelta(hours=1))
    move(sale, "paid")
    mine.refresh_from_db()
    assert mine.state == "used"


def test_the_number_of_somebody_elses_coupon_counts_for_nothing(book, coupon, buyer, other):
    sku_id = book("60.00")
    theirs = coupon(other)
    offer = offers(buyer, {sku_id: 1}, coupon=theirs.number)
    assert (offer.shares, offer.coupons) == ((), ())


def test_a_coupon_is_good_from_its_start_until_just_before_its_end(book, coupon, buyer, now):
    sku_id = book("60.00")
    mine = coupon(buyer, starts=now + timedelta(days=1), ends=now + timedelta(days=2))
    assert offers(buyer, {sku_id: 1}).coupons == ()
    offer = offers(buyer, {sku_id: 1}, at=mine.starts)
    assert len(offer.shares) == 1
    with pytest.raises(Changed):
        buy(buyer, {sku_id: 1}, offer, at=mine.ends)
    buy(buyer, {sku_id: 1}, offer, at=mine.starts)


def test_an_edit_is_seen_at_once_and_changes_the_digest(book, rule, buyer):
    sku_id = book("60.00")
    offered = rule()
    before = offers(buyer, {sku_id: 2})
    offered.label = "Autumn"
    offered.save()
    after = offers(buyer, {sku_id: 2})
    assert [share.label for share in after.shares] == ["Autumn"]
    assert before.digest != after.digest
    offered.active = False
    offered.save()
    assert offers(buyer, {sku_id: 2}).shares == ()


def test_numbers_that_cannot_be_are_left_out_and_logged(book, rule, buyer, caplog):
    sku_id = book("60.00")
    rule(params={"tiers": "nonsense"})
    rule(params={})
    rule(name="good", label="good")
    assert [share.label for share in offers(buyer, {sku_id: 2}).shares] == ["good"]
    assert len(caplog.records) == 2


def test_a_visitor_sees_what_is_for_everybody_and_cannot_take_what_is_counted(book, rule, now):
    sku_id = book("60.00")
    rule(per_user=1)
    rule(audience="members", label="members")
    offer = offers(None, {sku_id: 2})
    assert [share.label for share in offer.shares] == ["¥10 off from ¥100"]
    assert promotions.take(offer, user=None, reference="x", at=now) == [offer.shares[0].source]


def test_an_order_costs_what_was_shown(book, rule, coupon, buyer):
    wanted = {book("33.30"): 3, book("59.90"): 1}
    rule("cheapest", {"every": 3, "few": 1, "rate": 0})
    rule("percent", {"tiers": [["50.00", 8800]], "cap": "8.00"})
    coupon(buyer, kind="freight", params={"reach": "0", "cap": "3.00"})
    offer = offers(buyer, wanted)
    assert [share.label for share in offer.shares] == [
        "Buy 2, get 1 free",
        "12% off from ¥50, at most ¥8",
        "Coupon: ¥3 off delivery",
    ]
    assert (
        buy(buyer, wanted, offer).total
        == total(buyer, wanted, offer)
        == Decimal("159.80") + 6 - Decimal("33.30") - 8 - 3
    )


def test_a_basket_takes_as_many_statements_whatever_its_lines_and_rules(
    book, rule, coupon, buyer, django_assert_num_queries
):
    few = {book(): 1}
    many = {book(): 1 for _n in range(20)}
    with django_assert_num_queries(4):  # whoever has no coupon asks no more; the rules are read once
        offers(buyer, few)
    with django_assert_num_queries(2):
        offers(buyer, few)
    coupon(buyer)
    offers(buyer, few)
    with django_assert_num_queries(2):  # the site's books, the wallet with the edition of the rules
        offers(buyer, few)
    for _n in range(20):
        rule(stackable=True)
    offers(buyer, many)
    with django_assert_num_queries(2):
        offers(buyer, many)
    for _n in range(2):
        rule(audience="first", stackable=True)
    offers(buyer, many)
    with django_assert_num_queries(4):  # the buyer's orders, once, and the buyer's uses
        offers(buyer, many)


def asked(work):
    """The statements of a piece of work, without the transaction's own."""
    with CaptureQueriesContext(connection) as found:
        work()
    return [each["sql"] for each in found if "SAVEPOINT" not in each["sql"]]


def test_an_order_with_everything_takes_as_many_statements_whatever_its_lines_and_rules(book, rule, coupon, buyer, now):
    def order(reference, wanted):
        offer = offers(buyer, wanted)
        assert len(offer.shares) >= 4
        taken = asked(lambda: promotions.take(offer, user=buyer, reference=reference, at=timezone.now()))
        returned = asked(lambda: promotions.give_back(reference, why="unpaid"))
        used = asked(lambda: promotions.used(reference))
        return len(taken), len(returned), len(used)

    skus = [book("60.00") for _n in range(10)]
    items = [{"sku_id": sku_id, "price": "50.00", "quantity": 99, "per_buyer": 9} for sku_id in skus]
    rule("flash", {}, items=items)
    for _n in range(2):
        rule(budget={"quantity": 99}, per_user=9, stackable=True)
    coupon(buyer)
    few = order("few", {skus[0]: 2, skus[1]: 1})
    for _n in range(20):
        rule(budget={"quantity": 99}, per_user=9, stackable=True, params={"tiers": [["1.00", "1.00"]]})
    many = order("many", dict.fromkeys(skus, 2))
    assert few == many
    assert few == (3, 5, 2)


def test_a_lower_price_of_weighed_goods_is_exact_without_a_minor_unit(rule, buyer, now, settings):
    settings.DAILYFRESH = {"CURRENCY": "JPY"}
    rule("price", {"prices": {"plum": "1180"}})
    plum = Goods("plum", (), Decimal("1280.00"), 333, Decimal("852.00"), measured=True, grams=333)
    offer = promotions.price([plum], user=buyer, first_order=lambda: False, coupon="none", freight=Decimal, at=now)
    assert offer.shares[0].amounts == {"plum": Decimal("-66.00")}  # 1180 for 500 g is 785.88 for 333 g, so 786


def test_an_account_is_erased_in_the_order_in_which_its_orders_write(book, coupon, buyer):
    coupon(buyer)
    sku_id = book("60.00")
    sale = buy(buyer, {sku_id: 1}, offers(buyer, {sku_id: 1}))
    found = []
    for write in (lambda: promotions.used(str(sale)), lambda: services.forget(buyer)):
        with CaptureQueriesContext(connection) as asked:
            write()
        written = [one["sql"].split()[1].strip('`"') for one in asked if one["sql"].startswith("UPDATE")]
        found.append(list(dict.fromkeys(written)))
    assert found == [["dailyfresh_promotions_redemption", "dailyfresh_promotions_coupon"]] * 2


def test_counters_agree_after_orders_that_took_everything_and_gave_some_back(
    book, rule, batch, buyer, other, now, caplog
):
    sku_id, made = book("60.00"), batch(returns="never", per_user=9)
    rule(budget={"quantity": 9, "max_spent": "900"}, per_user=9, stackable=True)
    rule("flash", {}, items=[{"sku_id": sku_id, "price": "9.90", "quantity": 9, "per_buyer": 9}], stackable=True)
    for user, state, why in [
        (buyer, "cancelled", "unpaid"),
        (buyer, "cancelled", "shop"),
        (other, "cancelled", "refunded_after"),
        (other, "paid", ""),
        (other, "", ""),
    ]:
        services.issue(user=user, batch_id=made.pk, at=now)
        wanted = {sku_id: 1, book("200.00"): 1}
        sale = buy(user, wanted, offers(user, wanted))
        if state:
            move(sale, state, why=why)
    assert Redemption.objects.count() == 15
    assert (services.audit(), caplog.text) == (0, "")


def test_a_counter_that_says_more_than_was_used_is_a_line_for_staff(book, rule, coupon, buyer, caplog):
    sku_id = book("60.00")
    rule(budget={"quantity": 9})
    rule("flash", {}, items=[{"sku_id": sku_id, "price": "9.90", "quantity": 9}])
    coupon(buyer)
    wanted = {sku_id: 1, book("200.00"): 1}
    buy(buyer, wanted, offers(buyer, wanted))
    Limit.objects.filter(sku_id="").update(taken=5)
    Limit.objects.exclude(sku_id="").update(taken=3)
    BatchCount.objects.update(issued=7)
    Coupon.objects.update(state="free")
    assert services.audit() == 4
    for part in (
        "counts 5 for 10.00, and orders have 1 for 10.00",
        "counts 3 for 0.00, and orders have 1 for 0",
        "counts 7 coupons",
        "is free, and held",
    ):
        assert part in caplog.text
