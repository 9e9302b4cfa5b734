"""Whether counters agree with what was used. It repairs nothing: somebody has to know why."""

import logging
from collections import Counter
from collections.abc import Iterator

from dailyfresh_core.rows import in_portions
from django.db.models import Count, Sum

from ..models import BatchCount, Budget, Coupon, FlashItem, Redemption

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
    """A budget may say less than was used, for it counts from when it was set; everything else is to be equal."""
    yield from _budgets()
    yield from _pieces()
    yield from _coupons()
    issued = dict(Coupon.objects.order_by().values_list("batch_id").annotate(n=Count("pk")))
    for count in BatchCount.objects.exclude(issued=0):
        if count.issued != issued.get(count.batch_id, 0):
            yield f"batch {count.batch_id} counts {count.issued} coupons, and has {issued.get(count.batch_id, 0)}"


def _budgets() -> Iterator[str]:
    used = Redemption.objects.filter(state__in=Redemption.OPEN, rule_id__isnull=False).order_by().values("rule_id")
    rows = {row["rule_id"]: row for row in used.annotate(n=Count("pk"), sum=Sum("amount"))}
    for budget in Budget.objects.all():
        row = rows.get(budget.rule_id, {"n": 0, "sum": 0})
        if budget.uses > row["n"] or budget.spent > row["sum"]:
            yield f"budget of offer {budget.rule_id} counts {budget.uses} uses of {budget.spent}, and there are {row['n']} of {row['sum']}"


def _pieces() -> Iterator[str]:
    had: Counter[int] = Counter()
    flash = Redemption.objects.filter(state__in=Redemption.OPEN, rule_id__in=FlashItem.objects.values("rule_id"))
    for row in in_portions(flash, PORTION):
        had.update({int(item): count for item, count in row.pieces.items()})
    for item in FlashItem.objects.all():
        if item.taken != had[item.pk]:
            yield f"flash price {item.pk} of {item.sku_id} counts {item.taken} pieces, and orders have {had[item.pk]}"


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
