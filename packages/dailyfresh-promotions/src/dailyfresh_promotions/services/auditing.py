"""Whether counters agree with what was used. It repairs nothing: somebody has to know why."""

import logging
from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal

from dailyfresh_core.db.rows import in_portions
from dailyfresh_core.pricing.amounts import NOTHING
from django.db.models import Count

from ..models import BatchCount, Coupon, Limit, Redemption

logger: logging.Logger = logging.getLogger(__name__)
PORTION = 1000
"""Uses in memory at once."""


def audit() -> int:
    """Log, as errors, the counters that say more than was used; gives how many.

    Orders go on meanwhile, so what is found is looked at again, and only what is said twice alike is told.
    """
    found = set(disagreements())
    wrong = sorted(found.intersection(disagreements())) if found else []
    for sentence in wrong:
        logger.error("Offers do not add up: %s", sentence)
    return len(wrong)


def disagreements() -> Iterator[str]:
    """Sentences about what is not equal, and is to be."""
    yield from _limits()
    yield from _coupons()
    issued = dict(Coupon.objects.order_by().values_list("batch_id").annotate(n=Count("pk")))
    for count in BatchCount.objects.exclude(issued=0):
        if count.issued != issued.get(count.batch_id, 0):
            yield f"batch {count.batch_id} counts {count.issued} coupons, and has {issued.get(count.batch_id, 0)}"


def _limits() -> Iterator[str]:
    counted, spent = Counter[int](), defaultdict[int, Decimal](Decimal)
    for use in in_portions(Redemption.objects.filter(state__in=Redemption.OPEN).exclude(counts={}), PORTION):
        for limit, number in use.counts.items():
            counted[int(limit)] += number
            spent[int(limit)] += use.amount
    for one in Limit.objects.all():
        money = NOTHING if one.sku_id else spent[one.pk]
        if (one.taken, one.spent) != (counted[one.pk], money):
            yield f"limit {one.pk} of offer {one.rule_id} counts {one.taken} for {one.spent}, and orders have {counted[one.pk]} for {money}"


def _coupons() -> Iterator[str]:
    """A coupon is held as long as its use is. What is used may have come back, or not, by what its batch says."""
    coupons = Coupon.objects.filter(state=Coupon.State.HELD).values_list("pk", "reference")
    uses = Redemption.objects.filter(state=Redemption.State.HELD, coupon_id__isnull=False)
    held: set[tuple[int | None, str]] = set(coupons)
    in_orders = set(uses.values_list("coupon_id", "reference"))
    for key, reference in sorted(held - in_orders, key=str):
        yield f"coupon {key} is held by {reference}, which has no use of it"
    free = Coupon.objects.filter(pk__in=[key for key, _reference in in_orders], state=Coupon.State.FREE)
    for key in free.order_by("pk").values_list("pk", flat=True):
        yield f"coupon {key} is free, and held by an order"
