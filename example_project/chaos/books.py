"""Whether the books are right: `python -m chaos.books FILE` in the environment of the stack; FILE holds what buyers were told.

Nothing here looks at how the shop came to its numbers: rows, the gateway's own list, and the mails that lie there.
"""

import json
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from email.parser import BytesParser
from email.policy import default
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import django

CONVERSATION = 30
"""Seconds that handing over one mail may take at most."""


def wrongs(told: dict[str, Any]) -> Iterator[str]:
    """Every sentence is something that must not be.

    `told`: {"stock": {sku_id: pieces}, "buyers": [ledger, …], "began": moment, "blows": [[begin, end], …]};
    the blows are those that a mail may come again for.
    """
    yield from orders(told["buyers"])
    yield from stock(told["stock"])
    yield from money(told["buyers"])
    yield from carts(told["buyers"])
    yield from letters()
    yield from mails(told["buyers"], told.get("blows", []), since=told.get("began", 0))
    yield from reviews(told["buyers"])
    yield from pages()


def orders(buyers: list[dict[str, Any]]) -> Iterator[str]:
    """Each acknowledged order exists, and is its buyer's."""
    from dailyfresh_orders.models import Order

    for buyer in buyers:
        there = set(Order.objects.filter(user__username=buyer["name"]).values_list("number", flat=True))
        yield from (f"order {number} of {buyer['name']} is lost" for number in set(buyer["ordered"]) - there)
    for order in Order.objects.filter(basket_due=True):
        yield f"the cart of order {order} was never settled"


def stock(start: dict[str, int]) -> Iterator[str]:
    """What is there, and what orders took and did not give back, is what there was."""
    from dailyfresh_goods.models import SKU

    held = taken()
    for pk, left in SKU.objects.filter(pk__in=start).values_list("pk", "stock"):
        if left + held[str(pk)] != start[str(pk)]:
            yield f"SKU {pk}: {left} left + {held[str(pk)]} taken is not {start[str(pk)]}"


def taken() -> Counter[str]:
    """sku_id -> pieces that orders took and did not give back."""
    from dailyfresh_orders.models import OrderLine

    found: Counter[str] = Counter()
    for sku_id, quantity, restocked in OrderLine.objects.values_list("sku_id", "quantity", "restocked"):
        found[sku_id] += quantity - restocked
    return found


def money(buyers: list[dict[str, Any]]) -> Iterator[str]:
    """The gateway's list and ours say the same of every trade; what a buyer paid is in both, once."""
    from dailyfresh_orders.models import Payment
    from django.conf import settings

    with urllib.request.urlopen(urljoin(settings.ALIPAY_URL, "/state.json"), timeout=20) as page:  # noqa: S310
        trades = {trade["out_trade_no"]: trade for trade in json.load(page)["trades"]}
    ours = {payment.out_trade_no: payment for payment in Payment.objects.select_related("order")}
    for number in trades.keys() - ours.keys():
        yield f"the gateway has {number}, and the books do not"
    for number, payment in ours.items():
        trade = trades.get(number)
        there = Decimal(trade["order"]["fen"]) / 100 if trade and trade["paid"] else Decimal(0)
        back = Decimal(trade["refunded"]) / 100 if trade else Decimal(0)
        if (payment.received, payment.refunded) != (there, back):
            yield f"{number}: received {payment.received}, back {payment.refunded}; the gateway says {there}, back {back}"
    settled = {payment.order.number for payment in ours.values() if payment.received}
    for buyer in buyers:
        yield from (f"order {number} was paid, and the books do not say so" for number in set(buyer["paid"]) - settled)
    twice = Counter(payment.order_id for payment in ours.values() if payment.received > payment.refunded)
    yield from (f"order {pk} keeps two payments" for pk, times in twice.items() if times > 1)


def carts(buyers: list[dict[str, Any]]) -> Iterator[str]:
    """What was put in and not ordered out of the cart lies there; what got no answer may."""
    from dailyfresh_cart.selectors import quantities_of
    from dailyfresh_cart.stores.base import user_owner
    from dailyfresh_orders.models import OrderLine
    from django.contrib.auth import get_user_model

    for buyer in buyers:
        user = get_user_model().objects.get(username=buyer["name"])
        held = quantities_of(user_owner(user))
        ordered: Counter[str] = Counter()
        # An order out of the cart was once marked to be settled there: that of a direct one is empty for ever.
        lines = OrderLine.objects.filter(order__user=user, order__basket_due=None, order__note="cart")
        for sku_id, quantity in lines.values_list("sku_id", "quantity"):
            ordered[sku_id] += quantity
        for sku_id in {*buyer["added"], *buyer["perhaps"], *held}:
            least = buyer["added"].get(sku_id, 0) - ordered[sku_id]
            most = least + buyer["perhaps"].get(sku_id, 0)
            if not max(0, least) <= held.get(sku_id, 0) <= max(0, most):
                yield f"the cart of {buyer['name']} has {held.get(sku_id, 0)} of SKU {sku_id}, not {least} to {most}"


def letters() -> Iterator[str]:
    """None to a buyer is left; what a killed worker had claimed is due again once its claim has run out.

    Staff are told so much an hour, and the rest later.
    """
    from dailyfresh_core.background.outbox import CLAIM
    from dailyfresh_orders.models import Letter, Message
    from dailyfresh_users.models import Mail

    end = time.monotonic() + CLAIM.total_seconds() + CONVERSATION
    waiting = [Letter.objects.exclude(message__event__in=Message.STAFF), Mail.objects.all()]
    while left := sum(rows.exclude(due_at=None).count() for rows in waiting):
        if time.monotonic() > end:
            yield f"{left} mails were neither sent nor closed"
            return
        time.sleep(1)


def mails(buyers: list[dict[str, Any]], blows: list[list[float]], *, since: float) -> Iterator[str]:
    """Each account that was opened got its mail, and each mail came once: a letter has one Message-ID, however often it is sent.

    Once more for each kill between SMTP's 250 and our commit: where none lay there, it is wrong.
    """
    from django.conf import settings

    came: dict[tuple[str, str], list[float]] = {}
    reached: set[str] = set()
    subjects: dict[str, str] = {}
    for file in Path(settings.VAR_DIR, "mails", "new").glob("*"):
        with file.open("rb") as opened:
            mail = BytesParser(policy=default).parse(opened, headersonly=True)
        came.setdefault((mail["To"], mail["Message-ID"]), []).append(mail["Date"].datetime.timestamp())
        subjects[mail["Message-ID"]] = mail["Subject"]
        reached.add(mail["To"])
    for buyer in buyers:
        yield from (f"the mail to {address} never came" for address in buyer["registered"] if address not in reached)
    again = 0
    for (address, reference), times in came.items():
        *before, _last = sorted(times)
        again += len(before)
        if not all(struck(sent, blows) for sent in before if sent > since):
            yield f"the mail {subjects[reference]} to {address} came {len(times)} times"
    sys.stderr.write(f"mails: {sum(map(len, came.values()))}, of them again after a kill {again}\n")


def struck(sent: float, blows: list[list[float]]) -> bool:
    """Whether whoever sent a mail then may have been killed before it could note that: its Date is in whole seconds."""
    return any(begin - CONVERSATION < sent < end + 1 for begin, end in blows)


def reviews(buyers: list[dict[str, Any]]) -> Iterator[str]:
    """Each acknowledged review stands there with a picture that can be read."""
    from dailyfresh_orders.models import Review, ReviewPicture

    there = set(Review.objects.values_list("line__order__number", flat=True))
    for buyer in buyers:
        yield from (f"the review of order {number} is lost" for number in set(buyer["reviewed"]) - there)
    for picture in ReviewPicture.objects.all():
        if not picture.image:
            yield f"picture {picture.pk} of a review was never drawn"
            continue
        try:
            with picture.image.open() as file:
                whole = file.read(2) == b"\xff\xd8"
        except OSError:
            whole = False
        if not whole:
            yield f"the picture {picture.image.name} cannot be read"


def pages() -> Iterator[str]:
    """No page on disk, and no document of the index, is behind the database."""
    from django.core.management import CommandError, call_command

    for command in ("check_pages", "search_status"):
        said = StringIO()
        try:
            call_command(command, stdout=said)
        except CommandError as error:
            yield f"{command}: {error} {said.getvalue()[:400]}"


if __name__ == "__main__":
    django.setup()
    found = list(wrongs(json.loads(Path(sys.argv[1]).read_text())))
    sys.stdout.write("".join(f"{sentence}\n" for sentence in found))
    sys.exit(1 if found else 0)
