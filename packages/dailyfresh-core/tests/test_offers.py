"""What a site's offers may do to a basket, and what happens when they are away."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from dailyfresh_core.conf import Conf
from dailyfresh_core.joins import Join, WrongShape
from dailyfresh_core.pricing import offers
from dailyfresh_core.pricing.offers import Goods, offered
from dailyfresh_core.protocols import Pricing
from django.core.exceptions import ImproperlyConfigured


@dataclass
class Share:
    source: str = "rule:1"
    kind: str = "discount"
    label: str = "满10减1"
    returns: str = "share"
    amounts: dict[str, Decimal] = field(default_factory=lambda: {"a": Decimal("-1.00")})


@dataclass
class Answer:
    shares: list[Share]
    hints: tuple[()] = ()
    coupons: tuple[()] = ()
    digest: str = "1"


class Shop:
    """Answers as the test says."""

    answer: object = None

    def price(self, items, *, user, first_order, coupon, freight, at):
        if isinstance(self.answer, Exception):
            raise self.answer
        return Answer(self.answer)


class Settings(Conf, name="DAILYFRESH_TEST"):
    PROMOTIONS: str | None = None


BASKET = [
    Goods("a", ("type:1",), Decimal("5.50"), 2, Decimal("11.00")),
    Goods("b", (), Decimal("20.00"), 1, Decimal("20.00")),
]


@pytest.fixture
def ask(settings, monkeypatch):
    settings.DAILYFRESH_TEST = {"PROMOTIONS": f"{__name__}.Shop"}
    join = Join(Settings(), "PROMOTIONS", Pricing, "promotions")

    def ask(answer, freight=Decimal(10)):
        monkeypatch.setattr(Shop, "answer", answer)
        return offered(
            join,
            BASKET,
            user=None,
            first_order=lambda: False,
            coupon=offers.AUTO,
            freight=lambda goods: freight,
            at=datetime.now(UTC),
        )

    return ask


def test_a_line_says_why_it_costs_what_it_does(ask):
    both = {"a": Decimal("-1.00"), "b": Decimal("-2.00")}
    found = ask(
        [Share(), Share("rule:2", label="会员价", amounts=both), Share("pack", "fee", "包装", "last", {"": Decimal(1)})]
    )
    assert found.why("a") == (("满10减1", Decimal("-1.00")), ("会员价", Decimal("-1.00")))
    assert (found.sum_of("discount", "b"), found.sum_of("fee", offers.ORDER)) == (Decimal("-2.00"), 1)


def test_without_a_setting_or_a_basket_nobody_is_asked(settings, ask):
    settings.DAILYFRESH_TEST = {}
    assert ask(ValueError("asked")) == offers.Offered()


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (Share(amounts={"a": Decimal("-11.01")}), "take line 'a' below 0"),
        (Share(amounts={"c": Decimal("-1.00")}), "not in the basket"),
        (Share(amounts={"a": Decimal("-0.001")}), "no amount of money"),
        (Share(amounts={"a": Decimal("1.00")}), "the discount 'rule:1' of 1.00"),
        (Share(amounts={"": Decimal("-1.00")}), "discounts stand on lines"),
        (Share(returns="never"), "comes back with its line"),
        (Share(kind="fee", returns="last"), "the fee 'rule:1' of -1.00"),
        (Share(kind="fee", amounts={"": Decimal("1.00")}), "stands on none"),
        (Share(kind="freight", returns="last"), "freight on the order"),
        (Share(kind="freight", returns="last", amounts={"": Decimal("-10.01")}), "take freight below 0"),
        (Share(kind="gift"), "whose kind is 'gift'"),
        (Share(returns="half"), "whose returns is 'half'"),
        (Share(source=""), "whose source is ''"),
        (Share(label="x" * 121), "of 121 characters"),
        (Share(amounts={"a": -1.0}), "a float"),
    ],
)
def test_what_does_not_fit_is_raised_while_developing_and_left_out_in_a_shop(ask, settings, caplog, share, said):
    found = ask([share])
    assert (found.away, found.shares) == (True, ())
    assert said in str(caplog.records[0].exc_info[1])
    settings.DEBUG = True
    with pytest.raises(WrongShape, match="Shop.price gave"):
        ask([share])


def test_offers_that_raise_are_away_and_the_basket_costs_its_full_price(ask, caplog):
    assert ask(ConnectionError("no route")).away
    assert "There are no offers" in caplog.text


def test_a_class_without_the_method_is_no_outage(settings, ask):
    settings.DAILYFRESH_TEST = {"PROMOTIONS": "builtins.dict"}
    with pytest.raises(ImproperlyConfigured):
        ask([])
