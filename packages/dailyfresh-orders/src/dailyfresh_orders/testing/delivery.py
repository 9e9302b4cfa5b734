"""What the package relies on in a delivery; also in your own."""

from datetime import datetime
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ..checkout.windows import faults
from ..protocols import Address, Delivery, Window
from .promotions import READS


@pytest.mark.django_db
class DeliveryContract:
    """Inherit it and give the fixtures `delivery`, `address`, and `windows`: the ids of two windows for an order of 1,000 g to it, the first
    with one place left, the second with more.

    Races between processes are not in here: `dailyfresh_core.testing.races` runs them.
    """

    def choices(self, delivery: Delivery, address: Address, *, grams: int = 1000) -> dict[str, Window]:
        return {each.id: each for each in delivery.choices(address=address, grams=grams, at=timezone.now())}

    def take(self, delivery: Delivery, window: str, reference: str, *, at: datetime | None = None) -> bool:
        with transaction.atomic():
            return delivery.take(window, reference=reference, grams=1000, at=at or timezone.now())

    def test_asking_writes_nothing_and_takes_two_statements_at_most(
        self, delivery: Delivery, address: Address, windows: tuple[str, str]
    ) -> None:
        with CaptureQueriesContext(connection) as asked:
            found = self.choices(delivery, address)
        assert {*windows} <= {*found}
        assert len(asked) <= 2
        assert [each["sql"] for each in asked if not each["sql"].startswith(READS)] == []

    def test_an_order_can_keep_what_it_gives(
        self, delivery: Delivery, address: Address, windows: tuple[str, str]
    ) -> None:
        found = self.choices(delivery, address)
        assert list(faults(tuple(found.values()))) == []
        assert all(found[each].open for each in windows)

    def test_a_fee_is_from_0_on_and_the_same_for_the_same_goods(
        self, delivery: Delivery, address: Address, windows: tuple[str, str]
    ) -> None:
        window = self.choices(delivery, address)[windows[0]]
        with CaptureQueriesContext(connection) as asked:
            fees = [delivery.fee(window, goods=goods) for goods in (Decimal("0.00"), Decimal("500.00"))]
        assert not len(asked)
        assert all(fee >= 0 for fee in fees)
        again = self.choices(delivery, address)[windows[0]]
        assert fees == [delivery.fee(again, goods=goods) for goods in (Decimal("0.00"), Decimal("500.00"))]

    def test_the_last_place_is_one_orders(self, delivery: Delivery, address: Address, windows: tuple[str, str]) -> None:
        assert self.take(delivery, windows[0], "one")
        assert not self.take(delivery, windows[0], "two")
        seen = self.choices(delivery, address)[windows[0]]
        assert not seen.open
        assert seen.why

    def test_what_was_taken_is_free_when_the_order_is_rolled_back(
        self, delivery: Delivery, windows: tuple[str, str]
    ) -> None:
        with transaction.atomic():
            assert delivery.take(windows[0], reference="one", grams=1000, at=timezone.now())
            transaction.set_rollback(True)
        assert self.take(delivery, windows[0], "two")

    def test_a_window_is_closed_from_the_very_moment_on(
        self, delivery: Delivery, address: Address, windows: tuple[str, str]
    ) -> None:
        closes = self.choices(delivery, address)[windows[1]].closes
        assert not self.take(delivery, windows[1], "late", at=closes)
        later = delivery.choices(address=address, grams=1, at=closes)
        assert not any(each.open for each in later if each.id == windows[1])

    def test_a_window_that_there_is_not_cannot_be_had(self, delivery: Delivery) -> None:
        for strange in ("0", "no-such-window", "' OR 1=1", "9" * 64):
            assert not self.take(delivery, strange, "one")

    def test_a_place_that_was_given_back_is_free_for_one_other(
        self, delivery: Delivery, windows: tuple[str, str]
    ) -> None:
        self.take(delivery, windows[0], "one")
        for _twice in range(2):
            with transaction.atomic():
                delivery.give_back("one")
        assert self.take(delivery, windows[0], "two")
        with transaction.atomic():
            delivery.give_back("one")
        assert not self.take(delivery, windows[0], "three")

    def test_whoever_counts_its_windows_says_what_is_left_while_they_are_locked(
        self, delivery: Delivery, windows: tuple[str, str]
    ) -> None:
        if not hasattr(delivery, "lock"):  # `protocols.Counted`
            return
        with transaction.atomic():
            assert delivery.lock(windows[0]) == 1
            assert delivery.take(windows[0], reference="one", grams=1000, at=timezone.now())
            assert delivery.lock(windows[0]) == 0

    def test_an_order_moves_as_a_whole_or_not_at_all(self, delivery: Delivery, windows: tuple[str, str]) -> None:
        first, second = windows
        self.take(delivery, first, "one")
        with transaction.atomic():
            assert delivery.move("one", second, at=timezone.now())
        assert self.take(delivery, first, "two")
        with transaction.atomic():
            assert not delivery.move("one", first, at=timezone.now())
            transaction.set_rollback(True)
        with transaction.atomic():
            delivery.give_back("two")
            assert delivery.move("one", first, at=timezone.now())
        assert not self.take(delivery, first, "three")

    def test_an_order_without_a_place_gives_none_back_and_moves_nowhere(
        self, delivery: Delivery, windows: tuple[str, str]
    ) -> None:
        with transaction.atomic():
            delivery.give_back("nothing")
            assert not delivery.move("nothing", windows[1], at=timezone.now())
