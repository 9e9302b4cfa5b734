"""What a gateway signed may still be nonsense: it is refused in words, and the books stay as they are."""

from datetime import UTC, datetime

import pytest
from dailyfresh_core.testing.garbage import words
from dailyfresh_orders.gateways.base import Observation, TradeState
from dailyfresh_orders.models import Order, Payment
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

FIELDS = [
    *(
        "notify_time",
        "notify_id",
        "trade_no",
        "out_trade_no",
        "buyer_id",
        "buyer_logon_id",
        "trade_status",
        "total_amount",
    ),
    *(
        "gmt_create",
        "gmt_payment",
        "gmt_refund",
        "refund_fee",
        "out_biz_no",
        "app_id",
        "seller_id",
        "auth_app_id",
        "charset",
    ),
]


@pytest.mark.parametrize(
    "changes",
    [
        {"gmt_payment": "0001-01-01 00:00:00"},
        {"gmt_payment": "9999-12-31 23:59:59"},
        {"trade_no": "7" * 300},
        {"notify_id": "7" * 300},
        {"trade_no": "2026\x00"},
    ],
)
def test_a_signed_value_that_no_column_holds_is_refused(signed_notify, notify, order, changes):
    assert notify(signed_notify(**changes)) == "fail"
    order.refresh_from_db()
    assert order.state == Order.State.AWAITING_PAYMENT
    assert notify(signed_notify()) == "success"


def test_whatever_is_signed_is_answered(signed_notify, notify, order):
    signed_notify()  # the payment is there

    @settings(max_examples=200, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(
        changes=st.dictionaries(
            st.sampled_from(FIELDS), words.filter(lambda word: "\ud800" not in word), min_size=1, max_size=3
        )
    )
    def send(changes):
        assert notify(signed_notify(**changes)) in ("success", "fail")

    send()
    assert Payment.objects.get().amount == order.total


def test_a_way_back_without_a_number_leads_to_the_orders(shop, simulator, order):
    query = simulator.signed(
        {"app_id": simulator.app_id, "seller_id": simulator.seller_id, "charset": "utf-8", "out_trade_no": "a\x00b"}
    )

    assert shop.get(reverse("dailyfresh_orders:alipay_return"), query).url == reverse("dailyfresh_orders:list")


def test_an_observation_of_any_gateway_fits_the_books():
    fitting = {"out_trade_no": "1", "state": TradeState.PAID, "source": "query"}
    for wrong in ({"trade_no": "7" * 65}, {"buyer": "a\x00"}, {"paid_at": datetime(1, 1, 1, tzinfo=UTC)}):
        with pytest.raises(ValueError):
            Observation(**fitting, **wrong)
