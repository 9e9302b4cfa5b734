"""What the package relies on in promotions; also in your own."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from dailyfresh_core.pricing.amounts import NOTHING
from dailyfresh_core.pricing.offers import AUTO, NO_COUPON, ORDER, Goods, faults
from dailyfresh_core.protocols import Item, Offer
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ..protocols import Promotions

READS = ("SELECT", "(SELECT", "SAVEPOINT", "RELEASE", "WITH")


def priced(
    promotions: Promotions,
    items: Sequence[Item],
    user: Any,
    *,
    coupon: str = AUTO,
    freight: Decimal = NOTHING,
    at: datetime | None = None,
) -> Offer:
    """What a basket gets, asked as the confirm page asks."""
    return promotions.price(
        items,
        user=user,
        first_order=lambda: user is not None,
        coupon=coupon,
        freight=lambda goods: freight,
        at=at or timezone.now(),
    )


def sources(offer: Offer) -> set[str]:
    return {share.source for share in offer.shares}


@pytest.mark.django_db
class PromotionsContract:
    """Inherit it and give the fixtures `promotions`, `user`, and `items`: a basket of two lines or more (`dailyfresh_core.pricing.offers.Goods`)
    that gets something which one order alone can have, a coupon of the user's or the last use of a rule.

    Races between processes are not in here: see `tests/test_offer_races.py` of this package for how to run them.
    """

    def take(self, promotions: Promotions, offer: Offer, user: Any, reference: str) -> list[str]:
        with transaction.atomic():
            return list(promotions.take(offer, user=user, reference=reference, at=timezone.now()))

    def test_pricing_is_a_question_that_writes_nothing(
        self, promotions: Promotions, user: Any, items: list[Goods]
    ) -> None:
        with CaptureQueriesContext(connection) as asked:
            first = priced(promotions, items, user)
        assert [each["sql"] for each in asked if not each["sql"].startswith(READS)] == []
        again = priced(promotions, items, user)
        assert (sources(first), first.digest) == (sources(again), again.digest)

    def test_what_it_gives_fits_the_basket(self, promotions: Promotions, user: Any, items: list[Goods]) -> None:
        for sending in (NOTHING, Decimal("10.00")):
            offer = priced(promotions, items, user, freight=sending)
            assert list(faults(offer.shares, items, lambda goods, sending=sending: sending)) == []  # type: ignore[misc]
            assert all(any(share.amounts.values()) for share in offer.shares)
            assert sum(choice.chosen for choice in offer.coupons) <= 1

    def test_a_visitor_gets_a_price_too(self, promotions: Promotions, items: list[Goods]) -> None:
        offer = priced(promotions, items, None)
        assert not list(offer.coupons)
        assert {sku_id for share in offer.shares for sku_id in share.amounts} <= {*(i.sku_id for i in items), ORDER}

    def test_a_basket_of_many_lines_takes_as_many_statements_as_one_of_two(
        self, promotions: Promotions, user: Any, items: list[Goods]
    ) -> None:
        more = [*items, *(Goods(f"more-{n}", (), Decimal("1.00"), 1, Decimal("1.00")) for n in range(40))]
        priced(promotions, items, user)  # what is cached is cached now
        counts = []
        for basket in (items, more):
            with CaptureQueriesContext(connection) as asked:
                priced(promotions, basket, user)
            counts.append(len(asked))
        assert counts[0] == counts[1]

    def test_a_number_that_is_none_of_the_buyers_counts_as_auto(
        self, promotions: Promotions, user: Any, items: list[Goods]
    ) -> None:
        auto = priced(promotions, items, user)
        for strange in ("no-such-number", "0", "' OR 1=1", "x" * 64):
            assert sources(priced(promotions, items, user, coupon=strange)) == sources(auto)

    def test_no_coupon_is_used_where_none_is_wanted(
        self, promotions: Promotions, user: Any, items: list[Goods]
    ) -> None:
        assert not any(choice.chosen for choice in priced(promotions, items, user, coupon=NO_COUPON).coupons)

    def test_what_one_order_took_no_other_gets(self, promotions: Promotions, user: Any, items: list[Goods]) -> None:
        offer = priced(promotions, items, user)
        assert self.take(promotions, offer, user, "one") == []
        refused = self.take(promotions, offer, user, "two")
        assert refused
        assert set(refused) <= sources(offer)
        assert not sources(priced(promotions, items, user)) & set(refused)

    def test_what_was_taken_is_free_when_the_order_is_rolled_back(
        self, promotions: Promotions, user: Any, items: list[Goods]
    ) -> None:
        offer = priced(promotions, items, user)
        with transaction.atomic():
            assert not list(promotions.take(offer, user=user, reference="one", at=timezone.now()))
            transaction.set_rollback(True)
        assert self.take(promotions, offer, user, "two") == []

    @pytest.mark.parametrize("why", ["unpaid", "cancelled", "shop"])
    def test_what_an_order_gave_back_is_free_for_one_other(
        self, promotions: Promotions, user: Any, items: list[Goods], why: str
    ) -> None:
        offer = priced(promotions, items, user)
        self.take(promotions, offer, user, "one")
        for _twice in range(2):
            with transaction.atomic():
                promotions.give_back("one", why=why)
        assert sources(priced(promotions, items, user)) == sources(offer)
        assert self.take(promotions, offer, user, "two") == []
        with transaction.atomic():
            promotions.give_back("one", why=why)
        assert self.take(promotions, offer, user, "three") != []

    def test_what_is_used_stays_used(self, promotions: Promotions, user: Any, items: list[Goods]) -> None:
        offer = priced(promotions, items, user)
        self.take(promotions, offer, user, "one")
        for _twice in range(2):
            with transaction.atomic():
                promotions.used("one")
        assert self.take(promotions, offer, user, "two") != []

    def test_an_order_that_took_nothing_uses_and_gives_back_nothing(self, promotions: Promotions) -> None:
        with transaction.atomic():
            promotions.used("nothing")
            promotions.give_back("nothing", why="unpaid")
