"""What sixty days of trade left behind: every step goes through the door of the orders that a buyer's or a merchant's click takes.

Steps stand in a calendar and are done one after another under a clock of their own, so the books agree as those of any shop do. The same
seed gives the same trade.
"""

import heapq
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from decimal import Decimal
from itertools import count, cycle
from typing import Any

from dailyfresh_core.days import local, moment
from dailyfresh_core.pricing.measures import typed
from dailyfresh_delivery.services import make_windows
from dailyfresh_goods.models import SKU
from dailyfresh_orders import services
from dailyfresh_orders.checkout.quotes import BUY, quote
from dailyfresh_orders.checkout.signed_quotes import signed
from dailyfresh_orders.exceptions import (
    IllegalTransition,
    NotPayable,
    OutOfStock,
    QuoteChanged,
    RefundImpossible,
    TooMuchOpen,
)
from dailyfresh_orders.gateways.base import Observation, TradeState
from dailyfresh_orders.joins import address_book
from dailyfresh_orders.models import Order, Refund
from django.db.models import F

from .clock import Clock
from .opinions import Opinions
from .paying import carried_out

TURNED_DOWN = (IllegalTransition, NotPayable, OutOfStock, QuoteChanged, RefundImpossible, TooMuchOpen)
"""What a shop says no with: somebody else bought the last one, the order is past that."""
HOURS = (7, 8, 9, 10, 10, 11, 11, 12, 15, 16, 17, 17, 18, 18, 19, 19, 20, 20, 21, 22)
"""When people buy."""
CARRIERS = ("顺丰速运", "京东物流", "自营配送")
REASONS = ("收到有坏果", "少发了一件", "不想要了", "到货时间太晚", "拍错了")
A_DAY = (1.5, 9)
"""Orders on a usual day, and on one of the last."""
BUSY = 4
"""How many of those there are."""
PAYS, LEAVES, WAITS, WRONG = range(4)
"""What becomes of an order that is to be paid at once: paid, forgotten, still open, or paid by another amount."""
Step = Callable[[], object]


@dataclass
class Life:
    """A shop's trade, day by day."""

    clock: Clock
    until: datetime
    buyers: Sequence[Any]
    """Those in front come more often."""
    merchant: Any
    opinions: Opinions
    online: str | None
    """The gateway that people pay through; None: all of it is paid on delivery."""
    draw: random.Random
    turned_down: int = 0
    calendar: list[tuple[datetime, int, Step]] = field(default_factory=list)
    numbers: count = field(default_factory=count)  # type: ignore[type-arg]
    goods: list[SKU] = field(default_factory=list)
    verdicts: Iterator[str] = field(default_factory=lambda: cycle(("yes", "no", "yes", "refused", "yes", "yes", "yes")))

    def live(self) -> None:
        """Do everything that happens until the end. Only of the last days it is all there was: `copies` adds to what is long over."""
        self.goods = list(SKU.objects.filter(on_sale=True, stock__gt=0).order_by("pk"))
        days = (local(self.until).date() - local(self.clock.now).date()).days
        for number in range(days + 1):
            begin = moment(local(self.clock.now).date() + timedelta(days=number), time.min)
            self.at(begin + timedelta(minutes=5), self.open_day)
            for hour in range(1, 24, 6):
                self.at(begin + timedelta(hours=hour), services.pass_time)
            usual = A_DAY[0] if number < days - BUSY else A_DAY[1]
            for _order in range(round(usual * self.draw.uniform(0.6, 1.4))):
                seconds = 3600 * self.draw.choice(HOURS) + self.draw.randrange(3600)
                self.at(begin + timedelta(seconds=seconds), self.buy)
        if self.online:
            self.at(self.until - timedelta(hours=30), lambda: self.buy(WRONG))
            for minutes in (4, 9, 16):
                self.at(self.until - timedelta(minutes=minutes), lambda: self.buy(WAITS))
        while self.calendar and self.calendar[0][0] <= self.until:
            self.clock.now, _number, step = heapq.heappop(self.calendar)
            try:
                step()
            except TURNED_DOWN:
                self.turned_down += 1
        self.clock.now = self.until

    def at(self, when: datetime, step: Step) -> None:
        heapq.heappush(self.calendar, (when, next(self.numbers), step))

    def later(self, step: Step, *, least: float, most: float) -> None:
        """So many hours from now, at random."""
        self.at(self.clock.now + timedelta(hours=self.draw.uniform(least, most)), step)

    def open_day(self) -> None:
        make_windows()
        few = SKU.objects.filter(pk__in=[sku.pk for sku in self.goods], stock__lt=60 * F("minimum"))
        few.update(stock=F("stock") + 200 * F("minimum"))

    def buy(self, fate: int | None = None) -> None:
        draw = self.draw
        buyer = self.buyers[min(int(draw.expovariate(4.0) * len(self.buyers)), len(self.buyers) - 1)]
        # The best sellers stand in front here too.
        places = {int(len(self.goods) * draw.random() ** 2.2) for _line in range(draw.choice((1, 1, 2, 2, 3, 4, 6)))}
        wanted = {}
        for sku in (self.goods[place] for place in sorted(places)):
            wanted[str(sku.pk)] = typed(max(sku.minimum, sku.step) * draw.choice((1, 1, 1, 2)), sku.measure)
        address = address_book().choices(buyer)[0]  # type: ignore[union-attr]
        shown = quote(wanted, source=BUY, address=address, user=buyer)
        way = self.online if self.online and (fate or draw.random() < 0.8) else "cod"
        fate = draw.choices((PAYS, LEAVES), (94, 6))[0] if fate is None else fate
        note = draw.choice(("",) * 9 + ("请放门口", "到了打电话", "水果挑熟一点的"))
        token = signed(shown, user=buyer)
        order = services.place_order(
            user=buyer, token=token, address_id=address.id, payment_method=way, note=note
        ).order
        if way == "cod":
            self.sold(order)
        elif fate in (PAYS, WRONG):
            self.later(lambda: self.pay(order, less=fate == WRONG), least=0.01, most=0.3)
        elif fate == LEAVES and draw.random() < 0.5:
            self.later(lambda: services.cancel_order(order.pk, by=buyer), least=0.1, most=0.4)

    def pay(self, order: Order, *, less: bool = False) -> None:
        """`less`: nobody knows why, and staff have to look."""
        code = order.payment_method
        services.start_payment(order=order, code=code, return_url="http://localhost/", notify_url="http://localhost/")
        payment = order.payments.get()
        amount, paid_at = payment.amount - Decimal(int(less)), self.clock.now
        seen = Observation(
            out_trade_no=payment.out_trade_no,
            state=TradeState.PAID,
            source="notify",
            trade_no=f"{paid_at:%Y%m%d}22001{self.draw.randrange(10**15):015}",
            amount=amount,
            buyer=f"{self.draw.randrange(130, 199)}******{self.draw.randrange(100):02}",
            paid_at=paid_at,
        )
        if services.settle(seen, code=code).state == "paid":
            self.sold(order)

    def sold(self, order: Order) -> None:
        if self.draw.random() < 0.03:
            if order.payment_method == "cod":
                self.later(lambda: services.cancel_order(order.pk, by=order.user, why="不想要了"), least=0.1, most=3)
                return
            self.later(lambda: self.ask_back(order), least=0.2, most=3)
        # In the shop's hours: on the next morning, or in the afternoon.
        self.later(lambda: self.ship(order), least=3, most=34)

    def ship(self, order: Order) -> None:
        number = f"SF{self.draw.randrange(10**12):012}"
        services.ship(order.pk, carrier=self.draw.choice(CARRIERS), tracking_number=number, by=self.merchant)
        if self.draw.random() < 0.85:
            self.later(lambda: self.receive(order), least=12, most=60)

    def receive(self, order: Order) -> None:
        services.receive(order.pk, by=order.user)
        if order.payment_method != "cod" and self.draw.random() < 0.06:
            self.later(lambda: self.ask_back(order), least=1, most=40)
        if self.draw.random() < 0.45:
            self.later(lambda: self.opinions.write(order), least=2, most=150)

    def ask_back(self, order: Order) -> None:
        order.refresh_from_db()
        whole, line = order.state == Order.State.TO_SHIP, self.draw.choice(order.lines.all())
        refund = services.request_refund(
            order=order,
            by=order.user,
            key=f"{self.draw.randrange(10**12):012}",
            lines=None if whole else {line.pk: line.quantity},
            reason=self.draw.choice(REASONS),
        )
        self.later(lambda: self.decide(refund, whole=whole), least=0.5, most=20)

    def decide(self, refund: Refund, *, whole: bool) -> None:
        verdict = next(self.verdicts)
        if verdict == "no" and not whole:
            services.decline_refund(refund, by=self.merchant, answer="照片里看不出问题，请再补充一张。")
            return
        goods = Refund.Goods.RESTOCK if whole else Refund.Goods.NONE
        services.approve_refund(refund, by=self.merchant, goods=goods, answer="抱歉给您添麻烦了。")
        carried_out(refund, refused=verdict == "refused")
