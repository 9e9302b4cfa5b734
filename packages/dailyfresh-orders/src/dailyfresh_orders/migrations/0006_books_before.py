"""The book of the money for what moved before there was one; closed days are forgotten, and the drain closes them anew."""

from datetime import date, datetime
from itertools import islice

from django.db import migrations

from ..days import today

PIECE = 1000


def day_of(*moments: datetime | None) -> date:
    return today(next((moment for moment in moments if moment is not None), None))


def parts_of(order, paid):
    rest = order.discount + order.fees + order.freight
    return {"goods": paid - rest, "discount": order.discount, "fees": order.fees, "freight": order.freight}


def came_in(apps, using):
    payments = apps.get_model("dailyfresh_orders", "Payment").objects.using(using).filter(received__gt=0)
    for payment in payments.select_related("order").order_by("pk").iterator(chunk_size=PIECE):
        order, paid, pays = payment.order, payment.received, payment.paid_slot
        line = {"gateway": payment.gateway, "order": order, "payment": payment}
        line["day"] = day_of(payment.paid_at, payment.created_at)
        yield {
            **line,
            "kind": "sale" if pays else "unwanted",
            "amount": paid,
            **(parts_of(order, paid) if pays else {}),
        }
        if payment.state == "refunded" and paid > payment.refunded:  # at the gateway's own console
            yield {**line, "kind": "refund" if pays else "returned", "amount": payment.refunded - paid}


def went_back(apps, using):
    refunds = apps.get_model("dailyfresh_orders", "Refund").objects.using(using).filter(state="done")
    for refund in refunds.select_related("payment__order").order_by("pk").iterator(chunk_size=PIECE):
        payment = refund.payment
        yield {
            "day": day_of(refund.done_at, refund.created_at),
            "kind": "refund" if payment.paid_slot else "returned",
            "gateway": payment.gateway,
            "order": payment.order,
            "payment": payment,
            "refund": refund,
            "amount": -refund.amount,
        }


def delivered(apps, using):
    orders = apps.get_model("dailyfresh_orders", "Order").objects.using(using)
    taken = orders.filter(paid_at=None, received_at__isnull=False, requires_shipping=True)
    # What was refunded of it has a payment, and came in with that.
    for order in taken.exclude(payments__paid_slot=1).order_by("pk").iterator(chunk_size=PIECE):
        paid = order.total if order.settled_total is None else order.settled_total
        line = {"day": day_of(order.received_at), "kind": "sale", "gateway": order.payment_method, "order": order}
        yield {**line, "amount": paid, **parts_of(order, paid)}


def write_books(apps, schema_editor):
    Booking, using = apps.get_model("dailyfresh_orders", "Booking"), schema_editor.connection.alias
    for lines in (came_in(apps, using), went_back(apps, using), delivered(apps, using)):
        while piece := [Booking(**line) for line in islice(lines, PIECE)]:
            Booking.objects.using(using).bulk_create(piece)
    for closed in ("SalesDay", "SalesDaySku"):
        apps.get_model("dailyfresh_orders", closed).objects.using(using).all().delete()


class Migration(migrations.Migration):
    dependencies = [("dailyfresh_orders", "0005_books")]

    operations = [migrations.RunPython(write_books, migrations.RunPython.noop, elidable=True)]
