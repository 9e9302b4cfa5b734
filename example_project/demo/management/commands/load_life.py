"""Trade of weeks, for a store to be looked at and measured: `manage.py load_life`."""

import random
import time
from argparse import ArgumentParser
from datetime import timedelta
from pathlib import Path
from typing import Any

from dailyfresh_core.background.waking import asleep
from dailyfresh_goods.services import refresh_ratings
from dailyfresh_orders.gateways import configured
from dailyfresh_orders.models import Order
from dailyfresh_orders.services import close_days
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand
from django.utils import timezone

from ...accounts import BUYER, MERCHANT
from ...trade.clock import Clock
from ...trade.copies import Copies, times_kept
from ...trade.letters import deliver_letters
from ...trade.life import Life
from ...trade.opinions import Opinions
from ...trade.paying import tell_simulator
from ...trade.people import load_people
from ...trade.range import load_range

COPIES = 5
"""How often an order that is over is written again."""


class Command(BaseCommand):
    help = "Lets the demo's shop trade for some weeks up to now; does nothing where there are orders already."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, default=60, help="how many (%(default)s)")
        parser.add_argument("--scale", type=int, default=1, help="so many times the orders that are over (%(default)s)")
        parser.add_argument("--seed", type=int, default=2026, help="the same seed is the same trade (%(default)s)")

    def handle(self, *_args: Any, days: int, scale: int, seed: int, **_options: Any) -> None:
        if Order.objects.exists():
            return
        started, now, draw = time.monotonic(), timezone.now(), random.Random(seed)  # noqa: S311 - a play, no secret
        users, clock = get_user_model().objects, Clock(now - timedelta(days=days))
        online = next((gateway.code for gateway in configured() if gateway.online), None)
        with asleep(), clock.shown():
            goods = load_range()
            buyers = [users.get(username=BUYER), *load_people()]
            merchant = users.get(username=MERCHANT)
            opinions = Opinions(draw)
            Life(clock, now, buyers, merchant, opinions, online, draw).live()
            with times_kept():
                copies = Copies(draw, now - timedelta(days=days), now, buyers, opinions)
                for _time in range(COPIES * scale):
                    copies.write()
            refresh_ratings()
            letters = deliver_letters()
            while close_days():
                pass
        if online:
            tell_simulator(Path(settings.VAR_DIR, "alipay"))
        said = f"{goods} more goods, {len(buyers)} buyers, {Order.objects.count()} orders of {days} days, {letters} messages"
        self.stdout.write(f"{said} ({time.monotonic() - started:.0f} s)")
