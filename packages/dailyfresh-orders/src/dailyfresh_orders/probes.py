"""What `dailyfresh_check_joins` asks of the catalogue, the basket, the address book, the stock and the promotions."""

from collections.abc import Iterator
from functools import partial
from itertools import islice
from typing import Any

from dailyfresh_core.joins import Join, register
from dailyfresh_core.pricing.amounts import NOTHING
from dailyfresh_core.pricing.offers import AUTO, Goods, groups_of
from dailyfresh_core.pricing.offers import faults as misfits
from dailyfresh_core.probing import Asked, faults, measured, probe_catalogue, probe_strange, unfit_ids
from django.contrib.auth import get_user_model
from django.utils import timezone

from .conf import NAME, conf
from .joins import ADDRESS_BOOK, BASKET, CATALOGUE, PROMOTIONS, catalogue
from .models import OrderLine, too_long
from .stock import Stock, stock

SOME = 5
"""Ids of each kind that are asked for, unless others are given."""
NEXT = "/orders/confirm/?buy=1:1"
NOBODY = "nobody has an account yet to ask it for: open one, and ask again."


def known() -> Iterator[str]:
    """Ids that are sold: of rows whose stock is counted, and of what was ordered last."""
    if conf.STOCK is not None:
        yield from stock().some(SOME)
    lines = OrderLine.objects.order_by("-pk").values_list("sku_id", flat=True)
    yield from islice(dict.fromkeys(lines[:100]), SOME)


def probe_goods(join: Join, asked: Asked) -> Iterator[str]:
    """As every catalogue, and beside the stock that the orders would take."""
    yield from (told := list(probe_catalogue(join, asked)))
    if any(faults(told)):
        return
    items = join.made().find(list(asked.sku_ids))
    counted = {sku_id: item for sku_id, item in items.items() if item.available is not None and item.on_sale}
    if conf.STOCK is None:
        for sku_id, item in counted.items():
            yield f'{join.dotted}.find counts {item.available} of {sku_id!r}, and {NAME}["STOCK"] is None: nobody would take them.'
    else:
        yield from _beside(stock(), join, counted)
    if conf.ADDRESS_BOOK is None:
        for sku_id in (sku_id for sku_id, item in items.items() if item.requires_shipping):
            yield f"{join.dotted}.find says that {sku_id!r} requires shipping, and {ADDRESS_BOOK.where} is None."


def _beside(strategy: Stock, join: Join, counted: dict[str, Any]) -> Iterator[str]:
    left = strategy.left(counted)
    for sku_id, item in counted.items():
        if sku_id not in left:
            yield f'{join.dotted}.find sells {sku_id!r}, and {NAME}["STOCK"] finds no such row that can be sold.'
        elif left[sku_id] != item.available:
            yield f'{join.dotted}.find has {item.available} of {sku_id!r}, and {NAME}["STOCK"] {left[sku_id]}.'


def probe_basket(join: Join, asked: Asked) -> Iterator[str]:
    """Reads the basket of who buys; `settle` changes it and is not called."""
    if asked.user is None:
        yield NOBODY
        return
    made = join.made()
    lines, statements, _seconds = measured(lambda: made.lines(asked.user))
    yield from unfit_ids(lines)
    yield from (
        f"{join.dotted}.lines holds {n} pieces of {sku_id!r}: a line has one at least."
        for sku_id, n in lines.items()
        if n < 1
    )
    yield from probe_strange(
        lambda strange: made.lines(asked.user, [strange]), name=f"{join.dotted}.lines", beside=lines
    )
    if statements > 1 and statements > len(lines):
        yield f"{join.dotted}.lines takes {statements} statements for {len(lines)} lines."


def probe_address_book(join: Join, asked: Asked) -> Iterator[str]:
    """Reads the addresses of who buys, and asks for them as somebody else would."""
    if asked.user is None:
        yield NOBODY
        return
    made, name = join.made(), join.dotted
    choices, statements, _seconds = measured(lambda: list(made.choices(asked.user)))
    yield from unfit_ids([address.id for address in choices], what="address id")
    yield from (sentence for address in choices for sentence in too_long(address))
    if statements > 1:
        yield f"{name}.choices takes {statements} statements for {len(choices)} addresses."
    other = get_user_model()._default_manager.exclude(pk=asked.user.pk).order_by("pk").first()
    for address in choices[:1]:
        if getattr(made.get(asked.user, address.id), "id", None) != address.id:
            yield f"{name}.get does not find {address.id!r}, which choices gave."
        if other is not None and made.get(other, address.id) is not None:
            yield f"{name}.get gives {address.id!r} to another user, whose address it is not."
    ids = [address.id for address in choices]
    yield from probe_strange(lambda strange: made.get(asked.user, strange), name=f"{name}.get", beside=ids)
    made.manage_url(NEXT)


def probe_promotions(join: Join, asked: Asked) -> Iterator[str]:
    """Prices a basket of what is sold by the piece, for a visitor and for who buys; `take` and what follows it write, and are not called."""
    goods = [
        Goods(item.sku_id, groups_of(item), item.unit_price, 1, item.unit_price)
        for item in catalogue().find(list(asked.sku_ids)).values()
        if getattr(item, "measure", None) is None
    ]
    made, at = join.made(), timezone.now()
    for user in (None, asked.user) if asked.user is not None else (None,):
        beside = {"first_order": lambda: False, "freight": lambda goods: NOTHING}
        ask = partial(made.price, user=user, coupon=AUTO, at=at, **beside)
        ask(goods)  # what is read once and kept, as the rules, is read now
        offer, statements, _seconds = measured(partial(ask, goods))
        yield from (
            f"{join.dotted}.price gave {fault}" for fault in misfits(offer.shares, goods, lambda goods: NOTHING)
        )
        _offer, alone, _seconds = measured(partial(ask, goods[:1]))
        if goods and statements > alone:
            yield f"{join.dotted}.price takes {statements} statements for {len(goods)} lines and {alone} for one."


register(PROMOTIONS, probe_promotions)
register(CATALOGUE, probe_goods, known=known)
register(BASKET, probe_basket)
register(ADDRESS_BOOK, probe_address_book)
