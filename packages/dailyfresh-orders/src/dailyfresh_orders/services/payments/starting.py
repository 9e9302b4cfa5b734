"""Sending a buyer to a gateway."""

from datetime import timedelta

from dailyfresh_core.db.retrying import retried
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ...days import aware
from ...exceptions import NotPayable
from ...gateways import gateway
from ...gateways.base import PaymentRequest, Redirect
from ...models import Order, Payment
from ..locking import lock_order, lock_payments

FIRST_QUESTION = timedelta(seconds=45)


def start_payment(*, order: Order, code: str, return_url: str, notify_url: str, mobile: bool = False) -> Redirect:
    """Where to send the buyer's browser to pay this order through gateway `code`.

    Everything that is paid comes from the order. Pressing twice gives the same trade; a closed attempt gives a new one.
    Raises NotPayable, and UnknownGateway for a code that is not configured. Asks no gateway: this only signs.
    """
    taken = gateway(code)
    if not taken.online or order.currency not in taken.currencies:
        raise NotPayable(f"{order} cannot be paid through {code}")
    payment = _open_payment(order.pk, code)
    request = PaymentRequest(
        out_trade_no=payment.out_trade_no,
        amount=payment.amount,
        currency=payment.currency,
        subject=payment.subject,
        expires_at=aware(payment.expires_at),
        return_url=return_url,
        notify_url=notify_url,
        mobile=mobile,
    )
    return taken.create(request)


@retried
@transaction.atomic(durable=True)
def _open_payment(order_id: int, code: str) -> Payment:
    order = lock_order(order_id)
    payments = lock_payments(order)
    now = timezone.now()
    if order.state != Order.State.AWAITING_PAYMENT or (order.expires_at and order.expires_at <= now):
        raise NotPayable(f"{order} is {order.state}")
    if order.payable <= 0:
        raise NotPayable(f"{order} costs nothing")
    for payment in payments:
        same = payment.amount == order.payable and payment.expires_at == order.expires_at
        if payment.gateway == code and payment.state == Payment.State.PENDING and same:
            return payment
    attempt = len(payments) + 1
    return Payment.objects.create(
        order=order,
        gateway=code,
        attempt=attempt,
        out_trade_no=f"{order.number}_{attempt}",
        amount=order.payable,
        currency=order.currency,
        subject=_subject(order),
        expires_at=order.expires_at,
        ask_again_at=now + FIRST_QUESTION,
    )


def _subject(order: Order) -> str:
    """What the buyer reads at the cashier. Kept with the payment: the same trade must come with the same words."""
    names = list(order.lines.order_by("pk").values_list("name", flat=True))
    first = names[0][:60] if names else order.number
    rest = len(names) - 1
    if rest < 1:
        return _("Order: %(name)s") % {"name": first}
    words = ngettext("Order: %(name)s and %(count)d more", "Order: %(name)s and %(count)d more", rest)
    return words % {"name": first, "count": rest}
