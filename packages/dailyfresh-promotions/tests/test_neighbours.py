"""What one order or one buyer has, takes and gives back leaves what others have alone."""

from decimal import Decimal

import pytest
from dailyfresh_promotions import services
from dailyfresh_promotions.models import Coupon, Limit, Redemption
from minisite.shop import Changed, buy, move, offers


@pytest.fixture
def two(book, rule, coupon, buyer, other):
    """Orders of two buyers, each with a coupon and a use of an offer with a budget."""
    sku_id = book("60.00")
    rule(budget={"quantity": 5, "max_spent": "100.00"})
    for user in (buyer, other):
        coupon(user)
    return [buy(user, {sku_id: 2}, offers(user, {sku_id: 2})) for user in (buyer, other)]


def states(sale):
    """Of what an order had: its uses, its coupons."""
    uses = Redemption.objects.filter(reference=str(sale)).values_list("state", flat=True)
    return set(uses), list(Coupon.objects.filter(reference=str(sale)).values_list("state", flat=True))


def test_an_order_that_is_paid_uses_up_its_own(two):
    paid, waiting = two
    move(paid, "paid")
    assert states(paid) == ({"used"}, ["used"])
    assert states(waiting) == ({"held"}, ["held"])


def test_an_order_that_came_back_is_not_used_by_a_payment_that_comes_too_late(two):
    gone, _other = two
    services.give_back(str(gone), why="unpaid")
    services.mark_used(str(gone))
    assert states(gone) == ({"released"}, [])
    assert Coupon.objects.filter(state="free").count() == 1


def test_a_coupon_that_was_made_void_while_it_was_held_is_not_used_by_paying(two):
    paid, _other = two
    Coupon.objects.filter(reference=str(paid)).update(state="void")
    services.mark_used(str(paid))
    assert states(paid) == ({"used"}, ["void"])


def test_an_order_gives_back_its_own_and_twice_is_once(two):
    gone, staying = two
    for _again in range(2):
        services.give_back(str(gone), why="unpaid")
    assert states(gone) == ({"released"}, [])
    assert states(staying) == ({"held"}, ["held"])
    assert list(Limit.objects.values_list("taken", "spent")) == [(1, Decimal("10.00"))]


def test_a_coupon_is_kept_or_freed_by_the_word_of_its_own_batch(book, coupon, buyer):
    """One comes back when the shop cancels, the other does not."""
    sku_id = book("60.00")
    kept = coupon(buyer, returns="never")
    sale = buy(buyer, {sku_id: 2}, offers(buyer, {sku_id: 2}))
    freed = coupon(buyer, returns="whole")
    Coupon.objects.filter(pk=freed.pk).update(state="held", reference=str(sale))
    services.give_back(str(sale), why="shop")
    assert dict(Coupon.objects.values_list("pk", "state")) == {kept.pk: "used", freed.pk: "free"}


def test_a_reason_that_does_not_exist_gives_nothing_back(two):
    with pytest.raises(ValueError, match="'sorry' is none of unpaid"):
        services.give_back(str(two[0]), why="sorry")
    assert states(two[0]) == ({"held"}, ["held"])


def test_an_account_that_is_erased_leaves_the_coupons_and_uses_of_others(two, coupon, buyer, other):
    mine, theirs = coupon(buyer), coupon(other)
    services.forget(buyer)
    assert {each.pk: each.state for each in (Coupon.objects.get(pk=mine.pk), Coupon.objects.get(pk=theirs.pk))} == {
        mine.pk: "void",
        theirs.pk: "free",
    }
    assert set(Coupon.objects.filter(user=other).values_list("state", flat=True)) == {"held", "free"}
    assert not Coupon.objects.filter(user=buyer).exists()
    assert set(Redemption.objects.values_list("user", flat=True)) == {None, other.pk}


def test_a_coupon_is_taken_by_its_owner_alone_and_only_it(book, coupon, buyer, other, now):
    sku_id = book("60.00")
    mine, theirs, spare = coupon(buyer), coupon(other), coupon(buyer)
    offer = offers(buyer, {sku_id: 2})
    Coupon.objects.filter(pk__in=[mine.pk, spare.pk]).update(user=other)
    with pytest.raises(Changed):
        buy(buyer, {sku_id: 2}, offer)
    assert set(Coupon.objects.values_list("state", flat=True)) == {"free"}
    Coupon.objects.filter(pk__in=[mine.pk, spare.pk]).update(user=buyer)
    buy(buyer, {sku_id: 2}, offer)
    assert sorted(Coupon.objects.values_list("state", "user")) == sorted(
        [("held", buyer.pk), ("free", buyer.pk), ("free", other.pk)]
    )
    assert Coupon.objects.get(pk=theirs.pk).state == "free"


def test_a_budget_counts_money_up_and_down_and_only_its_own(book, rule, buyer, other):
    one, another = book("60.00"), book("60.00")
    rule(budget={"max_spent": "100.00"}, scope={"skus": [one]})
    rule(budget={"max_spent": "100.00"}, scope={"skus": [another]})
    for _n in range(2):
        first = buy(buyer, {one: 2}, offers(buyer, {one: 2}))
    buy(other, {another: 2}, offers(other, {another: 2}))
    spent = list(Limit.objects.order_by("pk").values_list("taken", "spent"))
    assert spent == [(2, 20), (1, 10)]
    services.give_back(str(first), why="unpaid")
    assert list(Limit.objects.order_by("pk").values_list("taken", "spent")) == [(1, 10), (1, 10)]
