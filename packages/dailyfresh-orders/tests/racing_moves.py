"""Orders that are moved from several sides at one instant, in processes of their own, on a real MariaDB or PostgreSQL: `python racing_moves.py <scenario>`."""

import json
import os
import random
import sys
import time
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal

import django

FEES = (5, 4, 3, 5)
"""What a place in each of the tours costs."""


def prepare(*places, orders, paid=True):
    """Tours with so many places, and orders of a piece each in the first of them, paid with a voucher or still to be paid."""
    from django.utils import timezone
    from minisite.shop.models import Aboard, Tour
    from racing_offers import place, token_of
    from racing_offers import prepare as fresh

    users = fresh(1000)
    for model in (Aboard, Tour):
        model.objects.all().delete()
    now = timezone.now()
    for n, many in enumerate(places):
        starts = now + timedelta(hours=5 + n)
        Tour.objects.create(
            pk=n + 1, starts=starts, ends=starts + timedelta(hours=1), closes=starts - timedelta(hours=2), places=many
        )
    for user in users[:orders]:
        said = place(user, token_of(user), payment_method="voucher", window="1")
        assert said.startswith("order"), said
    if paid:
        pay()


def pay():
    from dailyfresh_orders.gateways.base import Observation, TradeState
    from dailyfresh_orders.models import Order, Payment
    from dailyfresh_orders.services import settle, start_payment

    for order in Order.objects.all():
        start_payment(order=order, code="voucher", return_url="", notify_url="")
        number = Payment.objects.get(order=order).out_trade_no
        settle(
            Observation(out_trade_no=number, state=TradeState.PAID, amount=order.total, source="notify"),
            code="voucher",
        )


def numbers():
    from dailyfresh_orders.models import Order

    return list(Order.objects.order_by("pk").values_list("pk", flat=True))


def moved(order_id, tour, *, by_staff=False):
    from dailyfresh_core.db.retrying import Busy
    from dailyfresh_orders.exceptions import NotMovable
    from dailyfresh_orders.services import reschedule

    try:
        reschedule(order_id=order_id, window=str(tour), by="staff" if by_staff else "buyer", by_staff=by_staff)
    except NotMovable:
        return "stayed"
    except Busy:
        return "busy"
    return "moved"


def from_eight_sides():
    """One order that four buyers' tabs and four of staff move, each half to another tour, the later the cheaper."""
    from racing_offers import compete

    prepare(1, 1, 1, orders=1)
    (order,) = numbers()
    return compete([lambda n=n: moved(order, 2 + n % 2, by_staff=n > 3) for n in range(8)])


def into_the_last_places():
    from racing_offers import compete

    prepare(8, 3, orders=8)
    return compete([lambda order=order: moved(order, 2) for order in numbers()])


def one_buyers():
    """One buyer's unpaid orders that all come to another tour, where three may be."""
    from django.conf import settings
    from racing_offers import compete, place, token_of

    prepare(8, 8, orders=1, paid=False)
    from dailyfresh_orders.models import Order

    user = Order.objects.get().user
    for _n in range(7):
        assert place(user, token_of(user), payment_method="cod", window="1").startswith("order")
    settings.DAILYFRESH_ORDERS["OPEN_IN_WINDOW"] = 3
    return compete([lambda order=order: moved(order, 2) for order in numbers()])


def held(act):
    """What came of something that may be too much."""
    from dailyfresh_orders.exceptions import NotMovable, TooMuchOpen

    def go():
        try:
            act()
        except (TooMuchOpen, NotMovable):
            return "refused"
        return "held"

    return go


def shared(acts):
    """From now on half of a tour may be held by those who do not pay now."""
    from django.conf import settings
    from racing_offers import compete

    settings.DAILYFRESH_ORDERS["HELD_SHARE"] = 0.5
    return compete([held(act) for act in acts])


def at_the_door():
    """Everybody wants a place in one tour, and pays at the door."""
    from racing_offers import place, token_of

    prepare(12, orders=0)
    from django.contrib.auth import get_user_model

    tokens = [(user, token_of(user)) for user in get_user_model().objects.order_by("pk")[:8]]
    return shared([lambda user=user, token=token: place(user, token, window="1") for user, token in tokens])


def turned():
    """Everybody has a place that is not paid yet, and would rather pay at the door."""
    from dailyfresh_orders.services import change_payment

    prepare(12, orders=8, paid=False)
    return shared([lambda order=order: change_payment(order, code="cod", by="buyer") for order in numbers()])


def crowded():
    """Everybody's unpaid order is moved to one tour."""
    from dailyfresh_orders.services import reschedule

    prepare(8, 12, orders=8, paid=False)
    return shared([lambda order=order: reschedule(order_id=order, window="2", by="buyer") for order in numbers()])


def market():
    """Buyers and staff who move, cancel and pay, the clock that ends what nobody paid, and tours that close and open: for two seconds."""
    from dailyfresh_orders.exceptions import OrderError
    from dailyfresh_orders.models import Order
    from dailyfresh_orders.services import cancel_order, pass_time
    from django.utils import timezone
    from minisite.shop.models import Tour
    from racing_offers import compete

    prepare(16, 6, 5, 16, orders=16, paid=False)
    half = numbers()[::2]
    Order.objects.filter(pk__in=half[:4]).update(
        due_at=timezone.now() + timedelta(seconds=2), expires_at=timezone.now() + timedelta(seconds=2)
    )
    orders = numbers()

    def often(act):
        def go():
            dice, until = random.Random(os.getpid()), time.time() + 2
            while time.time() < until:
                with suppress(OrderError):
                    act(dice)
                time.sleep(0.01)
            return "through"

        return go

    def shut(dice):
        tour = Tour.objects.filter(pk=dice.randint(1, 4))
        closes = tour.get().closes
        tour.update(closes=timezone.now())
        time.sleep(0.05)
        tour.update(closes=closes)

    def end(dice):
        time.sleep(0.3)
        cancel_order(dice.choice(orders), by="buyer")

    mover = often(lambda dice: moved(dice.choice(orders), dice.randint(1, 4)))
    staff = often(lambda dice: moved(dice.choice(orders), dice.randint(1, 4), by_staff=True))
    return compete([mover, mover, mover, staff, staff, often(shut), often(end), often(lambda dice: pass_time())])


def books():
    """Every place and fen that must agree."""
    from dailyfresh_orders.models import Order, Refund
    from dailyfresh_orders.services import disagreements
    from minisite.shop.models import Aboard, Tour

    aboard = dict(Aboard.objects.values_list("reference", "tour_id"))
    alive = list(Order.objects.exclude(state="cancelled"))
    on = list(aboard.values())
    returned = sum(Refund.objects.values_list("amount", flat=True), Decimal(0))
    lowered = sum((FEES[0] - order.freight for order in alive if order.paid_at), Decimal(0))
    return {
        "elsewhere": [str(order) for order in alive if order.window != str(aboard.pop(order.number, ""))],
        "strays": sorted(aboard),
        "miscounted": [tour.pk for tour in Tour.objects.all() if tour.taken != on.count(tour.pk)],
        "over": [tour.pk for tour in Tour.objects.all() if tour.taken > tour.places],
        "disagreeing": [str(order) for order in Order.objects.all() if disagreements(order)],
        "returned": str(returned),
        "lowered": str(lowered),
        "taken": list(Tour.objects.order_by("pk").values_list("taken", flat=True)),
        "moves": sum(order.log.filter(why__contains="→").count() for order in alive),
        "cancelled": Order.objects.filter(state="cancelled").count(),
    }


SCENARIOS = {
    "eight sides": from_eight_sides,
    "last places": into_the_last_places,
    "one buyer's": one_buyers,
    "at the door": at_the_door,
    "turned": turned,
    "crowded": crowded,
    "market": market,
}


if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(__file__))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "minisite.settings")
    django.setup()
    from minisite.shop.delivery import Delivery

    Delivery.fee = lambda self, window, *, goods: Decimal(FEES[int(window.id) - 1])
    print(json.dumps({"seen": SCENARIOS[sys.argv[1]](), **books()}))
