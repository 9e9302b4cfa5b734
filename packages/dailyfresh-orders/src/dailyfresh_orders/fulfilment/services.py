"""What a picker does: lay something of a line into the box, and close the box. Each once, however often it is sent."""

from functools import partial
from typing import Any

from dailyfresh_core.db.retrying import retried
from dailyfresh_core.pricing.measures import WEIGHT, estimated, grams_of, measure_of
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ..conf import conf
from ..exceptions import NotGivable
from ..joins import catalogue
from ..models import Order, OrderLine, Refund
from ..services import Given, Instead, give, open_of
from ..services.locking import LockedOrder, lock_order
from .batches import take_batches, used_of
from .models import Pick, Picking
from .picking_lists import last_picks


@retried
@transaction.atomic(durable=True)
def pick(
    *,
    order_id: int,
    line_id: int,
    key: str,
    by: Any,
    quantity: int,
    grams: int | None = None,
    gone: bool = False,
    sku_id: str = "",
    heavy: bool = False,
) -> Pick:
    """Lay `quantity` (pieces, or grams of what is sold by weight) of a line into the box, or of `sku_id` in its place.

    `grams` is what pieces that are priced by weight weigh; `gone` says that there is no more of it; `heavy` that the picker means a weight
    far above what was ordered. The same key is the same pick. Raises NotGivable, and OrderLine.DoesNotExist for a line of another order.
    """
    order = lock_order(order_id)
    line = order.lines.get(pk=line_id, main_slot=1)
    if earlier := Pick.objects.filter(picking__order=order, key=key).first():
        return earlier
    picking = _open(order, by)
    if not open_of([line]):
        raise NotGivable(_("Nothing of it is to be packed any more."))
    if sku_id:
        quantity, grams = _instead(line, sku_id, quantity, grams)
    else:
        _check(line, quantity, grams, heavy=heavy)
    return Pick.objects.create(
        picking=picking, line=line, key=key, sku_id=sku_id, quantity=quantity, grams=grams, gone=gone, by=by
    )


@retried
@transaction.atomic(durable=True)
def finish_picking(order_id: int, *, by: Any) -> Picking:
    """Close the box: the order is settled by what lies in it. The second one to do so gets what the first one did.

    Raises NotGivable, IllegalTransition, and OutOfStock when goods in place of others were sold meanwhile; nothing is written then.
    """
    order = lock_order(order_id)
    earlier = Picking.objects.filter(order=order, state=Picking.State.DONE).first()
    if earlier:
        return earlier
    picking = _open(order, by)
    picks = last_picks(picking.picks.select_related("line").order_by("pk"))
    given = {
        line_id: Given(each.quantity, each.grams, 0 if each.gone else each.line.quantity)
        for (line_id, sku_id), each in picks.items()
        if not sku_id
    }
    instead = [
        Instead(line_id, _goods(sku_id), each.quantity, each.grams)
        for (line_id, sku_id), each in picks.items()
        if sku_id and each.quantity
    ]
    picking.state, picking.done_at = Picking.State.DONE, timezone.now()
    picking.save(update_fields=["state", "done_at"])
    give(order, given, instead=instead, by=by, before_stock=partial(take_batches, picking, order, used_of(picks)))
    return picking


def _open(order: LockedOrder, by: Any) -> Picking:
    """The picking of a locked order that may be packed; NotGivable says why it may not."""
    if order.state != Order.State.TO_SHIP or not order.requires_shipping:
        raise NotGivable(_("This order is not to be packed: %(state)s.") % {"state": order.get_state_display()})
    if order.settled_at is not None:
        raise NotGivable(_("This order is packed already."))
    going_back = Refund.objects.filter(payment__order=order, state__in=Refund.OPEN)
    if going_back.exclude(kind=Refund.Kind.SETTLEMENT).exists():
        raise NotGivable(_("Money of this order is going back, or is asked for. Leave it until that is decided."))
    return Picking.objects.get_or_create(order=order, defaults={"by": by})[0]


def _check(line: OrderLine, quantity: int, grams: int | None, *, heavy: bool) -> None:
    """NotGivable for more pieces than were ordered, for what was not weighed, and for a weight far above that nobody confirmed."""
    wanted = open_of([line]).get(line.pk, 0)
    by_weight = line.sold_by == WEIGHT
    if quantity > wanted and not by_weight:
        raise NotGivable(_("There is more in the box than was ordered."))
    if not estimated(line):
        return
    weighs = quantity if by_weight else _weighed(quantity, grams)
    most = grams_of(wanted if by_weight else quantity, line) * (100 + conf.OVER_PERCENT) // 100
    if weighs > most and not heavy:
        sentence = _(
            "This is far heavier than what was ordered, and costs the buyer no more: take less, or say that you mean it."
        )
        raise NotGivable(sentence)


def _instead(line: OrderLine, sku_id: str, quantity: int, grams: int | None) -> tuple[int, int | None]:
    """(quantity, grams) of goods in place of others: of what is sold by weight, what it weighs is how much of it.

    NotGivable for what the buyer does not want, what is not sold, and what was not weighed.
    """
    if quantity and line.wished == Order.Wish.REFUND:
        raise NotGivable(_("The buyer wants what is short left out and refunded."))
    measure = measure_of(_goods(sku_id))
    if measure.sold_by == WEIGHT:
        return (grams if quantity and grams else quantity), None
    if estimated(measure):
        _weighed(quantity, grams)
    return quantity, grams


def _weighed(quantity: int, grams: int | None) -> int:
    if quantity and not grams:
        raise NotGivable(_("Please weigh it."))
    return grams or 0


def _goods(sku_id: str) -> Any:
    item = catalogue().find([sku_id]).get(sku_id)
    if item is None or not item.on_sale:
        raise NotGivable(_("Nothing that is sold goes by “%(code)s”.") % {"code": sku_id})
    return item
