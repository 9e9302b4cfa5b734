"""What is to be done in the shop now: what staff land on."""

from collections.abc import Iterator
from typing import Any

from dailyfresh_core.admin.work import Job
from dailyfresh_core.background.outbox import NOT_NEEDED
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from ..conf import conf
from ..models import Letter, Order, Payment, Refund, Review
from ..stock import stock

OWN = "admin:dailyfresh_orders_"


def work_for(user: Any) -> list[Job]:
    """What this member of staff may do something about, one statement a kind; nothing that is done."""

    def may(what: str) -> bool:
        return bool(user.has_perm(f"dailyfresh_orders.{what}"))

    jobs: list[Job] = []
    if may("view_order"):
        jobs += _orders()
    if may("view_refund"):
        jobs += _money()
    if may("view_review"):
        n = Review.objects.filter(state=Review.State.PENDING).count()
        jobs.append(Job(_("Reviews to judge"), n, f"{OWN}review_changelist", "state__exact=pending"))
    if may("view_letter"):
        lost = Letter.objects.filter(due_at=None, sent_at=None, attempts__gt=0).exclude(error=NOT_NEEDED)
        jobs.append(
            Job(_("Messages that did not arrive"), lost.count(), f"{OWN}letter_changelist", "sent_at__isempty=1")
        )
    return [job for job in jobs if job.n]


def _orders() -> Iterator[Job]:
    to_ship = Order.objects.filter(state=Order.State.TO_SHIP).count()
    yield Job(pgettext("waiting orders", "To be shipped"), to_ship, f"{OWN}order_changelist", "state=to_ship")
    if conf.STOCK is not None:
        low = [left for _name, left in stock().low_by_id(conf.LOW_STOCK).values()]
        yield Job(_("Sold out"), sum(left <= 0 for left in low), f"{OWN}dashboard", urgent=True)
        yield Job(_("Nearly sold out"), sum(left > 0 for left in low), f"{OWN}dashboard")


def _money() -> Iterator[Job]:
    asked = Refund.objects.filter(state=Refund.State.ASKED).count()
    yield Job(_("Refunds asked for"), asked, f"{OWN}refund_changelist", "state__exact=asked", urgent=True)
    refused = Refund.objects.filter(state=Refund.State.REFUSED).count()
    yield Job(_("Refunds the gateway refused"), refused, f"{OWN}refund_changelist", "state__exact=refused", urgent=True)
    disputed = Payment.objects.filter(state=Payment.State.DISPUTED).count()
    yield Job(_("Disputed payments"), disputed, f"{OWN}payment_changelist", "state__exact=disputed", urgent=True)
